"""What kind of value a question asks for: a date, a number (of what), a name, or none that can be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.reading.words import fold, words

Kind = Literal["date", "number", "name"]

_DATE = re.compile(
    r"\b(?:quand|when|quels? jours?|quels? mois|quel siecle|quelle epoque|de quand|"
    r"(?:a |en |de |depuis |pour )?quelles? (?:\w+ )?(?:dates?|annees?)|"
    r"(?:what|which) (?:\w+ )?(?:date|day|month|year|century|decade|time)s?)\b"
)
_NUMBER = re.compile(
    r"\b(?:combien|how (?:many|much|long|far|large|big|old|tall|high|often|fast|deep|wide)|"
    r"quel(?:le)?s? (?:est |etait |sont |fut )?(?:l'|la |le |les )?(?:nombre|pourcentage|age|montant|prix|poids|taux|"
    r"cout|chiffre|taille|distance|superficie|part|proportion|duree|quantite|hauteur|longueur|somme|population|"
    r"vitesse|temperature|altitude|budget|salaire)|"
    r"what (?:is |was |were |are )?(?:the )?(?:percentage|percent|share|number|amount|proportion|population|price|"
    r"cost|rate|size|length|height|weight|total|distance|budget|speed|area))\b"
)
_NAME = re.compile(
    r"\b(?:qui|who|whom|whose|ou|where|(?:quel(?:le)?s?|which|what) (?:\w+ )?(?:pays|villes?|regions?|societes?|entreprises?|"
    r"equipe|groupe|roi|auteur|president|acteur|actrice|joueur|ministre|empereur|general|philosophe|artiste|"
    r"country|city|company|team|state|player|person|president|king|author|actor|group|organization))\b"
)
_COUNTED = re.compile(r"\b(?:combien d(?:e |')|how many |(?:nombre|number) (?:de |d'|des |of ))")


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of value asked for (None: cannot be told), and the stem of what is counted."""

    kind: Kind | None
    counted: str | None = None


@lru_cache(maxsize=1024)
def asked_for(question: str, language: str) -> Asked:
    """What `question` asks for, by its interrogative words."""
    folded = fold(question)
    first = [
        (match.start(), kind)
        for kind, pattern in (("date", _DATE), ("number", _NUMBER), ("name", _NAME))
        if (match := pattern.search(folded))
    ]
    if not first:
        return Asked(None)
    _, kind = min(first)
    return Asked(kind, _counted(question, language) if kind == "number" else None)  # type: ignore[arg-type]


def _counted(question: str, language: str) -> str | None:
    """The first content word after "combien de" or "how many"."""
    match = _COUNTED.search(fold(question))
    if match is None or len(fold(question)) != len(question):
        return None
    return next((w.stem for w in words(question[match.end() :], language) if not w.is_stop), None)
