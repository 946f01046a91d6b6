"""Controls and stops on record, as they stand on a day: what binds, what is suspended until when, what is open.

An act whose suspension has run out since the acts were read is open: it is shown under each of its branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from detente.codes import Parameter, Table, UnknownName, declared_note, table_of
from detente.data.actfile import BRANCHES, KINDS, STANDS, ActEntry, acts
from detente.data.chain_tables import elements
from detente.data.tables import place
from detente.lab.chains.asked import chain_of, minerals, names_of
from detente.lab.chains.months import RARE_EARTHS, SCENARIOS

SHOWN = ("title", "stands", "kind", "of", "partner", "from", "until")


@dataclass(frozen=True)
class ActsOn:
    """Acts on a day.

    Attributes
    ----------
    tables : what stands, by branch where an act is open, in full, and the paths of acts of a run.
    binding : controls in force. open : the same in each branch of acts that are open.
    read_to : day to which acts were read.
    """

    tables: tuple[Table, ...]
    binding: int
    open: dict[str, int]
    read_to: date


def acts_on(on: date, mineral: str = "", of: str = "", partner: str = "", line: str = "", assume: str = "") -> ActsOn:
    """Acts as they stand on a day; those announced later are left out.

    Parameters
    ----------
    mineral : an element, chain or other material. of : code of the country that acts, or lies behind a stop.
    partner : code of a country that the goods go to. line : digits of a code, or words of the title or materials.
    assume : the branch to take where an act is open; by default each is shown.

    Raises
    ------
    UnknownName : a material that no act names, or a branch that no act has.
    """
    file = acts()
    if assume and assume not in BRANCHES:
        raise UnknownName("branch", assume[:40], BRANCHES, Parameter("assume"), f"use {' or '.join(BRANCHES)}")
    names = _named(mineral, file.acts) if mineral else set[str]()
    concerned = [
        act for act in file.acts
        if act.announced <= on and (not of or of in (*act.by, *act.behind))
        and (not partner or not act.towards or partner in act.towards)
        and (not names or not names.isdisjoint(act.minerals)) and (not line or _covers(act, line))
    ]  # fmt: skip
    concerned.sort(key=lambda act: (STANDS.index(act.stands(on, assume)), str(act.start)))
    rows = [_row(act, on, assume) for act in concerned]
    full = table_of("chains.acts", rows, day=on)
    left = [act for act in concerned if act.stands(on, assume) == "open" and act.open]
    open_on = {name: _binding(concerned, on, name) for act in left if act.open for name in act.open.branches}
    fates = [
        (name, act.title, str(act.open.day), act.stands(on, name))
        for name in open_on for act in left if act.open and name in act.open.branches
    ]  # fmt: skip
    if on > file.read_to:
        full = full.noted(declared_note("chains.acts_read", day=file.read_to))
    shown = full.select(SHOWN).take(full["stands"] != "ended")
    return ActsOn(
        (
            shown, *([table_of("chains.branches", fates, day=on)] if fates else []),
            replace(full, name="details", title=declared_note("record.in_full")),
            table_of("chains.paths", [(name, declared_note(key)) for name, (_, key) in SCENARIOS.items()]),
        ),
        _binding(concerned, on, assume), open_on, file.read_to,
    )  # fmt: skip


def _binding(concerned: Sequence[ActEntry], on: date, branch: str) -> int:
    return sum(KINDS[act.kind] and act.stands(on, branch) == "in force" for act in concerned)


def _named(mineral: str, known: Sequence[ActEntry]) -> set[str]:
    """Names under which acts speak of a material, its group among them."""
    plain = mineral.strip().lower()
    names = {name.replace("-", " ").replace("_", " ") for name in names_of(mineral)}
    if plain in {name.lower() for name in minerals()} and chain_of(mineral)[0] == RARE_EARTHS:
        names |= {"rare earths"} if chain_of(mineral)[1] else {"rare earths", *(row.name for row in elements())}
    written = {name for act in known for name in act.minerals}
    if not names & written:
        raise UnknownName("mineral", plain[:60], written, Parameter("mineral"), f"use {', '.join(sorted(written))}")
    return names


def _covers(act: ActEntry, line: str) -> bool:
    if (code := line.replace(".", "").replace(" ", "")).isdigit():
        return any(own.startswith(code) or code.startswith(own) for own in act.hs)
    return all(word in " ".join((act.title, *act.minerals)).lower() for word in line.lower().split())


def _row(act: ActEntry, on: date, branch: str) -> tuple[str, ...]:
    until = act.ends(on)
    return (
        act.id, act.title, act.stands(on, branch), act.kind, act.place or ", ".join(map(place, act.by)),
        ", ".join(map(place, act.towards)) or declared_note("chains.all_countries"), act.who, str(act.announced),
        str(act.start or ""), str(until or ""), ", ".join(act.minerals), ", ".join(act.hs), act.citation, act.source,
        act.confidence, act.note,
    )  # fmt: skip
