"""What is said of a deal of talks beside its gains: when it is worth signing, what is left, how long it lasts.

Of a run it is read off its tables, the names of threats off the case near its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table
from detente.codes.names import with_article
from detente.codes.units import Unit
from detente.data.caserows import CaseFile
from detente.faces.words.hold import outlook_sentences
from detente.faces.words.language import load
from detente.lab.deal.numbers import signed, the
from detente.lab.duties.among import USUAL
from detente.lab.talks.assumed import CHAINED, AssumedLoss, assumed_sentences
from detente.lab.talks.near import THREATS, case_for
from detente.lab.talks.outlook import outlook_on, plain
from detente.lab.talks.talk import Setting
from detente.lab.talks.words import CERTAIN, Names, names_of
from detente.talks.payoff import LONG_RUN
from detente.talks.world import BILLION

Floats = NDArray[np.float64]
Row = Mapping[str, Any]


def number_range(values: Sequence[float] | Floats, digits: int = 1, sign: str = "") -> str:
    """The range of some numbers, or the number where they agree to the digits shown; unknown ones left out."""
    known = [value for value in np.asarray(values, dtype=np.float64).tolist() if value == value]
    if not known:
        return "not known"
    low, high = (f"{round(end, digits) + 0.0:{sign}.{digits}f}" for end in (min(known), max(known)))
    return low if low == high else f"{low} to {high}"


def star_sentence(name: str, file: CaseFile, stars: Mapping[Setting, Floats], names: Names) -> str:
    """From what chance of the status quo on the deal is worth signing to each side; "" where no chance decides.

    Parameters
    ----------
    stars : that chance for each side of `names` in its order, shape (side,), by setting.
    """
    settings, values = list(stars), np.array(list(stars.values()))
    phrases = [
        f"to {names.spoken[party]} {chances(settings, values[:, i])}"
        for i, party in enumerate(names.listed)
        if np.isfinite(values[:, i]).any()
    ]
    if not phrases:
        return ""
    day, past = (
        next(names.short[row.name] for row in file.threats if row.kind == kind) for kind in ("status-quo", "past-law")
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
        words = f"above {number_range(stars[indices], 2)}" if kind == "above" else kind
        where = "; ".join(settings[k].words if whole else f"weights {settings[k].weights}" for k in indices)
        phrases.append(f"{words} ({where})" if len(kinds) > 1 else words)
    return " or ".join(phrases)


def talk_sentences(tables: Mapping[str, Table], on: object) -> list[str]:
    """Could it be signed, what it leaves, how long it lasts: under real income and under the weights of a choice.

    Parameters
    ----------
    on : day of the scenario, near which the case stands; nothing is said where there is none, or no table of talks.
    """
    file = case_for(on)
    if file is None or "signing" not in tables:
        return []
    return [sentence for sentence in _of_deal(file, tables) if sentence]


def _of_deal(file: CaseFile, tables: Mapping[str, Table]) -> Iterator[str]:
    names, rows = names_of(file), {_setting(row): row for row in tables["signing"].rows()}
    name = next(str(row["label"]) for row in tables["deals"].rows() if row["kind"] == "offer")
    threats = [threat for threat in THREATS if f"{file.parties[0].lower()}_over_{threat}" in tables["signing"].data]
    losses = [_loss(file, row) for row in tables["talks_assumed"].rows()] if "talks_assumed" in tables else []
    yield from assumed_sentences(losses, names, name, tables.get("materials")).values()
    yield from (note for note in tables["deals"].notes if note.startswith(CHAINED))
    kept = kept_by(tables["stability"].rows() if "stability" in tables else ())
    if kept:
        stars = {setting: np.array([row[f"{code.lower()}_p_star"] for code in file.parties], dtype=np.float64)
                 for setting, row in rows.items()}  # fmt: skip
        yield star_sentence(name, file, stars, names)
    else:
        yield f"{name}: it voids duties from their first day, as a court does, so that no side signs or keeps it."
    left = [row["left"] / BILLION for row in rows.values()]
    yield f"{name} leaves {number_range(left)} USD bn a year on the table that both could share."
    if kept:
        yield from outlook_sentences(plain(outlook_on(file, name)), load(), brief=True)
    yield _beaten_by_none(file, tables, threats, names)
    yield _days(tables, name)


def _setting(row: Row) -> Setting:
    """Under which weights a row of a run counts; runs are about the long run."""
    return Setting(str(row["weights"]), LONG_RUN)


def _loss(file: CaseFile, row: Row) -> AssumedLoss:
    threat = next(threat for threat in file.threats if threat.name == row["threat"])
    usd = {name: float(row[name]) / BILLION for name in ("gain", "full", "low", "high")}
    return AssumedLoss(threat, str(row["party"]), deal=row["deal"], threat_level=row["threat_level"], **usd)


def kept_by(rows: Iterable[Row]) -> dict[str, list[bool]]:
    """By what answers a breach, whether every side keeps the deal, under each set of weights; empty for no deal."""
    sides: dict[tuple[str, str], list[bool]] = {}
    for row in rows:
        sides.setdefault((str(row["punishment"]), str(row["weights"])), []).append(str(row["keeps"]).startswith("yes"))
    kept: dict[str, list[bool]] = {}
    for (answer, _), keeps in sides.items():
        kept.setdefault(with_article(answer), []).append(all(keeps))
    return kept


def _beaten_by_none(file: CaseFile, tables: Mapping[str, Table], threats: Sequence[str], names: Names) -> str:
    """The threats over which no deal gains for both sides, under any weights; "" where it was not asked."""
    if "solutions" not in tables:
        return ""
    beaten = {str(row["threat"]) for row in tables["solutions"].rows()}
    labels = {row.name: row.label or row.name for row in file.threats}
    empty = [names.short[threat] for threat in threats if labels[threat] not in beaten]
    return f"No deal at all beats {' or '.join(empty)} for both sides." if empty else ""


def _days(tables: Mapping[str, Table], name: str) -> str:
    """What both sides gain during the days of a deal; "" where its terms say none."""
    if "deal_days" not in tables:
        return ""
    worth = {str(row["number"]).removeprefix("days_"): row for row in tables["deal_days"].rows()}
    each = " and ".join(f"{signed(worth[code]['value'], Unit.USD, True)} to {the(code)}" for code in USUAL)
    against = with_article(str(worth[USUAL[0]]["against"]))
    return f"During its {tables['signing']['days'][0]:g} days {with_article(name)} brings {each}, over {against}."
