"""One counterfactual in gegravity, run by an interpreter that has it: times, trade and welfare to a file.

    python benchmarks/gegravity_peer.py IN.npz OUT.npz

IN holds `flows` (importer, exporter), balanced so that every country spends what it earns, `cost_hat` (importer,
exporter), `sigma`, and `complete`, whether to go on to market clearing. Baseline trade costs are those that make
modelled trade equal to the flows. gegravity solves its last step at the output and spending of the baseline; with
`complete` its own multilateral resistances are solved again at the new incomes until prices stay.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version

import gegravity
import numpy as np
import pandas as pd

MISSING = -60.0
"""Log of trade over its frictionless value where there is none."""


def table(
    flows: np.ndarray, cost: np.ndarray, output: np.ndarray, spending: np.ndarray
) -> tuple[list[str], pd.DataFrame]:
    """Rows of exporter, importer and cost variable in gegravity's own form; `cost` is the log of t^(1 - sigma)."""
    names = [f"C{i:03d}" for i in range(len(flows))]
    importer, exporter = np.meshgrid(np.arange(len(flows)), np.arange(len(flows)), indexing="ij")
    i, j = exporter.ravel(), importer.ravel()
    columns = {
        "exporter": [names[k] for k in i],
        "importer": [names[k] for k in j],
        "year": "2023",
        "trade": flows[j, i],
        "Y": output[i],
        "E": spending[j],
        "cost": cost[j, i],
    }
    return names, pd.DataFrame(columns)


def model(rows: pd.DataFrame, names: list[str], sigma: float) -> gegravity.OneSectorGE:
    """A model of gegravity on these rows, baseline solved."""
    baseline = gegravity.BaselineData(
        rows,
        imp_var_name="importer",
        exp_var_name="exporter",
        year_var_name="year",
        trade_var_name="trade",
        expend_var_name="E",
        output_var_name="Y",
    )
    estimates = pd.DataFrame({"var": ["cost"], "coeff": [1.0], "ste": [0.0]})
    made = gegravity.OneSectorGE(
        baseline,
        year="2023",
        expend_var_name="E",
        output_var_name="Y",
        cost_coeff_values=gegravity.CostCoeffs(estimates, identifier_col="var", coeff_col="coeff", stderr_col="ste"),
        cost_variables=["cost"],
        reference_importer=names[0],
        sigma=sigma,
        quiet=True,
    )
    made.build_baseline(mr_max_iter=100_000)
    return made


def resistance(made: gegravity.OneSectorGE, names: list[str], sigma: float) -> np.ndarray:
    """Outward resistance to the power sigma - 1, shape (country,)."""
    return made.baseline_mr["baseline omr"].loc[names].to_numpy() ** (sigma - 1.0)


def completed(flows: np.ndarray, cost: np.ndarray, sigma: float, first: np.ndarray, tol: float = 1e-9) -> np.ndarray:
    """Prices at which every country sells what it makes, and trade there: gegravity's resistances at new incomes."""
    income, price = flows.sum(axis=0), np.ones(len(flows))
    for _ in range(200):
        now = price * income
        names, rows = table(flows, cost, now, now)
        made = model(rows, names, sigma)
        outward = resistance(made, names, sigma)
        new = (outward / first * income.sum() / now.sum()) ** (-1.0 / sigma)
        new *= income.sum() / (new * income).sum()
        if np.abs(np.log(new / price)).max() < tol:
            break
        price = new
    inward = made.baseline_mr["baseline imr"].loc[names].to_numpy() ** (sigma - 1.0)
    return np.exp(cost) * np.outer(now * inward, now * outward) / now.sum()


def main() -> None:
    given = np.load(sys.argv[1])
    flows, sigma = given["flows"], float(given["sigma"])
    income = flows.sum(axis=0)
    frictionless = np.outer(income, income) / income.sum()
    old = np.log(np.maximum(flows / frictionless, np.exp(MISSING)))
    new = old - (sigma - 1.0) * np.log(given["cost_hat"])
    names, rows = table(flows, old, income, income)
    start = time.perf_counter()
    made = model(rows, names, sigma)
    first = resistance(made, names, sigma)
    built = time.perf_counter()
    changed = made.baseline_data.copy()
    places = {name: k for k, name in enumerate(names)}
    changed["cost"] = new[changed["importer"].map(places), changed["exporter"].map(places)]
    made.define_experiment(changed)
    made.simulate(ge_max_iter=100_000)
    solved = time.perf_counter()
    trade = made.bilateral_trade_results["experiment trade"].unstack("exporter").loc[names, names].to_numpy()
    price = made.factory_gate_prices.iloc[:, 0].loc[names].to_numpy()
    answer = {
        "version": version("gegravity"),
        "seconds": np.array([built - start, solved - built]),
        "trade": trade,
        "price": price,
        "converged": all("converged" in found.message for found in made.solver_diagnostics.values()),
    }
    if given["complete"]:
        answer["completed"] = completed(flows, new, sigma, first)
    np.savez(sys.argv[2], **answer)


if __name__ == "__main__":
    main()
