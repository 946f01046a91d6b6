"""Reform: a scenario's changes to one importer's law, as layers on the shipped lawbook, and the goods that it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, Parameter, UnknownName, dotted
from detente.codes.axis import Ints
from detente.codes.hs import digits
from detente.data.importer_lines import check_edition
from detente.data.importers import Importer
from detente.data.lawbook import Reader, check_law, measure_of, read_own
from detente.data.models import CODE_LENGTHS
from detente.data.small_world import EVERY_SECTOR
from detente.data.yamlfile import as_share, read_yaml
from detente.lab.averages.averages import class_of_lines, sector_names
from detente.lab.averages.laid_law import with_changed_programmes
from detente.lab.scenario import Change, LawChange, NamedGoods, opened
from detente.law import Law, Measure, Partners, Period, Rate
from detente.law.headings import read_headings
from detente.law.law import check_record
from detente.law.measure import FOREVER, Goods

Lines = NDArray[np.bool_]
#: Beginnings of the lines of a tariff by length, and which of them each line has.
Heads = Sequence[tuple[NDArray[np.str_], Ints]]

SCHEME = "icio28"

#: Words for sectors of the small worlds.
SECTOR_WORDS = {
    "agriculture": "AGR", "farm": "AGR", "energy": "ENE", "ores": "ORE", "mining": "ORE", "food": "FOO",
    "textiles": "TEX", "clothing": "TEX", "wood": "WPP", "paper": "WPP", "chemicals": "CHM", "pharmaceuticals": "PHA",
    "medicines": "PHA", "metals": "MET", "electronics": "ELE", "electrical": "EEQ", "machinery": "MAC",
    "vehicles": "VEH", "cars": "VEH", "other": "OMF", "steel": "STL",
}  # fmt: skip

#: Sectors of goods of the small worlds; a code that both have means the same in both.
SMALL = {code: members for code, members in EVERY_SECTOR.items() if code != "SVC"}


def lines_named(where: Importer, named: NamedGoods, place: str) -> Lines:
    """Lines of an importer's tariff that are meant, shape (lines,).

    Parameters
    ----------
    place : what a refusal calls the entry.

    Raises
    ------
    UnknownName : a sector or code that is not there, with the nearest ones.
    InputError : neither sectors nor codes are named, or all of them are excepted.
    """
    if not named.sectors and not named.codes:
        raise InputError(place, "names neither sectors nor codes", "as in goods: {sectors: [ELE], codes: ['8703']}")
    members = [member for name in named.sectors for member in sectors_of(name, place)]
    mask = np.isin(class_of_lines(where, SCHEME), members)
    mask |= where.lines.mask(_plain_codes(where, named.codes, place))
    mask &= ~where.lines.mask(_plain_codes(where, named.except_, place))
    if not mask.any():
        raise InputError(place, "names no goods", "name other sectors or codes, or except fewer")
    return mask


def sectors_of(name: str, place: str) -> tuple[str, ...]:
    """Sectors of the world `icio-2022` under a sector of any world of the tables, given by code, name or word.

    Raises
    ------
    UnknownName : no sector of goods is called that.
    """
    known = _known()
    if name.strip().lower() not in known:
        goods = {code for members in known.values() for code in members}
        names = [name for code, name in sector_names().items() if code in goods]
        words = f"sectors: {', '.join(SMALL)}, or those of icio-2022, as C26"
        spelled = [*SMALL, *sorted(goods), *SECTOR_WORDS, *names]
        raise UnknownName("sector", name[:60], spelled, place, words)
    return known[name.strip().lower()]


def _known() -> dict[str, tuple[str, ...]]:
    """Sectors of the large world by everything that a sector of goods is called, in small letters."""
    large = {code: name for code, name in sector_names().items() if any(code in m for m in SMALL.values())}
    words = {word: SMALL[code] for word, code in SECTOR_WORDS.items()}
    words |= {name.lower(): (code,) for code, name in large.items()}
    words |= {code.lower(): (code,) for code in large}
    return words | {code.lower(): members for code, members in SMALL.items()}


def _plain_codes(where: Importer, codes: Iterable[str], place: str) -> list[str]:
    """Codes without dots, all of which some line lies under."""
    plain = [digits(code, place, CODE_LENGTHS) for code in codes]
    lo, hi = where.lines.bounds(plain)
    for code, first, last in zip(plain, lo.tolist(), hi.tolist(), strict=True):
        if first == last:
            check_edition(code, where.lines, place)
            known = dict.fromkeys(line[: len(code)] for line in where.lines.codes.tolist())
            raise UnknownName("tariff code", dotted(code), [dotted(head) for head in known], place)
    return plain


def part_of(where: Importer, goods: Sequence[Goods], named: Lines) -> tuple[Goods, ...]:
    """The part of a measure's goods on some lines: blocks with their conditions and days, none where none is left.

    Parameters
    ----------
    named : lines that are kept, shape (lines,).
    """
    axis, heads = where.lines, _heads(where.lines)
    parts = ((block, shortest(axis, block.lines(axis) & named, heads)) for block in goods)
    return tuple(replace(block, prefixes=prefixes, excepted=()) for block, prefixes in parts if prefixes)


def shortest(axis: Axis, lines: Lines, heads: Heads = ()) -> tuple[str, ...]:
    """The shortest prefixes that cover exactly some lines of a tariff.

    Parameters
    ----------
    axis : the tariff; `lines` : which of its lines, shape (lines,). `heads` : of the tariff, where they are known.
    """
    left, prefixes = lines.copy(), list[str]()
    for names, places in heads or _heads(axis):
        whole = np.bincount(places, ~lines, minlength=names.size) == 0.0
        chosen = whole & (np.bincount(places, left, minlength=names.size) > 0.0)
        prefixes += names[chosen].tolist()
        left &= ~chosen[places]
    return tuple(sorted(prefixes))


def _heads(axis: Axis) -> Heads:
    """Beginnings of the lines of a tariff by length, and which of them each line has, shape (lines,)."""
    return [np.unique(axis.codes.astype(f"<U{length}"), return_inverse=True) for length in (2, 4, 6, 8, 10)]


#: What stands between the id of a measure and the number of the change in the id of a copy.
COPY = "_changed_"


def reformed(where: Importer, law: Law, change: LawChange, on: date, folder: Path, label: str) -> Law:
    """The law after a scenario's changes.

    Parameters
    ----------
    on : the scenario's date, on which changes begin unless they say otherwise.
    folder : the scenario's folder; files it names lie beside it.
    label : name of the scenario, for messages.
    """
    if change.lawbook:
        law = laid_on(law, read_own(folder / change.lawbook, where.iso3), where)
    if change.add:
        added = []
        for number, entry in enumerate(change.add, start=1):
            # Its place is that in the scenario: the folder, in which lists beside it are looked up, is not part of it.
            place = folder / (entry if isinstance(entry, str) else f"{label}, add {number}")
            own = read_yaml(place) if isinstance(entry, str) else entry
            added.append(measure_of(own, place, Reader(folder if isinstance(entry, str) else place)))
        law = laid_on(law, Law(where.iso3, tuple(added)), where)
    law = law.without(change.void, where=f"{label}, void") if change.void else law
    law = law.without(change.lift, on, f"{label}, lift") if change.lift else law
    law = law.with_announced(change.announce, f"{label}, announce") if change.announce else law
    law = law.with_switches(change.switches, f"{label}, switches") if change.switches else law
    law = with_changed_programmes(law, where, change.end_programmes, change.begin_programmes, on, label)
    for number, entry in enumerate(change.change, start=1):
        place = f"{label}, change {number}"
        law = changed(where, law, entry, on, place, number)
    check_law(law)
    return law


def own_law(
    where: Importer,
    lawbook: str | Path | None = None,
    void: Sequence[str] = (),
    announce: Sequence[str] = (),
    switches: Sequence[str] = (),
) -> Law:
    """The shipped law of an importer with a user's layers on top; the law itself where there is none.

    Parameters
    ----------
    lawbook : file or folder of measures; void, announce : measures left out, and put in force.
    switches : readings of stacking rules.
    """
    law = where.law
    if lawbook:
        law = laid_on(law, read_own(Path(lawbook), where.iso3), where)
    law = law.without(void, where=Parameter("void")) if void else law
    law = law.with_announced(announce, Parameter("announce")) if announce else law
    return law.with_switches(switches, Parameter("switch")) if switches else law


def under(where: Importer, law: Law, scenario: Any) -> Law:
    """A law with the changes of a scenario to it; the law itself where there is none.

    Parameters
    ----------
    scenario : its name, path or content, or "".
    """
    if not scenario:
        return law
    point, folder = opened(scenario, date.today())
    change = point.changes.get(where.iso3)
    if change is None:
        return law
    day = point.on if isinstance(point.on, date) else date.today()
    return reformed(where, law, change, day, folder, f"scenario {point.name}")


def laid_on(law: Law, layer: Law, where: Importer) -> Law:
    """A law with a user's layer on top; refuses ids that are taken and codes that are not in the tariff."""
    for m in layer.measures:
        if m.id in law.by_id:
            repair = "give it another id; scenarios change a measure with `change:`"
            raise InputError(m.source, f"the id '{m.id}' is taken by {law.by_id[m.id].source}", repair)
        for text in (m.heading, *(period.heading for period in m.periods)):
            read_headings(text, m.source)
        for goods in m.goods:
            lo, hi = where.lines.bounds(goods.prefixes)
            for code, first, last in zip(goods.prefixes, lo, hi, strict=True):
                if first == last:
                    known = dict.fromkeys(c[: len(code)] for c in where.lines.codes.tolist())
                    raise UnknownName("tariff code", dotted(code), [dotted(c) for c in known], m.source)
    joined = law + layer
    check_law(joined)
    if joined.record != law.record:
        # A law whose open clauses were renewed no longer ends where its record says, and needs no such check.
        check_record(joined)
    return joined


def changed(where: Importer, law: Law, change: Change, on: date, label: str, number: int = 1) -> Law:
    """The law with one of its measures under another rate for some days, partners and goods.

    For all partners and goods the measure itself gets other periods. For some of them a copy is laid on top that
    replaces it, and the copies before it; every rule that names the measure holds for the copy as well.

    Parameters
    ----------
    number : of the change in its list, for the id of a copy.
    """
    measure = law.measure(change.measure, label)
    place = f"{label} of {measure.id}"
    given = [name for name in ("rate", "floor") if getattr(change, name) is not None]
    if len(given) != 1:
        raise InputError(place, "needs exactly one of rate and floor", "as in rate: 34%")
    rate = Rate(as_share(getattr(change, given[0]), place), floor=given[0] == "floor")
    start, end = change.from_ or on, change.until or FOREVER
    if end < start:
        raise InputError(place, f"ends {end} before it begins {start}", "swap the days")
    new = Period(rate, start, end, instrument=label, citation="scenario", note=f"changed by {label}")
    if change.partners is None and change.goods is None:
        return law + replace(measure, periods=_cut_out(measure, new), source=label)
    named = None
    if change.partners is not None:
        named = frozenset[str]().union(*(where.countries.expand(p, start, label) for p in change.partners))
    goods = measure.goods
    if change.goods is not None:
        goods = part_of(where, measure.goods, lines_named(where, change.goods, f"{place}, goods"))
        if not goods:
            repair = f"name goods that it covers, as `detente law show {measure.id}` lists them"
            raise InputError(f"{place}, goods", "the measure covers none of these goods", repair)
    copy = replace(
        measure,
        id=f"{measure.id}{COPY}{number}",
        title=f"{measure.title}, changed by {label}",
        goods=goods,
        periods=_scoped(measure, new) if named is None else _on_partners(measure, new, named),
        partners=measure.partners if named is None else (Partners(named),),
        replaces=(
            *measure.replaces,
            measure.id,
            *(m.id for m in law.measures if m.id.startswith(f"{measure.id}{COPY}")),
        ),
        source=label,
    )
    return _named_alike(law, measure.id, copy.id) + copy


def _named_alike(law: Law, name: str, copy: str) -> Law:
    """The law with a copy named beside its measure in every rule and exemption, but in those of other copies."""

    def both(selectors: tuple[str, ...]) -> tuple[str, ...]:
        return (*selectors, copy) if name in selectors else selectors

    measures = tuple(
        m if m.id.startswith(f"{name}{COPY}") else replace(m, exempts=both(m.exempts), replaces=both(m.replaces))
        for m in law.measures
    )
    rules = tuple(replace(rule, by=both(rule.by), of=both(rule.of)) for rule in law.rules)
    return replace(law, measures=measures, rules=rules)


def _cut_out(measure: Measure, new: Period) -> tuple[Period, ...]:
    """Old periods outside the span of the new one; inside it one with each scope that is in force as it begins."""
    kept: list[Period] = []
    for period in measure.periods:
        if period.start < new.start:
            kept.append(replace(period, end=min(period.end, new.start - timedelta(1))))
        if new.end != FOREVER and period.end > new.end:
            kept.append(replace(period, start=max(period.start, new.end + timedelta(1))))
    return (*(p for p in kept if p.start <= p.end), *_scoped(measure, new))


def _scoped(measure: Measure, new: Period) -> tuple[Period, ...]:
    """A period with partners, condition and heading of each one in force as it begins, or the last ones before it."""
    before = [p for p in measure.periods if p.start <= new.start]
    last = max((min(p.end, new.start) for p in before), default=new.start)
    periods: list[Period] = []
    for old in (p for p in before if p.end >= last):
        scopes, table = old.partners, frozenset(old.rate.by_partner if old.rate is not None else ())
        if table:  # a table of rates covers the partners it names
            wide = (Partners(table),) if scopes is None else scopes
            scopes = tuple(replace(scope, countries=scope.countries & table) for scope in wide)
        period = replace(new, partners=scopes, where=old.where, heading=old.heading)
        if period not in periods:
            periods.append(period)
    return tuple(periods) or (new,)


def _on_partners(measure: Measure, new: Period, named: frozenset[str]) -> tuple[Period, ...]:
    """A period for each scope in force among some partners, and one for those whom the measure did not cover."""
    periods, left = list[Period](), named
    for period in _scoped(measure, new):
        scopes = period.partners if period.partners is not None else measure.partners
        scopes = (Partners(named),) if scopes is None else scopes
        inside = tuple(replace(s, countries=s.countries & named) for s in scopes if s.countries & named)
        if inside:
            periods.append(replace(period, partners=inside))
            left -= frozenset().union(*(s.countries for s in inside))
    return (*periods, replace(new, partners=(Partners(left),))) if left else tuple(periods)
