"""The figures behind consumer prices: input-output accounts with the bridge to spending, and budgets by income."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Parameter, UnknownName
from detente.data.limits import memoized
from detente.data.tables import arrays
from detente.trade.prices import Budgets, PriceTables, import_share_bounds

MILLION = 1e6
TEN_MILLIONTH = 1e-7
#: Level of the accounts -> their year.
LEVELS = {"detail": 2017, "summary": 2024}

Rows = dict[str, NDArray[Any]]


@memoized
def price_tables(level: str = "detail") -> PriceTables:
    """Accounts of a level: `detail` (402 commodities, 2017) or `summary` (73 commodities, 2024); read once and kept.

    Raises
    ------
    UnknownName
        for another level.
    """
    if level not in LEVELS:
        raise UnknownName("level of the accounts", level, LEVELS, Parameter("accounts"), f"use {' or '.join(LEVELS)}")
    names = ("commodities", "industries", "imported_use", "requirements", "bridge", "lines")
    rows = {name: _rows(f"price_{name}", level) for name in names}
    goods, makers, lines = rows["commodities"], rows["industries"], rows["lines"]
    shape = (len(goods["code"]), len(makers["code"]))
    imported = _matrix(rows["imported_use"], ("commodity", "industry"), shape)
    output = makers["output"].astype(np.float64)
    return PriceTables(
        tuple(goods["code"].tolist()),
        tuple(makers["code"].tolist()),
        tuple(lines["title"].tolist()),
        tuple(lines["category"].tolist()),
        np.maximum(imported, 0.0) / output,
        _matrix(rows["requirements"], ("industry", "commodity"), shape[::-1]) * TEN_MILLIONTH,
        makers["domestic_inputs"] / output,
        _import_share(goods),
        **_bridge(rows["bridge"], goods, lines, at_purchasers=level == "summary"),
        year=LEVELS[level],
    )


def _rows(name: str, level: str) -> Rows:
    table = arrays(name)
    chosen = table["level"] == level
    return {column: values[chosen] for column, values in table.items() if column != "level"}


def _matrix(cells: Rows, names: tuple[str, str], shape: tuple[int, ...]) -> NDArray[np.float64]:
    matrix = np.zeros(shape)
    matrix[cells[names[0]], cells[names[1]]] = cells["value"]
    return matrix


def _import_share(goods: Rows) -> NDArray[np.float64]:
    """Bounds of the import share; final use is total less intermediate use, at least 0."""
    every = [goods[kind].astype(np.float64) for kind in ("import", "domestic")]
    final = [
        np.maximum(whole - goods[f"{kind}_inputs"], 0.0)
        for kind, whole in zip(("import", "domestic"), every, strict=True)
    ]
    return import_share_bounds(final, every, goods["consumption"].astype(np.float64))


def _bridge(cells: Rows, goods: Rows, lines: Rows, *, at_purchasers: bool) -> dict[str, Any]:
    """Cells of the bridge on the axes of the accounts; margins are never negative."""
    place = {code: i for i, code in enumerate(goods["code"].tolist())}
    row = {number: i for i, number in enumerate(lines["line"].tolist())}
    line_at = np.asarray([row[number] for number in cells["line"].tolist()], dtype=np.int64)
    producers, purchasers = (cells[name] * MILLION for name in ("producers", "purchasers"))
    return {
        "line_at": line_at,
        "commodity_at": np.asarray([place[code] for code in cells["commodity"].tolist()], dtype=np.int64),
        "producers": producers,
        "margins": np.maximum(purchasers - producers, 0.0),
        "base": purchasers if at_purchasers else producers,
        "purchasers": np.bincount(line_at, purchasers, minlength=len(row)),
    }


@memoized
def budgets() -> Budgets:
    """Budgets of the deciles of households by income before taxes, United States, 2023; read once and kept."""
    rows = arrays("price_budgets")

    def of(kind: str) -> NDArray[np.float64]:
        chosen = rows["kind"] == kind
        return rows["value"][chosen][np.argsort(rows["decile"][chosen])]

    shares = rows["kind"] == "share"
    names = tuple(dict.fromkeys(rows["category"][shares].tolist()))
    by = {name: i for i, name in enumerate(names)}
    share = np.zeros((len(names), 10))
    places = [by[name] for name in rows["category"][shares].tolist()]
    share[places, rows["decile"][shares] - 1] = rows["value"][shares]
    total = totals()
    growth = total["consumption_2024"] / total["consumption_2017"]
    return Budgets(names, share, of("expenditure"), of("income"), total["households_2023"], growth)


def totals() -> dict[str, float]:
    """Consumer spending (USD) of 2017 and 2024, and households (consumer units) of 2017 and 2023, by name."""
    rows = arrays("price_totals")
    return dict(zip(rows["name"].tolist(), rows["value"].astype(float).tolist(), strict=True))
