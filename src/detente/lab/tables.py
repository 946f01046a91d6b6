"""Tables and sentences of a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import Column, Table, Unit
from detente.data.tables import countries
from detente.lab.averages import grouping, range_of, scoped
from detente.lab.lookup import look_up
from detente.trade import post_value

if TYPE_CHECKING:
    from detente.lab.run import Pairing, Side
    from detente.lab.scenario import Scenario

Rows = list[tuple[Any, ...]]


def table(
    name: str, title: str, rows: Rows, columns: Sequence[tuple[str, Unit, str]], notes: Sequence[str] = ()
) -> Table:
    """A table from rows of tuples."""
    heads = tuple(Column(n, u, d) for n, u, d in columns)
    data = {c.name: np.asarray([row[i] for row in rows]) for i, c in enumerate(heads)}
    return Table(name, title, heads, data, tuple(notes))


def tables(
    scenario: Scenario, usa: Sequence[Pairing], chn: Sequence[Pairing], draws: int | None = None
) -> dict[str, Table]:
    """Every table of a result, in the order they are shown."""
    n = scenario.report.draws if draws is None else draws
    found = [
        headline(scenario, usa, n),
        by_authority(usa),
        measures(usa),
        revenue(scenario, usa),
        *(breakdown(usa, by, scenario.report.partners if by == "partner" else ()) for by in scenario.report.by),
        other_side(chn),
    ]
    if scenario.report.products:
        found.append(products(scenario, usa))
    return {t.name: t for t in found}


def headline(scenario: Scenario, pairings: Sequence[Pairing], draws: int) -> Table:
    """Average US duty before and after under each definition, with ranges."""
    rows: Rows = []
    for pair in pairings:
        before, after = pair.before, pair.after
        low, high, movers = np.nan, np.nan, ""
        if draws:
            found = range_of(after.ground, after.on, after.reading, draws, scenario.seed)
            low, high, movers = found.low, found.high, ", ".join(found.movers)
        rows.append(
            (
                pair.variant,
                "fixed weights",
                before.average,
                after.average,
                after.average - before.average,
                low,
                high,
                movers,
            )
        )
        post_before, post_after = _post(scenario, before), _post(scenario, after)
        rows.append(
            (pair.variant, "post-shock weights", post_before, post_after, post_after - post_before, np.nan, np.nan, "")
        )
    first = pairings[0].after
    return table(
        "headline",
        "Average US duty on imports",
        rows,
        (
            ("variant", Unit.TEXT, "variant of the scenario"),
            ("definition", Unit.TEXT, "statutory duty averaged at these weights"),
            ("before", Unit.SHARE, f"law of {pairings[0].before.on}"),
            ("after", Unit.SHARE, "law of the scenario"),
            ("change", Unit.POINTS, "after less before"),
            ("low", Unit.SHARE, "5th percentile over content and claim shares"),
            ("high", Unit.SHARE, "95th percentile"),
            ("movers", Unit.TEXT, "the two inputs that move it most"),
        ),
        (
            f"weights: US imports of {first.ground.flows.period}, {first.ground.flows.valuation}; {scenario.scope}",
            "post-shock weights: imports moved from the law of 1 January 2025 by an import-demand elasticity of "
            f"{scenario.report.elasticity:g}",
            "the range covers shares of goods the law asks about and trade does not show; not elasticities",
        ),
    )


def _post(scenario: Scenario, side: Side) -> float:
    """Average at weights after substitution from the law of 1 January 2025."""
    from datetime import date

    start = side.ground.rates(date(2025, 1, 1)).total
    moved = post_value(side.ground.flows.value, start, side.rates.total, scenario.report.elasticity)
    return float(moved @ side.rates.total / moved.sum())


def by_authority(pairings: Sequence[Pairing]) -> Table:
    """What each authority adds to the average, before and after."""
    rows: Rows = []
    for pair in pairings:
        old, new = _parts(pair.before), _parts(pair.after)
        rows += [
            (pair.variant, name, old[name], new[name], new[name] - old[name]) for name in new if old[name] or new[name]
        ]
    return table(
        "authority",
        "What each authority adds",
        rows,
        (
            ("variant", Unit.TEXT, "variant"),
            ("authority", Unit.TEXT, "authority"),
            ("before", Unit.SHARE, "before"),
            ("after", Unit.SHARE, "after"),
            ("change", Unit.POINTS, "after less before"),
        ),
    )


def _parts(side: Side) -> dict[str, float]:
    flows, rates = side.ground.flows, side.rates
    names = {a.id: a.name for a in side.law.authorities}
    found = {"Base duty": float(flows.value @ rates.base) / flows.total}
    return found | {names[k]: float(flows.value @ rate) / flows.total for k, rate in rates.by_authority.items()}


def measures(pairings: Sequence[Pairing]) -> Table:
    """Which measures moved the average, and by how much; they sum to the change."""
    rows: Rows = []
    for pair in pairings:
        old, new = _by_measure(pair.before), _by_measure(pair.after)
        titles = {m.id: m.title for m in (*pair.before.law.measures, *pair.after.law.measures)}
        moved = {k: new.get(k, 0.0) - old.get(k, 0.0) for k in {*old, *new}}
        chosen = sorted((k for k, v in moved.items() if abs(v) > 5e-7), key=lambda k: -abs(moved[k]))
        rows += [(pair.variant, k, titles[k], old.get(k, 0.0), new.get(k, 0.0), moved[k]) for k in chosen]
    if not rows:
        rows = [(pairings[0].variant, "none", "no measure moves the average", 0.0, 0.0, 0.0)]
    return table(
        "measures",
        "Measures that moved the average",
        rows,
        (
            ("variant", Unit.TEXT, "variant"),
            ("measure", Unit.CODE, "id in the lawbook"),
            ("title", Unit.TEXT, "what it is"),
            ("before", Unit.SHARE, "added before"),
            ("after", Unit.SHARE, "added after"),
            ("change", Unit.POINTS, "change"),
        ),
    )


def _by_measure(side: Side) -> dict[str, float]:
    found: dict[str, float] = {}
    for painted in side.schedule.duties:
        name = painted.item.measure.id
        found[name] = found.get(name, 0.0) + side.ground.exposure.duty_of(painted) / side.ground.flows.total
    return found


def revenue(scenario: Scenario, pairings: Sequence[Pairing]) -> Table:
    """Duty a year, before and after, static and with import demand that answers."""
    rows: Rows = []
    for pair in pairings:
        for label, elasticity in (
            ("static", 0.0),
            (f"elasticity {scenario.report.elasticity:g}", scenario.report.elasticity),
        ):
            old, new = _revenue(pair.before, elasticity), _revenue(pair.after, elasticity)
            rows.append((pair.variant, label, old, new, new - old))
    return table(
        "revenue",
        "Duty on a year's imports",
        rows,
        (
            ("variant", Unit.TEXT, "variant"),
            ("demand", Unit.TEXT, "answer of import demand"),
            ("before", Unit.USD, "before"),
            ("after", Unit.USD, "after"),
            ("change", Unit.USD, "change"),
        ),
        ("imports of 2024 as they were (static), or moved from the law of 1 January 2025; prices do not move",),
    )


def _revenue(side: Side, elasticity: float) -> float:
    from datetime import date

    flows, rates = side.ground.flows, side.rates
    if elasticity == 0.0:
        return float(flows.value @ rates.total)
    start = side.ground.rates(date(2025, 1, 1)).total
    return float(post_value(flows.value, start, rates.total, elasticity) @ rates.total)


def breakdown(pairings: Sequence[Pairing], by: str, first: Sequence[str] = (), top: int = 40) -> Table:
    """Average before and after by partner, section or another grouping; the largest importers first."""
    rows: Rows = []
    for pair in pairings:
        labels, worth, old = _grouped(pair.before, by)
        _, _, new = _grouped(pair.after, by)
        order = sorted(labels, key=lambda k: (k not in first, -worth[k]))
        rows += [(pair.variant, k, labels[k], worth[k], old[k], new[k], new[k] - old[k]) for k in order[:top]]
    return table(
        by,
        f"Average US duty by {by.replace('_', ' ')}",
        rows,
        (
            ("variant", Unit.TEXT, "variant"),
            (by, Unit.CODE, "code"),
            ("name", Unit.TEXT, "name"),
            ("imports", Unit.USD, "imports of 2024"),
            ("before", Unit.SHARE, "before"),
            ("after", Unit.SHARE, "after"),
            ("change", Unit.POINTS, "change"),
        ),
        ("the 40 largest" if by != "section" else "all sections",),
    )


def _grouped(side: Side, by: str) -> tuple[dict[str, str], dict[str, float], dict[str, float]]:
    flows, total = side.ground.flows, side.rates.total
    if by == "partner":
        flows, source = flows.expanded()
        total = total[source]
    groups = grouping(side.ground.where, flows, by)
    worth = np.bincount(groups.at, flows.value, minlength=len(groups.codes))
    duty = np.bincount(groups.at, flows.value * total, minlength=len(groups.codes))
    labels = dict(zip(groups.codes, groups.labels, strict=True))
    mean = duty / np.where(worth > 0, worth, 1.0)
    return (
        labels,
        dict(zip(groups.codes, worth.tolist(), strict=True)),
        dict(zip(groups.codes, mean.tolist(), strict=True)),
    )


def other_side(pairings: Sequence[Pairing]) -> Table:
    """China's average duty on US goods, before and after, with and without exclusions."""
    rows: Rows = []
    for pair in pairings:
        rows.append(
            (
                pair.variant,
                "with exclusions",
                pair.before.average,
                pair.after.average,
                pair.after.average - pair.before.average,
            )
        )
        old, new = _schedule_only(pair.before), _schedule_only(pair.after)
        rows.append((pair.variant, "schedule, no exclusions", old, new, new - old))
    return table(
        "china",
        "China's average duty on US goods",
        rows,
        (
            ("variant", Unit.TEXT, "variant"),
            ("reading", Unit.TEXT, "whether market exclusions are counted"),
            ("before", Unit.SHARE, "before"),
            ("after", Unit.SHARE, "after"),
            ("change", Unit.POINTS, "change"),
        ),
        ("weights: US exports to China of 2024 by HS6, divided among its lines; goods without a code are left out",),
    )


def _schedule_only(side: Side) -> float:
    from detente.lab.averages import ground_of

    ground = ground_of(side.law, {**side.ground.parameters, "exclusion": 0.0})
    rates = ground.rates(side.on, side.reading)
    return float(ground.flows.value @ rates.total) / ground.flows.total


def products(scenario: Scenario, pairings: Sequence[Pairing]) -> Table:
    """Duty on the products the scenario names."""
    rows: Rows = []
    for pair in pairings:
        for product in scenario.report.products:
            old, new = (
                look_up(product.line, product.partner, side.on, law=side.law, reading=side.reading).total
                for side in (pair.before, pair.after)
            )
            rows.append(
                (pair.variant, product.label or product.line, product.line, product.partner, old, new, new - old)
            )
    return table(
        "products",
        "Duty on single products",
        rows,
        (
            ("variant", Unit.TEXT, "variant"),
            ("product", Unit.TEXT, "product"),
            ("line", Unit.CODE, "tariff line"),
            ("partner", Unit.CODE, "origin"),
            ("before", Unit.SHARE, "before"),
            ("after", Unit.SHARE, "after"),
            ("change", Unit.POINTS, "change"),
        ),
    )


def sentences(scenario: Scenario, found: dict[str, Table]) -> list[str]:
    """The findings in words, each with its comparison and range."""
    said: list[str] = []
    head, china = found["headline"], found["china"]
    rows = [r for r in head.rows() if r["definition"] == "fixed weights"]
    for row, other in zip(rows, [r for r in china.rows() if r["reading"] == "with exclusions"], strict=True):
        span = "" if np.isnan(row["low"]) else f" [{row['low']:.1%} to {row['high']:.1%}]"
        move = _moved(row["change"])
        label = f"{row['variant']}: " if len(rows) > 1 else ""
        said.append(
            f"{label}the average US duty is {row['after']:.1%}{span}, {move} {row['before']:.1%}; "
            f"China's on US goods is {other['after']:.1%}, {_moved(other['change'])} {other['before']:.1%}."
        )
    return said


def _moved(change: float) -> str:
    if abs(change) < 5e-5:
        return "unchanged from"
    return f"{abs(change) * 100:.1f} points {'above' if change > 0 else 'below'}"


def country_name(code: str) -> str:
    """English name of a partner."""
    return countries().name(code)


__all__ = ["scoped", "sentences", "table", "tables"]
