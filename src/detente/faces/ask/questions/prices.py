"""Prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from detente.codes import InputError, Parameter, Table
from detente.codes.days import BASE_DAY
from detente.faces.ask.answer import Answer, Number
from detente.faces.ask.question import question
from detente.faces.words.language import load
from detente.lab.prices.asked import AskedPrices, asked_prices

#: What is compared with, and the trade that weighs, where a scenario says nothing else.
SINCE, YEAR = BASE_DAY.isoformat(), 2024

BY = ("category", "line", "source", "measure", "country", "partner")


@question(
    "World", "prices --on 2025-05-20", "prices geneva --by country", "prices --on 2025-05-20 --table households",
    choices={"by": BY, "set": "detente.lab.prices.asked:switches", "reading": ("effective", "published", "ruled")},
    tool=True, own_day=True,
)  # fmt: skip
def prices(
    scenario: str | Mapping[str, Any] = "",
    on: date | str | None = None,
    *,
    against: date | str = SINCE,
    by: str | Sequence[str] = BY[0],
    of: str = "USA",
    weights: str | int = YEAR,
    draws: int = 200,
    seed: int | None = None,
    set: str | Sequence[str] | Mapping[str, Any] = (),
    reading: str = "effective",
    void: str | Sequence[str] = (),
    announce: str | Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """What tariffs add to US consumer prices, and what that costs a household.

    Without a scenario the tariffs of two days are compared. It is the first round: today's basket, before anyone buys
    differently. Table `households` has the cost by tenth of income, `inputs` what moves the number; `years` (other
    trade that weighs the tariffs) and `closures` (the world economy, by what happens to trade balances) are made when
    they are named.

    >>> import detente as dt
    >>> answer = dt.prices("geneva", draws=0)
    >>> float(answer) < 0
    True

    Parameters
    ----------
    scenario : Scenario whose tariffs are used: a name, a file, or its content; what it says of day, comparison,
        weights and seed holds unless others are given.
    by : How the result is broken down; source is the authority behind a tariff.
    set : Inputs: pass_through, follow and margin (0 to 1); import_share (-1 to 1); accounts (detail or summary);
        shares of goods as us_content=0.4; or the reading of a rule on how tariffs add up.
    """
    if of != "USA":
        raise InputError(Parameter("of"), f"there are no accounts of {of}", "leave it out: prices are those of the US")
    groups = [by] if isinstance(by, str) else list(by) or [BY[0]]
    if len(groups) > 1:
        raise InputError(Parameter("by"), f"names {len(groups)} groups", "name one")
    # What is given is read as a date and as a text; defaults are neither, so that a scenario's own hold beside them.
    inquiry = asked_prices(
        scenario, on if isinstance(on, date) else None, against="" if against == SINCE else against,
        weights=weights if isinstance(weights, str) else "", draws=draws, seed=seed,
        given=set if isinstance(set, Mapping) else {}, reading=reading, void=void, announce=announce, lawbook=lawbook,
    )  # fmt: skip
    tables = [inquiry.table(name) for name in dict.fromkeys((groups[0], "category", "households", "inputs"))]
    change, by_name = inquiry.changes[0], {table.name: table for table in tables}
    whole = next(by_name["prices"].rows())
    household = next(row for row in by_name["households"].rows() if row["decile"] == "all")
    number = Number(
        whole["change"], "share", *((whole["low"], whole["high"]) if inquiry.draws else ()), moved_by=change.movers,
        against=f"the US tariffs of {change.before.side.on}", definition="first round: nobody buys differently",
    )  # fmt: skip
    return Answer(
        _said(inquiry, whole, household), by_name, number,
        arguments={"on": change.after.side.on, "seed": inquiry.seed},
        more={"years": cache(partial(inquiry.table, "years")), "closures": cache(partial(_closures, inquiry))},
    )  # fmt: skip


def _closures(inquiry: AskedPrices) -> Table:
    from detente.lab.world.part import closure_table

    made = closure_table(inquiry.scenario, inquiry.both, inquiry.folder)
    return made.standing_on(inquiry.standing)


def _said(inquiry: AskedPrices, whole: Mapping[str, Any], household: Mapping[str, Any]) -> str:
    """The rise of all prices and what it costs a household, of the first variant."""
    say, change, title = load(), inquiry.changes[0], inquiry.scenario.title
    later, earlier = (say.day(side.side.on) for side in (change.after, change.before))
    earlier = inquiry.earlier or f"those of {earlier}"
    later += "" if title or change.after.side.shipped else " with the changes asked for"
    whose = change.variant if len(inquiry.changes) > 1 else title
    head = f"{whose}: " if whose else ""
    if not whole["change"]:
        return f"{head}US consumer prices are the same under the tariffs of {later} as under {earlier}."
    sign = 1 if whole["change"] > 0 else -1

    def ranged(row: Mapping[str, Any], names: Sequence[str], write: Callable[[float], str]) -> str:
        middle, *ends = (sign * float(row[name]) for name in names)
        low, high = map(write, sorted(ends))
        return f"{write(middle)} ({low} to {high})" if inquiry.draws else write(middle)

    rise = ranged(whole, ("change", "low", "high"), lambda number: say.percent(number, 2))
    pocket, accounts = (
        ranged(
            household,
            (name, f"{name}_low", f"{name}_high"),
            lambda amount: f"{say.forms['minus'] if amount < 0 else ''}${say.number(abs(amount))}",
        )
        for name in ("pocket", "accounts")
    )
    return (
        f"{head}US consumer prices are {rise} {'higher' if sign > 0 else 'lower'} under the tariffs of {later} than "
        f"under {earlier}. That {'costs' if sign > 0 else 'saves'} a household {pocket} a year out of pocket, "
        f"{accounts} by the national accounts."
    )
