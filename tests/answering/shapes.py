"""Replies in the shapes in which families of models write them, and what is left of each: text, ids, thought.

Recorded shapes, not recorded words: the way of citing, thinking and ending is each family's own.
"""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    reply: str
    text: str
    named: tuple[tuple[int, ...], ...] = ()
    thought: str = ""
    invalid: int = 0
    refused: bool = False


SHAPES = {
    # ---------------------------------------------------------------- plain markers
    "plain": Shape("Microsoft garde un droit [1]. Fin [2].", "Microsoft garde un droit . Fin .", ((1,), (2,))),
    "two in one": Shape("Oui [1, 3] et [2][3].", "Oui  et .", ((1, 3), (2,), (3,))),
    "range": Shape("Oui [1-3].", "Oui .", ((1, 2, 3),)),
    "in words": Shape("Oui (source 2). Non (extraits 1 et 3).", "Oui . Non .", ((2,), (1, 3))),
    "in words, with a colon": Shape("Oui (Source : extrait 2).", "Oui .", ((2,),)),
    "word in brackets": Shape("Yes [Source 2] and [excerpt 1].", "Yes  and .", ((2,), (1,))),
    "footnote": Shape("Oui[^2].", "Oui.", ((2,),)),
    "double": Shape("Oui [[2]] non.", "Oui  non.", ((2,),)),
    "never offered": Shape("Oui [9]. Non [2024].", "Oui . Non .", (), invalid=2),
    "one bracket too many": Shape("Oui [1]]. Non [[2].", "Oui ]. Non .", ((1,), (2,))),
    "full width": Shape("Oui［2］.", "Oui.", ((2,),)),
    "no marker": Shape("Une phrase sans rien.", "Une phrase sans rien."),
    "other brackets": Shape(
        "a [sic] (2024) f(x) [voir plus loin] <b>", "a [sic] (2024) f(x) [voir plus loin] <b>"
    ),
    # ---------------------------------------------------------------- gpt-oss
    "gpt-oss": Shape("Yes【1†L3-L5】. No【2†source】.", "Yes. No.", ((1,), (2,))),
    "gpt-oss, channels": Shape(
        "<|channel|>analysis<|message|>The source says 12. [1]<|end|><|start|>assistant<|channel|>final<|message|>Yes【1†L3】.<|return|>",
        "Yes.", ((1,),), "The source says 12. [1]",
    ),
    "gpt-oss, bare final": Shape("<|channel|>final<|message|>Oui [1].", "Oui .", ((1,),)),
    "gpt-oss, thought never closed": Shape("<|channel|>analysis<|message|>Hm, 12", "", (), "Hm, 12"),
    # ---------------------------------------------------------------- DeepSeek-R1, Qwen3, Magistral
    "thinking in the text": Shape("<think>Bon. [1]</think>\n\nOui [1].", "Oui .", ((1,),), "Bon. [1]"),
    "qwen3, no thought": Shape("<think>\n\n</think>\n\nOui [1].", "Oui .", ((1,),), "\n\n"),
    "thinking never closed": Shape("<think>Bon.", "", (), "Bon."),
    "thought opened in the prompt": Shape(
        "Cherchons. L'extrait 1 le dit [1].\n</think>\n\nOui [2].", "Oui .", ((2,),), "Cherchons. L'extrait 1 le dit .\n"
    ),
    "deepseek, tokens": Shape("<｜Assistant｜>Oui [citation:2].<｜end▁of▁sentence｜>", "Oui .", ((2,),)),
    "magistral": Shape("[THINK]Bon [1].[/THINK]Oui [1].", "Oui .", ((1,),), "Bon [1]."),
    # ---------------------------------------------------------------- Llama, Mistral, Gemma
    "llama, header": Shape("<|start_header_id|>assistant<|end_header_id|>\n\nYes [1].<|eot_id|>", "Yes .", ((1,),)),
    "plays the other part": Shape("Oui [1].<|im_end|>\n<|im_start|>user\nEt [2] ?", "Oui .\n", ((1,),)),
    "mistral, end token": Shape("Oui [1].</s>", "Oui .", ((1,),)),
    "mistral, template leaks": Shape("[/INST] Oui [2].", "Oui .", ((2,),)),
    "gemma, turn": Shape("<start_of_turn>model\nOui [1].<end_of_turn>", "Oui .", ((1,),)),
    "unknown tokens": Shape("<|channel|>Oui<|im_end|>", "Oui"),
    # ---------------------------------------------------------------- titles, links, raised digits
    "titled": Shape(
        "Le budget augmente [Source 1: Le budget de la bibliothèque municipale adopté, 2024].",
        "Le budget augmente .", ((1,),),
    ),
    "long bracket of prose": Shape(
        "Oui [c'est du moins ce que dit la mairie dans son rapport 1].", "Oui [c'est du moins ce que dit la mairie dans son rapport 1]."
    ),
    "linked": Shape("Oui [[1]](#src) et [2](https://evil.example/?q=secret \"t\").", "Oui  et .", ((1,), (2,))),
    "a year behind a marker": Shape("Oui [1] (2024).", "Oui  (2024).", ((1,),)),
    "no link": Shape("Oui [1](selon la mairie).", "Oui (selon la mairie).", ((1,),)),
    "raised": Shape("Le budget augmente¹. La salle ferme².", "Le budget augmente. La salle ferme.", ((1,), (2,))),
    "raised units": Shape("Sur 12 km² et 10³ m².", "Sur 12 km² et 10³ m²."),
    "raised tag": Shape("Le budget augmente<sup>1</sup>. Non<sup>[2]</sup>, <sup>e</sup>.", "Le budget augmente. Non, <sup>e</sup>.", ((1,), (2,))),
    "line begins with its marker": Shape("[1]: Le budget augmente.\n[2]: La salle ferme.", "Le budget augmente.\n La salle ferme.", ((1,), (2,))),
    # ---------------------------------------------------------------- lists of sources
    "list at the end": Shape("Oui [1].\n\nSources :\n[1] A\n[2] B", "Oui .\n\n", ((1,),)),
    "bold list at the end": Shape("Yes [1].\n\n**Sources:** [1], [2]", "Yes .\n\n", ((1,),)),
    "bold heading": Shape("Yes [1].\n\n**Sources**\n\n- A\n- B", "Yes .\n\n", ((1,),)),
    "heading of a list": Shape("Yes.\n\n### References\n- A", "Yes.\n\n"),
    "sources used": Shape("Oui.\n\nSources utilisées :\n1. A\n2. B", "Oui.\n\n"),
    "footnotes at the end": Shape("Oui[^1].\n\n[^1]: Le budget, 2024.\n[^2]: Autre.", "Oui.\n\n", ((1,),)),
    "definitions at the end": Shape("Oui [1].\n\n[1]: https://journal.example/a\n[2]: Autre", "Oui .\n\n", ((1,),)),
    "the answer goes on": Shape(
        "Oui [1].\n\nSources :\n- A\n- B\n\nEn conclusion, le budget augmente [2].",
        "Oui .\n\nEn conclusion, le budget augmente .", ((1,), (2,)),
    ),
    "source of each line": Shape(
        "Le budget augmente.\nSource : [1]\nLa salle ferme.\nSource : [2]", "Le budget augmente.\nLa salle ferme.\n"
    ),
    "sources are the subject": Shape("Oui.\nSources officielles et presse.", "Oui.\nSources officielles et presse."),
    "notes that say something": Shape("Oui [1].\nNotes : le vote est reporté.", "Oui .\nNotes : le vote est reporté.", ((1,),)),
    # ---------------------------------------------------------------- refusing
    "sentinel": Shape("AUCUNE_SOURCE", "", refused=True),
    "english sentinel": Shape("NO_SOURCE", "", refused=True),
    "escaped sentinel": Shape("NO\\_SOURCE", "", refused=True),
    "sentinel in words": Shape("Aucune source.", "Aucune source.", refused=True),
    "almost the sentinel": Shape("AUCUNE SOURCE N'", "AUCUNE SOURCE N'"),
    # ---------------------------------------------------------------- Markdown
    "list and table": Shape(
        "- un [1]\n- deux\n\n| a | b |\n|---|---|\n| 12 % [1] | non [2] |\n",
        "- un \n- deux\n\n| a | b |\n|---|---|\n| 12 %  | non  |\n", ((1,), (1,), (2,)),
    ),
    "index in code": Shape("`a[1]` et [2]", "`a[ 1 ]` et ", ((2,),)),
    "cited in code": Shape("`Le budget augmente [1]`.", "`Le budget augmente `.", ((1,),)),
    "code block": Shape("```python\nx = a[1] + [2]\n```\nOui [2].", "```python\nx = a[ 1 ] + [ 2 ]\n```\nOui .", ((2,),)),
    "a backtick alone": Shape("l`arbre\nOui a[1].", "l`arbre\nOui a.", ((1,),)),
    "invisible": Shape("Oui\u200b [\u200b1]\u202e.\r\n", "Oui .\n", ((1,),)),
    "empty": Shape("", ""),
}  # fmt: skip
