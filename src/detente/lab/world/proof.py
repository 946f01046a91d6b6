"""What an auditor needs to check the world economy of a run: its accounts, the tariffs under each law, and what solves.

Accounts, elasticities and tariffs are data and taken on trust. That wages, prices and spending clear every market under
them, and that the numbers of the tables follow, can be worked out from these values alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.codes import Table, declared_note
from detente.codes.table import written
from detente.economy import Equilibrium
from detente.economy.families import family_of
from detente.lab.averages.sides import Pairing
from detente.lab.scenario import Scenario
from detente.lab.world.chosen import pairs_of, world_of
from detente.lab.world.incidence import Effect, laws, shown
from detente.lab.world.tables import NUMBERS

#: Measures of the tables that are checked; real GDP, which needs the quantity of every flow at old prices, is not.
CHECKED = ("real_income", "real_wage", "exports_to_gdp", "imports_to_gdp", "imports_from", "duty_collected")


def evidence(
    tables: Mapping[str, Table], scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]], folder: Path
) -> tuple[dict[str, Any], list[str]]:
    """Members of a proof by name, and what they leave out, in words; no member where the run has no world economy.

    Parameters
    ----------
    tables : of the run; pairings : laws that are compared, by importer; folder : of the files of the scenario.
    """
    if not {"incomes", "world", "economy"} & set(tables):
        return {}, []
    economy = world_of(scenario, folder)
    effects = shown(laws(pairings, economy, pairs_of(scenario, folder, economy)), economy, scenario.closure)
    points = dict(_points(effects))
    solved = effects[0].after.economy  # a closure may have moved the accounts
    witness = family_of(solved).witness(solved, points)
    if witness is None:
        return {}, [declared_note("package.left_world")]
    data, about = json.dumps(witness[0], separators=(",", ":")), witness[1]
    names = {id(equilibrium): name for name, equilibrium in points.items()}
    cells = [cell for effect in effects for cell in _cells(tables, effect, names)]
    about |= {"data": hashlib.sha256(data.encode()).hexdigest(), "cells": cells}
    return {"world.json": about, "world_data.json": data}, [declared_note("package.left_volumes")]


def _points(effects: Sequence[Effect]) -> Iterator[tuple[str, Equilibrium]]:
    """Every equilibrium once, by a name; one before may be of several variants."""
    first = effects[0].before
    yield "before", first
    for effect in effects:
        if effect.before is not first:
            yield f"before {effect.variant}", effect.before
        yield f"after {effect.variant}", effect.after


def _cells(tables: Mapping[str, Table], effect: Effect, names: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """Cells of the tables that the two equilibria of a variant come to, of countries that the world has."""
    about = {"before": names[id(effect.before)], "after": names[id(effect.after)]}
    single = {code for code in (*effect.economy.countries, *effect.parties) if effect.rows(code).size == 1}
    for name in ("economy", "world", "incomes"):
        for row, cells in enumerate(tables[name].rows() if name in tables else ()):
            partner = cells.get("partner", "")
            if cells["variant"] != effect.variant or not {cells["country"], partner or cells["country"]} <= single:
                continue
            columns = {cells["measure"]: "change"} if "measure" in cells else dict(zip(NUMBERS, NUMBERS, strict=True))
            for measure, column in columns.items():
                if measure in CHECKED and column in cells and cells[column] == cells[column]:
                    yield {"table": name, "row": row, "column": column, "value": written(tables[name], column, row),
                           "measure": measure, "country": cells["country"], "partner": partner, **about}  # fmt: skip
