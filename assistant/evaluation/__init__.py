"""Judged questions become numbers: sets of questions are read, asked, measured, compared and reported."""
