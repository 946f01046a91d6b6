"""How an average is taken, as the choices that published averages differ in, and the choices of each publisher by name.

Averages by HS6 subheading are made where trade is known by HS6 alone, as in PIIE's charts of the United States and
China: each subheading owes the highest duty of its lines, metals duties fall on the whole good.

An average may stand at the imports that the world economy would leave, in place of the trade as it was: the law of a
day and that of 1 January 2025 are solved in the world `icio-2022`. Imports of each partner and sector then weigh as the
solved world moves them; goods within one keep to each other.

Some choices of a publisher can be named and not be made here: a method given up, a carve-out of goods whose list is not
on record. Where two figures of the publisher tell what such a choice moved, it is a step like the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, declared_note, table_of, table_with
from detente.codes.axis import Floats
from detente.codes.days import BASE_DAY
from detente.data.definitions import (
    OURS,
    POST,
    Chosen,
    Counted,
    PublishedFigure,
    Publisher,
    definition,
    definitions,
)
from detente.data.importers import METALS, importer
from detente.data.limits import memoized
from detente.data.tables import countries, partner_name, place
from detente.data.worlds import load_economy
from detente.economy import Shock, solve
from detente.lab.averages.averages import ELASTICITY, average, class_of_lines, grouping
from detente.lab.averages.axes import WORLD, Axes, laid, rows_of, tariff_under
from detente.lab.averages.laid_law import READ, LaidLaw, laid_law
from detente.lab.averages.revenue import paid_table
from detente.lab.averages.waterfall import Option, made, setting
from detente.lab.statute.standing import standing_of
from detente.law import Law, Reading
from detente.trade import Definition, PairRates, average_table, post_value

HS6 = 6


def average_by_subheading(ground: LaidLaw, day: date, reading: Reading, whole_metals: bool) -> float:
    """Average duty on trade with one partner, every subheading at the highest duty among all its lines, share.

    Parameters
    ----------
    whole_metals : duties on the metal in a good are owed on the whole of it, as the metal it holds most of.
    """
    flows = ground.flows
    subheading = np.unique(flows.lines.codes.astype(f"<U{HS6}"), return_inverse=True)[1]
    value = np.bincount(subheading[flows.line_at], flows.value, subheading.max() + 1).astype(np.float64)
    # The same trade as a dollar on every line of the subheadings that have any.
    lines = np.flatnonzero(value[subheading] > 0)
    zero = np.zeros(lines.size)
    dollars = replace(
        flows, line_at=lines, partner_at=np.full(lines.size, flows.partner_at[0]), value=zero + 1.0, claim=zero,
        duty=zero, estimated=zero.astype(bool),
    )  # fmt: skip
    everywhere = LaidLaw(ground.law, dollars.claiming(zero), ground.parameters)
    rates = (
        whole_metal_rates(everywhere, day, reading) if whole_metals else everywhere.reaching(day).rates(day, reading)
    )
    highest = np.full(value.size, -np.inf)
    np.maximum.at(highest, subheading[everywhere.flows.line_at], rates.total)
    traded = value > 0
    return float(highest[traded] @ value[traded] / value.sum())


def whole_metal_rates(ground: LaidLaw, day: date, reading: Reading) -> PairRates:
    """Duty of every pair where the metal that a good holds most of counts as the whole of it."""
    if "metal" not in ground.law.aspects:
        return ground.reaching(day).rates(day, reading)
    most = ground.where.shares(ground.law, "trade", ground.parameters).by_aspect["metal"].argmax(axis=0)
    given = ({**ground.parameters, f"{metal}_content": 1.0} for metal in METALS)
    by_metal = [LaidLaw(ground.law, ground.flows, each).reaching(day).rates(day, reading) for each in given]
    metal, pair = most[ground.flows.line_at], np.arange(ground.flows.value.size)

    def chosen(parts: Sequence[Floats]) -> Floats:
        return np.stack(parts)[metal, pair]

    names, none = dict.fromkeys(name for rates in by_metal for name in rates.by_authority), np.zeros(pair.size)
    return PairRates(
        chosen([rates.base for rates in by_metal]),
        chosen([rates.total for rates in by_metal]),
        {name: chosen([rates.by_authority.get(name, none) for rates in by_metal]) for name in names},
    )


def answered_weights(
    ground: LaidLaw, on: date, rates: Callable[[date], Floats], by_sector: bool = True, replies: tuple[str, ...] = ()
) -> Floats:
    """Imports after the world economy has answered, of every pair of the divided flows, USD, shape (pairs,).

    Parameters
    ----------
    rates : duty of every pair of the undivided flows on a day, share of customs value.
    by_sector : whether goods of a partner move against each other too, or partners against partners alone.
    replies : other importers whose law of the day is laid on the world as well, as "CHN".
    """
    economy = load_economy(WORLD)
    axes = Axes.of(economy)
    trade, own = laid(ground, axes), rows_of(economy, ground.law.importer)

    def imports(day: date) -> Floats:
        """In the solved world by partner and sector, net of duty, USD."""
        duties = {ground.law.importer: trade.mean(rates(day)), **{code: _duties(code, day) for code in replies}}
        return solve(economy, Shock(tariff=tariff_under(economy, duties))).levels["trade"][own].sum(axis=0)

    old, new = imports(BASE_DAY), imports(on)
    moved = _ratio(new, old) if by_sector else np.broadcast_to(
        _ratio(new.sum(axis=1), old.sum(axis=1))[:, None], new.shape
    )  # fmt: skip
    divided, _ = ground.flows.expanded()
    row, column = axes.rows(divided.partners)[divided.partner_at], axes.columns(ground)[divided.line_at]
    placed = (row >= 0) & (column >= 0)
    # Goods without a sector, as those of chapters 98 and 99, move as imports do on the whole.
    rest = float((trade.worth * moved).sum() / trade.worth.sum())
    return divided.value * np.where(placed, moved[np.maximum(row, 0), np.maximum(column, 0)], rest)


def _ratio(new: Floats, old: Floats) -> Floats:
    return np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0)


@memoized
def _duties(code: str, on: date) -> Floats:
    """Duties of an importer on a day by partner and sector of the world, share."""
    ground = laid_law(importer(code).law)
    return laid(ground, Axes.of(load_economy(WORLD))).mean(ground.rates(on).total)


#: Kinds of substitution for which the world economy is solved.
ANSWERED = ("world", "partners")

#: Importers whose duties on US goods are a reply.
REPLIES = ("CHN",)


@dataclass(frozen=True)
class View:
    """How an average is taken: the choices that publications differ in.

    Attributes
    ----------
    claims : as in `laid_law`; "" = its default. weights : a year, or the path of a file.
    announced, void : measures put in force and out of it, by id or as "basis:IEEPA".
    given : shares of goods set, by name.
    schedule : whether the base duty is that of the schedule, with no exemption claimed.
    post : "" = trade as it was; "own" = after each flow has answered its own duty since 1 January 2025; "world" = after
        the world economy has, by partner and sector; "partners" = the same, by partner alone.
    retaliation : whether China's duties on US goods are laid on the world that answers.
    exports : goods weighed by what the exporter sells to the whole world, by sector.
    by_hs6 : see `average_by_subheading`. whole_metals : duties on the metal in a good are owed on the whole of it.
    paid : duty collected in the month of the day instead of the law, or receipts of the month after.
    since : where a change is meant, the day it is counted from.
    """

    on: date
    importer: str = "USA"
    partner: str = ""
    scope: str = "tariff-lines"
    claims: str = ""
    weights: str = "2024"
    reading: Reading = Reading.EFFECTIVE
    announced: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    given: tuple[tuple[str, float], ...] = ()
    schedule: bool = False
    post: str = ""
    retaliation: bool = False
    exports: bool = False
    by_hs6: bool = False
    whole_metals: bool = False
    paid: bool = False
    since: date | None = None

    @property
    def month(self) -> str:
        """Month of the day, as "2025-03"."""
        return self.on.strftime("%Y-%m")


def value_of(view: View) -> float:
    """The average of a view, or its change, share of customs value."""
    if view.since is None:
        return _value_on(view)
    return _value_on(view) - _value_on(replace(view, on=view.since))


@memoized
def _value_on(view: View) -> float:
    if view.paid:
        return float(paid_table(view.month, view.partner or "all")["rate"][0])
    if view.by_hs6:
        return average_by_subheading(ground_of_view(view), view.on, view.reading, whole_metals=True)
    ground = ground_of_view(view).reaching(min(view.on, BASE_DAY))
    if not view.post and not view.whole_metals:
        return ground.whole(view.on, view.reading)
    rates, weights = _rates(view, ground, view.on).total[ground.flows.expanded()[1]], _weights(view, ground)
    return float(weights @ rates / weights.sum())


def table_of_view(view: View, by: Sequence[str] = (), law: Law | None = None) -> Table:
    """The average of a view by any of `averages.BY`, as `average` has it.

    Parameters
    ----------
    law : in the place of the importer's on record.

    Raises
    ------
    InputError : groups of an average that has none: of duty paid, or by subheading at the highest duty.
    """
    if by and (view.paid or (view.by_hs6 and tuple(by) != ("partner",))):
        raise InputError(Parameter("by"), "this definition has the whole alone", "leave the groups out")
    if view.paid:
        return paid_table(view.month, view.partner or "all")
    ground = ground_of_view(view, law)
    period, read = ground.flows.period, declared_note(READ[view.reading], on=view.on)
    fixed = declared_note("averages.weights_fixed", flows=period)
    if view.by_hs6:
        # One row, with the partner whose goods they are where it is to be named.
        mean = average_by_subheading(ground, view.on, view.reading, whole_metals=True)
        data: dict[str, NDArray[np.generic]] = {"partner": np.asarray([view.partner])} if by else {}
        data |= {"imports": np.asarray([ground.flows.total]), "average": np.asarray([mean])}
        group = [{"group": "partner", "unit": "code", "title": "partner", "label": "partner"}] if by else []
        return table_with("averages.average", data, (fixed, read), ("base",), group=group, authority=[])
    if view.post not in ANSWERED and not view.whole_metals:
        how = Definition.POST if view.post else Definition.FIXED
        return average(ground, view.on, by, definition=how, reading=view.reading)
    ground = ground.reaching(view.on)
    flows, source = ground.flows.expanded()
    rates, weights = _rates(view, ground, view.on).take(source), _weights(view, ground)
    note = fixed
    if view.post in ANSWERED:
        note = declared_note("averages.weights_answered", flows=period, world=WORLD, law=BASE_DAY)
    elif view.post:
        note = declared_note("averages.weights_elastic", flows=period, elasticity=ELASTICITY)
    table = average_table(
        ground.law, rates, weights, [grouping(ground.where, flows, name) for name in by], (note, read)
    )
    return table.standing_on(standing_of(ground.law, view.on, view.on, partners=ground.chosen))


def _rates(view: View, ground: LaidLaw, day: date) -> PairRates:
    return whole_metal_rates(ground, day, view.reading) if view.whole_metals else ground.rates(day, view.reading)


def _weights(view: View, ground: LaidLaw) -> Floats:
    """Weight of each pair of the divided flows, USD."""

    def duty(day: date) -> Floats:
        return _rates(view, ground, day).total

    if view.post in ANSWERED:
        replies = REPLIES if view.retaliation else ()
        return answered_weights(ground, view.on, duty, view.post == "world", replies)
    flows, source = ground.flows.expanded()
    if not view.post:
        return flows.value
    return post_value(flows.value, duty(BASE_DAY)[source], duty(view.on)[source], ELASTICITY)


def ground_of_view(view: View, law: Law | None = None) -> LaidLaw:
    """The law and the trade that a view averages, whatever the day of the law; `law` in the place of that on record."""
    bare = replace(view, on=date.min, post="", retaliation=False, since=None, by_hs6=False, whole_metals=False)
    return _ground(bare) if law is None else _laid(bare, law)


_ground = memoized(lambda view: _laid(view, importer(view.importer).law))


def _laid(view: View, law: Law) -> LaidLaw:
    law = law.with_announced(view.announced) if view.announced else law
    law = law.without(view.void) if view.void else law
    ground = laid_law(law, dict(view.given), view.scope, view.claims, view.weights)
    if view.partner:
        ground = ground.only(importer(view.importer).countries.expand(view.partner, where=Parameter("partner")))
    if view.schedule:
        flows = ground.flows
        ground = LaidLaw(law, flows.claiming(np.zeros_like(flows.claim)), ground.parameters)
    return at_world_sales(ground) if view.exports else ground


def at_world_sales(ground: LaidLaw) -> LaidLaw:
    """The same law on trade with one partner whose sectors weigh as the partner's exports to the world do.

    Exports are those of `icio-2022`; lines of a sector keep to each other, goods without a sector are left out.
    """
    flows = ground.flows
    sellers = [flows.partners[index] for index in np.unique(flows.partner_at).tolist()]
    if len(sellers) != 1:
        what = f"names {len(sellers)} countries, and this way of counting weighs goods by what one of them exports"
        raise InputError(Parameter("partner"), what, "name one country, as in China")
    world = load_economy(WORLD)
    index = world.countries.index(sellers[0])
    abroad = np.delete(world.arrays["flows"][:, index, :], index, axis=0).sum(axis=0)
    sales = dict(zip(world.sectors, abroad.tolist(), strict=True))
    names, sector = np.unique(class_of_lines(ground.where, "icio28"), return_inverse=True)
    have = np.bincount(sector[flows.line_at], flows.value, minlength=names.size)
    goal = np.asarray([sales.get(name, 0.0) for name in names.tolist()])
    factor = np.where(have > 0, goal / np.where(have > 0, have, 1.0), 0.0)
    moved = replace(flows, value=flows.value * factor[sector[flows.line_at]] * flows.total / goal[have > 0].sum())
    return LaidLaw(ground.law, moved.take(moved.value > 0), ground.parameters)


#: Note of the register that says what is chosen.
WORDS = {
    "pre": "choices.pre",
    "own": "choices.own",
    "world": "choices.world",
    "partners": "choices.partners",
    "published": "choices.published",
    "effective": "choices.effective",
    "all": "choices.all",
    "tariff-lines": "choices.tariff_lines",
    "2024": "choices.claims_2024",
    "2025H2": "choices.claims_2025",
    "observed": "choices.claims_observed",
}

#: The same of shares that are set; others are said by their names.
GIVEN = {
    "steel_content": "choices.steel",
    "aluminum_content": "choices.aluminium",
    "s301_exclusion": "choices.no_exclusions",
    "exclusion": "choices.no_chinese_exclusions",
    "aircraft_use": "choices.aircraft",
}

#: Words of a reader's own importer and partner.
OWN = {"importer": "imports of {}", "partner": "goods from {}"}


def choices(publisher: Publisher | str, on: date, substitution: str = "") -> tuple[Option[View], ...]:
    """What a publisher chooses otherwise than we do, in the order in which a reconciliation takes the steps.

    Parameters
    ----------
    on : day of the report or of the law; dated choices are those that held then.
    substitution : "pre", "own", "world" or "partners" in the place of the publisher's; "post" = as it publishes it.

    Raises
    ------
    UnknownName : no definition has that name.
    """
    who = definition(publisher) if isinstance(publisher, str) else publisher
    chosen = who.chosen_on(on)
    if substitution:
        chosen = replace(chosen, substitution=chosen.answer if substitution == POST else substitution)
    return tuple(_choices(chosen, who.counted(on)))


def _choices(chosen: Chosen, counted: Counted | None) -> Iterator[Option[View]]:
    if chosen.partner or chosen.importer != View(date.min).importer:
        goods = f"goods from {partner_name(chosen.partner)}" if chosen.partner else "all goods"
        whose = f"{goods}, imported by {partner_name(chosen.importer)}"
        yield setting("partner", whose, importer=chosen.importer, partner=chosen.partner)
    if chosen.scope:
        yield setting("scope", declared_note(WORDS[chosen.scope]), scope=chosen.scope)
    for name, share in chosen.given:
        words = declared_note(GIVEN[name], share=share) if name in GIVEN else f"{name} {share:g}"
        yield Option(name, words, partial(_giving, name, share))
    if chosen.schedule:
        yield setting("schedule", declared_note("choices.no_claim"), schedule=True)
    if chosen.weights:
        yield setting("weights", f"trade of {chosen.weights}", weights=chosen.weights)
    if chosen.claims:
        yield setting("claims", declared_note(WORDS[chosen.claims]), claims=chosen.claims)
    if chosen.reading:
        yield setting("reading", declared_note(WORDS[chosen.reading]), reading=Reading(chosen.reading))
    if counted is not None:
        kept = {} if counted.on is None else {"on": counted.on}
        yield setting("counts", counted.says, announced=counted.announced, void=counted.void, **kept)
    if chosen.exports:
        yield setting("exports", declared_note("choices.exports"), exports=True)
    if chosen.whole_metals:
        yield setting("whole_metals", declared_note("choices.whole_metals"), whole_metals=True)
    if chosen.by_hs6:
        yield setting("by_hs6", declared_note("choices.by_hs6"), by_hs6=True)
    if chosen.substitution != "pre":
        yield setting("substitution", declared_note(WORDS[chosen.substitution]), post=chosen.substitution)
        if chosen.retaliation:
            yield setting("retaliation", declared_note("choices.retaliation"), retaliation=True)
    if chosen.paid:
        yield setting("paid", declared_note("choices.paid"), paid=True)


def _giving(name: str, share: float, view: View) -> View:
    """A view with one more share of the goods set."""
    return replace(view, given=tuple(sorted((dict(view.given) | {name: share}).items())))


def view_as(publisher: Publisher | str, on: date, substitution: str = "") -> View:
    """The view of a day as a publisher would take it; errors as `choices`."""
    return made(View(on), choices(publisher, on, substitution))


def average_as(name: str, on: date, substitution: str = "") -> float:
    """The average of a day under a definition by name, share of customs value; errors as `choices`."""
    return value_of(view_as(name or OURS, on, substitution))


def average_table_as(
    name: str,
    on: date,
    by: Sequence[str] = (),
    *,
    changed: Mapping[str, Any] | None = None,
    substitution: str = "",
    law: Law | None = None,
) -> Table:
    """The average of a day under a definition by name, whole or by any of `averages.BY`; its first note says how.

    Parameters
    ----------
    changed : fields of the view chosen otherwise, as {"weights": "2019"}; they go before the publisher's.
    law : in the place of the law on record.

    Raises
    ------
    UnknownName, InputError : a name, group, year or day that cannot be.
    """
    who = definition(name)
    yours = dict(changed or {})
    if yours.get("partner"):
        yours["partner"] = countries().code(yours["partner"], Parameter("partner"))
    kept = [choice for choice in choices(who, on, substitution) if choice.name not in yours]
    # Who names a partner alone asks for another's goods in the country whose imports the publisher counts.
    start = View(yours.get("on", on), who.chosen_on(on).importer)
    view = replace(made(start, kept), **{key: value for key, value in yours.items() if key != "on"})
    _check_importer(who, who.chosen_on(on), view.importer)
    table = table_of_view(view, by, law)
    return replace(table, notes=(sentence(who, kept, yours), *table.notes))


def _check_importer(who: Publisher, chosen: Chosen, code: str) -> None:
    """Refuse choices of a publisher about one importer's law for another whose law they cannot be laid on."""
    if code == chosen.importer:
        return
    aspects = importer(code).law.aspects
    if chosen.partner or any(name not in aspects for name, _ in chosen.given):
        counted = f"{who.short} counts imports of {place(chosen.importer)}, by choices that fit its law alone"
        what = f"is {place(code)}, but {counted}"
        raise InputError(Parameter("of"), what, f"name {place(chosen.importer)}, or another publisher")


def sentence(who: Publisher, kept: Sequence[Option[View]], yours: Mapping[str, Any]) -> str:
    """Which definition an average follows, with every choice in short words; those of the reader are marked."""
    own = [f"{_worded(key, value)} (yours)" for key, value in yours.items()]
    words = "; ".join([*(choice.words for choice in kept), *own])
    return f"as {who.short} counts: {words or 'every choice as ours'}"


def _worded(key: str, value: Any) -> str:
    text = getattr(value, "value", value)
    if key == "weights":
        return f"trade of {text}"
    if key in OWN:
        return OWN[key].format(partner_name(text))
    if key == "given":
        return ", ".join(f"{name} {share:g}" for name, share in value)
    return declared_note(WORDS[str(text)]) if str(text) in WORDS else f"{key} {text}"


def definitions_table() -> Table:
    """Every definition on record: who, the choices of today's method, what is known of it and what is guessed."""
    rows = [
        (
            name,
            who.title,
            "; ".join(choice.words for choice in choices(who, date.max)) or "every choice as ours",
            " ".join(who.known),
            " ".join(who.guessed),
            len(who.figures),
            who.source,
        )
        for name, who in definitions().items()
    ]
    return table_of("averages.definitions", rows)


def value_of_figure(figure: PublishedFigure) -> float:
    """What its publisher's definition gives for a published figure, share of customs value."""
    return value_of(made(*figure_choices(figure)))


def figure_choices(figure: PublishedFigure) -> tuple[View, list[Option[View]]]:
    """How our headline counts on the law of a published figure, and the choices of its publisher."""
    who = definition(figure.definition)
    view = View(figure.law, who.choices.importer, figure.partner or who.choices.partner)
    if figure.unit.endswith("change_pp"):
        view = replace(view, since=figure.law - timedelta(1))
    counted = who.counted(figure.report)
    # A report may give figures of other days beside that of the law it counts.
    left_out = {"partner", "counts"} if counted is not None and counted.on not in (None, figure.law) else {"partner"}
    every = choices(who, figure.report, figure.substitution)
    return view, [choice for choice in every if choice.name not in left_out]


def own_figures(publisher: Publisher, on: date, view: View) -> list[Option[View]]:
    """What a publisher's own figures say of its method, as choices that add points.

    Parameters
    ----------
    on : day of the report. view : of the publisher, with its other choices made.
    """
    if (view.importer, view.partner) != (publisher.importer, publisher.partner):
        return []
    steps, change, electronics = [], publisher.theirs.method, publisher.theirs.electronics
    if change is not None and on < change.until:
        # What the change took away: the publisher's fall over two reports less that of the law.
        laws = (replace(view, on=day, announced=(), reading=Reading.PUBLISHED) for day in (change.law, change.next_law))
        then, after = map(value_of, laws)
        points = (change.average - change.next_average) - (then - after)
        steps.append(Option[View]("method", declared_note("choices.spring"), points=points))
    if electronics is not None and on < electronics.until:
        fall = electronics.average - electronics.next_average
        steps.append(Option[View]("electronics", declared_note("choices.electronics"), points=fall))
    return steps
