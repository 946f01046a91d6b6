"""The numbers of a run that readers see first, each with its range: read off its tables by ids, once for all faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import Table
from detente.codes.number import NAN, NumberRange, ResultNumber
from detente.draws import LEAST_DRAWS
from detente.lab.averages.sides import most_moved
from detente.lab.duties.among import USUAL, duty_on_first, parties, two_sides
from detente.lab.duties.tables import FIXED

Row = Mapping[str, Any]

SHARES = ("shares", "claims", "year")
WORLD = ("elasticities", "balances", "claims", "year")
#: What ranges run over that are not of joint draws: of average duties, of the world economy, of prices.
PRICES = ("passing_on", "claims", "year")

#: What the range of a gain runs over, by the parts of payoffs whose assumed bounds move it; else both of these.
ASSUMED: Mapping[tuple[str, ...], tuple[str, ...]] = {("materials",): ("licences",)}

#: Tables of a run whose ends of ranges are percentiles of draws.
DRAWN = ("headline", "prices", "households", "materials", "materials_short")

ENDS = ("low", "high", "p05", "p95")


class RunTables:
    """Tables of a run, of one variant; of few draws the ends of ranges are blank, joint ranges left out.

    Attributes
    ----------
    variant : whose rows are read, the first by default; `variants` : names of all.
    draws : behind the ranges of a run, 0 for none; `few` : whether these are fewer than a range takes.
    sides : the importer whose imports are averaged, and the other side.
    parties : both sides, and whose duties move besides.
    """

    def __init__(self, tables: Mapping[str, Table], variant: str = "") -> None:
        head = tables.get("headline")
        several = [table for table in (head, *tables.values()) if table is not None and "variant" in table.data]
        self.variants = list(dict.fromkeys(several[0]["variant"].tolist())) if several else [""]
        self.variant = variant or str(self.variants[0])
        self.draws = 0 if head is None or "draws" not in head.data else int(np.max(head["draws"], initial=0))
        self.few = 0 < self.draws < LEAST_DRAWS
        self.tables = dict(tables)
        for name in ("ranges", "tornado") if self.few else ():
            self.tables.pop(name, None)
        for name in set(DRAWN) & set(tables) if self.few else ():
            table = tables[name]
            ends = [key for key in table.data if key.rpartition("_")[2] in ENDS and table[key].dtype.kind == "f"]
            self.tables[name] = replace(table, data={**table.data, **dict.fromkeys(ends, np.full(len(table), np.nan))})
        self.sides, self.parties = two_sides(tables), parties(tables)

    def all(self, table: str, **wanted: object) -> list[Row]:
        """Rows of a table that hold some values; none where the result lacks the table."""
        if table not in self.tables:
            return []
        rows = [row for row in self.tables[table].rows() if row.get("variant", self.variant) == self.variant]
        return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]

    def first(self, table: str, **wanted: object) -> Row | None:
        """The first of those rows."""
        return next(iter(self.all(table, **wanted)), None)

    def on_first(self, code: str) -> Row | None:
        """The duty of a party on goods of the first side."""
        return duty_on_first(self.tables, code, self.variant)

    @property
    def names(self) -> dict[str, str]:
        """Words of ids that come from the data of the run."""
        return {key: name for table in self.tables.values() for key, name in table.names.items()}

    def joint(self, measure: str, country: str, partner: str = "") -> NumberRange | None:
        """The range of a number over everything uncertain, drawn jointly, where the run has it."""
        for row in self.all("ranges", measure=measure, country=country, partner=partner):
            movers = tuple(filter(None, (row["first"], row["second"])))
            return NumberRange(row["low"], row["high"], ("joint",), self.draws, row["median"], movers, row["moved_by"])
        return None

    def own(self, row: Row, over: tuple[str, ...], stem: str = "", draws: int = 0) -> NumberRange | None:
        """The range that a row of a table has; None where an end is not known."""
        low, high = (float(row.get(f"{stem}{end}", NAN)) for end in ENDS[:2])
        movers = tuple(str(row[key]) for key in ("mover", "second_mover") if row.get(key))
        known = low < high
        return NumberRange(low, high, over, draws, NAN, movers, str(row.get("moved_by", ""))) if known else None


def numbers(run: RunTables) -> list[ResultNumber]:
    """Every number for which a run has a table: duties, incomes, worth by length, prices, duty collected, gains."""
    makers = (_averages, _incomes, _worth, _prices, _collected, _gains)
    return [number for make in makers for number in make(run)]


def further(run: RunTables) -> Iterator[ResultNumber]:
    """Numbers that a report has besides: the partner whose duties change most, its income, what one side buys."""
    third, (first, second) = most_moved(run.tables, run.variant), run.sides
    if third is not None:
        yield ResultNumber("partner_moved", third.after, first, third.code, third.before, table="partner_moved")
    for row in run.all("economy", measure="imports_from", country=first, partner=second):
        span = run.joint("imports_from", first, second) or run.own(row, WORLD)
        yield ResultNumber("imports", row["change"], first, second, range=span, table="economy")
    for row in run.all("incomes", country=third.member) if third and third.member not in run.parties else []:
        span = run.own(row, WORLD, "real_income_")
        yield ResultNumber("income", row["real_income"], str(row["country"]), range=span, table="incomes")


def _fates(row: Row, column: str) -> tuple[tuple[str, float], ...]:
    """A number of a row under every other fate of open clauses."""
    head = f"{column}_if_"
    known = ((name.removeprefix(head), float(row[name])) for name in row if name.startswith(head))
    return tuple((fate, number) for fate, number in known if number == number)


def _averages(run: RunTables) -> Iterator[ResultNumber]:
    own, *others = run.parties
    for row in run.all("headline", definition=FIXED)[:1]:
        span = run.joint("average_fixed", own) or run.own(row, SHARES, draws=run.draws)
        yield ResultNumber("average", row["after"], own, "", row["before"], span, "headline", _fates(row, "after"))
    for code in others:
        row = run.on_first(code)
        if row is not None:
            # That of China as the other side has a table of its own.
            table = "china" if "reading" in row else "importer_pairs"
            span, fates = run.joint("average_on_us", code), _fates(row, "after")
            yield ResultNumber("on_first", row["after"], code, own, row["before"], span, table, fates)


def _incomes(run: RunTables) -> Iterator[ResultNumber]:
    for code in run.parties:
        for row in run.all("economy", measure="real_income", country=code):
            span = run.joint("real_income", code) or run.own(row, WORLD)
            yield ResultNumber("income", row["change"], code, range=span, table="economy")


def _worth(run: RunTables) -> Iterator[ResultNumber]:
    """What a deal that ends is worth to the first side, by how long it lasts."""
    lengths = tuple(
        (str(row["length"]), float(row["present_usd"])) for row in run.all("path_lengths", country=run.sides[0])
    )
    for _, shortest in lengths[:1]:
        yield ResultNumber("worth", shortest, run.sides[0], table="path_lengths", lengths=lengths)


def _prices(run: RunTables) -> Iterator[ResultNumber]:
    for row in run.all("prices")[:1]:
        span, fates = run.own(row, PRICES, draws=run.draws), _fates(row, "change")
        yield ResultNumber("prices", row["change"], "USA", range=span, table="prices", fates=fates)
    for row in run.all("households", decile="all")[:1]:
        span, fates = run.own(row, PRICES, "pocket_", run.draws), _fates(row, "pocket")
        yield ResultNumber("household", row["pocket"], "USA", range=span, table="households", fates=fates)


def _collected(run: RunTables) -> Iterator[ResultNumber]:
    """Duty of a year once trade has settled, in the world of the run: the one revenue that stands in front."""
    for code in run.parties:
        for row in run.all("parties", importer=code)[:1]:
            span, joint = run.own(row, WORLD, "duty_"), run.joint("duty_collected", code)
            settled = run.first("economy", measure="duty_collected", country=code)
            if span is not None and joint is not None:
                span = replace(joint, low=span.low, high=span.high, median=NAN)
            elif span is not None and settled is not None:
                span = replace(span, moved_by=str(settled["moved_by"]))
            yield ResultNumber("collected", row["duty_after"], code, "", row["duty_before"], span, "parties")


def _gains(run: RunTables) -> Iterator[ResultNumber]:
    """What each side gains over the first threat, a year: a number for each way of counting where they differ.

    Ways of counting are two definitions, not two ends of a range: each has the range of what the case assumes.
    """
    signing = run.all("signing")
    for code in USUAL if signing else ():
        column = next((name for name in signing[0] if name.startswith(f"{code.lower()}_over_")), "")
        if not column:
            continue
        values = [float(row[column]) for row in signing]
        alike = len({round(value / 1e9, 1) for value in values}) == 1
        for value in values[-1:] if alike else values:
            way = "" if alike else "jobs" if value is values[-1] else "income"
            span = gain_range(run.tables, code, column.partition("_over_")[2], [value], way)
            yield ResultNumber(f"gain_{way}" if way else "gain", value, code, range=span, table="signing")


def gain_range(
    tables: Mapping[str, Table], code: str, threat: str, values: Sequence[float], way: str = ""
) -> NumberRange:
    """Lowest and highest gain of a side over a threat, as the table of ranges has it.

    Parameters
    ----------
    values : the gain under each set of weights, USD a year: the range of a result without that table.
    way : "income" or "jobs", the one way of counting that is meant; "" for all.
    """
    rows = tables["gain_ranges"].rows() if "gain_ranges" in tables else ()
    row = next((row for row in rows if (row["party"], row["threat"]) == (code, threat)), {})
    parts = tuple(filter(None, str(row.get("assumed", "")).split(", ")))
    stem = {"": "", "jobs": "last_"}.get(way, f"{way}_")
    low, high = (f"{stem}{end}" for end in ENDS[:2])
    ends = float(row.get(low, min(values))), float(row.get(high, max(values)))
    return NumberRange(*ends, ASSUMED.get(parts, ("licences", "fentanyl")))
