"""One language model, asked: the only client of Ollama, and its replies as typed objects."""
