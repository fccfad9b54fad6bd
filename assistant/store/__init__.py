"""Passages in, passages out: the store keeps them in SQLite (the truth) and in Chroma (made from it)."""
