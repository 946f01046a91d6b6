"""Headline cards: a number, its range, how it was found in one sentence, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.frame import day, said, uncoded, variants
from detente.lab.tables import FIXED, POST

Tables = Mapping[str, Table]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """One headline.

    Attributes
    ----------
    table : where its numbers are.
    label : what it is; `number` : as readers see it; `against` : the comparison.
    spread : its range, or why it has none, as a sentence.
    method : how it was found, one sentence; `changes` : what would change it.
    """

    table: str
    label: str
    number: str
    against: str
    spread: str
    method: str
    changes: str


def cards(tables: Tables) -> list[Card]:
    """Every card for which the result has tables, of the first variant."""
    found: list[Card] = []
    for make in (us_duty, place, chinese_duty, revenue, real_income, trade, prices, household, shortage):
        found += make(_Rows(tables))
    return found


class _Rows:
    """Rows of a table's first variant that hold some values."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def __call__(self, table: str, **wanted: object) -> list[Row]:
        if table not in self.tables:
            return []
        _, first = variants(self.tables[table])[0]
        return [row for row in first.rows() if all(row.get(key) == value for key, value in wanted.items())]


Find = Callable[..., list[Row]]


NO_DRAWS = "No range: the run made no draws."
ONE_SET = "No range: one set of trade elasticities was run."


def _joint(find: Find, measure: str, country: str) -> Row | None:
    """The range of a number over everything uncertain, drawn jointly, where the run has it."""
    return next(iter(find("ranges", measure=measure, country=country)), None)


def _movers(row: Row, otherwise: str) -> str:
    """The inputs that move a number most."""
    return _listed([str(row[key]) for key in ("first", "second") if row.get(key)], otherwise)


def _listed(named: Sequence[str], otherwise: str) -> str:
    """Inputs in words."""
    said_of = "; ".join(uncoded(name) for name in named)
    return f"{said_of[:1].upper()}{said_of[1:]}." if said_of else otherwise


def _between(low: float, high: float, unit: Unit, digits: int, sign: bool = False) -> str:
    return f"{said(low, unit, digits, sign)} to {said(high, unit, digits, sign)}"


def us_duty(find: Find) -> Iterator[Card]:
    """The average US duty under the law of the scenario."""
    for row in find("headline", definition=FIXED):
        post = find("headline", definition=POST)
        other = f" {said(post[0]['after'], Unit.SHARE, 1)} once buyers answer." if post else ""
        drawn = _joint(find, "average duty, fixed weights", "USA") or row
        ranged = drawn["low"] == drawn["low"]
        movers = [str(drawn[key]) for key in ("movers", "first", "second") if drawn.get(key)]
        yield Card(
            "headline",
            "Average US duty on imports",
            said(row["after"], Unit.SHARE, 1),
            f"{_moved(row)} under the law of {day(row['against'])}",
            f"Range: {_between(drawn['low'], drawn['high'], Unit.SHARE, 1)} in 90% of draws." if ranged else NO_DRAWS,
            f"Law of {day(row['on'])} on every tariff line, weighted by imports of 2024.{other}",
            _listed(movers if ranged else [], "The year whose imports are the weights."),
        )


def _moved(row: Row) -> str:
    change = row["change"]
    if abs(change) < 5e-4:
        return f"as {said(row['before'], Unit.SHARE, 1)}"
    word = "up" if change > 0 else "down"
    return f"{word} {said(abs(change), Unit.POINTS, 1)} points from {said(row['before'], Unit.SHARE, 1)}"


def place(find: Find) -> Iterator[Card]:
    """Where the average of the scenario stands among those of the past."""
    for row in [r for r in find("places") if not str(r["rate_of"]).startswith("collected")][:1]:
        since = str(row["highest_since"]).split(" ")[0]
        yield Card(
            "places",
            "The average in history",
            f"Highest since {since}" if since.isdigit() else "Highest on record",
            f"{said(row['rate'], Unit.SHARE, 1)}, beside {said(row['rate_then'], Unit.SHARE, 1)} in {since}"
            if since.isdigit()
            else said(row["rate"], Unit.SHARE, 1),
            "No range; years within 0.05 points count as equal.",
            "The law at fixed weights, beside duty collected over imports of every year since 1901.",
            "What is compared with what: duty collected lies below the law, since goods stay away.",
        )


def shortage(find: Find) -> Iterator[Card]:
    """What licences on materials cost the United States without the deal, and with it."""
    rows = [
        r for r in find("materials", country="USA", period="year 1") if "without" in r and r.get("deal") is not None
    ]
    for row in [r for r in rows if str(r["measure"]).startswith("GDP")][-1:]:
        low, high = (row.get(f"without_{end}", float("nan")) for end in ("p05", "p95"))
        yield Card(
            "materials",
            "US loss for want of licensed materials",
            f"{said(row['without'], Unit.SHARE, 3)} of GDP",
            f"in the first year without the deal; {said(row['deal'], Unit.SHARE, 3)} with it",
            f"Range: {_between(low, high, Unit.SHARE, 3)} in 90% of draws." if low == low else NO_DRAWS,
            "Licences, stocks and substitutes month by month, then output through the inputs of every industry.",
            "How many licences are given, how much buyers hold in stock, and how fast they find substitutes.",
        )


def chinese_duty(find: Find) -> Iterator[Card]:
    """China's average duty on goods of the United States."""
    plain = find("china", reading="schedule, no exclusions")
    days = find("headline", definition=FIXED)
    for row in find("china", reading="with exclusions"):
        drawn = _joint(find, "average duty on US goods", "CHN")
        law = f" under the law of {day(days[0]['against'])}" if days else ""
        yield Card(
            "china",
            "China's average duty on US goods",
            said(row["after"], Unit.SHARE, 1),
            f"{_moved(row)}{law}",
            f"Range: {_between(drawn['low'], drawn['high'], Unit.SHARE, 1)} in 90% of draws."
            if drawn
            else f"No range; {said(plain[0]['after'], Unit.SHARE, 1)} if no good were excluded."
            if plain
            else "No range is known.",
            "China's schedule and its additional duties, weighted by what it imported from the United States in 2024.",
            "How many goods China excludes from its additional duties; the lists are not all published.",
        )


def revenue(find: Find) -> Iterator[Card]:
    """Duty a year."""
    rows = find("revenue")
    static = [row for row in rows if row["demand"] == "static"]
    other = [row for row in rows if row["demand"] != "static"]
    for row, answer in zip(static, other, strict=False):
        yield Card(
            "revenue",
            "US duty on a year's imports",
            f"{said(answer['after'], Unit.USD, 0)} bn USD",
            f"{said(answer['change'], Unit.USD, 0, sign=True)} bn USD from {said(answer['before'], Unit.USD, 0)}",
            f"No range; {said(row['after'], Unit.USD, 0)} bn USD if nobody bought less.",
            f"Duty on imports of 2024, moved by an import-demand {answer['demand']}.",
            "How far buyers turn to other goods and countries.",
        )


def real_income(find: Find) -> Iterator[Card]:
    """Real income of the two parties."""
    names = {"USA": "US real income", "CHN": "China's real income"}
    for code, label in names.items():
        for row in find("economy", measure="real income", country=code):
            drawn = _joint(find, "real income", code)
            yield Card(
                "economy",
                label,
                said(row["change"], Unit.SHARE, 2, sign=True),
                "against the earlier law, once trade has settled",
                _over_sets(row, drawn, 2),
                "Both laws solved in a model of the world economy with trade in inputs (Caliendo and Parro 2015).",
                _movers(drawn, "The trade elasticities.") if drawn else _sets_named(row),
            )


def _over_sets(row: Row, drawn: Row | None, digits: int) -> str:
    """Range of a number of the economy: over joint draws, else over the published sets of elasticities."""
    if drawn is not None:
        return f"Range: {_between(drawn['low'], drawn['high'], Unit.SHARE, digits, sign=True)} in 90% of draws."
    if row["low"] == row["high"]:
        return ONE_SET
    return f"Range: {_between(row['low'], row['high'], Unit.SHARE, digits, sign=True)} over published elasticities."


def _sets_named(row: Row) -> str:
    if row["low"] == row["high"]:
        return "The trade elasticities."
    return f"The trade elasticities: lowest under {row['low_set']}, highest under {row['high_set']}."


def trade(find: Find) -> Iterator[Card]:
    """What the United States buys from China."""
    for row in find("economy", measure="imports from CHN", country="USA"):
        drawn = _joint(find, "imports from CHN", "USA")
        yield Card(
            "economy",
            "US imports from China",
            said(row["change"], Unit.SHARE, 0, sign=True),
            "against the earlier law, once trade has settled",
            _over_sets(row, drawn, 0),
            "Value before duty, in the same model; years, not months.",
            "The trade elasticities, and what third countries do.",
        )


def prices(find: Find) -> Iterator[Card]:
    """Consumer prices, where the run has them."""
    for row in find("prices")[:1]:
        ranged = row["low"] == row["low"]
        yield Card(
            "prices",
            "US consumer prices",
            f"{said(row['change'], Unit.SHARE, 2, sign=True)}",
            "against the earlier law, first round",
            f"Range: {_between(row['low'], row['high'], Unit.SHARE, 2, sign=True)} in 90% of draws."
            if ranged
            else NO_DRAWS,
            "Duties passed on through the inputs of every industry; nobody buys differently yet.",
            "How much of a duty sellers pass on, and whether domestic prices follow.",
        )


def household(find: Find) -> Iterator[Card]:
    """Cost to the mean household, where the run has it."""
    whole = Unit.COUNT
    for row in find("households", decile="all"):
        ranged = row["pocket_low"] == row["pocket_low"]
        wider = said(abs(row["accounts"]), whole, 0)
        turned = -1.0 if row["pocket"] < 0 else 1.0
        low, high = sorted(turned * row[f"pocket_{end}"] for end in ("low", "high"))
        yield Card(
            "households",
            f"{'Saving of' if row['pocket'] < 0 else 'Cost to'} a US household",
            f"{said(abs(row['pocket']), whole, 0)} USD a year",
            "out of pocket, against the earlier law",
            f"Range: {_between(low, high, whole, 0)} USD in 90% of draws." if ranged else NO_DRAWS,
            f"What it bought before, at the new prices; {wider} USD if what others pay for it counts.",
            "How much of a duty sellers pass on, and what counts as spending.",
        )
