"""`detente average --as`: an average under the definition of a publisher."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from detente.codes import InputError
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import typer

    from detente.codes import Table

LIST = "list"
"""In place of a name in earlier versions: all definitions."""

LAW = ("lawbook", "switch", "void", "announce")
"""Options that change the law that is averaged."""

OURS_ALONE = {"ranges": "--range", "elasticity": "--elasticity", "against": "--against"}
"""Options that only an average of ours has."""


def named_average(
    name: str,
    context: typer.Context,
    on: date,
    by: Sequence[str],
    tables: Sequence[str] | None,
    form: str,
    out: Path | None,
) -> None:
    """Print the average of a day under a definition by name."""
    from detente.faces.formats import emit, is_text, shortened
    from detente.lab.ground.definitions import average_table_as

    if name == LIST:
        raise InputError("--as", "'list' is no definition", "list them with `detente data list publishers`")
    given = _given(context)
    for key, flag in OURS_ALONE.items():
        if key in given:
            raise InputError(flag, "does not go with a definition by name", "leave one of the two out")
    law = opt.law_of(given.get("of", "USA"), *(given.get(key) for key in LAW)) if set(LAW) & set(given) else None
    changed = {key: make(given[option]) for option, (key, make) in CHANGED.items() if option in given}
    answer = given.get("definition", "")
    made = average_table_as(name, on, by, changed=changed, substitution=answer if answer == "post" else "", law=law)
    if by:
        made = made.sorted("imports", descending=True)
    if is_text(form, out):
        # What was collected in a month is no average of a law.
        plain = "average" in made.data and not (by or law or changed or answer == "post")
        printed = _printed(name, on, float(made["average"][0])) if plain else ""
        made = _first_line(shortened(made), on, printed)
    emit(opt.chosen([made], tables), form, out)


def _given(context: typer.Context) -> dict[str, Any]:
    """Options that the reader gave, by the name of their parameter."""
    sources = {key: context.get_parameter_source(key) for key in context.params}
    return {key: context.params[key] for key, source in sources.items() if source and source.name == "COMMANDLINE"}


def _shares(pairs: Sequence[str]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(opt.settings(pairs).items()))


CHANGED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "of": ("importer", str),
    "partner": ("partner", str),
    "scope": ("scope", str),
    "claims": ("claims", str),
    "weights": ("weights", str),
    "reading": ("reading", opt.reading),
    "set_": ("given", _shares),
}
"""Choices that options of the command make in the place of the publisher's, by parameter."""


def _first_line(table: Table, on: date, printed: str) -> Table:
    """The table with how it counts in its first line, and what the publisher printed under it."""
    from detente.codes.standing import spelled_day

    how, *notes = table.notes
    title = f"Average duty, {spelled_day(on)}, {how}"
    return replace(table, title=title, notes=(*((printed,) if printed else ()), *notes))


def _printed(name: str, on: date, ours: float) -> str:
    """What the publisher has printed of that law, how far it is from ours, and where every step is; "" for none."""
    from detente.codes.standing import spelled_day
    from detente.lab.record.published import nearest_figure

    figure = nearest_figure(name, on)
    if figure is None:
        return ""
    number, gap = f"{100 * figure.value:.2f}".removesuffix("0"), 100 * (figure.value - ours)
    where = "the same" if abs(gap) < SAME else f"{abs(gap):.1f} points {'above' if gap > 0 else 'below'}"
    steps = f"steps: detente reconcile {number} --on {figure.law} --publisher {name}"
    return f"printed on {spelled_day(figure.report)}: {100 * figure.value:.1f}%, {where}; {steps}"


SAME = 0.05
"""Points within which two averages print alike."""
