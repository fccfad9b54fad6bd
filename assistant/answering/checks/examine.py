"""All checks of one sentence against one place of a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.answering.checks import listed
from assistant.answering.checks.attribution import lost_attribution, swapped_speaker
from assistant.answering.checks.dates import Moment, date_spans, find_dates, missing_dates
from assistant.answering.checks.hedges import unrestricted
from assistant.answering.checks.names import Name, find_names, is_bare_subject, missing_tokens, source_names
from assistant.answering.checks.numbers import Quantity, find_quantities, missing_quantities
from assistant.answering.checks.polarity import generalised, opposites, reversals
from assistant.answering.checks.quotations import missing_quotations
from assistant.answering.checks.ranges import misnamed, turned_round
from assistant.answering.checks.reasons import Finding
from assistant.answering.checks.roles import added_names, exchanged_names, exchanged_sides
from assistant.answering.checks.rows import member_of, members, other_parts
from assistant.answering.checks.substitution import replacements


@dataclass(frozen=True, slots=True)
class Place:
    """The words of a source against which a sentence is checked, and what stands around them."""

    text: str
    main: str
    """The one sentence of `text` that has most of what is claimed."""
    language: str
    published: date | None = None
    title: str = ""
    before: str = ""
    """The sentences before, in which "he" or "the company" may have their name."""
    around: str = ""
    """The whole context of the hit."""
    known: frozenset[str] = frozenset()
    """Words that have the capital of a name in the midst of a sentence of some hit."""


@dataclass(frozen=True, slots=True)
class Values:
    """Dates, numbers and names of a text."""

    dates: tuple[Moment, ...]
    quantities: tuple[Quantity, ...]
    names: tuple[Name, ...]

    @property
    def empty(self) -> bool:
        return not (self.dates or self.names or any(not quantity.loose for quantity in self.quantities))


@lru_cache(maxsize=8192)
def values_of(text: str, language: str, published: date | None = None) -> Values:
    dates = find_dates(text, language, published)
    return Values(dates, find_quantities(text, language, date_spans(dates)), find_names(text, language))


def examine(claim: str, language: str, place: Place) -> list[Finding]:
    """What `place` does not bear out in the claim; empty where every check passes."""
    found = [
        *_values(claim, language, place),
        *_names(claim, language, place),
        *_speaker(claim, language, place),
    ]
    if language == place.language:
        found += _polarity(claim, language, place)
        found += [finding for finding in _substituted(claim, language, place) if not _told(finding, found)]
    found += [finding for finding in _of_another(claim, language, place) if not _told(finding, found)]
    if language == place.language:
        found += [
            Finding("quotation", q.text) for q in missing_quotations(claim, [place.before + " " + place.text])
        ]
    if not found and language == place.language:
        lost = lost_attribution(claim, language, place.main, place.language)
        found += [Finding("attribution", lost)] if lost else unrestricted(claim, place.main, language)
    return found


def _values(claim: str, language: str, place: Place) -> list[Finding]:
    """Dates and numbers; a year may be a number in the other text, and the reverse."""
    claimed = values_of(claim, language, place.published)
    given = values_of(place.text, place.language, place.published)
    numbers = {value for quantity in given.quantities for value in quantity.values}
    years = {float(moment.years[0]) for moment in given.dates if moment.years}
    dates = [
        moment
        for moment in missing_dates(claimed.dates, given.dates, place.published)
        if not (moment.text.isdigit() and float(moment.text) in numbers)
        and not _is_published(moment, place.published, claim)
    ]
    missing = [
        quantity
        for quantity in missing_quantities(claimed.quantities, given.quantities)
        if not (quantity.unit is None and quantity.values[0] in years)
    ]
    return [Finding("date", m.text) for m in dates] + [Finding("number", q.text) for q in missing]


_PUBLICATION = re.compile(
    r"\b(?:articles?|d[ée]p[êe]ches?|communiqu[ée]s?|billets?|rapports?|presse|reports?|posts?|stor(?:y|ies)"
    r"|press releases?)(?:\s+de presse)?"
    r"\s+(?:(?:publié|paru|daté)(?:e|s|es)?\s+(?:en|de|d['’])|(?:published|dated)(?:\s+in)?|de|d['’]|of|from)\s*$",
    re.IGNORECASE,
)
"""What comes before the date of an article: "a press report of", "un article publié en"; not "a publié … en"."""


def _is_published(moment: Moment, published: date | None, claim: str) -> bool:
    """The date of the article itself, which answers may name; its month alone where they say of what it is the date."""
    if published is None or not (moment.years and moment.months):
        return False
    if (moment.years[0], min(moment.months)) != (published.year, published.month):
        return False
    if moment.day:
        return moment.day == published.day
    return len(moment.months) == 1 and bool(_PUBLICATION.search(claim[: moment.start]))


def _names(claim: str, language: str, place: Place) -> list[Finding]:
    cross = language != place.language
    window = source_names(place.text, place.language)
    around = source_names(f"{place.title}\n{place.around if cross else place.before}", place.language)
    found = []
    for name in find_names(claim, language):
        missing = missing_tokens(name, claim, language, [window], cross)
        if not missing or (cross and is_translatable(name, missing)):
            continue
        nowhere = missing_tokens(name, claim, language, [window, around], cross)
        if _uncommon(name, nowhere, place) or (nowhere and not cross and is_bare_subject(name, claim)):
            found.append(Finding("name", name.text))
    if found or cross:
        return found
    return [Finding("little", name.text) for name in added_names(claim, place.main, language)]


def named_before(claim: str, language: str, place: Place) -> list[Finding]:
    """Names of the claim that stand only in the sentences before the place: "he" may be one of them, or may not."""
    window = source_names(place.text, place.language)
    return [
        Finding("name", name.text)
        for name in find_names(claim, language)
        if not name.opening and len(missing_tokens(name, claim, language, [window])) == len(name.tokens)
    ]


def _uncommon(name: Name, missing: Sequence[str], place: Place) -> bool:
    """Whether a word of a name is missing that is no ordinary one with the capital of a sentence's beginning."""
    if not name.opening or name.tokens[0] in place.known:
        return bool(missing)
    return any(token != name.tokens[0] for token in missing)


_GENERIC = frozenset(
    listed("""
        agence agency alliance assemblee assembly association bank banque bureau cabinet centre
        center chambre chancelier chief college comite commissaire commission committee conference
        congres congress conseil conference council cour court department departement direction
        directeur director division ecole equipe etat federal fondation foundation gouvernement
        government group groupe institut institute journal journee law loi ministere minister
        ministre ministry musee museum national nationale network office officer organisation
        organization parlement parliament parti party plan policy politique prefecture president
        presidente programme program projet project province public publique rapport region
        reglement regulation report republic republique reseau school secretariat secretary security
        securite senat senate service services societe society standard strategie strategy syndicat
        team tresor treasury tribunal union universite university ville website bien-etre sante
        health travail labour act
    """)
)


def is_translatable(name: Name, missing: Sequence[str]) -> bool:
    """A title, an office or an institution, which another language calls by other words."""
    parts = name.text.split()
    return (
        len(missing) < len(name.tokens)
        or any(token in _GENERIC for token in name.tokens)
        or any(part.islower() for part in parts)
        or (name.acronym and not name.identifier)
    )


def _speaker(claim: str, language: str, place: Place) -> list[Finding]:
    other = swapped_speaker(claim, language, place.main, place.language)
    return [Finding("speaker", other.text)] if other else []


def _polarity(claim: str, language: str, place: Place) -> list[Finding]:
    found = [
        Finding("negation" if reversal.added else "negation_lost", reversal.word)
        for reversal in reversals(claim, place.main, language)
    ]
    every = generalised(claim, place.main, language)
    claimed = values_of(claim, language, place.published).quantities
    named = [*([every] if every else ()), *misnamed(claim, claimed, language)]
    return found + [Finding("negation", word) for word in named]


def _told(finding: Finding, found: Sequence[Finding]) -> bool:
    return any(other.kind == finding.kind for other in found)


def _substituted(claim: str, language: str, place: Place) -> Iterator[Finding]:
    """Values that the source has, in the surroundings of another one."""
    claimed = values_of(claim, language, place.published)
    given = values_of(place.main, language, place.published)
    both = exchanged_names(claim, place.main, claimed.names, given.names, language)
    exchanged = tuple(name.text for name in both) if both else exchanged_sides(claim, place.main, language)
    if exchanged:
        yield Finding("roles", " / ".join(exchanged))
    for change in turned_round(claim, claimed.quantities, place.main, given.quantities):
        yield Finding("number", change)
    for part in replacements(claim, place.main, language):
        ours, theirs = (
            _within(claimed, part.start, part.end),
            _within(given, part.source_start, part.source_end),
        )
        old, new = place.main[part.source_start : part.source_end], claim[part.start : part.end]
        if theirs.quantities and missing_quantities(theirs.quantities, claimed.quantities):
            yield from (
                Finding("number", q.text) for q in missing_quantities(ours.quantities, theirs.quantities)
            )
        if theirs.dates and missing_dates(theirs.dates, claimed.dates, place.published):
            yield from (
                Finding("date", m.text) for m in missing_dates(ours.dates, theirs.dates, place.published)
            )
        if not _numbers(ours) & _numbers(theirs):
            yield from _other_kind(ours, theirs)
            yield from _other_ordinal(ours, theirs)
        yield from (Finding("name", name.text) for name in _other_names(ours, theirs, claim, language, place))
        yield from (Finding("negation", word) for word in opposites(new, old, language))


def _of_another(claim: str, language: str, place: Place) -> Iterator[Finding]:
    """Values that a sentence gives to another member of a row than the one that is claimed to have them."""
    given = values_of(place.main, place.language, place.published)
    row = members(place.main, given.names, (*given.dates, *given.quantities))
    own = member_of(claim, language, row, place.main, place.language) if row else None
    if own is None:
        return
    claimed, cross = values_of(claim, language, place.published), language != place.language
    parts = other_parts(row, own, place.main)
    ours, theirs = (values_of(part, place.language, place.published) for part in parts)
    here, there = (source_names(part, place.language) for part in parts)
    for name in claimed.names:
        if missing_tokens(name, claim, language, [here], cross) and not missing_tokens(
            name, claim, language, [there], cross
        ):
            yield Finding("name", name.text)
    # a number or date that only one has may be everyone's: "en 2019, Lyon comptait …, Lille …"
    for quantity in missing_quantities(claimed.quantities, ours.quantities) if ours.quantities else ():
        if not missing_quantities([quantity], theirs.quantities):
            yield Finding("number", quantity.text)
    for moment in missing_dates(claimed.dates, ours.dates, place.published) if ours.dates else ():
        if not missing_dates([moment], theirs.dates, place.published):
            yield Finding("date", moment.text)


def _numbers(values: Values) -> set[float]:
    years = {float(moment.years[0]) for moment in values.dates if moment.years}
    return years | {number for quantity in values.quantities for number in quantity.values}


def _other_kind(ours: Values, theirs: Values) -> Iterator[Finding]:
    """A year in the place of a number, or a number in the place of a date."""
    if ours.dates and not ours.quantities and theirs.quantities and not theirs.dates:
        yield Finding("date", ours.dates[0].text)
    numbers = [quantity for quantity in ours.quantities if not quantity.loose]
    if numbers and not ours.dates and theirs.dates and not theirs.quantities:
        yield Finding("number", numbers[0].text)


def _other_ordinal(ours: Values, theirs: Values) -> Iterator[Finding]:
    """ "First" in the place of "second": loose words, which no source must have, but here one has another."""
    if theirs.quantities and all(quantity.ordinal for quantity in (*ours.quantities, *theirs.quantities)):
        yield from (Finding("number", quantity.text) for quantity in ours.quantities[:1])


def _within(values: Values, start: int, end: int) -> Values:
    """The values that lie in [start, end), at least in part."""
    return Values(
        tuple(m for m in values.dates if m.start < end and start < m.end),
        tuple(q for q in values.quantities if q.start < end and start < q.end),
        tuple(n for n in values.names if n.start < end and start < n.end),
    )


def _other_names(ours: Values, theirs: Values, claim: str, language: str, place: Place) -> list[Name]:
    """Names of the claim in the place of other names of the source."""
    replaced = " ; ".join(name.text for name in theirs.names)
    certain = [name for name in theirs.names if not name.opening or _is_known(name, place)]
    if not certain or all(
        not missing_tokens(n, replaced, language, [source_names(claim, language)]) for n in certain
    ):
        return []
    return [
        name for name in ours.names
        if len(missing_tokens(name, claim, language, [source_names(replaced, language)])) == len(name.tokens)
        and not (name.opening and _is_common(name, place))
    ]  # fmt: skip


def _is_known(name: Name, place: Place) -> bool:
    """Whether the first word of a sentence is a name: it has its capital elsewhere, or others beside it."""
    if len(name.tokens) > 1 or name.acronym:
        return True
    around = source_names(f"{place.title}\n{place.around}", place.language)
    return any(not other.opening and name.tokens[0] in other.tokens for other in around.names) or (
        name.tokens[0] in source_names(place.title, place.language).tokens
    )


def _is_common(name: Name, place: Place) -> bool:
    """Whether the word stands in small letters near by."""
    word = re.escape(name.text.lower())
    return len(name.tokens) == 1 and not name.acronym and bool(re.search(rf"\b{word}\b", place.around))


def elsewhere(finding: Finding, language: str, sources: Sequence[tuple[str, str]]) -> bool:
    """Whether what is missing stands in some other text (text, language) of the sources."""
    if finding.kind == "name":
        return any(
            not missing_tokens(name, finding.text, language, [source_names(text, other)])
            for name in find_names(finding.text, language)
            for text, other in sources
        )
    claimed = values_of(finding.text, language)
    return any(
        not missing_quantities(claimed.quantities, values_of(text, other).quantities)
        and not missing_dates(claimed.dates, values_of(text, other).dates, None)
        for text, other in sources
    )
