"""Sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.faces.ask import Answer, question

if TYPE_CHECKING:
    from detente.lab.prepared import Runnable


@question(
    "Deals", "sweep geneva --over report.elasticity=1,2", "sweep economy --over scale=0.5,1,2 --country US",
    long=True, keeps=True,
)  # fmt: skip
def sweep(
    scenario: Runnable,
    *,
    over: Mapping[str, Any],
    sample: int | None = None,
    seed: int | None = None,
    draws: int = 0,
    country: str | Sequence[str] = (),
    tariffs: str = "",
    world: str = "",
) -> Answer:
    """A scenario, or the world economy, over every combination of some values of its inputs.

    >>> import detente as dt
    >>> answer = dt.sweep("economy", over={"scale": [0.5, 1.0]}, country="US")
    >>> len(answer.tables["solves"])
    2

    Parameters
    ----------
    scenario : a name, a file or its content; `economy` for the world economy alone.
    over : as `report.elasticity=1,2`, `usa.change.MEASURE.rate=10%..60%/6` for six values, or of the economy
        `tariff.US.China=20%,40%`; an interval without a number of values goes with a sample.
    seed : of the sample; the scenario's by default. country, tariffs : rows that are kept, and the duties that every
        point starts from, of the economy.
    """
    from detente.codes import InputError, Parameter
    from detente.faces.ask.progress import how, tell
    from detente.faces.words.language import load
    from detente.lab.duties.tables import FIXED
    from detente.lab.sweep.world import ECONOMY, swept_as

    if scenario != ECONOMY and (country or tariffs):
        raise InputError(Parameter("country" if country else "tariffs"), "is of the world economy", "sweep economy")
    work = how()
    made = swept_as(
        scenario, over, sample, seed, draws=draws, country=tuple(country), tariffs=tariffs, world=world,
        work=work.folder, workers=work.workers, progress=partial(tell, "points"),
    )  # fmt: skip
    say, what = load(), "the world economy" if scenario == ECONOMY else "the scenario"
    tables = {name: made.table(name) for name in sorted(made.names, key=lambda name: name == "failed")}
    main = next(iter(tables.values()))
    column, label = ("welfare", "real income changes by") if scenario == ECONOMY else ("after", "the average tariff is")
    values = [row[column] for row in main if row.get("definition", FIXED) == FIXED]
    spread = f": {label} {say.percent(min(values), 2)} to {say.percent(max(values), 2)}" if values else ""
    lost = f" {made.failed:,} of them have no equilibrium; table `failed` says why." if made.failed else ""
    return Answer(
        f"{made.points:,} points of {what}{spread}.{lost}", tables, code=4 if made.failed else 0, result=made,
        following="" if work.folder else "write the points with --out points.parquet",
    )  # fmt: skip
