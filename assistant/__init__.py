"""Ask questions about a folder of articles; every sentence of the answer is proved with the exact words of a source."""
