"""Ranges of an answer: joint draws of every figure by Latin hypercube, resumable, the same bytes on any workers.

A draw builds the chain from its figures, runs the months and solves the economies. Draws come in chunks; with a folder
each finished chunk is a file that appears whole or not at all, and a run that was stopped goes on from there.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from detente.chains.chain import Range
from detente.chains.disrupt import side_by_side
from detente.chains.equilibrium import Loss
from detente.codes import SolveError
from detente.codes.axis import Floats
from detente.data.chain_build import figures
from detente.draws import BAND, MOST_FAILED, Sample, columns_of, drivers, quantiles, sampled
from detente.lab.chains.answer import country_losses
from detente.lab.chains.months import ChainQuestion, Ran, RunCase, run_question, runs_of, start_of
from detente.lab.work.chunks import Chunk, Crew, Files, Progress, chunk_key, go_on, spans
from detente.lab.work.threads import on_one_thread
from detente.version import VERSION

CHUNK = 20
#: Largest residual of the networks' equations in a draw, logs.
TOLERANCE = 1e-8

#: Of an answer, in the order in which they are given.
QUANTILES = (0.5, *BAND)

#: Every so many draws the other licence path is answered as well: it costs as much again, and half of 200 draws tell a
#: range.
PAIRED = 2

#: Draws from which on more than one process is worth its start.
SEVERAL = 100

#: Figures that stand for the same thing as others (a low elasticity at the start): drawn together they would count it
#: twice, so they keep their value unless set by hand.
ALTERNATIVES = ("leontief_share",)


@dataclass(frozen=True)
class AnswerDraws:
    """Draws of an answer.

    Attributes
    ----------
    sample : figures drawn. keys : country, scope, measure and period of each loss; users, prices: (element, month).
    losses, first_short, outside : shape (draw, key), (draw, user), (draw, price); not a number where a draw failed.
    avoided : loss less that of the other licence path in the same draw, shape (draw, key), not a number in every
        second draw; no columns without another path.
    failed : draws without an equilibrium.
    """

    sample: Sample = field(repr=False)
    keys: tuple[tuple[str, str, str, str], ...] = field(repr=False)
    users: tuple[str, ...] = field(repr=False)
    prices: tuple[tuple[str, int], ...] = field(repr=False)
    losses: Floats = field(repr=False)
    first_short: Floats = field(repr=False)
    outside: Floats = field(repr=False)
    avoided: Floats = field(repr=False)
    failed: int

    def __len__(self) -> int:
        return len(self.sample)

    def of_loss(self, row: Loss, *, avoided: bool = False) -> tuple[float, float, float]:
        """Median, 5% and 95% of a loss, or of what the other path avoids of it; not a number where it was not drawn."""
        values = self.avoided if avoided else self.losses
        if row.key not in self.keys or not values.shape[1]:
            return np.nan, np.nan, np.nan
        return _quantiles(values[:, self.keys.index(row.key)])

    def of_user(self, label: str) -> tuple[float, float, float]:
        """Median, 5% and 95% of the first day short, infinite for never."""
        column = self.first_short[:, self.users.index(label)]
        return _quantiles(np.where(np.isnan(self.losses[:, 0]), np.nan, np.where(np.isnan(column), np.inf, column)))

    def of_price(self, element: str, month: int) -> tuple[float, float, float]:
        """Median, 5% and 95% of a price outside, USD per kg."""
        return _quantiles(self.outside[:, self.prices.index((element, month))])

    def movers(self, key: tuple[str, str, str, str], most: int = 5) -> list[tuple[str, float]]:
        """Figures that move a loss most by more than chance, with their rank correlation."""
        ranked = drivers(columns_of(self.sample.rows), self.losses[:, self.keys.index(key)], most)
        return [(each.name, each.correlation) for each in ranked]


def _quantiles(values: Floats) -> tuple[float, float, float]:
    median, low, high = quantiles(values, QUANTILES).tolist()
    return median, low, high


def spread(
    question: ChainQuestion,
    draws: int,
    seed: int = 0,
    *,
    other: ChainQuestion | None = None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> AnswerDraws:
    """Draw the figures of a chain and answer the question with each draw.

    Parameters
    ----------
    draws : how many; `seed` : of the hypercube.
    other : the question under another licence path, answered with every second draw as well: ranges of the difference.
    folder : where finished chunks are kept, so that a run that was stopped goes on.
    workers : processes; by default one below a hundred draws, else one a core. The answer does not depend on them.
    progress : told how many draws are done.

    Raises
    ------
    InputError : draws or workers below one. SolveError : more than a twentieth of the draws without an equilibrium.
    """
    crew = Crew(SEVERAL, workers, forked=True)
    ranges, sample = drawn_figures(question), sample_of(question, draws, seed)
    pair = Pair(question, other)
    ran = run_question(question)
    keys, first = tuple(row.key for row in country_losses(ran)), ran.runs[ran.scopes[0]]
    users = tuple(user.label for user in first.chain.users)
    prices = tuple((e, m) for e in first.prices.elements for m in range(1, first.months + 1))
    ends = np.cumsum([len(keys), len(users), len(prices)])
    width = int(ends[-1]) + (0 if other is None else len(keys))
    key, drawn = _key(pair, ranges, draws, seed), spans(draws, CHUNK)

    def unpacked(number: int, content: bytes) -> Floats:
        values = np.load(io.BytesIO(content), allow_pickle=False)
        if values.shape != (len(drawn[number]), width):
            raise ValueError(f"shape {values.shape}")
        return values

    files = Files(folder, lambda number: f"{key}-{number:05d}.npy", _packed, unpacked)
    chunks = [
        Chunk(n, len(rows), partial(_chunk, pair, sample.names, sample.values[rows.start : rows.stop], width))
        for n, rows in enumerate(drawn)
    ]
    go_on(chunks, files, crew, progress)
    table = np.concatenate(files.in_order())
    failed = int(np.isnan(table[:, 0]).sum())
    if failed > MOST_FAILED * draws:
        raise SolveError(f"{failed} of {draws} draws have no equilibrium; give a smaller cut or a higher q_floor")
    losses, first_short, outside, avoided = np.split(table, ends, axis=1)
    return AnswerDraws(sample, keys, users, prices, losses, first_short, outside, avoided, failed)


def drawn_figures(question: ChainQuestion) -> dict[str, Range]:
    """Figures that have a range and were not set by hand, by name."""
    start = question.start or start_of(question.words)
    known = figures(question.name, start=start)
    fixed = {*question.values, *ALTERNATIVES}
    return {name: r for name, r in known.items() if r.low < r.high and name not in fixed}


def sample_of(question: ChainQuestion, draws: int, seed: int) -> Sample:
    """Joint draws of the figures of a question.

    Raises
    ------
    InputError : fewer than one draw.
    """
    ranges = drawn_figures(question)
    return sampled([ranges[name].as_input(name) for name in sorted(ranges)], draws, seed)


@dataclass(frozen=True)
class Pair:
    """A question and, where one is asked, the same under another licence path."""

    question: ChainQuestion
    other: ChainQuestion | None = None

    def drawn(self, values: Mapping[str, float]) -> Pair:
        """Both with the figures of a draw."""
        first, second = self.question, self.other
        drawn = replace(first, values={**first.values, **values})
        return Pair(drawn, None if second is None else replace(second, values={**second.values, **values}))

    @property
    def alike(self) -> bool:
        """Whether chain and networks are the same under both paths."""
        first, second = self.question, self.other
        if second is None or (first.start or start_of(first.words)) != (second.start or start_of(second.words)):
            return False
        return replace(first, words=second.words, start=second.start) == second


def _numbers(drawn: Sequence[Pair]) -> list[Floats]:
    """Numbers of some draws; `SolveError` where one has no equilibrium."""
    ran = runs_of([RunCase(pair.question, tol=TOLERANCE) for pair in drawn])
    both = [
        RunCase(pair.other, tol=TOLERANCE, beside=run if pair.alike else None)
        for pair, run in zip(drawn, ran, strict=True)
        if pair.other is not None
    ]
    others = iter(runs_of(both))
    numbers = []
    for pair, run in zip(drawn, ran, strict=True):
        first, lost = run.runs[run.scopes[0]], _losses(run)
        avoided = np.zeros(0) if pair.other is None else lost - _losses(next(others))
        numbers.append(np.concatenate([lost, first.first_short, first.prices.outside.ravel(), avoided]))
    return numbers


def _losses(ran: Ran) -> Floats:
    return np.array([row.value for row in country_losses(ran)])


@on_one_thread
def _chunk(pair: Pair, names: Sequence[str], values: Floats, width: int) -> Floats:
    """Numbers of the draws of a chunk; not a number throughout where an economy has no equilibrium.

    A chunk holds an even number of draws, so that pairs do not depend on where it starts.
    """
    table = np.full((len(values), width), np.nan)
    alone = Pair(pair.question)
    draws = [
        (alone if n % PAIRED else pair).drawn(dict(zip(names, row, strict=True)))
        for n, row in enumerate(values.tolist())
    ]
    for n, numbers in enumerate(side_by_side(_numbers, draws)):
        if not isinstance(numbers, SolveError):
            table[n, : numbers.size] = numbers
    return table


def _key(pair: Pair, ranges: Mapping[str, Range], draws: int, seed: int) -> str:
    """A short name of everything the draws depend on."""
    bounds = {name: asdict(value) for name, value in sorted(ranges.items())}
    file = hashlib.sha256(Path(pair.question.file.path).read_bytes()).hexdigest()
    content: list[object] = [_question_key(pair.question), bounds, draws, seed, file, VERSION]
    if pair.other is not None:
        content.append(_question_key(pair.other))
    return chunk_key(*content)


def _question_key(question: ChainQuestion) -> list[object]:
    """A question with the acts of a licence path of one's own."""
    path = question.words.scenario
    # A question as plain values, for keys and files.
    content = asdict(question)
    content["words"] = {k: (None if v != v else v) for k, v in content["words"].items()}
    return [content, Path(path).read_text() if path.endswith(".toml") else ""]


def _packed(values: Floats) -> bytes:
    content = io.BytesIO()
    np.save(content, values)
    return content.getvalue()
