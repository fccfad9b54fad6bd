"""What the program itself says in an answer, in French and English."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from ..errors import ModelMissing, ModelUnavailable, PromptTooLong
from ..types import Hit
from .evidence import NEAREST_ARTICLES
from .prompting import template_language

TEXTS = {
    "nothing_found": {
        "fr": "Rien dans les articles ne ressemble à cette question.",
        "en": "Nothing in the articles resembles this question.",
    },
    "not_answered": {
        "fr": "Les articles ne donnent pas de réponse à cette question.",
        "en": "The articles do not answer this question.",
    },
    "searched": {"fr": "Recherche faite : « $what ».", "en": 'Searched for: "$what".'},
    "unknown_names": {
        "fr": "Aucun passage trouvé ne parle de $names.",
        "en": "No passage that was found speaks of $names.",
    },
    "nearest": {"fr": "Ce qui s'en approche le plus :", "en": "What comes nearest:"},
    "undated": {"fr": "sans date", "en": "undated"},
    "not_proved": {
        "fr": "Aucun passage ne prouve ce que le modèle a écrit : les articles ne répondent sans doute pas.",
        "en": "No passage proves what the model wrote: the articles probably do not answer.",
    },
    "own_words": {
        "fr": "La formulation du modèle n'a pas pu être prouvée ; voici les mots des sources :",
        "en": "The model's wording could not be proved; here are the words of the sources:",
    },
    "no_model": {
        "fr": "Aucun modèle de langage n'a répondu : la réponse est faite de phrases exactes des articles. $why",
        "en": "No language model answered: the answer is made of exact sentences of the articles. $why",
    },
    "model_stopped": {
        "fr": "Le modèle s'est arrêté au milieu de sa réponse. $why",
        "en": "The model stopped in the middle of its answer. $why",
    },
    "model_loops": {
        "fr": "Le modèle se répétait : sa réponse a été arrêtée.",
        "en": "The model was repeating itself: its answer was stopped.",
    },
    "cut_by_length": {
        "fr": "La réponse a atteint sa longueur maximale.",
        "en": "The answer reached its maximum length.",
    },
    "planted": {
        "fr": "Cette phrase répète une consigne glissée dans un article ; aucune autre source ne le dit.",
        "en": "This sentence repeats an order planted in an article; no other source says so.",
    },
    "thought_only": {
        "fr": "Le modèle a seulement réfléchi, sans répondre.",
        "en": "The model only thought, and did not answer.",
    },
    "broken_text": {
        "fr": "Le modèle a envoyé des caractères illisibles (\ufffd).",
        "en": "The model sent characters that cannot be read (\ufffd).",
    },
    "empty_answer": {"fr": "Le modèle n'a rien répondu.", "en": "The model answered nothing."},
    "prompt_cut": {
        "fr": "Le serveur a lu $read jetons sur environ $sent : la réponse peut ignorer une partie des extraits.",
        "en": "The server read $read of about $sent tokens: the answer may ignore part of the excerpts.",
    },
    "other_language": {
        "fr": "La question n'est ni en français ni en anglais : les messages du programme restent en anglais.",
        "en": "The question is neither in French nor in English: the program's own messages stay in English.",
    },
    "wrong_language": {
        "fr": "Le modèle a répondu dans une autre langue que celle de la question.",
        "en": "The model answered in another language than the question's.",
    },
    "rewritten": {"fr": "Question comprise ainsi : « $what »", "en": 'Question understood as: "$what"'},
    "conflict": {"fr": "Les sources divergent sur ce point :", "en": "The sources disagree on this point:"},
    "newest": {"fr": "la plus récente", "en": "the most recent"},
    "not_checked": {
        "fr": "non vérifiée : le temps prévu était écoulé",
        "en": "not checked: the time allowed for it was over",
    },
    "dated_side": {"fr": "Source du $day :", "en": "Source of $day:"},
    "newest_side": {"fr": "Source du $day ($newest) :", "en": "Source of $day ($newest):"},
    "superseded_side": {
        "fr": "Source du $day (remplacée par la version du $newer) :",
        "en": "Source of $day (superseded by the version of $newer):",
    },
    "superseded_source": {
        "fr": "La source $older du $day a été remplacée par la version du $newer.",
        "en": "Source $older of $day has been superseded by the version of $newer.",
    },
    "undated_side": {"fr": "Source sans date :", "en": "Undated source:"},
    "dated_sources": {
        "fr": "Sources de dates différentes : $sources ($newest).",
        "en": "Sources of different dates: $sources ($newest).",
    },
}


def say(key: str, language: str, **values: object) -> str:
    """The text `key` in the user's language, its `$names` filled in."""
    return Template(TEXTS[key][template_language(language)]).substitute(
        {k: str(v) for k, v in values.items()}
    )


FRENCH_REASONS = {
    "missing": "Le serveur Ollama n'a pas le modèle « $model ». Lancez `assistant setup --model $model` "
    "ou choisissez-en un autre avec --model.",
    "too_long": "La question et les extraits ne tiennent pas dans la fenêtre du modèle. "
    "Posez une question plus courte ou augmentez `[model] context_length`.",
    "said": "Le serveur Ollama a dit : « $said ». Reposez la question ou lancez `assistant doctor`.",
    "silent": "Le serveur Ollama ne répond pas. Lancez `assistant ollama`, puis reposez la question.",
    "stopped": "Le serveur Ollama s'est arrêté au milieu de la réponse. Reposez la question.",
    "slow": "Le serveur Ollama a accepté la question et reste muet. Attendez que le modèle soit chargé, ou relancez-le.",
    "odd": "Ce qui répond à la place d'Ollama ne parle pas sa langue. Vérifiez OLLAMA_HOST ou relancez le serveur.",
    "refused": "Le serveur Ollama refuse le nom et le mot de passe. Corrigez-les dans OLLAMA_HOST.",
    "proxy": "Le chemin vers le serveur Ollama échoue. Vérifiez OLLAMA_HOST, HTTP_PROXY, ALL_PROXY, NO_PROXY et SSL_CERT_FILE.",
    "plain": "Ce qui répond parle http sans chiffrement. Écrivez http:// au lieu de https:// dans OLLAMA_HOST.",
    "certificate": "Le certificat du serveur Ollama n'est pas reconnu. Donnez dans SSL_CERT_FILE celui qui l'a signé.",
}
"""Errors are in English; these stand for those of the language model where the answer is in French."""


def reason(error: ModelUnavailable | PromptTooLong, language: str) -> str:
    """Why the model did not answer, in the user's language; the server's own words stay as they are."""
    if template_language(language) != "fr":
        return str(error)
    if isinstance(error, PromptTooLong):
        return FRENCH_REASONS["too_long"]
    if isinstance(error, ModelMissing):
        return Template(FRENCH_REASONS["missing"]).substitute(model=error.model)
    return Template(FRENCH_REASONS[error.kind]).substitute(said=error.said)


def refusal(
    search_text: str,
    hits: Sequence[Hit],
    language: str,
    opening: str = "not_answered",
    limit: int = NEAREST_ARTICLES,
    unknown: Sequence[str] = (),
) -> str:
    """Why, as the text `opening` says it, what was searched, the names that are nowhere, and the nearest articles."""
    searched = say("searched", language, what=" ".join(search_text.split()))
    if not hits:
        return f"{say('nothing_found', language)} {searched}"
    articles = {hit.passage.article: hit for hit in reversed(hits)}
    nearest = [articles[name] for name in dict.fromkeys(hit.passage.article for hit in hits)][:limit]
    titles = [
        f"- {hit.title} ({hit.published.isoformat() if hit.published else say('undated', language)})"
        for hit in nearest
    ]
    nowhere = [say("unknown_names", language, names=", ".join(unknown))] if unknown else []
    first = " ".join([say(opening, language), *nowhere, searched])  # the line that the page shows
    return "\n".join([first, say("nearest", language), *titles])
