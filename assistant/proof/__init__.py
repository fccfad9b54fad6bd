"""The proof: what the sources say about a sentence, as a probability with the exact words that support it."""
