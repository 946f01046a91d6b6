"""The figures of the supply chains as records and arrays: the US network, flows, shares by stage, facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.chains.chain import Range
from detente.codes import UnknownName
from detente.data.limits import memoized
from detente.data.tables import arrays, read

MILLION = 1e6

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class UsNetwork:
    """Industries of the United States in 2017 with what they buy of one another and from abroad.

    Columns balance: ``supply[u] = use[:, u].sum() + imported[:, u].sum() + value_added[u]``; rows balance:
    ``supply[k] = use[k].sum() + final[k]`` and ``imports[k] = imported[k].sum() + final_imports[k]``.

    Attributes
    ----------
    codes, names, summary : BEA detail code, name and summary code of each industry, shape (industry,).
    stages : place in a chain of magnets (mine, compound, metal, alloy, magnet, substitute, component, product) or "".
    parts : whether the goods of the industry come with magnets inside, shape (industry,).
    supply : domestic supply of the commodity, USD of 2017, shape (industry,).
    use : use of the domestic commodity by industry, USD of 2017, shape (commodity, industry).
    imported : use of the imported commodity by industry, USD of 2017, shape (commodity, industry).
    imports : imports of the commodity for every use, USD of 2017, shape (industry,).
    value_added : value added of the industry, the residual of its costs, USD of 2017, shape (industry,).
    final : final use of the domestic commodity with exports, the residual of its uses, USD of 2017, shape (industry,).

    Notes
    -----
    Source: BEA input-output accounts, 2017 detail. Coefficients are those of the industry, levels those of the domestic
    supply of its commodity; see the catalogue entry of ``io_usa_use`` for what was cleaned.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    summary: tuple[str, ...]
    stages: tuple[str, ...]
    parts: NDArray[np.bool_]
    supply: NDArray[np.float64]
    use: NDArray[np.float64]
    imported: NDArray[np.float64]
    imports: NDArray[np.float64]
    value_added: NDArray[np.float64]
    final: NDArray[np.float64]

    @property
    def carriers(self) -> tuple[str, ...]:
        """Codes with a place in a chain of magnets."""
        return tuple(code for code, stage in zip(self.codes, self.stages, strict=True) if stage)

    def groups(self, keep: Collection[str] = ()) -> tuple[str, ...]:
        """Group of each industry: its own code for carriers and those in `keep`, else its BEA summary code.

        Raises
        ------
        UnknownName
            for a code in `keep` that is no industry of the table.
        """
        for code in keep:
            if code not in self.codes:
                raise UnknownName("BEA industry", code, self.codes, "groups of the US network")
        own = set(keep) | set(self.carriers)
        return tuple(c if c in own else s for c, s in zip(self.codes, self.summary, strict=True))


@memoized
def us_network() -> UsNetwork:
    """The US network of 397 industries; read once and kept."""
    rows, cells = arrays("io_usa_industries"), arrays("io_usa_use")
    supply = rows["supply"] * MILLION
    factor = rows["supply"] / rows["output"] * rows["input_scale"] * MILLION
    use = _square(cells, "domestic", len(supply)) * rows["row_scale"][:, None] * factor
    imported = _square(cells, "imported", len(supply)) * factor
    codes, names, summary, stages = (tuple(rows[name].tolist()) for name in ("code", "name", "summary", "stage"))
    value_added = supply - use.sum(axis=0) - imported.sum(axis=0)
    final = supply - use.sum(axis=1)
    totals = (supply, use, imported, rows["imports"] * MILLION, value_added, final)
    return UsNetwork(codes, names, summary, stages, rows["part"], *totals)


def _square(cells: Mapping[str, NDArray[Any]], column: str, size: int) -> NDArray[np.float64]:
    square = np.zeros((size, size))
    square[cells["commodity"], cells["industry"]] = cells[column]
    return square


@dataclass(frozen=True, slots=True)
class ExportFlow:
    """Exports of China: `value` in `unit` (kg or share) by product, period and destination.

    `kind` is month, part_year, year, base_share (of the year before the control), share or growth (on 2024).
    """

    product: str
    kind: str
    period: str
    destination: str
    value: float
    unit: str
    source: str
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ElementFigures:
    """One of the 17 elements, and what its quantity is of."""

    element: str
    name: str
    quantity_of: str


@dataclass(frozen=True, slots=True)
class ChainFact:
    """The lower end of a single figure: topic, item, place and period."""

    topic: str
    item: str
    place: str
    period: str
    low: float


@dataclass(frozen=True, slots=True)
class ChainSource:
    """Citation and terms behind a short name."""

    source: str
    citation: str
    terms: str


def parameters() -> dict[str, Range]:
    """Every parameter of the chains by name, with its range."""
    return {row.pop("parameter"): Range(**row) for row in read("chain_parameters").to_dicts()}


def flows() -> tuple[ExportFlow, ...]:
    """Exports of China by product, period and destination."""
    return records("chain_flows", ExportFlow)


def elements() -> tuple[ElementFigures, ...]:
    """The 17 rare-earth elements."""
    return records("chain_elements", ElementFigures)


def facts(topic: str) -> tuple[ChainFact, ...]:
    """Single figures of a topic."""
    return tuple(row for row in records("chain_facts", ChainFact) if row.topic == topic)


def sources() -> dict[str, ChainSource]:
    """Citation and terms by short name."""
    return {row.source: row for row in records("chain_sources", ChainSource)}


@memoized
def economies() -> dict[str, dict[str, float]]:
    """By country: `gdp_2017` to `gdp_2024` in current USD and `governance` of 2021; what is missing is left out."""
    rows = read("chain_economies").to_dicts()
    return {row.pop("country"): {key: value for key, value in row.items() if value is not None} for row in rows}


def records(name: str, kind: type[Record]) -> tuple[Record, ...]:
    """Rows of a table as records of that kind, in order; columns are its fields."""
    return _records(name, kind)


@memoized
def _records(name: str, kind: type[Any]) -> tuple[Any, ...]:
    names = [field.name for field in fields(kind)]
    return tuple(kind(**row) for row in read(name, names).to_dicts())


def concentration(
    shares: Mapping[str, float], weights: Mapping[str, float] | None = None, *, rest: Iterable[str] = ("ROW",)
) -> float:
    """Herfindahl-Hirschman index of shares of countries, 0 to 1; with weights, ``sum(share**2 * weight)``.

    Parameters
    ----------
    shares : country -> share of the stage; countries named in `rest` are many and add nothing.
    weights : country -> weight, for instance `governance_weights`; a country without one has weight 1.
    """
    weight = weights or {}
    return float(sum(share**2 * weight.get(code, 1.0) for code, share in shares.items() if code not in tuple(rest)))


def governance_weights() -> dict[str, float]:
    """Weights of a risk-weighted index: 1 minus the mean governance estimate over its scale of -2.5 to 2.5, times 2.

    The weight is 1 at the middle of the scale, 2 at its worst and 0 at its best end. World Bank, estimates of 2021.
    """
    estimates = {code: row["governance"] for code, row in economies().items() if "governance" in row}
    return {code: float(np.clip(1.0 - value / 2.5, 0.0, 2.0)) for code, value in estimates.items()}
