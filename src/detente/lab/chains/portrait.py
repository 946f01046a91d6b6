"""What a chain is: its stages, who supplies whom, how concentrated each stage is, and whether its need adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.chains.chain import SupplyChain
from detente.codes import Table, table_of
from detente.codes.given import several
from detente.data.chain_build import figures, load_chain
from detente.data.chain_tables import concentration, elements, governance_weights, sources
from detente.data.chainfile import ChainFile, Producer, chain_file, chain_names
from detente.lab.chains.asked import blocs, chain_of

NAMED = 1e-9


def chains_table() -> Table:
    """The chains in the package."""
    rows = []
    for name in chain_names():
        file, chain = chain_file(name), load_chain(name, scope="requirement")
        need = float(chain.layout.spending.sum())
        elements = ", ".join(chain.elements)
        rows.append((name, file.title, file.restrictor, elements, len(chain.grades), len(chain.users), need))
    return table_of("chains.chains", rows)


def producers_table(file: ChainFile) -> Table:
    """Who makes what at which stage, with the range of the sources."""
    rows = [
        (p.stage, p.material, p.country, p.share.central, p.share.low, p.share.high, p.share.source)
        for p in file.producers
    ]
    return table_of("chains.producers", rows, chain=file.title)


def concentration_table(file: ChainFile) -> Table:
    """Herfindahl-Hirschman index of each stage and material, plain and weighed by governance."""
    groups: dict[tuple[str, str], list[Producer]] = defaultdict(list)
    for row in file.producers:
        groups[row.stage, row.material].append(row)
    weights, rows = governance_weights(), []
    for (stage, material), made in groups.items():
        shares = {row.country: row.share.central for row in made}
        rows.append((stage, material, shares.get(file.restrictor, 0.0), concentration(shares),
                     concentration(shares, weights)))  # fmt: skip
    return table_of("chains.concentration", rows, chain=file.title)


def dependency_table(chain: SupplyChain) -> Table:
    """Who supplies whom: need of each country by grade, and where it comes from."""
    layout = chain.layout
    spent = np.zeros(layout.licensed.shape)
    np.add.at(spent, (layout.country, layout.grade), layout.spending)
    rows = []
    for i, place in enumerate(layout.places):
        for g, grade in enumerate(chain.grades):
            if spent[i, g] > 0.0:
                third = layout.third[i, g]
                makers = [layout.places[j] for j in np.argsort(-third) if third[j] > NAMED]
                own, leaned = float(third.sum()), _leaned(chain, i, g)
                rows.append((place, grade.name, grade.stage, spent[i, g], layout.licensed[i, g], own, leaned,
                             ", ".join(makers)))  # fmt: skip
    return table_of("chains.dependency", rows, chain.notes, chain=chain.name, scope=chain.scope)


def _leaned(chain: SupplyChain, i: int, g: int) -> float:
    """Share of a country's need of a grade that others make and that falls if the restrictor's feed stops."""
    feeds = {(feed.country, feed.element): chain.value(feed.outside) for feed in chain.feeds}
    total = 0.0
    for j in np.flatnonzero(chain.layout.third[i, g] > NAMED).tolist():
        outside = min(feeds[chain.layout.places[j], e] for e in chain.grades[g].recipe)
        total += float(chain.layout.third[i, g, j]) * (1.0 - outside)
    return total


def needs_table(chain: SupplyChain) -> Table:
    """Need by country in the chain's scope, USD a year, and the value of what it needs by customs code."""
    layout = chain.layout
    spent = np.bincount(layout.country, layout.spending, minlength=len(layout.places))
    rows = [(p, usd, usd / spent.sum()) for p, usd in zip(layout.places, spent.tolist(), strict=True) if usd > 0.0]
    return table_of("chains.needs", rows, chain=chain.name, scope=chain.scope).sorted("need", descending=True)


def mines_table(file: ChainFile, chain: SupplyChain) -> Table:
    """World need of each element in products against what is known to be made (step 5); contents differ threefold."""
    world = next((row for row in file.spending if row.scope == "world"), None)
    rows = [] if world is None else _against(file, chain, world.product, world.central)
    return table_of("chains.mines", rows, chain=file.title)


def _against(file: ChainFile, chain: SupplyChain, product: str, usd: float) -> list[tuple[Any, ...]]:
    """Rows of elements in a product that has applications and known output."""
    uses = [row for row in file.applications if row.product == product]
    heavy = sum(row.share * row.heavy for row in uses)
    mean = file.parameters.get("price_NdFeB_mean")
    mine = [grade for grade in chain.grades if grade.family == product]
    controlled = {grade.id for grade in file.grades if grade.controlled}
    price = mean.central if mean is not None else float(np.mean([grade.price for grade in mine]))
    kg = np.array([usd / price * (heavy if grade.name in controlled else 1.0 - heavy) for grade in mine])
    recipe = np.array([[grade.recipe.get(e, 0.0) for e in chain.elements] for grade in mine])
    first = chain.stage_order[0]
    yields = np.array([[chain.path_yield(e, first, grade.stage) for e in chain.elements] for grade in mine])
    need = kg @ (recipe / yields)
    known = {row.element: row for row in file.elements if row.quantity_low}
    output = np.array([
        (known[e].quantity_low or 0.0) * (known[e].metal_in_oxide or 1.0) if e in known else 0.0
        for e in chain.elements
    ])  # fmt: skip
    ratio = np.divide(need, output, out=np.full_like(need, np.nan), where=output > 0.0)
    whose = {row.element: row.quantity_of for row in elements()}
    return [
        (e, need[n], output[n], ratio[n], whose.get(e, ""))
        for n, e in enumerate(chain.elements)
        if need[n] > 0.0 and e in known
    ]


def figures_table(name: str) -> Table:
    """Every figure behind a chain, with range, source and confidence: what `--set` may replace."""
    cited = sources()
    rows = [
        (key, r.central, r.low, r.high, r.unit, r.confidence,
         cited[r.source].citation if r.source in cited else r.source, r.basis)
        for key, r in sorted(figures(name).items())
    ]  # fmt: skip
    return table_of("chains.figures", rows, chain=name)


def portrait(mineral: str, country: str | Sequence[str] = ()) -> tuple[str, list[Table]]:
    """The chain of a material, and what it is: the tables of the chain, those of an element without what is of others.

    Parameters
    ----------
    country : codes of countries, or of blocs, whose rows are wanted; all by default.
    """
    name, symbols = chain_of(mineral)
    tables, codes = show_tables(name), {*blocs(country), *several(country, "country")}
    others = {element.lower() for element in load_chain(name, scope="requirement").elements} - {
        s.lower() for s in symbols
    }
    for n, table in enumerate(tables):
        kept = np.ones(len(table), dtype=bool)
        for column in ("material", "element") if symbols else ():
            if column in table.data:
                kept &= [not others.issuperset(str(text).lower().split("+")) for text in table[column]]
        if codes and "country" in table.data:
            kept &= np.isin(table["country"], list(codes))
        tables[n] = table.take(np.flatnonzero(kept))
    return name, tables


def show_tables(name: str, scope: str = "requirement") -> list[Table]:
    """What a chain is, whole."""
    file, chain = chain_file(name), load_chain(name, scope=scope)
    tables = [producers_table(file), concentration_table(file), needs_table(chain), dependency_table(chain)]
    mines = mines_table(file, chain)
    return [*tables, mines] if len(mines) else tables
