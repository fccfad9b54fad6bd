"""Dates, numbers and names of a text, read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.proof.checks import listed
from assistant.proof.checks.dates import Moment, date_spans, find_dates
from assistant.proof.checks.names import Name, find_names
from assistant.proof.checks.numbers import Quantity, find_quantities


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
