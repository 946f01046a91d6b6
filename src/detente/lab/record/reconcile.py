"""Reconcile: from our number on a day to one that somebody printed, through the choices in which they differ.

A definition is somebody's set of choices. Where none is named, all definitions of the quantity are tried, and those
that come nearest to the number are proposed; what no choice explains is the last bar, and never left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.days import BASE_DAY, Standing, check_day, spelled_day
from detente.codes.units import Unit
from detente.data.definitions import (
    OURS,
    POST,
    CountedFigure,
    OtherCount,
    PublishedFigure,
    Publisher,
    counts_of,
    definitions,
    other_counts,
)
from detente.data.flows import CLAIMS_OF
from detente.data.importers import importer
from detente.data.tables import countries, place
from detente.lab.averages.definitions import View, choices, ground_of_view, own_figures, value_of
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.revenue import RevenueView, duty_of_year, revenue_options
from detente.lab.averages.waterfall import Bar, Option, Waterfall, averaged, in_order, made, of_law, walk
from detente.lab.prices.asked import POCKET, PriceView, counted_as, price_options
from detente.lab.record.modelled import AMERICA, GDP, INCOME, JOBS, MODELLED, ModelView, model_options, modelled
from detente.lab.statute.standing import standing_of
from detente.law import Reading

# --- printed: a number as somebody printed it, with its unit, what it is a number of, and how finely it was s --------


AVERAGE, REVENUE, PRICES, HOUSEHOLDS = "average", "revenue", "prices", "households"
WHAT = (AVERAGE, REVENUE, PRICES, HOUSEHOLDS, *MODELLED)
ALSO = {
    "tariff": AVERAGE, "duty": AVERAGE, "rate": AVERAGE, "averages": AVERAGE, "revenues": REVENUE, "price": PRICES,
    "household": HOUSEHOLDS, "cost": HOUSEHOLDS, "real-gdp": GDP, "output": GDP, "real-income": INCOME,
    "welfare": INCOME, "employment": JOBS,
}  # fmt: skip
UNITS = {**dict.fromkeys((AVERAGE, PRICES, *MODELLED), Unit.SHARE), REVENUE: Unit.USD, HOUSEHOLDS: Unit.DOLLARS}
#: Unit of a quantity -> unit of a step of it.
MOVES = {Unit.SHARE: Unit.POINTS, Unit.USD: Unit.USD, Unit.DOLLARS: Unit.DOLLARS}

SCALES = {"bn": 1e9, "billion": 1e9, "tn": 1e12, "trillion": 1e12, "m": 1e6, "mn": 1e6, "million": 1e6}
NUMBER = re.compile(
    r"(?P<minus>[-\u2212]?)(?P<dollar>\$?)\s*(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*"
    r"(?P<unit>%|per ?cent|points|pp)?\s*(?P<scale>bn|billion|tn|trillion|mn|million|m)?\s*(?P<usd>usd|dollars?)?",
    re.IGNORECASE,
)
BILLION = 1e9
#: What a round number may be off by, share of it: 300 is not 250 to 350.
COARSE = 0.025

LONGEST = 40


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number in print.

    Attributes
    ----------
    what : one of `WHAT`. value : share, or USD a year. tolerance : half of its last digit, in the same unit.
    """

    what: str
    value: float
    tolerance: float

    @property
    def unit(self) -> Unit:
        """Unit of the value."""
        return UNITS[self.what]


def printed(text: str | float, what: str = "") -> PrintedNumber:
    """A number as it was printed: "17.8", "17.8%", "$2,800", "300bn".

    Parameters
    ----------
    what : what it is a number of; "" lets its unit say it: billions are revenue, dollars a household's.

    Raises
    ------
    InputError : what is no number, or has the unit of something else. UnknownName : a quantity that is not here.
    """
    words = str(text).strip()[:LONGEST]
    match = NUMBER.fullmatch(words)
    if match is None:
        raise InputError(Parameter("number"), f"'{words}' is not a number", "write it as 17.8, $2,800 or 300bn")
    digits, scale = match["digits"].replace(",", ""), (match["scale"] or "").lower()
    dollars, percent = bool(match["dollar"] or match["usd"]), bool(match["unit"])
    kind = quantity(what) if what else REVENUE if scale else HOUSEHOLDS if dollars else AVERAGE
    _check_unit(kind, words, percent, bool(scale), dollars)
    factor = 0.01 if UNITS[kind] is Unit.SHARE else SCALES.get(scale, BILLION if kind == REVENUE else 1.0)
    value = float(digits) * factor * (-1.0 if match["minus"] else 1.0)
    if not math.isfinite(value):
        raise InputError(Parameter("number"), f"'{words}' is too large", "write it as 17.8, $2,800 or 300bn")
    return PrintedNumber(kind, value, _half_step(digits) * factor)


def quantity(text: str) -> str:
    """A quantity by its name or another word for it, or `UnknownName`."""
    name = text.strip().lower()
    name = ALSO.get(name, name)
    if name not in WHAT:
        raise UnknownName("quantity", text, WHAT, Parameter("what"), f"use {', '.join(WHAT)}")
    return name


def _check_unit(kind: str, words: str, percent: bool, scaled: bool, dollars: bool) -> None:
    share = UNITS[kind] is Unit.SHARE
    if (share and (scaled or dollars)) or (not share and percent) or (kind == HOUSEHOLDS and scaled):
        usual = {Unit.SHARE: "per cent", Unit.USD: "billions of dollars", Unit.DOLLARS: "dollars"}[UNITS[kind]]
        raise InputError(Parameter("number"), f"'{words}' is no number of {kind}", f"give it in {usual}")


def _half_step(digits: str) -> float:
    """Half of the last digit that was said; zeros at the end of a whole number say little."""
    number = Decimal(digits)
    if number == 0:
        return 0.05
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent == 0:
        zeros = len(digits) - len(digits.rstrip("0"))
        return min(0.5 * 10.0**zeros, max(COARSE * float(number), 0.5))
    return 0.5 * 10.0**exponent


# --- from our number to another --------------------------------------------------------------------------------------


#: How near a definition has to come to give a number: half a point, or this share of an amount.
NEAR = {Unit.SHARE: 0.005, Unit.USD: 0.05, Unit.DOLLARS: 0.05}

#: The same for a rise of prices, or a change of a whole country: a tenth of a point.
SMALL_NEAR = 0.001

#: Choices that are tried together at most where no definition gives the number: few where many may be counted otherwise
#: by accident, and all of models, of which it is said what no combination of them gives.
TRIED_TOGETHER = {AVERAGE: 2, **dict.fromkeys(MODELLED, 9)}
FEW = 3

#: Choices that exclude one another; with high elasticities economies of scale have several equilibria.
APART = (
    frozenset({"imports_low", "imports_high"}), frozenset({"accounts", "duty"}),
    frozenset({"answers_none", "answers_all", "answers_kind"}), frozenset({"elasticity_low", "elasticity_high"}),
    frozenset({"first_year", "steady_state"}), frozenset({"elasticity_high", "scale"}),
)  # fmt: skip

#: What a number is called that nobody on record printed.
GIVEN = "the number given"

#: Name of a set of choices that nobody on record makes.
PLAIN = "choices"

MISSING = declared_note("reconcile.missing")
#: Days between a report or its law and the day asked about, up to which it is of the same law.
CLOSE = timedelta(days=7)

#: Units of published figures that are averages, and no changes of one.
LEVELS = ("level", "partner_level")

#: Definitions that are proposed at most.
SHOWN = 5


@dataclass(frozen=True)
class CountedQuantity:
    """A quantity on a day: our view of it, what a view gives, and the choices that others may make."""

    number: PrintedNumber
    view: Any
    value: Callable[[Any], float] = field(repr=False)
    palette: Callable[[], Sequence[Option[Any]]] = field(repr=False)


@dataclass(frozen=True)
class Counting:
    """A definition that may stand behind a number.

    Attributes
    ----------
    name : of the definition; who : whose. turns : its choices. value : what it gives, as we compute it.
    theirs_adds : what steps add that only the publisher's own figures say.
    known, guessed : of its choices, in words. missing : what the last bar is put down to.
    report : day on which that publisher printed the number, as far as is on record.
    """

    name: str
    who: str
    turns: tuple[Option[Any], ...] = field(repr=False)
    value: float
    known: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    missing: str = MISSING
    report: date | None = None
    theirs_adds: float = 0.0

    @property
    def on_record(self) -> bool:
        """Whether somebody counts so, as far as is on record."""
        return self.name != PLAIN


@dataclass(frozen=True)
class Reconciliation:
    """A number of somebody beside ours, and the way between.

    Attributes
    ----------
    number : as printed; on : day; importer, partner : whose imports, and from whom, "" = all.
    waterfall : under the definition `counting`, the one that was named or the nearest.
    nearest : definitions by how near they come, the nearest first. named : whether a definition was asked for.
    standing : how far the law is on record. stands_on : weights and claims of our number, in words.
    span : lowest and highest that any combination of choices gives, where all were tried and none gives the number.
    """

    number: PrintedNumber
    on: date
    importer: str
    partner: str
    counting: Counting
    waterfall: Waterfall
    nearest: tuple[Counting, ...] = ()
    named: bool = False
    standing: Standing | None = None
    stands_on: tuple[str, ...] = ()
    span: tuple[float, float] | None = None

    @property
    def whose(self) -> str:
        """Whose number it is: of the definition that was asked for or printed it, else of nobody on record."""
        theirs = self.counting.on_record and (self.named or self.counting.report is not None)
        return self.counting.who if theirs else GIVEN

    @property
    def meets(self) -> bool:
        """Whether the definition gives the number, within what a printed number can say."""
        return gives(self.counting, self.number)


def gives(counting: Counting, number: PrintedNumber) -> bool:
    """Whether a definition comes near enough to a number."""
    near = SMALL_NEAR if number.what in (PRICES, *MODELLED) else NEAR[number.unit]
    near = near if number.unit is Unit.SHARE else near * abs(number.value)
    gap = counting.value - number.value
    return min(abs(gap), abs(gap + counting.theirs_adds)) <= max(near, number.tolerance)


def reconcile(
    number: str | float,
    on: date,
    *,
    what: str = "",
    by: str = "",
    of: str = "USA",
    partner: str = "",
    order: Sequence[str] = (),
    chosen: Sequence[str] = (),
    law: date | None = None,
    shapley: bool = False,
) -> Reconciliation:
    """From our number to another, choice by choice.

    Parameters
    ----------
    number, what : as in `printed`. by : whose definition, "" = the nearest on record.
    of, partner : whose imports, and from whom; of averages and revenue alone.
    order : choices that come first. chosen : choices of their own set, in the place of a definition.
    law : day of the law that they mean. shapley : each choice by its mean over all orders, as models always have it.

    Raises
    ------
    UnknownName, InputError : a definition, choice, quantity or partner that cannot be.
    """
    goal = printed(number, what)
    start = _start(goal, on, by, of, partner)
    check_day(on)
    # Without a day, the last within a week on which the law changes: reports often count what begins some days later.
    days = [] if goal.what in MODELLED else importer(start[0]).law.dates
    soon = max((day for day in days if on < day <= on + CLOSE), default=None)
    quantity = _quantity(goal, on, *start, law or soon)
    if by and (chosen or law):
        raise InputError(
            Parameter("set" if chosen else "against"), "does not go with a definition by name", "leave it out"
        )
    if chosen or law:
        best, others = _of_choices(quantity, [*chosen, *(["law"] if law and "law" not in chosen else [])]), ()
    elif by:
        best, others = _named(quantity, by, on), ()
    else:
        others = _nearest(quantity, on)
        best = others[0]
    span = None
    if goal.what in MODELLED and not gives(best, goal):
        others, span = _in_reach(quantity, best, others)
        best = best if by or chosen or law else others[0]
    turns = in_order(best.turns, order)
    every = shapley or goal.what in MODELLED
    walked = (averaged if every else walk)(quantity.view, turns, quantity.value, goal.value, best.missing)
    about, standing = _stands_on(quantity.view), _standing(quantity, on)
    return Reconciliation(goal, on, *start, best, walked, others, bool(by), standing, about, span)


def _in_reach(
    quantity: CountedQuantity, best: Counting, others: tuple[Counting, ...]
) -> tuple[tuple[Counting, ...], tuple[float, float] | None]:
    """Combinations of choices that come nearest on the law of a definition; their span where none gives the number."""
    law, every = [turn for turn in best.turns if turn.name == "law"], list[Counting]()
    for counting in _combined(quantity, law):
        # Sets come by size: where some of a size give the number, larger ones are not tried.
        if every and len(counting.turns) > len(every[-1].turns) and any(gives(each, quantity.number) for each in every):
            return tuple(_ranked([best, *others, *every], quantity.number)[:SHOWN]), None
        every.append(counting)
    values = [counting.value for counting in every]
    span = None if any(gives(counting, quantity.number) for counting in every) else (min(values), max(values))
    return tuple(_ranked([best, *others, *every], quantity.number)[:SHOWN]), span


def printed_on(number: str | float, what: str, by: str = "", of: str = AMERICA) -> date | None:
    """Day of the law of the latest figure on record that is a number of a model; None where nobody printed it."""
    goal = printed(number, what)
    if goal.what not in MODELLED:
        return None
    rows = [row for row in other_counts() if row.what == goal.what and (not by or row.name == name_of(by))]
    same = [figure for row in rows for figure in row.figures if _says(figure, goal, _code_of(of))]
    return max(same, key=lambda figure: (-abs(figure.value - goal.value), figure.report)).law if same else None


def _says(figure: CountedFigure, goal: PrintedNumber, of: str) -> bool:
    return figure.of == of and abs(figure.value - goal.value) <= goal.tolerance


def _code_of(of: str) -> str:
    known = countries()
    return of.upper() if of.upper() in known.groups else known.resolve(of, Parameter("of"))


def _stands_on(view: Any) -> tuple[str, ...]:
    """Weights and claims of our number, as its own answer names them."""
    if isinstance(view, ModelView):
        return view.stands_on
    law = importer(getattr(view, "importer", "USA")).law
    # What an average stands on, as its title names it: "weights: 2024", "USMCA claims of May 2025".
    flows = laid_law(law, claims=view.claims, weights=view.weights).at(view.on).flows
    claims = (note.partition(",")[0] for note in flows.notes if note.startswith(CLAIMS_OF))
    return (f"weights: {flows.period}", *claims)


def _start(goal: PrintedNumber, on: date, by: str, of: str, partner: str) -> tuple[str, str]:
    """Whose imports and from whom: as asked, else as the definition that is named, or printed it, counts them."""
    if goal.what in MODELLED and not partner:
        return _code_of(of), ""
    if goal.what not in (AVERAGE, REVENUE):
        if of != "USA" or partner:
            place = Parameter("of" if of != "USA" else "partner")
            raise InputError(place, f"{goal.what} are those of the United States", "leave it out")
        return "USA", ""
    if goal.what == AVERAGE and of == "USA" and not partner:
        who = definitions().get(name_of(by))
        return _who_printed(goal, on) if who is None else (who.choices.importer, who.choices.partner)
    return of, importer(of).countries.code(partner, Parameter("partner")) if partner else ""


def definition_names(what: str = "") -> tuple[str, ...]:
    """Names of definitions of a quantity, or of any."""
    averages = [name for name in definitions() if name != OURS] if what in ("", AVERAGE) else []
    return tuple(dict.fromkeys([*averages, *(row.name for row in other_counts() if what in ("", row.what))]))


def name_of(text: str) -> str:
    """A definition's name as its file has it."""
    return text.strip().lower().replace("_", "-").replace(" ", "-")


def _who_printed(goal: PrintedNumber, on: date) -> tuple[str, str]:
    """Whose imports, and from whom, somebody means who printed the number about these days; all US imports first."""
    about = {
        (who.choices.importer, figure.partner or who.choices.partner)
        for who in definitions().values()
        for figure in who.figures
        if _is(figure, goal, on)
    }
    return min(about, key=lambda whose: (whose[0] != "USA", whose[1] != "", whose), default=("USA", ""))


def _figure(who: Publisher, goal: PrintedNumber, on: date, partner: str) -> PublishedFigure | None:
    """The figure of a publisher that is the number, about these days and goods; one of the report of the day first."""
    same = [f for f in who.figures if _is(f, goal, on) and (f.partner or who.choices.partner) == partner]
    return min(same, key=lambda figure: (figure.report != on, abs(figure.report - on)), default=None)


def _is(figure: PublishedFigure, goal: PrintedNumber, on: date) -> bool:
    near = abs(figure.report - on) <= CLOSE or abs(figure.law - on) <= CLOSE
    return near and figure.unit in LEVELS and abs(figure.value - goal.value) <= goal.tolerance


def _quantity(goal: PrintedNumber, on: date, of: str, partner: str, law: date | None) -> CountedQuantity:
    if goal.what == AVERAGE:
        view = View(on, of, partner)
        return CountedQuantity(goal, view, value_of, lambda: tuple(_average_options(view, law)))
    if goal.what in MODELLED:
        model = ModelView(on, goal.what, of)
        return CountedQuantity(goal, model, modelled, lambda: model_options(law))
    if goal.what == REVENUE:
        counted = RevenueView(on, of, partner)
        return CountedQuantity(goal, counted, duty_of_year, lambda: revenue_options(counted, law))
    priced = PriceView(on, what=POCKET if goal.what == HOUSEHOLDS else PRICES)
    return CountedQuantity(goal, priced, counted_as, lambda: price_options(priced, law))


def _average_options(view: View, law: date | None) -> Iterator[Option[View]]:
    """What others may choose otherwise about an average, whoever they are."""
    if law is not None:
        yield of_law(law)
    yield Option("reading", declared_note("reconcile.texts_by_day"), lambda v: replace(v, reading=Reading.PUBLISHED))
    if view.importer == "USA":
        yield Option("scope", declared_note("reconcile.all_imports"), lambda v: replace(v, scope="all"))
        yield Option("claims", declared_note("reconcile.claims_of_2024"), lambda v: replace(v, claims="2024"))
    yield Option("schedule", declared_note("reconcile.schedule_alone"), lambda v: replace(v, schedule=True))
    yield Option("substitution", declared_note("reconcile.own_answer"), lambda v: replace(v, post="own"))
    risen = declared_note("reconcile.rise_alone", base=BASE_DAY)
    yield Option("rise", risen, lambda v: replace(v, since=BASE_DAY))


def _nearest(quantity: CountedQuantity, on: date) -> tuple[Counting, ...]:
    """Definitions by how near they come; sets of choices that nobody makes where none on record gives the number."""
    goal, known = quantity.number, _ranked(_countings(quantity, on), quantity.number)
    if goal.what not in MODELLED and (not known or not _stands(known[0], goal)):
        apart = {
            round(counting.value / (goal.value or 1.0), 9): counting for counting in reversed(list(_combined(quantity)))
        }
        giving = [counting for counting in apart.values() if gives(counting, goal)]
        known = _ranked([*known, *(giving if known or giving else apart.values())], goal)
    return tuple(known or [_of_choices(quantity, ())])[:SHOWN]


def _stands(counting: Counting, goal: PrintedNumber) -> bool:
    """Whether a definition on record answers for a number: its publisher printed it, or it gives it."""
    return counting.report is not None or gives(counting, goal)


def _countings(quantity: CountedQuantity, on: date) -> list[Counting]:
    """What each definition on record makes of the quantity; one of a record that has not this day is left out."""
    made_of: list[Counting] = []
    for name in definition_names(quantity.number.what):
        with suppress(InputError):
            made_of += _if_about(quantity, name, on)
    return made_of


def _if_about(quantity: CountedQuantity, name: str, on: date) -> Iterator[Counting]:
    """A definition if it is one of this quantity on the day."""
    what = quantity.number.what
    if what != AVERAGE:
        if name in {row.name for row in counts_of(what, on)}:
            yield _counted(quantity, name, on)
    elif _about(definitions()[name], quantity.view.importer, quantity.view.partner):
        yield _number_in_print(quantity, definitions()[name], on)


def _about(who: Publisher, code: str, partner: str) -> bool:
    """Whether a definition is one of these imports."""
    chosen = who.choices
    return who.name != OURS and chosen.importer == code and (chosen.partner in ("", partner) or code != "USA")


def _named(quantity: CountedQuantity, by: str, on: date) -> Counting:
    """The definition of a name."""
    what, name = quantity.number.what, name_of(by)
    if what != AVERAGE:
        return _counted(quantity, name, on)
    known = definitions()
    if name not in known:
        raise UnknownName(
            "definition", by, known, Parameter("publisher"), f"use {', '.join(n for n in known if n != OURS)}"
        )
    return _number_in_print(quantity, known[name], on)


def _number_in_print(quantity: CountedQuantity, who: Publisher, on: date) -> Counting:
    """A publisher's definition of an average; after buyers have moved where that is how it printed the number."""
    view = quantity.view
    figure = _figure(who, quantity.number, on, view.partner)
    answered = POST if figure is not None and figure.substitution == POST else ""
    # A publisher's dated choices are those of the report with the number, whichever of its days was asked for.
    day = on if figure is None else figure.report
    counted = who.counted(day)
    left_out = {"partner"}
    if figure is not None and counted is not None and counted.on not in (None, figure.law):
        left_out.add("counts")  # The report gives figures of other days beside that of the law it counts.
    turns: list[Option[Any]] = [
        turn
        for turn in choices(who, day, answered)
        if turn.name not in left_out and (turn.apply is None or turn.apply(view) != view)
    ]
    if figure is not None and figure.law != on and all(turn.name != "counts" for turn in turns):
        turns.insert(0, of_law(figure.law))
    theirs = replace(made(view, turns), post="", retaliation=False) if answered else made(view, turns)
    steps, value = own_figures(who, day, theirs), _value(quantity, turns)
    missing, report = (MISSING, None) if figure is None else (figure.gap or MISSING, figure.report)
    points = sum(turn.points or 0.0 for turn in steps)
    turns += steps
    guessed = (*who.guessed, *(f"missing: {lack.words}" for lack in who.missing))
    return Counting(who.name, who.short, tuple(turns), value, who.known, guessed, missing, report, points)


def _counted(quantity: CountedQuantity, name: str, on: date) -> Counting:
    """A publisher's definition of another quantity."""
    what = quantity.number.what
    rows = {row.name: row for row in counts_of(what, on)}
    if name not in rows:
        known = dict.fromkeys(row.name for row in other_counts() if row.what == what)
        raise UnknownName("definition", name, known, Parameter("publisher"), f"use {', '.join(known)}")
    row = rows[name]
    figure = _counted_figure(quantity, row, on)
    report = None if figure is None or not _says(figure, quantity.number, _whose(quantity)) else figure.report
    choices = row.choices if figure is None else (*row.choices, *figure.choices)
    turns = list(_picked(quantity.palette(), choices))
    if figure is not None and (figure.law != on or figure.announced):
        turns.insert(0, of_law(figure.law, figure.announced))
    texts = ((row.known,), (row.guessed,), row.missing)
    return Counting(row.name, row.who, tuple(turns), _value(quantity, turns), *texts, report)


def _whose(quantity: CountedQuantity) -> str:
    return getattr(quantity.view, "country", AMERICA)


def _counted_figure(quantity: CountedQuantity, row: OtherCount, on: date) -> CountedFigure | None:
    """The figure of a publisher that is the number, about these days; else the one of its report of the day."""

    def away(figure: CountedFigure) -> timedelta:
        return min(abs(figure.report - on), abs(figure.law - on))

    near = [figure for figure in row.figures if away(figure) <= CLOSE and figure.of == _whose(quantity)]
    same = sorted((figure for figure in near if _says(figure, quantity.number, figure.of)), key=away)
    return next(iter([*same, *(figure for figure in near if figure.report == on)]), None)


def _of_choices(quantity: CountedQuantity, names: Sequence[str]) -> Counting:
    """A set of choices that the reader names.

    Raises
    ------
    InputError : two that exclude one another.
    """
    both = next((sorted(some & {*names}) for some in APART if len(some & {*names}) > 1), None)
    if both is not None:
        raise InputError(Parameter("set"), f"'{both[0]}' and '{both[1]}' exclude one another", "keep one of them")
    return _set_of(quantity, _picked(quantity.palette(), names))


def _picked(palette: Sequence[Option[Any]], names: Sequence[str]) -> tuple[Option[Any], ...]:
    """Choices by name, in the order of the palette."""
    known = {turn.name: turn for turn in palette}
    for name in names:
        if name not in known:
            raise UnknownName("choice", name, known, Parameter("set"), f"use {', '.join(known)}")
    return tuple(turn for name, turn in known.items() if name in names)


def _set_of(quantity: CountedQuantity, turns: Sequence[Option[Any]]) -> Counting:
    return Counting(PLAIN, "", tuple(turns), _value(quantity, turns))


def _combined(quantity: CountedQuantity, first: Sequence[Option[Any]] = ()) -> Iterator[Counting]:
    """Sets of few choices that nobody on record makes, after some that are made in any case."""
    palette = tuple(quantity.palette())
    for size in range(1, TRIED_TOGETHER.get(quantity.number.what, FEW) + 1):
        for some in combinations(palette, size):
            names = {turn.name for turn in some}
            if not any(len(pair & names) > 1 for pair in APART):
                yield _set_of(quantity, (*first, *some))


def _value(quantity: CountedQuantity, turns: Sequence[Option[Any]]) -> float:
    return quantity.value(made(quantity.view, turns))


def _ranked(countings: Iterable[Counting], goal: PrintedNumber) -> list[Counting]:
    """Those whose publisher printed the number, then others that give it, then sets of few choices, then all."""

    def rank(counting: Counting) -> tuple[int, int, float]:
        gap = abs(counting.value - goal.value)
        if counting.report is not None or (gives(counting, goal) and counting.on_record):
            return int(counting.report is None), 0, gap
        return (2, len(counting.turns), gap) if gives(counting, goal) else (3, 0, gap)

    return sorted(countings, key=rank)


def _standing(quantity: CountedQuantity, on: date) -> Standing | None:
    """How far the law is on record on the day."""
    if quantity.number.what == AVERAGE:
        ground = ground_of_view(quantity.view)
        return standing_of(ground.law, on, on, lambda law: ground.under(law).whole(on))
    return standing_of(importer(getattr(quantity.view, "importer", "USA")).law, on, on)


# --- tables of a reconciliation: the steps from our number to another, and the definitions by how near they c --------


#: First and last row of the steps.
OWN_BAR, THEIRS = "ours", "theirs"

#: Steps that move less are dropped where not everything is asked for.
SMALLEST = {Unit.SHARE: 5e-5, Unit.USD: 5e6, Unit.DOLLARS: 0.5}

#: Quantities that are compared -> what the register calls them.
NAMES = {
    REVENUE: "reconcile.revenue_of",
    AVERAGE: "reconcile.average_of",
    PRICES: "reconcile.prices",
    HOUSEHOLDS: "reconcile.household",
    GDP: "reconcile.gdp",
    INCOME: "reconcile.income",
    JOBS: "reconcile.jobs",
}


def reconciliation_tables(answer: Reconciliation, everything: bool = False) -> list[Table]:
    """Tables `bridge`, `nearest` where definitions or choices are proposed, and the `figures` of models on record.

    Parameters
    ----------
    everything : steps that move nothing as well.
    """
    tables = [bridge_table(answer, everything), *([nearest_table(answer)] if answer.nearest else [])]
    return [*tables, figures_table(answer)] if answer.number.what in MODELLED else tables


def bridge_table(answer: Reconciliation, everything: bool = False) -> Table:
    """The steps: our number first, what is not explained before theirs last; moves sum to the difference."""
    walked, unit, counting = answer.waterfall, answer.number.unit, answer.counting
    bars = [bar for bar in walked.steps if everything or abs(bar.points) >= SMALLEST[unit]]
    nothing = float("nan")
    rows = [(OWN_BAR, f"ours ({'; '.join(answer.stands_on)})", nothing, walked.ours), *map(_row, bars)]
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


def figures_table(answer: Reconciliation) -> Table:
    """Figures on record of the quantity, of all countries."""
    rows = [
        (row.name, row.who, str(figure.report), str(figure.law), figure.of, figure.value, figure.says, row.known,
         row.guessed, row.source)
        for row in other_counts() if row.what == answer.number.what for figure in row.figures
    ]  # fmt: skip
    return table_of("reconcile.figures", rows, quantity=quantity_of(answer, declared_note("reconcile.countries")))


def quantity_of(answer: Reconciliation, whose: str = "") -> str:
    """What is compared, in words: "average duty on US imports from China"."""
    if answer.number.what in MODELLED:
        return declared_note(NAMES[answer.number.what], whose=whose or place(answer.importer))
    owner = "US imports" if answer.importer == "USA" else f"imports of {place(answer.importer)}"
    goods = f" from {place(answer.partner)}" if answer.partner else ""
    return declared_note(NAMES[answer.number.what], whose=f"{owner}{goods}")


def largest(answer: Reconciliation, most: int = 2) -> Iterator[Bar]:
    """The choices that move most, as far as they show."""
    shown = [bar for bar in answer.waterfall.largest if abs(bar.points) >= SMALLEST[answer.number.unit]]
    yield from shown[:most]
