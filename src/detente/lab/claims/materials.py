"""Months in which users of a material run short, for claims about licences: from the months of a supply chain.

A month is short when the users of the partner named lack, weighed by what they spend, a twentieth of their need: the
same criterion as the first day short. Twelve months from the announcement are counted; ranges are draws of the chain's
figures by Latin hypercube.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np

from detente.chains.chain import SupplyChain
from detente.chains.disrupt import Disruption, answered, disrupt_many, in_blocks
from detente.chains.stocks import SHORT
from detente.codes import InputError, declared_note
from detente.data.chain_build import build
from detente.data.chainfile import chain_file
from detente.lab.chains.answer import YEAR
from detente.lab.chains.draws import sample_of
from detente.lab.chains.economies import DIRECT
from detente.lab.chains.months import ChainQuestion, Words, months_case
from detente.lab.chains.paths import FIRST, GENERAL, licences_of, start_of
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.work.threads import on_one_thread

CHAIN = "rare-earths"


def months_of_shortage(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Months of a year in which the users of the partner are short, under the licences of the day.

    Raises
    ------
    InputError : a reading whose stocks are neither kept nor left out, or whose licences are no share.
    UnknownName : a partner that the chain does not count, or a chain that does not exist.
    """
    question = question_of(reading, row.partner or reading.partner or "USA", as_of)
    if lacking := _untouched(question):
        return lacking
    questions = [question]
    if basis.draws:
        rows = sample_of(question, basis.draws, basis.seed).rows
        questions += [replace(question, values=figures) for figures in rows]
    values, short = _short_months(questions), declared_note("claims.months_short", share=SHORT)
    return Measured(
        values[0],
        np.asarray(values[1:]),
        (f"chain {question.name}, {question.words.scenario or f'flows cut by {question.words.cut:.0%}'}",),
        base=float(YEAR),
        remark=f"{declared_note('claims.months_of', months=YEAR, first=FIRST)}; {short}",
    )


def _untouched(question: ChainQuestion) -> Measured | None:
    """Why nothing can be computed: the licences of the day are for nothing that the chain is made of."""
    try:
        licences_of(question.words, _chain(question.name, start_of(question.words), tuple(question.values.items())))
    except InputError as error:
        return Measured(float("nan"), inputs=(f"chain {question.name}",), remark=error.what)
    return None


def question_of(reading: ReadingRow, partner: str, as_of: date) -> ChainQuestion:
    """The run of a chain that a reading means: its material, stocks and licences, for the users of a partner.

    Raises
    ------
    InputError : stocks neither kept nor left out, or licences that are no share.
    """
    if reading.stocks not in (0.0, 1.0):
        raise InputError(
            f"reading {reading.name}", f"stocks of {reading.stocks:g} cannot be", "say 1 to keep them or 0 for none"
        )
    if reading.licences is None:
        general = (as_of - FIRST).days / 365.25 * 12 >= GENERAL
        words = Words(scenario="general-licence" if general else "april-2025")
    elif 0.0 <= reading.licences <= 1.0:
        words = Words(cut=1.0 - reading.licences)
    else:
        raise InputError(f"reading {reading.name}", f"licences {reading.licences:g} is no share", "give 0 to 1")
    days = None if reading.stocks else 0.0
    return ChainQuestion(reading.material or CHAIN, words, YEAR, DIRECT, days, (partner,))


@lru_cache(maxsize=128)
def _chain(name: str, start: str, values: tuple[tuple[str, float], ...]) -> SupplyChain:
    """The chain at some figures: readings differ in licences and stocks, not in it."""
    return build(chain_file(name), scope=DIRECT, start=start, values=dict(values))


@on_one_thread
def _short_months(questions: Sequence[ChainQuestion]) -> list[float]:
    """Months of shortage of each of some questions, side by side.

    Raises
    ------
    SolveError : a balance that does not close.
    """
    return in_blocks(_short_months_of, questions)


def _short_months_of(questions: Sequence[ChainQuestion]) -> list[float]:
    cases = []
    for question in questions:
        chain = _chain(question.name, start_of(question.words), tuple(question.values.items()))
        cases.append(months_case(question, chain, licences_of(question.words, chain)))
    return [_short(question, run) for question, run in zip(questions, answered(disrupt_many(cases)), strict=True)]


def _short(question: ChainQuestion, run: Disruption) -> float:
    chain = run.chain
    spent = np.bincount(chain.layout.user, chain.layout.spending, minlength=len(chain.users))
    own = spent * np.array([user.country in question.countries for user in chain.users])
    return float((own @ run.met_by_user < (1.0 - SHORT) * own.sum()).sum())
