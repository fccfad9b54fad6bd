"""Conversations, their answers and what users thought of them, kept in one SQLite file."""
