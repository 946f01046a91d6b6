"""Names and labels within a sentence: whether they take an article, and how a sentence begins."""

from __future__ import annotations

import re

_WITH_ARTICLE = {
    "Bahamas", "Comoros", "DR Congo", "Gambia", "Isle of Man", "Maldives", "Philippines", "Rest of the world",
    "Seychelles", "World",
}  # fmt: skip
#: Last words of names that say what a country is, and so take the article.
_KINDS = {
    "Emirates", "Islands", "Kingdom", "Netherlands", "Republic", "States", "Territories", "Territory", "Union",
}  # fmt: skip


#: First words of a label that stand without "the"; so do capitals, digits and whole labels of `BARE`.
NO_ARTICLE = frozenset(
    "a an all any both each even every free half how if many more most no none one some the these this those two what "
    "whatever when where whoever".split()
)

#: Labels that are names of things without an article.
BARE = frozenset({"escalation", "free trade", "war"})


def with_article(label: str) -> str:
    """A label as it stands within a sentence: "the status quo", "what starts by itself", "even chances of both"."""
    first = label.split(" ")[0]
    bare = first.lower() in NO_ARTICLE or label in BARE or not first[:1].islower()
    return label if bare else f"the {label}"


def first_upper(words: str) -> str:
    """Words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def as_sentence(note: str) -> str:
    """A note as a sentence of its own: "weights: 2024" -> "Weights: 2024."; a name in code keeps its letters."""
    begun = note if re.search(r"[\d_=`/]", note.split(" ")[0]) else first_upper(note)
    return begun if begun.endswith((".", "!", "?", ":")) or not begun else f"{begun}."


def in_sentence(name: str) -> str:
    """A country or region as it stands within a sentence: "the United States", "China", "the rest of the world".

    Tables, axes and lists keep the name alone.
    """
    if name.startswith("South Georgia") or not (
        name in _WITH_ARTICLE or name.lower().startswith("rest of ") or name.split(" ")[-1] in _KINDS
    ):
        return name
    return f"the {name[0].lower() + name[1:] if name.split(' ')[0] in ('Rest', 'World') else name}"
