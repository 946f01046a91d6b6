"""The Claims page: what was said, by whom, and the verdict of the record and of the program's own numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi.responses import Response
from yaml import safe_dump

from detente.codes import DetenteError, Table
from detente.faces.charts.verdicts import verdicts
from detente.faces.report.claims import JudgedClaim, claims
from detente.faces.report.readers import Grid, readable
from detente.faces.web.html import (
    Address,
    Said,
    as_csv,
    day_of,
    note_refusal,
    one_of,
    page,
    picture,
    refused,
    tried,
    whole,
)  # fmt: skip
from detente.faces.web.pages.files import drawn_as
from detente.faces.web.pages.wait import again, answer_of, awaited
from detente.faces.web.problems import Problem
from detente.faces.web.work.questions import DRAWS, claims_of, first_shown
from detente.faces.words.language import Language, load
from detente.lab.claims.board import OPEN
from detente.lab.claims.ledger import ledger_names, load_ledger
from detente.lab.claims.listing import keys_rows
from detente.lab.claims.quantities import quantities
from detente.lab.record.tables import promises_table
from detente.lab.result import Result

PLACE = "Claims"
SIDES = ("", "for", "between", "against", "open")


def ledger(address: Address) -> Response:
    """The ledger; while its verdicts are computed the statements stand without them."""
    messages = Said()
    q, say = address("q"), messages.say
    name = one_of(address("ledger"), dict.fromkeys(ledger_names()), "may-2025", "ledger", messages)
    side = one_of(address("side"), dict.fromkeys(SIDES), "", "verdict", messages)
    when = day_of(address("as_of"), first_shown(name), messages)
    result = answer_of(address, lambda: claims_of(name, when), messages)
    table, glance = (result.tables.get(t) if isinstance(result, Result) else None for t in ("checks", "board"))
    rows = _chosen(table, side, q, say, glance) if table else [_blank(statement) for statement in _statements(name)]
    counts = _counts(table) if table else Counter[str]()
    return page(
        "claims.html.j2", address.request, place=PLACE, title=say("frame.place_claims"), said=messages, rows=rows,
        asked={"as_of": str(when), "ledger": name, "side": side, "q": q}, ledgers=ledger_names(),
        sides=SIDES, counts=", ".join(f"{counts[side]} {say(f'claims.side_{side}')}" for side in SIDES if side),
        judged=table is not None,
        pending=awaited(result, say("claims.wait")), again=again(address),
        notes=table.notes if table else (), promises=_promises(when, say),
        figures=[picture(chart) for chart in verdicts(counts, say.day(when), say)],
    )  # fmt: skip


KINDS = ("measurement", "causal")
COMPARATORS = (
    "=", "about", "more than", "less than", "at least", "at most", "rose", "fell", "fell by more than", "rose by up to",
)  # fmt: skip
KEYS = (
    "unit", "partner", "importer", "country", "population", "line", "market", "base", "as_of", "year", "period",
    "horizon",
)  # fmt: skip
"""Keys of a quantity that the form offers beside its name, comparator and value."""


def own(address: Address) -> Response:
    """A claim of the reader, as the form has it, with its verdict; every mistake of it is named."""
    messages, say = Said(), Said().say
    given = {key: address(key).strip() for key in ("quote", "said", "kind", "name", "comparator", "value", *KEYS)}
    row = _row(given)
    checks = _judged(row, messages) if given["name"] else None
    file = safe_dump([row], allow_unicode=True, sort_keys=False, width=110) if checks else ""
    return page(
        "claims_check.html.j2", address.request, place=PLACE, title=say("claims.check_own"), said=messages,
        rows=_chosen(checks, "", "", say) if checks else [], asked=given | {"said": row["said"]}, kinds=KINDS,
        names=tuple(quantities()), comparators=COMPARATORS, keys=KEYS, days=("base", "as_of"),
        file=file, notes=checks.notes if checks else (), listed=keys_rows(),
    )  # fmt: skip


def _row(form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says, as a row of a file; what it leaves blank is left out."""
    given = {key: form[key] for key in ("name", "comparator", "value", *KEYS) if form[key]}
    day = form["said"] or form["as_of"] or str(date.today())
    words = form["quote"] or " ".join(given.values()) or PLACE
    return {"claim_id": "own", "quote": words, "said": day, "kind": form["kind"] or KINDS[0], "quantity": given}


def _judged(row: Mapping[str, Any], messages: Said) -> Table | None:
    """The verdict on a claim, or its mistakes as messages."""
    from detente.lab.claims.sent import judged_sent
    from detente.lab.claims.words import checks_table

    today = date.today()
    try:
        checks, _ = judged_sent([dict(row)], today, DRAWS, today)
    except DetenteError as error:
        note_refusal(error, messages)
        return None
    return checks_table(checks)


def data_csv(address: Address) -> Response:
    """Claims of a ledger with their verdicts as CSV.

    Raises
    ------
    Problem : 503 while verdicts are being computed.
    """
    name, when, table = _verdicts(address)
    return as_csv(table, f"claims-{name}-{when}")


def _verdicts(address: Address) -> tuple[str, date, Table]:
    """Ledger, day and verdicts of an address."""
    messages = Said()
    name = one_of(address("ledger"), dict.fromkeys(ledger_names()), "may-2025", "ledger", messages)
    when = day_of(address("as_of"), first_shown(name), messages)
    result = answer_of(address, lambda: claims_of(name, when), messages)
    if not isinstance(result, Result):
        raise Problem(503, messages[-1] if messages else "verdicts are being computed; ask again", {"retry-after": "5"})
    return name, when, result.table("checks")


def chart_file(address: Address) -> Response:
    """The chart of verdicts as a file, or for a frame.

    Raises
    ------
    Problem : 503 while verdicts are being computed.
    """
    name, when, table = _verdicts(address)
    try:
        say = Said().say
        drawn = verdicts(_counts(table), say.day(when), say)
        return drawn_as(address, drawn, {"checks": table}, f"/claims?ledger={name}&as_of={when}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def _counts(table: Table) -> Counter[str]:
    """Claims by the side of their verdict."""
    return Counter(row["claim"].side for row in _chosen(table, "", "", load()))


def _promises(when: date, say: Language) -> Grid | None:
    """Promises made by a day with what became of them; None where there were none."""
    table = tried(lambda: promises_table(when), None, [])
    return None if table is None else whole(table, say)


def _chosen(checks: Table, side: str, words: str, say: Language, glance: Table | None = None) -> list[dict[str, Any]]:
    """Claims of a verdict that hold the words, with their sources where they are at hand."""
    kinds = {str(row["claim"]): str(row["kind"]) for row in checks.rows()}
    beside = {str(row["claim"]): row for row in glance.rows()} if glance else {}
    wanted = [word.lower() for word in words.split()]
    return [
        {
            "claim": own, "kind": kinds[claim.name], "verdict": own.verdict,
            "source": _source(beside.get(claim.name, {})),
        }
        for claim, own in zip(claims({"checks": checks}), claims({"checks": checks}, say), strict=True)
        if side in ("", claim.side) and all(word in _searched(claim, own, beside) for word in wanted)
    ]  # fmt: skip


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    """Where a claim was read, and when and by what it was settled."""
    texts = {name: readable(str(row[name])) for name in ("settled", "act", "publisher") if row.get(name)}
    return {**row, **texts}


def _searched(claim: JudgedClaim, own: JudgedClaim, beside: Mapping[str, Mapping[str, Any]]) -> str:
    """Words in which a claim is looked for: its own, its speaker's with role and side, and its
    publisher's.
    """
    row = beside.get(claim.name, {})
    more = " ".join(str(row.get(key, "")) for key in ("role", "side", "publisher", "kind"))
    return f"{claim.said} {claim.who} {own.said} {own.who} {claim.name} {more}".lower()


def _statements(name: str) -> list[Any]:
    return list(load_ledger(name).statements)


def _blank(statement: Any) -> dict[str, Any]:
    """A statement without its verdict yet."""
    speaker = statement.claim.speaker
    who = f"{speaker.name or speaker.role}, {readable(str(statement.claim.said))}"
    empty = JudgedClaim(
        name=f"{statement.claim.claim_id}{statement.part.part}", who=who,
        said=statement.part.statement, verdict="", side=OPEN,
        found="", holds=(), fails=(), likely="",
    )  # fmt: skip
    return {"claim": empty, "kind": str(statement.part.kind)}
