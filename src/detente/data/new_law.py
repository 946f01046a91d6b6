"""A folder of an importer made from a schedule, and flows, in a publisher's form; written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from detente.codes import Axis, Countries, InputError, Parameter, UnknownName
from detente.codes.countries import fold
from detente.data import store
from detente.data.containers import FIRST_LINES
from detente.data.flow_reader import EDITIONS, DraftFlows, check_flows, edition_of, read_draft_flows
from detente.data.importerfile import NAME, VALUATIONS, importer_file
from detente.data.law_folder import LawSource, NewLaw, csv_bytes, folder_files
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
from detente.data.schedule_reader import Fault, ScheduleDraft, check_draft, read_draft, read_grants
from detente.data.shipped_measures import with_measures
from detente.data.store import write_bytes
from detente.data.tables import countries
from detente.law.rate_words import CODES, Money

MOST_LOST = 0.05
"""Share of the value of flows that may find no line."""

RENEWED = (NAME, "schedule.csv", "preferences.csv", "flows.csv")
"""Files that come from the sources; all others a user goes on writing, and they stay where a folder is written anew."""


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


def _importer(text: str, book: Countries) -> tuple[str, str, frozenset[str]]:
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
