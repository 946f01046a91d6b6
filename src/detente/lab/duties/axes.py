"""Duties of the law of a day on the axes of a world: by partner and sector, averaged by trade.

Worlds of single countries and of the 28 sectors of the input-output tables are served, and the small world that sums
them. Services pay nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.data.importers import importer
from detente.data.small_world import region_groups, sector_groups
from detente.economy import Economy
from detente.lab.duties.averages import Ground, class_of_lines, ground_of

Floats = NDArray[np.float64]
REST = "ROW"
ALL = "all"
"""In place of names of authorities: all that the law adds to the base duty."""


def points_by_partner(
    economy: Economy, importing: str, on: date, authorities: Sequence[str] = (ALL,), uncounted: Sequence[str] = ()
) -> tuple[Floats, Floats]:
    """What some authorities add to the duties of an importer on a day, averaged by trade.

    Parameters
    ----------
    authorities : ids in the importer's lawbook, or "all".
    uncounted : partners whose duty counts as zero; they stand within a region of the world.

    Returns
    -------
    Points by exporter and sector of the world, shape (country, sector), share of customs value, zero without trade; and
    the trade itself, same shape, USD.

    Raises
    ------
    UnknownName, InputError : an importer without a lawbook, an authority it does not have, a day outside it.
    """
    services = tuple(economy.parameters.get("services", ()))
    axes = Axes(economy.countries, economy.sectors, services)
    return _points(axes, importing, on, tuple(authorities), tuple(uncounted))


@dataclass(frozen=True)
class Axes:
    """Countries, sectors and services of a world: all that mapped duties depend on."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...]


@lru_cache(maxsize=256)
def _points(
    axes: Axes, importing: str, on: date, authorities: tuple[str, ...], uncounted: tuple[str, ...]
) -> tuple[Floats, Floats]:
    ground = _ground(importing).at(on)
    schedule = ground.schedule(on)
    known = [a.id for a in ground.law.authorities]
    flows, source = ground.flows.expanded()
    rates = np.zeros(source.size)
    for name in authorities:
        if name != ALL and name not in known:
            raise UnknownName("authority", name, (*known, ALL), f"law of {importing}")
        rates += ground.exposure.pair_rates(schedule, None if name == ALL else name)[source]
    off = [at for at, code in enumerate(flows.partners) if code in uncounted]
    return _averaged(axes, importing, np.where(np.isin(flows.partner_at, off), 0.0, rates))


@lru_cache(maxsize=4)
def _ground(importing: str) -> Ground:
    return ground_of(importer(importing).law)


@lru_cache(maxsize=16)
def _cells(axes: Axes, importing: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Flat cell (exporter, sector) of every pair of the importer's trade, and whether it has one."""
    ground = _ground(importing)
    flows, _ = ground.flows.expanded()
    sector = _sector_of_lines(axes, ground)[flows.line_at]
    places = {code: i for i, code in enumerate(axes.countries)}
    if REST not in places:
        raise InputError("world", f"has no region {REST} for other partners", "use icio-2022 or icio-2022-small")
    regions, rest = region_groups(), places[REST]
    at = [places.get(code, places.get(regions.get(code, REST), rest)) for code in flows.partners]
    return np.asarray(at, dtype=np.int64)[flows.partner_at] * len(axes.sectors) + sector, sector >= 0


def _sector_of_lines(axes: Axes, ground: Ground) -> NDArray[np.int64]:
    """Sector of the world of each line, the one that takes most of it; -1 for none."""
    places = {name: i for i, name in enumerate(axes.sectors)}
    groups = sector_groups()
    names = class_of_lines(ground.where, "icio28").tolist()
    return np.asarray([places.get(name, places.get(groups.get(name, ""), -1)) for name in names], dtype=np.int64)


def _averaged(axes: Axes, importing: str, rates: Floats) -> tuple[Floats, Floats]:
    flows, _ = _ground(importing).flows.expanded()
    cell, known = _cells(axes, importing)
    shape = (len(axes.countries), len(axes.sectors))
    size = shape[0] * shape[1]
    worth = np.bincount(cell[known], flows.value[known], minlength=size)
    duty = np.bincount(cell[known], (flows.value * rates)[known], minlength=size)
    mean = np.where(worth > 0, duty / np.where(worth > 0, worth, 1.0), 0.0).reshape(shape)
    mean[:, [axes.sectors.index(name) for name in axes.services]] = 0.0
    mean.flags.writeable = False
    return mean, worth.reshape(shape).astype(np.float64)


def coverage(
    economy: Economy, importing: str, exporting: str, on: date, authority: str, level: float
) -> tuple[Floats, float]:
    """Share of each sector that a duty of one level covers, from the law of a day.

    Parameters
    ----------
    level : the rate of the duty on what it covers in full, share.

    Returns
    -------
    Coverage, shape (sector,), and its average by trade.
    """
    points, trade = points_by_partner(economy, importing, on, (authority,))
    row = economy.country(exporting)
    share = np.clip(points[row] / level, 0.0, 1.0)
    return share, float(share @ trade[row] / trade[row].sum())


def exact_points(
    economy: Economy, importing: str, on: date, authorities: Sequence[str], exporting: Sequence[str] = (),
    without: Sequence[str] = (), uncounted: Sequence[str] = (),
) -> Floats:  # fmt: skip
    """Points of some authorities in the cells of an importer, shaped like the tariff of the world; others zero.

    Parameters
    ----------
    exporting : countries of the world; empty for all. `without` : countries of the world left out.
    uncounted : partners within a region whose duty counts as zero.
    """
    n = len(economy.countries)
    found = np.zeros((n, n, len(economy.sectors)))
    points, _ = points_by_partner(economy, importing, on, authorities, uncounted)
    row = economy.country(importing)
    chosen = np.ones(n, dtype=np.bool_) if not exporting else np.zeros(n, dtype=np.bool_)
    chosen[[economy.country(code) for code in exporting]] = True
    chosen[[row, *(economy.country(code) for code in without)]] = False
    found[row, chosen] = points[chosen]
    return found
