"""A deal as it is asked for: levels of its issues by name, refused where they cannot be, and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.lab.deal.acceptable import Offer, counter, improve
from detente.lab.deal.answer import Deal, DealEngine, number_row
from detente.lab.deal.levers import served
from detente.lab.deal.numbers import SIDES
from detente.lab.deal.strategies import STRATEGIES

ISSUES = {"us": "us", "fentanyl": "fentanyl", "china": "cn", "licences": "licences", "action": "action"}
"""Issues of a deal as they are asked for, and as the levers of its page are called."""

HORIZONS = {"long-run": "long", "first-year": "short"}

BOTH = (
    ("deal.both_income", "income_USA", "income_CHN"),
    ("deal.both_tariff", "us_on_china", "china_on_us"),
    ("deal.both_revenue", "revenue_USA", "revenue_CHN"),
    ("deal.both_imports", "imports_USA", "imports_CHN"),
    ("deal.both_prices", "prices_USA", "prices_CHN"),
    ("deal.both_days", "days_USA", "days_CHN"),
    ("deal.both_signs", "p_star_USA", "p_star_CHN"),
)  # fmt: skip
"""Numbers of the two sides that stand beside one another, by the note of the register that says what they are."""


@lru_cache(maxsize=8)
def engine_of(case: str) -> DealEngine:
    """The engine of a case, one in a process.

    Raises
    ------
    UnknownName : no case between the United States and China.
    """
    if case not in served():
        raise UnknownName("case", case[:60], served(), Parameter("case"), f"use {', '.join(served())}")
    return DealEngine(case)


def address_of(
    engine: DealEngine, levels: Mapping[str, Any], on: date | None = None, days: int | None = None, values: str = "",
    horizon: str = "long-run", closure: str = "", weights: str = "",
) -> dict[str, str]:  # fmt: skip
    """What is asked as the levers of the engine read it.

    Raises
    ------
    UnknownName, InputError : an issue that the case does not have, a level or a day out of range.
    """
    address = {ISSUES.get(name, name): _level(engine, name, value) for name, value in levels.items()}
    own = {"date": "" if on is None else on.isoformat(), "duration": "" if days is None else str(days),
           "weights": values, "horizon": HORIZONS[horizon], "closure": closure, "year": weights}  # fmt: skip
    address |= {name: text for name, text in own.items() if text}
    messages = engine.read(address)[1]
    if messages:
        raise InputError(Parameter("levels"), messages[0].rstrip("."), "ask for what the case has")
    return address


def _level(engine: DealEngine, name: str, value: Any) -> str:
    lever = engine.levers.get(ISSUES.get(name, name))
    if lever is None or lever.name == "duration":
        known = [name for name, own in ISSUES.items() if own in engine.levers]
        raise UnknownName("issue", name[:40], known, Parameter("levels"), f"use {', '.join(known)}")
    text = str(value).strip()
    part = 100.0 if text.endswith("%") and lever.unit == "share" else 1.0
    try:
        level = float(text.removesuffix("%")) / part
    except ValueError:
        raise InputError(Parameter("levels"), f"'{text[:20]}' of {name} is no number", f"write {name}=10") from None
    if not lever.least <= level <= lever.most:
        unit = "" if lever.unit == "share" else f" {lever.unit}"
        raise InputError(Parameter("levels"), f"{text[:20]} of {name} is out of range",
                         f"give {lever.least:g} to {lever.most:g}{unit}")  # fmt: skip
    return f"{level:.10g}"


def deal_tables(deal: Deal) -> list[Table]:
    """Numbers of both sides beside one another, who would sign against what follows failed talks, and every number."""
    rows = {number.name: number_row(number) for number in deal.numbers}
    sides = [
        (declared_note(key), *_said(rows[usa]), *_said(rows[china]), rows[usa]["baseline"])
        for key, usa, china in BOTH if usa in rows and china in rows
    ]  # fmt: skip
    walks = [(w.threat, w.words, *("no" if w.away[code] else "yes" for code in SIDES)) for w in deal.walks]
    conditions = [table_of("deal.conditions", walks)] if walks else []
    tables = [table_of("deal.sides", sides), *conditions, *deal.tables.values()]
    return [table.standing_on(deal.standings.get("USA")) for table in tables]


def _said(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["text"], "" if row["low"] is None else f"{row['low_text']} to {row['high_text']}"


def offers_of(engine: DealEngine, deal: Deal, strategy: str, side: str) -> Iterator[tuple[str, Offer]]:
    """The nearest package that is better for both, and what the other side would propose in place of a deal."""
    yield "better for both", improve(engine, deal.levers)
    yield "their reply", counter(engine, deal.levers, strategy, side)


def offers_table(engine: DealEngine, offers: Mapping[str, Offer], side: str) -> Table:
    """Offers, a row each: levels of every issue, what each side gains by them and over the deal they answer."""
    names = [name for name, own in ISSUES.items() if own in engine.levers]
    other = next(code for code in SIDES if code != side)
    rows = []
    for kind, offer in offers.items():
        address = offer.levers.address()
        levels = [float(address[ISSUES[name]]) for name in names]
        gains = [row[code] for row in (offer.gains, offer.better) for code in (side, other)]
        rows.append((kind, *levels, *gains, "" if offer.accepts is None else "yes" if offer.accepts else "no"))
    issues = [{"issue": name, "label": engine.levers[ISSUES[name]].label or name} for name in names]
    return table_of("deal.offers", rows, issue=issues, own=side, other=other)


def rounds_table(engine: DealEngine, deal: Deal, strategy: str, side: str, most: int = 10) -> Table:
    """Offers and replies in turn, until a side accepts: each answers the last offer of the other."""
    levers, rows, mover = deal.levers, [], side
    for number in range(most):
        reply = counter(engine, levers, strategy, mover, number)
        by = next(code for code in SIDES if code != mover)
        rows.append((number + 1, by, "yes" if reply.accepts else "no", *(reply.gains[code] for code in SIDES)))
        if reply.accepts or np.allclose([reply.better[code] for code in SIDES], 0.0, atol=1e6):
            break
        levers, mover = reply.levers, by
    return table_of("deal.rounds", rows)


def strategy_names() -> tuple[str, ...]:
    """How the other side may be taken to reply."""
    return tuple(STRATEGIES)
