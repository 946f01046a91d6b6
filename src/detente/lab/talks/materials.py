"""Losses from withheld licences out of the supply chain of rare earths: they stand behind a case unless told not to.

The chain is run at some shares of licences withheld for three years; the loss is the change of exact real income of the
side that is cut off, quarter by quarter, USD bn a year, with its range over draws of the chain's own figures. Aimed at
one buyer alone, trade through third countries undoes most of it within a year; aimed at all buyers it does not: both
are offered. The answers are stored ahead of time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.equilibrium import real_income_change
from detente.codes import InputError, Parameter, SolveError, declared_note
from detente.data import chain_world
from detente.data.caserows import TermRow
from detente.data.npzfile import key_of, stored
from detente.lab.chains.answer import rents_abroad
from detente.lab.chains.draws import sample_of
from detente.lab.chains.months import CONTROLLED, ChainQuestion, Ran, RunCase, Words, run_many, run_question
from detente.lab.talks.case import Case
from detente.talks.payoff import Monthly, Tabulated
from detente.talks.world import BILLION

Floats = NDArray[np.float64]

CHAIN = "rare-earths"
MONTHS = 36
LEVELS = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Shares withheld at which the chain is run; the loss rises steeply towards the end."""

DRAWS, SEED = 100, 20250512
ENDS = (0.05, 0.95)
"""Quantiles of the draws that a loss is shown between."""

BLOCK = 10
"""Runs solved side by side."""


def supplied(case: Case, *, everyone: bool = False) -> Case:
    """The case with losses of its controls, and what they are worth to their owner, from the supply chain.

    As it is where it has no control of rare earths.
    """
    return replace(case, materials=chain_losses(case, everyone=everyone)[0]) if controls_of(case) else case


def worths_of(case: Case) -> list[TermRow]:
    """What a control is worth to the side that has it: the rents of the chain stand in its place."""
    owners = {row.name: row.party for row in case.file.issues if row.kind == "control"}
    return [row for row in case.file.terms if owners.get(row.issue) == row.party]


def supplied_at(case: Case) -> Case:
    """The case of a draw with losses as far along the chain's range as its assumed ones lie along theirs."""
    flows: dict[str, Monthly] = {}
    for row in controls_of(case):
        parameter = case.file.parameters[row.parameter]
        low, high = parameter.ends
        value, log = case.number(row.parameter), parameter.spread == "log-uniform"
        scale = np.log if log else np.asarray
        place = float((scale(value) - scale(low)) / (scale(high) - scale(low))) if low < high else 0.5
        central, least, most, rents = losses_of(row.party, False)
        near, far = (least, central) if place < 0.5 else (central, most)
        share = 2.0 * place if place < 0.5 else 2.0 * place - 1.0
        flows[row.parameter] = Tabulated(np.array(LEVELS), near + share * (far - near), "drawn")
        flows |= {each.parameter: Tabulated(np.array(LEVELS), each.sign * rents, "rents") for each in worths_of(case)}
    return replace(case, materials=flows) if flows else case


def losses_label(case: Case) -> str:
    """Where losses from controls come from, for the reader; "" where the case has none."""
    if case.materials:
        flow = case.materials[controls_of(case)[0].parameter]
        return f"{flow.label}: {chain_summary(case.materials, case.number('re_withheld', 1.0))}"
    return declared_note("materials.stand_in") if case.file.terms else ""


def controls_of(case: Case) -> list[TermRow]:
    """Losses of materials that a side has from a control of the other, which a chain can give; of chips it cannot."""
    owners = {row.name: row.party for row in case.file.issues if row.kind == "control"}
    rows = [row for row in case.file.terms if row.part == "materials" and row.sign < 0]
    return [row for row in rows if row.issue in owners and row.party != owners[row.issue]]


def chain_losses(case: Case, *, everyone: bool = False) -> tuple[dict[str, Monthly], str]:
    """Losses of the side that is cut off, by parameter of the case, and their label.

    Parameters
    ----------
    everyone : whether licences are withheld from all buyers, not from the other side alone.

    Raises
    ------
    InputError : the case has no control whose withholding costs the other side.
    """
    rows = controls_of(case)
    if not rows:
        what = f"case {case.file.name} has no loss from a control that a chain could give"
        raise InputError(Parameter("materials"), what, "use stand-in")
    label = declared_note("materials.loss", chain=CHAIN)
    if everyone:
        label = declared_note("materials.loss_of_all", chain=CHAIN)
    flows: dict[str, Monthly] = {}
    of_rents = declared_note("materials.rents", chain=CHAIN)
    for row in rows:
        # A loss is a positive number here: the term of the case carries its sign.
        central, low, high, rents = losses_of(row.party, everyone)
        flows[row.parameter] = Tabulated(np.array(LEVELS), central, label, low, high)
        for worth in worths_of(case):
            flows[worth.parameter] = Tabulated(np.array(LEVELS), worth.sign * rents, of_rents)
    return flows, label


@lru_cache(maxsize=4)
def losses_of(country: str, everyone: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """Loss of real income at each level by month, both ends of its range, and rents of whoever restricts.

    Four arrays (levels, months), USD bn a year. Without a range where nothing is stored for the country.
    """
    table = stored(key_of("losses", loss_content(country, everyone))).get("losses")
    if table is not None:
        central, low, high, rents = np.asarray(table, dtype=np.float64)
        return central, low, high, rents
    central, rents = _central(country, everyone)
    return central, central, central, rents


def _central(country: str, everyone: bool) -> tuple[Floats, Floats]:
    """Losses and rents of the central run at each level by month, each of shape (levels, months)."""
    pairs = [_at(country, everyone, level) for level in LEVELS]
    return np.stack([loss for loss, _ in pairs]), np.stack([rents for _, rents in pairs])


def loss_content(country: str, everyone: bool) -> dict[str, Any]:
    """What stored losses rest on."""
    file = _question(country, everyone, 1.0).file
    digest = hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
    return {"chain": CHAIN, "file": digest, "elements": list(CONTROLLED), "months": MONTHS, "levels": list(LEVELS),
            "country": country, "everyone": everyone, "draws": DRAWS, "seed": SEED}  # fmt: skip


def loss_arrays(country: str, everyone: bool) -> dict[str, NDArray[Any]]:
    """Losses with their range and rents, by exact runs, as they are stored: shape (4, levels, months)."""
    central, rents = _central(country, everyone)
    low, high = np.zeros_like(central), np.zeros_like(central)
    for k, level in enumerate(LEVELS[1:], start=1):
        drawn = _drawn(country, everyone, level)
        low[k], high[k] = np.quantile(drawn, ENDS, axis=0)
    # The range holds the central run, which is no draw.
    return {"losses": np.stack([central, np.minimum(low, central), np.maximum(high, central), rents])}


def _drawn(country: str, everyone: bool, level: float) -> Floats:
    """Losses by draw and month, shape (draws, months); draws without an equilibrium are left out."""
    question = _question(country, everyone, level)
    sample, losses = sample_of(question, DRAWS, SEED), []
    rows = [dict(zip(sample.names, row, strict=True)) for row in sample.values.tolist()]
    for start in range(0, len(rows), BLOCK):
        cases = [RunCase(replace(question, values=values)) for values in rows[start : start + BLOCK]]
        losses += [_loss_path(ran, country) for ran in run_many(cases) if not isinstance(ran, SolveError)]
    return np.stack(losses)


def _question(country: str, everyone: bool, level: float) -> ChainQuestion:
    words = Words(cut=level, elements=CONTROLLED, to=() if everyone else (country,))
    return ChainQuestion(CHAIN, words, MONTHS, "direct", countries=(country,))


def _at(country: str, everyone: bool, level: float) -> tuple[Floats, Floats]:
    """Losses and rents of the central run at one level, each of shape (months,)."""
    if level == 0.0:
        return np.zeros(MONTHS), np.zeros(MONTHS)
    ran = run_question(_question(country, everyone, level))
    scope, rents = ran.scopes[0], np.zeros(MONTHS)
    yearly = rents_abroad(ran.runs[scope], country, ran.effects[scope])
    for quarter, rent in zip(ran.effects[scope].quarters, yearly, strict=True):
        rents[quarter.period.months] = rent / BILLION
    return _loss_path(ran, country), rents


def _loss_path(ran: Ran, country: str) -> Floats:
    """Loss of real income by month, USD bn a year, shape (months,)."""
    effect = ran.effects[ran.scopes[0]]
    losses = np.zeros(MONTHS)
    for quarter, changes in zip(effect.quarters, effect.path(ran.scopes[0], country), strict=True):
        losses[quarter.period.months] = -real_income_change(changes) * chain_world.gdp(country) / BILLION
    return losses


def chain_summary(flows: Mapping[str, Monthly], level: float) -> str:
    """What a chain says at one share withheld: loss in the first quarter, after a year and at the end."""
    words = []
    for flow in flows.values():
        if isinstance(flow, Tabulated) and flow.low is not None:
            path = [float(np.interp(level, flow.levels, flow.flows[:, month])) for month in (1, 12, -1)]
            words.append(declared_note("materials.path", share=level, first=path[0], year=path[1], three=path[2]))
    return "; ".join(words)
