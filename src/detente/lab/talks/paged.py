"""The page of any country for any case: of a party, or of one that is not at the table, with the tables beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.lab.talks.advice import ADVICE, BELIEVED, ODDS, Advice, OutsideAdvice, OutsideRow, PackageSeen
from detente.lab.talks.counsel import advice_of, outside_advice, place_of
from detente.lab.talks.deals import acceptable_table, billions, frontier_table, issues_of
from detente.lab.talks.draws import ranged_advice
from detente.lab.talks.report import builders
from detente.lab.talks.talk import MATERIALS, READERS, Talk, base_of, open_talk
from detente.lab.talks.words import words_of
from detente.talks.fit import Told

#: The page of a party, or of a country that is not at the table.
AnyPage = Advice | OutsideAdvice

#: Label of the advice among the packages of the chart.
ADVISED = "this advice"

#: Kinds of the two laws that the odds are of.
ODDS_OF = ("status-quo", "past-law")

#: Horizon of a page.
LONG = "long"


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
    own, first = cache(partial(advice_of, talk)), talk.parties[0]
    code = place_of(talk.parties, country) if country else first
    page = own(code) if code in talk.parties else outside_advice(talk, code, partial(own, first))
    side = page if isinstance(page, Advice) else own(first)
    plane = pair_tables(talk, side, code) if talk.exact else plane_tables(talk, side)
    ranges: list[Table] = []
    if draws:
        ranged, ranges = ranged_advice(side, talk, draws, seed, progress=tell)
        page = ranged if isinstance(page, Advice) else page
    drawn = {table.name for table in plane}
    more = {name: partial(build, talk) for name, build in builders(talk).items() if name not in drawn}
    return AskedPage(talk, page, (packages_table(talk, page), *plane, *ranges), more)


def packages_table(talk: Talk, page: AnyPage) -> Table:
    """The packages of a page: levels of every issue, and what each gives the parties, or does to the country."""
    words: dict[str, Any] = {"case": page.title, "issue": issues_of(talk.case.outcome_space.issues)}
    if isinstance(page, OutsideAdvice):
        rows = [(_name(row), row.kind, *row.levels, row.income, row.share, row.rank) for row in page.packages]
        return billions("case.outside", rows, **words, country=page.country)
    of_parties = [
        (
            _name(row),
            row.kind,
            *row.levels,
            *row.gains,
            *row.low,
            *row.high,
            *(np.nan if chance is None else chance for chance in row.signs),
        )
        for row in page.packages
    ]
    note = declared_note("talks.in_dollars", weights=page.weights, horizon=page.horizon)
    return billions("case.packages", of_parties, note, **words, party=page.parties, base=page.base)


def _name(row: PackageSeen | OutsideRow) -> str:
    return ADVISED if row.kind == ADVICE else row.label or row.name


# --- what two can accept, as charts draw it --------------------------------------------------------------------------


def plane_tables(talk: Talk, advice: Advice) -> list[Table]:
    """Tables of the chart of what two sides can accept: the advice as the offer in hand, laws, and named deals."""
    drawn = replace(talk, sets=tuple(dict.fromkeys((advice.constraints, *talk.sets))))
    whole, taken = talk.whole(talk.headline), {row.outcome for row in talk.case.file.threats}
    base = base_of(whole, advice.base)
    named = talk.case.outcome_space.named.items()
    points = [(talk.label(name), x, "threat" if name in taken else "deal") for name, x in named]
    points = [*([(ADVISED, np.array(advice.advice.levels), "offer")] if advice.advice else []), *points]
    rows = [(label, *(whole.value(x) - base.value).tolist(), kind) for label, x, kind in points]
    rows = [*_odds_point(talk, advice, len(talk.parties)), *rows]
    deals = billions("case.deals", rows, party=talk.parties, threat=base.label)
    return [replace(table, notes=_note(talk)) for table in (acceptable_table(drawn, base), frontier_table(drawn, base),
                                                            deals)]  # fmt: skip


def _note(talk: Talk) -> tuple[str]:
    """Under which weights and over which time the gains of a chart are."""
    return (declared_note("talks.in_dollars", weights=talk.headline.weights, horizon=talk.headline.horizon.name),)


def pair_tables(talk: Talk, advice: Advice, country: str = "") -> list[Table]:
    """The same for one pair of several, the others at what the advice gives them: a party and the next one with whom
    there is something between them, so that the pages of all parties show every pair.
    """
    setting, size = talk.headline, len(talk.parties)
    me = talk.parties.index(country) if country in talk.parties else 0
    own = [pair for pair in talk.pairs if talk.parties[me] in pair and talk.between(pair)]
    own.sort(key=lambda pair: min((talk.parties.index(code) - me) % size or size for code in pair))
    threat = talk.negotiation(setting).threats[0]
    curves = (talk.curve_between(pair, setting, threat) for pair in own)
    curve = next((each for each in curves if each is not None and len(each.payoffs) > 1), None)
    if curve is None:
        return []
    base = base_of(talk.whole(setting), advice.base)
    places = [talk.parties.index(code) for code in curve.pair]
    gains = (curve.payoffs - base.value)[:, places].tolist()
    kinds = {"status-quo": "threat", "past-law": "threat", ADVICE: "offer"}
    rows = [
        (_name(row), *(row.gains[k] for k in places), kinds.get(row.kind, "deal"))
        for row in advice.packages if row.kind != BELIEVED
    ]  # fmt: skip
    rows = [*_odds_point(talk, advice, len(places)), *rows]
    made = {"acceptable": ("case.acceptable", gains), "frontier": ("case.acceptable", gains),
            "deals": ("case.deals", rows)}  # fmt: skip
    return [
        replace(billions(key, some, party=curve.pair, threat=base.label), name=name, notes=_note(talk))
        for name, (key, some) in made.items()
    ]


def _odds_point(talk: Talk, advice: Advice, parties: int) -> list[tuple[Any, ...]]:
    """Where failed talks lead at the odds at which sides decide, for gains that are over them: at nothing."""
    if advice.base != ODDS:
        return []
    first, second = (threat.label for threat in map(talk.whole(talk.headline).of_kind, ODDS_OF) if threat is not None)
    return [(declared_note("talks.even_odds", first=first, second=second), *(0.0,) * parties, "threat")]


# --- a case opened as it is asked for, and what it says of itself -----------------------------------------------------

#: Horizons as questions name them; cases have the others where their files say so.
HORIZONS = {"long-run": "long", "first-year": "short", "one-year": "one year", "four-years": "four years", "all": ""}

ALL = "all"


def asked_case(
    case: str,
    variant: str = "",
    *,
    as_of: date | None = None,
    values: str = "",
    horizon: str = "long-run",
    threat: Sequence[str] = (),
    limits: str = "",
    elasticities: str = "",
    given: Mapping[str, Any] | None = None,
    drawn: bool = False,
    tell: Told | None = None,
) -> Talk:
    """A case with what is asked of it: real income alone and its last choice of weights, unless others are named.

    Parameters
    ----------
    given : values of its inputs, and `materials`. drawn : whether ranges over draws are asked for.

    Raises
    ------
    UnknownName, InputError : what the case does not have; inputs of one's own beside draws.
    """
    inputs: dict[str, Any] = dict(given or {})
    materials = str(inputs.pop("materials", MATERIALS[0]))
    numbers = {name: _number(name, value) for name, value in inputs.items()}
    own = numbers | ({"elasticities": elasticities} if elasticities else {})
    if drawn and (own or materials != MATERIALS[0]):
        what = "takes the inputs and elasticities of the case file and the supply chain"
        raise InputError(Parameter("draws"), what, "leave set and elasticities out, or change the file")
    weights = () if values == ALL else [name for name in values.split(",") if name] or READERS
    return open_talk(
        case, variant, threats=tuple(threat), weights=weights, horizons=HORIZONS[horizon] or (), constraints=limits,
        materials=materials, inputs=own, as_of=as_of or "", told=tell,
    )  # fmt: skip


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        repair = "write it as fentanyl_value=20"
        raise InputError(Parameter("set"), f"'{value}' is no number for {name}", repair) from None


def said_table(talk: Talk) -> Table:
    """What the file of a case says: facts, what is assumed, inputs with their ranges, threats and sources."""
    return table_of("case.said", list(_said(talk)))


def _said(talk: Talk) -> Iterator[tuple[str, str]]:
    file = talk.case.file
    yield "note", file.note.strip()
    yield from (("threat", f"{name}: {words_of(talk).threats[name]}") for name in talk.threats)
    yield from (("fact", text) for text in file.known)
    yield from (("assumption", text) for text in file.assumed)
    for name, row in file.parameters.items():
        low, high = row.ends
        text = f"{name}: {talk.case.number(name):g}, {low:g} to {high:g}{f', {row.unit}' if row.unit else ''}"
        yield "input", f"{text}; {row.source}"
    yield from (("limit", f"{row.name}: {row.statement}; {row.source}") for row in file.constraints)
    yield from (("source", text) for text in file.sources)
