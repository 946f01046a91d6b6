"""What to say beside the numbers of an answer of a supply chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from detente.chains.measures import GDP
from detente.chains.rows import Range
from detente.chains.stocks import StockDays
from detente.codes import declared_note
from detente.data import chain_world
from detente.lab.chains import tables as build
from detente.lab.chains.answer import ChainAnswer
from detente.lab.chains.draws import ALTERNATIVES, AnswerDraws
from detente.lab.chains.multiple import Multiple, beyond_words

SECOND = 1e-3
"""Move of an imported part from which on a second pass is worth a word."""


def movers(answer: ChainAnswer, spread: AnswerDraws | None) -> list[dict[str, Any]]:
    """Figures that move the loss of GDP of year 1 most by more than chance, in the widest scope, by country."""
    if spread is None:
        return []
    scope, groups = answer.ran.scopes[-1], []
    for bloc in answer.ran.question.blocs:
        key = (bloc, scope, GDP, build.YEAR)
        if key in spread.keys:
            rows = [{"figure": name, "rank_correlation": rho} for name, rho in spread.movers(key)]
            if rows:
                groups.append({"country": bloc, "scope": scope, "measure": GDP, "period": build.YEAR, "figures": rows})
    return groups


def notes(answer: ChainAnswer, spread: AnswerDraws | None = None) -> tuple[str, ...]:
    """Sentences that belong beside the numbers."""
    ran, certificate = answer.ran, answer.certificate
    sentences = [*ran.question.file.notes, *_of_runs(answer), *_second_pass(answer), *_small(answer)]
    sentences += [*_stocks_by_hand(ran.question.stock_days), *beyond_model(answer)]
    if ran.question.allocation == "price":
        sentences.append(declared_note("chains.by_price"))
    if certificate.floor_binds:
        sentences.append(_bound_floor(answer.parameters["q_floor"], certificate.floor_binds))
    sentences.append(declared_note("chains.several_classes", inputs=" and ".join(ALTERNATIVES)))
    if spread is None:
        sentences.append(build.no_range())
    elif spread.failed:
        sentences.append(declared_note("chains.failed_draws", failed=spread.failed, draws=len(spread)))
    return tuple(sentences)


def _bound_floor(floor: Range, grades: Sequence[str]) -> str:
    """That the loss hangs on the assumed floor, which binds for some grades."""
    ends = {"floor": floor.central, "low": floor.low, "high": floor.high}
    names = ", ".join(grades[:4])
    if len(grades) <= 4:
        return declared_note("chains.floor", grades=names, **ends)
    return declared_note("chains.floor_of_many", grades=names, more=len(grades) - 4, **ends)


def _stocks_by_hand(days: float | StockDays | None) -> list[str]:
    """Which stocks stand in place of those of the chain, so that runs can be compared."""
    stocks = StockDays.of(days)
    if stocks == StockDays():
        return []
    if stocks == StockDays.of(0):
        return [declared_note("chains.no_stock")]
    users, national = stocks.users, stocks.national
    firms = "chains.own_stocks" if users is None else "chains.stocks_of_firms"
    states = "chains.own_reserves" if national is None else "chains.stocks_of_states"
    words = {"states": declared_note(states, days=national), "firms": declared_note(firms, days=users)}
    return ["; ".join((declared_note("chains.by_hand", **words), declared_note("chains.one_scale")))]


def beyond_model(answer: ChainAnswer) -> list[str]:
    """Losses of GDP of the first year that are beyond the model, with what the missing material would cost."""
    sentences = []
    for (bloc, scope, measure, period), multiple in answer.multiples.items():
        if measure == GDP and period == build.YEAR and multiple.beyond and bloc in answer.ran.question.blocs:
            sentences.append("; ".join(_too_large(bloc, scope, multiple)))
    return sentences


def _too_large(bloc: str, scope: str, multiple: Multiple) -> Iterator[str]:
    yield declared_note("chains.times", country=bloc, scope=scope, times=multiple.times)
    yield declared_note("chains.most_times", most=multiple.most, words=beyond_words())
    yield declared_note("chains.at_quote", cost=multiple.at_quote / 1e6)


def _of_runs(answer: ChainAnswer) -> list[str]:
    hidden = [f", {bloc}:" for bloc in chain_world.BLOCS if bloc not in answer.ran.question.blocs]
    remarks = dict.fromkeys(note for run in answer.ran.runs.values() for note in run.notes)
    return [note for note in remarks if not any(mark in note for mark in hidden)]


def _second_pass(answer: ChainAnswer) -> list[str]:
    moved = answer.certificate.second_pass
    if not moved >= SECOND:
        return []
    return [declared_note("chains.second_pass", moved=moved)]


def _small(answer: ChainAnswer) -> list[str]:
    gap = answer.certificate.small_network
    if np.isnan(gap):
        return []
    return [declared_note("chains.small_network", gap=round(-gap, 3) + 0.0)]


def certificate_line(answer: ChainAnswer) -> str:
    """The certificate in one sentence."""
    c = answer.certificate
    words = {"solves": c.solves, "residual": c.residual, "worst": c.worst, "walras": c.walras, "steps": c.iterations}
    return "; ".join((declared_note("chains.solved", **words), declared_note("chains.balances", balance=c.balance)))


def need_line(answer: ChainAnswer) -> str:
    """That the need of every product in the file is in the run, in one sentence."""
    c = answer.certificate
    return declared_note("chains.need_placed", apart=c.need, product=c.need_product)


def material_line(answer: ChainAnswer) -> str:
    """The material balance in one sentence."""
    c = answer.certificate
    return declared_note("chains.material", material=c.material, limit=c.tolerance)
