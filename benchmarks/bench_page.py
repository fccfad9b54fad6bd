"""How soon the page can be used, against an empty Gradio chat: `python benchmarks/bench_page.py [--rounds N]`.

Both start in turn, each as a fresh process, and are opened in a fresh headless Chromium whose cache is empty. Prints

- the seconds until `/` answers, and the processor time until then, which depends less on what else the machine does;
- the seconds from opening the address until the box takes a question. Target: at most 1.3 times;
- how long a word that the model's server sends takes until it stands on the screen, in this page and in a Gradio chat
  that streams the same words. Target: at most 50 ms more, 95th percentile.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fakes_ollama import FakeOllama, Json
from real_parts import ARGUMENTS, BROWSERS

TARGET = 1.3
WORDS, SECONDS_BETWEEN = 60, 0.06
EMPTY = """
import gradio, sys
gradio.ChatInterface(lambda message, history: message).launch(server_port=int(sys.argv[1]), quiet=True)
"""
STREAMING = """
import gradio, sys, time
def answer(message, history):
    said = ""
    for number in range(int(sys.argv[2])):
        time.sleep(float(sys.argv[3]))
        said += f"m{number}x{time.time() * 1000:.0f}x "
        yield said
gradio.ChatInterface(answer).launch(server_port=int(sys.argv[1]), quiet=True)
"""
OURS = "import sys; from assistant.cli import main; main(['chat', '--no-browser', '--port', sys.argv[1]])"
SEEN = """() => { window.words = {}; const look = () => { for (const [word, sent] of document.body.innerText.matchAll(/m\\d+x(\\d+)x/g))
  if (!(word in window.words)) window.words[word] = Date.now() - Number(sent); };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true }); }"""


class Started(NamedTuple):
    wall: float
    processor: float
    box: float


@contextmanager
def running(
    code: str, folder: str, *arguments: str, **variables: str
) -> Iterator[tuple[str, psutil.Process]]:
    """A fresh process; its address, once it answers there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "ASSISTANT_PATHS__RUNTIME": f"{folder}/runtime",
        "ASSISTANT_PATHS__STORE": f"{folder}/store",
        **variables,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(port), *arguments],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not answers(port):
            if process.poll() is not None:
                raise SystemExit(f"The page ended before it answered: {code}")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/", psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as reply:
            return bool(reply.status == 200 and reply.read())
    except (urllib.error.URLError, OSError):
        return False


def started(code: str, folder: str, browser: Any, box: str) -> Started:
    begin = time.perf_counter()
    with running(code, folder) as (address, process):
        wall, used = time.perf_counter() - begin, process.cpu_times()
        context = browser.new_context()
        page = context.new_page()
        opened = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator(box).first.fill("?", timeout=60_000)  # waits until it is there and can be written in
        seconds = time.perf_counter() - opened
        context.close()
        return Started(wall, used.user + used.system, seconds)


def delays(address: str, browser: Any, box: str) -> list[float]:
    """Milliseconds from the sending of a word until it stands in the page."""
    page = browser.new_page()
    page.goto(address)
    page.locator(box).first.fill("Combien coûte le pont numéro 1 ?")
    page.evaluate(SEEN)
    page.keyboard.press("Enter")
    page.wait_for_function(f"Object.keys(window.words).length >= {WORDS - 1}", timeout=120_000)
    found: list[float] = list(page.evaluate("Object.values(window.words)"))
    page.close()
    return found


def timed_words(_: Json) -> list[Json | bytes]:
    """Words that tell when they were sent; `FakeOllama` waits before each."""

    def word(number: int) -> str:
        return f"m{number}x{time.time() * 1000:.0f}x "

    return [{"message": {"content": partial(word, number)}} for number in range(WORDS)]


def on_screen(browser: Any, folder: str) -> None:
    from web.visitors import crowded

    with running(STREAMING, folder, str(WORDS), str(SECONDS_BETWEEN)) as (address, _):
        gradio = delays(address, browser, "textarea")
    with FakeOllama(delay=SECONDS_BETWEEN) as ollama, crowded(Path(folder), ollama) as (address, _):
        ollama.replies = timed_words
        ours = delays(address, browser, "#question textarea")
    for name, found in (("an empty Gradio chat", gradio), ("this page", ours)):
        late = statistics.quantiles(found, n=20)[-1]
        print(f"word on the screen, {name}: {statistics.median(found):.0f} ms, 95 % within {late:.0f} ms")


def compared(name: str, empty: list[float], ours: list[float]) -> None:
    one, other = statistics.median(empty), statistics.median(ours)
    print(
        f"{name}: empty Gradio chat {one:.2f} s, this page {other:.2f} s, ratio {other / one:.2f} (target {TARGET})"
    )


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        found = next(path for name in BROWSERS if (path := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        both = ((EMPTY, "textarea"), (OURS, "#question textarea"))
        for code, box in both:
            started(code, folder, browser, box)  # files into the page cache
        pairs = [[started(code, folder, browser, box) for code, box in both] for _ in range(rounds)]
        for field, name in enumerate(("the page answers", "processor until then", "the box can be used")):
            compared(name, [pair[0][field] for pair in pairs], [pair[1][field] for pair in pairs])
        on_screen(browser, folder)
        browser.close()


if __name__ == "__main__":
    main()
