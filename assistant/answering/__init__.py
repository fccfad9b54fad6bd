"""Hits become an answer whose every sentence is proved or marked."""
