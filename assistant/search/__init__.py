"""A question becomes ranked hits."""
