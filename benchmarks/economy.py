"""Times of the world economy against the aims of the design, and the ratio to gegravity in the same run.

    python benchmarks/economy.py [--repeat 20] [--json FILE] [--countries 40,194]

Of several repeats the least is shown: machines are shared, and the least is what the work costs. Baselines are warm:
what an economy derives once (an inverse, a split) is there already.

gegravity (Herman) is run where it can be imported, by the interpreter named in GEGRAVITY_PYTHON or by this one, on the
same counterfactual: the United States makes every import 30% dearer to bring in, one sector, endowments, sigma = 5,
balanced trade, no margin. gegravity 0.3 solves its last step at baseline output and spending, so that its trade does
not add up to its own new incomes; the gap is printed. With its resistances solved again at the new incomes until
prices stay (`gegravity_peer`), both must tell the same trade shares.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from run import Figure, show

from detente.data.worlds import load_economy
from detente.economy import Economy, Shock, gradient, nash, one_sided, optimal_tariff, solve
from detente.economy.policies.policy import groups
from detente.economy.solver import solve_many, without_deficits
from detente.economy.tariff_table import added, replaced

PEER = Path(__file__).with_name("gegravity_peer.py")
SIGMA, DEARER = 5.0, 1.3
COMPLETED = 60
"""Up to this many countries gegravity is also carried on to market clearing, which rebuilds its model many times."""

NO_PEER = """gegravity is not here: no ratio to it. To get one, outside this environment:
    python3 -m venv gegravity && gegravity/bin/pip install gegravity
    make bench GEGRAVITY_PYTHON=gegravity/bin/python"""

NONE = float("inf")
"""No aim."""

Floats = NDArray[np.float64]


def least(action: Callable[[], object], repeat: int) -> float:
    """Least wall time of an action, seconds; one run before the clock starts."""
    action()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def timed(world: Economy, tariff: Floats, repeat: int, **options: str) -> float:
    """Least time of a cold solve, ms: a new shock each time, nothing kept from the last."""
    return 1e3 * least(lambda: solve(world, Shock(tariff, options=options)), repeat)


def one_sector(repeat: int) -> Iterator[Figure]:
    """194 countries: sparse and dense tariffs, batches, derivatives, the best vector of rates."""
    world = load_economy("libday-2023")
    n, tariff = len(world.countries), one_sided(world, "USA", 0.2)
    dense = np.random.default_rng(0).uniform(0.0, 0.5, (n, n))
    np.fill_diagonal(dense, 0.0)
    one = timed(world, tariff, repeat)
    yield Figure("194 x 1, one country's tariffs", one, 3.0, "ms")
    yield Figure("194 x 1, a tariff in every cell", timed(world, dense, repeat, rebate="lump-sum"), 3.0, "ms")
    slope = 1e3 * least(lambda: gradient(solve(world, Shock(tariff)), "USA"), repeat)
    yield Figure("194 x 1, value and gradient over a solve", slope / one, 3.0, "x")
    many = [Shock(one_sided(world, "USA", rate)) for rate in np.linspace(0.0, 0.6, 1000)]
    batch = least(lambda: solve_many(world, many), 1)
    yield Figure("194 x 1, batched, each of 1,000", batch, 1.0, "ms")
    yield Figure("194 x 1, 1,000 scenarios", batch, 2.0, "s")
    yield Figure("194 x 1, best 193 rates", least(lambda: optimal_tariff(world, "USA", over="partner"), 2), 1.0, "s")


def treaty(repeat: int) -> Iterator[Figure]:
    """The world of Caliendo and Parro: 1993 to 2005, deficits set to zero first."""
    world = load_economy("nafta-1993")
    after = np.asarray(world.arrays["tariff_2005"], dtype=np.float64)
    yield Figure("31 x 40, one solve", timed(world, after, repeat, closure="zero"), 10.0, "ms")


def many_sectors(name: str, aim: float, whole: float, repeat: int) -> Iterator[Figure]:
    """A world with input-output links: a solve, its gradient, a grid of two rates."""
    world = load_economy(name)
    size = f"{len(world.countries)} x {len(world.sectors)}"
    rates = added(world, "USA", ["CHN"], 0.3)
    one, found = timed(world, rates, repeat), solve(world, Shock(rates))
    yield Figure(f"{size}, one solve", one, aim, "ms")
    embargo = replaced(world, "USA", ["CHN"], 1.45)
    yield Figure(f"{size}, one solve, USA at 145% on CHN", timed(world, embargo, repeat), aim, "ms")
    slope = 1e3 * least(lambda: gradient(found, "USA"), repeat)
    yield Figure(f"{size}, gradient over a solve", slope / one, 5.0, "x")
    shocks = list(grid(world))
    yield Figure(f"{size}, grid of 16 x 16", least(lambda: solve_many(world, shocks), 1), whole, "s")


def grid(world: Economy, points: int = 16, highest: float = 1.45) -> Iterator[Shock]:
    """Tariffs of the United States and China on one another, even in log(1 + t)."""
    rates, china = np.expm1(np.linspace(0.0, np.log1p(highest), points)), world.country("CHN")
    for american in rates:
        for chinese in rates:
            tariff = replaced(world, "USA", ["CHN"], american)
            tariff[china] = replaced(world, "CHN", ["USA"], chinese)[china]
            yield Shock(tariff)


def policy() -> Iterator[Figure]:
    """Best and Nash tariffs on 81 x 28, goods only, certificates included."""
    world, pair = load_economy("icio-2022"), ["USA", "CHN"]
    for over in ("uniform", "partner", "sector", "partner x sector"):
        count = int(groups(world, "USA", over).max()) + 1
        found = least(lambda over=over: optimal_tariff(world, "USA", over=over), 1)
        yield Figure(f"81 x 28, best {count} rates, {over}", found, NONE, "s")
    for over, aim in (("uniform", 1.0), ("sector", 15.0)):
        found = least(lambda over=over: nash(world, pair, over=over), 2)
        yield Figure(f"81 x 28, Nash of USA and CHN, {over}", found, aim, "s")


def interpreter() -> str | None:
    """An interpreter that can import gegravity, or None."""
    named = os.environ.get("GEGRAVITY_PYTHON")
    here = sys.executable if importlib.util.find_spec("gegravity") else None
    python = named or here
    if python is None:
        return None
    ran = subprocess.run([python, "-c", "import gegravity"], capture_output=True, check=False)
    return python if ran.returncode == 0 else None


def coarse(countries: int) -> Economy:
    """The largest countries of libday-2023 by GDP and the rest as one, endowments only, balanced trade."""
    world = load_economy("libday-2023")
    largest = np.argsort(-np.asarray(world.arrays["gdp"]))[: countries - 1].tolist()
    group = np.full(len(world.countries), min(countries, len(world.countries)) - 1)
    group[largest] = np.arange(len(largest))
    member = np.eye(int(group.max()) + 1)[group]
    codes = (*(world.countries[i] for i in largest), "ROW")
    flows = member.T @ np.asarray(world.arrays["flows"]) @ member
    plain = {"labor_supply_elasticity": 0.0, "scale_elasticity": 0.0, "distribution_margin": 0.0}
    parameters = {**world.parameters, **plain, "trade_elasticity": SIGMA - 1.0}
    arrays = {"flows": flows, "distribution_share": np.zeros(len(codes))}
    return without_deficits(Economy("coarse", "armington", codes, ("all",), arrays, parameters))


def peer(python: str, countries: int, repeat: int) -> Iterator[Figure]:
    """Times of gegravity and of this package on one counterfactual, and how far their answers are apart."""
    world = coarse(countries)
    n, at = len(world.countries), world.country("USA")
    cost = np.ones((n, n))
    cost[at], cost[at, at] = DEARER, 1.0
    own = least(lambda: solve(world, Shock(cost_hat=cost)), repeat)
    trade = solve(world, Shock(cost_hat=cost), tol=1e-12).levels["trade"]
    theirs = ask(python, np.asarray(world.arrays["flows"]), cost, complete=n <= COMPLETED)
    setup, simulated = theirs["seconds"]
    title = f"gegravity {theirs['version']}, {n} countries"
    yield Figure(f"{n} x 1, this package", 1e3 * own, NONE, "ms")
    yield Figure(f"{title}, set up", setup, NONE, "s")
    yield Figure(f"{title}, counterfactual", simulated, NONE, "s")
    yield Figure(f"{title}, times slower", simulated / own, NONE, "x")
    income = theirs["price"] * np.asarray(world.arrays["flows"]).sum(axis=0)
    yield Figure(
        "  its sales over its incomes, off by", np.abs(theirs["trade"].sum(axis=0) / income - 1.0).max(), NONE, ""
    )
    yield Figure("  trade shares as it leaves them, apart", apart(theirs["trade"], trade), NONE, "")
    if "completed" in theirs:
        yield Figure("  trade shares at market clearing, apart", apart(theirs["completed"], trade), 1e-7, "")


def apart(one: Floats, other: Floats) -> float:
    """Largest difference of import shares."""
    return float(np.abs(one / one.sum(axis=1, keepdims=True) - other / other.sum(axis=1, keepdims=True)).max())


def ask(python: str, flows: Floats, cost: Floats, *, complete: bool) -> dict[str, Any]:
    """The answer of gegravity, run by its own interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder, "asked.npz"), Path(folder, "answer.npz")
        np.savez(asked, flows=flows, cost_hat=cost, sigma=SIGMA, complete=complete)
        subprocess.run([python, str(PEER), str(asked), str(answer)], check=True, stdout=subprocess.DEVNULL)
        with np.load(answer) as held:
            found = dict(held)
    if not found["converged"]:
        print(f"gegravity did not converge on {len(flows)} countries; its time is no measure")
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeat", type=int, default=20)
    options.add_argument("--json", type=Path)
    options.add_argument("--countries", default="40,194", help="sizes of the comparison with gegravity")
    chosen = options.parse_args()
    figures = [*one_sector(chosen.repeat), *treaty(chosen.repeat)]
    figures += many_sectors("icio-2022-small", 3.0, 0.7, chosen.repeat)
    figures += many_sectors("icio-2022", 20.0, 4.0, chosen.repeat)
    figures += [*many_sectors("icio-2025", 60.0, 15.0, chosen.repeat), *policy()]
    python = interpreter()
    for size in chosen.countries.split(",") if python else ():
        figures += peer(str(python), int(size), chosen.repeat)
    show(figures, chosen.json)
    if python is None:
        print(NO_PEER)


if __name__ == "__main__":
    main()
