"""Track: the tables of the record of threats, deals and truces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.data.dealrecord import agreements, bargains, deals, read_through, settlements, threats
from detente.evidence.chances import RULES
from detente.evidence.skill import SEED
from detente.lab.score.agreed import rate_rules_table, rates_table
from detente.lab.score.lives import hazards_table, lives_table, steps_table, survival_skill_table, survival_table
from detente.lab.score.modelled import model_rates_table, model_rules_table, model_terms_table, tilt_table
from detente.lab.score.next import next_table, terms_table, when_table
from detente.lab.score.threats import (
    MODEL,
    Threats,
    calibration_table,
    misses_table,
    rules_table,
    threats_table,
    undated_table,
)

KINDS = ("threat", "deal", "truce")
"""Threats with their deadlines; deals with their rates; bargains with their lives."""

FEWEST = 3
"""Threats with an outcome below which nothing is scored."""


def track(
    kind: str = "",
    *,
    deal: str = "",
    rule: str = "record",
    as_of: date | None = None,
    seed: int = SEED,
    covariates: Mapping[str, Sequence[float]] | None = None,
) -> list[Table]:
    """What became of every threat, deal and truce, beside what was to be expected the day before.

    Parameters
    ----------
    kind : "threat", "deal" or "truce"; all by default.
    deal : id of one threat or bargain, "X15" or "D16": only its rows.
    rule : whose chances stand beside each threat, of `RULES`.
    as_of : the record as known on that day; to its end by default.
    seed : of the draws of episodes.
    covariates : three numbers of a model by threat (see `detente.evidence.tilt`); with them the rule "model" is scored.

    Returns
    -------
    Tables track_rules, track_threats, track_calibration, track_misses, track_next, track_when, track_undated and
    track_tilt of threats; track_rate_rules, track_rates, track_terms and, of what the model said of shipped cases,
    track_model_rules, track_model_rates and track_model_terms of deals; track_survival, track_hazards, track_lives and
    track_steps of truces.

    Raises
    ------
    UnknownName : another kind or rule, an id that is not on record.
    InputError : a day on which too little was known.
    """
    if kind and kind not in KINDS:
        raise UnknownName("kind", kind, KINDS, Parameter("kind"))
    rules = (*RULES, *((MODEL,) if covariates else ()))
    if rule not in rules:
        raise UnknownName("rule", rule, rules, Parameter("rule"))
    if deal:
        _check_known(deal)
    day = min(as_of or read_through(), read_through())
    today = as_of or date.today()
    makers = {"threat": lambda: _threats(day, today, rule, seed, covariates or {}), "deal": lambda: _deals(day, seed),
              "truce": lambda: _truces(day, seed)}  # fmt: skip
    made = [table for each in ((kind,) if kind else KINDS) for table in makers[each]()]
    return _only(made, deal) if deal else made


def _threats(day: date, today: date, rule: str, seed: int, covariates: Mapping[str, Sequence[float]]) -> list[Table]:
    known = Threats(threats(), day, seed, covariates)
    if len(known.scored) < FEWEST:
        what = f"{len(known.scored)} threats had come to their deadline by {day}"
        raise InputError(Parameter("as_of"), what, "take a later day")
    makers = [threats_table(known, rule), calibration_table(known, rule), misses_table(known, rule)]
    ahead = [next_table(known, settlements(), rule, today), when_table(known, settlements())]
    tilted = tilt_table(known)
    return [rules_table(known), *makers, *ahead, undated_table(known), *([tilted] if len(tilted) else [])]


def _deals(day: date, seed: int) -> list[Table]:
    known = [each for each in agreements() if each.announced < day]
    if len(known) < FEWEST:
        raise InputError(Parameter("as_of"), f"{len(known)} rates had been agreed by {day}", "take a later day")
    model = [model_rules_table(known, day, seed), model_rates_table(known, day), model_terms_table(deals(), day)]
    made = [rate_rules_table(known, seed), rates_table(known), terms_table(deals(), day)]
    return [*made, *(table for table in model if len(table))]


def _truces(day: date, seed: int) -> list[Table]:
    return [
        hazards_table(bargains(), day),
        survival_table(bargains(), day),
        survival_skill_table(bargains(), day, seed),
        lives_table(bargains(), day),
        steps_table(bargains(), day),
    ]


def _only(tables: list[Table], name: str) -> list[Table]:
    """The rows of one threat or bargain."""
    named = [table for table in tables if "id" in {column.name for column in table.columns}]
    kept = [table.take(np.flatnonzero(table["id"] == name)) for table in named]
    left = [table for table in kept if len(table)]
    if not left:
        raise InputError(Parameter("deal"), f"'{name}' has no outcome that is scored", "see the whole record")
    return left


def _check_known(name: str) -> None:
    known = [*(each.id for each in threats()), *(row["id"] for row in deals())]
    if name not in known:
        raise UnknownName("threat or bargain", name, known, Parameter("case"))
