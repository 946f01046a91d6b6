"""The Claims page: what was said, by whom, and the verdict of the record and of the program's own numbers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from fastapi.responses import Response

from detente.codes import Table
from detente.faces.report.claims import Claim, claims, side_of
from detente.faces.report.readers import Grid, readable
from detente.faces.web.html import Asked, day_of, one_of, page, tried, whole
from detente.faces.web.pages.wait import again, asked, awaited
from detente.faces.web.work.questions import SHOWN, claims_of
from detente.lab.claims.ledger import ledger_names, load_ledger
from detente.lab.record.tables import promises_table
from detente.lab.result import Result

PLACE = "Claims"
SIDES = {"": "all", "for": "borne out", "between": "depends", "against": "not borne out", "open": "open or not rated"}


def ledger(address: Asked) -> Response:
    """The ledger; while its verdicts are computed the statements stand without them."""
    said: list[str] = []
    q = address("q")
    name = one_of(address("name"), dict.fromkeys(ledger_names()), "may-2025", "ledger", said)
    side = one_of(address("side"), SIDES, "", "verdict", said)
    when = day_of(address("as_of"), SHOWN, said)
    found = asked(address, lambda: claims_of(name, when), said)
    table = found.table("checks") if isinstance(found, Result) else None
    rows = _chosen(table, side, q) if table else [_blank(one) for one in _statements(name)]
    counts = Counter(one["claim"].side for one in _chosen(table, "", "")) if table else Counter[str]()
    return page(
        "claims.html.j2", place=PLACE, title="Claims", said=said, rows=rows, asked={"as_of": str(when), "name": name,
        "side": side, "q": q}, ledgers=ledger_names(), sides=SIDES, counts=counts, judged=table is not None,
        pending=awaited(found, "Verdicts are being computed"), again=again(address), notes=table.notes if table else (),
        promises=_promises(when),
    )  # fmt: skip


def _promises(when: date) -> Grid | None:
    """Promises made by a day with what became of them; None where there were none."""
    found = tried(lambda: promises_table(when), None, [])
    return None if found is None else whole(found)


def _chosen(checks: Table, side: str, words: str) -> list[dict[str, Any]]:
    """Claims of a verdict that hold the words."""
    kinds = {str(row["claim"]): str(row["kind"]) for row in checks.rows()}
    wanted = [word.lower() for word in words.split()]
    return [
        {"claim": one, "kind": kinds[one.name]}
        for one in claims({"checks": checks})
        if side in ("", one.side) and all(word in f"{one.said} {one.who} {one.name}".lower() for word in wanted)
    ]


def _statements(name: str) -> list[Any]:
    return list(load_ledger(name).statements)


def _blank(one: Any) -> dict[str, Any]:
    """A statement without its verdict yet."""
    speaker = one.claim.speaker
    who = f"{speaker.name or speaker.role}, {readable(str(one.claim.said))}"
    empty = Claim(
        name=f"{one.claim.claim_id}{one.part.part}", who=who, said=one.part.statement, verdict="", side=side_of(""),
        found="", holds=(), fails=(), likely="",
    )  # fmt: skip
    return {"claim": empty, "kind": str(one.part.kind)}
