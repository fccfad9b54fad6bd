"""How soon the page answers, against an empty Gradio page: `python benchmarks/bench_page.py [--rounds N]`.

Both start in turn, each as a fresh process, and are asked for `/` until they answer. Target: at most 1.3 times.
The processor time used until then is printed too; it depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import psutil

TARGET = 1.3
EMPTY = """
import gradio, sys
with gradio.Blocks() as blocks:
    pass
blocks.launch(server_port=int(sys.argv[1]), quiet=True)
"""
OURS = "import sys; from assistant.cli import main; main(['chat', '--no-browser', '--port', sys.argv[1]])"


def started(code: str, folder: str) -> tuple[float, float]:
    """Seconds of wall clock and of processor until a fresh process answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "ASSISTANT_PATHS__RUNTIME": f"{folder}/runtime",
        "ASSISTANT_PATHS__STORE": f"{folder}/store",
    }
    begin = time.perf_counter()
    command = [sys.executable, "-c", code, str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None:
                raise SystemExit(f"The page ended before it answered: {code}")
            time.sleep(0.02)
        used = psutil.Process(process.pid).cpu_times()
        return time.perf_counter() - begin, used.user + used.system
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as reply:
            return bool(reply.status == 200 and reply.read())
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        started(EMPTY, folder), started(OURS, folder)  # files into the page cache
        pairs = [(started(EMPTY, folder), started(OURS, folder)) for _ in range(rounds)]
    for name, which in (("wall clock", 0), ("processor", 1)):
        empty = statistics.median(pair[0][which] for pair in pairs)
        ours = statistics.median(pair[1][which] for pair in pairs)
        print(
            f"{name}: empty Gradio page {empty:.2f} s, this page {ours:.2f} s, ratio {ours / empty:.2f} (target {TARGET})"
        )


if __name__ == "__main__":
    main()
