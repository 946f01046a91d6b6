"""Tables and sentences of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.data.tables import partner_name
from detente.draws import moved_by
from detente.lab.averages.averages import BASE, moved_by_claims, of_claims
from detente.lab.averages.most_moved import moved_table
from detente.lab.averages.ranges import INPUTS, ranges_of, titles_of
from detente.lab.averages.sides import SAME_LAW, START, Row, fate_words, moved
from detente.lab.averages.weights import DEFAULT
from detente.lab.duties.among import EXCLUDED
from detente.lab.duties.reach import reach_table
from detente.lab.statute.lookup import LineDuty, look_up, partners_first
from detente.lab.statute.standing import by_fate, with_fates

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing, Side
    from detente.lab.scenario import Product, Scenario

FIXED, POST, COLLECTED = "fixed", "post", "collected"
"""How an average is counted."""
SHIPPED, CHANGED = "shipped", "changed"
"""What the law before is: that of the lawbooks, or one that the scenario file changes too."""

TOP = 40
"""Rows of a breakdown."""

PRODUCTS = ("products", "ladders")
"""Tables of the products that a scenario names."""

CHINA = "CHN"
"""The other side whose duty is told with and without exclusions."""


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
    (first, old), (last, new) = before.collected(after=False), after.collected(after=True)
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
        claims = _claims_part(pair)
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


def _claims_part(pair: Pairing) -> str:
    """What of the change comes from claims that are others under the later law, in words; "" where they are not."""
    after = pair.after
    moved = moved_by_claims(after.ground, pair.before.on, after.on, after.reading)
    return "" if moved is None else of_claims(moved)


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
    title = f"Average duty of {partner_name(code)} by {by.replace('_', ' ')}"
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
