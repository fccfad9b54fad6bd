"""A file becomes an Article; an Article becomes Passages."""
