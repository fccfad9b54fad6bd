"""Bytes become text: the encoding declared or recognised, guessed (and said so) only where neither is possible."""

from __future__ import annotations

import codecs
import re

from ..errors import ArticleRejected
from ..language.reading_pack import words_of
from ..language.remarks import Remark
from .language import detect_language

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a_pdf"), (b"PK\x03\x04", "a_zip"), (b"\x89PNG", "a_png"),
    (b"\xff\xd8\xff", "a_jpeg"),
    (b"GIF8", "a_gif"), (b"\x7fELF", "a_program"), (b"MZ\x90", "a_program"), (b"\x1f\x8b", "a_gzip"),
    (b"\xd0\xcf\x11\xe0", "an_old_office_file"), (b"SQLite format 3", "a_database"), (b"{\\rtf", "an_rtf"),
)  # fmt: skip
_LIKELY = ["cp1252", "latin_1", "iso8859_15", "cp1250", "iso8859_2", "mac_roman", "cp1251", "koi8_r", "utf_8"]
_CYRILLIC = frozenset(("ru", "uk", "bg", "be"))
_CENTRAL = re.compile("cs|sk|pl|hu|sl|hr")
_WESTERN = frozenset(("fr", "en", "es", "de", "it", "pt", "nl"))
_WESTERN_ENCODINGS = ["cp1252", "iso8859_15", "cp850", "mac_roman"]
"""The first of those that fit equally well is taken."""
_GLUED = re.compile(r"[A-Za-z][€‚„…†‡ˆ‰•˜™“”°«»][A-Za-z]|[a-z][\u00c0-\u00de]|([\u00c0-\u00ff])\1\1")
"""Signs that stand inside of words, capitals after small letters: the encoding is another."""
_FRAME = re.compile("[\u2500-\u257f]")
"""What frames and tables were drawn with, as DOS had it."""
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, list[Remark]]:
    """Text of a file with warnings (the encoding where it was guessed).

    Raises `ArticleRejected` for what is no text. `name` is the article's.
    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise ArticleRejected(name, Remark("misnamed", what=Remark(what)))
    text, warnings = _decoded(data, declared)
    if len(_CONTROL.findall(text[:100_000])) > len(text[:100_000]) // 50:
        raise ArticleRejected(name, Remark("binary"))
    return text, warnings


def _decoded(data: bytes, declared: str | None) -> tuple[str, list[Remark]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), _replaced(data[len(mark) :], encoding)
    if half := _utf16(data):
        return data.decode(half, "replace"), [Remark("encoding_guessed", encoding=half)]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _legacy(data, declared)


def _replaced(data: bytes, encoding: str) -> list[Remark]:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return [Remark("not_encoded", encoding=encoding)]
    return []


def _utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    sample = data[:4000]
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if max(zeros) < len(sample) // 3 or min(zeros) > len(sample) // 20:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _legacy(data: bytes, declared: str | None) -> tuple[str, list[Remark]]:
    if declared:
        try:
            return data.decode(declared), []
        except (UnicodeDecodeError, LookupError):
            pass
    valid = len(_VALID.findall(data))
    broken = len(re.findall(rb"[\x80-\xff]", _VALID.sub(b"", data)))
    if valid > broken:
        return data.decode("utf-8", "replace"), [Remark("broken_bytes", count=broken)]
    encoding = _guess(data)
    return data.decode(encoding, "replace"), [Remark("encoding_guessed", encoding=encoding)]


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(data[:200_000], cp_isolation=_LIKELY).best()
    encoding = found.encoding if found else "cp1252"
    sample = data[:20_000]
    if encoding == "koi8_r" and detect_language(sample.decode("koi8_r", "replace")) not in _CYRILLIC:
        return _western(data[:200_000])
    if encoding in ("cp1252", "latin_1", "iso8859_15", "cp1250", "iso8859_2", "ascii"):
        # In a short text their bytes do not tell them apart, but the language that comes out does.
        language = detect_language(sample.decode("cp1252", "replace"))
        if _CENTRAL.fullmatch(language):
            return min(
                ("cp1250", "iso8859_2"),
                key=lambda name: _strange_in(language, sample.decode(name, "replace")),
            )
        if language in _WESTERN or encoding not in ("cp1250", "iso8859_2"):
            return _western(data[:200_000])
    return _western(data[:200_000]) if encoding == "mac_roman" else encoding


def _strange_in(language: str, text: str) -> int:
    """Signs that are no letters, and the letter that stands for another where the encoding is the wrong one."""
    signs = sum(not sign.isalpha() and sign not in _EXPECTED for sign in _NOT_ASCII.findall(text))
    return signs + (text.count("ą") if language != "pl" else 0)


_EXPECTED = words_of("letters") | frozenset(f"{chr(0xE5)}{chr(0xF8)}€°«»’‘“”–—…·•§²³©®\xa0¿¡ºª£")


def _western(data: bytes) -> str:
    """Which of the encodings of Western Europe gives the letters and signs that its texts have."""

    def oddities(encoding: str) -> tuple[int, int]:
        text = data.decode(encoding, "replace")
        text = _FRAME.sub("", text) if "───" in text or "═══" in text else text
        strange = sum(sign not in _EXPECTED for sign in _NOT_ASCII.findall(text))
        return strange + sum(1 for _ in _GLUED.finditer(text)), _WESTERN_ENCODINGS.index(encoding)

    return min(_WESTERN_ENCODINGS, key=oddities)
