"""An answer of a supply chain as plain values, and what to say beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from detente.chains.measures import GDP
from detente.chains.rows import Range
from detente.chains.stocks import StockDays
from detente.codes import declared_note
from detente.data import chain_world
from detente.data.chainrows import ChainFile
from detente.lab.chains import tables as build
from detente.lab.chains.answer import ChainAnswer
from detente.lab.chains.draws import ALTERNATIVES, AnswerDraws
from detente.lab.chains.months import question_key
from detente.lab.chains.multiple import Multiple, beyond_words
from detente.lab.chains.tables import balance_table, stocks_table

SECOND = 1e-3
"""Move of an imported part from which on a second pass is worth a word."""


def content(answer: ChainAnswer, spread: AnswerDraws | None = None) -> dict[str, Any]:
    """Everything `--format json` prints."""
    ran = answer.ran
    question = ran.question
    first = ran.runs[ran.scopes[0]]
    return {
        "chain": question.file.name,
        "title": question.file.title,
        "restrictor": question.file.restrictor,
        "question": question_key(question) | {"scopes": list(ran.scopes), "licences": ran.licences.name},
        "draws": 0 if spread is None else len(spread),
        "seed": None if spread is None else spread.sample.seed,
        "need": needs(answer),
        "losses": _rows(build.losses_table(answer, spread)),
        "beyond_model": _beyond(answer),
        "first_short": _first(answer, spread),
        "prices": _rows(build.prices_table(answer, spread)),
        "industries": _rows(build.industries_table(answer)),
        "imported_parts": _parts(answer),
        "marginal_value": None if answer.marginal is None else asdict(answer.marginal),
        "stocks": _rows(stocks_table(answer)),
        "balance": _rows(balance_table(answer)),
        "leakage": {g.name: first.leakage[n].tolist() for n, g in enumerate(first.chain.grades)},
        "movers": movers(answer, spread),
        "certificate": asdict(answer.certificate) | {"draws_failed": 0 if spread is None else spread.failed},
        "parameters": {name: asdict(figure) for name, figure in sorted(answer.parameters.items())},
        "notes": list(notes(answer, spread)),
    }


def _beyond(answer: ChainAnswer) -> list[dict[str, Any]]:
    """Losses that are beyond the model, with their multiple and the cost of what is missing at the quote outside."""
    names = ("country", "scope", "measure", "period")
    return [
        dict(zip(names, key, strict=True)) | asdict(multiple)
        for key, multiple in answer.multiples.items()
        if multiple.beyond
    ]


def _rows(table: Any) -> list[dict[str, Any]]:
    return [{key: None if value != value else value for key, value in row.items()} for row in table.rows()]


def _first(answer: ChainAnswer, spread: AnswerDraws | None) -> list[dict[str, Any]]:
    scope = answer.ran.scopes[0]
    rows = _rows(build.first_table(answer, spread))
    return [row | {"defence": bool(row["defence"]), "scope": scope, "unit": "days"} for row in rows]


def _parts(answer: ChainAnswer) -> list[dict[str, Any]]:
    """Lowest supply of imported parts by country, hats."""
    effect = answer.ran.effects[answer.ran.scopes[-1]]
    rows = []
    for bloc, supply in effect.parts.items():
        names = effect.nations.of[bloc].ground.parts
        lowest = supply.min(axis=0).tolist()
        rows.append(
            {
                "country": bloc,
                "lowest": dict(zip(names, lowest, strict=True)),
                "second_pass": effect.second_pass.get(bloc),
            }
        )
    return rows


def needs(answer: ChainAnswer) -> list[dict[str, Any]]:
    """Need by country and scope, USD a year; requirement only where a figure is known."""
    ran, file = answer.ran, answer.ran.question.file
    rows = []
    for bloc in ran.question.blocs:
        for scope in ran.scopes:
            chain = ran.chains[scope]
            spent = sum(sum(user.need.values()) for user in chain.users if user.country == bloc)
            rows.append({"country": bloc, "scope": scope, "users": spent, "with_parts": _with_parts(file, bloc, spent)})
    return rows


def _with_parts(file: ChainFile, bloc: str, spent: float) -> float | None:
    """Need with what imported parts hold, where the file has that figure."""
    row = next((r for r in file.spending if r.scope == "requirement" and chain_world.bloc_of(r.country) == bloc), None)
    if row is None:
        return None
    direct = [r.central for r in file.spending if r.product == row.product and r.country == row.country
              and r.scope == "direct"]  # fmt: skip
    return spent - sum(direct) + row.central if direct else spent


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
