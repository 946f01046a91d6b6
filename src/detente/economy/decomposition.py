"""Where a change of real income comes from: parts that add up, by country, sector and partner; their tangents beside.

With all changes taken along the path of a shock (`decomposition_path`), d the change per unit of path, importer i,
exporter j, sector k, M_jik what i buys from j net of the tariff tau, X_jik = (1 + tau) M_jik, c the cost of a good
where it is made, d its trade cost, D the transfer a country receives (its trade deficit net of tariffs), b the share of
M the exporter receives (1 in family B, 1 - nu of the importer in family A), P^M_i the import price at the border
(d log P^M_i the mean of d log c_jk with weights b_i M_jik, j != i), real income W obeys ::

    worth_i d log W_i =
      sum_k sum_(n != i) b_n M_ink (d log c_ik - d log P^M_i) - sum_(j != i) b_i M_jik (d log c_jk - d log P^M_i)
                                                                       terms_of_trade
    + sum_jk tau_jik M_jik d log(M_jik / (c_jk d_jik))                  volume_of_trade: tariffs on what is bought
    - sum_jk M_jik d log d_jik                                          trade_costs
    + dD_i - D_i d log P^M_i                                            transfer: its value in imports
    + sum_k S_ik d log A_ik                                             productivity, S sales after margins

In family B worth is I', less kappa/(1 + kappa) of wages where labour supply responds, and that is all: substitute
d log P = sum pi d log(kappa^ c) and the cost index into worth d log W = wages d log w + d rents + dR + dD
- I sum_j alpha_j d log P_j, and use X_k = sum_j gamma_kj Y_j + alpha_k I; what tariffs take from buyers, sum M d tau,
is what revenue gains. Labour supply, capital tied to its sector and substitution among inputs add nothing (envelope);
profits m and scale psi (`technology`) do, and productivity counts for 1 - m of it ::

    + sum_j m_ij Y_ij d log(Y_ij / c_ij)                                profits: more sold above what it costs
    + sum_j (1 - m_ij) Y_ij psi_j d log(Y_ij / w_i)                     scale

Parts do not depend on the numeraire. Caliendo and Parro (2015, equations 16 and 17) are its tangent with
d log P^M = 0, which differs where D != 0.

In family A (nu, phi, psi, kappa, delta as in `armington`, S_ik = sum_n (1 - nu_n) M_ink) there are also ::

    + nu_i sum_jk M_jik (d log w_i - d log c_jk)                        distribution: pay of those who market goods
    + (phi_i - 1) sum_jk X_jik d log(M_jik / w_i)                       pass_through: entry of sellers, and phi~
    + sum_k S_ik psi_k [(1 - beta) d log(w_i / P_i) + d log(L_i ell_ik)]     scale
    + tau_i Y'_i d log L_i                                              employment: more work where tax is lower
    + kappa/(1 + kappa) Y_i [(1 + delta_i) w^_i L^_i - delta_i E^_i] d tau_i          leisure

the last two with revenue that cuts the income tax (tau_i = R_i/Y'_i), `leisure` being what the weights of welfare,
which move with the tax, add. Then worth = P_i N_i W_i with N_i = E_i - kappa/(1 + kappa) (1 - tau_i) Y_i and W the
welfare of the read-out; with roundabout inputs E is Y + T there and in delta. With a lump-sum rebate employment drops
out (envelope). `pass_through` comes from d log P and E = sum X,
d log P = (1 - phi) d log(E/w) + sum_jk lambda_jik [d log(c d) + phi d log(1 + tau)].

The parts depend on the path (the total does not): all tariffs move together, in proportion to log(1 + tau).

What two families of models share of a decomposition: the parts that bilateral trade carries, at one point of a path.

Arrays run [sector, importer, exporter]; equations and names are those of `detente.economy.decomposition`.

The change of real income by what people are paid from: wages, work, tariff revenue, transfers; exact, no path.

With wages Y = w L, rents K (profits and, in the short run, capital tied to its sector), revenue R, transfer D (the
trade deficit net of tariffs), C = Y + K + R + D, price index P and a dash for after, real income changes by ::

    weight [Y/P ((w'/P')/(w/P) - 1)]                real_wage
    + weight [Y'/P' - Y/P (w'/P')/(w/P)]            employment, 0 where labour supply is fixed
    + weight [K'/P' - K/P]                          rents
    + weight [R'/P' - R/P]                          tariff_revenue
    + weight [D'/P' - D/P]                          transfer
    + leisure

weight = 1 / (C - kappa/(1 + kappa) Y) at the baseline; `leisure` is what more work costs those who work and, where
revenue cuts the income tax, what new weights of welfare add; zero where labour supply is fixed. A transfer that is
fixed in units of the numeraire shrinks in real terms as prices rise.

The path of equilibria from the baseline to a shock, at points where it can be differentiated and integrated.

Part s of a shock is `frame.partial_shock`: every tariff (trade cost, productivity) moves in proportion to its log,
from s = 0, the baseline, to s = 1. Points are those of Chebyshev and Lobatto, s_k = (1 - cos(pi k / n)) / 2, both ends
among them: what is smooth along the path is differentiated by its interpolating polynomial and integrated by the
weights of Clenshaw and Curtis (1960), with errors that fall faster than any power of n (Trefethen 2000, chapters 6 and
12). The points of n are among those of 2n, so that refining a path keeps what is solved.

Whose tariffs, on what and on whom, changed a country's real income: shares of the exact change that add up.

Aumann and Shapley (1974): each rate t_c gets the integral along the path of the shock of its marginal effect,

    effect_c = integral_0^1 (dW / dt_c)(s) (dt_c / ds)(s) ds,     dt_c / ds = (1 + t_c(s)) log[(1 + t'_c) / (1 + t_c)],

all rates moving together, in proportion to log(1 + t); the effects add up to W(1) - W(0) and do not depend on how rates
are grouped. Each point of the path costs one adjoint, whatever the number of rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes import (
    InputError,
    Parameter,
    SolveError,
    Table,
    UnknownName,
    declared_columns,
    declared_note,
    table_with,
)
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.economy.families import family_of
from detente.economy.frame import (
    Equilibrium,
    Floats,
    PathPoint,
    ShockPath,
    ShockSlopes,
    barycentric,
    baseline_tariff,
    points,
    shape_of,
    shock_at,
)
from detente.economy.solver import gradient, solve

#: Intervals of the first and of the last path tried.
COARSEST, FINEST = 4, 64

#: Points are solved to this share of the tolerance of an integral, within these bounds.
SOLVED, LOOSEST, TIGHTEST = 1e-4, 1e-10, 1e-12


@dataclass(frozen=True)
class PathCertificate:
    """How well the parts of an integral along a path add up.

    Attributes
    ----------
    gap : largest difference between the sum of the parts and the change they explain, same unit as the change.
    moved : largest change of a part when the points were last doubled.
    points : equilibria along the path.
    worst : country with the largest gap.
    """

    gap: float
    moved: float
    points: int
    worst: str


def interpolated(values: Floats, s: float) -> Floats:
    """The polynomial through values at the points, at s that is none of them, shape (...)."""
    c: Floats = barycentric(len(values) - 1) / (s - points(len(values) - 1))
    return np.tensordot(np.asarray(c / c.sum(), dtype=np.float64), values, axes=1)


def of_real_income(end: Equilibrium) -> Equilibrium:
    """The same equilibrium, read for real income whatever objective its shock names."""
    if "objective" not in end.shock.options:
        return end
    options = {name: value for name, value in end.shock.options.items() if name != "objective"}
    return replace(end, shock=replace(end.shock, options=options))


def log_welfare(path: ShockPath) -> Floats:
    """Log of welfare, baseline 1, at both ends of a path, shape (2, country)."""
    family = family_of(path.economy)
    ends = [family.welfare(path.u[k], path.economy, path.shock(k)) for k in (0, len(path.u) - 1)]
    return np.log1p(np.stack(ends))


def tariff_slope(end: Equilibrium) -> tuple[Floats, Floats]:
    """Log of one plus the baseline tariff and its move over the path, each shaped like the tariff."""
    old = np.log1p(baseline_tariff(end.economy))
    new = old if end.shock.tariff is None else np.log1p(end.shock.tariff)
    return old, (new - old).reshape(shape_of(end.economy))


def paths(end: Equilibrium, tol: float) -> Iterator[ShockPath]:
    """Ever finer paths to an equilibrium, kept with its shock; each has the points of the last and as many between.

    Raises
    ------
    SolveError : no equilibrium at a point of the path.
    """
    stored = end.shock.memo.get("paths")
    if stored is None or stored[0] is not end or stored[1] > tol:
        stored = (end, tol, {})
        end.shock.memo["paths"] = stored
    known: dict[int, Floats] = stored[2]
    solved = min(LOOSEST, max(TIGHTEST, SOLVED * tol))
    intervals = COARSEST
    while intervals <= FINEST:
        if intervals not in known:
            known[intervals] = _solved_points(end, known.get(intervals // 2), intervals, solved)
        yield ShockPath(end, known[intervals])
        intervals *= 2


def _solved_points(end: Equilibrium, coarser: Floats | None, intervals: int, tol: float) -> Floats:
    """Unknowns at the points, shape (n + 1, unknown)."""
    if coarser is None:
        ends = [_point(end, part, end.u * part, tol) for part in (0.0, 1.0)]
        inner = [_point(end, s, ends[0] + s * (ends[1] - ends[0]), tol) for s in points(intervals)[1:-1]]
        return np.stack([ends[0], *inner, ends[1]])
    unknowns = np.empty((intervals + 1, coarser.shape[1]))
    unknowns[::2] = coarser
    for k in range(1, intervals, 2):
        part = float(points(intervals)[k])
        unknowns[k] = _point(end, part, interpolated(coarser, part), tol)
    return unknowns


def _point(end: Equilibrium, part: float, guess: Floats, tol: float) -> Floats:
    try:
        return solve(end.economy, shock_at(end, part), tol=tol, warm=replace(end, u=guess)).u
    except SolveError as error:
        raise SolveError(f"The path to the shock breaks at {part:.0%} of it: {error}") from None


def unsettled(end: Equilibrium, what: str, certificate: PathCertificate, tol: float) -> SolveError:
    """What to raise where the finest path does not add up."""
    return SolveError(
        f"{end.economy.name}: the {what} does not add up at {certificate.points} points of the path: the gap is "
        f"{certificate.gap:.2g} at {certificate.worst} and parts still move by {certificate.moved:.2g} "
        f"(tolerance {tol:g}). Try a smaller shock, or a larger tolerance."
    )


AXES = ("importer", "exporter", "sector")
#: Label of the row that holds what trade costs and productivity changed, where a shock moves them.
OTHER = "other"


@dataclass(frozen=True)
class _Groups:
    """Cells whose rate changes and the group of each: `cells` as (importer, exporter, sector), shape (axis, cell)."""

    cells: NDArray[np.int64] = field(repr=False)
    group: NDArray[np.int64] = field(repr=False)
    keys: NDArray[np.int64] = field(repr=False)


@np.errstate(all="ignore")
@checked
def attribution(equilibrium: Equilibrium, country: str, *, by: Several = ("importer",), tol: float = 1e-6) -> Table:
    """What the tariffs of a shock did to one country's real income, by who levies them, on whom and on what.

    Parameters
    ----------
    country : whose real income (welfare where labour supply responds).
    by : which of importer, exporter and sector to tell apart.
    tol : largest gap between the sum of the effects and the change, and largest move of an effect when the points of
        the path are doubled, share.

    Returns
    -------
    One row a group with a rate that changes, largest effect first; effects are shares of real income and add up to the
    change. Where trade costs or productivity change too, their effect is the row `other`.

    Raises
    ------
    UnknownName : a country or axis nobody knows. InputError : no tariff changes.
    SolveError : no equilibrium at a point of the path, or a gap above `tol` on the finest path.
    """
    equilibrium = of_real_income(equilibrium)
    index = equilibrium.economy.country(country, "attribution")
    by = several(by, "by")
    groups = _groups(equilibrium, by)
    values: Floats | None = None
    effects: Floats | None = None
    certificate: PathCertificate | None = None
    for path in paths(equilibrium, tol):
        values = _along(path, country, groups, values)
        last, effects = effects, path.integral(values)
        change = float(np.diff(np.expm1(log_welfare(path)[:, index]))[0])
        gap = 0.0 if _moves_more(path.end) else abs(change - float(effects.sum()))
        moved = np.inf if last is None else float(np.abs(effects - last).max())
        certificate = PathCertificate(gap, moved, len(path.u), country)
        if max(certificate.gap, certificate.moved) <= tol:
            return _table(equilibrium, country, by, groups, effects, change, certificate)
    assert certificate is not None
    raise unsettled(equilibrium, "attribution", certificate, tol)


def _groups(equilibrium: Equilibrium, by: Sequence[str]) -> _Groups:
    for axis in by:
        if axis not in AXES:
            raise UnknownName("axis", axis, AXES, Parameter("by"), f"use {', '.join(AXES)}")
    if not by or len(set(by)) < len(by):
        raise InputError("attribution", "by names no axis or one twice", f"use {', '.join(AXES)}")
    n, k = len(equilibrium.economy.countries), len(equilibrium.economy.sectors)
    cells = np.stack(np.nonzero(tariff_slope(equilibrium)[1].reshape(n, n, k)))
    if not cells.size:
        raise InputError("attribution", "no tariff changes in this shock", "give a shock with other tariffs")
    keys, group = np.unique(cells[[AXES.index(axis) for axis in by]], axis=1, return_inverse=True)
    return _Groups(cells, group.ravel(), keys)


def _along(path: ShockPath, country: str, groups: _Groups, coarser: Floats | None) -> Floats:
    """Marginal effects of the groups at the points, shape (point, group); those of the coarser path are kept."""
    n, k = len(path.economy.countries), len(path.economy.sectors)
    where = tuple(groups.cells)
    old, slope = (values.reshape(n, n, k)[where] for values in tariff_slope(path.end))
    effects = np.empty((len(path.u), groups.keys.shape[1]))
    for point, part in enumerate(path.parts):
        if coarser is not None and point % 2 == 0:
            effects[point] = coarser[point // 2]
            continue
        cells = gradient(path.at(point), country).reshape(n, n, k)[where] * slope * np.exp(old + part * slope)
        effects[point] = np.bincount(groups.group, cells, effects.shape[1])
    return effects


def _moves_more(end: Equilibrium) -> bool:
    return end.shock.cost_hat is not None or end.shock.productivity_hat is not None


def _table(
    equilibrium: Equilibrium,
    country: str,
    by: Sequence[str],
    groups: _Groups,
    effects: Floats,
    change: float,
    certificate: PathCertificate,
) -> Table:
    economy = equilibrium.economy
    names = {"importer": economy.countries, "exporter": economy.countries, "sector": economy.sectors}
    order = np.argsort(-np.abs(effects), kind="stable")
    labels = {axis: [names[axis][i] for i in groups.keys[row][order]] for row, axis in enumerate(by)}
    values = effects[order]
    if _moves_more(equilibrium):
        labels = {axis: [*codes, OTHER] for axis, codes in labels.items()}
        values = np.append(values, change - values.sum())
    data = {axis: np.asarray(codes) for axis, codes in labels.items()} | {"effect": values}
    note = declared_note("economy.effects", change=change, gap=certificate.gap, points=certificate.points)
    absent = [axis for axis in AXES if axis not in by]
    table = table_with("economy.attribution", data, (note,), absent, country=country, world=economy.name)
    return table.select([*by, "effect"])


TOTAL = "real_income"


@dataclass(frozen=True, repr=False)
class Decomposition(Readable):
    """Parts of the log change of real income that add up.

    Attributes
    ----------
    equilibrium : what is decomposed.
    parts : by country, sector and partner, log changes; names as in the table `economy.decomposition`.
    tangent : the same at first order: the slope at the baseline, as if the whole shock went on as it begins.
    real_income : log change of real income (welfare where labour supply responds), shape (country,).
    certificate : gap of the sum, points of the path.
    notes : the path, and where a remainder is not an error of integration.
    """

    equilibrium: Equilibrium = field(repr=False)
    parts: Parts = field(repr=False)
    tangent: Parts = field(repr=False)
    real_income: Floats = field(repr=False)
    certificate: PathCertificate
    notes: tuple[str, ...] = ()

    @property
    def remainder(self) -> Floats:
        """Log change of real income less the sum of the parts, shape (country,)."""
        return self.real_income - self.parts.totals().sum(axis=0)

    def part(self, name: str, country: str) -> float:
        """One part of one country, log change; `UnknownName` for a part this decomposition does not have."""
        if name not in self.parts.names:
            raise UnknownName("part", name, self.parts.names, "decomposition")
        return float(self.parts.total(name)[self.equilibrium.economy.country(country)])

    def table(self) -> Table:
        """One row a country: the parts, the remainder and their sum."""
        economy = self.equilibrium.economy
        data = {"country": np.asarray(economy.countries)}
        data |= {name: self.parts.total(name) for name in self.parts.names}
        data |= {"remainder": self.remainder, "real_income": self.real_income}
        return self._table("economy.decomposition", data)

    def by_sector(self, country: str) -> Table:
        """One row a sector of a country, and a last row for what has no sector."""
        economy = self.equilibrium.economy
        index = economy.country(country, "decomposition by sector")
        data: dict[str, NDArray[np.float64] | NDArray[np.str_]] = {"sector": np.asarray([*economy.sectors, "none"])}
        data |= {name: np.append(values[index], 0.0) for name, values in self.parts.by_sector.items()}
        none = np.zeros(len(economy.sectors))
        data |= {name: np.append(none, values[index]) for name, values in self.parts.whole.items()}
        data["remainder"] = np.append(none, self.remainder[index])
        data["real_income"] = np.sum([values for name, values in data.items() if name != "sector"], axis=0)
        return self._table("economy.decomposition_by_sector", data, country)

    def by_partner(self, country: str) -> Table:
        """One row a partner of a country, for the parts that trade with it carries; its own row is trade at home."""
        economy = self.equilibrium.economy
        index = economy.country(country, "decomposition by partner")
        data = {"partner": np.asarray(economy.countries)}
        data |= {name: values[index] for name, values in self.parts.by_partner.items()}
        return self._table("economy.decomposition_by_partner", data, country)

    def first_order(self, country: str) -> Table:
        """One row a part of a country: exact, at first order, and what first order misses; the last row is the sum.

        Family B has one more column, the published first-order terms and volume of trade.
        """
        index = self.equilibrium.economy.country(country, "decomposition at first order")
        exact, tangent = (
            np.append(p.totals()[:, index], p.totals()[:, index].sum()) for p in (self.parts, self.tangent)
        )
        exact[-1] = self.real_income[index]
        names = np.asarray([*self.parts.names, TOTAL])
        data = {"part": names, "exact": exact, "first_order": tangent, "remainder": exact - tangent}
        published = family_of(self.equilibrium.economy).published_terms(self.equilibrium)
        notes = self.notes
        if published is not None:
            data["published"] = _published(published, index, names)
            notes = (*notes, declared_note("economy.as_published"))
        return self._table("economy.decomposition_first_order", data, country, notes)

    def _table(
        self,
        key: str,
        data: Mapping[str, NDArray[np.float64] | NDArray[np.str_]],
        country: str = "",
        notes: tuple[str, ...] | None = None,
    ) -> Table:
        """A table of the register with the columns that there are."""
        without = {column.name for column in declared_columns(key)} - set(data)
        words = {"country": country, "world": self.equilibrium.economy.name}
        return table_with(key, data, self.notes if notes is None else notes, without, **words)


def _published(published: tuple[Floats, Floats], index: int, names: NDArray[np.str_]) -> Floats:
    """Published first-order terms by part, shape (part,); NaN for parts they do not have."""
    terms, volume = (float(part[index]) for part in published)
    known = {"terms_of_trade": terms, "volume_of_trade": volume, TOTAL: terms + volume}
    return np.array([known.get(name, np.nan) for name in names.tolist()])


@np.errstate(all="ignore")
@checked
def decompose(equilibrium: Equilibrium, *, tol: float = 1e-6) -> Decomposition:
    """The change of real income of every country in parts that add up, along the path of the shock.

    Parameters
    ----------
    equilibrium : a solved shock: tariffs, trade costs and productivity may all change.
    tol : largest gap of the sum, and largest move of a part when the points of the path are doubled, log change.

    Raises
    ------
    SolveError : no equilibrium at a point of the path, or a gap above `tol` on the finest path.
    """
    equilibrium = of_real_income(equilibrium)
    family = family_of(equilibrium.economy)
    last: Parts | None = None
    certificate: PathCertificate | None = None
    for path in paths(equilibrium, tol):
        parts_along = [parts_at(here) for here in family.points_of(path, moves(path))]
        parts = integrated(path, parts_along)
        change = np.diff(log_welfare(path), axis=0)[0]
        may_remain, notes = family.may_remain(path)
        certificate = _certificate(path, parts, last, change, may_remain)
        if max(certificate.gap, certificate.moved) <= tol:
            notes = (declared_note("economy.along_path"), *notes)
            return Decomposition(equilibrium, parts, parts_along[0], change, certificate, notes)
        last = parts
    assert certificate is not None
    raise unsettled(equilibrium, "decomposition", certificate, tol)


def _certificate(
    path: ShockPath, parts: Parts, last: Parts | None, change: Floats, may_remain: NDArray[np.bool_]
) -> PathCertificate:
    off = np.where(may_remain, 0.0, np.abs(change - parts.totals().sum(axis=0)))
    moved = np.inf if last is None else float(np.abs(parts.totals() - last.totals()).max())
    worst = int(np.argmax(off))
    return PathCertificate(float(off[worst]), moved, len(path.u), path.economy.countries[worst])


@dataclass(frozen=True)
class Parts:
    """Parts of d log W at one point (or their integral), by what they can be told apart by.

    Attributes
    ----------
    by_sector : shape (country, sector); `by_partner` : shape (country, partner); `whole` : shape (country,).
    """

    by_sector: Mapping[str, Floats] = field(repr=False)
    by_partner: Mapping[str, Floats] = field(repr=False)
    whole: Mapping[str, Floats] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts, in order."""
        return (*self.by_sector, *self.whole)

    def total(self, name: str) -> Floats:
        """One part by country, shape (country,)."""
        return self.by_sector[name].sum(axis=1) if name in self.by_sector else self.whole[name]

    def totals(self) -> Floats:
        """All parts by country, shape (part, country)."""
        return np.stack([self.total(name) for name in self.names])


def moves(path: ShockPath) -> ShockSlopes:
    """The slopes of a path's shock."""
    n, k = len(path.economy.countries), len(path.economy.sectors)
    shock = path.end.shock
    old, tariff = (_sector_first(values.reshape(n, n, k)) for values in tariff_slope(path.end))
    freight, productivity = None, None
    if shock.cost_hat is not None:
        freight = _sector_first(np.log(shock.cost_hat).reshape(n, n, k))
    if shock.productivity_hat is not None:
        log = np.log(np.asarray(shock.productivity_hat, dtype=np.float64))
        productivity = np.broadcast_to(log.reshape(n, -1), (n, k)).T
    return ShockSlopes(old, tariff, freight, productivity)


def _sector_first(values: Floats) -> Floats:
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def parts_at(here: PathPoint) -> Parts:
    """The parts of d log W / ds at a point."""
    across = here.border[:, None] * here.trade
    own = np.arange(across.shape[1])
    across[:, own, own] = 0.0
    bought = across.sum(axis=(0, 2))
    moved = (across @ here.cost[:, :, None])[:, :, 0].sum(axis=0)
    price = np.where(bought > 0, moved / np.where(bought > 0, bought, 1.0), 0.0)
    against = here.cost[:, None, :] - price[:, None]
    paid, volume = across * against, _volume(here)
    earned = across.transpose(0, 2, 1) * (here.cost - price)[:, :, None]
    sector = {"terms_of_trade": (earned - paid).sum(axis=2).T, "volume_of_trade": volume.sum(axis=2).T}
    partner = {"terms_of_trade": (earned - paid).sum(axis=0), "volume_of_trade": volume.sum(axis=0)}
    if here.freight is not None:
        lost = -here.trade * here.freight
        sector["trade_costs"], partner["trade_costs"] = lost.sum(axis=2).T, lost.sum(axis=0)
    sector |= here.by_sector
    whole = {"transfer": here.transfer_slope - here.transfer * price, **here.whole}
    wide = here.worth[:, None]
    return Parts(
        {name: values / wide for name, values in sector.items()},
        {name: values / wide for name, values in partner.items()},
        {name: values / here.worth for name, values in whole.items()},
    )


def _volume(here: PathPoint) -> Floats:
    """Tariff tau times M times the slope of the log quantity landed, shape (sector, importer, exporter)."""
    quantity = here.flow - here.cost[:, None, :]
    if here.freight is not None:
        quantity = quantity - here.freight
    return here.rate * here.trade * quantity


def integrated(path: ShockPath, parts_along: list[Parts]) -> Parts:
    """Parts along a path from those at its points."""

    def of(kind: str) -> dict[str, Floats]:
        tables = [getattr(parts, kind) for parts in parts_along]
        return {name: path.integral(np.stack([values[name] for values in tables])) for name in tables[0]}

    return Parts(of("by_sector"), of("by_partner"), of("whole"))


@np.errstate(all="ignore")
def income_parts(equilibrium: Equilibrium) -> Table:
    """Real wage, employment, rents, revenue, transfer and leisure in the change of real income, one row a country.

    Every column is a share of baseline real income; the six add up to the last. `SolveError` if a closure that first
    moves the baseline has no equilibrium there.
    """
    equilibrium = of_real_income(equilibrium)
    economy, shock = equilibrium.economy, equilibrium.shock
    before = solve(economy, shock.nothing())
    old, new = _real(before), _real(equilibrium)
    family = family_of(economy)
    weight, wage = 1.0 / family.worth(economy, shock), _real_wage(equilibrium) / _real_wage(before)
    change = family.welfare(equilibrium.u, economy, shock) - family.welfare(before.u, economy, before.shock)
    data = {
        "real_wage": weight * old["wages"] * (wage - 1.0),
        "employment": weight * (new["wages"] - old["wages"] * wage),
        "rents": weight * (new["rents"] - old["rents"]),
        "tariff_revenue": weight * (new["revenue"] - old["revenue"]),
        "transfer": weight * (new["transfer"] - old["transfer"]),
    }
    data |= {"leisure": change - np.sum(list(data.values()), axis=0), "real_income": change}
    return table_with("economy.income_parts", {"country": np.asarray(economy.countries), **data}, world=economy.name)


def _prices(equilibrium: Equilibrium) -> Floats:
    return equilibrium.hats["prices"] if "prices" in equilibrium.hats else 1.0 + equilibrium.changes["prices"]


def _real(equilibrium: Equilibrium) -> dict[str, Floats]:
    """Wages, rents, revenue and transfer over the price index, each of shape (country,), USD of the baseline."""
    levels, prices = equilibrium.levels, _prices(equilibrium)
    wages = levels["wages"] if "wages" in levels else levels["income"]
    transfer = levels["transfer"] if "transfer" in levels else levels["deficit"]
    values = {"wages": wages, "rents": levels["income"] - wages, "revenue": levels["revenue"], "transfer": transfer}
    return {name: value / prices for name, value in values.items()}


def _real_wage(equilibrium: Equilibrium) -> Floats:
    return equilibrium.hats["wage"] / _prices(equilibrium)
