"""The numbers of the Deal page on the deal of a run: gains, months of shortage, worth of the days; one way to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from detente.codes import Table, declared_note
from detente.lab.deal.levers import DUTIES, Levers, usual_weights
from detente.lab.deal.numbers import DealCase, gain_numbers, material_numbers, number_tables
from detente.lab.deal.warm import Warm
from detente.lab.scenario import Terms
from detente.lab.talks.case import HORIZONS
from detente.lab.talks.talk import Talk

NOTE = declared_note("deal.of_run")


def deal_tables(talk: Talk, terms: Terms, on: date) -> list[Table]:
    """Tables of the Deal page on gains, months of shortage and worth of the days.

    Parameters
    ----------
    talk : whose reference deal the terms belong to; `on` : day from which the deal runs.
    """
    case = case_of(talk, terms, on)
    numbers = (*material_numbers(case), *gain_numbers(case))
    return list(number_tables(numbers, (NOTE,)).values())


def case_of(talk: Talk, terms: Terms, on: date) -> DealCase:
    """The reference deal of a talk as the Deal page holds one, without laws and without the world of runs."""
    file, outcome = talk.case.file, talk.case.outcome(talk.reference)
    whole = replace(talk, threats=tuple(row.name for row in file.threats)).narrowed(
        [t.name for t in file.threats], HORIZONS
    )
    warm = Warm(file, whole, talk.case.today)
    values = {name: float(outcome[column]) for name, column in warm.columns.items()}
    if "licences" in values:
        values["licences"] = 1.0 - values["licences"]
    plain = Levers(
        file.name, on, duration=terms.days, weights=terms.weights or usual_weights(file), horizon=terms.horizon
    )
    levels = {name: values[name] for name in DUTIES if name in values}
    return DealCase(warm, replace(plain, **values), outcome, {}, levels, {}, {}, {})
