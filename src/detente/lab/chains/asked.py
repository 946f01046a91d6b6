"""Questions about a material in the words of a reader: an element or a chain, a cut or acts, days of stock.

Materials and countries by any name: the chain that an element is of, and the bloc that a country is counted in.

What a chain is: its stages, who supplies whom, how concentrated each stage is, and whether its need adds up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from math import isnan
from typing import Any

import numpy as np

from detente.chains.chain import SupplyChain
from detente.chains.stocks import StockDays
from detente.codes import MOST_DRAWS, InputError, Parameter, Table, UnknownName, declared_note, table_of, whole_number
from detente.codes.given import several
from detente.data.chain_build import figures, load_chain
from detente.data.chain_tables import concentration, elements, governance_weights, sources
from detente.data.chain_world import bloc_of
from detente.data.chainfile import ChainFile, Producer, chain_file, chain_names
from detente.data.tables import partner_name, place
from detente.lab.chains import tables as build
from detente.lab.chains.answer import ChainAnswer, answer
from detente.lab.chains.draws import AnswerDraws, spread
from detente.lab.chains.levers import levers_worth
from detente.lab.chains.months import SCENARIOS, ChainQuestion, Words, paths_of
from detente.lab.chains.tables import material_line, movers, notes
from detente.lab.work.chunks import Progress

#: Months of a run at most.
LONGEST = 120

HOLDERS = ("users", "national")
BASES = ("flow", "supply")
#: Names of `set` beside the figures of a chain: what a cut is of, when licences lapse, how April 2025 is read.
WORDS = ("basis", "after", "reading")


def question_of(
    mineral: str,
    on: date | None = None,
    *,
    cut: float | None = None,
    acts: str = "",
    partner: Sequence[str] = (),
    country: Sequence[str] = (),
    months: int = 24,
    stock: str | float = "",
    allocation: str = "prorata",
    given: Mapping[str, Any] | None = None,
    scope: str = "both",
) -> ChainQuestion:
    """A question about a material.

    Without a cut and acts it is the usual path of acts of its chain: the first that touches it.

    Parameters
    ----------
    on : first month of the time axis; by default that of the acts.
    given : figures in place of the central ones, and those of `WORDS`.

    Raises
    ------
    InputError, UnknownName : what cannot be.
    """
    name, symbols = chain_of(mineral)
    path = acts or ("" if cut is not None else paths_of(load_chain(name))[0])
    if path and path not in SCENARIOS and not path.endswith(".toml"):
        raise UnknownName("path of acts", path[:40], SCENARIOS, Parameter("acts"), f"use {', '.join(SCENARIOS)}")
    values = {key: _number(key, value) for key, value in (given or {}).items() if key not in WORDS}
    more: dict[str, Any] = {key: value for key, value in (given or {}).items() if key in WORDS}
    if more.get("basis", "flow") not in BASES:
        raise UnknownName("basis", str(more["basis"])[:40], BASES, Parameter("set"), f"use {' or '.join(BASES)}")
    if "after" in more:
        more["after"] = _number("after", more["after"])
    known = figures(name) if values else {}
    for key in values:
        if key not in known:
            raise UnknownName(
                "figure", key, (*known, *WORDS), Parameter("set"), f"see chain show {name}, table figures"
            )
    words = Words(float("nan") if cut is None else cut, scenario=path, elements=symbols, to=blocs(partner), **more)
    length = whole_number(months, Parameter("months"), 1, LONGEST)
    return ChainQuestion(
        name, words, length, scope, stocks_of(str(stock)), blocs(country), allocation,
        "" if on is None else f"{on:%Y-%m}", values,
    )  # fmt: skip


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(Parameter("set"), f"{name} is '{value}'", f"give a number, as {name}=0.1") from None
    if not 0.0 <= number < float("inf"):
        raise InputError(Parameter("set"), f"{name} is {number:g}", "give a number of at least 0")
    return number


def stocks_of(text: str) -> float | StockDays | None:
    """Stocks in days: one number for those of states, or `users=30,national=60`; nothing keeps those of the chain."""
    parts = several(text, "stock")
    if not parts:
        return None
    if len(parts) == 1 and "=" not in parts[0]:
        return _days(parts[0])
    days: dict[str, float] = {}
    for part in parts:
        name, equals, value = (word.strip() for word in part.partition("="))
        if not equals:
            raise InputError(Parameter("stock"), f"'{part}' says not whose it is", "write users=30,national=60")
        if name not in HOLDERS:
            raise UnknownName("holder", name, HOLDERS, Parameter("stock"), f"use {' and '.join(HOLDERS)}")
        days[name] = _days(value)
    return StockDays(days.get("national"), days.get("users"))


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        raise InputError(Parameter("stock"), f"'{text}' is no number", "give days, or users=30,national=60") from None
    if not 0.0 <= days < float("inf"):
        raise InputError(Parameter("stock"), f"is {text} days", "give days of at least 0")
    return days


@dataclass(frozen=True)
class AskedChain:
    """What came of a question about a material.

    Attributes
    ----------
    tables : the costs by country first. late : tables that are large. ranges : of the draws, or None.
    movers : of each country, the figures that move its loss most.
    """

    answer: ChainAnswer
    ranges: AnswerDraws | None
    tables: tuple[Table, ...]
    late: Mapping[str, Callable[[], Table]]
    movers: list[dict[str, Any]]


def chain_answer(question: ChainQuestion, draws: int, seed: int, progress: Progress | None = None) -> AskedChain:
    """Run a question; arguments are those of `spread`, and 0 draws leave the ranges out."""
    ranges = _drawn(question, draws, seed, progress)
    result = answer(question)
    moved = movers(result, ranges)
    # The certificate in one sentence, and that the need of every product in the file is in the run.
    c = result.certificate
    words = {"solves": c.solves, "residual": c.residual, "worst": c.worst, "walras": c.walras, "steps": c.iterations}
    solved = f"{declared_note('chains.solved', **words)}; {declared_note('chains.balances', balance=c.balance)}"
    placed = declared_note("chains.need_placed", apart=c.need, product=c.need_product)
    how = (*notes(result, ranges), solved, placed, material_line(result))
    costs = build.costs_table(result, ranges)
    tables = [
        costs.noted(*(note for note in how if note not in costs.notes)), build.losses_table(result, ranges),
        build.first_table(result, ranges).sorted("first_short"), build.short_months(result),
        build.prices_table(result, ranges), build.industries_table(result),
        *([] if result.marginal is None else [build.marginal_table(result)]),
        *([build.drivers_table(moved, result)] if moved else []),
    ]  # fmt: skip
    makers = (build.months_table, build.balance_table, build.stocks_table, build.parameters_table)
    names = ("shortage", "balance", "stocks", "parameters")
    late = {name: cache(partial(make, result)) for name, make in zip(names, makers, strict=True)}
    return AskedChain(result, ranges, tuple(tables), late, moved)


def _drawn(question: ChainQuestion, draws: int, seed: int, progress: Progress | None) -> AnswerDraws | None:
    if not whole_number(draws, Parameter("draws"), 0, MOST_DRAWS):
        return None
    return spread(question, draws, whole_number(seed, Parameter("seed"), 0), progress=progress)


@dataclass(frozen=True)
class AskedLevers:
    """What levers are worth to a country over some months, and what it loses without them, USD."""

    table: Table
    by_month: Table
    country: str
    months: int
    loss: float


def levers_answer(
    mineral: str, on: date | None, country: str, *, given: Mapping[str, Any], progress: Progress | None, **more: Any
) -> AskedLevers:
    """What the levers of a material are worth to a country, in the scope of its own users.

    Parameters
    ----------
    given : as of `question_of`; `levers` names those that are combined, and `NAME_cost` what one costs over the run.

    Raises
    ------
    InputError, UnknownName : what cannot be.
    """
    own = dict(given)
    names = several(str(own.pop("levers", "")).replace("+", ","), "set")
    known = [row.id for row in chain_file(chain_of(mineral)[0]).levers]
    costs = {name: _number(f"{name}_cost", own.pop(f"{name}_cost")) for name in known if f"{name}_cost" in own}
    asks = question_of(mineral, on, given=own, scope="direct", **more)
    made = levers_worth(asks, *blocs(country)[:1], names=names, costs=costs, progress=progress)
    table = made.worth.table()
    words = {"run": f"{asks.name}, {made.country}", "months": build.months_of(made.months)}
    title = declared_note("chains.levers_title", **words)
    rows = [
        (lever, month + 1, float(usd))
        for n, lever in enumerate(made.worth.levers)
        for month, usd in enumerate(made.worth.alone[n])
    ]
    by_month = table_of("chains.levers-by-month", rows, run=words["run"])
    shown = replace(table, title=title, notes=(*table.notes, *made.notes)).sorted("alone", descending=True)
    return AskedLevers(shown, by_month, made.country, made.months, float(made.worth.loss.sum()))


#: Elements of the chains that the table of rare earths does not name.
OTHERS = {"Ga": "gallium", "Ge": "germanium", "NdPr": "neodymium-praseodymium"}


def minerals() -> tuple[str, ...]:
    """Names that a material may be asked for by: chains, and elements by symbol and by name."""
    return (*chain_names(), *(name for row in _elements() for name in row))


def _elements() -> list[tuple[str, str]]:
    """Symbol and name of every element that the users of some chain need."""
    named = OTHERS | {row.element: row.name for row in elements()}
    used = [element for name in chain_names() for element in load_chain(name).elements]
    return [(symbol, named.get(symbol, symbol.lower())) for symbol in used]


def chain_of(mineral: str) -> tuple[str, tuple[str, ...]]:
    """The chain of a material, and its one element where it is one; a file of one's own is a chain.

    Raises
    ------
    UnknownName : neither a chain nor an element of one.
    """
    plain = mineral.strip().lower()
    if plain in chain_names() or plain.endswith(".toml"):
        return mineral.strip() if plain.endswith(".toml") else plain, ()
    symbol = next((row[0] for row in _elements() if plain in (row[0].lower(), row[1])), "")
    if not symbol:
        raise UnknownName("mineral", mineral[:60], minerals(), Parameter("mineral"), f"use {', '.join(minerals())}")
    return next(name for name in chain_names() if symbol in load_chain(name).elements), (symbol,)


def names_of(mineral: str) -> tuple[str, ...]:
    """Words that name a material: an element in full, or a chain with its elements; any other text as it stands."""
    named = {row[0]: row[1] for row in _elements()}
    if mineral.strip().lower() not in {name.lower() for name in minerals()}:
        return (mineral.strip().lower(),)
    chain, symbols = chain_of(mineral)
    whole = () if symbols else (chain.replace("-", " ").removesuffix("s"),)
    return (*whole, *(named[symbol] for symbol in symbols or load_chain(chain).elements))


def blocs(codes: str | Sequence[str]) -> tuple[str, ...]:
    """Countries as the chains count them: some are part of a bloc."""
    return tuple(dict.fromkeys(map(bloc_of, several(codes, "country"))))


def within(codes: str | Sequence[str]) -> list[str]:
    """What is to be said of countries that the chains count as part of a bloc."""
    pairs = [(code, bloc_of(code)) for code in several(codes, "country")]
    return [
        declared_note("chains.within", country=partner_name(code), bloc=place(bloc))
        for code, bloc in pairs if code != bloc
    ]  # fmt: skip


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


def stops_table() -> Table:
    """The chains in the package by what stops first if all exports are cut: who runs short, when, at what cost."""
    rows = []
    for name in chain_names():
        inquiry = question_of(name, cut=1.0)
        buyers = list(chain_answer(inquiry, 0, 0).tables[0].rows())
        none = {"country": "", "user": "", "first_short": float("nan")}
        first = min(buyers, key=lambda row: (isnan(row["first_short"]), row["first_short"]), default=none)
        ends = first["country"], first["user"], first["first_short"], sum(row["lost"] for row in buyers)
        rows.append((name, inquiry.file.title, inquiry.file.restrictor, *ends))
    rows.sort(key=lambda row: (isnan(row[5]), row[5]))
    return table_of("chains.stops", rows)


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
    for i, code in enumerate(layout.places):
        for g, grade in enumerate(chain.grades):
            if spent[i, g] > 0.0:
                third = layout.third[i, g]
                makers = [layout.places[j] for j in np.argsort(-third) if third[j] > NAMED]
                own, leaned = float(third.sum()), _leaned(chain, i, g)
                rows.append((code, grade.name, grade.stage, spent[i, g], layout.licensed[i, g], own, leaned,
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
    world = next((row for row in file.spending if row.scope == "world"), None)
    rows = [] if world is None else _against(file, chain, world.product, world.central)
    mines = table_of("chains.mines", rows, chain=file.title)
    return [*tables, mines] if len(mines) else tables
