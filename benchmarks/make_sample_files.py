"""Writes the two binary articles of the sample corpus, the same bytes every time.

python benchmarks/make_sample_files.py corpus
"""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PDF_NAME, DOCX_NAME = "en/openai-microsoft-timeline.pdf", "fr/heberger-un-modele.docx"
PDF_DATE, DOCX_DATE = datetime(2025, 7, 23, 8, tzinfo=UTC), datetime(2025, 8, 20, 8, tzinfo=UTC)

PDF_TITLE = "OpenAI and Microsoft: from one cloud to several"
PDF_HEADER = "Sample corpus - OpenAI and Microsoft"
# Paragraphs with an empty line between; "# " opens a heading, "|" is where a word may be cut at a line's end.
PDF_TEXT = """
This timeline follows the agreement between OpenAI and Micro|soft from the first invest|ment to the newest
order of com|puting capa|city. It ends in July 2025.

# 2019: an investor with data centres

Micro|soft invested 1 billion dollars in OpenAI in July 2019 and became its cloud pro|vider. OpenAI had
been founded in December 2015 as a non-profit whose founders promised to publish their work. In November
2019 it still pub|lished the full weights of GPT-2.

# 2020: a model behind a door

GPT-3 was offered through an API only, from June 2020. Cus|tomers sent their text and received an answer;
the weights stayed in the data centre.

# 2023: exclusivity

In January 2023 the part|nership was extended, with a sum reported at about 10 billion dollars. Micro|soft
was the exclu|sive cloud pro|vider and sold the models to its own cus|tomers as Azure OpenAI.

# January 2025: first refusal

Stargate was an|nounced on 21 January 2025 by SoftBank, OpenAI, Oracle and MGX, with up to 500 billion
dollars over four years. On the same day Micro|soft's exclu|sivity became a right of first refusal on new
com|puting capa|city. Micro|soft is asked first; when it declines, another sup|plier may step in.

# May 2025: the revenue

Press reports describe how the rev|enue is shared. OpenAI passes 20% of its rev|enue to Micro|soft, and
Micro|soft passes 20% of its Azure OpenAI rev|enue to OpenAI. OpenAI tells invest|ors that it expects a
smaller share by 2030. None of this has been con|firmed by the com|panies in the reports themselves, and
so the figures should be read as what they are.

# June 2025: a competitor's cloud

A press report of 10 June 2025 says that OpenAI will also use Google's cloud. Two years earlier the
agree|ment would not have allowed it. Under the right of first refusal it is possible, provided that
Micro|soft has been asked.

# July 2025: Oracle

OpenAI and Oracle agreed on 4.5 gigawatts of further capa|city on 22 July 2025. Data centres for language
models are measured by the electrical power they need, hence the unit.

# What comes next

An open-weights model would add a turn to the story. Any cloud could host it, and Micro|soft would lose
part of the Azure OpenAI business. The model has been post|poned twice, on 10 June and on 11 July, and has
no date. Until it appears, the timeline shows a steady movement: from one sup|plier that did everything to
a first sup|plier among several.
"""

DOCX_TITLE = "Héberger soi-même un modèle à poids ouverts"
DOCX_MODELS = [
    ("Modèle", "Paramètres", "Licence", "Publié le"),
    ("DeepSeek-R1", "671 milliards", "MIT", "20 janvier 2025"),
    ("Mistral Small 3", "24 milliards", "Apache 2.0", "30 janvier 2025"),
    ("gpt-oss-120b", "117 milliards", "Apache 2.0", "5 août 2025"),
    ("gpt-oss-20b", "21 milliards", "Apache 2.0", "5 août 2025"),
]
DOCX_REASONS = [
    "Les données ne doivent pas sortir de l'organisme.",
    "Le coût est connu d'avance.",
    "On ne dépend pas d'un seul fournisseur.",
    "Le modèle peut être affiné sur des documents choisis.",
    "Il répond aussi sans connexion.",
]
DOCX_OPENING = (
    "Depuis l'été 2025, une administration ou une entreprise qui veut exécuter un modèle de langage sur "
    "ses propres machines a l'embarras du choix. Ce guide rappelle pourquoi on le fait, ce que l'on "
    "peut prendre, et ce qu'il faut vérifier d'abord."
)
DOCX_MACHINES = (
    "La machine décide souvent. Le modèle gpt-oss-20b se contente de 16 Go de mémoire, quand "
    "gpt-oss-120b demande une carte graphique de 80 Go. DeepSeek-R1 existe aussi en versions "
    "distillées, de 1,5 à 70 milliards de paramètres."
)
DOCX_LICENCES = (
    "La licence décide de ce qui est permis. Apache 2.0 et MIT autorisent l'usage commercial ; d'autres "
    "posent des conditions. Les données et le code d'entraînement ne sont, le plus souvent, pas "
    "publiés : on peut se servir du modèle sans pouvoir le refaire."
)
DOCX_REGULATION = (
    "Le règlement européen 2024/1689 compte aussi. Depuis le 2 août 2025, il impose des obligations aux "
    "modèles à usage général, allégées pour les modèles libres et ouverts qui ne présentent pas de "
    "risque systémique. Elles pèsent d'abord sur ceux qui fournissent les modèles."
)


def wrapped(paragraph: str, width: int) -> Iterator[str]:
    """Break a paragraph into lines of at most `width` characters, cutting words at their "|" marks."""
    line = ""
    for word in paragraph.split():
        head, *tail = word.split("|")
        whole = head + "".join(tail)
        room = width - len(line) - bool(line)
        if len(whole) <= room:
            line = f"{line} {whole}".strip()
        elif tail and len(head) < room:
            yield f"{line} {head}-".strip()
            line = "".join(tail)
        else:
            yield line
            line = whole
    yield line


def pdf_bytes() -> bytes:
    """Return the two-page timeline, with a running header and footer and words cut at line ends."""
    os.environ["SOURCE_DATE_EPOCH"] = str(int(PDF_DATE.timestamp()))  # reportlab's way to a fixed date
    from reportlab.lib.pagesizes import A5
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5, lang="en")
    canvas.setTitle(PDF_TITLE)
    canvas.setAuthor("")  # no author is invented
    canvas.setSubject("")
    canvas.setCreator("Sample corpus")
    lines = [("Helvetica-Bold", 14, PDF_TITLE)]
    for paragraph in PDF_TEXT.strip().split("\n\n"):
        bold = paragraph.startswith("# ")
        lines.append(("Helvetica", 5, ""))
        font = "Helvetica-Bold" if bold else "Helvetica"
        lines += [(font, 10, line) for line in wrapped(paragraph.removeprefix("# "), 60)]
    half = len(lines) // 2 + 1
    for number, page in enumerate((lines[:half], lines[half:]), start=1):
        draw_page(canvas, page, number)
    canvas.save()
    return buffer.getvalue()


def draw_page(canvas: Any, lines: list[tuple[str, int, str]], number: int) -> None:
    """Draw one page: header, the lines from top to bottom, footer with the page's number."""
    canvas.setFont("Helvetica", 8)
    canvas.drawString(45, 565, PDF_HEADER)
    canvas.drawCentredString(210, 25, f"Page {number} of 2")
    height = 535.0
    for font, size, line in lines:
        canvas.setFont(font, size)
        canvas.drawString(45, height, line)
        height -= size * 1.3
    canvas.showPage()


def docx_bytes() -> bytes:
    """Return the French guide, with headings, a list and a table."""
    import docx

    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.language, properties.author = DOCX_TITLE, "fr", ""
    properties.comments = ""
    properties.created = properties.modified = DOCX_DATE.replace(tzinfo=None)
    document.add_heading(DOCX_TITLE, level=0)
    document.add_paragraph(DOCX_OPENING)
    document.add_heading("Les raisons", level=1)
    for reason in DOCX_REASONS:
        document.add_paragraph(reason, style="List Bullet")
    document.add_heading("Quelques modèles", level=1)
    table = document.add_table(rows=0, cols=4)
    for row in DOCX_MODELS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph(DOCX_MACHINES)
    document.add_heading("À vérifier avant de commencer", level=1)
    document.add_paragraph(DOCX_LICENCES)
    document.add_paragraph(DOCX_REGULATION)
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_times(buffer.getvalue())


def with_fixed_times(archive: bytes) -> bytes:
    """Rewrite a zip archive with one fixed time for every member, whatever the clock says."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, date_time=DOCX_DATE.timetuple()[:6])
            new.writestr(member, old.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def main(corpus: Path) -> None:
    """Write both articles under `corpus`."""
    for name, content in ((PDF_NAME, pdf_bytes()), (DOCX_NAME, docx_bytes())):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
