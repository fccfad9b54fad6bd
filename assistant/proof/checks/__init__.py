"""What in a sentence no source says: one small pure check per kind of fact."""
