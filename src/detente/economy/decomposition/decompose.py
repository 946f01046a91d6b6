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
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, UnknownName, declared_columns, declared_note, table_with
from detente.codes.kinds import checked
from detente.codes.portrait import Readable
from detente.economy.decomposition.path import PathCertificate, log_welfare, of_real_income, paths, unsettled
from detente.economy.decomposition.terms import Parts, integrated, moves, parts_at
from detente.economy.families import family_of
from detente.economy.frame import Equilibrium, Floats, ShockPath

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
