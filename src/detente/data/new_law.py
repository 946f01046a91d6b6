"""A folder of an importer made from a schedule, and flows, in a publisher's form; written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


from detente.codes import Axis, Countries, InputError, UnknownName
from detente.codes.hs import dotted
from detente.data import store
from detente.data.flow_reader import EDITIONS, DraftFlows, check_flows, edition_of, read_draft_flows
from detente.data.importerfile import NAME, VALUATIONS, importer_file
from detente.data.schedule_heads import FLOWS, SCHEDULE, Heads, heads_of, mapping_of
from detente.data.schedule_reader import Draft, DraftLine, Fault, check_draft, read_draft
from detente.data.schedulefile import LINES, PREFERENCES
from detente.data.sheetfile import read_sheet
from detente.data.tables import countries
from detente.law.rate_words import CODES, Money

MOST_UNREAD = 0.05
"""Share of lines whose rate may be kept as text where nothing else is said."""

MOST_LOST = 0.05
"""Share of the value of flows that may find no line."""

SHARES = ("free", "ad_valorem")
TO_CONFIRM = "to confirm"
"""Status of a case that nobody has held against the law itself yet."""

YOURS = ("authorities.yaml", "aspects.yaml", "stacking.yaml", "cases.yaml", "frontier.yaml", "programmes.yaml")
"""Files that a user goes on writing: they stay as they are where a folder is written anew."""

EXAMPLE = "measures/example.yaml"
CASES = 6


@dataclass(frozen=True)
class LawSource:
    """What a new folder is made from.

    Attributes
    ----------
    importer : country or group, by any name.
    schedule, flows : files; flows may be left out, then trade is modelled.
    preferences : another table with columns of preferences by code; "" where the schedule has them.
    columns, flow_columns : what columns are, `code="Tariff item"`, by their names.
    partners : who may claim a programme, `AfCFTA=GHA+EGY`.
    keep : share of rates that may be kept as text.
    overlap, rates_are : as `schedule_reader.read_draft` takes them.
    """

    importer: str
    schedule: Path
    flows: Path | None = None
    preferences: Path | None = None
    columns: Sequence[str] = ()
    flow_columns: Sequence[str] = ()
    partners: Sequence[str] = ()
    currency: str = ""
    per_usd: float = 0.0
    edition: str = ""
    valuation: str = "CIF"
    vintage: date | None = None
    source: str = ""
    sheet: str = ""
    keep: float = MOST_UNREAD
    overlap: str = "refuse"
    rates_are: str = ""


@dataclass(frozen=True)
class NewLaw:
    """A folder before it is written.

    Attributes
    ----------
    id : of the importer.
    heads, flow_heads : what columns were taken for.
    edition : of the Harmonized System, and the share of its subheadings that the edition knows.
    files : content by name.
    """

    id: str
    name: str
    heads: Heads = field(repr=False)
    draft: Draft = field(repr=False)
    edition: tuple[str, float]
    flow_heads: Heads | None = field(repr=False, default=None)
    flows: DraftFlows | None = field(repr=False, default=None)
    files: Mapping[str, bytes] = field(repr=False, default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done and what is doubtful, in sentences."""
        return (*self.draft.notes, *_doubts(self), *_flow_notes(self.flows))


def draft_law(given: LawSource) -> NewLaw:
    """Everything of a folder but its files, with the faults that were found.

    Raises
    ------
    InputError, UnknownName : no such importer, file or column, or what no table can be made of.
    """
    book = countries()
    code, name, own = _importer(given.importer, book)
    money = _money(given)
    _check_choice(given.valuation, VALUATIONS, "valuation")
    sheet = read_sheet(given.schedule, given.sheet)
    heads = heads_of(sheet, SCHEDULE, mapping_of(given.columns), book, own, mapping_of(given.partners, "partners"))
    draft = read_draft(sheet, heads, money, overlap=given.overlap, bare=given.rates_are)
    codes = [line.code for line in draft.lines]
    edition = edition_of(codes)
    if given.edition:
        _check_choice(given.edition, EDITIONS, "edition")
        edition = (given.edition, edition[1])
    return NewLaw(code, name, heads, draft, edition)


def new_law(given: LawSource) -> NewLaw:
    """A folder from its sources, with every file of it.

    Raises
    ------
    InputError, UnknownName : what is wrong with the sources, all faults of a file at once.
    """
    law = draft_law(given)
    check_draft(law.draft, str(given.schedule), given.keep)
    flow_heads, flows = _flows(given, law)
    law = NewLaw(law.id, law.name, law.heads, law.draft, law.edition, flow_heads, flows)
    return NewLaw(law.id, law.name, law.heads, law.draft, law.edition, flow_heads, flows, _files(law, given))


def write_law(law: NewLaw, folder: Path, *, force: bool = False) -> tuple[str, ...]:
    """Write a folder; of one that is there only what came from the sources, and only by force.

    Returns the files of the user's that stayed as they were.

    Raises
    ------
    InputError : the folder holds something and nobody asked to write over it, or it is no importer's.
    """
    if folder.is_file():
        raise InputError(str(folder), "is a file, not a folder", "give another folder with `out=`")
    there = folder.is_dir() and any(folder.iterdir())
    if not there:
        store.write_folder(folder, law.files, whole=True)
        return ()
    if not (folder / NAME).is_file():
        raise InputError(str(folder), f"holds other things and no {NAME}", "give another folder with `out=`")
    if not force:
        repair = "give another folder with `out=`, or `force=` to write schedule and flows anew; your own files stay"
        raise InputError(str(folder), "is there already", repair)
    _check_same(folder, law.id)
    stay = tuple(name for name in law.files if (name in YOURS or name == EXAMPLE) and (folder / name).exists())
    store.write_folder(folder, {name: content for name, content in law.files.items() if name not in stay})
    return stay


def _check_same(folder: Path, code: str) -> None:
    other = importer_file(folder.absolute()).id
    if other != code:
        raise InputError(str(folder), f"holds the law of {other}, not of {code}", "give another folder with `out=`")


def write_faults(faults: Iterable[Fault], path: Path) -> Path:
    """A table of every fault: row, code, kind and what it is."""
    rows = [(fault.row, fault.code, fault.kind, fault.what) for fault in faults]
    return store.write_bytes(path, _csv(("row", "code", "kind", "what"), rows))


def _importer(text: str, book: Countries) -> tuple[str, str, frozenset[str]]:
    """Id, name and countries of an importer."""
    group = book.group(text)
    if group is not None:
        return group.id, group.title, group.on()
    code = book.resolve(text, "importer")
    return code, book.name(code), frozenset({code})


def _money(given: LawSource) -> Money:
    code = given.currency.strip().upper()
    if code and code not in CODES:
        raise UnknownName("currency", given.currency, CODES, "currency", "give its code of three letters")
    if given.per_usd < 0 or not given.per_usd < float("inf"):
        raise InputError("per_usd", f"{given.per_usd:g} is no rate of exchange", "say how much of it one USD buys")
    if given.per_usd and not code:
        raise InputError("per_usd", "is a rate of no currency", "say `currency=` as well")
    return Money(code, 1.0 if code == "USD" else given.per_usd)


def _check_choice(value: str, options: Sequence[str], where: str) -> None:
    if value not in options:
        raise UnknownName("word", value, options, where, f"use {', '.join(options)}")


def _flows(given: LawSource, law: NewLaw) -> tuple[Heads | None, DraftFlows | None]:
    if given.flows is None:
        return None, None
    book = countries()
    own = book.expand(law.id)
    sheet = read_sheet(given.flows)
    heads = heads_of(sheet, FLOWS, mapping_of(given.flow_columns), book, own)
    lines = Axis.of("line", [line.code for line in law.draft.lines])
    flows = read_draft_flows(sheet, heads, lines, law.edition[0], _money(given), book, own)
    check_flows(flows, str(given.flows), MOST_LOST)
    return heads, flows


def _doubts(law: NewLaw) -> Iterable[str]:
    edition, share = law.edition
    if share < 1.0:
        yield f"{1 - share:.1%} of subheadings are not of {edition}, the nearest edition"
    if law.draft.kept:
        first = law.draft.kept[0]
        yield f"{len(law.draft.kept):,} rates are kept as text, as in row {first.row}: {first.what}"
    for why in ("seasonal", "quota", "formula"):
        count = sum(line.rate.why == why for line in law.draft.lines)
        if count:
            yield f"{count:,} rates are {WHYS[why]} and kept as text"
    if law.heads.doubts:
        names = ", ".join(law.heads.doubts)
        yield f"columns with rates that were left out: {names}; say `columns=` what they are, or leave them"


WHYS = {"seasonal": "by season or date", "quota": "within and beyond quotas", "formula": "by formula or price"}


def _flow_notes(flows: DraftFlows | None) -> Iterable[str]:
    if flows is None:
        return
    yield from flows.notes
    if flows.converted:
        yield f"{flows.converted / flows.total:.1%} of the trade went to this edition by concordance"
    if flows.unmapped:
        yield f"{flows.unmapped / flows.total:.2%} of the trade finds no line and is left out"


def _files(law: NewLaw, given: LawSource) -> dict[str, bytes]:
    day = given.vintage or date.today()
    programmes = {name: _symbol(name) for name in law.draft.preferences}
    files = {
        NAME: _importer_yaml(law, given, day, bool(programmes)).encode(),
        "schedule.csv": _csv(LINES, map(_line_row, law.draft.lines)),
        "authorities.yaml": AUTHORITIES.format(name=law.name).encode(),
        "aspects.yaml": ASPECTS.encode(),
        "stacking.yaml": STACKING.encode(),
        "frontier.yaml": FRONTIER.format(name=law.name, day=day, source=_quoted(_source(given))).encode(),
        EXAMPLE: _example(law, day).encode(),
        "cases.yaml": _cases(law, programmes, day).encode(),
    }
    if programmes:
        files["preferences.csv"] = _csv(PREFERENCES, _preference_rows(law.draft, programmes))
        files["programmes.yaml"] = _programmes(law, programmes).encode()
    if law.flows is not None:
        files["flows.csv"] = _flow_file(law.flows)
    return files


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def _line_row(line: DraftLine) -> tuple[str, ...]:
    rate = line.rate
    return line.code, f"{rate.share:.10g}", rate.kind, rate.text, line.text, line.start, line.end, "B"


def _preference_rows(draft: Draft, programmes: Mapping[str, str]) -> Iterable[Sequence[object]]:
    for name, symbol in programmes.items():
        for code, rate in draft.preferences[name]:
            share = f"{rate.share:.10g}" if rate.kind in SHARES else ""
            yield code, symbol, share, "" if share else rate.text, "", ""


def _flow_file(flows: DraftFlows) -> bytes:
    head = ("line", "partner", "value", *(("claim",) if flows.claims else ()))
    rows = []
    for (code, partner), value in sorted(flows.rows.items()):
        claim = (f"{flows.claims[code, partner]:.6g}",) if flows.claims else ()
        rows.append((code, partner, f"{value:.2f}", *claim))
    return _csv(head, rows)


def _symbol(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def _quoted(text: str) -> str:
    """Text as YAML reads it whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def _source(given: LawSource) -> str:
    return given.source or f"schedule of the file {given.schedule.name}"


def _importer_yaml(law: NewLaw, given: LawSource, day: date, preferences: bool) -> str:
    money = _money(given)
    level = "hs6" if law.draft.digits == 6 else "line"
    rows = [
        f"# What the program knows of the tariff of {law.name}; made by `detente law new`, yours to go on with.",
        f"importer: {law.id}",
        f"name: {_quoted(law.name)}",
        f"level: {level}",
    ]
    if money.own and money.per_usd:
        rows.append(f"currency: {{code: {money.own}, per_usd: {money.per_usd:g}}}")
    rows += [
        f"valuation: {given.valuation}",
        f"nomenclature: {{name: National tariff, edition: {law.edition[0]}, digits: {law.draft.digits}}}",
        "schedule:",
        "  file: schedule.csv",
        f"  vintage: {day}",
        f"  source: {_quoted(_source(given))}",
        f"  note: {_quoted('. '.join(_kept_words(law)))}",
    ]
    if preferences:
        rows.append("preferences: preferences.csv")
        rows.append(f"utilisation: {UTILISATION}")
    if law.flows is not None:
        rows.append("flows: flows.csv")
    rows += [
        f"read_to: {day}",
        "not_covered:",
        "  - measures beyond the schedule; write each into a file of its own and take this line out",
    ]
    return "\n".join(rows) + "\n"


UTILISATION = "{share: 0.85, low: 0.7, high: 0.95, source: our assumption until claims are known, confidence: D}"


def _kept_words(law: NewLaw) -> list[str]:
    count = sum(line.rate.kind == "other" for line in law.draft.lines)
    return [f"{count:,} of {len(law.draft.lines):,} rates are kept as text alone"] if count else []


AUTHORITIES = """\
# Authorities of {name}'s measures, in the order of the columns. The base duty is that of the schedule, or of an agreement.
- id: own_measures
  name: Measures of {name}
  description: Duties on top of the schedule; give each legal basis an entry of its own.
"""

ASPECTS = """\
# Facts about goods that a tariff code does not show, each with what is assumed. None yet; docs/add_a_measure.md has some.
[]
"""

STACKING = """\
# Which measure takes the place of which. None yet: everything adds.
[]
"""

FRONTIER = """\
# How far the law of {name} was read, and what the folder lacks.
read_to: {day}
sources:
  - {{what: Tariff schedule, read: {source}, day: {day}}}
gaps:
  - from: 2018-01-01
    says: Measures beyond the schedule are not on record.
    lines: all
    partners: all
  - from: 2018-01-01
    says: The schedule of one day stands for other days.
    lines: all
    partners: all
"""


def _example(law: NewLaw, day: date) -> str:
    """An announced measure, which changes nothing until it is put in force."""
    code = _picked(law.draft)[0].code[:4]
    partner = _others(law)[0]
    return f"""\
# An example: announced, so it is in no average. Put your own beside it, one file a measure, and take this one out.
id: {law.id.lower()}_example
title: An invented duty, announced and not in force
authority: own_measures
status: announced
instrument: invented as an example
confidence: D
goods:
  - {{codes: ["{code}"]}}
partners: [{partner}]
periods:
  - {{rate: 10%, from: {day}}}
"""


def _others(law: NewLaw) -> list[str]:
    """Countries that cases name: those with the most trade, or large ones."""
    weights: dict[str, float] = {}
    for (_, partner), value in (law.flows.rows if law.flows is not None else {}).items():
        weights[partner] = weights.get(partner, 0.0) + value
    own = countries().expand(law.id)
    usual = [code for code in ("USA", "CHN", "JPN") if code not in own]
    return sorted(weights, key=lambda code: -weights[code])[:3] or usual


def _picked(draft: Draft) -> list[DraftLine]:
    """Lines for cases: free, in the middle, highest, and one of each kind that a quantity decides."""
    now = [line for line in draft.lines if not line.end]
    lines = now or list(draft.lines)
    shares = sorted((line for line in lines if line.rate.kind in SHARES), key=lambda line: (line.rate.share, line.code))
    free = [line for line in shares if line.rate.kind == "free"]
    dutiable = [line for line in shares if line.rate.kind != "free"]
    chosen = [*dutiable[-1:], *dutiable[len(dutiable) // 2 :][:1], *dutiable[:1], *free[:1]]
    return list({line.code: line for line in chosen}.values())[: CASES - 2] or list(lines[:1])


def _cases(law: NewLaw, programmes: Mapping[str, str], day: date) -> str:
    rows = [
        f"# Cases of {law.name}'s law, one good on one day; shares of customs value. The totals were read off the file.",
        "# Look each up in the law itself, mend what differs, name where it stands and set the status to A.",
    ]
    partners = _others(law)
    for number, line in enumerate(_picked(law.draft)):
        partner = partners[number % len(partners)]
        rows.append(_case(f"line_{number + 1}", line, partner, day, line.rate.share, ""))
    by_code = {line.code: line for line in law.draft.lines}
    for name, symbol in [*programmes.items()][:2]:
        lower = [(code, rate) for code, rate in law.draft.preferences[name]
                 if rate.kind in SHARES and rate.share < by_code[code].rate.share]  # fmt: skip
        partner = _claimant(law.heads.partners[name], day)
        if lower and partner:
            code, rate = lower[0]
            rows.append(_case(f"{symbol.lower()}_claim", by_code[code], partner, day, rate.share, symbol))
    return "\n".join(rows) + "\n"


def _claimant(partners: Sequence[str], day: date) -> str:
    """A country that may claim a programme on a day."""
    book = countries()
    out = {name[1:] for name in partners if name.startswith("-")}
    inside = [code for name in partners if not name.startswith("-") for code in sorted(book.expand(name, day))]
    return next((code for code in inside if code not in out), "")


def _case(name: str, line: DraftLine, partner: str, day: date, total: float, claim: str) -> str:
    title = f"{line.text or dotted(line.code)}, of {countries().name(partner)}"
    claimed = f", claim: {_quoted(claim)}" if claim else ""
    return (
        f'- {{id: {name}, title: {_quoted(title)}, line: "{line.code}", partner: {partner}, "on": {day}{claimed}, '
        f"total: {total:.10g}, base: {total:.10g}, authorities: {{}}, status: {TO_CONFIRM}, "
        f"source: {_quoted(f'row {line.row} of the file, {line.rate.text}')}}}"
    )


def _programmes(law: NewLaw, programmes: Mapping[str, str]) -> str:
    rows = [
        "# Preferences by the columns of the schedule. Give each its first day, `from: 2020-01-01`, where you know it."
    ]
    known = countries()
    for name, symbol in programmes.items():
        members = law.heads.partners[name]
        first = members[0]
        whole = known.groups[first].title if first in known.groups else known.name(first)
        title = f"Preference for {whole}" if len(members) == 1 or members[1].startswith("-") else f"Preference {name}"
        rows.append(
            f"- {{symbol: {_quoted(symbol)}, name: {_quoted(name)}, title: {_quoted(title)}, kind: agreement, aliases: [], "
            f"partners: [{', '.join(members)}], from: , until: , basis: {_quoted('column of the schedule')}}}"
        )
    return "\n".join(rows) + "\n"
