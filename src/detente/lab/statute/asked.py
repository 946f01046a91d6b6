"""A good as it is asked about: the law that is meant, with facts and readings of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.data.importers import importer
from detente.lab.statute.facts import CLAIM, SWITCH
from detente.lab.statute.lookup import LineDuty, look_up
from detente.law import Law, Reading

YES, NO = ("yes", "true"), ("no", "false")
LOADED, PRESUME = "loaded", "presume"
"""What is set that is no share: the day on which goods were loaded; that facts are those of the average in trade."""


@dataclass(frozen=True)
class AskedLaw:
    """The law that is meant, with what is known of the goods.

    Attributes
    ----------
    of : whose law. claim : preference that is claimed; shares : of the goods, which their code cannot tell.
    """

    of: str
    law: Law
    on: date
    reading: Reading = Reading.EFFECTIVE
    claim: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    presume: bool = False
    loaded: date | None = None

    def duty(self, line: str, partner: str, value: float | None = None, quantity: str = "") -> LineDuty:
        """The duty on a good; errors as `look_up`."""
        with _named():
            return look_up(
                line, partner, self.on, law=self.law, claim=self.claim, reading=self.reading, parameters=self.shares,
                of=self.of, value=value, quantity=quantity or None, presume=self.presume, loaded=self.loaded,
            )  # fmt: skip

    def history(self, line: str, partner: str, first: date, last: date | None = None) -> Table:
        """The duty on a good over time; errors as `line_history`."""
        from detente.lab.statute.line_history import line_history

        with _named():
            return line_history(
                line, partner, first=first, last=last, of=self.of, law=self.law, claim=self.claim, shares=self.shares,
                reading=self.reading,
            )  # fmt: skip

    def candidates(self, words: str, partner: str) -> Table:
        """The goods that words may mean, with the range of duties on each; errors as `candidates`."""
        from detente.lab.statute.search import candidates

        return candidates(words, partner, self.on, of=self.of, law=self.law, parameters=self.shares)


@contextmanager
def _named() -> Iterator[None]:
    """Mistakes by the names that questions give to what holds them."""
    try:
        yield
    except InputError as error:
        unknown = isinstance(error, UnknownName) and error.kind == "parameter"
        now = "set" if unknown else ASKED.get(error.where.partition(" ")[0], "")
        raise error.at(Parameter(now)) if now else error from None


ASKED = {"claim": "preference", "value": "value", "quantity": "quantity", "loaded": "set", "parameter": "set"}
"""What holds a mistake, by the name that it has in a look-up."""


def asked_law(
    of: str = "USA",
    meant: tuple[Law, date, Reading, Mapping[str, float]] | None = None,
    on: date | None = None,
    preference: str = "",
    given: Mapping[str, Any] | None = None,
) -> AskedLaw:
    """The law of a day, by default today.

    Parameters
    ----------
    meant : another law with its day, how it is read and shares that it assumes, as `law_meant` has it.
    given : facts of the goods and readings of stacking rules: name to yes, no, a state, a share; `loaded` to a day.

    Raises
    ------
    InputError, UnknownName : what cannot be used.
    """
    law, day, read, assumed = meant or (importer(of).law, on or date.today(), Reading.EFFECTIVE, {})
    shares = dict(assumed)
    switches = [name for rule in law.rules for name in (rule.switch, rule.unless) if name] if given else []
    known: dict[str, Any] = {}
    for name, value in (given or {}).items():
        plain = name.removeprefix(SWITCH)
        if name == CLAIM:
            preference = preference or str(value)
        elif name == LOADED:
            known[LOADED] = _day(value)
        elif plain in switches:
            law = law.with_switches([plain], "set") if _share(name, value, law) > 0.0 else law
        elif name == PRESUME:
            known[PRESUME] = _share(name, value, law) > 0.0
        else:
            shares[name] = _share(name, value, law)
    return AskedLaw(of, law, day, read, preference, shares, **known)


def _day(value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise InputError(Parameter("set", LOADED), f"'{value!s:.40}' is not a day", "write it as 2025-04-15") from None


def _share(name: str, value: Any, law: Law) -> float:
    """An answer as a share of the goods: yes is all of them."""
    text = str(value).strip().lower()
    if text in YES + NO:
        return float(text in YES)
    states = [str(state) for state in law.aspects[name].states] if name in law.aspects else []
    if text in states:
        return float(states.index(text) > 0)
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        repair = " or ".join(["say yes, no, a share as 0.4", *states])
        raise InputError(Parameter("set", name[:40]), f"'{text[:40]}' is no answer", repair) from None
