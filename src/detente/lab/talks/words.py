"""What is said of a deal in sentences: gains over each threat, from what chance it is worth signing, what holds it.

Threats and sides are named in one place: by their codes where a reader has the table of them beside the sentence, else
in words, with the law that a threat stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.data.caserows import CaseFile, ThreatRow
from detente.data.tables import countries, place
from detente.lab.talks.talk import Setting, Talk
from detente.talks import Truce
from detente.talks.acceptable import Acceptable

Floats = NDArray[np.float64]

NO_ARTICLE = frozenset(
    "a an all any both each even every free half how if many more most no none one some the these this those two what "
    "whatever when where whoever".split()
)
"""First words of a label that stand without "the"; so do capitals, digits and whole labels of `BARE`."""

BARE = frozenset({"escalation", "free trade", "war"})
"""Labels that are names of things without an article."""

NIL = 0.05
"""Gains nearer to zero print as 0.0, USD bn a year, and have no sign."""

CERTAIN = 0.005
"""Chances nearer to 0 or 1 than this print as 0.00 or 1.00 and are said in words."""


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


def codes_of(talk: Talk) -> Names:
    """Codes of sides and threats, for readers who have the tables of the case before them."""
    parties = {code: code for code in talk.parties}
    rows = talk.case.file.threats
    labels = {row.name: f"{row.name} ({row.label or row.name})" for row in rows}
    return Names(parties, parties, labels, {row.name: row.name for row in rows})


def words_of(talk: Talk) -> Names:
    """Sides and threats in words, for readers of a run."""
    rows = talk.case.file.threats
    return Names(
        {code: countries().names.get(code, code) for code in talk.parties},
        {code: place(code) for code in talk.parties},
        {row.name: threat_phrase(talk.case.file, row) for row in rows},
        {row.name: with_article(row.label or row.name) for row in rows},
    )


def with_article(label: str) -> str:
    """A label as it stands within a sentence: "the status quo", "what starts by itself", "even chances of both"."""
    first = label.split(" ")[0]
    bare = first.lower() in NO_ARTICLE or label in BARE or not first[:1].islower()
    return label if bare else f"the {label}"


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


def span(values: Sequence[float] | Floats, digits: int = 1, sign: str = "") -> str:
    """The range of some numbers, or the number where they agree to the digits shown; unknown ones left out."""
    known = [value for value in np.asarray(values, dtype=np.float64).tolist() if value == value]
    if not known:
        return "not known"
    low, high = (f"{round(end, digits) + 0.0:{sign}.{digits}f}" for end in (min(known), max(known)))
    return low if low == high else f"{low} to {high}"


def over_sentence(talk: Talk, name: str, values: Mapping[Setting, Floats], threat: str, names: Names) -> str:
    """Gains over one threat, and who gains and who loses."""
    gains = np.array([value - talk.negotiation(s).threat(threat).value for s, value in values.items()])
    each = ", ".join(f"{names.listed[party]} {span(gains[:, i], sign='+')}" for i, party in enumerate(talk.parties))
    verdict = _verdict([names.spoken[party] for party in talk.parties], gains, _moved_by(list(values)))
    return f"{name} against {names.threats[threat]}: {each} USD bn a year; {verdict}."


def _moved_by(settings: Sequence[Setting]) -> str:
    """What differs between settings."""
    parts = {"weights": {s.weights for s in settings}, "horizon": {s.horizon.name for s in settings}}
    return " and the ".join(part for part, values in parts.items() if len(values) > 1) or "weights"


def _verdict(parties: Sequence[str], gains: Floats, moved_by: str) -> str:
    """Who gains and who loses, gains of shape (settings, parties); what a sign hangs on where it is not one."""
    signs = np.where(np.abs(gains) < NIL, 0.0, np.sign(gains))
    party_signs = [set(signs[:, i].tolist()) for i in range(len(parties))]
    verbs = {1.0: "gain", -1.0: "lose", 0.0: "neither gain nor lose"}
    singular = {1.0: "gains", -1.0: "loses", 0.0: "neither gains nor loses"}
    if len(set.union(*party_signs)) == 1:
        return f"both sides {verbs[party_signs[0].pop()]}"
    sure = [f"{party} {singular[next(iter(s))]}" for party, s in zip(parties, party_signs, strict=True) if len(s) == 1]
    open_ = [
        f"whether {party} gains hangs on the {moved_by}"
        for party, s in zip(parties, party_signs, strict=True)
        if len(s) > 1
    ]
    return ", ".join([*open_, *sure])


def star_sentence(talk: Talk, name: str, values: Mapping[Setting, Floats], names: Names) -> str:
    """From what chance of the status quo on the deal is worth signing to each side; "" where no chance decides."""
    stars = np.array([talk.p_stars(s, value) for s, value in values.items()])
    phrases = [
        f"to {names.spoken[party]} {chances(list(values), stars[:, i])}"
        for i, party in enumerate(talk.parties)
        if np.isfinite(stars[:, i]).any()
    ]
    if not phrases:
        return ""
    day, past = (
        next(names.short[row.name] for row in talk.case.file.threats if row.kind == kind)
        for kind in ("status-quo", "past-law")
    )
    return f"{name} is worth signing, by the chance that failed talks leave {day} and not {past}: {', '.join(phrases)}."


def chances(settings: Sequence[Setting], stars: Floats) -> str:
    """A p* in words: "above 0.13 to 0.18", "at any chance" (0 or less), "at no chance" (1 or more).

    Where settings differ in kind each kind names its own.
    """
    kinds: dict[str, list[int]] = {}
    for k, star in enumerate(stars.tolist()):
        if star == star:
            kind = "at any chance" if star < CERTAIN else "at no chance" if star > 1.0 - CERTAIN else "above"
            kinds.setdefault(kind, []).append(k)
    whole = len({s.horizon for s in settings}) > 1
    phrases = []
    for kind, indices in kinds.items():
        words = f"above {span(stars[indices], 2)}" if kind == "above" else kind
        where = "; ".join(settings[k].words if whole else f"weights {settings[k].weights}" for k in indices)
        phrases.append(f"{words} ({where})" if len(kinds) > 1 else words)
    return " or ".join(phrases)


def held_sentence(talk: Talk, name: str, truces: Mapping[tuple[Setting, str], Truce], names: Names) -> str:
    """By what answer to a breach the deal holds, and how often an act outside its list comes."""
    answers = list(dict.fromkeys(answer for _, answer in truces))
    holding = [t for t in answers if all(truces[s, t].holds for s in talk.settings)]
    fails = [t for t in answers if not any(truces[s, t].holds for s in talk.settings)]
    some = [t for t in answers if t not in holding and t not in fails]
    holding, fails, some = ([names.short[t] for t in group] for group in (holding, fails, some))
    groups = (("yes", holding), ("under some weights only", some), ("no", fails))
    known = [(verdict, group) for verdict, group in groups if group]
    parts = [
        f"{verdict} if {'' if k else 'a breach is answered '}by {' or '.join(group)}"
        for k, (verdict, group) in enumerate(known)
    ]
    rate = sum(act.rate for act in talk.acts)
    ends = f"; new instruments outside its list came {rate:.1f} times a year in the record" if rate else ""
    return f"Would {name} hold by itself: {', '.join(parts)}{ends}."


def in_weeks(count: float) -> str:
    """A number of weeks in words: "1 week", "2.5 weeks"."""
    return f"{count:g} week{'' if count == 1 else 's'}"


def run_sentences(
    talk: Talk,
    zones: Mapping[tuple[Setting, str], Acceptable],
    left: Mapping[Setting, float],
    truces: Mapping[tuple[Setting, str], Truce],
    assumed: Mapping[str, str],
) -> list[str]:
    """Could it be signed, what it leaves, would it hold: under real income and under weights from an earlier choice.

    Parameters
    ----------
    truces : empty where the scenario is nothing that sides sign.
    assumed : sentences that belong beside the gains, by threat.
    """
    name, point, names = talk.label(talk.reference), talk.case.outcome(talk.reference), words_of(talk)
    values = {s: talk.negotiation(s).value(point) for s in talk.settings}
    sentences = [over_sentence(talk, name, values, threat, names) for threat in talk.threats[:2]]
    sentences += assumed.values()
    if truces:
        sentences.append(star_sentence(talk, name, values, names))
    else:
        sentences.append(
            f"{name}: it voids duties from their first day, as a court does, so that no side signs or keeps it."
        )
    sentences.append(f"{name} leaves {span(list(left.values()))} USD bn a year on the table that both could share.")
    if truces:
        sentences.append(held_sentence(talk, name, truces, names))
    empty = [names.short[t] for t in talk.threats if all(zones[s, t].empty for s in talk.settings)]
    if empty:
        sentences.append(f"No deal at all beats {' or '.join(empty)} for both sides.")
    return [sentence for sentence in sentences if sentence]
