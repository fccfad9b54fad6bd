"""Cases for the proof: sentences of public articles left as they are, paraphrased, or altered in one place.

Every case is drawn with a seed. Altered sentences keep the place they were made from, so that a
repaired citation can be told from a lucky one.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from pathlib import Path

from assistant.language.dates import DateExpression
from assistant.proof.analysed import analysed
from assistant.proof.checks.attribution import speakers
from assistant.proof.proper_names import Name
from assistant.reading.sentences import sentence_spans
from assistant.reading.words import content_stems
from assistant.types import Hit, Passage, Query, Span

PASSAGE_CHARACTERS = 1200
DISTRACTORS = 5
MONTHS = {
    "fr": """
        janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    """.split(),
    "en": """
        January February March April May June July August September October November December
    """.split(),
}


@dataclass(frozen=True)
class Text:
    """A passage-sized piece of an article."""

    id: str
    article: str
    title: str
    language: str
    published: date | None
    start: int
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True)
class Case:
    kind: str
    language: str
    claim: str
    hits: tuple[Hit, ...]
    gold: int
    """Index of the hit that the sentence was made from."""
    span: Span
    named: tuple[int, ...] = ()


@dataclass
class Collection:
    """Passages of one language with the words they hold, to find look-alikes."""

    language: str
    texts: list[Text] = field(default_factory=list)
    holders: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, text: Text) -> None:
        for stem in set(content_stems(text.text, text.language)):
            self.holders[stem].append(len(self.texts))
        self.texts.append(text)

    def look_alikes(self, claim: str, count: int) -> list[Text]:
        """Passages that share the rarest words with the claim."""
        scores: Counter[int] = Counter()
        for stem in set(content_stems(claim, self.language)):
            holders = self.holders.get(stem, [])
            for index in holders if len(holders) < 400 else ():
                scores[index] += 1000 // len(holders)
        return [self.texts[index] for index, _ in scores.most_common(count)]


def read_documents(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def pieces(document: dict[str, str]) -> Iterator[Text]:
    """An article cut into runs of whole sentences of about PASSAGE_CHARACTERS."""
    text, language = document["text"], document["lang"]
    published = date.fromisoformat(document["date"][:10]) if document.get("date") else None
    run: list[Span] = []
    for span in [*sentence_spans(text, language), None]:
        if span is None or (run and span.end - run[0].start > PASSAGE_CHARACTERS):
            if run:
                yield Text(
                    f"{document['id']}#{run[0].start}", document["id"], document.get("title", ""), language, published,
                    run[0].start, text[run[0].start : run[-1].end], tuple(run),
                )  # fmt: skip
            run = []
        if span is not None:
            run.append(span)


def collections(data: Path) -> dict[str, Collection]:
    """French and English passages of the data folder."""
    found = {language: Collection(language) for language in ("fr", "en")}
    for name in ("piaf", "news_fr_en_cds", "news_en_digitalgov"):
        for document in read_documents(data / name / "documents.jsonl"):
            if document["lang"] in found:
                for text in pieces(document):
                    found[document["lang"]].add(text)
    return found


def hit(rank: int, text: Text) -> Hit:
    end = text.start + len(text.text)
    return Hit(
        rank=rank, passage=Passage(text.id, text.article, text.start, end), text=text.text, title=text.title,
        language=text.language, published=text.published, sentences=text.sentences,
    )  # fmt: skip


class Maker:
    """Draws sentences of a collection and makes cases of them."""

    def __init__(self, collection: Collection, seed: int) -> None:
        self.collection = collection
        self.language = collection.language
        self.random = random.Random(f"{seed}-{collection.language}")
        self.name_pool = self._names()

    def _names(self) -> list[str]:
        """Names of the collection that stand inside sentences."""
        pool: Counter[str] = Counter()
        for text in self.random.sample(self.collection.texts, min(600, len(self.collection.texts))):
            pool.update(name.text for name in analysed(text.text, self.language).names if not name.opening)
        return [name for name in pool if "\n" not in name and len(name) > 3]

    def sentences(self) -> Iterator[tuple[Text, Span, str]]:
        """Whole sentences of 8 to 45 words, without end, in random order."""
        while True:
            text = self.random.choice(self.collection.texts)
            span = self.random.choice(text.sentences)
            sentence = text.text[span.start - text.start : span.end - text.start]
            plain = (
                sentence[0].isupper()
                and sentence.endswith(".")
                and not re.search(r"[\n*|>\[\]#]|http", sentence)
            )
            if plain and 8 <= len(sentence.split()) <= 45:
                yield text, span, sentence

    def case(self, kind: str, claim: str, text: Text, span: Span, *, mislead: bool = False) -> Case:
        """The claim with its own passage among look-alikes; `mislead`: a wrong one is named as its source."""
        others = [
            other
            for other in self.collection.look_alikes(claim, DISTRACTORS + 8)
            if other.article != text.article
            or (text.id != other.id and other.article.startswith("piaf") is False)
        ]
        chosen = [text, *[other for other in others if other.id != text.id][:DISTRACTORS]]
        self.random.shuffle(chosen)
        gold = chosen.index(text)
        wrong = (
            (self.random.choice([i for i in range(len(chosen)) if i != gold]),)
            if mislead and len(chosen) > 1
            else ()
        )
        hits = tuple(hit(rank, piece) for rank, piece in enumerate(chosen, 1))
        return Case(kind, self.language, claim, hits, gold, span, wrong)

    def make(
        self, kind: str, change: Callable[[Maker, str, Text], str | None], count: int, **options: bool
    ) -> list[Case]:
        """`count` cases of one kind, fewer where the data does not hold as many."""
        cases: list[Case] = []
        for tries, (text, span, sentence) in enumerate(self.sentences()):
            if len(cases) == count or tries > 400 * count:
                break
            claim = change(self, sentence, text)
            if claim is not None:
                cases.append(self.case(kind, claim, text, span, **options))
        return cases


def replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


# ------------------------------------------------------------------ left true


def verbatim(maker: Maker, sentence: str, text: Text) -> str | None:
    return sentence


_SYNONYMS = {
    "fr": [
        ("afin de", "pour"), ("cependant", "toutefois"), ("également", "aussi"), ("ainsi que", "et"), ("lorsque", "quand"),
        ("notamment", "en particulier"), ("car", "parce que"), ("grâce à", "à l'aide de"), ("environ", "à peu près"),
        ("puis", "ensuite"), ("très", "fort"), ("beaucoup de", "de nombreux"), ("mais", "cependant"), ("dans", "au sein de"),
        ("plusieurs", "divers"), ("comme", "ainsi que"),
    ],
    "en": [
        ("in order to", "to"), ("however", "nevertheless"), ("also", "as well"), ("because", "since"), ("such as", "like"),
        ("many", "numerous"), ("about", "around"), ("but", "yet"), ("help", "assist"), ("use", "employ"), ("while", "whereas"),
        ("through", "via"), ("several", "a number of"), ("often", "frequently"), ("within", "inside"), ("that", "which"),
    ],
}  # fmt: skip


def synonyms(maker: Maker, sentence: str, text: Text) -> str | None:
    """One to three function words replaced by others that mean the same."""
    changed = sentence
    for old, new in maker.random.sample(_SYNONYMS[maker.language], k=len(_SYNONYMS[maker.language])):
        changed = re.sub(rf"(?<!\w){old}(?!\w)", new, changed, count=1)
    return changed if changed != sentence else None


def without_clause(maker: Maker, sentence: str, text: Text) -> str | None:
    """An inserted clause between commas or parentheses left out; never one that says who speaks."""
    clauses = list(re.finditer(r"\s\([^()]{4,80}\)|,\s[^,()«»“”\"]{6,70}(?=,\s)", sentence))
    if not clauses:
        return None
    clause = maker.random.choice(clauses)
    if re.search(
        r"\b(?:selon|d.après|according|ne|not|no|pas|rait|raient|said|says|dit)\b|rai(?:en)?t\b",
        clause.group(),
    ):
        return None
    left = sentence[clause.end() + 1 :] if clause.group().startswith(",") else sentence[clause.end() :]
    return (
        (sentence[: clause.start()] + " " + left.lstrip())
        .replace("  ", " ")
        .replace(" ,", ",")
        .replace(" .", ".")
    )


_LEADING = re.compile(
    r"^((?:En|Au|Aux|Dans|Depuis|Pendant|Après|Avant|In|On|At|During|Since|After|Before|Over)\s[^,]{3,40}),\s+(.{30,})\.$"
)


def reordered(maker: Maker, sentence: str, text: Text) -> str | None:
    """A leading adverbial put at the end: "En 2003, X …" becomes "X … en 2003."."""
    match = _LEADING.match(sentence)
    if match is None or re.match(r"\w+ing\b", match[1]):
        return None
    rest = match[2]
    capital = rest[0].upper() + rest[1:]
    return f"{capital} {match[1][0].lower()}{match[1][1:]}."


def number_rewritten(maker: Maker, sentence: str, text: Text) -> str | None:
    """The same number in another notation."""
    changed = sentence
    fr = maker.language == "fr"
    changed = re.sub(r"(\d)\s?%", r"\1 pour cent" if fr else r"\1 percent", changed)
    changed = re.sub(r"(\d) (?:percent|pour cent)", r"\1 %", changed) if changed == sentence else changed
    if fr:
        changed = re.sub(
            r"(?<![\d\w])(?<!\d[ \u00a0\u202f])(\d{1,3})[ \u00a0\u202f](\d{3})(?![ \u00a0\u202f]?[\d\w])",
            r"\1\2",
            changed,
        )
        changed = re.sub(r"(?<![\d\w,.])(\d{2,3}) millions", r"\1 000 000", changed)
    else:
        changed = re.sub(r"(?<![\d\w,])(\d{1,3}),(\d{3})(?![\d\w,])", r"\1\2", changed)
        changed = re.sub(r"(?<![\d\w,.])(\d{2,3}) million\b", r"\1,000,000", changed)
    spelled = (
        "deux trois quatre cinq six sept huit dix" if fr else "two three four five six seven eight ten"
    ).split()
    for word, value in zip(spelled, (2, 3, 4, 5, 6, 7, 8, 10), strict=True):
        changed = re.sub(
            rf"(?<![\w-])(?<!cent ){word}(?![\w-]| cent| mille| hundred| thousand)", str(value), changed
        )
    return changed if changed != sentence else None


def date_rewritten(maker: Maker, sentence: str, text: Text) -> str | None:
    """The same date in another form or coarser."""
    months = "|".join(MONTHS[maker.language])
    if maker.language == "fr":
        match = re.search(rf"(?:le )?(\d{{1,2}})(?:er)? ({months}) ([12]\d{{3}})", sentence)
        shapes = ["{d}/{m:02d}/{y}", "{y}-{m:02d}-{d:02d}", "en {name} {y}"]
        parts = (match[1], match[2], match[3]) if match else None
    else:
        match = re.search(rf"({months}) (\d{{1,2}})(?:st|nd|rd|th)?,? ([12]\d{{3}})", sentence)
        shapes = ["{d} {name} {y}", "{y}-{m:02d}-{d:02d}", "{name} {y}"]
        parts = (match[2], match[1], match[3]) if match else None
    if (
        match is None
        or parts is None
        or re.search(r"(?:\d|er) (?:au|et|and|to|-|–) (?:le )?$", sentence[: match.start()])
    ):
        return None
    number = MONTHS[maker.language].index(parts[1]) + 1
    new = maker.random.choice(shapes).format(d=int(parts[0]), m=number, name=parts[1], y=parts[2])
    return replaced(sentence, *match.span(), new)


# ------------------------------------------------------------------ altered


def _shown(value: float, language: str) -> str:
    text = f"{value:,.15g}"
    return text.replace(",", "\u00a0").replace(".", ",") if language == "fr" else text


def altered_number(maker: Maker, sentence: str, text: Text) -> str | None:
    """One number changed: a digit, a factor, or another number of the article."""
    quantities = [
        q for q in analysed(sentence, maker.language).values(text.published).quantities
        if not q.loose and not q.ordinal and q.unit != "clock" and re.match(r"[\d.,\s\u00a0\u202f]*\d", q.text)
    ]  # fmt: skip
    if not quantities:
        return None
    quantity = maker.random.choice(quantities)
    digits = re.match(r"\d[\d.,\s\u00a0\u202f]*\d|\d", quantity.text)
    if digits is None:
        return None
    new = _other_digits(maker, digits.group(), text)
    start = quantity.start + digits.start()
    return replaced(sentence, start, start + len(digits.group()), new) if new else None


def _other_digits(maker: Maker, written: str, text: Text) -> str | None:
    present = set(re.findall(r"\d[\d.,\s\u00a0\u202f]*\d|\d", text.text))
    for _ in range(20):
        way = maker.random.random()
        if way < 0.6:
            place = maker.random.choice([i for i, c in enumerate(written) if c.isdigit()])
            new = replaced(written, place, place + 1, maker.random.choice("123456789"))
        elif way < 0.8:
            new = str(maker.random.randint(2, 90)) + written[1:] if len(written) < 3 else written[:-1] + "7"
        else:
            others = sorted(present - {written})
            new = maker.random.choice(others) if others else written
        if new != written and new.strip("0., ") != written.strip("0., "):
            return new
    return None


_SPELLED = {
    "fr": """
        deux trois quatre cinq six sept huit neuf dix douze quinze vingt trente quarante cinquante
        cent
    """.split(),
    "en": """
        two three four five six seven eight nine ten twelve fifteen twenty thirty forty fifty
    """.split(),
}


def altered_word_number(maker: Maker, sentence: str, text: Text) -> str | None:
    """A number in words changed into another."""
    known = _SPELLED[maker.language]
    found = list(re.finditer(r"(?<![\w-])(?:" + "|".join(known) + r")(?![\w-])", sentence))
    if not found:
        return None
    match = maker.random.choice(found)
    return replaced(
        sentence, *match.span(), maker.random.choice([word for word in known if word != match.group()])
    )


def altered_date(maker: Maker, sentence: str, text: Text) -> str | None:
    """The year, the month or the day of one date changed."""
    moments = [
        m
        for m in analysed(sentence, maker.language).values().dates
        if not m.relative and (m.years or m.months)
    ]
    if not moments:
        return None
    moment = maker.random.choice(moments)
    new = _other_date(maker, moment)
    return replaced(sentence, moment.start, moment.end, new) if new and new != moment.text else None


def _other_date(maker: Maker, moment: DateExpression) -> str | None:
    parts = []
    if re.search(r"[12]\d{3}", moment.text):
        parts.append("year")
    month = next((m for m in MONTHS[maker.language] if re.search(rf"\b{m}\b", moment.text)), None)
    if month:
        parts.append("month")
    if moment.day and month:
        parts.append("day")
    if not parts:
        return None
    part = maker.random.choice(parts)
    if part == "year":
        year = re.search(r"[12]\d{3}", moment.text)
        assert year is not None
        shift = maker.random.choice([-20, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10, 20])
        return replaced(moment.text, *year.span(), str(int(year.group()) + shift))
    if part == "month":
        assert month is not None
        return moment.text.replace(
            month, maker.random.choice([m for m in MONTHS[maker.language] if m != month])
        )
    others = [d for d in range(1, 29) if d != moment.day]
    return re.sub(r"(?<!\d)\d{1,2}(?!\d)", str(maker.random.choice(others)), moment.text, count=1)


def _name_to_alter(maker: Maker, sentence: str, text: Text) -> Name | None:
    names = [n for n in analysed(sentence, maker.language).names if not n.identifier and len(n.text) > 3]
    return maker.random.choice(names) if names else None


def altered_name(maker: Maker, sentence: str, text: Text) -> str | None:
    """One name replaced by a name of another article."""
    name = _name_to_alter(maker, sentence, text)
    if name is None or name.opening:
        return None
    return replaced(sentence, name.start, name.end, _other_name(maker, name, text))


def _other_name(maker: Maker, name: Name, text: Text) -> str:
    whole = f"{text.title} {text.text}"
    same = [n for n in maker.name_pool if n not in whole and len(n.split()) == len(name.text.split())]
    return maker.random.choice(same or maker.name_pool)


def altered_opening_name(maker: Maker, sentence: str, text: Text) -> str | None:
    """The name at the head of a sentence replaced by one of another article."""
    name = _name_to_alter(maker, sentence, text)
    known = name is not None and re.search(rf"[a-zà-ÿ,] {re.escape(name.text)}", text.text)
    if name is None or name.start != 0 or not known:
        return None
    return replaced(sentence, name.start, name.end, _other_name(maker, name, text))


def neighbour_name(maker: Maker, sentence: str, text: Text) -> str | None:
    """One name replaced by another name of the same passage that the sentence does not have."""
    name = _name_to_alter(maker, sentence, text)
    others = [
        n.text for n in analysed(text.text, maker.language).names
        if not n.opening and not n.identifier and n.text not in sentence and "\n" not in n.text and len(n.text) > 3
    ]  # fmt: skip
    if name is None or name.opening or not others:
        return None
    if set(name.tokens) <= set(re.findall(r"\w+", text.title.lower())):
        return None
    return replaced(sentence, name.start, name.end, maker.random.choice(others))


def exchanged_names(maker: Maker, sentence: str, text: Text) -> str | None:
    """Two names of the sentence in each other's place, with more than small words between them."""
    names = [n for n in analysed(sentence, maker.language).names if not n.identifier and len(n.text) > 3]
    pairs = [
        (a, b)
        for a, b in combinations(names, 2)
        if set(a.tokens).isdisjoint(b.tokens)
        and (not a.opening or re.search(rf"[a-zà-ÿ,] {re.escape(a.text)}", text.text))
        and re.search(r"(?:^|\s)[a-zà-ÿ]{5,}", sentence[a.end : b.start])
    ]
    if not pairs:
        return None
    first, second = maker.random.choice(pairs)
    return replaced(
        replaced(sentence, second.start, second.end, first.text), first.start, first.end, second.text
    )


_FRENCH_VERBS = (
    "est sont était étaient fut furent sera seront peut peuvent doit doivent reste devient permet permettent"
)
_ENGLISH_VERBS = "is are was were will can could should must would does did has have"


def altered_polarity(maker: Maker, sentence: str, text: Text) -> str | None:
    """A negation put in or taken out."""
    if maker.language == "fr":
        removed = re.sub(r"\bn(?:e |['’])([\wà-ÿ]+) (?:pas|plus|jamais)\b", r"\1", sentence, count=1)
        if removed != sentence:
            return removed
        verbs = re.compile(rf"(?<![\w'’-])({'|'.join(_FRENCH_VERBS.split())})(?![\w'’-])")
        found = [m for m in verbs.finditer(sentence) if not re.search(r"\bn[e'’]|\bpas\b", sentence)]
        if not found:
            return None
        match = maker.random.choice(found)
        ne = "n'" if match.group()[0] in "eéêhao" else "ne "
        return replaced(sentence, *match.span(), f"{ne}{match.group()} pas")
    removed = re.sub(
        r"\b(is|are|was|were|will|can|could|should|do|does|did|has|have) ?n[o'’]t\b", r"\1", sentence, count=1
    )
    if removed != sentence:
        return removed
    found = [
        m
        for m in re.finditer(rf"\b({'|'.join(_ENGLISH_VERBS.split())})\b", sentence)
        if "not" not in sentence
    ]
    if not found:
        return None
    match = maker.random.choice(found)
    return replaced(sentence, *match.span(), f"{match.group()} not")


_OPPOSITES = {
    "fr": [("augment", "diminu"), ("plus de", "moins de"), ("avant", "après"), ("possible", "impossible"), ("supérieur", "inférieur"),
           ("toujours", "jamais"), ("majorité", "minorité"), ("avec", "sans"), ("ouverture", "fermeture"), ("succès", "échec")],
    "en": [("increase", "decrease"), ("more", "less"), ("before", "after"), ("possible", "impossible"), ("higher", "lower"),
           ("always", "never"), ("with", "without"), ("easy", "difficult"), ("better", "worse"), ("success", "failure")],
}  # fmt: skip


def altered_opposite(maker: Maker, sentence: str, text: Text) -> str | None:
    """A word replaced by its opposite."""
    for a, b in maker.random.sample(_OPPOSITES[maker.language], k=len(_OPPOSITES[maker.language])):
        for old, new in ((a, b), (b, a)):
            match = re.search(
                rf"(?<!\w){old}(?!\w)" if old not in ("augment", "diminu") else rf"(?<!\w){old}", sentence
            )
            if match:
                return replaced(sentence, *match.span(), new)
    return None


def swapped_attribution(maker: Maker, sentence: str, text: Text) -> str | None:
    """Another speaker, of the same passage where there is one."""
    said = speakers(analysed(sentence, maker.language))
    if not said or said[0].opening:
        return None
    others = [
        n.text for n in analysed(text.text, maker.language).names
        if not n.opening and n.text not in sentence and "\n" not in n.text and len(n.text) > 3
    ]  # fmt: skip
    new = (
        maker.random.choice(others)
        if others and maker.random.random() < 0.7
        else _other_name(maker, said[0], text)
    )
    return replaced(sentence, said[0].start, said[0].end, new)


def lost_attribution(maker: Maker, sentence: str, text: Text) -> str | None:
    """ "Selon X, …" without its beginning."""
    match = re.match(r"^(?:Selon|D['’]après|According to)\s[^,]{3,60},\s+(.{30,})$", sentence)
    if match is None or speakers(analysed(match[1], maker.language)):
        return None  # "Selon son biographe, X, …" would keep its speaker
    return match[1][0].upper() + match[1][1:]


Change = Callable[[Maker, str, Text], str | None]
TRUE_KINDS: dict[str, Change] = {
    "verbatim": verbatim,
    "synonyms": synonyms,
    "clause left out": without_clause,
    "reordered": reordered,
    "number rewritten": number_rewritten,
    "date rewritten": date_rewritten,
}
ALTERED_KINDS: dict[str, Change] = {
    "number": altered_number,
    "number in words": altered_word_number,
    "date": altered_date,
    "name": altered_name,
    "name at the head": altered_opening_name,
    "name of the same passage": neighbour_name,
    "two names exchanged": exchanged_names,
    "polarity": altered_polarity,
    "opposite word": altered_opposite,
    "attribution swapped": swapped_attribution,
    "attribution lost": lost_attribution,
}


def question_answers(data: Path, collection: Collection, count: int, seed: int) -> list[Case]:
    """French questions with their human answer, as one sentence: "question : answer."."""
    maker = Maker(collection, seed)
    by_article = {text.article: text for text in collection.texts}
    questions = [json.loads(line) for line in (data / "piaf" / "questions.jsonl").open(encoding="utf-8")]
    maker.random.shuffle(questions)
    cases: list[Case] = []
    for item in questions:
        text = by_article.get(item["doc_ids"][0])
        answer = item["answers"][0] if item["answers"] else ""
        place = text.text.find(answer) if text and answer else -1
        if text is None or place < 0 or len(cases) == count:
            continue
        span = next(
            (s for s in text.sentences if s.start - text.start <= place < s.end - text.start),
            text.sentences[0],
        )
        cases.append(
            maker.case("question and answer", f"{item['question'].rstrip(' ?')} : {answer}.", text, span)
        )
    return cases


def questions_with_hits(
    folder: Path, language: str, count: int, seed: int
) -> list[tuple[Query, list[Hit], str]]:
    """Questions of a folder with the passage that answers and the look-alikes, ranked by shared words."""
    collection = Collection(language)
    for document in read_documents(folder / "documents.jsonl"):
        if document["lang"] == language:
            for text in pieces(document):
                collection.add(text)
    items = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    items = [item for item in items if item["lang"] == language and item["answers"]]
    random.Random(seed).shuffle(items)
    found: list[tuple[Query, list[Hit], str]] = []
    for item in items:
        ranked = collection.look_alikes(item["question"], DISTRACTORS + 1)
        answer = item["answers"][0]
        if (
            any(text.article in item["doc_ids"] and answer in text.text for text in ranked)
            and len(found) < count
        ):
            hits = [hit(rank, text) for rank, text in enumerate(ranked, 1)]
            found.append((Query(item["question"], item["question"], language), hits, answer))
    return found


def translated_pairs(data: Path, language: str) -> list[tuple[str, str, Span]]:
    """Sentences in `language` with the article and the span of their translation, taken at the same place."""
    documents = {d["id"]: d for d in read_documents(data / "news_fr_en_cds" / "documents.jsonl")}
    pairs = []
    for ours in documents.values():
        theirs = documents.get(str(ours.get("parallel")))
        if ours["lang"] != language or theirs is None:
            continue
        for a, b in _paired_paragraphs(ours["text"], theirs["text"]):
            left = sentence_spans(ours["text"][a.start : a.end], ours["lang"])
            right = sentence_spans(theirs["text"][b.start : b.end], theirs["lang"])
            for x, y in zip(left, right, strict=False) if len(left) == len(right) else ():
                sentence = ours["text"][a.start + x.start : a.start + x.end]
                if sentence.endswith(".") and 8 <= len(sentence.split()) <= 45 and "\n" not in sentence:
                    pairs.append((sentence, theirs["id"], Span(b.start + y.start, b.start + y.end)))
    return pairs


def translated_cases(
    data: Path,
    collection: Collection,
    language: str,
    change: Change,
    count: int,
    seed: int,
    *,
    without: bool = False,
) -> list[Case]:
    """Claims in `language` over passages of the other one; `without`: the article that has it is taken away."""
    maker = Maker(collection, seed)
    maker.language = language
    pairs = translated_pairs(data, language)
    maker.random.shuffle(pairs)
    cases: list[Case] = []
    for sentence, article, span in pairs:
        gold = [
            t
            for t in collection.texts
            if t.article == article and t.start <= span.start < t.start + len(t.text)
        ]
        claim = change(maker, sentence, replace(gold[0], text=sentence, language=language)) if gold else None
        if claim is None or len(cases) == count:
            continue
        words = gold[0].text[span.start - gold[0].start : span.end - gold[0].start]
        others = [t for t in collection.look_alikes(words, DISTRACTORS + 8) if t.id != gold[0].id]
        chosen = (
            others[:DISTRACTORS] if not without else [t for t in others if t.article != article][:DISTRACTORS]
        )
        hits = tuple(
            hit(rank, text) for rank, text in enumerate(chosen if without else [gold[0], *chosen], 1)
        )
        cases.append(Case("translated", language, claim, hits, 0, span))
    return cases


def _paired_paragraphs(left: str, right: str) -> list[tuple[Span, Span]]:
    sides = []
    for text in (left, right):
        sides.append([Span(*m.span()) for m in re.finditer(r"[^\n]+(?:\n(?!\n)[^\n]+)*", text)])
    return list(zip(*sides, strict=True)) if len(sides[0]) == len(sides[1]) else []
