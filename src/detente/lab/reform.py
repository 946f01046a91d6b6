"""Reform: a scenario's changes to one importer's law, as layers on top of the shipped lawbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from detente.codes import Countries, InputError
from detente.data.importers import Importer
from detente.data.lawbook import Reader, check_law, measure_of, read_layer
from detente.data.yamlfile import as_share, read_yaml
from detente.lab.scenario import Change, LawChange
from detente.law import Law, Measure, Partners, Period, Rate
from detente.law.measure import FOREVER


def reformed(where: Importer, law: Law, change: LawChange, on: date, folder: Path, label: str) -> Law:
    """The law after a scenario's changes.

    Parameters
    ----------
    on : the scenario's date, on which changes begin unless they say otherwise.
    folder : the scenario's folder; files it names lie beside it.
    label : name of the scenario, for messages.
    """
    if change.lawbook:
        law = law + read_layer(folder / change.lawbook, where.iso3, where.countries)
    if change.add:
        law = law + [_added(entry, i, where, folder, label) for i, entry in enumerate(change.add)]
    law = law.without(change.void, where=f"{label}, void") if change.void else law
    law = law.without(change.lift, on, f"{label}, lift") if change.lift else law
    law = law.with_announced(change.announce, f"{label}, announce") if change.announce else law
    law = law.with_switches(change.switches, f"{label}, switches") if change.switches else law
    for entry in change.change:
        law = law + changed(law.measure(entry.measure, f"{label}, change"), entry, on, where.countries, label)
    check_law(law)
    return law


def _added(entry: object, number: int, where: Importer, folder: Path, label: str) -> Measure:
    if isinstance(entry, str):
        path = folder / entry
        return measure_of(read_yaml(path), path, Reader(folder, where.countries))
    return measure_of(entry, folder / f"{label}, add {number + 1}", Reader(folder, where.countries))


def changed(measure: Measure, change: Change, on: date, countries: Countries, label: str) -> list[Measure]:
    """A measure under another rate for some days and partners.

    For all partners the measure itself gets another period; for some of them a copy that replaces it is
    laid on top, so that everything else about the measure stays as it is.
    """
    given = [name for name in ("rate", "floor") if getattr(change, name) is not None]
    if len(given) != 1:
        raise InputError(f"{label}, change of {measure.id}", "needs exactly one of rate and floor", "as in rate: 34%")
    value = as_share(getattr(change, given[0]), f"{label}, change of {measure.id}")
    rate = Rate(value, floor=given[0] == "floor")
    start, end = change.from_ or on, change.until or FOREVER
    new = Period(rate, start, end, instrument=label, citation="scenario", note=f"changed by {label}")
    if change.partners is None:
        return [replace(measure, periods=_cut_out(measure.periods, start, end, new))]
    named = frozenset().union(*(countries.expand(p, start, label) for p in change.partners))
    copy = replace(
        measure,
        id=f"{measure.id}_changed",
        title=f"{measure.title}, changed by {label}",
        periods=(new,),
        partners=(Partners(named),),
        replaces=(*measure.replaces, measure.id),
        source=label,
    )
    return [copy]


def _cut_out(periods: Sequence[Period], start: date, end: date, new: Period) -> tuple[Period, ...]:
    """Old periods outside the span, the new one inside it with the scope of the one it follows."""
    kept: list[Period] = []
    scope = _in_force(periods, start)
    for period in periods:
        if period.start < start:
            kept.append(replace(period, end=min(period.end, start - timedelta(1))))
        if end != FOREVER and period.end > end:
            kept.append(replace(period, start=max(period.start, end + timedelta(1))))
    if scope is not None:
        new = replace(new, partners=scope.partners, where=scope.where, heading=scope.heading)
    return (*(p for p in kept if p.start <= p.end), new)


def _in_force(periods: Sequence[Period], day: date) -> Period | None:
    """The period in force on a day, or the last one before it."""
    before = [p for p in periods if p.start <= day]
    inside = [p for p in before if p.end >= day]
    found = inside or sorted(before, key=lambda p: p.end)[-1:]
    return found[-1] if found else None
