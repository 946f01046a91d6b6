"""What a deal says beside the law in the talks of a run: licences, action and days, as the Deal page has them.

The levels go into the outcome of the scenario, so that every table of the talks is about them.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import InputError, UnknownName, declared_note
from detente.data.casefile import settled_case
from detente.data.caserows import CaseFile
from detente.data.tables import place
from detente.lab.deal.levers import issue_rows, served, weights_known
from detente.lab.duties.among import USUAL
from detente.lab.scenario import Scenario, Terms


def terms_of(scenario: Scenario) -> dict[str, Terms]:
    """What each variant of a scenario agrees beside the duties; nothing of those that do not say."""
    variants = scenario.variants or {scenario.name or "scenario": scenario}
    return {name: variant.deal for name, variant in variants.items() if variant.deal is not None}


def agreed(file: CaseFile, levels: Mapping[str, float | str], terms: Terms | None) -> dict[str, float | str]:
    """Levels of the issues with those that the terms say in place of the ones that follow from the law."""
    rows, agreed_levels = issue_rows(file), dict(levels)
    by_lever = {} if terms is None else {"licences": terms.licences, "action": terms.action}
    for lever, value in by_lever.items():
        if lever in rows and value is not None:
            agreed_levels[rows[lever].name] = round(1.0 - value if lever == "licences" else value, 9)
    return agreed_levels


def check_terms(scenario: Scenario, file: CaseFile | None) -> None:
    """Refuse terms that the case near the scenario's date knows nothing of.

    Raises
    ------
    InputError : sides whose talks are not known. UnknownName : weights that the case does not have.
    """
    if terms_of(scenario) and scenario.sides != USUAL:
        what = f"belongs to talks between {_both(USUAL)}; the sides are {_both(scenario.sides)}"
        raise InputError(f"scenario {scenario.name}, deal", what, "leave 'deal' out, or take those two as sides")
    for name, terms in terms_of(scenario).items():
        known = () if file is None else weights_known(file)
        if known and terms.weights and terms.weights not in known:
            where = f"scenario {scenario.name}, deal" + f" of {name}" * bool(scenario.variants)
            raise UnknownName("weights set", terms.weights[:60], known, where, f"use {' or '.join(known)}")


def _both(sides: tuple[str, str]) -> str:
    return " and ".join(place(code) for code in sides)


def nowhere(scenario: Scenario) -> list[str]:
    """What to say of terms on a day for which no case speaks; nothing where there are none."""
    if not terms_of(scenario):
        return []
    days = ", ".join(f"{settled_case(name).on:%-d %B %Y}" for name in served())
    return [declared_note("deal.no_case_near", day=scenario.on, days=days)]
