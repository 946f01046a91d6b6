"""A folder of an importer made from a schedule, and flows, in a publisher's form; written whole or not at all."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from detente.codes import Axis, Countries, InputError, Parameter, UnknownName
from detente.codes.countries import fold
from detente.codes.hs import dotted
from detente.data import store
from detente.data.containers import FIRST_LINES
from detente.data.flow_reader import EDITIONS, DraftFlows, check_flows, edition_of, read_draft_flows
from detente.data.importer_lines import LINES, PREFERENCES, heads_of_kind
from detente.data.importerfile import NAME, VALUATIONS, importer_file
from detente.data.library import package_folder
from detente.data.schedule_heads import (
    CODE,
    PROGRAMME,
    RATE,
    Heads,
    claimants,
    column_names,
    heads_of,
    mapping_of,
    only_rows,
    read_sheet,
)
from detente.data.schedule_reader import (
    MONEY_IN,
    VALUED,
    DraftLine,
    Fault,
    ScheduleDraft,
    check_draft,
    read_draft,
    read_grants,
)
from detente.data.store import write_bytes
from detente.data.tables import countries
from detente.data.yamlfile import as_yaml, dumped, read_yaml
from detente.law.rate_words import CODES, UNKNOWN_MONEY, Money

#: Share of the value of flows that may find no line.
MOST_LOST = 0.05

#: Files that come from the sources; all others a user goes on writing, and they stay where a folder is written anew.
RENEWED = (NAME, "schedule.csv", "preferences.csv", "flows.csv")


def draft_law(given: LawSource) -> NewLaw:
    """Everything of a folder but its files, with the faults that were found.

    Raises
    ------
    InputError, UnknownName : no such importer, file or column, or what no table can be made of.
    """
    book = countries()
    code, name, own = _identity(given.importer, book)
    money = _money(given)
    _check_choice(given.valuation, VALUATIONS, "valuation")
    sheet = only_rows(read_sheet(given.schedule, given.sheet), mapping_of(given.only, "only"))
    partners = mapping_of(given.partners, "partners")
    heads = heads_of(sheet, column_names()["schedule"], mapping_of(given.columns), book, own, partners)
    draft = read_draft(sheet, heads, money, overlap=given.overlap, bare=given.rates_are)
    if given.preferences is not None:
        heads, draft = _with_preferences(given, heads, draft, own)
    edition = edition_of(line.code for line in draft.lines)
    if given.edition:
        _check_choice(given.edition, EDITIONS, "edition")
        edition = (given.edition, edition[1])
    return NewLaw(code, name, heads, draft, edition)


def _with_preferences(
    given: LawSource, heads: Heads, draft: ScheduleDraft, own: frozenset[str]
) -> tuple[Heads, ScheduleDraft]:
    """The schedule with the preferences of a table of their own beside those it has itself."""
    assert given.preferences is not None
    book, partners, known = countries(), mapping_of(given.partners, "partners"), column_names()
    sheet = read_sheet(given.preferences)
    names = {fold(cell) for row in sheet.rows[:FIRST_LINES] for cell in row}
    kinds = {CODE: known["schedule"][CODE]}
    if names & set(known["preferences"][PROGRAMME]):
        kinds |= {RATE: known["schedule"][RATE], PROGRAMME: known["preferences"][PROGRAMME]}
    own_heads = heads_of(sheet, kinds, {}, book, own, partners)
    grants = read_grants(sheet, own_heads, _money(given), draft)
    who = {name: own_heads.partners.get(name) or claimants(name, book, own, partners, sheet.name) for name in grants}
    draft = replace(draft, preferences={**draft.preferences, **grants})
    return replace(heads, partners={**heads.partners, **who}), draft


def new_law(given: LawSource) -> NewLaw:
    """A folder from its sources, with every file of it.

    Raises
    ------
    InputError, UnknownName : what is wrong with the sources, all faults of a file at once.
    """
    law = draft_law(given)
    check_draft(law.draft, str(given.schedule), given.keep)
    flow_heads, flows = _flows(given, law)
    law = replace(law, flow_heads=flow_heads, flows=flows)
    files = folder_files(law, given)
    return replace(law, files=with_measures(files, law.id) if given.with_measures else files)


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
        store.write_folder(folder, law.files, whole=folder.resolve() != Path.cwd())
        return ()
    if not (folder / NAME).is_file():
        raise InputError(str(folder), f"holds other things and no {NAME}", "give another folder with `out=`")
    if not force:
        repair = "give another folder with `out=`, or `force=` to write schedule and flows anew; your own files stay"
        raise InputError(str(folder), "is there already", repair)
    other = importer_file(folder.absolute()).id
    if other != law.id:
        raise InputError(str(folder), f"holds the law of {other}, not of {law.id}", "give another folder with `out=`")
    stay = tuple(name for name in law.files if name not in RENEWED and (folder / name).exists())
    store.write_folder(folder, {name: content for name, content in law.files.items() if name not in stay})
    return stay


def write_faults(faults: Iterable[Fault], path: Path) -> Path:
    """A table of every fault: row, code, kind and what it is."""
    rows = [(fault.row, fault.code, fault.kind, fault.what) for fault in faults]
    return write_bytes(path, csv_bytes(("row", "code", "kind", "what"), rows))


def _identity(text: str, book: Countries) -> tuple[str, str, frozenset[str]]:
    """Id, name and countries of an importer."""
    group = book.group(text)
    if group is not None:
        return group.id, group.title, group.on()
    code = book.resolve(text, "importer")
    return code, book.name(code), frozenset({code})


def _money(given: LawSource) -> Money:
    """What amounts are in, and how much of it one USD buys."""
    code = given.currency.strip().upper()
    if code and code not in CODES:
        raise UnknownName("currency", given.currency, CODES, Parameter("currency"), "give its code of three letters")
    if given.per_usd < 0 or not given.per_usd < float("inf"):
        raise InputError(
            Parameter("per_usd"), f"{given.per_usd:g} is no rate of exchange", "say how much of it one USD buys"
        )
    if given.per_usd and not code:
        raise InputError(Parameter("per_usd"), "is a rate of no currency", "say `currency=` as well")
    return Money(code, 1.0 if code == "USD" else given.per_usd)


def _check_choice(value: str, options: Sequence[str], where: str) -> None:
    if value not in options:
        raise UnknownName("word", value, options, Parameter(where), f"use {', '.join(options)}")


def _flows(given: LawSource, law: NewLaw) -> tuple[Heads | None, DraftFlows | None]:
    if given.flows is None:
        return None, None
    book = countries()
    own = book.expand(law.id)
    sheet = only_rows(read_sheet(given.flows), mapping_of(given.flow_only, "flow_only"))
    heads = heads_of(sheet, column_names()["flows"], mapping_of(given.flow_columns), book, own)
    lines = Axis.of("line", [line.code for line in law.draft.lines])
    flows = read_draft_flows(sheet, heads, lines, law.edition[0], _money(given), book, own)
    check_flows(flows, str(given.flows), MOST_LOST)
    return heads, flows


# --- the files of an importer's folder, as text, from a schedule and flows that were read ----------------------------


#: Share of lines whose rate may be kept as text where nothing else is said.
MOST_UNREAD = 0.05

#: Status of a case that nobody has held against the law itself yet.
TO_CONFIRM = "to confirm"

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
    only, flow_only : rows that are meant, `year=2025`.
    keep : share of rates that may be kept as text.
    overlap, rates_are : as `schedule_reader.read_draft` takes them.
    with_measures : whether the package's measures of the importer are taken over.
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
    only: Sequence[str] = ()
    flow_only: Sequence[str] = ()
    keep: float = MOST_UNREAD
    overlap: str = "refuse"
    rates_are: str = ""
    with_measures: bool = False


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
    draft: ScheduleDraft = field(repr=False)
    edition: tuple[str, float]
    flow_heads: Heads | None = field(repr=False, default=None)
    flows: DraftFlows | None = field(repr=False, default=None)
    files: Mapping[str, bytes] = field(repr=False, default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done and what is doubtful, in sentences."""
        return (*self.draft.notes, *_doubts(self), *_flow_notes(self.flows))


def _doubts(law: NewLaw) -> Iterable[str]:
    edition, share = law.edition
    if share < 1.0:
        yield f"{1 - share:.1%} of subheadings are not of {edition}, the nearest edition"
    faults = [fault.what for fault in law.draft.kept if fault.kind == UNKNOWN_MONEY]
    money = Counter(code for what in faults for code in MONEY_IN.findall(what))
    if money:
        codes = ", ".join(f"{count:,} in {code}" for code, count in money.most_common(4))
        yield f"amounts without a rate of exchange, kept as text: {codes}; say `currency=` and `per_usd=`"
    if law.draft.kept:
        first = law.draft.kept[0]
        yield f"rates that are kept as text: {len(law.draft.kept):,}, as in row {first.row}: {first.what}"
    for why in ("seasonal", "quota", "formula"):
        count = sum(line.rate.why == why for line in law.draft.lines)
        if count:
            yield f"rates {WHYS[why]}, kept as text: {count:,}"
    if law.heads.doubts:
        names = ", ".join(law.heads.doubts)
        yield f"columns with rates that were left out: {names}; `columns=` says what they are"


WHYS = {"seasonal": "by season or date", "quota": "within and beyond quotas", "formula": "by formula or price"}


def _flow_notes(flows: DraftFlows | None) -> Iterable[str]:
    if flows is None:
        return
    yield from flows.notes
    if flows.converted:
        yield f"{flows.converted / flows.total:.1%} of the trade went to this edition by concordance"
    if flows.unmapped:
        yield f"{flows.unmapped / flows.total:.2%} of the trade finds no line and is left out"


def folder_files(law: NewLaw, given: LawSource) -> dict[str, bytes]:
    """Content of every file by name; the day is that of the schedule, else today."""
    day = given.vintage or date.today()
    programmes = {name: re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") for name in law.draft.preferences}
    files = {
        NAME: _importer_yaml(law, given, day, bool(programmes)).encode(),
        "schedule.csv": csv_bytes(heads_of_kind(LINES), map(_line_row, law.draft.lines)),
        "authorities.yaml": AUTHORITIES.format(name=law.name).encode(),
        "aspects.yaml": ASPECTS.encode(),
        "stacking.yaml": STACKING.encode(),
        "frontier.yaml": FRONTIER.format(name=law.name, day=day, source=as_yaml(_source(given))).encode(),
        EXAMPLE: _example(law, day).encode(),
        "cases.yaml": _cases(law, programmes, day).encode(),
    }
    if programmes:
        files["preferences.csv"] = csv_bytes(heads_of_kind(PREFERENCES), _preference_rows(law.draft, programmes))
        files["programmes.yaml"] = _programmes(law, programmes).encode()
    if law.flows is not None:
        files["flows.csv"] = _flow_file(law.flows)
    return files


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def _line_row(line: DraftLine) -> tuple[str, ...]:
    rate = line.rate
    equivalent = "" if line.equivalent is None else f"{line.equivalent:.10g}"
    return line.code, f"{rate.share:.10g}", rate.kind, rate.text, line.text, line.start, line.end, "B", equivalent


def _preference_rows(draft: ScheduleDraft, programmes: Mapping[str, str]) -> Iterable[Sequence[object]]:
    for name, symbol in programmes.items():
        for code, rate in draft.preferences[name]:
            share = f"{rate.share:.10g}" if rate.kind in VALUED else ""
            yield code, symbol, share, "" if share else rate.text, "", ""


def _flow_file(flows: DraftFlows) -> bytes:
    head = ("line", "partner", "value", *(("claim",) if flows.claims else ()))
    rows = []
    for (code, partner), value in sorted(flows.rows.items()):
        claim = (f"{flows.claims[code, partner]:.6g}",) if flows.claims else ()
        rows.append((code, partner, f"{value:.2f}", *claim))
    return csv_bytes(head, rows)


def _source(given: LawSource) -> str:
    return given.source or f"schedule of the file {given.schedule.name}"


def _importer_yaml(law: NewLaw, given: LawSource, day: date, preferences: bool) -> str:
    digits = law.draft.digits
    currency = {"code": given.currency.upper(), **({"per_usd": given.per_usd} if given.per_usd else {})}
    count = sum(line.rate.kind == "other" for line in law.draft.lines)
    kept = f"{count:,} of {len(law.draft.lines):,} rates are kept as text alone" if count else ""
    content = {
        "importer": law.id,
        "name": law.name,
        "level": "hs6" if digits == 6 else "line",
        **({"currency": currency} if given.currency else {}),
        "valuation": given.valuation,
        "nomenclature": {"name": "National tariff", "edition": law.edition[0], "digits": digits},
        "schedule": {"file": "schedule.csv", "vintage": day, "source": _source(given),
                     "note": kept},
        **({"preferences": "preferences.csv", "utilisation": UTILISATION} if preferences else {}),
        **({"flows": "flows.csv"} if law.flows is not None else {}),
        "read_to": day,
        "not_covered": [BEYOND],
    }  # fmt: skip
    head = f"# What the program knows of the tariff of {law.name}; made by `detente law new`, yours to go on with.\n"
    return head + dumped(content)


#: What a folder without measures does not cover.
BEYOND = "measures beyond the schedule; write each into a file of its own and take this line out"

UTILISATION = {
    "share": 0.85, "low": 0.7, "high": 0.95, "source": "our assumption until claims are known", "confidence": "D",
}  # fmt: skip


AUTHORITIES = """\
# Authorities of {name}'s measures, in the order of columns. The base duty is that of the schedule or an agreement.
- id: own_measures
  name: Measures of {name}
  description: Duties on top of the schedule; give each legal basis an entry of its own.
"""

ASPECTS = """\
# Facts about goods that a tariff code does not show, each with what is assumed. None yet.
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


def _picked(draft: ScheduleDraft) -> list[DraftLine]:
    """Lines for cases: free, in the middle, highest, and one of each kind that a quantity decides."""
    now = [line for line in draft.lines if not line.end]
    lines = now or list(draft.lines)
    shares = sorted((line for line in lines if line.rate.kind in VALUED), key=lambda line: (line.rate.share, line.code))
    free = [line for line in shares if line.rate.kind == "free"]
    dutiable = [line for line in shares if line.rate.kind != "free"]
    chosen = [*dutiable[-1:], *dutiable[len(dutiable) // 2 :][:1], *dutiable[:1], *free[:1]]
    return list({line.code: line for line in chosen}.values())[: CASES - 2] or list(lines[:1])


def _cases(law: NewLaw, programmes: Mapping[str, str], day: date) -> str:
    head = (
        f"# Cases of {law.name}'s law, one good on one day; shares of customs value. Totals were read off the file.\n"
        "# Look each up in the law itself, mend what differs, name where it stands and set the status to A.\n"
    )
    partners, cases = _others(law), []
    for number, line in enumerate(_picked(law.draft)):
        cases.append(_case(f"line_{number + 1}", line, partners[number % len(partners)], day, line.rate.share, ""))
    by_code = {line.code: line for line in law.draft.lines}
    for name, symbol in [*programmes.items()][:2]:
        lower = [(code, rate) for code, rate in law.draft.preferences[name]
                 if rate.kind in VALUED and rate.share < by_code[code].rate.share]  # fmt: skip
        partner = _claimant(law.heads.partners[name], day)
        if lower and partner:
            code, rate = lower[0]
            cases.append(_case(f"{symbol.lower()}_claim", by_code[code], partner, day, rate.share, symbol))
    return head + dumped(cases)


def _claimant(partners: Sequence[str], day: date) -> str:
    """A country that may claim a programme on a day."""
    book = countries()
    out = {name[1:] for name in partners if name.startswith("-")}
    inside = [code for name in partners if not name.startswith("-") for code in sorted(book.expand(name, day))]
    return next((code for code in inside if code not in out), "")


def _case(name: str, line: DraftLine, partner: str, day: date, total: float, claim: str) -> dict[str, Any]:
    title, owed = f"{line.text or dotted(line.code)}, of {countries().name(partner)}", round(total, 10)
    return {
        "id": name, "title": title, "line": line.code, "partner": partner, "on": day,
        **({"claim": claim} if claim else {}), "total": owed, "base": owed, "authorities": {}, "status": TO_CONFIRM,
        "source": f"row {line.row} of the file, {line.rate.text}",
    }  # fmt: skip


def _programmes(law: NewLaw, programmes: Mapping[str, str]) -> str:
    head = "# Preferences by columns of the schedule. Give each its first day, `from: 2020-01-01`, where you know it.\n"
    known, rows = countries(), []
    for name, symbol in programmes.items():
        members = law.heads.partners[name]
        first = members[0]
        whole = known.groups[first].title if first in known.groups else known.name(first)
        title = f"Preference for {whole}" if len(members) == 1 or members[1].startswith("-") else f"Preference {name}"
        basis = "column of the schedule"
        rows.append({"symbol": symbol, "name": name, "title": title, "kind": "agreement", "partners": [*members],
                     "basis": basis})  # fmt: skip
    return head + dumped(rows)


# --- the package's measures of an importer, taken over into a folder that a user makes from a schedule of the --------


OF_AUTHORITIES, PROGRAMMES, FRONTIER_NAME = "authorities.yaml", "programmes.yaml", "frontier.yaml"
MERGED = (OF_AUTHORITIES, PROGRAMMES, FRONTIER_NAME)
#: Files of a shipped folder that speak of its own schedule.
OF_SCHEDULE = (NAME, "cases.yaml", "known.csv", "schedule.parquet", "preferences.parquet")

#: Words of gaps that a schedule fills.
NO_SCHEDULE = ("is not on record by line", "schedule is not on record")


def measures_shipped(importer: str) -> int:
    """How many measures the package has of an importer: they stand in folders of their authorities."""
    return sum((path.parent.parent / NAME).is_file() for path in _folder(importer).rglob("*.yaml"))


def with_measures(files: Mapping[str, bytes], importer: str) -> dict[str, bytes]:
    """The files of a new folder with the package's measures, their authorities, agreements, facts and gaps.

    Raises
    ------
    InputError : the package has no measure of the importer.
    """
    root = _folder(importer)
    if not measures_shipped(importer):
        raise InputError(Parameter("with_measures"), f"the package has no measure of {importer}", "leave it out")
    copied = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).as_posix() not in (*MERGED, *OF_SCHEDULE)
    }
    kept = {name: content for name, content in files.items() if name != EXAMPLE}
    kept[NAME] = files[NAME].replace(BEYOND.encode(), TAKEN.encode())
    entries = (line for line in files[OF_AUTHORITIES].splitlines(keepends=True) if not line.startswith(b"#"))
    merged = {
        OF_AUTHORITIES: (root / OF_AUTHORITIES).read_bytes() + b"".join(entries),
        FRONTIER_NAME: _frontier(files[FRONTIER_NAME], root),
    }
    programmes = _programmes_merged(files.get(PROGRAMMES, b""), root)
    return {**kept, **copied, **merged, **({PROGRAMMES: programmes} if programmes else {})}


TAKEN = "measures later than those of the package, which were taken over as they were"


def _folder(importer: str) -> Path:
    return package_folder() / "lawbooks" / importer.lower()


def _programmes_merged(own: bytes, root: Path) -> bytes:
    """Agreements of the new folder's columns, and those of the package that free goods by their codes."""
    path = root / PROGRAMMES
    if not path.is_file():
        return own
    known = {str(row["symbol"]) for row in yaml.safe_load(own)} if own else set()
    more = [row for row in read_yaml(path, PROGRAMMES) if row.get("free") and str(row["symbol"]) not in known]
    return own + (dumped(more).encode() if more else b"")


def _frontier(own: bytes, root: Path) -> bytes:
    """How far both were read; what the package lacks, but for the schedule that is there now."""
    new: dict[str, Any] = yaml.safe_load(own)
    shipped = read_yaml(root / FRONTIER_NAME, FRONTIER_NAME)
    gaps = [gap for gap in shipped["gaps"] if not any(words in gap["says"] for words in NO_SCHEDULE)]
    content = {
        "read_to": shipped["read_to"],
        "sources": [*new["sources"], *shipped["sources"]],
        "gaps": [*new["gaps"][1:], *gaps],
        **{key: value for key, value in shipped.items() if key not in ("read_to", "sources", "gaps")},
    }
    return dumped(content).encode()
