"""The files of an importer's folder, as text, from a schedule and flows that were read."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes.hs import dotted
from detente.data.flow_reader import DraftFlows
from detente.data.importerfile import NAME
from detente.data.schedule_heads import Heads
from detente.data.schedule_reader import MONEY_IN, VALUED, DraftLine, ScheduleDraft
from detente.data.schedulefile import LINES, PREFERENCES, heads_of_kind
from detente.data.tables import countries
from detente.data.yamlfile import as_yaml, dumped
from detente.law.rate_words import UNKNOWN_MONEY

MOST_UNREAD = 0.05
"""Share of lines whose rate may be kept as text where nothing else is said."""

TO_CONFIRM = "to confirm"
"""Status of a case that nobody has held against the law itself yet."""

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
    content = {
        "importer": law.id,
        "name": law.name,
        "level": "hs6" if digits == 6 else "line",
        **({"currency": currency} if given.currency else {}),
        "valuation": given.valuation,
        "nomenclature": {"name": "National tariff", "edition": law.edition[0], "digits": digits},
        "schedule": {"file": "schedule.csv", "vintage": day, "source": _source(given),
                     "note": ". ".join(_kept_words(law))},
        **({"preferences": "preferences.csv", "utilisation": UTILISATION} if preferences else {}),
        **({"flows": "flows.csv"} if law.flows is not None else {}),
        "read_to": day,
        "not_covered": [BEYOND],
    }  # fmt: skip
    head = f"# What the program knows of the tariff of {law.name}; made by `detente law new`, yours to go on with.\n"
    return head + dumped(content)


BEYOND = "measures beyond the schedule; write each into a file of its own and take this line out"
"""What a folder without measures does not cover."""

UTILISATION = {
    "share": 0.85, "low": 0.7, "high": 0.95, "source": "our assumption until claims are known", "confidence": "D",
}  # fmt: skip


def _kept_words(law: NewLaw) -> list[str]:
    count = sum(line.rate.kind == "other" for line in law.draft.lines)
    return [f"{count:,} of {len(law.draft.lines):,} rates are kept as text alone"] if count else []


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
