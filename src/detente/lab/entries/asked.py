"""Goods of a user as they are asked about: entries, each with its day, or rows by month; what is set for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.given import share
from detente.data.importers import Importer, importer, parameter_names
from detente.lab.averages.reform import own_law, under
from detente.lab.entries.refunds import PAYERS
from detente.law import Law

YES_OR_NO = ("yes", "no")
#: What may be set for rows by month alone: the share that may be unusable, and whose claims count.
OF_MONTHS = ("bad", "claims")
#: What may be set for entries alone: who is paid back, at whose rates of interest.
PAYER = "payer"


@dataclass(frozen=True)
class GoodsInputs:
    """What is set for goods.

    Attributes
    ----------
    facts : shares and other facts of rows that leave them out, as texts. switches : readings of stacking rules.
    others : those of `OF_MONTHS`. payer : who is paid back.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    switches: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    payer: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any], where: Importer) -> GoodsInputs:
        """From names and values.

        Raises
        ------
        InputError, UnknownName : a name that nobody asks for, a value that is no share and neither yes nor no.
        """
        switches = {name for rule in where.law.rules for name in (rule.switch, rule.unless) if name}
        facts = [name for name in parameter_names(where.law) if name != "base"]
        known = (*facts, *sorted(switches), *OF_MONTHS, PAYER)
        for name, value in given.items():
            if name not in known:
                raise UnknownName("input", name[:60], known, Parameter("set"), f"use {', '.join(known)}")
            if name in facts and str(value).lower() not in YES_OR_NO:
                share(value, f"set {name}", 0.0, 1.0)
        texts = {name: str(value) for name, value in given.items()}
        if (payer := texts.get(PAYER, PAYERS[0])) not in PAYERS:
            raise UnknownName(PAYER, payer[:60], PAYERS, Parameter("set"), f"use {' or '.join(PAYERS)}")
        return cls(
            {name: text for name, text in texts.items() if name in facts},
            tuple(name for name, text in texts.items() if name in switches and text.lower() != "no"),
            {name: text for name, text in texts.items() if name in OF_MONTHS},
            texts.get(PAYER, ""),
        )

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """Facts as shares."""
        words = {"yes": 1.0, "no": 0.0}
        pairs = {name: words.get(text.lower(), -1.0) for name, text in self.facts.items()}
        return tuple(sorted((n, share(self.facts[n], f"set {n}", 0.0, 1.0) if v < 0 else v) for n, v in pairs.items()))


def law_of(of: str, scenario: Any, lawbook: str, announce: Sequence[str], switches: Sequence[str]) -> Law | None:
    """The law that goods owe under; None for the shipped one as it is."""
    where = importer(of)
    law = under(where, own_law(where, lawbook, (), announce, switches), scenario)
    return None if law is where.law else law


def check_alone(given: Mapping[str, Any], what: str) -> None:
    """Refuse what is asked of the other kind of rows.

    Parameters
    ----------
    given : arguments that do nothing here; what : rows they are not for.
    """
    for name, value in given.items():
        if value:
            raise InputError(Parameter(name), f"does nothing with {what}", "leave it out")


def month_of(day: date | None) -> str:
    """The month of a day, as 2025-04; "" for none."""
    return "" if day is None else f"{day:%Y-%m}"
