"""How sides and threats of a case are called, and what holds a deal.

Threats and sides are named in one place: by their codes where a reader has the table of them beside the sentence, else
in words, with the law that a threat stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes.names import with_article
from detente.data.caserows import CaseFile, ThreatRow
from detente.data.tables import countries, place
from detente.lab.talks.talk import Setting, Talk
from detente.talks import Truce

Floats = NDArray[np.float64]


#: Gains nearer to zero print as 0.0, USD bn a year, and have no sign.
NIL = 0.05

#: Chances nearer to 0 or 1 than this print as 0.00 or 1.00 and are said in words.
CERTAIN = 0.005


@dataclass(frozen=True)
class Names:
    """How sentences call sides and threats.

    Attributes
    ----------
    listed, spoken : sides by code, in a list ("United States") and within a sentence ("the United States").
    threats, short : threats by name, at their first mention with the law they stand for, and afterwards.
    """

    listed: Mapping[str, str]
    spoken: Mapping[str, str]
    threats: Mapping[str, str]
    short: Mapping[str, str]


def words_of(talk: Talk) -> Names:
    """Sides and threats of a talk in words."""
    return names_of(talk.case.file)


def names_of(file: CaseFile) -> Names:
    """Sides and threats in words, for readers of a run."""
    rows = file.threats
    return Names(
        {code: countries().names.get(code, code) for code in file.parties},
        {code: place(code) for code in file.parties},
        {row.name: threat_phrase(file, row) for row in rows},
        {row.name: with_article(row.label or row.name) for row in rows},
    )


def threat_phrase(file: CaseFile, row: ThreatRow) -> str:
    """A threat with the law it stands for, as "the status quo (law of 8 May 2025)".

    A label that says the law by itself is not told twice. A status quo whose words hold no year gets the day of the
    case.
    """
    label = row.label or row.name
    law = file.outcomes[row.outcome].label if row.outcome in file.outcomes else ""
    if label in law:
        phrase = with_article(law)
    elif law and law not in label:
        phrase = f"{with_article(label)} ({law})"
    else:
        phrase = with_article(label)
    dated = any(part.strip("(),.").isdigit() and len(part.strip("(),.")) == 4 for part in phrase.split())
    return phrase if dated or row.kind != "status-quo" else f"{phrase} (as of {file.on:%-d %B %Y})"


def held_sentence(name: str, truces: Mapping[tuple[Setting, str], Truce], names: Names) -> str:
    """By what answer to a breach the deal holds."""
    kept: dict[str, list[bool]] = {}
    for (_, answer), truce in truces.items():
        kept.setdefault(names.short[answer], []).append(truce.holds)
    return held_by(name, kept)


def held_by(name: str, kept: Mapping[str, Sequence[bool]]) -> str:
    """The same from what is known of each answer.

    Parameters
    ----------
    kept : by what answers a breach, whether all sides keep the deal, under each set of weights.
    """
    holding = [answer for answer, keeps in kept.items() if all(keeps)]
    fails = [answer for answer, keeps in kept.items() if not any(keeps)]
    some = [answer for answer in kept if answer not in holding and answer not in fails]
    groups = (("yes", holding), ("under some weights only", some), ("no", fails))
    known = [(verdict, group) for verdict, group in groups if group]
    parts = [
        f"{verdict} if {'' if k else 'a breach is answered '}by {' or '.join(group)}"
        for k, (verdict, group) in enumerate(known)
    ]
    return f"Would {name} hold by itself: {', '.join(parts)}."


def in_weeks(count: float) -> str:
    """A number of weeks in words: "1 week", "2.5 weeks"."""
    return f"{count:g} week{'' if count == 1 else 's'}"
