"""Reform: a scenario's changes to one importer's law, as layers on top of the shipped lawbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from detente.codes import Countries, InputError, UnknownName, dotted
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
        law = laid_on(law, read_layer(folder / change.lawbook, where.iso3, where.countries), where)
    if change.add:
        added = tuple(_added(entry, i, where, folder, label) for i, entry in enumerate(change.add))
        law = laid_on(law, Law(where.iso3, added), where)
    law = law.without(change.void, where=f"{label}, void") if change.void else law
    law = law.without(change.lift, on, f"{label}, lift") if change.lift else law
    law = law.with_announced(change.announce, f"{label}, announce") if change.announce else law
    law = law.with_switches(change.switches, f"{label}, switches") if change.switches else law
    for number, entry in enumerate(change.change, start=1):
        place = f"{label}, change {number}"
        law = law + changed(law.measure(entry.measure, place), entry, on, where.countries, place, number)
    check_law(law)
    return law


def laid_on(law: Law, layer: Law, where: Importer) -> Law:
    """A law with a user's layer on top; refuses ids that are taken and codes that are not in the tariff."""
    for m in layer.measures:
        if m.id in law.by_id:
            repair = "give it another id; scenarios change a measure with `change:`"
            raise InputError(m.source, f"the id '{m.id}' is taken by {law.by_id[m.id].source}", repair)
        for goods in m.goods:
            lo, hi = where.lines.bounds(goods.prefixes)
            for code, first, last in zip(goods.prefixes, lo, hi, strict=True):
                if first == last:
                    known = dict.fromkeys(c[: len(code)] for c in where.lines.codes.tolist())
                    raise UnknownName("tariff code", dotted(code), [dotted(c) for c in known], m.source)
    joined = law + layer
    check_law(joined)
    return joined


def _added(entry: object, number: int, where: Importer, folder: Path, label: str) -> Measure:
    if isinstance(entry, str):
        path = folder / entry
        return measure_of(read_yaml(path), path, Reader(folder, where.countries))
    return measure_of(entry, folder / f"{label}, add {number + 1}", Reader(folder, where.countries))


def changed(
    measure: Measure, change: Change, on: date, countries: Countries, label: str, number: int = 1
) -> list[Measure]:
    """A measure under another rate for some days and partners.

    For all partners the measure itself gets another period; for some of them a copy that replaces it is
    laid on top, so that everything else about the measure stays as it is.
    """
    given = [name for name in ("rate", "floor") if getattr(change, name) is not None]
    if len(given) != 1:
        raise InputError(f"{label} of {measure.id}", "needs exactly one of rate and floor", "as in rate: 34%")
    value = as_share(getattr(change, given[0]), f"{label} of {measure.id}")
    rate = Rate(value, floor=given[0] == "floor")
    start, end = change.from_ or on, change.until or FOREVER
    if end < start:
        raise InputError(f"{label} of {measure.id}", f"ends {end} before it begins {start}", "swap the days")
    new = Period(rate, start, end, instrument=label, citation="scenario", note=f"changed by {label}")
    if change.partners is None:
        return [replace(measure, periods=_cut_out(measure.periods, start, end, new), source=label)]
    named = frozenset().union(*(countries.expand(p, start, label) for p in change.partners))
    copy = replace(
        measure,
        id=f"{measure.id}_changed_{number}",
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
