"""Chain levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, question
from detente.faces.ask.questions.chain_run import ALLOCATIONS


@question(
    "World", "chain levers gallium --cut 80% --country Japan", "chain levers rare-earths --set levers=stockpile+thrift",
    choices={"allocation": ALLOCATIONS}, long=True, own_day=True,
)  # fmt: skip
def chain_levers(
    mineral: str,
    on: date | None = None,
    *,
    cut: float | None = None,
    acts: str = "",
    partner: str | Sequence[str] = (),
    country: str = "USA",
    months: int = 24,
    stock: str = "",
    allocation: str = ALLOCATIONS[0],
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """What would help against a shortage: stocks, new plants, recycling, floor prices; cost and loss avoided.

    Levers are measured alone, and by their share of what all together avoid. Without a cut and acts: the acts that
    usually bind the material.

    >>> import detente as dt
    >>> dt.chain_levers("gallium", cut=0.8, country="Japan")["lever"].tolist()
    ['stockpile', 'recycling', 'plants']

    Parameters
    ----------
    on : month in which the run begins; by default that of the acts.
    set : as for `chain run`; levers=stockpile+thrift, those that are combined; thrift_cost=2e8, what one costs over the
        run, in dollars.
    """
    from detente.faces.ask.progress import progress_of
    from detente.faces.words.language import load
    from detente.lab.chains.asked import levers_answer, within

    made = levers_answer(
        mineral, on, country, given=set if isinstance(set, Mapping) else {}, progress=progress_of("runs"), cut=cut,
        acts=acts, partner=partner, months=months, stock=stock, allocation=allocation,
    )  # fmt: skip
    say, best = load(), max(made.table.rows(), key=lambda row: row["alone"])
    whom = say.country(made.country)

    def dollars(usd: float) -> str:
        return f"${say.number(usd / 1e6, int(abs(usd) < 1e7))} million"

    words = f"{best['lever']} avoids most of the loss of {whom}, {dollars(best['alone'])} of {dollars(made.loss)}"
    cost = f" It costs {dollars(best['cost'])}." if best["cost"] == best["cost"] else ""
    return Answer.of(
        f"{words[0].upper()}{words[1:]} over {made.months} months.{cost}", [made.table, made.by_month],
        warnings=tuple(within(country)),
    )  # fmt: skip
