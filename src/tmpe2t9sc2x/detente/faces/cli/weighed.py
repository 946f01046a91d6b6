"""The law of a day and the trade that weighs it, as options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.lab.ground.ground import Ground
    from detente.law import Law, Reading

Scope = Annotated[str, typer.Option("--scope", help="tariff-lines (chapters 1-97) or all (with 98 and 99).")]
Partner = Annotated[str, typer.Option("--partner", help="Only imports from a country or group, as Germany or EU.")]
Claims = Annotated[
    str,
    typer.Option("--claims", help="USMCA claims: observed (of the day's month), 2025H2, 2024 or a month as 2025-03."),
]
Weights = Annotated[
    str,
    typer.Option(
        "--weights",
        help="Trade that weighs duties: a year of 2015 to 2025, years as 2017-2019, or a file (line, partner, value).",
    ),
]


@dataclass(frozen=True)
class Weighed:
    """Whose law is meant and how it is read, and the trade that weighs it: options of averages and revenue."""

    reading: opt.ReadingName = "effective"
    scope: Scope = "tariff-lines"
    claims: Claims = ""
    weights: Weights = "2024"
    set_: opt.SetList = None
    switch: opt.Switches = None
    lawbook: opt.Lawbook = None
    void: opt.Void = None
    announce: opt.Announce = None
    of: opt.Of = "USA"

    @property
    def law(self) -> Law:
        """The law with the layers that are named."""
        return opt.law_of(self.of, self.lawbook, self.switch, self.void, self.announce)

    @property
    def read(self) -> Reading:
        """The reading of time."""
        return opt.reading(self.reading)

    @property
    def settings(self) -> dict[str, float]:
        """Shares of goods that are set."""
        return opt.settings(self.set_)

    def ground(self) -> Ground:
        """The law on its trade."""
        from detente.lab.ground.ground import ground_of
        from detente.lab.ground.weights import check_meant

        check_meant(self.of, self.weights, self.claims)
        return ground_of(self.law, self.settings, self.scope, self.claims, self.weights)


AS_SHIPPED = Weighed()
"""The law of the United States as it is, on the trade of the latest year by line."""


def weighs(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of `Weighed` in the place of its parameter `weighed`."""
    types = get_type_hints(Weighed, include_extras=True)
    names = [each.name for each in fields(Weighed)]

    @wraps(command)
    def asked_with(**given: Any) -> None:
        weighed = Weighed(**{name: given.pop(name) for name in names})
        command(**given, weighed=weighed)

    own = inspect.signature(command, eval_str=True)
    shared = [
        inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, annotation=types[each.name], default=each.default)
        for each in fields(Weighed)
        if each.default is not MISSING
    ]
    rows: list[inspect.Parameter] = []
    for name, parameter in own.parameters.items():
        rows += shared if name == "weighed" else [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    asked_with.__signature__ = own.replace(parameters=rows)  # type: ignore[attr-defined]
    asked_with.__annotations__ = {row.name: row.annotation for row in rows}
    return asked_with
