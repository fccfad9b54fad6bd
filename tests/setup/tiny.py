"""Small stand-ins for what the set-up fetches: wheels in a folder, a carrier file, an Ollama program."""

from __future__ import annotations

import hashlib
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from assistant.setup.fetching import Wheel
from assistant.setup.steps import StepReport


@dataclass
class Heard:
    """Keeps what it is told; raises `error`, once, when it is told that something is further than `after`."""

    error: BaseException | None = None
    after: float = 1
    said: list[str] = field(default_factory=list)
    tracked: list[tuple[str, float, float | None]] = field(default_factory=list)
    told: list[StepReport] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def track(self, label: str, done: float, total: float | None, *, in_bytes: bool = True) -> None:
        self.tracked.append((label, done, total))
        if self.error is not None and done >= self.after:
            error, self.error = self.error, None
            raise error

    def tell(self, report: StepReport) -> None:
        self.told.append(report)


def make_wheel(shelf: Path, package: str, content: bytes, member: str = "part.bin") -> Wheel:
    """A wheel on a shelf from which pip can fetch, and its pinned description."""
    shelf.mkdir(parents=True, exist_ok=True)
    module = package.replace("-", "_")
    file = shelf / f"{module}-1.0-py3-none-any.whl"
    info = f"{module}-1.0.dist-info"
    parts = {
        f"{module}/{member}": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*parts, f"{info}/RECORD"]))
    data = file.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    return Wheel(package, "1.0", file.name, len(data), sha256, f"{module}/{member}", len(content))


def quantised(weights: np.ndarray) -> bytes:
    """Q4_0 of weights that are whole multiples of their block's scale, which is 0.5 here."""
    blocks = (weights.reshape(-1, 32) / 0.5 + 8).astype(np.uint8)
    packed = blocks[:, :16] | (blocks[:, 16:] << 4)
    scale = np.full((len(blocks), 1), 0.5, np.float16).view(np.uint8)
    return np.concatenate([scale, packed], axis=1).tobytes()


PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁bon", "jour", "▁", "b", "o", "n", "j", "u", "r"]
SIZES = {
    "hidden": 32,
    "layers": 1,
    "heads": 4,
    "feed": 64,
    "vocabulary": len(PIECES) + 3,
    "positions": 40,
    "types": 2,
}


def carrier_file(seed: int = 0) -> tuple[bytes, Mapping[str, np.ndarray]]:
    """A small model in the carrier's format, and its weights as they must come out."""
    random = np.random.default_rng(seed)
    hidden, feed = SIZES["hidden"], SIZES["feed"]

    def matrix(*shape: int) -> np.ndarray:
        return (random.integers(-8, 8, shape) * 0.5).astype(np.float32)

    tensors = {
        "emb.word": matrix(SIZES["vocabulary"], hidden),
        "emb.pos": matrix(SIZES["positions"], hidden),
        "emb.type": random.random((1, hidden), np.float32),
        "emb.ln.w": np.ones(hidden, np.float32),
        "emb.ln.b": np.zeros(hidden, np.float32),
    }
    for short, rows, columns in [
        ("q", hidden, hidden),
        ("k", hidden, hidden),
        ("v", hidden, hidden),
        ("ao", hidden, hidden),
        ("fi", feed, hidden),
        ("fo", hidden, feed),
    ]:
        tensors[f"l0.{short}.w"] = matrix(rows, columns)
        tensors[f"l0.{short}.b"] = random.random(rows, np.float32)
    for short in ("aln", "oln"):
        tensors[f"l0.{short}.w"] = np.ones(hidden, np.float32)
        tensors[f"l0.{short}.b"] = np.zeros(hidden, np.float32)
    return _pack(tensors), tensors


def _pack(tensors: Mapping[str, np.ndarray]) -> bytes:
    head = b"E5S1" + struct.pack("<I7ifi", 1, *SIZES.values(), 1e-12, 32)
    texts = [piece.encode() for piece in PIECES]
    offsets = [0]
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    scores = [-float(i) for i in range(len(PIECES))]
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, offsets[-1])
    head += (
        struct.pack(f"<{len(offsets)}I", *offsets)
        + struct.pack(f"<{len(scores)}f", *scores)
        + b"".join(texts)
    )
    rules = b"".join(_rule(point, points) for point, points in [(0x200B, []), (0x2581, [0x20])])
    head += struct.pack("<iI", 2, len(rules)) + rules + struct.pack("<i", len(tensors))
    data = {name: _tensor_bytes(name, values) for name, values in tensors.items()}
    directory_size = sum(2 + len(name) + struct.calcsize("<BIQQ") for name in tensors)
    at = len(head) + directory_size
    for name, values in tensors.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, values.size, at, len(data[name]))
        at += len(data[name])
    return head + b"".join(data.values())


def _rule(point: int, points: Sequence[int]) -> bytes:
    return struct.pack("<IB", point, len(points)) + struct.pack(f"<{len(points)}I", *points)


def _tensor_bytes(name: str, values: np.ndarray) -> bytes:
    large = values.ndim == 2 and name != "emb.type"
    return quantised(values) if large else values.astype("<f4").tobytes()


OLLAMA = """#!{python}
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        found = {{"/api/version": {{"version": "9.9.9"}}, "/api/tags": {{"models": []}}}}.get(self.path)
        data = json.dumps(found).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *_):
        pass

if sys.argv[1:] == ["--version"]:
    sys.exit(print("ollama version is 9.9.9"))
place = urlsplit(os.environ["OLLAMA_HOST"])
with open(os.environ["OLLAMA_MODELS"] + "/pids", "w") as file:
    print(os.getpid(), file=file)
HTTPServer((place.hostname, place.port), Handler).serve_forever()
"""


def ollama_program(folder: Path, text: str = OLLAMA) -> Path:
    """A program that answers like `ollama serve` and notes its process number in its models folder."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "ollama"
    program.write_text(text.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    return program
