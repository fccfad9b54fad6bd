"""Titles: what an author wrote above the text, never a template's, a file's or what stands at a margin."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from assistant.reading.articles import ArticleFile, finish, read_article
from assistant.reading.drafts import Block, Draft, Fact
from assistant.types import Article

PROSE = "The mill of Corvane was sold in the spring to a baker of the town."
HEIGHT = A5[1]


def read(folder: Path, name: str, data: bytes) -> Article:
    path = folder / name
    path.write_bytes(data)
    article = read_article(ArticleFile(name, path, len(data), 0))
    assert article is not None
    return article


def paper(title: str = "", stamp: str = "", chapter: str = "") -> bytes:
    """A page with a heading, a superscript in its text, something larger at its margin and on the next page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A5, initialFontName="Helvetica", initialFontSize=11)
    canvas.setTitle(title)
    canvas.setFont("Helvetica", 16)
    canvas.drawString(60, HEIGHT - 70, "The mill is sold")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(60, HEIGHT - 120, PROSE[:40])
    canvas.setFont("Helvetica", 7)
    canvas.drawString(60 + canvas.stringWidth(PROSE[:40], "Helvetica", 11), HEIGHT - 114, "2")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(60, HEIGHT - 134, PROSE[40:])
    canvas.setFont("Helvetica", 22)
    canvas.saveState()
    canvas.rotate(90)
    canvas.drawString(100, -30, stamp)
    canvas.restoreState()
    canvas.showPage()
    canvas.setFont("Helvetica", 22)
    canvas.drawString(60, HEIGHT - 70, chapter)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(60, HEIGHT - 120, PROSE)
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize(
    "stated",
    [
        "Mise en page 1",
        "Microsoft PowerPoint - mill.pptx",
        "mill_v3.indd",
        "Présentation PowerPoint",
        "K2-7781-b",
        ".",
    ],
)
def test_titles_of_programs_are_none(stated: str, tmp_path: Path) -> None:
    article = read(tmp_path, "a.pdf", paper(stated))
    assert (article.title, article.origins["title"]) == ("The mill is sold", "heading")
    assert read(tmp_path, "b.pdf", paper("The mill is sold")).origins["title"] == "PDF metadata"


def test_a_stamp_at_the_margin_and_a_chapter_are_no_title(tmp_path: Path) -> None:
    article = read(tmp_path, "a.pdf", paper(stamp="arXiv:2103.15348v2", chapter="Contents"))
    assert article.title == "The mill is sold"
    headings = [article.text[heading.start : heading.end] for heading in article.headings]
    assert headings == ["The mill is sold", "Contents"]


def test_the_title_of_the_document_that_was_copied(tmp_path: Path) -> None:
    document = Document()
    document.core_properties.title = "Minutes of the council, 4 June"
    document.add_heading("The mill is sold", 1)
    document.add_paragraph(PROSE)
    file = io.BytesIO()
    document.save(file)
    assert read(tmp_path, "a.docx", file.getvalue()).title == "The mill is sold"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>mill-10k_2021.htm</title>", "The mill is sold"),
        ("<title>How we wrote index.html</title>", "How we wrote index.html"),
        (
            '<title>Mill - Encyclopedia</title><link rel="canonical" href="https://a.org/Mill">'
            '<script type="application/ld+json">{"@type": "Article", "name": "Mill", "url": "https://a.org/Mill",'
            '"headline": "building in Corvane"}</script><meta property="og:title" content="Mill">',
            "Mill",
        ),
    ],
)
def test_titles_of_pages(head: str, title: str, tmp_path: Path) -> None:
    page = f"<html><head>{head}</head><body><h2>The mill is sold</h2><p>{PROSE}</p></body></html>"
    assert read(tmp_path, "a.html", page.encode()).title == title


def test_a_book_without_a_title() -> None:
    facts = [Fact("title", "Untitled document", "EPUB metadata", 0.8)]
    article = finish(ArticleFile("mill.epub", Path(), 0, 0), b"", Draft([Block(PROSE)], facts))
    assert article.title == "mill"


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("2024-06-13-the-mill-of-corvane.md", f"{PROSE}\n\n## Key findings\n\n{PROSE}\n\n## Method\n\nIt is old.\n",
         "the mill of corvane"),
        ("the-mill-of-corvane.md", f"{PROSE}\n\n## The mill is sold\n\n{PROSE}\n", "The mill is sold"),
        ("the-mill-of-corvane.md", f"## The mill is sold\n\n{PROSE}\n\n## Method\n\nIt is old.\n", "The mill is sold"),
        ("mill-7.md", f"{PROSE}\n\n## Key findings\n\n{PROSE}\n\n## Method\n\nIt is old.\n", "Key findings"),
    ],
)  # fmt: skip
def test_one_of_several_headings_behind_the_beginning_is_no_title(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    assert read(tmp_path, name, text.encode()).title == title
