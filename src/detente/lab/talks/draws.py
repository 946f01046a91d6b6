"""Draws of a case: each with its own elasticities, duties of third countries, terms and weights, and its own surface.

A draw depends on the seed and its number alone, so that chunks of draws may be done in any order, on any machine, and
taken up again. A draw is solved at the nodes of the central surface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_with
from detente.data.caserows import CaseFile
from detente.data.limits import memoized
from detente.draws import BAND, Input, Value, columns_of, draw, drivers, quantiles
from detente.lab.talks.advice import ADVICE, ODDS, Advice, DrawnGains
from detente.lab.talks.case import WELFARE, Case
from detente.lab.talks.deals import billions
from detente.lab.talks.materials import supplied_at
from detente.lab.talks.talk import EVEN, Talk
from detente.lab.talks.world import BOUNDS, STANDARD, economy_of, pledged
from detente.lab.work.chunks import Chunk, Crew, Progress, go_on, in_memory, spans
from detente.talks.fit import SEED
from detente.talks.world import BILLION

ELASTICITIES = "elasticities"
#: Draws that a process does at a time, and fewer than are worth starting processes for.
CHUNK, SEVERAL = 5, 10

#: What solves to `LOOSE` can be off, USD bn a year: gains below it have no sign.
NOISE = 1e-3

Numbers = Mapping[str, float]
#: Outcomes that no file names, by what they are called, each a level of every issue.
Levels = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class CaseDraw:
    """One draw: its number, the inputs and the numbers they give, USD bn a year or as named."""

    number: int
    inputs: Mapping[str, Value]
    numbers: Numbers = field(repr=False)


def inputs_of(file: CaseFile) -> tuple[Input, ...]:
    """What is uncertain in a case: the set of elasticities, its parameters with a range, what pledges are worth."""
    sets = tuple(economy_of(file.world.name, file.world.elasticities).parameters.get("elasticity_sets", ()))
    inputs = [Input(ELASTICITIES, file.world.elasticities, shape="choice", choices=sets)] if sets else []
    for name, parameter in file.parameters.items():
        low, high = parameter.ends
        if parameter.spread != "none" and low < high:
            inputs.append(Input(name, parameter.central, low, high, parameter.spread))
    standard = [name for name in pledged(file) if name in BOUNDS and name not in file.parameters]
    return (*inputs, *(Input(name, STANDARD[name], *BOUNDS[name]) for name in standard))


def draw_case(file: CaseFile, i: int, seed: int = SEED) -> Case:
    """Draw number i of a case, unsolved, at the nodes of the central surface.

    The scale of the elasticities that is drawn stands for the horizon, so that one surface is enough.
    """
    return supplied_at(Case(file, draw(inputs_of(file), seed, i), centre=_central(_Whole(file))))


@dataclass(frozen=True)
class _Whole:
    """A case file by which a case is kept."""

    file: CaseFile

    def __hash__(self) -> int:
        return hash(self.file.name)


@memoized
def _central(of: _Whole) -> Case:
    """A case at its central inputs: its surfaces serve all draws of a process."""
    return Case(of.file)


def headline_numbers(case: Case, also: Levels | None = None) -> dict[str, float]:
    """Payoffs of named outcomes by party under every set of weights, their gains over threats, and the weights.

    Parameters
    ----------
    also : further outcomes.
    """
    numbers: dict[str, float] = {}
    for line in case.lines():
        omega = line.omega(case.file.weights.mu)
        numbers[f"omega {line.name}"] = float("nan") if omega is None else omega
    outcomes = {name: case.outcome(name) for name in case.file.outcomes}
    outcomes |= {name: np.array(levels) for name, levels in (also or {}).items()}
    X, chosen = np.stack(list(outcomes.values())), [row.name for row in case.file.weights.choices]
    for weights in (WELFARE, *(name for name in chosen if name in case.weight_sets[0]), *case.file.weights.given):
        payoffs = case.payoffs(weights)
        value = payoffs.value(X)
        over = {f"over {threat.name}": value - threat.value for threat in case.threats(payoffs)}
        for what, amounts in {"payoff": value, **over}.items():
            for name, row in zip(outcomes, amounts, strict=True):
                each = zip(case.parties, row.tolist(), strict=True)
                numbers |= {number_key(weights, name, code, what): x for code, x in each}
    return numbers


def number_key(weights: str, outcome: str, party: str, what: str) -> str:
    """What a number of a draw is called: `what` is "payoff", or "over" and a threat."""
    return f"{weights} | {outcome} | {party} | {what}"


def drawn_gains(
    draws: Sequence[CaseDraw], weights: str, outcome: str, threat: str, parties: Sequence[str]
) -> DrawnGains | None:
    """Ranges of the gains of an outcome over a threat, 5 to 95% of the draws; None where no draw has them."""
    keys = [number_key(weights, outcome, party, f"over {threat}") for party in parties]
    gains = np.array([[draw.numbers.get(key, np.nan) for key in keys] for draw in draws]).reshape(-1, len(keys))
    gains = gains[np.isfinite(gains).all(axis=1)]
    if not len(gains):
        return None
    low, high = quantiles(gains, BAND)
    return DrawnGains(len(gains), tuple(low.tolist()), tuple(high.tolist()), float((gains > 0.0).all(axis=1).mean()))


def drawn(file: CaseFile, i: int, seed: int = SEED, also: Levels | None = None) -> CaseDraw:
    """One draw, solved and measured; `also` : outcomes beside those of the file."""
    case = draw_case(file, i, seed)
    return CaseDraw(i, case.inputs, headline_numbers(case, also))


def ranged_advice(
    page: Advice, talk: Talk, draws: int, seed: int, *, workers: int | None = None, progress: Progress | None = None
) -> tuple[Advice, list[Table]]:
    """The page with how far the gains of its package reach over joint draws; ranges of the headline numbers, and the
    sentences for those whose sign is not determined.

    Parameters
    ----------
    workers : processes; by default one a core. Their number does not move a byte.

    Raises
    ------
    InputError : fewer than two draws.
    """
    if draws < 2:
        raise InputError(Parameter("draws"), f"{draws} give no range", "ask for 2 or more, 200 in a report")
    row, file, shelf = page.advice, talk.case.file, in_memory()
    also = {ADVICE: row.levels} if row is not None else {}
    drawn_at = enumerate(spans(draws, CHUNK))
    chunks = [Chunk(n, len(rows), partial(_chunk, file, seed, rows, also)) for n, rows in drawn_at]
    go_on(chunks, shelf, Crew(SEVERAL, workers), progress)
    done: list[CaseDraw] = [draw for some in shelf.in_order() for draw in some]
    even = (threat.name for threat in file.threats if threat.kind == "expected" and threat.p == EVEN)
    base = next(even, ODDS) if page.base == ODDS else page.base
    reached = None if row is None else drawn_gains(done, page.weights, ADVICE, base, talk.parties)
    table = bands_table(file, done, seed)
    return replace(page, drawn=reached), [table, undetermined_table(table)]


def _chunk(file: CaseFile, seed: int, numbers: range, also: Levels) -> list[CaseDraw]:
    return [drawn(file, number, seed, also) for number in numbers]


def undetermined_table(ranges: Table) -> Table:
    """Gains whose range holds zero, in the words of the report."""
    rows = []
    for row in ranges.rows():
        if row["sign"] == "not determined" and "over" in row["number"]:
            names = " and ".join(word.rsplit(" ", 1)[0] for word in row["drivers"].split(", "))
            words = declared_note("case.sign_open", names=names) if names else declared_note("case.more_draws")
            rows.append((row["number"], row["low"] / BILLION, row["high"] / BILLION, words))
    return billions("case.undetermined", rows)


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
        # A sign is determined where the band lies on one side of zero by more than noise.
        "sign": np.where((low > noise) | (high < -noise), "determined", "not determined"),
        "drivers": np.asarray([", ".join(f"{each.name} {each.share:.2f}" for each in pair) for pair in movers]),
    }
    note = declared_note("case.joint_draws", count=len(draws), seed=seed)
    return table_with("case.bands", data, (note,), case=file.title)
