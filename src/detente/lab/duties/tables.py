"""Tables and sentences of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.draws import moved_by
from detente.lab.averages.averages import BASE, daily_averages, moved_by_claims, of_claims
from detente.lab.averages.laid_law import DEFAULT
from detente.lab.averages.ranges import INPUTS, ranges_of, titles_of
from detente.lab.averages.reform import COPY
from detente.lab.averages.sides import SAME_LAW, START, Pairing, Row, Side, fate_words, moved, moved_table
from detente.lab.duties.among import EXCLUDED, title_of
from detente.lab.scenario import SHORT, Scenario
from detente.lab.statute.lookup import LineDuty, look_up, partners_first
from detente.lab.statute.standing import by_fate, with_fates
from detente.law import Law, Measure, MeasureKind, Painted, Period, Status, schedule_on
from detente.law.measure import FOREVER

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing, Side
    from detente.lab.scenario import Product, Scenario


#: How an average is counted.
FIXED, POST, COLLECTED = "fixed", "post", "collected"
#: What the law before is: that of the lawbooks, or one that the scenario file changes too.
SHIPPED, CHANGED = "shipped", "changed"

#: Rows of a breakdown.
TOP = 40

#: Tables of the products that a scenario names.
PRODUCTS = ("products", "ladders")

#: The other side whose duty is told with and without exclusions.
CHINA = "CHN"


def fated(build: Callable[[Sequence[Pairing]], Table], pairings: Sequence[Pairing]) -> Table:
    """A table of pairings whose rows stand in one order; with `after` and `before` under each fate of open clauses.

    Either only where the clauses matter to it. What is not known under that law, as a duty collected, is as it is.
    """
    made, words = build(pairings), fate_words(pairings)
    names = [n for n in ("after", "before") if any(getattr(pair, n).fates for pair in pairings)]
    others = by_fate(build, pairings, words, lambda pair: (pair.before, pair.after))
    data = {fate: {n: np.where(np.isnan(t[n]), made[n], t[n]) for n in names} for fate, t in others.items()}
    return with_fates(made, data, words)


def tables(
    scenario: Scenario,
    pairings: Mapping[str, Sequence[Pairing]],
    draws: int | None = None,
    wants: Callable[[str], bool] = lambda table: True,
) -> dict[str, Table]:
    """Every table of a result that is wanted, in the order they are shown; all but those of products in any case."""
    own_side = pairings[scenario.importer]
    n = scenario.report.draws if draws is None else draws
    first = headline(scenario, own_side, n)
    built = [fated(lambda pairs: first if pairs is own_side else headline(scenario, pairs, 0), own_side)]
    built += [by_authority(own_side), measures(own_side)]
    for by in scenario.report.by:
        on, own = own_side[0].after.on, scenario.importer
        first_rows = partners_first(scenario.report.partners, on, own) if by == "partner" else ()
        built.append(breakdown(own_side, by, first_rows))
    moved_most = moved_table(own_side, CHINA if CHINA in scenario.sides else "")
    extras = (moved_most, reach_table([pair for several in pairings.values() for pair in several]))
    other = [fated(other_side, pairings[CHINA])] if CHINA in scenario.sides[1:] else []
    built += [*other, *(extra for extra in extras if extra is not None)]
    if scenario.report.products and any(map(wants, PRODUCTS)):
        after = [[_answer(product, pair.after) for product in scenario.report.products] for pair in own_side]
        built += [products(scenario, own_side, after), ladders(scenario, own_side, after)]
    return {t.name: t for t in built}


def headline(scenario: Scenario, pairings: Sequence[Pairing], draws: int) -> Table:
    """Average US duty before and after under each definition, with ranges."""
    rows = [row for pair in pairings for row in _definitions(scenario, pair, draws)]
    flows, elasticity = pairings[0].after.ground.flows, scenario.report.elasticity
    return table_of(
        "duties.headline", rows, whose=whose(pairings), flows=flows, scope=scenario.scope, elasticity=elasticity,
        start=START, points=SAME_LAW * 100,
    ).named(titles_of({scenario.importer: pairings[0].after.law}))  # fmt: skip


def whose(pairings: Sequence[Pairing]) -> str:
    """Whose duty it is, before the word: "US", "European Union"."""
    return owner(pairings[0].after.law.importer)


def owner(code: str) -> str:
    """An importer before the word: "US", "European Union"."""
    return "US" if code == "USA" else partner_name(code)


def _definitions(scenario: Scenario, pair: Pairing, draws: int) -> Iterable[Row]:
    """One row per definition of the average."""
    before, after, elasticity = pair.before, pair.after, scenario.report.elasticity
    base = SHIPPED if before.shipped else CHANGED
    weights = after.ground.flows.period
    blank = (np.nan, np.nan, "", "", 0, base, weights, "")
    fixed, post = blank, blank
    if draws:
        ranges = ranges_of(after.ground, START, after.on, after.reading, elasticity, draws, scenario.seed)
        fixed, post = (
            (
                *(r.low, r.high, *[*(INPUTS.get(name, name) for name in r.movers), "", ""][:2], draws, base, weights),
                moved_by(r.value, r.low, r.high, {INPUTS.get(name, name): ends for name, ends in r.swings.items()}),
            )
            for r in ranges
        )
    head = (pair.variant, str(before.on), str(after.on))
    yield (*head, FIXED, "", *moved(before.average, after.average), *fixed)
    yield (*head, POST, "", *moved(before.post(elasticity), after.post(elasticity)), *post)
    (first, old), (last, new) = before.collected_before, after.collected_after
    months = first if first == last else f"{first} and {last}"
    yield (*head, COLLECTED, months, *moved(old, new), *blank[:-2], "", "")


def by_authority(pairings: Sequence[Pairing]) -> Table:
    """What each authority adds to the average, before and after."""
    rows = []
    for pair in pairings:
        old, new = pair.before.by_authority(), pair.after.by_authority()
        rows += [(pair.variant, n, *moved(old.get(n, 0.0), new[n])) for n in new if old.get(n) or new[n]]
    return table_of("duties.authority", rows)


def measures(pairings: Sequence[Pairing]) -> Table:
    """Which measures moved the average, and by how much; with the base duty, where it moves, they sum to the change."""
    rows: list[Row] = []
    notes: list[str] = []
    for pair in pairings:
        # What of the change comes from claims that are others under the later law; nothing where they are not.
        after = pair.after
        points = moved_by_claims(after.ground, pair.before.on, after.on, after.reading)
        claims = "" if points is None else of_claims(points)
        if claims:
            notes.append(f"{pair.variant}: {claims}" if len(pairings) > 1 else claims)
        old, new = pair.before.by_measure(), pair.after.by_measure()
        titles = {m.id: m.title for m in (*pair.before.law.measures, *pair.after.law.measures)}
        # No measure says what goods owe that may no longer claim, or may claim now.
        old[BASE], new[BASE] = (side.base for side in (pair.before, pair.after))
        claiming = claims or pair.before.law.programmes != pair.after.law.programmes
        titles[BASE] = declared_note("duties.base_as_claimed") if claiming else "Base duty"
        steps = {k: moved(old.get(k, 0.0), new.get(k, 0.0)) for k in {*old, *new}}
        chosen = sorted((k for k, step in steps.items() if abs(step[2]) > 5e-7), key=lambda k: (-abs(steps[k][2]), k))
        rows += [(pair.variant, k, titles[k], *steps[k]) for k in chosen]
    if not rows:
        rows = [(pairings[0].variant, "none", declared_note("duties.none_moves"), 0.0, 0.0, 0.0)]
    return table_of("duties.measures", rows, notes)


def groups(pair: Pairing, by: str) -> Iterator[Row]:
    """Code, name, imports and the duty before, after and between of every group of an importer's trade."""
    own, worth, new = pair.after.by_group(by)
    known, _, old = pair.before.by_group(by)
    was = dict(zip(known.codes, old.tolist(), strict=True))
    for i, code in enumerate(own.codes):
        yield (code, own.labels[i], float(worth[i]), *moved(was.get(code, np.nan), float(new[i])))


def breakdown(pairings: Sequence[Pairing], by: str, first: Sequence[str] = ()) -> Table:
    """Average before and after by partner, section or another grouping; the largest importers first."""
    rows: list[Row] = []
    for pair in pairings:
        own = sorted(groups(pair, by), key=lambda row: (row[0] not in first, -row[2]))
        rows += [(pair.variant, *row) for row in own[:TOP]]
    period = pairings[0].after.ground.flows.period
    return table_of("duties.by", rows, whose=whose(pairings), by=by, label=by.replace("_", " "), period=period, top=TOP)


def by_side(pairings: Sequence[Pairing], by: str = "section") -> Table:
    """A breakdown of another importer than that whose imports are averaged, named with its code behind."""
    code = pairings[0].after.ground.where.iso3
    title = f"Average tariff of {partner_name(code)} by {by.replace('_', ' ')}"
    return replace(breakdown(pairings, by), name=f"{by}_{code.lower()}", title=title)


def other_side(pairings: Sequence[Pairing]) -> Table:
    """China's average duty on US goods, before and after, with and without exclusions."""
    rows = []
    for pair in pairings:
        plain = [side.with_parameters(exclusion=0.0).average for side in (pair.before, pair.after)]
        rows.append((pair.variant, EXCLUDED, *moved(pair.before.average, pair.after.average)))
        rows.append((pair.variant, "schedule", *moved(*plain)))
    return table_of("duties.china", rows, period=pairings[0].after.ground.flows.period)


def _answer(product: Product, side: Side) -> LineDuty:
    """The duty on a product the scenario names, on one side."""
    return look_up(product.line, product.partner, side.on, law=side.law, reading=side.reading)


def products(scenario: Scenario, pairings: Sequence[Pairing], after: Sequence[Sequence[LineDuty]]) -> Table:
    """Duty on the products the scenario names; `after` : the later answer of each, by pairing."""
    rows = []
    for pair, answers in zip(pairings, after, strict=True):
        for product, new in zip(scenario.report.products, answers, strict=True):
            old, label = _answer(product, pair.before).total, product.label or product.line
            rows.append((pair.variant, label, product.line, product.partner, *moved(old, new.total)))
    return table_of("duties.products", rows)


def ladders(scenario: Scenario, pairings: Sequence[Pairing], after: Sequence[Sequence[LineDuty]]) -> Table:
    """The duty on the products the scenario names, step by step; steps of a product sum to its total."""
    rows: list[Row] = []
    for pair, answers in zip(pairings, after, strict=True):
        for product, answer in zip(scenario.report.products, answers, strict=True):
            head = (pair.variant, product.label or product.line, product.line, product.partner)
            rows += [(*head, *step) for step in _steps(answer)]
    return table_of("duties.ladders", rows)


def _steps(answer: LineDuty) -> list[Row]:
    """Authority, measure, title and points of each step of a duty, its parts of the goods weighed together."""
    base, steps = 0.0, dict[tuple[str, str, str], float]()
    for weight, ladder in zip(answer.weights, answer.ladders, strict=True):
        base += weight * ladder.base
        for term in ladder.terms:
            key = (term.authority, term.measure, term.title)
            steps[key] = steps.get(key, 0.0) + weight * term.points
    shown = [(*key, points) for key, points in steps.items() if points]
    return [("base", "", "base duty", float(base)), *shown, ("total", "", "all duties", answer.total)]


def weighed(tables: Mapping[str, Table]) -> str:
    """Whose trade weighs the duties of a result: a year, or a file; a result of before that was told is of 2024."""
    head = tables.get("headline")
    return str(head["weights"][0]) if head is not None and "weights" in head.data else DEFAULT


# --- terms ------------------------------------------------------------------------------------------------------------

#: What becomes of a measure.
BEGINS, ENDS, VOIDED, CHANGES, STAYS = "begins", "ends", "void", "changes", ""

DUTIES = (MeasureKind.DUTY, MeasureKind.EXEMPTION, MeasureKind.BAN)


@dataclass(frozen=True)
class _State:
    """A measure on a day: the period in force, None where it is not."""

    measure: Measure
    period: Period | None

    @property
    def rate(self) -> float:
        """Its one rate, share of value; zero where it is not in force, NaN where goods or partners differ."""
        if self.period is None:
            return 0.0
        rate = self.period.rate
        return np.nan if rate is None or rate.by_partner or rate.value is None else rate.value


def terms_table(pairings: Sequence[Pairing]) -> Table:
    """Measures that differ between two laws; those that move the average most come first.

    Parameters
    ----------
    pairings : variants beside what they are compared with, of any importers.
    """
    rows = [row for pairing in pairings for row in _rows(pairing)]
    return table_of("duties.terms", rows)


def _rows(pairing: Pairing) -> Iterator[Row]:
    before, after = pairing.before, pairing.after
    if before.law is after.law and before.on == after.on:
        return
    old, new = _states(before.law, before.on), _states(after.law, after.on)
    moves = _moves(before, after)
    yield from _programmes(pairing, moves)
    changed = [name for name in (old | new) if _step(old.get(name), new.get(name))]
    for name in sorted(changed, key=lambda name: -abs(moves.get(name, 0.0))):
        then, now = old.get(name), new.get(name)
        shown = now or then
        assert shown is not None
        until = now.period.end if now and now.period else FOREVER
        yield (
            pairing.variant, after.law.importer, name, shown.measure.title, shown.measure.authority,
            _step(then, now), then.rate if then else 0.0, now.rate if now else 0.0, moves.get(name, 0.0),
            "" if until == FOREVER else str(until),
            (shown.period.citation if shown.period else "") or shown.measure.citation,
        )  # fmt: skip


#: Under what programmes are counted whose goods owe less.
PREFERENCE = "preference"


def _programmes(pairing: Pairing, moves: Mapping[str, float]) -> Iterator[Row]:
    """Programmes of preference that end or begin; what no measure moves is theirs, told of the first."""
    before, after = pairing.before, pairing.after
    changed = [change for change in after.law.programmes if change not in before.law.programmes]
    left = after.average - before.average - sum(moves.values())
    for change in changed:
        programme = after.ground.where.programmes.by_symbol[change.symbol]
        yield (
            pairing.variant, after.law.importer, change.symbol, programme.name, PREFERENCE,
            BEGINS if change.opens else ENDS, np.nan, np.nan, left, "", programme.title,
        )  # fmt: skip
        left = 0.0


def _states(law: Law, on: date) -> dict[str, _State]:
    """Measures that lie on goods, by id; of a measure that a scenario changes, its copy."""
    return {
        _root(m.id): _State(m, next(iter(m.periods_on(on)), None) if m.status is Status.IN_FORCE else None)
        for m in law.measures
        if m.kind in DUTIES
    }


def _root(name: str) -> str:
    return name.partition(COPY)[0]


def _step(old: _State | None, new: _State | None) -> str:
    """What becomes of a measure between two states; "" where nothing does."""
    stood, stands = bool(old and old.period), bool(new and new.period)
    if stood and new is not None and new.measure.status is Status.VOID:
        return VOIDED
    if stood != stands:
        return BEGINS if stands else ENDS
    if not stands:
        return STAYS
    assert old is not None
    assert new is not None
    assert old.period is not None
    assert new.period is not None
    return STAYS if old.period.rate == new.period.rate else CHANGES


def _moves(before: Side, after: Side) -> Mapping[str, float]:
    """What each measure moves the average duty by, share of value."""
    moves: dict[str, float] = {}
    for side, sign in ((before, -1.0), (after, 1.0)):
        for name, share in side.by_measure().items():
            moves[_root(name)] = moves.get(_root(name), 0.0) + sign * share
    return moves


# --- daily ------------------------------------------------------------------------------------------------------------

DAILY = "daily"
#: How far beyond the day of a scenario its law is followed, where it does not say until when it runs.
BEYOND = timedelta(days=90)


def daily_tables(scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]]) -> list[Table]:
    """Tables `daily`, `daily_chn` and, of further importers, `importer_daily`, of the first variant.

    Date, average duty and what each authority adds to it. They begin with the year of the scenario, or with the law
    it is compared with, and end when the deal does.
    """
    own, *others = pairings

    def table(code: str, name: str) -> Table:
        before, after = pairings[code][0].before, pairings[code][0].after
        end = scenario.until if scenario.until and scenario.until > after.on else after.on + BEYOND
        first = min(before.on, date(after.on.year, 1, 1))
        return replace(daily_averages(after.ground, first, end, after.reading), name=name)

    tables, own_tables = [table(own, DAILY)], set()
    if CHINA in scenario.sides[1:]:
        tables.append(replace(table(CHINA, f"{DAILY}_chn"), title=title_of(DAILY, CHINA)))
        own_tables = {CHINA}
    further = [code for code in others if code not in own_tables and (code in scenario.sides or code not in SHORT)]
    rows = [(row["date"], code, row["average"]) for code in further for row in table(code, DAILY).rows()]
    return [*tables, table_of("daily.importer_daily", rows)] if further else tables


# --- reach ------------------------------------------------------------------------------------------------------------

#: Share of the trade meant below which nothing is named.
SMALLEST = 5e-5


@dataclass(frozen=True)
class Reach:
    """The trade a measure is meant for, on which it is owed, and what takes its place, USD.

    Attributes
    ----------
    taken : id of the measure that takes its place -> imports it does so on; two may name the same goods.
    """

    measure: str
    title: str
    meant: float
    owed: float
    taken: dict[str, float]


def reaches(side: Side) -> Iterator[Reach]:
    """The reach of each duty in force that is not in the shipped law and no change of it, in the order of the law."""
    shipped = importer(side.law.importer).law.by_id
    own = (m for m in side.law.measures if m.id not in shipped and m.kind is MeasureKind.DUTY)
    added = {m.id for m in own if m.id.partition(COPY)[0] not in shipped}
    if not added:
        return
    exposure = side.here.exposure
    schedule = schedule_on(exposure.space, side.on, side.reading, record=True)
    for name in dict.fromkeys(p.item.measure.id for p in schedule.duties if p.item.measure.id in added):
        parts = [painted for painted in schedule.duties if painted.item.measure.id == name]
        taken: dict[str, float] = {}
        for part in parts:
            for by, where in part.displaced.items():
                taken[by] = taken.get(by, 0.0) + exposure.duty_of(_whole(part, where))
        meant = sum(exposure.duty_of(_whole(part, part.applies)) for part in parts)
        owed = sum(exposure.duty_of(_whole(part, part.owed)) for part in parts)
        yield Reach(name, parts[0].item.measure.title, meant, owed, taken)


def _whole(painted: Painted, where: np.ndarray) -> Painted:
    """The measure at a rate of one somewhere: the duty is the trade there."""
    return replace(painted, owed=where, rate=np.ones_like(painted.rate), floor=False)


def reach_table(pairings: Sequence[Pairing]) -> Table | None:
    """On how much trade each added duty is meant and owed, and what takes the rest; none where nothing is added."""
    rows = [row for pair in pairings for reach in reaches(pair.after) for row in _reach_rows(pair, reach)]
    return table_of("duties.reach", rows) if rows else None


def _reach_rows(pair: Pairing, reach: Reach) -> Iterator[tuple[object, ...]]:
    law = pair.after.law
    head = (pair.variant, law.importer, reach.measure, reach.title)
    yield (*head, "meant for", "", reach.meant)
    yield (*head, "owed on", "", reach.owed)
    for by, imports in sorted(reach.taken.items(), key=lambda pair: -pair[1]):
        if imports > SMALLEST * reach.meant:
            yield (*head, law.by_id[by].title, by, imports)


ReachRow = Mapping[str, Any]


def short_of(table: Table | None) -> Iterator[tuple[ReachRow, ReachRow, Sequence[ReachRow]]]:
    """Each added duty that is not owed on all it is meant for: what is meant, what is owed, what takes the rest."""
    for _, rows in groupby(() if table is None else table.rows(), key=itemgetter("variant", "importer", "measure")):
        meant, owed, *taken = rows
        if taken and meant["imports"] - owed["imports"] > SMALLEST * meant["imports"]:
            yield meant, owed, taken


# --- importers --------------------------------------------------------------------------------------------------------

#: Partners of an importer that are shown.
MOST_PARTNERS = 20

#: Change of a duty up to which it stands still, share.
STILL = 5e-7

#: Imports and duties of a partner from which nothing comes.
NONE = (0.0, 0.0, 0.0)

Pairings = Mapping[str, Sequence[Pairing]]


def importer_tables(pairings: Pairings) -> Iterator[Table]:
    """Tables `importers` and, of others than the United States and China, those by pair, partner and section."""
    every = [(code, pair) for code, several in pairings.items() for pair in several]
    yield table_of("duties.importers", [_averages(*own) for own in every])
    if tuple(pairings) == tuple(SHORT):
        return
    partners = []
    for code, pair in every:
        own = [(name, *rest) for name, _, *rest in groups(pair, "partner")]
        own.sort(key=lambda row: (abs(row[4]) <= STILL, -row[1]))
        partners += [(pair.variant, code, *row) for row in own[:MOST_PARTNERS]]
    yield table_of("duties.importer_partners", partners, top=MOST_PARTNERS)
    yield table_of("duties.importer_pairs", [row for own in every for row in _between(*own, pairings)])
    sections = [(pair.variant, code, *row) for code, pair in every for row in groups(pair, "section")]
    yield table_of("duties.importer_sections", sections)


def _averages(code: str, pair: Pairing) -> Row:
    flows, file = pair.after.ground.flows, pair.after.ground.where.file
    return (
        pair.variant, code, str(pair.before.on), str(pair.after.on), *moved(pair.before.average, pair.after.average),
        flows.total, f"{flows.period}, {flows.valuation}", file.level,
    )  # fmt: skip


def _between(code: str, pair: Pairing, pairings: Pairings) -> Iterator[Row]:
    """The average of an importer on goods of each other one that it trades with; a union is the sum of its members."""
    by_partner = {name: (worth, old, new) for name, _, worth, old, new, _ in groups(pair, "partner")}
    for other in pairings:
        rows = [row for name in sorted(importer(other).members) if (row := by_partner.get(name, NONE))[0] > 0]
        if other != code and rows:
            worth = sum(row[0] for row in rows)
            ends = [sum(row[0] * row[end] for row in rows) / worth for end in (1, 2)]
            yield (pair.variant, code, other, worth, *moved(*ends))
