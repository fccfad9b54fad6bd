"""Reading measured on public test sets, beside what the libraries give by themselves.

    pip install pypdf pdfplumber  # and poppler-utils: what is not installed is left out of the table
    python benchmarks/bench_reading.py --pages FOLDER --dates FOLDER --pdfs FOLDER [--pdfs FOLDER] --docx FOLDER

FOLDER is a copy of a repository: --pages https://github.com/adbar/trafilatura (tests/evaldata.json), --dates
https://github.com/adbar/htmldate (tests/eval_default.json and eval_mediacloud_2020.json), --pdfs
https://github.com/py-pdf/sample-files and https://github.com/jsvine/pdfplumber (any folder of PDFs will do).
--docx takes any folder of DOCX files; words kept are counted against all text of their document part.
`--limit N` reads the first N of each. --list prints each page whose date is wrong, each PDF that is rejected.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.errors import ArticleRejected
from assistant.reading.articles import READERS, ArticleFile
from assistant.reading.docx_parts import written_words
from assistant.reading.isolated import read_article_safely
from assistant.types import Article

PLACES = ("test_set", "eval", "cache")


def read(path: Path) -> Article | str:
    """The article, or why it was rejected; the pages of the sets are often called by their address, without a suffix."""
    name = path.name if path.suffix in READERS else f"{path.name}.html"
    try:
        article = read_article_safely(ArticleFile(name, path, path.stat().st_size, 0))
    except ArticleRejected as error:
        return error.reason
    return article if article is not None else "left out"


def located(folder: Path, name: str) -> Path | None:
    return next((path for place in PLACES if (path := folder / "tests" / place / name).is_file()), None)


def squeezed(text: str) -> str:
    return " ".join(text.split())


# --------------------------------------------------------------------------- pages


def bench_pages(folder: Path, limit: int) -> None:
    import trafilatura

    wanted: Counter[str] = Counter()
    unwanted: Counter[str] = Counter()
    asked = [0, 0, 0]
    for entry in list(json.loads((folder / "tests/evaldata.json").read_text("utf-8")).values())[:limit]:
        path = located(folder, entry["file"])
        if path is None:
            continue
        article = read(path)
        texts = {
            "ours": article.text if isinstance(article, Article) else "",
            "trafilatura": trafilatura.extract(path.read_bytes(), include_comments=False) or "",
        }
        asked = [asked[0] + 1, asked[1] + len(entry["with"]), asked[2] + len(entry["without"])]
        for system, text in texts.items():
            plain = squeezed(text)
            wanted[system] += sum(squeezed(phrase) in plain for phrase in entry["with"])
            unwanted[system] += sum(squeezed(phrase) in plain for phrase in entry["without"])
    for system in ("ours", "trafilatura"):
        precision = wanted[system] / max(1, wanted[system] + unwanted[system])
        recall = wanted[system] / max(1, asked[1])
        print(
            f"pages {asked[0]} {system:12} wanted {wanted[system]} of {asked[1]}, unwanted {unwanted[system]} of {asked[2]}, "
            f"F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"
        )


# --------------------------------------------------------------------------- dates


def bench_dates(folder: Path, limit: int, listed: bool) -> None:
    import htmldate

    counts: dict[str, Counter[str]] = {"ours": Counter(), "htmldate": Counter()}
    pages: dict[str, dict[str, Any]] = {}
    for name in ("eval_mediacloud_2020.json", "eval_default.json"):
        pages |= json.loads((folder / "tests" / name).read_text("utf-8"))
    for entry in list(pages.values())[:limit]:
        path = located(folder, entry["file"])
        if path is None:
            continue
        article = read(path)
        ours = article.published if isinstance(article, Article) else None
        theirs = htmldate.find_date(
            path.read_text("utf-8", "replace"), original_date=True, extensive_search=True
        )
        for system, found in (("ours", ours.isoformat() if ours else None), ("htmldate", theirs)):
            verdict = "none" if found is None else "right" if found == entry["date"] else "wrong"
            counts[system][verdict] += 1
            if listed and system == "ours" and verdict != "right":
                origin = article.origins.get("published") if isinstance(article, Article) else article
                print(f"  {verdict} {entry['file']} {found} for {entry['date']} ({origin})")
    for system, verdicts in counts.items():
        total = sum(verdicts.values())
        shares = ", ".join(
            f"{verdict} {verdicts[verdict]} ({100 * verdicts[verdict] / total:.1f} %)"
            for verdict in ("right", "none", "wrong")
        )
        print(f"dates {total} {system:12} {shares}")


# --------------------------------------------------------------------------- PDFs


def bench_pdfs(folders: list[Path], limit: int, listed: bool) -> None:
    """Words kept of those that PDFium and poppler agree are drawn, words glued together, rows of tables kept whole."""
    found = {sha256(path.read_bytes()).digest(): path for folder in folders for path in folder.rglob("*.pdf")}
    paths = sorted(found.values())[:limit]
    counts: dict[str, Counter[str]] = {name: Counter() for name in PDF_READERS}
    whole = Counter[str]()
    reasons: Counter[str] = Counter()
    for path in paths:
        engines = [_words(_drawn(path)), _words(_pdftotext(path))]
        drawn = engines[0] & engines[1] if engines[1] else engines[0]
        rows = _rows(_pdftotext(path, "-layout"))
        whole += Counter(words=sum(drawn.values()), rows=len(rows))
        for system, reader in PDF_READERS.items():
            try:
                text = reader(path)
            except ArticleRejected as error:
                text = ""
                reasons[error.reason.split(".")[0]] += 1
                if listed:
                    print(f"  rejected {path.name}: {error.reason}")
            except Exception:  # noqa: BLE001 - whatever it raises, it did not read the file
                text = ""
            told = _words(text)
            lines = ["".join(line.replace("|", "").split()) for line in text.splitlines()]
            counts[system] += Counter(
                read=bool(text.strip()),
                kept=sum((told & drawn).values()),
                glued=_glued(told, set(engines[0]) | set(engines[1])),
                rows=sum(any(row in line for line in lines) for row in rows),
            )
    for system, n in counts.items():
        if n["read"]:
            print(
                f"PDFs {len(paths)} {system:16} read {n['read']}, words kept {n['kept']} of {whole['words']}, "
                f"glued {n['glued']}, rows {n['rows']} of {whole['rows']}"
            )
    for reason, count in reasons.most_common():
        print(f"  rejected {count}: {reason}")


def _rows(laid_out: str) -> list[str]:
    """Lines of three cells or more, two of them with figures, without their spaces; at most 400 of a file."""
    cells = [re.split(r"\s{2,}", line.strip()) for line in laid_out.splitlines()]
    tables = [row for row in cells if len(row) > 2 and sum(any(map(str.isdigit, cell)) for cell in row) > 1]
    return ["".join("".join(row).split()) for row in tables][:400]


def _glued(told: Counter[str], known: set[str]) -> int:
    """Words that no engine knows and that are two it knows, run together."""
    return sum(
        count
        for word, count in told.items()
        if len(word) > 5
        and word not in known
        and any(word[:cut] in known and word[cut:] in known for cut in range(2, len(word) - 1))
    )


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w{2,}", text.casefold()))


def _drawn(path: Path) -> str:
    """All that PDFium finds on the pages, in the order of the file."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            return (
                "\n".join(page.get_textpage().get_text_range() for page in document)
                .replace("\ufffe\r\n", "")
                .replace("\ufffe", "")
            )
    except pypdfium2.PdfiumError:
        return ""


def _ours(path: Path) -> str:
    article = read_article_safely(ArticleFile(path.name, path, path.stat().st_size, 0))
    return article.text if article is not None else ""


def _pypdf(path: Path, mode: str = "plain") -> str:
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    return "\n".join(page.extract_text(extraction_mode=mode) for page in pypdf.PdfReader(path).pages)


def _pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(str(path)))


def _pdfplumber(path: Path) -> str:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages)


def _pdftotext(path: Path, *options: str) -> str:
    """What poppler's program finds; nothing where it is not installed."""
    try:
        done = subprocess.run(
            ["pdftotext", *options, path, "-"], capture_output=True, timeout=100, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


PDF_READERS: dict[str, Callable[[Path], str]] = {
    "ours": _ours,
    "pypdf": _pypdf,
    "pypdf layout": partial(_pypdf, mode="layout"),
    "pdfminer.six": _pdfminer,
    "pdfplumber": _pdfplumber,
    "pdftotext": _pdftotext,
    "pdftotext layout": lambda path: _pdftotext(path, "-layout"),
}
"""Those that are not installed are left out of the table."""


# --------------------------------------------------------------------------- DOCX


def bench_docx(folder: Path, limit: int) -> None:
    from lxml import etree

    whole, count, unsaid = 0, 0, 0
    kept: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.docx"))[:limit]:
        try:
            with zipfile.ZipFile(path) as archive:
                tree = etree.fromstring(archive.read("word/document.xml"))
        except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError):
            continue
        article = read(path)
        if isinstance(article, str):
            print(f"  rejected {path.name}: {article}")
        count += 1
        written = written_words(tree)
        whole += sum(written.values())
        ours = article.text if isinstance(article, Article) else ""
        missing = sum((written - _words(ours)).values())
        unsaid += missing if isinstance(article, Article) and not article.warnings else 0
        for system, text in (
            ("ours", ours),
            ("mammoth", _mammoth(path)),
            ("docx2python", _docx2python(path)),
        ):
            kept[system] += sum((_words(text) & written).values())
    for system, number in kept.items():
        print(f"DOCX {count} {system:12} words kept {number} of {whole}")
    print(f"  words lost by ours of files without any warning: {unsaid}")


def _mammoth(path: Path) -> str:
    import mammoth
    from lxml import html

    with path.open("rb") as file:
        plain = html.fromstring("<div>" + mammoth.convert_to_html(file).value + "</div>")
    for cell in plain.iter("p", "td", "li", "br", "h1", "h2", "h3"):
        cell.tail = f"\n{cell.tail or ''}"
    return "".join(plain.itertext())


def _docx2python(path: Path) -> str:
    try:
        from docx2python import docx2python
    except ImportError:
        return ""
    try:
        with docx2python(path) as document:
            return str(document.text)
    except Exception:  # noqa: BLE001 - whatever it raises, it did not read the file
        return ""


def _folders(parser: argparse.ArgumentParser) -> Iterator[None]:
    for name in ("pages", "dates", "docx"):
        parser.add_argument(f"--{name}", type=Path)
        yield
    parser.add_argument("--pdfs", type=Path, action="append", default=[])
    yield


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    list(_folders(parser))
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--list", action="store_true")
    chosen = parser.parse_args()
    print(f"bench_reading, {date.today()}")
    if chosen.pages:
        bench_pages(chosen.pages, chosen.limit)
    if chosen.dates:
        bench_dates(chosen.dates, chosen.limit, chosen.list)
    if chosen.pdfs:
        bench_pdfs(chosen.pdfs, chosen.limit, chosen.list)
    if chosen.docx:
        bench_docx(chosen.docx, chosen.limit)


if __name__ == "__main__":
    main()
