"""What claims say of an economy: real income, GDP and customs duties, of a year or under a law.

Real income and real GDP that claims speak of: of the world or of one country, in a decoupling or under duties.

GDP that claims speak of: of the world economy, or output lost where a material runs short.

Customs duties that claims speak of: received, calculated, or of a year at the law of a day.

Receipts are cash, seasonally adjusted, with refunds taken off, and come a month after the goods; calculated duty is
what entries of the month owe. What a law brings in a year is counted on imports as they were, and after demand answers.

Markets that claims speak of: their returns and levels on quoted sessions, and moves beyond the normal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from math import isfinite

import numpy as np

from detente.chains.equilibrium import GDP
from detente.codes import InputError, SolveError, declared_note
from detente.data.evidence_tables import (
    ALL,
    NOTHING,
    TradeSeries,
    customs_receipts,
    not_quoted,
    quoted,
    quoted_reaction,
    us_duties,
)
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.small_world import DEFAULT as WORLD
from detente.data.tables import place
from detente.data.worlds import load_economy
from detente.economy import Economy, Equilibrium, Shock, baseline_spending, decouple, solve
from detente.evidence import rarity
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.revenue import revenue
from detente.lab.averages.sides import Side
from detente.lab.chains.answer import answer
from detente.lab.chains.effects import DIRECT
from detente.lab.claims.fitting import OWN, level_or_change
from detente.lab.claims.materials import CHAIN, question_of
from detente.lab.claims.measurand import Basis, Measured, nothing, quantities
from detente.lab.claims.rates import IMPORTS, LAWBOOK, PUBLISHED, START, law_under
from detente.lab.claims.rows import QuantityRow, ReadingRow, period_named
from detente.lab.claims.trade import (
    TradeFlow,
    as_asked,
    flow_of,
    known_record,
    of_series,
    on_record,
    period_of,
    with_figures,
)
from detente.lab.world.effects import WorldSetting
from detente.lab.world.incidence import set_in_use
from detente.lab.world.incidence import shock as tariffs_of
from detente.law import Law, Reading

HOME = "USA"
BOTH = (HOME, "CHN")
#: Share of the trade between the two that is left: the claim's own nine tenths are gone.
LEFT = 0.1

OWN_ECONOMY, WORLDWIDE = "United States", ("world", "global")
#: What `of:` says of a year at the law of a day.
PROJECTED = "projected"

#: Changes of an equilibrium.
INCOME, OUTPUT = "welfare", "real_gdp"


def real_income(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of real income by set of elasticities, of the partner named or of the world; shares."""
    return change_of(INCOME, row, reading, as_of)


def change_of(measure: str, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of real income or real GDP by set of elasticities, of the partner named or of the world; shares."""
    named = reading.partner or row.partner or _of_population(row, reading)
    country = importer("USA").countries.resolve(named, f"quantity {row.name}, partner") if named else ""
    horizon = "short" if reading.horizon == "short" else ""
    if reading.of == "law":
        law, on = law_under(reading, as_of)
        base = row.base or START
        effects, failed = _under_laws(measure, law, on, base, reading.scope, horizon)
        scene = partial(declared_note, "claims.income_under_laws", day=on, base=base)
    else:
        effects, failed = _decoupled(measure, horizon)
        scene = partial(declared_note, "claims.income_decoupled")
    source = declared_note("claims.source_sets", world=WORLD, sets=len(effects))
    inputs = (source, *((LAWBOOK,) if reading.of == "law" else ()))
    if country and country not in effects[0]:
        return nothing(declared_note("claims.income_in_rest", country=country), *inputs)
    values = np.asarray([by_country[country] for by_country in effects])
    of_whom = importer("USA").countries.name(country) if country else "world"
    unsaid = bool(country) or reading.of == "law" or reading.label == OWN
    words = [scene(whose=of_whom)] if unsaid else []
    words.append(", ".join(f"{name} {effects[0][code]:.2%}" for code, name in NAMES.items() if code != country))
    words += [declared_note("claims.sets_unsolved", sets=failed)] if failed else []
    return Measured(float(values[0]), values, inputs, remark="; ".join(words), range_of="sets of elasticities")


def _of_population(row: QuantityRow, reading: ReadingRow) -> str:
    """Whose real income a claim means that names no partner: the importer's own under duties, else the world's."""
    words = (reading.population or row.population).casefold()
    own = quantities()[row.name].population(words) == OWN_ECONOMY
    return HOME if own or (reading.of == "law" and not any(word in words for word in WORLDWIDE)) else ""


#: The two, and the world, whose change stands beside the one judged.
NAMES: Mapping[str, str] = {"USA": "United States", "CHN": "China", "": "world"}


#: Change by country, the world's under "", for each set of elasticities; sets without a solution.
Effects = tuple[tuple[Mapping[str, float], ...], int]


@memoized
def _decoupled(measure: str, horizon: str) -> Effects:
    """Effects of the decoupling."""

    def effect(economy: Economy, shock: Shock) -> Mapping[str, float]:
        path = decouple(economy, BOTH[:1], BOTH[1:], path=(LEFT,), shock=shock)
        step = int(np.argmin(np.abs(path.trade_left - LEFT)))
        return _between(path.equilibria[0], path.equilibria[step], measure)

    return _by_set(horizon, effect)


@memoized
def _under_laws(measure: str, law: Law, on: date, base: date, scope: str, horizon: str) -> Effects:
    """Effects of the duties of both on a day, against their duties on the base day."""
    laws = {"USA": law, "CHN": importer("CHN").law}
    usual = load_economy(WORLD)
    later = tariffs_of([_side(own, on, scope) for own in laws.values()], usual)[0].tariff
    earlier = tariffs_of([_side(importer(code).law, base, scope) for code in laws], usual)[0].tariff

    def effect(economy: Economy, shock: Shock) -> Mapping[str, float]:
        old, new = (solve(economy, replace(shock, tariff=t)) for t in (earlier, later))
        return _between(old, new, measure)

    return _by_set(horizon, effect)


def _between(old: Equilibrium, new: Equilibrium, measure: str) -> Mapping[str, float]:
    """Change by country, and of the world as the mean by spending, of GDP by GDP."""
    change = (1.0 + new.changes[measure]) / (1.0 + old.changes[measure]) - 1.0
    weight = baseline_spending(old.economy) if measure == INCOME else old.levels["income"] + old.levels["revenue"]
    own = dict(zip(old.economy.countries, change.tolist(), strict=True))
    return own | {"": float(change @ weight / weight.sum())}


def _side(law: Law, on: date, scope: str) -> Side:
    return Side(str(on), on, Reading.EFFECTIVE, law, laid_law(law, None, scope))


def _by_set(horizon: str, effect: Callable[[Economy, Shock], Mapping[str, float]]) -> Effects:
    """What a run gives under each set of elasticities of the world, first the set that every run takes."""
    effects, failed = [], 0
    usual = load_economy(WORLD)
    others = [str(name) for name in usual.parameters.get("elasticity_sets", ()) if name != set_in_use(usual)]
    for name in (set_in_use(usual), *others):
        setting = WorldSetting(WORLD, name, horizon=horizon)
        economy = setting.economy()
        try:
            effects.append(effect(economy, setting.shock(economy)))
        except SolveError:
            failed += 1
    return tuple(effects), failed


@memoized
def duty_by_set(law: Law, on: date, scope: str) -> tuple[float, ...]:
    """US duty of a year in the long run by set of elasticities, USD, that of every run first.

    It stands at the trade of the world's year, under the duties of the United States and China on the day.
    """
    laws = {HOME: law, "CHN": importer("CHN").law}
    usual = load_economy(WORLD)
    tariff = tariffs_of([_side(own, on, scope) for own in laws.values()], usual)[0].tariff
    assert tariff is not None
    row = usual.country(HOME)

    def effect(economy: Economy, shock: Shock) -> Mapping[str, float]:
        return {HOME: float(solve(economy, replace(shock, tariff=tariff)).levels["revenue"][row])}

    return tuple(by_country[HOME] for by_country in _by_set("", effect)[0])


SHORTAGE = "shortage"
FIRST_YEAR = "year 1"


def gdp(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of real GDP of a country or of the world; output lost of a country alone; share.

    Raises
    ------
    UnknownName : a country nobody knows.
    """
    if reading.of != SHORTAGE:
        return change_of(OUTPUT, row, reading, as_of)
    named = reading.partner or row.partner
    if not named:
        return nothing(declared_note("claims.shortage_of_one"))
    country = importer("USA").countries.resolve(named, f"quantity {row.name}, partner")
    run = answer(question_of(reading, country, as_of), worth=False)
    lost = run.loss(country, scope=DIRECT, measure=GDP, period=FIRST_YEAR)  # Share of annual GDP at base prices.
    remark = declared_note("claims.output_lost", day=as_of, material=reading.material or CHAIN)
    return Measured(-lost, inputs=(f"chain {reading.material or CHAIN}",), remark=remark)


#: Days after the end of a month until the Treasury has published its receipts.
BOOKED = timedelta(days=12)

STATIC, ELASTIC, EQUILIBRIUM, PACE = "static", "elastic", "equilibrium", "pace"
ANSWERS = (EQUILIBRIUM, STATIC, ELASTIC, PACE)
MONTHS = 12


def _receipts(flow: TradeFlow) -> TradeSeries:
    return customs_receipts() if flow.partner == ALL else NOTHING


#: Part of gross receipts that was refunded in the four months to January 2026: net and gross as the Treasury gave them
#: in its monthly statement; other months on record lie within two hundredths of it.
REFUNDED = 1.0 - 117.7 / 124.0


def _gross(flow: TradeFlow) -> TradeSeries:
    """Receipts before refunds, from those after them."""
    net = _receipts(flow)
    return replace(net, values={month: value / (1.0 - REFUNDED) for month, value in net.values.items()})


SOURCES: Mapping[str, Callable[[TradeFlow], TradeSeries]] = {
    "receipts": _receipts, "gross": _gross, "calculated": lambda flow: us_duties(flow.partner)[1],
}  # fmt: skip


def tariff_revenue(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Customs duties of a period, USD, their change, or those of a year at the law of the day.

    Raises
    ------
    UnknownName : a record there is none of.
    """
    if reading.of == PROJECTED:
        return _projected(row, reading, as_of)
    flow = flow_of(row, reading)
    record = known_record(reading, SOURCES) or _records(flow, row, reading.of or level_or_change(row, None))[0]
    measure = of_series(SOURCES[record](flow), row, reading, _words(flow), "claims.source_calculated")
    if record == "calculated" or not isfinite(measure.value):
        return measure
    known, remark = period_of(row).last_day + BOOKED, measure.remark
    remark += f"; {declared_note('claims.source_gross', part=REFUNDED)}" if record == "gross" else ""
    return replace(measure, inputs=(declared_note("claims.source_receipts"),), known=known, remark=remark)


def _words(flow: TradeFlow) -> str:
    if flow.partner == ALL:
        return declared_note("claims.customs_duties")
    return declared_note("claims.customs_duties_on", partner=place(flow.partner))


def _projected(row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Duty of a year at the law of a day: on imports of 2024 as they were, after demand or after the world answers."""
    law, on = law_under(reading, as_of)
    partner = reading.partner or row.partner
    how = known_record(reading, ANSWERS) or (STATIC if partner else EQUILIBRIUM)
    if how == PACE:
        return _pace(row, reading, as_of)
    remark = declared_note("claims.year_at_law", day=on)
    if how != EQUILIBRIUM:
        return Measured(_of_a_year(law, on, reading.scope, partner)[how], inputs=(LAWBOOK, IMPORTS), remark=remark)
    if partner:
        return nothing(declared_note("claims.answered_by_all"), LAWBOOK, IMPORTS)
    spread = np.asarray(duty_by_set(law, on, reading.scope))
    inputs = (LAWBOOK, IMPORTS, declared_note("claims.source_sets", world=WORLD, sets=spread.size))
    return Measured(float(spread[0]), spread, inputs, remark=remark, range_of="sets of elasticities")


def _pace(row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Twelve times the duty of the last month that was public on a day."""
    flow = flow_of(row, reading)
    series = customs_receipts() if flow.partner == ALL else us_duties(flow.partner)[1]
    lag = BOOKED if flow.partner == ALL else PUBLISHED
    known = {month: value for month, value in series.values.items() if period_named(month).last_day + lag <= as_of}
    if not known:
        return nothing(on_record(series, _words(flow)), series.source)
    last = max(known)
    public, remark = period_named(last).last_day + lag, f"twelve times {last}"
    return Measured(MONTHS * known[last], inputs=(series.source,), known=public, remark=remark)


@memoized
def _of_a_year(law: Law, on: date, scope: str, partner: str) -> Mapping[str, float]:
    table = revenue(laid_law(law, None, scope), on, partner=partner)
    return {name: float(table[name].sum()) for name in (STATIC, ELASTIC)}


def _records(flow: TradeFlow, row: QuantityRow, kind: str) -> list[str]:
    """Records that have the period of a claim."""
    return with_figures({name: source(flow) for name, source in SOURCES.items()}, row, kind)


def fitted(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Listed readings that have the period of a claim, or those of a year at a law."""
    readings = quantities()[row.name].readings
    kind = (own.of if own else "") or level_or_change(row, own)
    if kind == PROJECTED:
        partner = (own.partner if own else "") or row.partner
        return tuple(r for r in readings if r.of == PROJECTED and not (partner and r.record == EQUILIBRIUM))
    if not row.period and row.year is None:
        return readings
    return as_asked(readings, _records(flow_of(row, own), row, kind), kind)


SESSIONS = "quoted sessions"
NINETY = "90% forecast interval"


def index_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Simple return of a market in a session: its close over the close before, less one."""
    market, session = reading.market or row.market, reading.session or as_of
    value = float(np.expm1(quoted(market, "return", session)))
    missing = "" if np.isfinite(value) else not_quoted(market, session)
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


def index_ratio(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Level of a market over its level on the base day."""
    if row.base is None:
        raise InputError(f"quantity {row.name}", "has no base day", "add base: 2025-04-02")
    market, session = reading.market or row.market, reading.session or as_of
    value = quoted(market, "level", session, row.base)
    apart = declared_note("claims.not_quoted_against", market=market, session=session, base=row.base)
    missing = "" if np.isfinite(value) else not_quoted(market, row.base, session) or apart
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


def abnormal_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Abnormal return of a market in a session, with the share of earlier days that moved as much."""
    market, session = reading.market or row.market, reading.session or as_of
    reaction = quoted_reaction(market, session)
    if reaction is None:
        lacking = declared_note("claims.no_event_study", market=market, session=session)
        return nothing(not_quoted(market, session) or lacking)
    remark = f"{rarity(reaction['p_placebo'])} ({reaction['placebo_days']} days from {reaction['placebo_from']})"
    spread = reaction["abnormal"] + reaction["error"] * np.asarray([-1.645, 1.645])
    inputs = (SESSIONS, declared_note("claims.source_event_study"))
    return Measured(
        reaction["abnormal"], spread, inputs, session, p_value=reaction["p_placebo"], remark=remark, range_of=NINETY
    )
