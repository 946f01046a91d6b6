"""What became of threats, deals, truces and promises, in one table, with the tables of what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from math import isnan

from detente.codes import InputError, Parameter, Table, table_of
from detente.data.caserows import CaseFile
from detente.data.dealrecord import bargains
from detente.data.eventfile import load_promises
from detente.data.tables import partner_name
from detente.evidence.chances import SEED
from detente.lab.record.tables import promises_table
from detente.lab.score.lives import KINDS, steps_table, track
from detente.lab.talks.advice import ADVICE
from detente.lab.talks.outlook import AMERICA, outlook_on
from detente.lab.talks.power import terms_tables

PROMISE, TERMS = "promise", "terms"
"""Promises of the sides; what signed terms say of those who signed, which is solved when it is asked for."""

EVERY = (*KINDS, PROMISE, TERMS)
US = partner_name("USA")


def lives_beside(file: CaseFile) -> list[Table]:
    """How long bargains lived on the record of a case's day, with the forecast of its advice; none without the US."""
    if AMERICA not in file.parties:
        return []
    view = outlook_on(file, ADVICE, day=file.on)
    return [steps_table(bargains(), view.read, view.then)]


def asked_record(
    kind: str = "", first: date | None = None, last: date | None = None, case: str = "", as_of: date | None = None,
    seed: int = SEED, tell: Callable[[int, int], None] | None = None,
) -> list[Table]:  # fmt: skip
    """The record in one table, a row each, and the tables of its kinds: of `track`, of promises, or of signed terms.

    Parameters
    ----------
    kind : one of `KINDS`, `PROMISE` or `TERMS`; all but the last where none is named.
    first, last : days of the rows of the first table, included. case : an id, an agreement, or a case with terms.
    tell : told how many cases with signed terms are done, and of how many.

    Raises
    ------
    UnknownName, InputError : as `track`, and what has no row in the span.
    """
    if kind == TERMS:
        return terms_tables([case] if case else [], tell)
    promised = case in {promise.agreement for promise in load_promises()}
    tables = [] if kind == PROMISE or promised else track(kind, deal=case, as_of=as_of, seed=seed)
    if kind == PROMISE or promised or not (kind or case):
        tables.append(promises_table(as_of or date.today(), case))
    rows = sorted((row for table in tables for row in _rows(table)), reverse=True)
    kept = [row for row in rows if (first is None or row[0] >= str(first)) and (last is None or row[0] <= str(last))]
    if not kept:
        raise InputError(Parameter("from"), "leaves nothing of the record", "take a longer span")
    return [table_of("track.record", kept), *tables]


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    """Rows of the record that a table gives: day, kind, name, who, on whom, what, what was expected, what came."""
    for row in table.rows():
        if table.name == "track_threats":
            chances = {name: row[key] for key, name in OUTCOMES.items()}
            expected = max(chances, key=lambda name: chances[name])
            rate = f"{100 * row['rate']:g}% on " if not isnan(row["rate"]) else ""
            yield (row["deadline"], "threat", row["id"], row["giver"], row["receiver"], f"{rate}{row['measure']}",
                   f"{expected}, {chances[expected]:.0%}", row["came"])  # fmt: skip
        elif table.name == "track_rates":
            yield (row["announced"], "deal", row["id"], US, row["partner"], "US tariff afterwards",
                   f"{row['median']:.1%}, {row['low']:.1%} to {row['high']:.1%}", f"{row['agreed']:.1%}")  # fmt: skip
        elif table.name == "track_lives":
            life = f"life of a {row['form']}" if row["form"].startswith("dated") else f"life of what is {row['form']}"
            yield (row["announced"], "truce", row["id"], US, row["partner"], life,
                   f"{row['day_90']:.0%} after 90 days, {row['day_365']:.0%} after a year",
                   f"{row['end']} after {row['days']:.0f} days")  # fmt: skip
        elif table.name == "promises":
            yield (row["made"], PROMISE, row["promise"], partner_name(row["by"]), "the other side", row["what"],
                   f"by {row['due']}" if row["due"] else "", row["verdict"])  # fmt: skip


OUTCOMES = {"imposed": "carried out", "postponed": "postponed", "agreed": "deal", "dropped": "dropped"}
"""Columns of the chances of threats, by what comes."""
