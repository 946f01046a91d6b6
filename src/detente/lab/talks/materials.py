"""Losses from withheld licences out of the supply chain of rare earths: they stand behind a case unless told not to.

The chain is run at some shares of licences withheld for three years; the loss is the change of exact real income of the
side that is cut off, quarter by quarter, USD bn a year, with its range over draws of the chain's own figures. Aimed at
one buyer alone, trade through third countries undoes most of it within a year; aimed at all buyers it does not: both
are offered. The answers are stored ahead of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from detente.codes import InputError, Parameter, declared_note
from detente.data.caserows import TermRow
from detente.lab.talks.case import Case
from detente.talks.payoff import Monthly, Tabulated


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
    from detente.lab.talks.losses import LEVELS, losses_of  # loads the chains, which few cases need

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
    from detente.lab.talks.losses import CHAIN, LEVELS, losses_of

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


def chain_summary(flows: Mapping[str, Monthly], level: float) -> str:
    """What a chain says at one share withheld: loss in the first quarter, after a year and at the end."""
    words = []
    for flow in flows.values():
        if isinstance(flow, Tabulated) and flow.low is not None:
            path = [float(np.interp(level, flow.levels, flow.flows[:, month])) for month in (1, 12, -1)]
            words.append(declared_note("materials.path", share=level, first=path[0], year=path[1], three=path[2]))
    return "; ".join(words)
