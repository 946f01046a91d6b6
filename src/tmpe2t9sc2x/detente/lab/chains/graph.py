"""Graph of a chain: makers by stage, buyers by need, and how far each leans on the country of the controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.codes import Table, UnknownName
from detente.data.chainfile import chain_file
from detente.lab.chains.portrait import show_tables

PATHS: Mapping[str, tuple[str, ...]] = {
    "magnets": ("magnet_elements", "all", "ndfeb"),
    "heavy": ("Dy+Tb", "Dy", "all", "ndfeb"),
}
"""Materials that a graph follows from stage to stage: of each the first that a stage has."""

LEAST = 0.005
"""Share of the need below which a buyer is left out."""


@dataclass(frozen=True)
class GraphStage:
    """One stage of a chain.

    Attributes
    ----------
    name : of the stage, with its material where the stage has several and none is followed.
    makers : country code -> share of the world's output, in the order of the chain's file.
    """

    name: str
    makers: Mapping[str, float]

    def held(self, country: str) -> float:
        """Share of a country, 0 where it makes nothing."""
        return self.makers.get(country, 0.0)


@dataclass(frozen=True)
class Buyer:
    """A buyer outside the country of the controls: its share of the need, and the part straight from that country."""

    country: str
    share: float
    leans: float


@dataclass(frozen=True)
class Graph:
    """A chain as a graph.

    Attributes
    ----------
    restrictor : code of the country that controls its exports.
    tables : those of `show_tables`, by name.
    """

    chain: str
    restrictor: str
    stages: tuple[GraphStage, ...]
    buyers: tuple[Buyer, ...]
    tables: Mapping[str, Table] = field(repr=False)

    @property
    def largest(self) -> GraphStage:
        """The stage at which the restrictor holds most."""
        return max(self.stages, key=lambda stage: stage.held(self.restrictor))


def chain_graph(chain: str, path: str = "magnets") -> Graph:
    """The graph of a chain of the package.

    Raises
    ------
    UnknownName : no such chain or path of materials.
    """
    if path not in PATHS:
        raise UnknownName("path", path, PATHS, "materials", f"use {', '.join(PATHS)}")
    tables = {table.name: table for table in show_tables(chain)}
    return Graph(chain, chain_file(chain).restrictor, _stages(tables["producers"], path), _buyers(tables), tables)


def _stages(producers: Table, path: str) -> tuple[GraphStage, ...]:
    """Stages in the order of the file; where none of the path's materials is made, one for each material."""
    groups: dict[str, dict[str, dict[str, float]]] = {}
    for row in producers.rows():
        makers = groups.setdefault(row["stage"], {}).setdefault(row["material"], {})
        makers[row["country"]] = row["share"]
    stages: list[GraphStage] = []
    for name, by_material in groups.items():
        material = next((substance for substance in PATHS[path] if substance in by_material), "")
        if material:
            stages.append(GraphStage(name, by_material[material]))
        else:
            stages += [GraphStage(f"{name}, {substance}", makers) for substance, makers in by_material.items()]
    return tuple(stages)


def _buyers(tables: Mapping[str, Table]) -> tuple[Buyer, ...]:
    """Buyers by need, each with the share of its need that comes straight from the restrictor, weighed by spending."""
    needs, leaning = tables["needs"], tables["dependency"]
    codes, index = np.unique(leaning["country"], return_inverse=True)
    spent = np.bincount(index, leaning["need"])
    own = np.bincount(index, leaning["need"] * leaning["restrictor"])
    share = dict(zip(codes.tolist(), (own / np.where(spent > 0.0, spent, 1.0)).tolist(), strict=True))
    rows = [row for row in needs.rows() if row["share"] > LEAST]
    return tuple(Buyer(row["country"], row["share"], share.get(row["country"], 0.0)) for row in rows)
