"""The recursive path: one static solve a quarter, given where buyers buy and how much capital each country has.

In quarter q, with the memory s of sourcing, capital K, the tariff tau_q, and theta^S = ratio x theta::

    r_nij,q = log[(1 + tau_q) / (1 + tau_0)] + log d + c_ij,q - p_nj,q
    pi'_nij,q = pi_nij exp(s_nij,q - theta^S_j r_nij,q),   sum_i pi' = 1
    s_q+1 = (1 - zeta) s_q - zeta (theta - theta^S) r_q,   s_1 = 0
    K_q+1 = (1 - delta) K_q + delta V'_q / P^I_q,          K_1 = 1

The shares are those of the static model with the elasticity theta^S and costs that are exp(-s / theta^S) times as high,
from which nobody earns, and capital is a productivity of labour and capital of K^share: so each quarter is a solve of
that model, with its certificate. Where nothing changes any more, s = -(theta - theta^S) r, so that shares follow theta,
and K = V' / P^I: the far end is the static model, with capital its steady state.

Sources: Boehm, Levchenko and Pandalai-Nayar (2023), "The Long and Short (Run) of Trade Elasticities"; Baqaee and
Malmberg (2025), "Long-Run Comparative Statics". A constant part of income is invested, which has the steady state of
saving with foresight under Cobb-Douglas, not its path.

Prices are told in units of each country's own value added, as if its central bank kept nominal income steady. Shelf
prices follow those at the border a part of the way each quarter; nothing depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter
from detente.economy.families import family_of
from detente.economy.family import InTime
from detente.economy.frame import (
    Certificate,
    Economy,
    Equilibrium,
    Floats,
    Shock,
    baseline_tariff,
    check_tariff,
    flows_of,
    quantities,
    shape_of,
)
from detente.economy.solver import ZERO, solve, without_deficits
from detente.economy.tariff_table import goods

#: Elasticity of the first quarter over that of the long run, at least; quarters of a path, at most.
LEAST_RATIO, MOST_QUARTERS = 0.2, 400

#: Weights of the last quarters, the latest first, in the value that a curve through them has in the next.
AHEAD = {1: (1.0,), 2: (2.0, -1.0), 3: (3.0, -3.0, 1.0), 4: (4.0, -6.0, 4.0, -1.0)}


@dataclass(frozen=True)
class Pace:
    """How fast things move, a quarter.

    Attributes
    ----------
    short_ratio : trade elasticity of the first quarter over that of the long run.
    adoption : part of the way that buyers go each quarter to the suppliers of the long run, zeta.
    depreciation : of capital, share, delta; 0 keeps capital as it is.
    discount : worth of a quarter over that of the one before.
    shelf_goods, shelf_services : part of the way that shelf prices go each quarter to those at the border.
    """

    short_ratio: float = 0.38
    adoption: float = 0.084
    depreciation: float = 0.015
    discount: float = 0.99
    shelf_goods: float = 0.2
    shelf_services: float = 0.1

    def __post_init__(self) -> None:
        if not LEAST_RATIO <= self.short_ratio <= 1.0:
            raise InputError(
                Parameter("set", "short_ratio"),
                f"{self.short_ratio:g} is out of range for the elasticity of the first quarter over the long run's",
                f"give a number from {LEAST_RATIO:g} to 1",
            )
        for name in ("adoption", "depreciation", "discount", "shelf_goods", "shelf_services"):
            value, below = getattr(self, name), name in ("depreciation", "discount")
            if not (0.0 <= value < 1.0 if below else 0.0 < value <= 1.0):
                span = "from 0 to below 1" if below else "above 0 and at most 1"
                raise InputError(Parameter("set", name), f"{value:g} is out of range", f"give a number {span}")


@dataclass(frozen=True)
class QuarterPath:
    """Quarters of a world economy, one after another.

    Attributes
    ----------
    economy : the world; `pace` : how fast things move.
    tariff : of the last quarter, which stays, as the world has it.
    columns : by name, changes of the world's own year, share, shape (quarter, country); see `codes/tables/path.toml`.
    trade : value net of duty, USD a year, shape (quarter, importer, exporter).
    certificates : of the solve of each quarter.
    end : what the columns come to if the last tariffs stay, shape (country,) each; from the steady state.
    ended : its certificate. consumption : of the world's own year, USD a year, shape (country,).
    """

    economy: Economy
    pace: Pace
    tariff: Floats = field(repr=False)
    columns: Mapping[str, Floats] = field(repr=False)
    trade: Floats = field(repr=False)
    certificates: tuple[Certificate, ...] = field(repr=False)
    end: Mapping[str, Floats] = field(repr=False)
    ended: Certificate = field(repr=False)
    consumption: Floats = field(repr=False)

    def worth(self, other: QuarterPath | None = None, name: str = "consumption") -> Floats:
        """Present value of a column, less that of another path, in quarters of what it was, shape (country,).

        After the last quarter the column goes on to its end in two parts, which its last two quarters tell apart: one
        dies out as sourcing does, the other as capital does in the last three quarters, when sourcing is taken off.
        """
        own = self._worth(name)
        return own if other is None else own - other._worth(name)

    def _worth(self, name: str) -> Floats:
        values, end, beta = self.columns[name], self.end[name], self.pace.discount
        quick, slow = 1.0 - self.pace.adoption, self._slow()
        last = values[-1] - end
        before = last / slow if len(values) == 1 or quick == 0.0 else values[-2] - end
        lasting = (before * quick - last) * slow / (quick - slow) if quick != slow else last
        tail = end / (1.0 - beta)
        for part, left in ((lasting, slow), (last - lasting, quick)):
            tail = tail + part * left / (1.0 - beta * left)
        return beta ** np.arange(len(values)) @ values + beta ** len(values) * tail

    def _slow(self) -> float:
        """What is left after a quarter of the distance of capital to its end, at the end of the path."""
        slowest, quick = 1.0 - (self.pace.depreciation or self.pace.adoption), 1.0 - self.pace.adoption
        away = self.columns["capital"][-3:] - self.end["capital"]
        steps = away[1:] - quick * away[:-1]
        if len(steps) < 2 or not steps[0].any():
            return slowest
        return float(np.clip(steps[1] @ steps[0] / (steps[0] @ steps[0]), 0.0, slowest + 0.5 * (1.0 - slowest)))


def path(
    economy: Economy,
    tariffs: Sequence[Floats],
    *,
    pace: Pace | None = None,
    cost: Floats | None = None,
    options: Mapping[str, Any] | None = None,
) -> QuarterPath:
    """The path of a world under the tariffs of its quarters.

    Parameters
    ----------
    tariffs : one a quarter, shaped as the tariff of the world, shares.
    cost : trade costs new over old in every quarter; `options` : of the shocks, as the closure.

    Raises
    ------
    InputError : no quarter or too many, tariffs that do not fit, a family without paths. SolveError : as `solve`.
    """
    pace = pace or Pace()
    if not 0 < len(tariffs) <= MOST_QUARTERS:
        what = f"{len(tariffs):,} quarters cannot be followed"
        raise InputError(Parameter("quarters"), what, f"give a number from 1 to {MOST_QUARTERS}")
    options = dict(options or {})
    if options.get("closure") == ZERO:
        economy, options = without_deficits(economy), {k: v for k, v in options.items() if k != "closure"}
    once = {id(tariff): check_tariff(economy, tariff) for tariff in tariffs}
    rates = [once[id(tariff)] for tariff in tariffs]
    known = family_of(economy).in_time(economy, pace.short_ratio)
    quarters = list(_quarters(economy, known, rates, pace, cost, options))
    last = Shock(rates[-1], cost_hat=cost, options=options | ({"horizon": "steady"} if pace.depreciation else {}))
    end = solve(economy, last)
    kept = known.log_capital(end) if pace.depreciation else np.zeros(len(economy.countries))
    ended = _columns(known, end, cost, kept, np.log(end.hats["price"] / end.hats["wage"][:, None]))
    return QuarterPath(
        economy, pace, rates[-1], {name: np.stack([q[0][name] for q in quarters]) for name in quarters[0][0]},
        np.stack([q[1] for q in quarters]), tuple(q[2] for q in quarters), ended, end.certificate,
        known.spent * (1.0 - known.invested),
    )  # fmt: skip


def _quarters(
    economy: Economy,
    known: InTime,
    rates: Sequence[Floats],
    pace: Pace,
    cost: Floats | None,
    options: Mapping[str, Any],
) -> Iterator[tuple[dict[str, Floats], Floats, Certificate]]:
    """Columns, trade and certificate of each quarter in turn; nothing else of a quarter is kept."""
    n, s = len(economy.countries), len(economy.sectors)
    old, shape = baseline_tariff(economy), shape_of(economy)
    theta = known.theta
    short, none = pace.short_ratio * theta, flows_of(economy) == 0.0
    memory = np.zeros(shape)
    log_capital = np.zeros(n)
    follows = np.asarray(
        [pace.shelf_goods if code in goods(economy) else pace.shelf_services for code in economy.sectors]
    )
    shelf = np.zeros((n, s))
    near: Equilibrium | None = None
    taxed, laid = old, np.zeros(shape)
    lately: list[Floats] = []
    for tariff in rates:
        taste = None if not memory.any() else np.exp(-memory / short)
        felt = cost if taste is None else taste if cost is None else taste * cost
        lift = known.productivity(log_capital) if log_capital.any() else None
        solved = solve(known.short, Shock(tariff, felt, lift, options), warm=near)
        # Where nothing new comes, the next quarter lies on the curve through the last four.
        lately = [solved.u, *lately[:3]] if tariff is taxed else [solved.u]
        near = replace(solved, u=sum(w * u for w, u in zip(AHEAD[len(lately)], lately, strict=True)))
        price, made = np.log(solved.hats["price"]), np.log(solved.hats["cost"])
        columns = _columns(known, solved, cost, log_capital, shelf)
        yield columns, solved.levels["trade"].reshape(n, n, s).sum(axis=2), solved.certificate
        # What a quarter leaves to the next: where buyers buy, what stands on shelves, capital.
        if tariff is not taxed:
            taxed, laid = tariff, np.log((1.0 + tariff) / (1.0 + old))
        dearer = laid + made.reshape(1, *shape[1:])
        dearer -= price.reshape(n, 1, *shape[2:])
        if cost is not None:
            dearer += np.log(cost)
        dearer[none] = 0.0
        dearer *= pace.adoption * (theta - short)
        memory *= 1.0 - pace.adoption
        memory -= dearer
        shelf += follows * (price - np.log(solved.hats["wage"])[:, None] - shelf)
        if pace.depreciation:
            wanted = np.exp(known.log_capital(solved))
            log_capital = np.log((1.0 - pace.depreciation) * np.exp(log_capital) + pace.depreciation * wanted)
        solved.shock.memo.clear()


def _columns(
    known: InTime, solved: Equilibrium, cost: Floats | None, log_capital: Floats, shelf: Floats
) -> dict[str, Floats]:
    """Changes of a quarter by country, share, each of shape (country,); volumes at border prices of the world's year.

    Memory of where buyers buy is no cost, so that volumes leave it out.

    Parameters
    ----------
    shelf : log prices in shops in units of the country's value added, shape (country, sector).
    """
    wage, price = solved.hats["wage"], np.log(solved.hats["price"])
    bought = quantities(solved.levels["trade"], solved.hats["cost"], replace(solved.shock, cost_hat=cost))
    volume, base = bought.sum(axis=2), flows_of(solved.economy).sum(axis=2)
    inward, before = (each.sum(axis=1) - np.diagonal(each) for each in (volume, base))
    index = np.exp((known.consumed * price).sum(axis=1))
    spent, invested = solved.levels["expenditure"] / known.spent, known.invested
    return {
        "real_income": solved.changes["welfare"],
        "consumption": (spent - invested * wage) / (1.0 - invested) / index - 1.0,
        "real_gdp": known.real_gdp(solved, bought),
        "real_wage": solved.changes["real_wage"],
        "capital": np.expm1(log_capital),
        "prices": index / wage - 1.0,
        "shelf": np.expm1((known.consumed * shelf).sum(axis=1)),
        "imports": np.where(before > 0, inward / np.where(before > 0, before, 1.0), 1.0) - 1.0,
        "revenue": (solved.levels["revenue"] - known.revenue) / known.spent,
    }
