"""Definitions by name: the choices of a publisher of averages, one by one, from our view to theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.data.definitions import OURS, POST, Chosen, Counted, PublishedFigure, Publisher, definition, definitions
from detente.data.importers import importer
from detente.data.tables import countries, partner_name, place
from detente.lab.ground.view import View, table_of_view, value_of
from detente.law import Law, Reading

WORDS = {
    "pre": "choices.pre",
    "own": "choices.own",
    "world": "choices.world",
    "partners": "choices.partners",
    "published": "choices.published",
    "effective": "choices.effective",
    "all": "choices.all",
    "tariff-lines": "choices.tariff_lines",
    "2024": "choices.claims_2024",
    "2025H2": "choices.claims_2025",
    "observed": "choices.claims_observed",
}
"""Note of the register that says what is chosen."""

GIVEN = {
    "steel_content": "choices.steel",
    "aluminum_content": "choices.aluminium",
    "s301_exclusion": "choices.no_exclusions",
    "exclusion": "choices.no_chinese_exclusions",
    "aircraft_use": "choices.aircraft",
}
"""The same of shares that are set; others are said by their names."""

OWN = {"importer": "imports of {}", "partner": "goods from {}"}
"""Words of a reader's own importer and partner."""


@dataclass(frozen=True)
class Choice:
    """One choice of a publisher.

    Attributes
    ----------
    name : key of the choice. words : what is chosen, in short.
    apply : the view with this choice made; None where only the publisher's own figures say what it moves.
    points : what it moves by the publisher's own figures, share; None where the view says it.
    """

    name: str
    words: str
    apply: Callable[[View], View] | None = None
    points: float | None = None


def choices(publisher: Publisher | str, on: date, substitution: str = "") -> tuple[Choice, ...]:
    """What a publisher chooses otherwise than we do, in the order in which a reconciliation takes the steps.

    Parameters
    ----------
    on : day of the report or of the law; dated choices are those that held then.
    substitution : "pre", "own", "world" or "partners" in the place of the publisher's; "post" = as it publishes it.

    Raises
    ------
    UnknownName : no definition has that name.
    """
    who = definition(publisher) if isinstance(publisher, str) else publisher
    chosen = who.chosen_on(on)
    if substitution:
        chosen = replace(chosen, substitution=chosen.answer if substitution == POST else substitution)
    return tuple(_choices(chosen, who.counted(on)))


def _choices(chosen: Chosen, counted: Counted | None) -> Iterator[Choice]:
    if chosen.partner or chosen.importer != View(date.min).importer:
        yield _set("partner", _whose(chosen), importer=chosen.importer, partner=chosen.partner)
    if chosen.scope:
        yield _set("scope", declared_note(WORDS[chosen.scope]), scope=chosen.scope)
    for name, share in chosen.given:
        words = declared_note(GIVEN[name], share=share) if name in GIVEN else f"{name} {share:g}"
        yield Choice(name, words, _given(name, share))
    if chosen.schedule:
        yield _set("schedule", declared_note("choices.no_claim"), schedule=True)
    if chosen.weights:
        yield _set("weights", f"trade of {chosen.weights}", weights=chosen.weights)
    if chosen.claims:
        yield _set("claims", declared_note(WORDS[chosen.claims]), claims=chosen.claims)
    if chosen.reading:
        yield _set("reading", declared_note(WORDS[chosen.reading]), reading=Reading(chosen.reading))
    if counted is not None:
        yield Choice("counts", counted.says, _counting(counted))
    if chosen.exports:
        yield _set("exports", declared_note("choices.exports"), exports=True)
    if chosen.whole_metals:
        yield _set("whole_metals", declared_note("choices.whole_metals"), whole_metals=True)
    if chosen.by_hs6:
        yield _set("by_hs6", declared_note("choices.by_hs6"), by_hs6=True)
    if chosen.substitution != "pre":
        yield _set("substitution", declared_note(WORDS[chosen.substitution]), post=chosen.substitution)
        if chosen.retaliation:
            yield _set("retaliation", declared_note("choices.retaliation"), retaliation=True)
    if chosen.paid:
        yield _set("paid", declared_note("choices.paid"), paid=True)


def _whose(chosen: Chosen) -> str:
    goods = f"goods from {partner_name(chosen.partner)}" if chosen.partner else "all goods"
    return f"{goods}, imported by {partner_name(chosen.importer)}"


def _set(name: str, words: str, **values: Any) -> Choice:
    return Choice(name, words, lambda view: replace(view, **values))


def _given(name: str, share: float) -> Callable[[View], View]:
    return lambda view: replace(view, given=tuple(sorted((dict(view.given) | {name: share}).items())))


def _counting(counted: Counted) -> Callable[[View], View]:
    return lambda view: replace(view, on=counted.on or view.on, announced=counted.announced, void=counted.void)


def view_as(publisher: Publisher | str, on: date, substitution: str = "") -> View:
    """The view of a day as a publisher would take it; errors as `choices`."""
    steps = (choice.apply for choice in choices(publisher, on, substitution) if choice.apply is not None)
    return reduce(lambda view, step: step(view), steps, View(on))


def average_as(name: str, on: date, substitution: str = "") -> float:
    """The average of a day under a definition by name, share of customs value; errors as `choices`."""
    return value_of(view_as(name or OURS, on, substitution))


def average_table_as(
    name: str,
    on: date,
    by: Sequence[str] = (),
    *,
    changed: Mapping[str, Any] | None = None,
    substitution: str = "",
    law: Law | None = None,
) -> Table:
    """The average of a day under a definition by name, whole or by any of `averages.BY`; its first note says how.

    Parameters
    ----------
    changed : fields of the view chosen otherwise, as {"weights": "2019"}; they go before the publisher's.
    law : in the place of the law on record.

    Raises
    ------
    UnknownName, InputError : a name, group, year or day that cannot be.
    """
    who = definition(name)
    yours = dict(changed or {})
    if yours.get("partner"):
        yours["partner"] = countries().code(yours["partner"], Parameter("partner"))
    kept = [choice for choice in choices(who, on, substitution) if choice.name not in yours]
    # Who names a partner alone asks for another's goods in the country whose imports the publisher counts.
    start = View(yours.get("on", on), who.chosen_on(on).importer)
    view = reduce(lambda view, choice: choice.apply(view) if choice.apply else view, kept, start)
    view = replace(view, **{key: value for key, value in yours.items() if key != "on"})
    _check_importer(who, who.chosen_on(on), view.importer)
    table = table_of_view(view, by, law)
    return replace(table, notes=(sentence(who, kept, yours), *table.notes))


def _check_importer(who: Publisher, chosen: Chosen, code: str) -> None:
    """Refuse choices of a publisher about one importer's law for another whose law they cannot be laid on."""
    if code == chosen.importer:
        return
    aspects = importer(code).law.aspects
    if chosen.partner or any(name not in aspects for name, _ in chosen.given):
        counted = f"{who.short} counts imports of {place(chosen.importer)}, by choices that fit its law alone"
        what = f"is {place(code)}, but {counted}"
        raise InputError(Parameter("of"), what, f"name {place(chosen.importer)}, or another publisher")


def sentence(who: Publisher, kept: Sequence[Choice], yours: Mapping[str, Any]) -> str:
    """Which definition an average follows, with every choice in short words; those of the reader are marked."""
    own = [f"{_worded(key, value)} (yours)" for key, value in yours.items()]
    words = "; ".join([*(choice.words for choice in kept), *own])
    return f"as {who.short} counts: {words or 'every choice as ours'}"


def _worded(key: str, value: Any) -> str:
    text = getattr(value, "value", value)
    if key == "weights":
        return f"trade of {text}"
    if key in OWN:
        return OWN[key].format(partner_name(text))
    if key == "given":
        return ", ".join(f"{name} {share:g}" for name, share in value)
    return declared_note(WORDS[str(text)]) if str(text) in WORDS else f"{key} {text}"


def definitions_table() -> Table:
    """Every definition on record: who, the choices of today's method, what is known of it and what is guessed."""
    rows = [
        (
            name,
            who.title,
            "; ".join(choice.words for choice in choices(who, date.max)) or "every choice as ours",
            " ".join(who.known),
            " ".join(who.guessed),
            len(who.figures),
            who.source,
        )
        for name, who in definitions().items()
    ]
    return table_of("averages.definitions", rows)


def value_of_figure(figure: PublishedFigure) -> float:
    """What its publisher's definition gives for a published figure, share of customs value."""
    *_, (_, value) = _figure_values(figure, whole=True)
    return value


def figure_steps(figure: PublishedFigure) -> tuple[tuple[str, float], ...]:
    """Our headline on the law of a figure, then the average after each choice of its publisher, share."""
    return tuple(_figure_values(figure, whole=False))


def headline_of_figure(figure: PublishedFigure) -> float:
    """Our headline on the law of a published figure, share of customs value."""
    return value_of(_ours(figure))


def _ours(figure: PublishedFigure) -> View:
    chosen = definition(figure.definition).choices
    view = View(figure.law, chosen.importer, figure.partner or chosen.partner)
    return replace(view, since=figure.law - timedelta(1)) if figure.unit.endswith("change_pp") else view


def _figure_values(figure: PublishedFigure, whole: bool) -> Iterator[tuple[str, float]]:
    """Words and average after each choice, or after all alone."""
    who, view = definition(figure.definition), _ours(figure)
    counted = who.counted(figure.report)
    # A report may give figures of other days beside that of the law it counts.
    left_out = {"partner", "counts"} if counted is not None and counted.on not in (None, figure.law) else {"partner"}
    kept = [c for c in choices(who, figure.report, figure.substitution) if c.apply and c.name not in left_out]
    if not whole:
        yield "", value_of(view)
    for choice in kept:
        view = choice.apply(view) if choice.apply else view
        if not whole:
            yield choice.words, value_of(view)
    if whole:
        yield "", value_of(view)
