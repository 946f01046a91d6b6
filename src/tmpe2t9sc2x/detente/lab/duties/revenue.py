"""Revenue of a run: one count in front, the others beside it in one table that says what each holds fixed.

In front stands the world economy, where everything answers, for the long run; beside it what was collected in the
months around, the trade of a year that answers to its own prices, and the same trade as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.data.flows import CLAIMS_OF
from detente.lab.duties.tables import COLLECTED, fated
from detente.lab.ground.collected import collected_in
from detente.lab.ground.compared import Row, moved
from detente.lab.ground.sides import START

if TYPE_CHECKING:
    from detente.lab.ground.sides import Pairing
    from detente.lab.scenario import Scenario
    from detente.trade import Flows

SETTLED, STATIC, ELASTIC = "general equilibrium", "static", "elasticity"
"""How the table names its counts; the second and third hold more and more fixed."""

MONTHS = 12
HOLDS = {
    SETTLED: "revenue.settled_holds",
    COLLECTED: "revenue.collected_holds",
    ELASTIC: "revenue.elastic_holds",
    STATIC: "revenue.static_holds",
}
"""Note of the register that says what each count holds fixed."""


def revenue_table(scenario: Scenario, pairings: Sequence[Pairing], parties: Table | None) -> Table:
    """Duty a year before and after by every count, the one that stands in front first.

    Parameters
    ----------
    parties : table of that name of the run: duty in the world economy; None where no world is solved.
    """
    settled = {} if parties is None else _settled(parties, scenario.importer)
    known = {id(pair) for pair in pairings}

    def build(pairs: Sequence[Pairing]) -> Table:
        # What is settled is known of the laws as they are, not if open clauses were renewed.
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
    basis = (flows.period, _claims_of_both(pair))
    if pair.variant in settled:
        yield _row(pair, SETTLED, settled[pair.variant], SETTLED, f"world of 2022, duties at {basis[0]}", basis[1])
    (first, before), (last, after) = (pair.before.collected(after=False), pair.after.collected(after=True))
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


def _claims_of_both(pair: Pairing) -> str:
    """Claims under each law, which are those of its day: once where they are the same."""
    of = (claims_of(side.ground.as_of(side.on).trade) for side in (pair.before, pair.after))
    return " and ".join(name for name in dict.fromkeys(of) if name)


def claims_of(flows: Flows) -> str:
    """Whose claims of a preference the trade is laid under; "" where the flows do not say."""
    notes = (note.removeprefix(CLAIMS_OF).strip() for note in flows.notes if note.startswith(CLAIMS_OF))
    return next(notes, "").partition(",")[0]
