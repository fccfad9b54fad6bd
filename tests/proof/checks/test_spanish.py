"""Spanish, the third language: its own cases of numbers, dates, names, negations, speakers and roles."""

from __future__ import annotations

from datetime import date

import pytest
from builders import make_hit

from assistant.composition.grounding import Prover
from assistant.language.dates import date_spans, find_dates
from assistant.language.numbers import find_quantities
from assistant.proof.analysed import analysed
from assistant.proof.checks.attribution import speakers
from assistant.proof.checks.dates import missing_dates
from assistant.proof.checks.names import missing_tokens, source_names
from assistant.proof.checks.polarity import find_negations, reversals

PUBLISHED = date(2024, 5, 15)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.234,5 habitantes", 1234.5, None),
        ("el 12 por ciento", 12, "%"),
        ("doce por ciento", 12, "%"),
        ("14,2 mil millones de euros", 14.2e9, "EUR"),
        ("3 millones de dólares", 3e6, "USD"),
        ("un billón de pesos", 1e12, None),
        ("veintiún días", 21, "day"),
        ("treinta y cinco semanas", 35, "week"),
        ("ciento veinte metros", 120, "metre"),
        ("doscientos cuarenta y cinco", 245, None),
        ("mil novecientos noventa y ocho", 1998, None),
        ("quinientas mil personas", 500_000, None),
        ("una docena de años", 12, "year"),
        ("la mitad de los alumnos", 50, "%"),
        ("dos tercios del presupuesto", 200 / 3, "%"),
        ("a las 14:30", 870, "clock"),
    ],
)
def test_a_number_is_read(text: str, value: float, unit: str | None) -> None:
    last = find_quantities(text, "es", date_spans(find_dates(text, "es")))[-1]
    assert last.values[0] == pytest.approx(value)
    assert last.unit == unit
    assert text[last.start : last.end] == last.text


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("más de 50 obreros", "more"),
        ("al menos 50 obreros", "more"),
        ("menos de 50 obreros", "less"),
        ("hasta 50 obreros", "less"),
        ("unos 50 obreros", "about"),
        ("cerca de 50 obreros", "about"),
    ],
)
def test_a_bound_is_read(text: str, direction: str) -> None:
    assert find_quantities(text, "es")[-1].direction == direction


@pytest.mark.parametrize("text", ["el tercer puente", "el 3.º puente", "la tercera obra"])
def test_an_ordinal_is_no_cardinal(text: str) -> None:
    (third,) = find_quantities(text, "es")
    assert third.ordinal
    assert third.values == (3.0,)


@pytest.mark.parametrize(
    ("claim", "source", "language"),
    [
        ("el 3 de mayo de 2024", "on May 3, 2024", "en"),
        ("el 3 de mayo de 2024", "le 3 mai 2024", "fr"),
        ("el viernes 3 de mayo de 2024", "2024-05-03", "es"),
        ("en mayo de 2024", "el 3 de mayo de 2024", "es"),
        ("en el año 2024", "el 3 de mayo de 2024", "es"),
        ("en los años 90", "in 1994", "en"),
        ("en el siglo XVIII", "in 1750", "en"),
        ("en el siglo I a. C.", "en 52 av. J.-C.", "fr"),
        ("en el siglo III a.C.", "en los siglos III y II a. C.", "es"),
        ("en agosto de 1962", "en agosto del año 1962", "es"),
        ("en el verano de 2025", "in July 2025", "en"),
        ("en el tercer trimestre de 2024", "Q3 2024", "en"),
        ("el 14 de mayo de 2024", "ayer", "es"),
        ("el año pasado", "in 2023", "en"),
        ("hace tres años", "en 2021", "fr"),
        ("el mes pasado", "en abril de 2024", "es"),
        ("del 3 al 5 de mayo de 2024", "May 3-5, 2024", "en"),
        ("1.º de enero de 2020", "January 1, 2020", "en"),
    ],
)
def test_a_date_is_read(claim: str, source: str, language: str) -> None:
    claimed = find_dates(claim, "es", PUBLISHED)
    assert claimed
    assert missing_dates(claimed, find_dates(source, language, PUBLISHED), PUBLISHED) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("el 4 de mayo de 2024", "el 3 de mayo de 2024"),
        ("el 3 de junio de 2024", "el 3 de mayo de 2024"),
        ("en 1985", "en los años 90"),
        ("en el siglo XIX", "en 1750"),
        ("hace dos años", "en 2021"),
    ],
)
def test_another_date_is_missed(claim: str, source: str) -> None:
    claimed, given = (find_dates(text, "es", PUBLISHED) for text in (claim, source))
    assert missing_dates(claimed, given, PUBLISHED) != []


@pytest.mark.parametrize("text", ["el mar en calma", "2000 euros", "durante tres siglos", "hasta la mañana"])
def test_what_only_looks_like_a_date(text: str) -> None:
    assert not [
        expression
        for expression in find_dates(text, "es")
        if expression.years or expression.months or expression.day
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Según el Ministerio de Hacienda, sube.", ["Ministerio de Hacienda"]),
        ("El lunes llegó José Ortega y Gasset.", ["José Ortega", "Gasset"]),
        ("La Sra. Ana de la Cruz habló.", ["Ana de la Cruz"]),
        ("Ella vive en El Salvador desde Enero.", ["Salvador"]),
        ("Durante mayo, Madrid creció.", ["Madrid"]),
        ("Alcanzó a Chile y Perú.", ["Chile", "Perú"]),
        ("Actualmente, Lima crece.", ["Lima"]),
        ("¿Cuántos parámetros tiene Grok?", ["Grok"]),
    ],
)
def test_a_name_is_found(text: str, names: list[str]) -> None:
    assert [name.text for name in analysed(text, "es").names] == names


@pytest.mark.parametrize(
    ("claim", "source", "language", "missing"),
    [
        ("Vive en Londres.", "He lives in London.", "en", []),
        ("Está en los Estados Unidos.", "It is in the United States.", "en", []),
        ("lo dijo la Unión Europea", "l'Union européenne l'a dit", "fr", []),
        ("según la OMS", "according to the WHO", "en", []),
        ("viajó a Bruselas", "elle est allée à Bruxelles", "fr", []),
        ("Vive en París.", "He lives in London.", "en", ["París"]),
        ("habló Elon Musk", "Sam Altman spoke", "en", ["Elon Musk"]),
    ],
)
def test_a_name_in_another_language(claim: str, source: str, language: str, missing: list[str]) -> None:
    offered = [source_names(analysed(source, language))]
    found = analysed(claim, "es")
    assert [
        name.text for name in found.names if not name.opening and missing_tokens(name, found, offered, True)
    ] == missing


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("El puente no está abierto.", 1),
        ("Nadie ha firmado nunca el acuerdo.", 2),
        ("No lo ha firmado nadie.", 1),
        ("Ningún alcalde votó.", 1),
        ("Se abrió sin permiso.", 1),
        ("No solo abrió el puente.", 0),
        ("Sin duda abrió.", 0),
        ("No obstante, abrió el puente.", 0),
        ("El puente está abierto.", 0),
    ],
)
def test_negations(text: str, count: int) -> None:
    assert len(find_negations(analysed(text, "es"))) == count


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("El puente no está abierto.", "El puente está abierto."),
        ("El puente está abierto.", "El puente nunca está abierto."),
        ("El paro aumentó en 2023.", "El paro disminuyó en 2023."),
        ("Los sindicatos firmaron el acuerdo.", "Los sindicatos se negaron a firmar el acuerdo."),
    ],
)
def test_the_contrary_is_seen(claim: str, source: str) -> None:
    assert reversals(analysed(claim, "es"), analysed(source, "es"))
    assert not reversals(analysed(source, "es"), analysed(source, "es"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Según Ana Ruiz, el puente abrirá.", ["Ana Ruiz"]),
        ("Ana Ruiz afirmó que abrirá.", ["Ana Ruiz"]),
        ("Ana Ruiz ha declarado que abrirá.", ["Ana Ruiz"]),
        ("«Abrirá», dijo Ana Ruiz.", ["Ana Ruiz"]),
        ("Ana Ruiz nació en Cádiz.", []),
    ],
)
def test_who_speaks(text: str, names: list[str]) -> None:
    assert [name.text for name in speakers(analysed(text, "es"))] == names


TOLD = (
    "El puente de Lormont fue abierto el 3 de mayo de 1998 por quinientos obreros. "
    "Los sindicatos rechazaron el acuerdo. Algunos concejales piden un referéndum. "
    "La subida de los precios provocó la huelga. Ana Ruiz derrotó a Marta León en Cenon. "
    "El paro pasó del 8 % al 7,2 % en un año, según Pablo Gil. "
    "La ley prohíbe a los hospitales vender datos de salud."
)


@pytest.mark.parametrize(
    "claim",
    [
        "El puente de Lormont fue abierto el 3 de mayo de 1998.",
        "El puente fue abierto por quinientos obreros en 1998.",
        "Los sindicatos rechazaron el acuerdo.",
        "Algunos concejales piden un referéndum.",
        "El paro pasó del 8 % al 7,2 %.",
    ],
)
def test_what_the_source_says_is_proved(claim: str) -> None:
    proof = Prover().prove(claim, [make_hit(TOLD, language="es")], "es")
    assert proof.verdict == "supported", proof.reasons


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("El puente de Lormont fue abierto el 3 de junio de 1998.", "junio"),
        ("El puente fue abierto por trescientos obreros en 1998.", "trescientos"),
        ("El puente de Floirac fue abierto en 1998.", "Floirac"),
        ("Los sindicatos aceptaron el acuerdo.", "aceptaron"),
        ("Los sindicatos no rechazaron el acuerdo.", "no"),
        ("Todos los concejales piden un referéndum.", "Todos"),
        ("La huelga provocó la subida de los precios.", "inverso"),
        ("Marta León derrotó a Ana Ruiz en Cenon.", "lugar del otro"),
        ("El paro pasó del 8 % al 7,2 % en un año, según Ana Ruiz.", "Ana Ruiz"),
        ("La ley permite a los hospitales vender datos de salud.", "permite"),
    ],
)
def test_what_contradicts_the_source_is_not(claim: str, reason: str) -> None:
    proof = Prover().prove(claim, [make_hit(TOLD, language="es")], "es")
    assert proof.verdict != "supported"
    assert reason in " ".join(proof.reasons)


def test_an_english_source_serves_a_spanish_claim() -> None:
    source = make_hit("The bridge of Lormont was opened on 3 May 1998 by 500 workers.", language="en")
    altered = Prover().prove("El puente de Lormont fue abierto el 4 de mayo de 1998.", [source], "es")
    assert altered.verdict == "unsupported"
    assert "4 de mayo de 1998" in " ".join(altered.reasons)
