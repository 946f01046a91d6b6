"""Tables of a reconciliation: the steps from our number to another, and the definitions by how near they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from detente.codes import Table, declared_note, table_of
from detente.codes.standing import spelled_day
from detente.codes.units import Unit
from detente.data.tables import place
from detente.lab.averages.waterfall import Bar
from detente.lab.record.printed import AVERAGE, HOUSEHOLDS, MOVES, PRICES, REVENUE
from detente.lab.record.reconcile import GIVEN, Reconciliation

OURS, THEIRS = "ours", "theirs"
"""First and last row of the steps."""

SMALLEST = {Unit.SHARE: 5e-5, Unit.USD: 5e6, Unit.DOLLARS: 0.5}
"""Steps that move less are dropped where not everything is asked for."""

NAMES = {
    REVENUE: "reconcile.revenue_of",
    AVERAGE: "reconcile.average_of",
    PRICES: "reconcile.prices",
    HOUSEHOLDS: "reconcile.household",
}
"""Quantities that are compared -> what the register calls them."""


def reconciliation_tables(answer: Reconciliation, everything: bool = False) -> list[Table]:
    """Tables `bridge` and, where no definition was asked for, `nearest`.

    Parameters
    ----------
    everything : steps that move nothing as well.
    """
    tables = [bridge_table(answer, everything)]
    return [*tables, nearest_table(answer)] if answer.nearest else tables


def bridge_table(answer: Reconciliation, everything: bool = False) -> Table:
    """The steps: our number first, what is not explained before theirs last; moves sum to the difference."""
    walked, unit, counting = answer.waterfall, answer.number.unit, answer.counting
    bars = [bar for bar in walked.steps if everything or abs(bar.points) >= SMALLEST[unit]]
    nothing = float("nan")
    rows = [(OURS, f"ours ({'; '.join(answer.stands_on)})", nothing, walked.ours), *map(_row, bars)]
    rows += [_row(_left(walked.bars[-1])), (THEIRS, answer.whose, nothing, walked.theirs)]
    notes = [declared_note("reconcile.averaged" if walked.averaged else "reconcile.in_order")]
    notes += [text if text.startswith("missing: ") else f"guessed: {text}" for text in counting.guessed]
    words = {"quantity": quantity_of(answer), "on": spelled_day(answer.on)}
    words["whose"] = answer.whose if answer.whose == GIVEN else f"that of {answer.whose}"
    made = table_of("reconcile.bridge", rows, notes, unit=unit.value, difference=MOVES[unit].value, **words)
    return made.standing_on(answer.standing)


def _row(bar: Bar) -> tuple[str, str, float, float]:
    return bar.name, bar.words, bar.points, bar.level


def _left(rest: Bar) -> Bar:
    return Bar(rest.name, declared_note("reconcile.unexplained", missing=rest.words), rest.points, rest.level)


def nearest_table(answer: Reconciliation) -> Table:
    """Definitions by how near they come, the nearest first."""
    unit = answer.number.unit
    rows = [
        (
            counting.name, counting.who or "nobody on record", counting.value, answer.number.value - counting.value,
            str(counting.report or ""), "; ".join(turn.words for turn in counting.turns) or "none",
        )
        for counting in answer.nearest
    ]  # fmt: skip
    made = table_of("reconcile.nearest", rows, unit=unit.value, difference=MOVES[unit].value)
    # What the record lacks is said once, beneath the steps.
    return made.standing_on(None if answer.standing is None else replace(answer.standing, gaps=()))


def quantity_of(answer: Reconciliation) -> str:
    """What is compared, in words: "average duty on US imports from China"."""
    owner = "US imports" if answer.importer == "USA" else f"imports of {place(answer.importer)}"
    goods = f" from {place(answer.partner)}" if answer.partner else ""
    return declared_note(NAMES[answer.number.what], whose=f"{owner}{goods}")


def largest(answer: Reconciliation, most: int = 2) -> Iterator[Bar]:
    """The choices that move most, as far as they show."""
    shown = [bar for bar in answer.waterfall.largest if abs(bar.points) >= SMALLEST[answer.number.unit]]
    yield from shown[:most]
