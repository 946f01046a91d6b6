"""The page of any country for any case: opened as readers get it, of a party, of one of several, or of one outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.lab.talks import deals
from detente.lab.talks.advice import ADVICE, BELIEVED, ODDS, Advice, OutsideAdvice, OutsideRow, PackageSeen
from detente.lab.talks.counsel import advice_of, place_of
from detente.lab.talks.deals import issues_of
from detente.lab.talks.many.page import ManyAdvice, many_advice
from detente.lab.talks.many.report import MANY_SECTIONS, round_of
from detente.lab.talks.many.talk import Round
from detente.lab.talks.many.worth import first
from detente.lab.talks.odds import base_of
from detente.lab.talks.outside import outside_advice
from detente.lab.talks.report import SECTIONS
from detente.lab.talks.tables import SEARCHED
from detente.lab.talks.talk import READERS, Talk, open_talk
from detente.lab.talks.workers import ranged_advice
from detente.talks.directions import PairCurve

AnyPage = Advice | ManyAdvice | OutsideAdvice
"""The page of one of two sides, of one of several parties, or of a country that is not at the table."""

ADVISED = "this advice"
"""Label of the advice among the packages of the chart."""

ODDS_OF = ("status-quo", "past-law")
"""Kinds of the two laws that the odds are of."""

LONG = "long"
"""Horizon of a page."""


@dataclass(frozen=True)
class AskedPage:
    """A case with the page of one country.

    Attributes
    ----------
    tables : packages of the page first, then what its chart draws, and ranges where there are draws.
    more : further tables by name, each made when it is asked for.
    """

    talk: Talk = field(repr=False)
    page: AnyPage
    tables: tuple[Table, ...] = field(repr=False)
    more: Mapping[str, Callable[[], Table]] = field(repr=False)


def reader_talk(case: str | Path, variant: str = "", **options: Any) -> Talk:
    """A case under the weights and the horizon that readers get: real income alone and the latest choice on record.

    Parameters
    ----------
    options : further ones of `open_talk`.

    Raises
    ------
    UnknownName, InputError : a case or variant that is not there.
    """
    return open_talk(case, variant, weights=READERS, horizons=[LONG], **options)


def asked_page(
    talk: Talk, country: str = "", draws: int = 0, seed: int = 0, tell: Callable[[int, int], None] | None = None
) -> AskedPage:
    """The page of a country for a case: of a party, or of one that is not at the table.

    Parameters
    ----------
    country : by code or name; the first party where none is named.
    draws, seed : of the ranges, none where there are no draws; `tell` : hears how many are done.

    Raises
    ------
    UnknownName, InputError : a country that is not there; a single draw.
    """
    round_ = round_of(talk) if len(talk.parties) > 2 else None
    own = cache(partial(advice_of, talk) if round_ is None else partial(many_advice, round_))
    code = place_of(talk.parties, country) if country else next(iter(talk.parties))
    first = partial(_first, own, talk)
    page = own(code) if code in talk.parties else outside_advice(talk, code, first)
    side = page if isinstance(page, Advice) else page.side if isinstance(page, ManyAdvice) else first()
    plane = _tables(talk, side) if round_ is None else pair_tables(round_, side, code)
    ranges: list[Table] = []
    if draws:
        ranged, ranges = ranged_advice(side, talk, draws, seed, progress=tell)
        page = ranged if page is side else replace(page, side=ranged) if isinstance(page, ManyAdvice) else page
    sections = SECTIONS if round_ is None else MANY_SECTIONS
    builders = {name: build for tables in sections.values() for name, build in tables.items()}
    drawn = {table.name for table in plane}
    more = {name: partial(_late, build, round_ or talk) for name, build in builders.items() if name not in drawn}
    tables = (packages_table(talk, page), *plane, *ranges)
    return AskedPage(talk, page, tuple(table.settled(SEARCHED) for table in tables), more)


def _late(build: Callable[[Any], Table], talk: Talk | Round) -> Table:
    return build(talk).settled(SEARCHED)


def packages_table(talk: Talk, page: AnyPage) -> Table:
    """The packages of a page: levels of every issue, and what each gives the parties, or does to the country."""
    issues = issues_of(talk.case.outcome_space.issues)
    if isinstance(page, OutsideAdvice):
        rows = [(_name(row), row.kind, *row.levels, row.income, row.share, row.rank) for row in page.rows]
        return deals.billions("case.outside", rows, case=page.title, issue=issues, country=page.country)
    side = page.side if isinstance(page, ManyAdvice) else page
    rows = [
        (_name(row), row.kind, *row.levels, *row.gains, *row.low, *row.high, *map(_number, row.signs))
        for row in side.packages
    ]
    note = declared_note("talks.in_dollars", weights=side.weights, horizon=side.horizon)
    words = {"case": side.title, "issue": issues, "party": side.parties, "base": side.base}
    return deals.billions("case.packages", rows, note, **words)


def _name(row: PackageSeen | OutsideRow) -> str:
    return ADVISED if row.kind == ADVICE else row.label or row.name


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _first(own: Callable[[str], Advice | ManyAdvice], talk: Talk) -> Advice:
    page = own(talk.parties[0])
    return page if isinstance(page, Advice) else page.side


def _tables(talk: Talk, advice: Advice) -> list[Table]:
    """Tables of the chart of what two sides can accept."""
    drawn = replace(talk, sets=tuple(dict.fromkeys((advice.constraints, *talk.sets))))
    base = base_of(talk.whole(talk.headline), advice.base)
    plane = [deals.acceptable_table(drawn, base), deals.frontier_table(drawn, base), named_table(drawn, advice)]
    return [replace(table, notes=_note(talk)) for table in plane]


def _note(talk: Talk) -> tuple[str]:
    """Under which weights and over which time the gains of a chart are."""
    return (declared_note("talks.in_dollars", weights=talk.headline.weights, horizon=talk.headline.horizon.name),)


def pair_tables(round_: Round, advice: Advice, country: str = "") -> list[Table]:
    """The same for one pair of several, the others at what the advice gives them: a party and the next one with whom
    there is something between them, so that the pages of all parties show every pair.
    """
    setting, threat = first(round_)
    curves = [
        curve for curve in round_.curves(setting, threat) if round_.between(curve.pair) and len(curve.payoffs) > 1
    ]
    parties, size = round_.talk.parties, len(round_.talk.parties)
    me = parties.index(country) if country in parties else 0
    nearest = sorted(curves, key=lambda curve: min((parties.index(b) - me) % size or size for b in curve.pair))
    own = [curve for curve in nearest if parties[me] in curve.pair]
    return _pair_tables(round_.talk, own[0], advice) if own else []


def _pair_tables(talk: Talk, curve: PairCurve, advice: Advice) -> list[Table]:
    """Tables of the chart of a pair, named after it."""
    base = base_of(talk.whole(talk.headline), advice.base)
    places = [talk.parties.index(code) for code in curve.pair]
    gains = (curve.payoffs - base.value)[:, places].tolist()
    words = {"party": curve.pair, "threat": base.label}
    kinds = {"status-quo": "threat", "past-law": "threat", ADVICE: "offer"}
    rows = [
        (ADVISED if row.kind == ADVICE else row.label, *(row.gains[k] for k in places), kinds.get(row.kind, "deal"))
        for row in advice.packages
        if row.kind != BELIEVED
    ]
    rows = [*_odds_point(talk, advice, len(places)), *rows]
    made = {
        "acceptable": deals.billions("case.acceptable", gains, **words),
        "frontier": deals.billions("case.acceptable", gains, **words),
        "deals": deals.billions("case.deals", rows, **words),
    }
    return [replace(table, name=name, notes=_note(talk)) for name, table in made.items()]


def _odds_point(talk: Talk, advice: Advice, parties: int) -> list[tuple[Any, ...]]:
    """Where failed talks lead at the odds at which sides decide, for gains that are over them: at nothing."""
    if advice.base != ODDS:
        return []
    first, second = (threat.label for threat in map(talk.whole(talk.headline).of_kind, ODDS_OF) if threat is not None)
    return [(declared_note("talks.even_odds", first=first, second=second), *(0.0,) * parties, "threat")]


def named_table(talk: Talk, advice: Advice) -> Table:
    """Packages on the plane of gains: the advice as the offer in hand, laws that failed talks leave, named deals."""
    taken = {row.outcome for row in talk.case.file.threats}
    whole = talk.whole(talk.headline)
    base = base_of(whole, advice.base)
    offers = [(ADVISED, np.array(row.levels), "offer") for row in advice.packages if row.kind == ADVICE]
    named = talk.case.outcome_space.named.items()
    points = [*offers, *((talk.label(name), x, "threat" if name in taken else "deal") for name, x in named)]
    values = [whole.value(point) - base.value for _, point, _ in points]
    rows = [(label, *gain.tolist(), kind) for (label, _, kind), gain in zip(points, values, strict=True)]
    rows = [*_odds_point(talk, advice, len(talk.parties)), *rows]
    words = {"party": talk.parties, "threat": base.label}
    return deals.billions("case.deals", rows, **words)
