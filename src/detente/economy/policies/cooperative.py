"""Cooperative tariffs: rates between players that maximise the Nash product of their gains over a threat.

Source: Nash (1950), "The Bargaining Problem", with bargaining weights: maximise sum_i b_i log(W_i(t) - d_i), W_i the
objective of player i and d_i what it gets without agreement. There are no transfers beside the tariffs. So tariffs
carry what one side pays the other, and efficient rates are in general not zero (Mayer 1981, "Theoretical
Considerations on Negotiated Tariff Adjustments").

The search runs in log(1 + rate) by exact gradients: the gradient of the product is a weighted sum of those of welfare,
so one adjoint solve gives all of it. Below a floor the logarithm is continued by its parabola, so that a search may
start where somebody loses; the floor falls until everybody's gain lies above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError, SolveError, Table, declared_note, table_of
from detente.codes.given import Several, several, several_or_none
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.economy.frame import Economy, Equilibrium, Floats, Shock
from detente.economy.policies.concessions import Rates, derivatives, players_of, rates_of, tariff_of
from detente.economy.policies.game import nash
from detente.economy.policies.policy import (
    CHANCE,
    CLOSED,
    HIGHEST,
    LOWEST,
    at_bound,
    scale_of,
    starting_points,
    taxed_at,
    weights_of,
    worth,
)
from detente.economy.solver import solve

STARTS = (0.0, 0.20)
#: Residual of the solves on the way, smaller than elsewhere: gains are small differences of welfare.
TOL = 1e-12

#: Gains below this share of welfare are nothing to share.
SMALLEST_GAIN = 1e-9


@dataclass(frozen=True, repr=False)
class CooperativeCertificate(Readable):
    """What a search for cooperative tariffs ended with.

    Attributes
    ----------
    first_order : largest derivative of the log product in log(1 + rate) that a feasible step could still use, over
        the largest that one player alone would have; dimensionless.
    improvement : what a common small change of rates could still give every player at once, as a share of what the
        same size of change could give each alone; 0 is efficient, 1 is no conflict.
    starts : where each search began; `values` : geometric mean of gains each reached, share, 0 where somebody did
        not gain.
    apart : largest difference of rates between searches that reached gains, weighted by trade, share.
    evaluations : solves used.
    """

    first_order: float
    improvement: float
    starts: tuple[str, ...]
    values: tuple[float, ...]
    apart: float
    evaluations: int


@dataclass(frozen=True, repr=False)
class Cooperative(Readable):
    """Tariffs between players that share the gains of agreement by the Nash product.

    Attributes
    ----------
    players, over : who sets rates on whom, and along which axes those of one may differ.
    weights : bargaining weights, sum to one; `threat` : what each gets without agreement, share.
    rates : rates of each on the others' goods, shares, shape (rates,). The full table is `equilibrium.shock.tariff`.
    welfare, gains : objective of each player, and that less the threat, shares.
    gains_at_zero : the same with no tariffs between the players (on the goods taxed), for comparison: zero rates are
        not efficient in general, nor does everybody gain from them.
    product : product of gains to the power of the weights, share.
    in_usd : whether the objectives are the players' own real income, so that gains have a value in USD.
    equilibrium : the solved economy under these rates.
    notes : where the threat comes from, and caveats.
    """

    players: tuple[str, ...]
    over: str
    weights: Mapping[str, float]
    threat: Mapping[str, float]
    rates: Mapping[str, Floats]
    welfare: Mapping[str, float]
    gains: Mapping[str, float]
    gains_at_zero: Mapping[str, float]
    product: float
    in_usd: bool
    equilibrium: Equilibrium = field(repr=False)
    certificate: CooperativeCertificate
    notes: tuple[str, ...] = ()

    def table(self) -> Table:
        """One row a player: mean rate, threat, gain as share and in USD, gain with no tariffs between the players."""
        economy = self.equilibrium.economy
        scale = worth(economy, self.equilibrium.shock)[[economy.country(code) for code in self.players]]
        gains = np.array([self.gains[code] for code in self.players])
        means = rates_of_player(self.equilibrium, self.players)
        parts = (self.weights, self.threat, self.welfare, self.gains_at_zero)
        values = [np.array([part[code] for code in self.players]) for part in parts]
        columns = [
            self.players,
            means,
            *values[:3],
            gains,
            gains * scale if self.in_usd else np.nan * gains,
            values[3],
        ]
        rows = list(zip(*columns, strict=True))
        c = self.certificate
        search = {"residual": c.first_order, "starts": len(c.starts), "apart": c.apart, "solves": c.evaluations}
        note = declared_note("economy.agreed", room=c.improvement, **search)
        return table_of("economy.cooperative", rows, (*self.notes, note), world=economy.name)


def rates_of_player(equilibrium: Equilibrium, players: Sequence[str]) -> Floats:
    """Mean tariff of each player on the others' goods at baseline imports, shape (player,), share."""
    rates = rates_of(equilibrium.economy, players)
    return rates.mean(equilibrium.economy, tariff_of(equilibrium))


@dataclass
class _Bargain:
    """The log of the Nash product as a function of the players' rates; counts its solves, starts each from the last.

    `payoffs` (player, country) are weights on welfare, `threat` and `power` have shape (player,), `floor` is the gain
    below which the logarithm is continued by its parabola, share.
    """

    economy: Economy
    shock: Shock
    rates: Rates
    payoffs: Floats
    threat: Floats
    power: Floats
    in_usd: bool
    floor: float = 1.0
    warm: Equilibrium | None = None
    solves: int = 0

    def solve(self, logs: Floats) -> tuple[Floats, Equilibrium]:
        """Gains over the threat, shape (player,), and the equilibrium at rates expm1(logs)."""
        shock = taxed_at(self.economy, self.shock, self.rates.group, logs)
        self.solves += 1
        self.warm = solve(self.economy, shock, tol=TOL, warm=self.warm, persist=False)
        return self.payoffs @ self.warm.payoff - self.threat, self.warm

    def slope(self, logs: Floats) -> tuple[float, Floats]:
        """The continued log product and its derivative in the logs."""
        gains, equilibrium = self.solve(logs)
        value, pull = continued_log(gains, self.floor)
        weights = (self.power * pull) @ self.payoffs
        return float(self.power @ value), derivatives(equilibrium, weights[None], self.rates)[0] * np.exp(logs)


def continued_log(gains: Floats, floor: float) -> tuple[Floats, Floats]:
    """Logarithm of gains, below `floor` its parabola there, and the derivative: concave, twice continuous."""
    x = gains / floor
    safe, low = np.maximum(x, 1.0), np.minimum(x, 1.0) - 1.0
    return np.log(safe) + low - 0.5 * low**2 + np.log(floor), np.where(x < 1.0, 1.0 - low, 1.0 / safe) / floor


@np.errstate(all="ignore")
@checked
def cooperative(
    economy: Economy,
    players: Several,
    *,
    over: str = "uniform",
    weights: Mapping[str, float] | None = None,
    threat: Equilibrium | None = None,
    shock: Shock | None = None,
    sectors: Several | None = None,
    starts: Sequence[float] = STARTS,
    lowest: float = LOWEST,
    chance: int = CHANCE,
    seed: int = 0,
) -> Cooperative:
    """Rates of the players on one another's goods that maximise the Nash product of their gains over a threat.

    Rates are total tariffs, they replace the baseline; everything else stays as in the shock.

    Parameters
    ----------
    players : two or more countries.
    over : "uniform" (one rate each), "partner", "sector" or "partner x sector".
    weights : bargaining weight of each player, positive, summing to one; by default equal.
    threat : what happens without agreement: an equilibrium of the same world and options. By default the tariff war
        `nash` finds, and a note says so.
    shock : tariffs of everybody else and the options of the closure.
    sectors : goods that are taxed; by default all goods, services only if named.
    starts : rates the searches begin from, shares; the rates of the threat are one more.
    lowest : lowest rate allowed, share; 0 forbids subsidies to imports.
    chance : starts drawn by chance beside them where there are several rates each; `seed` : of these draws.

    Raises
    ------
    UnknownName, InputError : players, axes, weights or a threat that cannot be used.
    SolveError : from no start were rates found at which everybody gains, or no equilibrium along the way.
    """
    codes = players_of(economy, several(players, "players"), "cooperative")
    sectors, change = several_or_none(sectors, "sectors"), shock or Shock()
    rates = rates_of(economy, codes, over, sectors)
    payoffs = np.stack([weights_of(economy, code) for code in codes])
    power = np.full(len(codes), 1.0 / len(codes)) if weights is None else np.array([weights[code] for code in codes])
    in_usd = change.options.get("objective", "real-income") == "real-income"
    end, note = (threat, ()) if threat is not None else _war(economy, codes, over, change, sectors)
    if end.payoff.size != payoffs.shape[1]:
        raise InputError("threat", f"is an equilibrium of {end.economy.name}", "solve it in the same world")
    bargain = _Bargain(economy, change, rates, payoffs, payoffs @ end.payoff, power, in_usd)
    _same_ground(bargain, end)
    points = _points(bargain, end, starts, lowest)
    if len(rates) > len(codes):
        for number, logs in enumerate(starting_points(len(rates), (), chance, seed), start=1):
            points[f"chance {number}"] = np.maximum(logs, np.log1p(lowest))
    optima = [_from(bargain, logs, lowest) for logs in points.values()]
    at_zero = bargain.solve(np.zeros(len(rates)))[0]
    return _report(bargain, over, codes, optima, tuple(points), at_zero, lowest, note)


def _war(
    economy: Economy,
    codes: tuple[str, ...],
    over: str,
    shock: Shock,
    sectors: Sequence[str] | None,
) -> tuple[Equilibrium, tuple[str, ...]]:
    """The tariff war as threat, with its note."""
    war = nash(economy, codes, over=over, shock=shock, sectors=sectors)
    means = rates_of_player(war.equilibrium, codes)
    text = ", ".join(f"{code} {mean:.1%}" for code, mean in zip(codes, means, strict=True))
    note = declared_note("economy.threat_of_war", rates=text)
    return war.equilibrium, (note,)


def _same_ground(bargain: _Bargain, threat: Equilibrium) -> None:
    """Refuse a threat solved in another world, or with another closure or rebate: its welfare is not comparable."""
    _, free_trade = bargain.solve(np.zeros(len(bargain.rates)))
    if free_trade.economy is not threat.economy or free_trade.shock.key != threat.shock.key:
        what = f"is an equilibrium of {threat.economy.name} with options {dict(threat.shock.options)}"
        raise InputError("threat", what, f"solve it in {free_trade.economy.name} with {dict(bargain.shock.options)}")


def _points(bargain: _Bargain, threat: Equilibrium, starts: Sequence[float], lowest: float) -> dict[str, Floats]:
    """Where searches begin: common rates, and those of the threat, in logs, shape (rates,)."""
    rates = bargain.rates
    bottom = np.log1p(lowest)
    points = {f"{rate:g}": np.full(len(rates), max(np.log1p(rate), bottom)) for rate in starts}
    logs = rates.mean(bargain.economy, np.log1p(tariff_of(threat)))
    return points | {"threat": logs.clip(bottom, np.log1p(HIGHEST))}


def _from(bargain: _Bargain, logs: Floats, lowest: float) -> tuple[Floats, Floats]:
    """Rates in logs and gains reached from one start; the floor falls until it binds nowhere."""
    gains, _ = bargain.solve(logs)
    bargain.floor = max(float(np.abs(gains).max()), SMALLEST_GAIN)
    for _ in range(16):
        logs = _climb(bargain, logs, lowest)
        gains, _ = bargain.solve(logs)
        worst = float(gains.min())
        if worst > bargain.floor or bargain.floor < 0.1 * SMALLEST_GAIN:
            break
        bargain.floor = 0.5 * worst if worst > SMALLEST_GAIN else 0.1 * bargain.floor
    return logs, gains


def _climb(bargain: _Bargain, logs: Floats, lowest: float) -> Floats:
    """L-BFGS-B in scaled logs, begun again as long as that helps; beyond the highest rate only where it ends there."""
    from scipy.optimize import minimize

    scale, highest = scale_of(bargain.economy, bargain.rates.group), HIGHEST
    size = max(1.0, float(np.abs(bargain.slope(logs)[1] / scale).max()))

    def downhill(scaled: Floats) -> tuple[float, Floats]:
        value, slope = bargain.slope(scaled / scale)
        return -value / size, -slope / scale / size

    options = {"maxcor": 30, "maxiter": 500, "ftol": 1e-16, "gtol": 1e-9}
    before = np.inf
    for _ in range(4):
        bounds = np.outer(scale, np.log1p((lowest, highest)))
        optimum = minimize(downhill, logs * scale, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        logs = optimum.x / scale
        if highest < CLOSED and (logs >= np.log1p(HIGHEST) - 1e-6).any():
            highest = CLOSED
        elif not before - optimum.fun > 1e-12:
            break
        before = float(optimum.fun)
    return logs


def _report(
    bargain: _Bargain,
    over: str,
    codes: tuple[str, ...],
    optima: Sequence[tuple[Floats, Floats]],
    starts: tuple[str, ...],
    at_zero: Floats,
    lowest: float,
    notes: tuple[str, ...],
) -> Cooperative:
    values = tuple(_product(gains, bargain.power) for _, gains in optima)
    best = int(np.argmax(values))
    if values[best] <= 0.0:
        _refuse(codes, optima)
    logs = optima[best][0]
    gains, equilibrium = bargain.solve(logs)
    first_order, improvement = _residuals(bargain, logs, gains, equilibrium, lowest)
    share = bargain.rates.imports / bargain.rates.imports.sum()
    gaps = [share @ np.abs(np.expm1(own) - np.expm1(logs)) for (own, _), v in zip(optima, values, strict=True) if v > 0]
    certificate = CooperativeCertificate(first_order, improvement, starts, values, float(max(gaps)), bargain.solves)
    rates, owners = np.expm1(logs), np.asarray(bargain.rates.importers)
    high, low = (int((at_bound(logs) > 0).sum()), int((logs <= np.log1p(lowest) + 1e-06).sum()))
    both, single = ("economy.at_both_bounds", "economy.at_highest" if high else "economy.at_lowest")
    notes = (
        *notes,
        declared_note("economy.best_of", starts=len(optima)),
        *((declared_note(both if high and low else single, high=high, low=low),) if high or low else ()),
    )

    def by_player(numbers: Floats) -> dict[str, float]:
        return dict(zip(codes, numbers.tolist(), strict=True))

    return Cooperative(
        players=codes,
        over=over,
        weights=by_player(bargain.power),
        threat=by_player(bargain.threat),
        rates={code: rates[owners == code] for code in codes},
        welfare=by_player(gains + bargain.threat),
        gains=by_player(gains),
        gains_at_zero=by_player(at_zero),
        product=_product(gains, bargain.power),
        in_usd=bargain.in_usd,
        equilibrium=equilibrium,
        certificate=certificate,
        notes=notes,
    )


def _product(gains: Floats, power: Floats) -> float:
    return float(np.exp(power @ np.log(gains))) if gains.min() > SMALLEST_GAIN else 0.0


def _refuse(codes: tuple[str, ...], optima: Sequence[tuple[Floats, Floats]]) -> None:
    gains = max((own for _, own in optima), key=lambda own: float(own.min()))
    text = ", ".join(f"{code} {gain:+.2e}" for code, gain in zip(codes, gains, strict=True))
    raise SolveError(
        f"cooperative: nothing to share. From no start did a search find rates at which each of {', '.join(codes)} "
        f"does better than under the threat; the nearest gains are {text} (shares of welfare). "
        "Name another threat, more rates to trade (over) or other starts."
    )


def _residuals(
    bargain: _Bargain, logs: Floats, gains: Floats, equilibrium: Equilibrium, lowest: float
) -> tuple[float, float]:
    """First-order residual and room for a common improvement, see `CooperativeCertificate`."""
    slopes = derivatives(equilibrium, bargain.payoffs, bargain.rates) * np.exp(logs)
    pull = (bargain.power / gains)[:, None] * slopes
    up = logs < np.log1p(CLOSED) - 1e-9
    down = logs > np.log1p(lowest) + 1e-9
    total = pull.sum(axis=0)
    usable = np.where(((total > 0) & up) | ((total < 0) & down), np.abs(total), 0.0)
    first_order = float(usable.max() / np.abs(pull).max())
    return first_order, common_improvement(slopes, down, up)


def common_improvement(slopes: Floats, down: Floats, up: Floats) -> float:
    """Largest s such that a step of at most one in each rate gives every player s times the most it could get.

    Linear programme max s: slopes_i @ step >= s sum |slopes_i|, step within [-down, up].

    Parameters
    ----------
    slopes : derivatives of each player, shape (player, rates). down, up : whether a rate may fall, and rise.
    """
    from scipy.optimize import linprog

    most = np.maximum(np.abs(slopes).sum(axis=1), 1e-300)
    rows = np.hstack([-slopes / most[:, None], np.ones((len(slopes), 1))])
    bounds = [*zip(-down.astype(np.float64), up.astype(np.float64), strict=True), (0.0, 1.0)]
    goal = np.zeros(rows.shape[1])
    goal[-1] = -1.0
    solution = linprog(goal, A_ub=rows, b_ub=np.zeros(len(slopes)), bounds=bounds, method="highs")
    return max(0.0, -float(solution.fun))
