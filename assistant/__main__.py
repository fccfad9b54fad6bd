"""The door of the command line. Nothing is imported before Ctrl-C is heard: it ends with 130 from the first moment on."""

import os
import signal
from types import FrameType


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(130)


def start() -> None:
    """Run the command line; ends the process."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as under nohup, where it stays ignored
        signal.signal(signal.SIGINT, _end)
    from .cli import main

    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        os._exit(130)


if __name__ == "__main__":
    start()
