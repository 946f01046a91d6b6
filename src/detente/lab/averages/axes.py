"""Duties of a law on the axes of a world: by partner and sector, averaged by trade.

Worlds of single countries and of the sectors of the input-output tables are served, 28 or 50, and the small worlds
that sum them: the two make goods in the same 27. A line counts in the sector that takes most of it; services pay
nothing. Where a world has no rest, trade with partners it does not have is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.codes import InputError, UnknownName
from detente.codes.axis import Floats, Ints
from detente.data.flows import STANDS_FOR
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.small_world import REGIONS, REGIONS_2025, SECTORS, SECTORS_2025, groups_on
from detente.data.tables import countries
from detente.economy import Economy, baseline_tariff
from detente.lab.averages.averages import class_of_lines
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.trade import Onto, onto, places

#: The world of a run that names no other, and of all that stands beside runs.
WORLD = "icio-2022"

REST = "ROW"
#: Share of an importer's trade that may be with partners that a world without a rest does not have.
OUTSIDE = 0.25

#: In place of names of authorities: all that the law adds to the base duty.
ALL = "all"


@dataclass(frozen=True)
class Axes:
    """Countries, sectors and services of a world: all that duties laid on it depend on."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...] = ()

    @classmethod
    def of(cls, economy: Economy) -> Axes:
        """The axes of a world."""
        return cls(economy.countries, economy.sectors, tuple(economy.parameters.get("services", ())))

    def rows(self, partners: Sequence[str]) -> Ints:
        """Country of the world of each partner, or its region; others are the rest of the world, -1 without one."""
        plain = [STANDS_FOR.get(code, code) for code in partners]
        return places(plain, self.countries, groups_on(self.countries, REGIONS, REGIONS_2025), REST)

    def columns(self, ground: LaidLaw) -> Ints:
        """Sector of the world of each line of an importer, the one that takes most of it; -1 for none."""
        groups = groups_on(self.sectors, SECTORS, SECTORS_2025)
        return places(class_of_lines(ground.where, "icio28").tolist(), self.sectors, groups)


def laid(ground: LaidLaw, axes: Axes) -> Onto:
    """Where the trade of an importer lies on the axes of a world, shape (country, sector).

    Raises
    ------
    InputError : a world without a rest, where more than `OUTSIDE` of the trade is with partners it does not have.
    """
    flows, _ = ground.flows.expanded()
    rows = axes.rows(flows.partners)
    refuse_outside(rows[flows.partner_at], flows.value)
    return onto(ground.flows, rows, axes.columns(ground), (len(axes.countries), len(axes.sectors)))


def refuse_outside(row: Ints, value: Floats) -> None:
    """Refuse a world that lacks the partners of more than `OUTSIDE` of the trade.

    Parameters
    ----------
    row : country of the world of each part of the trade, -1 for none; `value` : of each, USD, same shape.
    """
    outside = float(value[row < 0].sum() / value.sum())
    if outside > OUTSIDE:
        what = f"has no region {REST}, and {outside:.0%} of the trade is with partners that are not in it"
        raise InputError("world", what, "use icio-2022 or icio-2022-small")


def tariff_under(economy: Economy, duties: Mapping[str, Floats]) -> Floats:
    """The tariff of a world, shape (importer, exporter, sector), share of customs value, under the duties of some.

    Parameters
    ----------
    duties : importer -> mean duty by exporter and sector; cells without trade (NaN) and all other importers keep the
        baseline.
    """
    tariff = np.array(baseline_tariff(economy))
    for code, mean in duties.items():
        own = rows_of(economy, code)
        known = np.isfinite(mean)
        known[own] = False
        tariff[own] = np.where(known, mean, tariff[own])
    return tariff


def rows_of(economy: Economy, code: str) -> Ints:
    """Countries of a world that apply the law of an importer: itself, the members of a union, or a region that is one.

    Raises
    ------
    UnknownName : no country of the world applies it.
    """
    if code in economy.countries:
        return np.asarray([economy.country(code)])
    members, group = countries().expand(code), groups_on(economy.countries, REGIONS, REGIONS_2025)
    whole = {name for name in group.values() if all(m in members for m in group if group[m] == name)}
    rows = [i for i, name in enumerate(economy.countries) if name in members or name in whole]
    return np.asarray(rows or [economy.country(code)])


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
    return _points(Axes.of(economy), importing, on, tuple(authorities), tuple(uncounted))


@memoized
def _points(
    axes: Axes, importing: str, on: date, authorities: tuple[str, ...], uncounted: tuple[str, ...]
) -> tuple[Floats, Floats]:
    ground = laid_law(importer(importing).law).at(on)
    schedule = ground.schedule(on)
    known = [a.id for a in ground.law.authorities]
    rates = np.zeros(ground.flows.value.size)
    for name in authorities:
        if name != ALL and name not in known:
            raise UnknownName("authority", name, (*known, ALL), f"law of {importing}")
        rates += ground.exposure.pair_rates(schedule, None if name == ALL else name)
    trade = _laid(importing, axes)
    off = [index for index, code in enumerate(ground.flows.expanded()[0].partners) if code in uncounted]
    counted = np.where(np.isin(trade.partner, off), 0.0, rates[trade.source])
    mean = np.nan_to_num(trade.mean_of(trade.sum(trade.value * counted)))
    mean[:, [axes.sectors.index(name) for name in axes.services]] = 0.0
    mean.flags.writeable = False
    return mean, trade.worth


_laid = memoized(lambda importing, axes: laid(laid_law(importer(importing).law), axes))


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
    cells = np.zeros((n, n, len(economy.sectors)))
    points, _ = points_by_partner(economy, importing, on, authorities, uncounted)
    row = economy.country(importing)
    chosen = np.ones(n, dtype=np.bool_) if not exporting else np.zeros(n, dtype=np.bool_)
    chosen[[economy.country(code) for code in exporting]] = True
    chosen[[row, *(economy.country(code) for code in without)]] = False
    cells[row, chosen] = points[chosen]
    return cells
