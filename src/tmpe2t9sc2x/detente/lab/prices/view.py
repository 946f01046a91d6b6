"""Price effects and costs of households as others count them: the choices in which they differ, and what each gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from detente.codes import InputError, Parameter, declared_note
from detente.codes.days import BASE_DAY
from detente.data.importers import importer
from detente.data.price_tables import budgets
from detente.lab.ground.averages import ELASTICITY
from detente.lab.ground.collected import collected_rate
from detente.lab.ground.ground import ground_of
from detente.lab.ground.revenue_view import OFFSET
from detente.lab.ground.sides import Pairing, Side
from detente.lab.ground.waterfall import Option, of_law
from detente.lab.ground.weights import DEFAULT
from detente.lab.prices.prices import PriceChange, Shocks, days_apart, price_changes
from detente.law import Reading
from detente.trade.households import burden
from detente.trade.prices import DRAWN, PassThrough, price_effect

PRICES, POCKET, ACCOUNTS, DUTY = "prices", "pocket", "accounts", "duty"
"""What is counted: the rise of prices; of a household what it pays itself, all consumption, or duty over households."""


@dataclass(frozen=True)
class PriceView:
    """How a price effect or the cost of a household is counted; the defaults are ours.

    Attributes
    ----------
    on, since : days of the two laws; claims, weights : as in `ground_of`.
    what : `PRICES`, `POCKET`, `ACCOUNTS` or `DUTY`.
    border, follow, margin, import_share : as in `PassThrough`; `level` : of the accounts.
    answers : trade has answered the duty, flow by flow. paid : scaled to the duty customs collected in the month.
    net : of `DUTY`, less the income and payroll taxes it costs.
    """

    on: date
    since: date = BASE_DAY
    what: str = PRICES
    claims: str = ""
    weights: str = DEFAULT
    reading: Reading = Reading.EFFECTIVE
    border: float = 1.0
    follow: float = 0.0
    margin: float = 0.0
    import_share: float = 0.0
    level: str = "detail"
    answers: bool = False
    paid: bool = False
    net: bool = False


def counted_as(view: PriceView) -> float:
    """Rise of consumer prices, share of spending, or cost of the average household, USD a year.

    Raises
    ------
    InputError : duty collected in a month that is not on record.
    """
    shocks = _shocks(_law_of(view))
    if view.answers:
        before, after = (side.after_answer(ELASTICITY) for side in shocks)
    else:
        before, after = shocks
    scale = _paid_over_owed(view.on, view.since) if view.paid else 1.0
    if view.what == DUTY:
        duty = view.border * (after.duty - before.duty) / budgets().households
        return scale * duty * (1.0 - OFFSET if view.net else 1.0)
    return scale * _counted(view, before, after)


def _counted(view: PriceView, before: Shocks, after: Shocks) -> float:
    assumed = PassThrough(view.border, view.follow, view.margin, view.import_share)
    change = PriceChange("", before, after, assumed, draws=0)
    old, new = (price_effect(change.tables, side.total, assumed) for side in (before, after))
    if view.what == PRICES:
        return new.headline - old.headline
    mean = burden(change.tables, new.lines - old.lines, budgets()).mean
    return float((mean.out_of_pocket if view.what == POCKET else mean.national_accounts)[0])


def _law_of(view: PriceView) -> PriceView:
    """The view as far as it says whose law is laid on what."""
    kept = PriceView(view.on, view.since, claims=view.claims, weights=view.weights, reading=view.reading)
    return replace(kept, level=view.level)


@lru_cache(maxsize=6)
def _shocks(view: PriceView) -> tuple[Shocks, Shocks]:
    """Shocks of the earlier and the later law."""
    law = importer("USA").law
    pairing = days_apart(law, (view.since, view.on), view.reading, {})
    if view.claims or view.weights != DEFAULT:
        pairing = Pairing(pairing.variant, _laid(pairing.before, view), _laid(pairing.after, view))
    (change,) = price_changes([pairing], draws=0, level=view.level)
    return change.before, change.after


def _laid(side: Side, view: PriceView) -> Side:
    """A side on trade with other claims or of another year."""
    return replace(side, ground=ground_of(side.law, claims=view.claims, weights=view.weights))


@lru_cache(maxsize=64)
def _paid_over_owed(on: date, since: date) -> float:
    """Rise of the duty that customs collected between the months of two days over that of the law's average."""
    paid = collected_rate(on.strftime("%Y-%m")) - collected_rate(since.strftime("%Y-%m"))
    if np.isnan(paid):
        what = f"the duty collected in {on:%Y-%m} is not on record"
        raise InputError(Parameter("choices"), what, "leave out the choice paid")
    later, earlier = (ground_of(importer("USA").law, scope="all").whole(day) for day in (on, since))
    return paid / (later - earlier) if later != earlier else 1.0


def price_options(view: PriceView, law: date | None = None) -> tuple[Option[PriceView], ...]:
    """What others may choose otherwise, in the order of a waterfall.

    Parameters
    ----------
    law : day of the law that they mean, where it is another.
    """
    return tuple(_options(view, law))


def _options(view: PriceView, law: date | None) -> Iterator[Option[PriceView]]:
    if law is not None:
        yield of_law(law)
    yield Option("reading", declared_note("choices.published"), lambda v: replace(v, reading=Reading.PUBLISHED))
    yield Option("claims", declared_note("choices.claims_2024"), lambda v: replace(v, claims="2024"))
    yield Option("answers", declared_note("choices.buyers"), lambda v: replace(v, answers=True))
    yield from _assumptions()
    if view.what == PRICES:
        yield Option("summary", declared_note("choices.summary"), lambda v: replace(v, level="summary"))
    if np.isfinite(collected_rate(view.on.strftime("%Y-%m"))):
        words = declared_note("choices.customs", month=f"{view.on:%Y-%m}")
        yield Option("paid", words, lambda v: replace(v, paid=True))
    if view.what != PRICES:
        yield Option("accounts", declared_note("choices.accounts"), lambda v: replace(v, what=ACCOUNTS))
        yield Option("duty", declared_note("choices.duty"), lambda v: replace(v, what=DUTY))
        yield Option("net", declared_note("choices.net"), lambda v: replace(v, net=True))


def _assumptions() -> Iterator[Option[PriceView]]:
    """The other end of each range between the border and the shop."""
    least, most = DRAWN["border"][0], DRAWN["follow"][1]
    yield Option("border", declared_note("choices.border", share=1 - least), lambda v: replace(v, border=least))
    yield Option("follow", declared_note("choices.follow", share=most), lambda v: replace(v, follow=most))
    yield Option("margin", declared_note("choices.margin"), lambda v: replace(v, margin=1.0))
    yield Option("imports_low", declared_note("choices.imports_low"), lambda v: replace(v, import_share=-1.0))
    yield Option("imports_high", declared_note("choices.imports_high"), lambda v: replace(v, import_share=1.0))
