"""The page of any country for any case: opened as readers get it, of a party, of one of several, or of one outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.standing import Standing
from detente.lab.talks import deals
from detente.lab.talks.advice import ADVICE, BELIEVED, ODDS, Advice, OutsideAdvice
from detente.lab.talks.counsel import advice_of, place_of
from detente.lab.talks.many.page import ManyAdvice, many_advice
from detente.lab.talks.many.report import round_of
from detente.lab.talks.many.talk import Round
from detente.lab.talks.many.worth import first
from detente.lab.talks.odds import base_of
from detente.lab.talks.outside import outside_advice
from detente.lab.talks.report import standings
from detente.lab.talks.talk import READERS, Talk, open_talk
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
class CasePages:
    """A case with the pages that were asked for.

    Attributes
    ----------
    talk : the case as readers get it; `pages` : by code.
    outsiders : countries of its world that are not at the table.
    tables : what the pages draw: acceptable set, frontier and named deals of two sides, or of each pair.
    """

    talk: Talk = field(repr=False)
    pages: dict[str, AnyPage]
    outsiders: tuple[str, ...]
    tables: tuple[Table, ...] = field(repr=False)

    @property
    def standings(self) -> dict[str, Standing]:
        """How far the law of each party is on record on the day of the case."""
        return standings(self.talk)


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


def case_pages(
    case: str | Path, variant: str = "", side: str = "", tell: Callable[[int, int], None] | None = None
) -> CasePages:
    """Pages of a case: of every party, or of one country that is not at the table.

    Parameters
    ----------
    side : a country by code or name; with none, or with a party, the pages of all parties.
    tell : hears how many equilibria are solved.

    Raises
    ------
    UnknownName, InputError : a case, variant or country that is not there.
    """
    talk = reader_talk(case, variant, told=tell)
    round_ = round_of(talk) if len(talk.parties) > 2 else None
    own = cache(partial(advice_of, talk) if round_ is None else partial(many_advice, round_))
    code = place_of(talk.parties, side) if side else ""
    if code and code not in talk.parties:
        pages: dict[str, AnyPage] = {code: outside_advice(talk, code, partial(_first, own, talk))}
    else:
        pages = {party: own(party) for party in talk.parties}
    outsiders = tuple(name for name in talk.case.economy().countries if name not in talk.parties)
    advice = _first(own, talk)
    tables = _tables(talk, advice) if round_ is None else pair_tables(round_, advice)
    return CasePages(talk, pages, outsiders, tuple(tables))


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


def pair_tables(round_: Round, advice: Advice) -> list[Table]:
    """The same for every pair of several with something between them, the others at what the advice gives them."""
    setting, threat = first(round_)
    curves = [
        curve for curve in round_.curves(setting, threat) if round_.between(curve.pair) and len(curve.payoffs) > 1
    ]
    return [table for curve in curves for table in _pair_tables(round_.talk, curve, advice)]


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
    return [replace(table, name=pair_name(name, curve.pair), notes=_note(talk)) for name, table in made.items()]


def _odds_point(talk: Talk, advice: Advice, parties: int) -> list[tuple[Any, ...]]:
    """Where failed talks lead at the odds at which sides decide, for gains that are over them: at nothing."""
    if advice.base != ODDS:
        return []
    first, second = (threat.label for threat in map(talk.whole(talk.headline).of_kind, ODDS_OF) if threat is not None)
    return [(declared_note("talks.even_odds", first=first, second=second), *(0.0,) * parties, "threat")]


def pair_name(table: str, pair: Sequence[str]) -> str:
    """Name of a table of a pair."""
    return "_".join((table, *pair)).lower()


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
