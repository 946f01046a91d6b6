"""A new case: the law of both sides on a day, what lapses, what is threatened and what earlier deals had, as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from detente.codes import InputError, Table, declared, declared_note
from detente.codes.countries import fold
from detente.data.casefile import Noted, Section, case_text, parse_case, trade_released
from detente.data.caserows import CaseFile
from detente.data.dealrecord import deals
from detente.data.eventfile import load_events
from detente.data.store import write_bytes
from detente.data.yamlfile import parse_yaml
from detente.lab.talks.new.issues import (
    DEALS,
    GIVER,
    Menace,
    Piece,
    open_threats,
    precedents,
    table_of,
    words_of_pieces,
)
from detente.lab.talks.new.law import (
    LaidDuty,
    Party,
    before_quarrel,
    burdens,
    has_trade,
    lapses,
    parties_of,
    raised,
    world_of,
)

# --- weights ---------------------------------------------------------------------------------------------------------

#: Days before a duty in which a bargain with the partner makes it one that was agreed.
AGREED = timedelta(days=60)


def choices(parties: Sequence[Party], tabled: Sequence[LaidDuty], on: date) -> Iterator[Noted]:
    """For each party the latest rise of a duty on all goods of another that it made alone."""
    for party in parties:
        own = [b for laid in tabled for b in laid.each if b.giver == party and b.general and not b.floor]
        rises = [(day, b) for b in own if (day := raised(b)) is not None and day <= on and not _agreed(b, day)]
        if rises:
            day, burden = max(rises, key=lambda row: (row[0], row[1].duty, row[1].name))
            yield _choice(burden, day, parties)


def _agreed(burden: LaidDuty, begun: date) -> bool:
    """Whether a deal with the partner stood behind a rate."""
    pair = {burden.giver.code, burden.receiver.code}
    for row in deals():
        day, named = date.fromisoformat(row["announced"]), pair & set(row["partner"].split("+"))
        if GIVER in pair and named and row["kind"] in DEALS and begun - AGREED <= day <= begun:
            return True
    return False


def _choice(burden: LaidDuty, day: date, parties: Sequence[Party]) -> Noted:
    points = 100 * burden.rate
    law: list[dict[str, Any]] = [
        {"importer": party.code, "whole": day, "known": day}
        for party in parties
        if party.lines or party == burden.giver
    ]
    return Noted({
        "name": f"{day:%B-%Y}".lower(), "date": day,
        "statement": f"a {burden.goods} duty of {points:g} points on {burden.receiver.name}",
        "party": burden.giver.code, "law": law,
        "direction": {"authority": burden.authority, "on": day, "rate": burden.rate}, "known_on": day,
    })  # fmt: skip


# --- draft -----------------------------------------------------------------------------------------------------------

STRUCTURE = "structure"
GROUP = ["FOO", "TEX", "WPP", "CHM", "PHA", "MET", "ELE", "EEQ", "MAC", "VEH", "OMF"]
HORIZONS = (("long run", float("inf")), ("short run", 0.0), ("one year", 1.0), ("four years", 4.0))
#: First year whose laws are on record.
EARLIEST = 2018

#: Positions listed, the latest.
SAID = 8


@dataclass(frozen=True)
class NewCase:
    """A case made from the laws and the record of a day.

    Attributes
    ----------
    parties, on : who negotiates, and the day, the last whose facts are in the case.
    pieces : issues on the table in their order; `shelf` : issues that earlier deals had, not tabled.
    held : duties on record that stay as they are.
    """

    parties: tuple[Party, ...]
    on: date
    pieces: tuple[Piece, ...]
    shelf: tuple[Piece, ...]
    held: tuple[LaidDuty, ...]
    menaces: tuple[Menace, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Name of the case: "us-japan-2025-07"."""
        words = [{"USA": "us", "EU27": "eu"}.get(p.code, fold(p.title).replace(" ", "-")) for p in self.parties]
        return "-".join([*words, f"{self.on:%Y-%m}"])

    @property
    def title(self) -> str:
        """Parties and day."""
        names = [party.title for party in self.parties]
        return f"{', '.join(names[:-1])} and {names[-1]}, {self.on.day} {self.on:%B %Y}"

    @property
    def command(self) -> str:
        """The command that makes it."""
        return f"detente talks new {' '.join(party.code for party in self.parties)} --on {self.on}"

    @cached_property
    def text(self) -> str:
        """The case file, with its comments."""
        return case_text(_head(self), list(_sections(self)))

    @cached_property
    def file(self) -> CaseFile:
        """The case, read from its own text."""
        return parse_case(parse_yaml(self.text, self.name), self.name)

    def write(self, path: Path) -> Path:
        """Write the file; `InputError` where there is one already."""
        if path.exists():
            raise InputError(str(path), "is there already", "give another name, or remove it first")
        return write_bytes(path, self.text.encode("utf-8"))


def new_case(*names: str, on: date) -> NewCase:
    """A case between parties on a day, from their laws and the record as known on that day.

    Parameters
    ----------
    names : two to six countries, or the EU, by name or code.

    Raises
    ------
    UnknownName, InputError : a party that is not on record, one named twice, or a day outside the record.
    """
    if on.year < EARLIEST:
        raise InputError("the day of the case", f"{on} is before {EARLIEST}", f"name a day from {EARLIEST} on")
    parties = parties_of(names)
    menaces = tuple(open_threats(parties, on))
    earlier = tuple(row for row in precedents(parties, on) if row.often)
    every = tuple(b for giver in parties for receiver in parties if giver != receiver
                  for b in burdens(giver, receiver, on, on))  # fmt: skip
    pieces, shelf = table_of(parties, on, every, menaces, earlier)
    tabled = {piece.burden for piece in pieces if piece.burden is not None}
    return NewCase(parties, on, pieces, shelf, tuple(b for b in every if b not in tabled), menaces)


def case_tables(case: NewCase) -> list[Table]:
    """Issues of a case, those that are not on the table last, and the threats that stand between the parties."""
    issues = [
        (p.name, p.label, p.giver.code, p.receiver.code, p.today, ", ".join(f"{level:g}" for level in p.levels),
         "yes" if p.tabled else "no")
        for p in (*case.pieces, *case.shelf)
    ]  # fmt: skip
    tabled = {(p.menace.id, p.menace.receiver) for p in case.pieces if p.menace is not None}
    threats = [
        (m.id, m.giver, m.receiver, m.measure, float("nan") if m.rate is None else m.rate, m.announced.isoformat(),
         "" if m.deadline is None else m.deadline.isoformat(), "yes" if (m.id, m.receiver) in tabled else "no")
        for m in case.menaces
    ]  # fmt: skip
    return [declared.table_of("draft.issues", issues, title=case.title),
            declared.table_of("draft.threats", threats, title=case.title)]  # fmt: skip


def _head(case: NewCase) -> str:
    lines = declared_note("draft.made_by", command=case.command), declared_note("draft.as_known", day=case.on)
    return "\n".join((*lines, declared_note("draft.levels")))


def _sections(case: NewCase) -> Iterator[Section]:
    yield Section("name", case.name)
    yield Section("title", case.title)
    yield Section("on", case.on)
    yield Section("as_known", case.on)
    yield Section("note", _note(case))
    yield Section("parties", [party.code for party in case.parties])
    yield Section("world", {"name": world_of(case.parties), "elasticities": "giri-yi", "closure": "fixed"})
    yield Section("issues", [*(p.entry for p in case.pieces), *(p.entry for p in case.shelf)],
                  declared_note("draft.issues"))  # fmt: skip
    yield Section("base_law", _base_law(case), declared_note("draft.base_law"))
    duties = [piece.name for piece in case.pieces if piece.duty]
    examples = declared_note("draft.examples", first=duties[0], other=duties[-1]).rstrip("\n").split("\n")
    yield Section("constraints", [], declared_note("draft.constraints"), tuple(examples))
    yield from _stages(case)
    yield _weights(case)
    yield from _settings(case)
    positions = _positions(case)
    yield Section("positions", positions,
                  declared_note("draft.positions") if positions else declared_note("draft.no_positions"))  # fmt: skip
    yield Section("known", _known(case))
    yield Section("assumed", _assumed(case))
    yield Section("sources", [declared_note("draft.of_lawbooks"), declared_note("draft.of_record")])


def _note(case: NewCase) -> str:
    parts = [f"{piece.label[0].upper()}{piece.label[1:]}" for piece in case.pieces]
    return declared_note("draft.on_the_table", issues="; ".join(parts), day=case.on)


def _base_law(case: NewCase) -> list[Noted]:
    """Whole laws of the parties whose tariff is known by line, or that have a duty of their lawbook on the table."""
    laying = {piece.giver for piece in case.pieces if piece.burden is not None or piece.by_line}
    rows = [party for party in case.parties if party in laying or (party.lines and _trades(case, party))]
    return [Noted({"importer": party.code, "whole": case.on, "known": case.on}) for party in rows]


def _trades(case: NewCase, party: Party) -> bool:
    return all(has_trade(party, other, case.on) for other in case.parties if other != party)


def _stages(case: NewCase) -> Iterator[Section]:
    """Named outcomes, threat points and clocks."""
    on, pieces = case.on, case.pieces
    outcomes: dict[str, dict[str, Any]] = {}
    threats: list[Noted] = []
    duties = {piece.name: piece.today for piece in pieces}

    def stage(name: str, kind: str, label: str, source: str, levels: dict[str, float], known: date) -> None:
        outcomes[name] = {"label": label, "source": source, "levels": levels, "known_on": known}
        if kind:
            threats.append(Noted({"name": name, "kind": kind, "label": label, "outcome": name, "known_on": known}))

    law = declared_note("draft.lawbooks")
    stage("status_quo", "status-quo", declared_note("draft.law_of", day=on), law, duties, on)
    tabled = [piece.burden for piece in pieces if piece.burden is not None]
    past = before_quarrel(tabled, on, on)
    if past is not None:
        levels = {piece.name: piece.on_day(past, past) for piece in pieces}
        stage("past_law", "past-law", declared_note("draft.before_quarrel", day=past), law, levels, past)
    lapsing = [piece.lapse for piece in pieces if piece.lapse is not None]
    if lapsing:
        first = min(lapsing, key=lambda row: row.day)
        levels = {piece.name: piece.on_day(first.day, first.known) for piece in pieces}
        stage("lapse", "other", declared_note("draft.by_itself", day=first.day), law, levels, on)
    threatened = {piece.name: piece.menace.words for piece in pieces if piece.menace is not None}
    if threatened:
        levels = {piece.name: piece.today if piece.threatened is None else piece.threatened for piece in pieces}
        known = max(piece.menace.announced for piece in pieces if piece.menace is not None)
        names = sorted({piece.menace.id for piece in pieces if piece.menace is not None})
        source = declared_note("draft.threats_of", names=", ".join(names))
        stage("threatened", "escalation", declared_note("draft.threatened"), source, levels, known)
    off = {piece.name: piece.best for piece in pieces}
    stage("all_off", "", declared_note("draft.all_off"), declared_note("draft.other_end"), off, on)
    yield Section("outcomes", outcomes, declared_note("draft.outcomes"))
    threats.append(Noted({"name": "war", "kind": "war", "label": declared_note("draft.war"), "known_on": STRUCTURE,
                          "description": declared_note("draft.war_is")}))  # fmt: skip
    if past is not None:
        threats.append(Noted({"name": "even", "kind": "expected", "label": declared_note("draft.even"), "p": 0.5,
                              "known_on": STRUCTURE}))  # fmt: skip
    yield Section("threats", threats, declared_note("draft.threats"))
    lapsing += [row for b in case.held if b.power.one_rate and (row := lapses(b, on)) is not None]
    ending = [Noted({"instrument": row.title, "party": row.burden.giver.code, "ends": row.day,
                     "back": "by its own terms", "source": row.source, "known_on": row.public})
              for row in lapsing]  # fmt: skip
    yield Section("clocks", [*_deadlines(case), *ending], declared_note("draft.clocks"))


def _deadlines(case: NewCase) -> Iterator[Noted]:
    on_table = {piece.menace for piece in case.pieces}
    for row in case.menaces:
        if row.deadline is not None:
            back = "carried out" if row.rate is None else f"{100 * row.rate:g}%"
            more = "" if row in on_table else ", not on the table"
            who = next(party for party in case.parties if party.code == row.receiver)
            yield Noted({"instrument": f"{row.measure} on {who.name}", "party": row.giver, "ends": row.deadline,
                         "back": f"threatened: {back}{more}", "source": f"record of threats, {row.id}",
                         "known_on": row.announced})  # fmt: skip


def _weights(case: NewCase) -> Section:
    rows = list(choices(case.parties, [p.burden for p in case.pieces if p.burden is not None], case.on))
    value: dict[str, Any] = {"group": GROUP} | ({"choices": rows} if rows else {})
    comment = declared_note("draft.weights") if rows else declared_note("draft.no_weights")
    return Section("weights", value, comment)


def _settings(case: NewCase) -> Iterator[Section]:
    def number(central: float, low: float, high: float, source: str, **more: Any) -> dict[str, Any]:
        return {"central": central, "low": low, "high": high, **more, "source": source, "known_on": STRUCTURE}

    yield Section("parameters", {
        "elasticity_scale": number(1.0, 0.5, 1.0, declared_note("draft.half_as_much")),
        "short_run_scale": number(0.5, 0.35, 1.0, declared_note("draft.over_years"), spread="none"),
        "discount_rate": number(0.05, 0.02, 0.15, "assumed, a year", spread="none"),
        "decay_months": number(24.0, 12.0, 48.0, "assumed", spread="none"),
    }, declared_note("draft.parameters"))  # fmt: skip
    yield Section("discount", {party.code: 0.05 for party in case.parties})
    yield Section("horizons", [Noted({"name": name, "years": years}) for name, years in HORIZONS])


def _positions(case: NewCase) -> list[Noted]:
    codes = {party.code for party in case.parties}
    rows = []
    for name in ("us-china-events", "us-trade-events"):
        events, _ = load_events(name)
        for event in events:
            between = event.target in codes or len(codes & set(event.actors)) > 1
            actor = next((code for code in event.actors if code in codes), "")
            if actor and between and event.announced <= case.on and event.target != actor:
                rows.append((event.announced, event.event_id, actor, event.what))
    return [Noted({"party": actor, "statement": what, "source": f"record of events, {label}", "known_on": day})
            for day, label, actor, what in sorted(rows)[-SAID:]]  # fmt: skip


def _known(case: NewCase) -> list[str]:
    rows = [f"{words}." for words in words_of_pieces(case.pieces)]
    for party in case.parties:
        record = party.importer.law.record
        if record is not None and record.to < case.on:
            rows.append(declared_note("draft.record_ends", party=party.name, day=record.to))
    return [*rows, *(f"{row.words[0].upper()}{row.words[1:]}." for row in precedents(case.parties, case.on))]


def _assumed(case: NewCase) -> list[str]:
    rows = [declared_note("draft.third_countries"), declared_note("draft.signed_ends")]
    out = trade_released(party.code for party in case.parties)
    if out is not None and case.on < out:
        rows.append(declared_note("draft.trade_out"))
    rows += [f"{party.note}." for party in case.parties if party.note]
    for party in case.parties:
        if party.code not in {str(row.values["importer"]) for row in _base_law(case)}:
            rows.append(declared_note("draft.no_lines", party=party.name))
    if case.held:
        still = "; ".join(burden.label for burden in case.held)
        rows.append(declared_note("draft.left", duties=still))
    rows += [
        declared_note("draft.one_rate", duty=b.label, most=b.power.most, days=b.power.days, citation=b.power.citation)
        for b in case.held if b.power.one_rate
    ]  # fmt: skip
    rows += [declared_note("draft.own_rates", others=", ".join(p.burden.apart[:6]), name=p.name)
             for p in case.pieces if p.burden is not None and p.burden.apart]  # fmt: skip
    on_table = {piece.menace.id for piece in case.pieces if piece.menace is not None}
    off = {row.id: row for row in case.menaces if row.id not in on_table}
    return rows + [declared_note("draft.not_tabled", threat=row.words, id=row.id) for row in off.values()]
