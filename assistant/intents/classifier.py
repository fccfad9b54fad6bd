"""The kind of a message, told from the embedder's own vector of it by a multinomial logistic regression.

Beside the vector stand the words, and pairs of words, that frame the examples ("liste les", "compared with"): they say
what is wanted where what a message is about fills the vector.

The examples are data (`examples.jsonl`): a subject that could be any other stands in brackets, and is exchanged for
others when the weights are fitted, so that the form of a message counts and not what it is about. What stands in braces
is about something too, and stays. The weights belong to one embedder; those for the default one come with the program,
those for any other are fitted once and kept.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..language.folding import fold

if TYPE_CHECKING:
    import numpy as np

    from ..types import Embedder, Kind, Vector

    Floats = np.typing.NDArray[np.float32]

SUBJECT = re.compile(r"\[([^\]]{0,300})\]")
CONTENT = re.compile(r"\[[^\]]{0,300}\]|\{[^}]{0,100}\}")
_SIGNS = re.compile(r"[\[\]{}]")
_FORM = re.compile(r"\w{1,40}|[?§]")
_OUT = "§"
"""Stands for what an example is about."""
WRAPPED = "answer.wrapped"
"""Label of the examples in which a question stands, in braces, between words that only ask for it. They are questions."""
EXCHANGED = 2
"""Variants of an example with other subjects."""
STRENGTH = 0.3
"""Inverse of the regularisation."""
FORM_WEIGHT, FEWEST_FORMS = 3.0, 2
"""What a form counts beside a standardised dimension of the vector, and examples that have it. Of 1,146 examples 1,015
are told right in five folds with the vector alone, 1,019 at a weight of 2, 1,004 at 4; of 250 questions of PIAF 222, 228
and 232 (`benchmarks/fit_intents.py`). At 3, with fifteen more examples, 1,022 and 233."""
LEAST: Mapping[str, float] = {"answer": 0.0, "chat": 0.5, "check": 0.5}
"""Probability from which a kind is taken; below it a message is a question. Others: `LEAST_OTHER`."""
LEAST_OTHER = 0.35
LISTS = 2.0
"""What the probability of a list counts: who gets one where a question would have done is worse off by less. Of 146
messages that are held back 140 are told right instead of 138, of 250 questions of PIAF 230 instead of 237, most of them
for several things."""
LONGEST = 600
"""Characters of a message that tell its kind."""
WEIGHTS = "weights.npz"
LEANING = "leaning.jsonl"
LEANING_STRENGTH = 0.1
"""Inverse of the regularisation: cross-validated accuracy .968 / .974 / .971 at .03, .1 and 1."""
A_FEW_WORDS = 5
"""Beside the vector, the number of words over this: what leans is short."""
KEPT_VECTORS = 32
"""One message is told its kind, asked whether it leans, and searched."""

Embed = Callable[[str], "Vector"]


class Example(NamedTuple):
    label: str
    """Kind, or kind and aspect: "collection.newest"."""
    language: str
    text: str


class Prediction(NamedTuple):
    """What a message is: its kind, the likeliest aspect of that kind, and how likely the kind is."""

    kind: Kind
    aspect: str
    probability: float


class MessageClassifier(Protocol):
    """Tells the kind of a message."""

    def __call__(self, message: str) -> Prediction: ...

    def leans(self, message: str) -> bool:
        """Whether the message cannot be understood without the one before it."""
        ...


class Leaning(NamedTuple):
    """A message that leans on the conversation ("Et en 2024 ?"), or one that stands alone."""

    leans: bool
    language: str
    text: str


@cache
def leaning_examples() -> tuple[Leaning, ...]:
    lines = resources.files(__package__).joinpath(LEANING).read_text("utf-8").splitlines()
    return tuple(Leaning(**json.loads(line)) for line in lines)


@cache
def examples() -> tuple[Example, ...]:
    lines = resources.files(__package__).joinpath("examples.jsonl").read_text("utf-8").splitlines()
    return tuple(Example(**json.loads(line)) for line in lines)


def plain(text: str) -> str:
    """An example as people would type it."""
    return _SIGNS.sub("", text)


def variants(example: Example, subjects: Mapping[str, Sequence[str]], rng: random.Random) -> list[str]:
    """The example itself, with other subjects, and as keywords."""
    texts = [plain(example.text)]
    kind = example.label.partition(".")[0]
    if kind == "check":
        return texts
    if SUBJECT.search(example.text) and kind != "list":
        others = subjects[example.language]
        texts += [plain(SUBJECT.sub(lambda _: rng.choice(others), example.text)) for _ in range(EXCHANGED)]
    keywords = texts[0].lower().rstrip(" ?.!")
    return texts if keywords == texts[0] else [*texts, keywords]


def subjects_of(chosen: Sequence[Example]) -> dict[str, list[str]]:
    """What may stand in the place of a subject, by language."""
    found: dict[str, list[str]] = {}
    for example in chosen:
        if example.label.partition(".")[0] in ("overview", "compare", "timeline", "collection"):
            found.setdefault(example.language, []).extend(SUBJECT.findall(example.text))
    return found


@dataclass(frozen=True)
class Classifier:
    """Fitted weights; `weights` has a row a label, of the embedder's dimension and one a form."""

    embed: Embed
    labels: tuple[str, ...]
    forms: tuple[str, ...]
    weights: Floats
    bias: Floats
    mean: Floats
    deviation: Floats
    lean: Floats
    """Weights of the vector's dimensions, then of the number of words, then the bias."""

    def leans(self, message: str) -> bool:
        """Whether the message cannot be understood without the one before it."""
        return bool(self.lean[:-1] @ self._features(message) + self.lean[-1] > 0)

    def _features(self, message: str) -> Floats:
        return features(message, (self.embed(message[:LONGEST]) - self.mean) / self.deviation)

    def __call__(self, message: str, *others: str) -> Prediction:
        """The kind of a message; all of `others`, which say the same of other things, weigh as much as the message."""
        import numpy as np

        shares = self._shares(message)
        if others:
            shares = np.mean([shares, np.mean([self._shares(other) for other in others], axis=0)], axis=0)
        return self._told(shares)

    def _shares(self, message: str) -> Floats:
        """How likely each label is, from the vector of the message as a question."""
        import numpy as np

        message = message[:LONGEST]
        vector = (self.embed(message) - self.mean) / self.deviation
        scores = self.weights @ np.concatenate([vector, forms_among(self.forms, message)]) + self.bias
        shares = np.exp(scores - scores.max())
        return np.asarray(shares / shares.sum(), np.float32)

    def _told(self, shares: Floats) -> Prediction:
        kinds: dict[str, float] = {}
        for label, share in zip(self.labels, shares.tolist(), strict=True):
            kind = label.partition(".")[0]
            kinds[kind] = kinds.get(kind, 0.0) + share
        rest = 1 - kinds.get("list", 0.0)
        kinds = {
            k: p * (LISTS if k == "list" else 1) / (LISTS - rest * (LISTS - 1)) for k, p in kinds.items()
        }
        kind = max(kinds, key=kinds.__getitem__)
        if kinds[kind] < LEAST.get(kind, LEAST_OTHER):
            return Prediction("answer", "", kinds.get("answer", 0.0))
        own = {
            label: share
            for label, share in zip(self.labels, shares.tolist(), strict=True)
            if label.partition(".")[0] == kind
        }
        aspect = max(own, key=own.__getitem__).partition(".")[2]
        return Prediction(kind, aspect, kinds[kind])  # type: ignore[arg-type]


def forms_of(text: str) -> set[str]:
    """Its words and pairs of words, those it begins and ends with marked."""
    found = _FORM.findall(fold(text))
    pairs = [f"{one} {other}" for one, other in pairwise(found)]
    edges = [f"^{found[0]}", *(f"^{pair}" for pair in pairs[:1]), f"{found[-1]}$"] if found else []
    return {form for form in (*found, *pairs, *edges) if _OUT not in form}


def forms_among(known: Sequence[str], message: str) -> Floats:
    """`FORM_WEIGHT` for each known form that a message has, else 0. float32[len(known)]."""
    import numpy as np

    own = forms_of(message)
    return np.array([FORM_WEIGHT * (form in own) for form in known], np.float32)


def framing_forms(chosen: Sequence[Example]) -> tuple[str, ...]:
    """The forms outside of the brackets that `FEWEST_FORMS` examples have."""
    counts = Counter(form for example in chosen for form in forms_of(CONTENT.sub(f" {_OUT} ", example.text)))
    return tuple(sorted(form for form, count in counts.items() if count >= FEWEST_FORMS))


def features(message: str, standardised: Vector) -> Floats:
    """What tells whether a message leans: its vector and its length. float32[d + 1]."""
    import numpy as np

    return np.append(standardised, np.float32(len(message.split()) / A_FEW_WORDS)).astype(np.float32)


def fit_leaning(embed: Embed, chosen: Sequence[Leaning], mean: Vector, deviation: Vector) -> Floats:
    """Weights of `Classifier.leans`."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows = np.stack([features(one.text, (embed(one.text) - mean) / deviation) for one in chosen])
    model = LogisticRegression(C=LEANING_STRENGTH, max_iter=3000).fit(rows, [one.leans for one in chosen])
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def fit(embed: Embed, chosen: Sequence[Example]) -> Classifier:
    """Fit weights on examples; seconds for hundreds of them."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rng, subjects = random.Random(0), subjects_of(chosen)
    texts = [variants(example, subjects, rng) for example in chosen]
    rows = np.stack([embed(text) for group in texts for text in group])
    forms = framing_forms(chosen)
    beside = np.stack([forms_among(forms, text) for group in texts for text in group])
    told = ["answer" if example.label == WRAPPED else example.label for example in chosen]
    labels = [label for label, group in zip(told, texts, strict=True) for _ in group]
    shares = [1 / len(group) for group in texts for _ in group]
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(np.hstack([(rows - mean) / deviation, beside]), labels, sample_weight=shares)
    return Classifier(
        embed,
        tuple(map(str, model.classes_)),
        forms,
        np.asarray(model.coef_, np.float32),
        np.asarray(model.intercept_, np.float32),
        mean.astype(np.float32),
        deviation.astype(np.float32),
        fit_leaning(embed, leaning_examples(), mean, deviation),
    )


# --------------------------------------------------------------------------- kept weights


def classifier_for(embedder: Embedder, folder: Path) -> Classifier:
    """The classifier for an embedder: from the program, from `folder`, or fitted now and kept there."""
    key, embed = fitted_on(embedder.fingerprint), lru_cache(KEPT_VECTORS)(embedder.embed_query)
    shipped = resources.files(__package__).joinpath(WEIGHTS)
    with resources.as_file(shipped) as own:
        for file in (own, folder / f"intents-{key[:12]}.npz"):
            kept = load(file, key, embed)
            if kept is not None:
                return kept
    fitted = fit(embed, examples())
    folder.mkdir(parents=True, exist_ok=True)
    save(fitted, folder / f"intents-{key[:12]}.npz", key)
    return fitted


def save(fitted: Classifier, file: Path, key: str) -> None:
    import numpy as np

    np.savez_compressed(
        file,
        key=np.array(key),
        labels=np.array("\n".join(fitted.labels)),
        forms=np.array("\n".join(fitted.forms)),
        weights=fitted.weights,
        bias=fitted.bias,
        mean=fitted.mean,
        deviation=fitted.deviation,
        lean=fitted.lean,
    )


def load(file: Path, key: str, embed: Embed) -> Classifier | None:
    """What was kept under `key`; None where that is something else, or nothing."""
    import numpy as np

    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as kept:
        if str(kept["key"]) != key:
            return None
        return Classifier(
            embed,
            tuple(str(kept["labels"]).split("\n")),
            tuple(str(kept["forms"]).split("\n")),
            *(kept[name] for name in ("weights", "bias", "mean", "deviation", "lean")),
        )


def fitted_on(fingerprint: str) -> str:
    """Digest of what weights are fitted on: the embedder and the examples."""
    folder = resources.files(__package__)
    texts = [folder.joinpath(file).read_text("utf-8") for file in ("examples.jsonl", LEANING)]
    return sha256("\n".join([fingerprint, *texts]).encode()).hexdigest()
