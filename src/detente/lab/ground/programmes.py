"""Preference programmes that a scenario ends or begins: who may still claim, and what owes the general duty again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np

from detente.codes import InputError, UnknownName
from detente.codes.countries import fold
from detente.data.importer_lines import REST, SectorTariffs
from detente.data.importers import Importer, importer
from detente.data.programmes import Programme, Programmes
from detente.law import Law, ProgrammeChange
from detente.law.measure import FOREVER
from detente.trade import Flows

USE = "use"
"""Kind of a programme that any partner may claim, by what the good is for; it frees no trade of an agreement."""


def with_changed_programmes(
    law: Law, where: Importer, ended: Sequence[str], begun: Sequence[str], on: date, label: str
) -> Law:
    """The law with some programmes ended, and others in force, from a day on.

    Raises
    ------
    UnknownName : no such programme. InputError : one whose claims nobody knows before it is in force.
    """
    if begun and where.file.schedule.table:
        what = f"what would be claimed under {begun[0]} is not on record"
        raise InputError(f"{label}, begin_programmes", what, "add a measure that lifts the duty instead")
    changes = [ProgrammeChange(_named(where, name, f"{label}, end_programmes"), on) for name in ended]
    changes += [ProgrammeChange(_named(where, name, f"{label}, begin_programmes"), on, opens=True) for name in begun]
    return replace(law, programmes=(*law.programmes, *changes)) if changes else law


def _named(where: Importer, name: str, label: str) -> str:
    programmes = where.programmes.by_symbol.values()
    for p in programmes:
        if fold(name) in {fold(text) for text in (p.symbol, *p.also, p.name, p.title, *p.aliases)}:
            return p.symbol
    known = [p.name for p in programmes]
    raise UnknownName("programme", name, known, label, f"use {', '.join(known[:8])}" if known else "it has none")


def importer_under(code: str, changes: tuple[ProgrammeChange, ...]) -> Importer:
    """An importer whose programmes end and begin as a law says."""
    where = importer(code)
    return _under(code, where.lawbook, changes) if changes else where


@lru_cache(maxsize=16)
def _under(code: str, folder: Path, changes: tuple[ProgrammeChange, ...]) -> Importer:
    """The same, kept for a folder."""
    where = importer(code)
    by_symbol = dict(where.programmes.by_symbol)
    for change in changes:
        by_symbol[change.symbol] = _changed(by_symbol[change.symbol], change)
    old = where.programmes
    return replace(where, programmes=Programmes(by_symbol, old.table, old.rates), _only={}, _columns={})


def _changed(programme: Programme, change: ProgrammeChange) -> Programme:
    if change.opens:
        return replace(programme, start=min(programme.start, change.day))
    if change.until is not None:
        return replace(programme, end=max(programme.end, change.until))
    return replace(programme, end=min(programme.end, change.day - timedelta(1)))


def ending(law: Law) -> tuple[ProgrammeChange, ...]:
    """The programmes that end after the trade claimed them: by the changes of a law, and by its open clauses."""
    named = {change.symbol for change in law.programmes}
    clauses = law.record.clauses if law.record is not None else ()
    open_ = (ProgrammeChange(symbol, clause.day) for clause in clauses for symbol in clause.programmes)
    own = (change for change in open_ if change.symbol not in named)
    gone = (ProgrammeChange(c.symbol, c.until + timedelta(1)) for c in law.programmes if c.until not in (None, FOREVER))
    return (*(change for change in law.programmes if change.ends), *gone, *own)


def shut_out(where: Importer, changes: Sequence[ProgrammeChange], partner: str, on: date) -> bool:
    """Whether goods of a partner lose a programme that they could claim until it ended."""
    ended = [change for change in changes if change.day <= on]
    by_symbol = importer(where.iso3).programmes.by_symbol
    return any(by_symbol[change.symbol].open_to(partner, change.day - timedelta(1)) for change in ended)


def without_claims(flows: Flows, where: Importer, changes: Sequence[ProgrammeChange], on: date) -> Flows:
    """The trade of an embedded table once programmes have ended: what no programme left open covers claims none.

    Parameters
    ----------
    where : the importer with the programmes that are left; changes : what ends.
    """
    claim = flows.claim.copy()
    for position, partner in enumerate(flows.partners):
        if shut_out(where, changes, partner, on):
            claim[(flows.partner_at == position) & ~_covered(where, partner, on)[flows.line_at]] = 0.0
    return replace(flows, claim=claim, own_claims=True)


def _covered(where: Importer, partner: str, on: date) -> np.ndarray:
    """Lines that some programme left open to a partner covers, shape (lines,)."""
    covered = np.zeros(len(where.lines), dtype=bool)
    for programme in where.programmes.by_symbol.values():
        if programme.kind != USE and programme.open_to(partner, on):
            covered |= where.lines.mask(programme.only) if programme.only else True
    return covered


def on_general_duties(where: Importer, changes: Sequence[ProgrammeChange], on: date) -> Importer:
    """An importer whose schedule is of sectors, once programmes have ended.

    Applied duties on goods of a partner that lost one are those on the rest of the world, as general rates by line are
    not on record.
    """
    sectors = where.own.sectors
    if sectors is None:
        return where
    tariff, rest = sectors.tariff.copy(), sectors.partners.index(REST)
    for row, partner in enumerate(sectors.partners):
        if shut_out(where, changes, partner, on):
            tariff[row] = np.maximum(tariff[row], tariff[rest])
    own = replace(where.own, sectors=SectorTariffs(sectors.partners, tariff, sectors.sector))
    return replace(where, own=own, _only={}, _columns={})
