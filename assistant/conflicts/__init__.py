"""Sources that contradict or replace each other, and when they are from."""
