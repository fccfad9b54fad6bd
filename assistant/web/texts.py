"""What the page says, in French and English, by the browser's language; answers speak the question's."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of the page in one language; `{names}` are filled in with `str.format`."""

    language: str
    tagline: str
    tab_ask: str
    tab_check: str
    question_label: str
    question_placeholder: str
    send: str
    stop: str
    empty_question: str
    welcome: str
    welcome_more: str
    examples: str
    new_conversation: str
    past_conversations: str
    no_past: str
    you: str
    searching: str
    reading: str
    writing: str
    stopped: str
    failed: str
    waiting_parts: str
    searched_as: str
    evidence: str
    evidence_more: str
    evidence_folded: str
    thought: str
    mode_evidence: str
    not_confirmed: str
    not_supported: str
    reason_unknown: str
    nearest_words: str
    no_nearest: str
    aside_one: str
    aside_many: str
    unsupported_one: str
    unsupported_many: str
    citation: str
    preview: str
    conflict: str
    conflict_bare: str
    conflict_more: str
    newest: str
    refusal: str
    refusal_nearest: str
    refusal_nothing: str
    flagged: str
    flagged_more: str
    undated: str
    also_in: str
    sources: str
    sources_empty: str
    other_passages: str
    passages_found: str
    read_here: str
    reader: str
    close_reader: str
    reader_part: str
    page_number: str
    first_evidence: str
    first_token: str
    total: str
    good: str
    bad: str
    correction_label: str
    correction_send: str
    thanks: str
    copy: str
    copied: str
    check_label: str
    check_placeholder: str
    check_button: str
    check_more: str
    checking: str
    check_count: str
    check_empty: str
    details: str
    part_is: str
    part_index: str
    part_embedder: str
    part_model: str
    state_loading: str
    state_ready: str
    state_missing: str
    state_failed: str
    all_ready: str
    index_slow: str
    too_long: str
    not_taken: str
    not_taken_busy: str
    not_reached: str
    not_kept: str
    answer_not_kept: str

    def part(self, name: str) -> str:
        """What a part of the program is called: index, embedder or model."""
        return str(getattr(self, f"part_{name}"))

    def state(self, name: str) -> str:
        """What its state is called: loading, ready, missing or failed."""
        return str(getattr(self, f"state_{name}"))

    def aside(self, count: int, checked: bool = False) -> str:
        """How many sentences are set aside from an answer, or lack support in a text that was checked."""
        kind = "unsupported" if checked else "aside"
        text: str = getattr(self, f"{kind}_{'one' if count == 1 else 'many'}")
        return text.format(n=count)

    def seconds(self, value: float) -> str:
        """A duration with the language's decimal sign."""
        text = f"{value:.2f}" if value < 1 else f"{value:.1f}"
        return f"{text.replace('.', ',') if self.language == 'fr' else text} s"


def typeset(text: str, language: str) -> str:
    """A text with the spaces and the apostrophe of French print; other languages as they are."""
    if language != "fr":
        return text
    text = re.sub(r"(?<=\w)'(?=\w)", "\u2019", text)
    return re.sub(r" (?=[:;?!»%](?:\W|$))|(?<=«) ", "\u00a0", text)


def _typeset(texts: Texts) -> Texts:
    return replace(texts, **{name: typeset(value, texts.language) for name, value in asdict(texts).items()})


FRENCH = _typeset(
    Texts(
        language="fr",
        tagline="Vos articles répondent, phrase par phrase, preuves à l’appui.",
        tab_ask="Interroger",
        tab_check="Vérifier un texte",
        question_label="Votre question",
        question_placeholder="Posez une question sur vos articles…",
        send="Envoyer",
        stop="Arrêter",
        empty_question="Écrivez d’abord une question.",
        welcome="Que voulez-vous savoir de vos articles ?",
        welcome_more="Les extraits exacts viennent d’abord, puis la réponse. Chaque phrase renvoie aux mots d’une "
        "source ; celles que rien n’appuie sont écartées. Rien ne quitte cette machine.",
        examples="Par exemple",
        new_conversation="Nouvelle conversation",
        past_conversations="Conversations précédentes",
        no_past="Aucune conversation pour l’instant.",
        you="Vous :",
        searching="Recherche dans les articles…",
        reading="Le modèle lit les passages…",
        writing="Le modèle rédige ; chaque phrase est vérifiée dès qu’elle est finie.",
        stopped="Arrêté à votre demande.",
        failed="Une erreur inattendue s’est produite ; le journal du programme la décrit. "
        "Vous pouvez poser la question à nouveau.",
        waiting_parts="Chargement en cours : la réponse viendra dès que possible.",
        searched_as="Compris ainsi :",
        evidence="Extraits",
        evidence_more="mot pour mot",
        evidence_folded="Extraits, mot pour mot",
        thought="Raisonnement du modèle",
        mode_evidence="Réponse sans modèle de langage : phrases exactes des articles.",
        not_confirmed="Pas confirmée mot pour mot",
        not_supported="Les sources ne le disent pas",
        reason_unknown="Aucune source ne le dit.",
        nearest_words="Passage le plus proche :",
        no_nearest="Rien d’approchant dans les passages trouvés.",
        aside_one="1 phrase écartée",
        aside_many="{n} phrases écartées",
        unsupported_one="1 phrase que les sources ne disent pas",
        unsupported_many="{n} phrases que les sources ne disent pas",
        citation="Source {n} : {title}",
        preview="« {quote} » — {title}",
        conflict="Les sources se contredisent : {about}",
        conflict_bare="Les sources se contredisent",
        conflict_more="Chaque version avec sa date ; la plus récente est signalée.",
        newest="la plus récente",
        refusal="Pas de réponse dans vos articles",
        refusal_nearest="Ce qui s’en approche le plus",
        refusal_nothing="Aucun passage n’est assez proche.",
        flagged="Instruction cachée",
        flagged_more="Cet article contient des phrases qui s’adressent à un assistant pour lui donner des "
        "ordres. Elles ne sont pas suivies.",
        undated="sans date",
        also_in="Aussi dans",
        sources="Sources",
        sources_empty="Les passages cités s’afficheront ici.",
        other_passages="Autres passages trouvés ({n})",
        passages_found="Passages trouvés ({n})",
        read_here="Lire dans l’article",
        reader="Article",
        close_reader="Fermer l’article",
        reader_part="Article long : seule la partie autour des mots cités est affichée.",
        page_number="p. {n}",
        first_evidence="extraits",
        first_token="premier mot",
        total="total",
        good="Bonne réponse",
        bad="Mauvaise réponse",
        correction_label="Qu’aurait-il fallu répondre ?",
        correction_send="Enregistrer",
        thanks="Merci, c’est noté sur cette machine.",
        copy="Copier",
        copied="Copié",
        check_label="Texte à vérifier",
        check_placeholder="Collez un brouillon, un communiqué, la réponse d’un autre assistant…",
        check_button="Vérifier",
        check_more="Chaque phrase est confrontée à vos articles, sans modèle de langage.",
        checking="Vérification…",
        check_count="Confirmées : {supported} · pas confirmées mot pour mot : {partial} · sans appui : {unsupported}",
        check_empty="Collez d’abord un texte.",
        details="Détails",
        part_is="{part} : {state}",
        part_index="Index des articles",
        part_embedder="Modèle de recherche",
        part_model="Modèle de langage",
        state_loading="chargement",
        state_ready="prêt",
        state_missing="absent",
        state_failed="en échec",
        index_slow="Recherche plus lente : l’index rapide manque ou s’écrit. `assistant rebuild` le refait.",
        all_ready="Prêt",
        too_long="{count} caractères sur {limit} au plus : raccourcissez le texte.",
        not_taken="Votre demande n’a pas été prise ; elle est restée dans la zone de saisie.",
        not_taken_busy="Le programme a trop de demandes en cours ; la vôtre est restée dans la zone de saisie.",
        not_reached="Le programme ne répond pas ; votre demande est restée dans la zone de saisie.",
        not_kept="Votre avis n’a pas pu être enregistré.",
        answer_not_kept="Cette réponse ne sera pas conservée. {why}",
    )
)

ENGLISH = Texts(
    language="en",
    tagline="Answers from your articles, every sentence checked.",
    tab_ask="Ask",
    tab_check="Check a text",
    question_label="Your question",
    question_placeholder="Ask a question about your articles…",
    send="Send",
    stop="Stop",
    empty_question="Write a question first.",
    welcome="What would you like to know?",
    welcome_more="Exact extracts come first, then the answer. Every sentence points to the words of a source; "
    "those that nothing supports are set aside. Nothing leaves this machine.",
    examples="For example",
    new_conversation="New conversation",
    past_conversations="Earlier conversations",
    no_past="No conversation yet.",
    you="You:",
    searching="Searching the articles…",
    reading="The model is reading the passages…",
    writing="The model is writing; each sentence is checked as soon as it is finished.",
    stopped="Stopped at your request.",
    failed="Something unexpected went wrong; the program’s log describes it. You can ask again.",
    waiting_parts="Still loading: the answer comes as soon as possible.",
    searched_as="Understood as:",
    evidence="Extracts",
    evidence_more="word for word",
    evidence_folded="Extracts, word for word",
    thought="The model’s reasoning",
    mode_evidence="Answered without a language model: exact sentences of the articles.",
    not_confirmed="Not confirmed word for word",
    not_supported="The sources do not say so",
    reason_unknown="No source says so.",
    nearest_words="Closest passage:",
    no_nearest="Nothing close in the passages found.",
    aside_one="1 sentence set aside",
    aside_many="{n} sentences set aside",
    unsupported_one="1 sentence that the sources do not say",
    unsupported_many="{n} sentences that the sources do not say",
    citation="Source {n}: {title}",
    preview="“{quote}” — {title}",
    conflict="The sources disagree: {about}",
    conflict_bare="The sources disagree",
    conflict_more="Each version with its date; the most recent is marked.",
    newest="most recent",
    refusal="No answer in your articles",
    refusal_nearest="What comes nearest",
    refusal_nothing="No passage is close enough.",
    flagged="Hidden instruction",
    flagged_more="This article contains sentences that give orders to an assistant. They are not followed.",
    undated="undated",
    also_in="Also in",
    sources="Sources",
    sources_empty="Cited passages will appear here.",
    other_passages="Other passages found ({n})",
    passages_found="Passages found ({n})",
    read_here="Read in the article",
    reader="Article",
    close_reader="Close the article",
    reader_part="A long article: only the part around the cited words is shown.",
    page_number="p. {n}",
    first_evidence="extracts",
    first_token="first word",
    total="total",
    good="Good answer",
    bad="Bad answer",
    correction_label="What should the answer have been?",
    correction_send="Save",
    thanks="Thank you, kept on this machine.",
    copy="Copy",
    copied="Copied",
    check_label="Text to check",
    check_placeholder="Paste a draft, a press release, another assistant’s answer…",
    check_button="Check",
    check_more="Each sentence is held against your articles, without a language model.",
    checking="Checking…",
    check_count="Confirmed: {supported} · not confirmed word for word: {partial} · not supported: {unsupported}",
    check_empty="Paste a text first.",
    details="Details",
    part_is="{part}: {state}",
    part_index="Article index",
    part_embedder="Search model",
    part_model="Language model",
    state_loading="loading",
    state_ready="ready",
    state_missing="missing",
    state_failed="failed",
    index_slow="Searching is slower: the fast index is missing or being written. `assistant rebuild` makes it again.",
    all_ready="Ready",
    too_long="{count} characters, at most {limit}: shorten the text.",
    not_taken="Your request was not taken; it is still in the box.",
    not_taken_busy="The program has too much to do at the moment; your request is still in the box.",
    not_reached="The program does not answer; your request is still in the box.",
    not_kept="Your opinion could not be kept.",
    answer_not_kept="This answer will not be kept. {why}",
)

CATALOGUE = {"fr": FRENCH, "en": ENGLISH}


def texts_for(accept_language: str | None, default: str = "en") -> Texts:
    """The texts for a browser's Accept-Language header: its most wanted language among ours."""
    wanted = []
    for part in (accept_language or "")[:200].split(","):
        match = re.match(r"\s{0,9}([a-zA-Z]{2})[\w-]{0,30}\s{0,9}(?:;\s{0,9}q=([\d.]{1,9}))?\s{0,9}$", part)
        if match and match[1].lower() in CATALOGUE:
            wanted.append((_quality(match[2]), match[1].lower()))
    best = max(wanted, key=lambda item: item[0], default=(0.0, default))
    return CATALOGUE[best[1] if best[0] > 0 else default]


def _quality(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


def translations() -> dict[str, dict[str, str]]:
    """The catalogue as Gradio wants it: language to key to text."""
    return {
        language: {field.name: getattr(texts, field.name) for field in fields(texts)}
        for language, texts in CATALOGUE.items()
    }
