"""Write every refusal that the declarations of the questions give: python tools/write_messages.py

It writes tests/golden/messages.txt, a line for each: its id, and the sentence. A test compares the program with it, so
that no sentence changes unseen; whoever changes one reads its neighbours here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "golden" / "messages.txt"

DAYS = {"european": "15/04/2025", "no such day": "2025-02-30", "a word": "tomorrow", "a number": 20250415}
TEXTS = {"letters": "x" * 2000, "half a character": "\ud800", "a mapping": {"a": 1}}
NUMBERS = {"words": "many", "nothing that is": "nan", "without end": "inf", "yes": True}
BAD: Mapping[str, Mapping[str, Any]] = {
    "day": DAYS, "first": DAYS | {"no such month": "2025-13"}, "last": DAYS | {"no such month": "2025-13"},
    "moment": {"no such day": "2025-02-30", "letters": "x" * 2000},
    "country": {"nowhere": "Narnia", "one letter off": "Chima"},
    "importer": {"nowhere": "Narnia", "one letter off": "Canadda"},
    "choice": {"none of them": "no-such-choice"}, "list": {"a number": 5},
    "number": NUMBERS, "whole": NUMBERS | {"a part": "2.5"}, "flag": {"perhaps": "perhaps"},
    "share": {"per cent without the sign": "80", "negative": "-0.1", "words": "half"},
    "mapping": {"no name": "=alone", "no value": "name="}, "rows": {"cut off": "[{"}, "scenario": {"cut off": "{"},
    "text": TEXTS, "name": TEXTS, "path": TEXTS, "printed": TEXTS, "weights": TEXTS,
}  # fmt: skip
"""What no argument of a kind takes, by what is wrong with it."""


OF_WORLD = ("countries", "others")
"""Arguments whose countries are those of the world that is solved: it refuses them when it is asked."""


def refused(ask: Any) -> str:
    """What is said where something is asked; nothing where it is taken."""
    from detente.codes import DetenteError

    try:
        ask()
    except DetenteError as error:
        return str(error)
    return ""


def messages() -> Iterator[tuple[str, str]]:
    """Id and sentence of each refusal, in order."""
    from detente.faces.ask.question import all_questions
    from detente.faces.ask.renamed import gone

    seen = set[str]()
    for question in all_questions():
        needed = {name: question.arguments[name].example for name in question.parameters if question.is_required(name)}
        if needed:
            yield f"{question.name}: nothing given", refused(lambda q=question: q.read({}))
        for name, about in question.arguments.items():
            own = bool(question.choices_of(name))
            if own or name not in seen:
                seen.add(name)
                if name in OF_WORLD:
                    continue
                strange = {"none of them": "no-such-group"} if own and about.kind == "list" else {}
                for what, value in (BAD.get(about.kind, {}) | strange).items():
                    given = needed | {name: value}
                    yield f"{question.name}, {name}: {what}", refused(lambda q=question, g=given: q.read(g))
        typed = [*question.parameters][-1]
        slip = {**needed, f"{typed}z": "1"}
        yield f"{question.name}: {typed}z for {typed}", refused(lambda q=question, g=slip: q.read(g))
    for name, (what, repair) in gone().items():
        yield f"gone, {name}", f"{what}; {repair}."


def main() -> None:
    """Write the list."""
    LIST.write_text("".join(f"{key}\t{text}\n" for key, text in messages() if text), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
