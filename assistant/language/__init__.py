"""Everything that knows a language: data in `packs/`, and what reads it."""
