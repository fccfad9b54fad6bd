"""A bare machine becomes one that can answer."""

from .ollama_server import ServerState, find_server, running_server
from .record import Installation, chosen_embedder, chosen_model, chosen_verifier, installation, server_log

__all__ = [
    "Installation",
    "ServerState",
    "chosen_embedder",
    "chosen_model",
    "chosen_verifier",
    "find_server",
    "installation",
    "running_server",
    "server_log",
]
