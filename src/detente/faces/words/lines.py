"""The numbers of a brief: one line each, with before, after, change and range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from detente.codes.names import first_upper
from detente.draws import median_away
from detente.faces.words.language import MINUS, Language
from detente.faces.words.rows import Row, Rows
from detente.faces.words.spans import agreeing, gain_ends, joint_of, revenue_ends
from detente.lab.duties.among import USUAL
from detente.lab.duties.tables import FIXED

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
    edge, clause : for a number near an end of its range, why: the input that moves it from there one way only, as a
        sentence and as a few words; "" for others.
    value : the number itself, the level after or the change, in the unit of the label.
    fates : the number under every other fate of open clauses, as readers see it, by name of the fate; where the record
        leaves none open, or the number is worked out under the default alone, none.
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
    edge: str = ""
    clause: str = ""
    fates: Mapping[str, str] = field(default_factory=dict)

    @property
    def ranged(self) -> str:
        """The range and, where the number lies near an end of it, what moves it from there."""
        return ", ".join(filter(None, (self.spread, self.clause)))

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values; an unknown end of a range is None."""
        ends = {key: None if end != end else end for key, end in (("low", self.low), ("high", self.high))}
        texts = {key: getattr(self, key) for key in ("name", "table", "country", "label", "before", "after", "change")}
        texts = {key: text.replace(MINUS, "-") for key, text in {**texts, "range": self.spread}.items()}
        return {**texts, "value": self.value, **ends, "of": self.of, "edge": self.edge.replace(MINUS, "-"),
                "branches": {fate: text.replace(MINUS, "-") for fate, text in self.fates.items()}}  # fmt: skip


def lines(rows: Rows, say: Language, law: str = "") -> Iterator[BriefLine]:
    """Every line for which the result has a number: duties, incomes, prices, duty collected, gains.

    Parameters
    ----------
    law : what gains are counted over, as a phrase; all else is compared with the earlier of the two laws.
    """
    yield from _averages(rows, say)
    yield from _incomes(rows, say)
    yield from _prices(rows, say)
    yield from _collected(rows, say)
    yield from _gains(rows, say, law)


OVER: Mapping[str, tuple[str, ...]] = {
    "of_shares": ("over_shares", "over_claims", "over_year"),
    "of_sets": ("over_sets", "over_balances", "over_claims", "over_year"),
    "of_prices": ("over_prices", "over_claims", "over_year"),
    "of_licences": ("over_licences",),
    "of_assumed": ("over_licences", "over_fentanyl"),
    "of_joint": ("over_joint",),
}
"""What ranges run over, by the id that a line has of it: ids of phrases."""

ASSUMED: Mapping[tuple[str, ...], str] = {("materials",): "of_licences"}
"""What the range of a gain runs over, by the parts of payoffs whose assumed bounds move it."""

MOST = 4
"""Things that one sentence says ranges run over."""


def ranges_of(numbers: Sequence[BriefLine], say: Language, draws: int = 0, closure: str = "") -> str:
    """What the ranges run over, medians that lie elsewhere, and what happens to trade balances; that none was drawn.

    Parameters
    ----------
    draws : behind ranges of duties and prices, and of all numbers where all are drawn together; 0 for none.
    closure : what happens to trade balances at the central values, as a scenario names it; "" where no world is solved.
    """
    balances = [say(f"closure_{closure.replace('-', '_')}")] if closure else []
    kinds = dict.fromkeys(line.of for line in numbers if line.spread)
    over = list(dict.fromkeys(phrase for kind in kinds for phrase in OVER[kind]))
    if not over:
        return " ".join([say("no_range"), *balances])
    parts = {"ranges_of": over[:MOST], "ranges_too": over[MOST:]}
    sentences = [say(name, list=say.listed([say(each) for each in part])) for name, part in parts.items() if part]
    if draws and {"of_shares", "of_prices", "of_joint"} & set(kinds):
        sentences.append(say("ranges_joint" if "of_joint" in kinds else "ranges_drawn", count=draws))
    away = [
        say("median_of", median=line.middle, label=line.label.rpartition(",")[0]) for line in numbers if line.middle
    ]
    medians = [say("medians", list=say.listed(away))] if away else []
    return " ".join([*sentences, *medians, *balances])


def _edged(line: BriefLine, one_way: str, say: Language) -> BriefLine:
    """A line with why its number lies near an end of its range; `one_way` : as the tables have it."""
    if not one_way or not line.spread:
        return line
    way, _, name = one_way.partition(": ")
    words = name.partition(" (")[0]
    label = line.label.rpartition(",")[0] or line.label
    return replace(line, edge=say(f"edge_{way}", input=words, label=label), clause=say(f"clause_{way}", input=words))


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


def _fates(
    row: Mapping[str, Any], column: str, scale: float, digits: int, say: Language, *, sign: bool = False
) -> dict[str, str]:
    """A number of a row under every other fate of open clauses, as readers see it, by name of the fate."""
    head = f"{column}_if_"
    numbers = {name.removeprefix(head): scale * float(row[name]) for name in row if name.startswith(head)}
    return {fate: say.number(number, digits, sign=sign) for fate, number in numbers.items() if number == number}


def _level(say: Language, name: str, row: Row, parts: dict[str, str], **ends: Any) -> BriefLine:
    """A line of a rate, in per cent, that moves from one level to another."""
    before, after = 100.0 * float(row["before"]), 100.0 * float(row["after"])
    digits = agreeing(before, after, 1)
    low, high = 100.0 * ends["low"], 100.0 * ends["high"]
    spread, label = _spread(say, low, high, digits), say(name, **parts)
    line = BriefLine(
        name, ends["table"], ends["country"], first_upper(label),
        say.number(before, digits), say.number(after, digits), say.number(after - before, digits, sign=True),
        spread, after, low, high, ends["of"] if spread else "", _middle(ends.get("joint"), digits, say),
        fates=_fates(row, "after", 100.0, digits, say),
    )  # fmt: skip
    return _edged(line, str(ends.get("one_way") or ""), say)


def _averages(rows: Rows, say: Language) -> Iterator[BriefLine]:
    own, *others = rows.parties
    for row in rows.all("headline", definition=FIXED)[:1]:
        joint = joint_of(rows.tables, rows.variant, f"average duty, {FIXED}", own)
        low, high = (joint or row)["low"], (joint or row)["high"]
        of = "of_joint" if joint else "of_shares"
        parts = {"possessive": say.country(own, "adjective")}
        ends = {"low": low, "high": high, "of": of, "joint": joint, "one_way": (joint or row).get("one_way")}
        yield _level(say, "average", row, parts, **ends, table="headline", country=own)
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
    ends["one_way"] = joint.get("one_way") if joint else ""
    yield _level(say, "china" if table == "china" else "on_first", row, parts, **ends)


def _moved(say: Language, name: str, parts: dict[str, str], change: float, digits: int, **ends: Any) -> BriefLine:
    """A line of a change that has no level."""
    low, high = ends["low"], ends["high"]
    spread = _spread(say, low, high, digits, sign=True)
    line = BriefLine(
        name, ends["table"], ends["country"], first_upper(say(name, **parts)),
        "", "", say.number(change, digits, sign=True), spread, change, low, high, ends["of"] if spread else "",
        _middle(ends.get("joint"), digits, say, sign=True), fates=ends.get("fates", {}),
    )  # fmt: skip
    return _edged(line, str(ends.get("one_way") or ""), say)


def _incomes(rows: Rows, say: Language) -> Iterator[BriefLine]:
    for code in rows.parties:
        for row in rows.all("economy", measure="real income", country=code):
            joint = joint_of(rows.tables, rows.variant, "real income", code)
            low, high = (100.0 * float((joint or row)[end]) for end in ("low", "high"))
            parts = {"country": say.name(code)}
            of = "of_joint" if joint else "of_sets"
            ends = {"low": low, "high": high, "of": of, "joint": joint, "table": "economy", "country": code}
            ends["one_way"] = (joint or row).get("one_way")
            yield _moved(say, "income", parts, 100.0 * float(row["change"]), 2, **ends)


def _prices(rows: Rows, say: Language) -> Iterator[BriefLine]:
    parts = {"country": say.name("USA")}
    for row in rows.all("prices")[:1]:
        low, high = 100.0 * float(row["low"]), 100.0 * float(row["high"])
        ends = {"low": low, "high": high, "of": "of_prices", "table": "prices", "country": "USA"}
        ends |= {"one_way": row.get("one_way"), "fates": _fates(row, "change", 100.0, 1, say, sign=True)}
        yield _moved(say, "prices", parts, 100.0 * float(row["change"]), 1, **ends)
    for row in rows.all("households", decile="all")[:1]:
        low, high = float(row["pocket_low"]), float(row["pocket_high"])
        ends = {"low": low, "high": high, "of": "of_prices", "table": "households", "country": "USA"}
        ends["fates"] = _fates(row, "pocket", 1.0, 0, say, sign=True)
        yield _moved(say, "household", parts, float(row["pocket"]), 0, **ends)


def _collected(rows: Rows, say: Language) -> Iterator[BriefLine]:
    """Duty of a year once trade has settled, in the world of the run: the one revenue that stands in front."""
    for code in rows.parties:
        for row in rows.all("parties", importer=code)[:1]:
            before, after = float(row["duty_before"]) / 1e9, float(row["duty_after"]) / 1e9
            change = say.number(round(after) - round(before), 0, sign=True)
            low, high, joint, way = revenue_ends(rows.tables, rows.variant, code) or (NAN, NAN, False, "")
            low, high = low / 1e9, high / 1e9
            spread, of = _spread(say, low, high, 0), "of_joint" if joint else "of_sets"
            line = BriefLine(
                "collected", "parties", code, say("collected", country=say.name(code)),
                say.number(before), say.number(after), change, spread, after, low, high, of if spread else "",
            )  # fmt: skip
            yield _edged(line, way, say)


def _gains(rows: Rows, say: Language, law: str) -> Iterator[BriefLine]:
    """What each side gains over the first threat, a year: a line for each way of counting where they differ.

    Ways of counting are two definitions, not two ends of a range: each has the range of what the case assumes.
    """
    signing = rows.all("signing")
    for code in USUAL:
        column = next((name for name in signing[0] if name.startswith(f"{code.lower()}_over_")), "") if signing else ""
        if column:
            values = [float(row[column]) for row in signing]
            alike = len({say.number(value / 1e9, 1) for value in values}) == 1
            for row in signing[-1:] if alike else signing:
                value, last = float(row[column]), row is signing[-1]
                way = "" if alike else "last" if last else "income"
                low, high, assumed = gain_ends(rows.tables, code, column.partition("_over_")[2], [value], way)
                label = "gain" if alike else "gain_jobs" if last else "gain_income"
                whose = {"possessive": say.country(code, "possessive").removeprefix("the "), "law": law}
                line = _moved(
                    say, label, whose, value / 1e9, 1, low=low / 1e9, high=high / 1e9,
                    of=ASSUMED.get(assumed, "of_assumed"), table="signing", country=code,
                )  # fmt: skip
                yield replace(line, name="gain") if last else line
