"""The numbers of a brief: one line each, with before, after, change and range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from detente.draws import median_away
from detente.faces.words.language import MINUS, Language
from detente.faces.words.rows import Row, Rows
from detente.lab.duties.among import USUAL
from detente.lab.duties.tables import FIXED
from detente.lab.spans import agreeing, joint_of

NAN = float("nan")
ON_US_GOODS = "average duty on US goods"
"""How joint draws name a duty that is on record for goods of the United States alone."""


@dataclass(frozen=True)
class BriefLine:
    """A number of the brief.

    Attributes
    ----------
    name : id; `table` : where it is read off; `country` : whose it is, ISO3.
    label : what it is, with its unit.
    before, after, change, spread : as readers see them; "" where there is none.
    low, high : ends of the range; of the level after where there is one, else of the change; in the unit of the label.
    of : id of what the range runs over, "" where none was drawn.
    middle : median of the draws where it lies elsewhere than the number, as readers see it; "" where it does not.
    value : the number itself, the level after or the change, in the unit of the label.
    """

    name: str
    table: str
    country: str
    label: str
    before: str
    after: str
    change: str
    spread: str
    value: float
    low: float = NAN
    high: float = NAN
    of: str = ""
    middle: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values; an unknown end of a range is None."""
        ends = {key: None if end != end else end for key, end in (("low", self.low), ("high", self.high))}
        texts = {key: getattr(self, key) for key in ("name", "table", "country", "label", "before", "after", "change")}
        texts = {key: text.replace(MINUS, "-") for key, text in {**texts, "range": self.spread}.items()}
        return {**texts, "value": self.value, **ends, "of": self.of}


def lines(rows: Rows, say: Language) -> Iterator[BriefLine]:
    """Every line for which the result has a number: duties, incomes, prices, duty collected, gains."""
    yield from _averages(rows, say)
    yield from _incomes(rows, say)
    yield from _prices(rows, say)
    yield from _collected(rows, say)
    yield from _gains(rows, say)


def ranges_of(numbers: Sequence[BriefLine], say: Language) -> str:
    """What the ranges run over, and medians that lie elsewhere; that no range was drawn where none was."""
    over = list(dict.fromkeys(line.of for line in numbers if line.spread))
    if not over:
        return say("no_range")
    away = [
        say("median_of", median=line.middle, label=line.label.rpartition(",")[0]) for line in numbers if line.middle
    ]
    medians = [say("medians", list=say.listed(away))] if away else []
    return " ".join([say("ranges_of", list=say.listed([say(name) for name in over])), *medians])


def _middle(joint: Row | None, digits: int, say: Language, *, sign: bool = False) -> str:
    """The median of joint draws of a share, in per cent, where it lies elsewhere and prints otherwise."""
    if joint is None:
        return ""
    value, low, median, high = (100.0 * float(joint[key]) for key in ("value", "low", "median", "high"))
    text = say.number(median, digits, sign=sign)
    return text if median_away(value, low, median, high) and text != say.number(value, digits, sign=sign) else ""


def _spread(say: Language, low: float, high: float, digits: int, *, sign: bool = False) -> str:
    """A range; "" where an end is unknown or both print alike."""
    if not low < high:
        return ""
    ends = [say.number(end, digits, sign=sign) for end in (low, high)]
    return "" if ends[0] == ends[1] else say("from_to", low=ends[0], high=ends[1])


def _level(say: Language, name: str, row: Row, parts: dict[str, str], **ends: Any) -> BriefLine:
    """A line of a rate, in per cent, that moves from one level to another."""
    before, after = 100.0 * float(row["before"]), 100.0 * float(row["after"])
    digits = agreeing(before, after, 1)
    low, high = 100.0 * ends["low"], 100.0 * ends["high"]
    spread, label = _spread(say, low, high, digits), say(name, **parts)
    return BriefLine(
        name, ends["table"], ends["country"], f"{label[:1].upper()}{label[1:]}",
        say.number(before, digits), say.number(after, digits), say.number(after - before, digits, sign=True),
        spread, after, low, high, ends["of"] if spread else "", _middle(ends.get("joint"), digits, say),
    )  # fmt: skip


def _averages(rows: Rows, say: Language) -> Iterator[BriefLine]:
    own, *others = rows.parties
    for row in rows.all("headline", definition=FIXED)[:1]:
        joint = joint_of(rows.tables, rows.variant, f"average duty, {FIXED}", own)
        low, high = (joint or row)["low"], (joint or row)["high"]
        of = "of_joint" if joint else "of_shares"
        parts = {"possessive": say.country(own, "adjective")}
        yield _level(say, "average", row, parts, low=low, high=high, of=of, joint=joint, table="headline", country=own)
    for code in others:
        yield from _on_first(rows, code, say)


def _on_first(rows: Rows, code: str, say: Language) -> Iterator[BriefLine]:
    """A party's duty on goods of the first side."""
    row = rows.on_first(code)
    if row is None:
        return
    joint = joint_of(rows.tables, rows.variant, ON_US_GOODS, code)
    low, high = (joint["low"], joint["high"]) if joint else (NAN, NAN)
    parts = {"possessive": say.country(code, "possessive"), "goods": say.country(rows.sides[0], "goods")}
    # That of China as the other side has a table of its own.
    table = "china" if "reading" in row else "importer_pairs"
    ends = {"low": low, "high": high, "of": "of_joint", "joint": joint, "table": table, "country": code}
    yield _level(say, "china" if table == "china" else "on_first", row, parts, **ends)


def _moved(say: Language, name: str, parts: dict[str, str], change: float, digits: int, **ends: Any) -> BriefLine:
    """A line of a change that has no level."""
    low, high = ends["low"], ends["high"]
    spread = _spread(say, low, high, digits, sign=True)
    return BriefLine(
        name, ends["table"], ends["country"], say(name, **parts),
        "", "", say.number(change, digits, sign=True), spread, change, low, high, ends["of"] if spread else "",
        _middle(ends.get("joint"), digits, say, sign=True),
    )  # fmt: skip


def _incomes(rows: Rows, say: Language) -> Iterator[BriefLine]:
    for code in rows.parties:
        for row in rows.all("economy", measure="real income", country=code):
            joint = joint_of(rows.tables, rows.variant, "real income", code)
            low, high = (100.0 * float((joint or row)[end]) for end in ("low", "high"))
            parts = {"country": say.name(code)}
            of = "of_joint" if joint else "of_sets"
            ends = {"low": low, "high": high, "of": of, "joint": joint, "table": "economy", "country": code}
            yield _moved(say, "income", parts, 100.0 * float(row["change"]), 2, **ends)


def _prices(rows: Rows, say: Language) -> Iterator[BriefLine]:
    parts = {"country": say.name("USA")}
    for row in rows.all("prices")[:1]:
        low, high = 100.0 * float(row["low"]), 100.0 * float(row["high"])
        ends = {"low": low, "high": high, "of": "of_prices", "table": "prices", "country": "USA"}
        yield _moved(say, "prices", parts, 100.0 * float(row["change"]), 1, **ends)
    for row in rows.all("households", decile="all")[:1]:
        low, high = float(row["pocket_low"]), float(row["pocket_high"])
        ends = {"low": low, "high": high, "of": "of_prices", "table": "households", "country": "USA"}
        yield _moved(say, "household", parts, float(row["pocket"]), 0, **ends)


def _collected(rows: Rows, say: Language) -> Iterator[BriefLine]:
    """Duty of a year once trade has settled, in the world of the run."""
    for code in rows.parties:
        for row in rows.all("parties", importer=code)[:1]:
            before, after = float(row["duty_before"]) / 1e9, float(row["duty_after"]) / 1e9
            change = say.number(round(after) - round(before), 0, sign=True)
            yield BriefLine(
                "collected", "parties", code, say("collected", country=say.name(code)),
                say.number(before), say.number(after), change, "", after,
            )  # fmt: skip


def _gains(rows: Rows, say: Language) -> Iterator[BriefLine]:
    """What each side gains over the first threat, a year, over all weights."""
    signing = rows.all("signing")
    for code in USUAL:
        column = next((name for name in signing[0] if name.startswith(f"{code.lower()}_over_")), "") if signing else ""
        if column:
            values = [float(row[column]) / 1e9 for row in signing]
            low, high = min(values), max(values)
            parts = {"country": say.name(code)}
            yield _moved(
                say, "gain", parts, values[-1], 1,
                low=low, high=high, of="of_weights", table="signing", country=code,
            )  # fmt: skip
