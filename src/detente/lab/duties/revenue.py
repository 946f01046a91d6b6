"""Revenue of a run: one count in front, the others beside it in one table that says what each holds fixed.

In front stands the world economy, where everything answers, for the long run; beside it what was collected in the
months around, the trade of a year that answers to its own prices, and the same trade as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from detente.codes import InputError, Table, UnknownName, declared_columns, declared_note, table_of
from detente.codes.days import BASE_DAY
from detente.codes.given import in_range
from detente.data.flows import CLAIMS_OF
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.economy import solve
from detente.lab.averages.axes import WORLD, rows_of
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.averages.revenue import collected_in, collected_table, revenue, revenue_by_month
from detente.lab.averages.sides import START, Row, Side, moved
from detente.lab.duties.asked import Asked, of_same_groups, start_of, with_columns
from detente.lab.duties.tables import COLLECTED, fated
from detente.lab.world.incidence import PARTIES, shock
from detente.law import Reading

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing
    from detente.lab.scenario import Scenario
    from detente.trade import Flows

#: How the table names its counts; the second and third hold more and more fixed.
SETTLED, STATIC, ELASTIC = "general equilibrium", "static", "elasticity"

MONTHS = 12
#: First month of duty collected that is shown: a year before changes are counted from.
FIRST_MONTH = f"{BASE_DAY.year - 1}-01"

#: Note of the register that says what each count holds fixed.
HOLDS = {
    SETTLED: "revenue.settled_holds",
    COLLECTED: "revenue.collected_holds",
    ELASTIC: "revenue.elastic_holds",
    STATIC: "revenue.static_holds",
}


def revenue_table(scenario: Scenario, pairings: Sequence[Pairing], parties: Table | None) -> Table:
    """Duty a year before and after by every count, the one that stands in front first.

    Parameters
    ----------
    parties : table of that name of the run: duty in the world economy; None where no world is solved.
    """
    settled = {} if parties is None else _settled(parties, scenario.importer)
    known = {id(pair) for pair in pairings}

    def build(pairs: Sequence[Pairing]) -> Table:
        # What is settled is known of the laws as they are, not under another fate of open clauses.
        own = settled if {id(pair) for pair in pairs} == known else dict.fromkeys(settled, (np.nan, np.nan))
        rows = [row for pair in pairs for row in _counts(pair, scenario.report.elasticity, own)]
        return table_of("revenue.revenue", rows, start=START)

    return fated(build, pairings)


def _settled(parties: Table, code: str) -> dict[str, tuple[float, float]]:
    """Duty of an importer a year in the world economy, before and after, USD, by variant."""
    rows = [row for row in parties.rows() if row["importer"] == code]
    return {row["variant"]: (row["duty_before"], row["duty_after"]) for row in rows}


def _counts(pair: Pairing, elasticity: float, settled: Mapping[str, tuple[float, float]]) -> Iterator[Row]:
    old, new = pair.before.revenue(elasticity), pair.after.revenue(elasticity)
    flows = pair.after.ground.flows
    # Claims under each law are those of its day: they are named once where they are the same.
    claims = dict.fromkeys(claims_of(side.ground.as_of(side.on).trade) for side in (pair.before, pair.after))
    basis = (flows.period, " and ".join(filter(None, claims)))
    if pair.variant in settled:
        yield _row(pair, SETTLED, settled[pair.variant], SETTLED, f"world of 2022, duties at {basis[0]}", basis[1])
    (first, before), (last, after) = pair.before.collected_before, pair.after.collected_after
    if not np.isnan([before, after]).all():
        paid = tuple(
            np.nan if np.isnan(rate) else MONTHS * collected_in(month)
            for month, rate in ((first, before), (last, after))
        )
        yield _row(pair, f"{COLLECTED}, {first} and {last}", paid, COLLECTED, "the months", "as made")
    yield _row(pair, f"{ELASTIC} {elasticity:g}", (old.elastic, new.elastic), ELASTIC, *basis)
    yield _row(pair, STATIC, (old.static, new.static), STATIC, *basis)


def _row(pair: Pairing, name: str, ends: Sequence[float], holds: str, year: str, claims: str) -> Row:
    both = f"{pair.before.on} and {pair.after.on}"
    return (pair.variant, name, *moved(*ends), declared_note(HOLDS[holds]), both, year, claims)


def claims_of(flows: Flows) -> str:
    """Whose claims of a preference the trade is laid under; "" where the flows do not say."""
    notes = (note.removeprefix(CLAIMS_OF).strip() for note in flows.notes if note.startswith(CLAIMS_OF))
    return next(notes, "").partition(",")[0]


def revenue_tables(
    laws: tuple[Asked, Asked | None], by: str, partner: str, span: tuple[date, date] | None, elasticity: float
) -> list[Table]:
    """Tariff revenue of a year on a day, or by month of a span, and what was collected where that is on record.

    Of the whole on a day, the count in front is that of a run: the world economy, in the long run.

    Parameters
    ----------
    laws : that of the day, and one that is compared with, both on the goods of all partners.
    """
    in_range(elasticity, "elasticity", 0, 100)
    law, before = laws
    more = {"partner": partner, "elasticity": elasticity, "against": start_of(law, before)}
    if span is not None:
        table = revenue_by_month(law.ground, *span, reading=law.reading, **more)
        return [table, *_collected(law, partner, span)]
    settled = np.nan if by or partner else settled_duty(law.ground, law.on, law.reading, law.beside)
    table = revenue(law.ground, law.on, by, reading=law.reading, settled=settled, **more)
    if before is not None:
        other = revenue(before.ground, before.on, by, reading=before.reading, **more)
        earlier = of_same_groups(table, other, (by,) if by else (), "static")
        columns = {"before": earlier, "change": table["static"] - earlier}
        table = with_columns(table, "static", declared_columns("averages.revenue_asked"), columns)
    return [table, *_collected(law, partner, None)]


def _collected(law: Asked, partner: str, span: tuple[date, date] | None) -> list[Table]:
    """Duty collected by month on imports of the United States, where it is on record."""
    first, last = (day.strftime("%Y-%m") for day in span) if span else (FIRST_MONTH, "")
    try:
        return [collected_table(first, last, partner or "all")] if law.ground.law.importer == "USA" else []
    except InputError:  # no month of the span, or none of the partner
        return []


def settled_duty(
    ground: LaidLaw, on: date, reading: Reading = Reading.EFFECTIVE, beside: Mapping[str, Side] | None = None
) -> float:
    """Duty of a year on the imports of a ground in the world of every run, USD, under the laws of a day of the importer
    and of both usual sides; NaN for an importer that the world does not have apart.

    Parameters
    ----------
    beside : the sides whose law is another than that of the day.
    """
    economy, own = load_economy(WORLD), ground.law.importer
    try:
        rows = rows_of(economy, own)
    except UnknownName:
        return float("nan")
    sides = {own: Side(str(on), on, reading, ground.law, ground)}
    for code in PARTIES:
        law = importer(code).law
        sides.setdefault(code, (beside or {}).get(code) or Side(str(on), on, reading, law, laid_law(law)))
    order = sorted(sides, key=lambda code: PARTIES.index(code) if code in PARTIES else len(PARTIES))
    return float(solve(economy, shock([sides[code] for code in order], economy)[0]).levels["revenue"][rows].sum())
