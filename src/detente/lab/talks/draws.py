"""Draws of a case: each with its own elasticities, duties of third countries, terms and weights, and its own surface.

A draw depends on the seed and its number alone, so that chunks of draws may be done in any order, on any machine, and
taken up again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError, Table, table_with
from detente.data.caserows import CaseFile
from detente.draws import BAND, Input, Value, columns_of, draw, drivers, quantiles, sign_known
from detente.lab.talks.case import Case
from detente.lab.talks.materials import supplied_at
from detente.lab.talks.world import economy_of
from detente.talks.duties import BILLION
from detente.talks.surface import DRAW_NODES, SEED

ELASTICITIES = "elasticities"
NOISE = 1e-3
"""What solves to `LOOSE` can be off, USD bn a year: gains below it have no sign."""

OF_TWO = 8
"""Nodes along each duty of a draw of another number of duties."""

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class CaseDraw:
    """One draw: its number, the inputs and the numbers they give, USD bn a year or as named."""

    number: int
    inputs: Mapping[str, Value]
    numbers: Numbers = field(repr=False)


def inputs_of(file: CaseFile) -> tuple[Input, ...]:
    """What is uncertain in a case: the set of elasticities, then its parameters with a range."""
    sets = tuple(economy_of(file.world.name, file.world.elasticities).parameters.get("elasticity_sets", ()))
    inputs = [Input(ELASTICITIES, file.world.elasticities, shape="choice", choices=sets)] if sets else []
    for name, parameter in file.parameters.items():
        low, high = parameter.ends
        if parameter.spread != "none" and low < high:
            inputs.append(Input(name, parameter.central, low, high, parameter.spread))
    return tuple(inputs)


def draw_case(file: CaseFile, i: int, seed: int = SEED) -> Case:
    """Draw number i of a case, unsolved, on the few nodes of draws.

    The scale of the elasticities that is drawn stands for the horizon, so that one surface is enough.
    """
    duties = sum(row.moves_tariffs for row in file.issues)
    counts = None if duties == len(DRAW_NODES) else (OF_TWO,) * duties
    return supplied_at(Case(file, draw(inputs_of(file), seed, i), counts=counts, few=DRAW_NODES, check=False))


def headline_numbers(case: Case) -> dict[str, float]:
    """Payoffs of named outcomes by party under every set of weights, their gains over threats, and the weights."""
    numbers: dict[str, float] = {}
    for line in case.lines():
        omega = line.omega(case.file.weights.mu)
        numbers[f"omega {line.name}"] = float("nan") if omega is None else omega
    X = np.stack([case.outcome(name) for name in case.file.outcomes])
    for weights in ("welfare", *(row.name for row in case.file.weights.choices)):
        if weights not in case.weight_sets[0]:
            continue
        payoffs = case.payoffs(weights)
        value = payoffs.value(X)
        for k, name in enumerate(case.file.outcomes):
            for i, party in enumerate(case.parties):
                numbers[f"{weights} | {name} | {party} | payoff"] = float(value[k, i])
                for threat in case.threats(payoffs) if k == 0 and i == 0 else ():
                    for j, other in enumerate(case.parties):
                        numbers |= _gains(case, weights, threat.name, other, value[:, j], float(threat.value[j]))
    return numbers


def _gains(
    case: Case, weights: str, threat: str, party: str, value: np.ndarray, threat_value: float
) -> dict[str, float]:
    names = case.file.outcomes
    return {
        f"{weights} | {name} | {party} | over {threat}": float(v - threat_value)
        for name, v in zip(names, value, strict=True)
    }


def drawn(file: CaseFile, i: int, seed: int = SEED, measure: Callable[[Case], Numbers] = headline_numbers) -> CaseDraw:
    """One draw, solved and measured."""
    case = draw_case(file, i, seed)
    return CaseDraw(i, case.inputs, dict(measure(case)))


def bands_table(file: CaseFile, draws: Sequence[CaseDraw], seed: int = SEED) -> Table:
    """5-95% of every number over the draws, with the two inputs that move it most, by more than chance.

    Raises
    ------
    InputError : no draws.
    """
    if not draws:
        raise InputError("draws", "there are none", "ask for one or more")
    draws = sorted(draws, key=lambda draw: draw.number)
    names = list(dict.fromkeys(name for draw in draws for name in draw.numbers))
    values = np.array([[draw.numbers.get(name, np.nan) for name in names] for draw in draws])
    low, median, high = quantiles(values, (BAND[0], 0.5, BAND[1]))
    inputs = columns_of([draw.inputs for draw in draws])
    movers = [drivers(inputs, values[:, k]) for k in range(len(names))]
    weighs = np.array([name.startswith("omega") for name in names])
    scale, noise = np.where(weighs, 1.0, BILLION), np.where(weighs, 0.0, NOISE)
    data = {
        "number": np.asarray(names),
        "low": scale * low,
        "median": scale * median,
        "high": scale * high,
        "sign": np.where(sign_known(low, high, noise), "determined", "not determined"),
        "drivers": np.asarray([", ".join(f"{each.name} {each.share:.2f}" for each in pair) for pair in movers]),
    }
    note = f"{len(draws)} joint draws, seed {seed}; each has its own surface and its own weights"
    return table_with("case.bands", data, (note,), case=file.title)
