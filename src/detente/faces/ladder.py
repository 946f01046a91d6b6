"""The ladder of duties on one good, as JSON for machines and as a table for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import Column, Table, Unit, dotted
from detente.law.measure import FOREVER

if TYPE_CHECKING:
    from detente.lab.lookup import Answer
    from detente.law import Term


def merged_terms(answer: Answer) -> list[dict[str, Any]]:
    """Terms of the code: of its one line, or the means over its lines by weight."""
    found: dict[str, dict[str, Any]] = {}
    for weight, ladder in zip(answer.weights, answer.ladders, strict=True):
        for term in ladder.terms:
            row = found.setdefault(
                term.measure, {**_term(term), "rate": 0.0, "share": 0.0, "points": 0.0, "_full": term.rate}
            )
            row["share"] += weight * term.share
            row["points"] += weight * term.points
            row["displaced_by"] = sorted({*row["displaced_by"], *term.displaced_by})
    for row in found.values():
        full = row.pop("_full")
        row["rate"] = row["points"] / row["share"] if row["share"] > 0 else full
    return list(found.values())


def _term(term: Term) -> dict[str, Any]:
    return {
        "measure": term.measure,
        "authority": term.authority,
        "rate": term.rate,
        "share": term.share,
        "citation": term.citation,
        "displaced_by": sorted(term.displaced_by),
        "points": term.points,
        "title": term.title,
        "instrument": term.instrument,
        "heading": term.heading,
        "from": term.start.isoformat(),
        "until": None if term.end == FOREVER else term.end.isoformat(),
        "floor": term.floor,
    }


def as_json(answer: Answer) -> dict[str, Any]:
    """The machine contract of `detente rate`: shares; total = base + sum of rate x share over the terms."""
    base = float(sum(w * ladder.base for w, ladder in zip(answer.weights, answer.ladders, strict=True)))
    content: dict[str, Any] = {
        "line": dotted(answer.code),
        "partner": answer.partner,
        "date": answer.on.isoformat(),
        "total": None if answer.banned else answer.total,
        "base": base,
        "terms": merged_terms(answer),
        "reading": str(answer.reading),
        "claim": answer.claim or None,
        "parameters": dict(answer.parameters),
        "idle": list(answer.idle),
        "controls": [m.id for m in answer.controls],
        "bans": [_term(ban) for ladder in answer.ladders for ban in ladder.bans],
    }
    if not answer.uniform:
        rows = zip(answer.ladders, answer.weights, strict=True)
        content["weights"] = answer.basis
        content["lines"] = [{"line": dotted(x.line), "total": x.total, "weight": w} for x, w in rows]
    return content


def as_table(answer: Answer, country: str, description: str, source: str = "") -> Table:
    """The ladder for readers: base duty and its source, each term, total."""
    content = as_json(answer)
    rows: list[tuple[object, ...]] = [("base", "", "base duty", content["base"], 1.0, content["base"], "", source)]
    for t in content["terms"]:
        ids = (t["authority"], t["measure"], t["title"])
        rows.append((*ids, t["rate"], t["share"], t["points"], _displaced(t), _cited(t)))
    rows.append(("total", "", "", np.nan, np.nan, np.nan if answer.banned else content["total"], "", ""))
    names = ("authority", "measure", "title", "rate", "share", "adds", "displaced_by", "citation")
    units = (Unit.CODE, Unit.CODE, Unit.TEXT, Unit.SHARE, Unit.SHARE, Unit.SHARE, Unit.TEXT, Unit.TEXT)
    about = (
        "authority",
        "id in the lawbook",
        "measure",
        "rate on the value it falls on",
        "share of the value it falls on",
        "points added to the duty",
        "what took its place",
        "instrument and citation",
    )
    columns = tuple(Column(n, u, d) for n, u, d in zip(names, units, about, strict=True))
    data = {name: np.asarray([row[i] for row in rows]) for i, name in enumerate(names)}
    title = f"{dotted(answer.code)} from {country} on {answer.on}: {outcome(answer, f'{answer.total:.2%}')}"
    return Table("ladder", title, columns, data, tuple(_notes(answer, content, description)))


def outcome(answer: Answer, owed: str) -> str:
    """What is owed, or that the goods may not come in."""
    return f"may not be imported (the tariff would be {answer.total:.2%})" if answer.banned else owed


def banned(answer: Answer) -> list[str]:
    """Each act under which goods of the code may not be imported."""
    acts = {ban.measure: ban for ladder in answer.ladders for ban in ladder.bans}
    whole = {ban.measure for ban in answer.banned}
    return [
        f"{'may not be imported' if name in whole else 'may in part not be imported'}: {ban.title} "
        f"({'; '.join(text for text in (ban.instrument, ban.citation) if text)})"
        for name, ban in acts.items()
    ]


def _displaced(term: dict[str, Any]) -> str:
    return ", ".join(term["displaced_by"])


def _cited(term: dict[str, Any]) -> str:
    return "; ".join(part for part in (term["instrument"], term["citation"]) if part)


def _notes(answer: Answer, content: dict[str, Any], description: str) -> list[str]:
    notes = [description] if description else []
    notes += banned(answer)
    if answer.claim:
        notes.append(f"claims the special rate of programme {answer.claim}")
    notes += without_effect(answer)
    if str(answer.reading) != "effective":
        notes.append(f"reading of time: {answer.reading}")
    if "lines" in content:
        low = min(row["total"] for row in content["lines"])
        high = max(row["total"] for row in content["lines"])
        notes.append(
            f"the {len(content['lines'])} lines under this code owe from {low:.2%} to {high:.2%}; "
            f"this is their mean, weights: {content['weights']}. Give ten digits for one of them"
        )
    if any(0 < term.share < 1 for ladder in answer.ladders for term in ladder.terms):
        notes.append(
            "a share below 100% is the part of the value the duty falls on; set it with --set, as steel_content=0.4"
        )
    notes += [f"{m.kind}: {m.title} ({m.instrument or m.citation})" for m in answer.controls]
    return notes


def without_effect(answer: Answer) -> list[str]:
    """What is said of a claim, and of each share, that changes nothing."""
    said = [f"the claim of {answer.claim}" if n == "claim" else f"{n}={answer.parameters[n]:g}" for n in answer.idle]
    return [f"{name} has no effect on this line on this day: it owes the same without" for name in said]


def explained(answer: Answer, country: str, description: str) -> str:
    """The ladder in sentences, each term with its act, its days and what it displaced."""
    content = as_json(answer)
    owes = f"owes {answer.total:.2%} of customs value"
    lines = [
        f"{dotted(answer.code)} from {country} on {answer.on} {outcome(answer, owes)}.",
        *([f"  {description}"] if description else []),
        f"  {content['base']:8.2%}  base duty",
    ]
    for term in content["terms"]:
        lines += _sentence(term)
    lines += [f"  Note: {note}" for note in _notes(answer, content, "")]
    return "\n".join(lines)


def _sentence(term: dict[str, Any]) -> list[str]:
    until = f" to {term['until']}" if term["until"] else ", open end"
    share = "" if term["share"] in (0.0, 1.0) else f" on {term['share']:.1%} of the value"
    head = f"  {term['points']:+8.2%}  {term['title']} [{term['measure']}]"
    rate = f"floor {term['floor']:.2%} of the total" if term["floor"] is not None else f"{term['rate']:.2%}"
    found = [head, f"            {rate}{share}; in force {term['from']}{until}"]
    cited = _cited(term)
    if cited:
        heading = f"; heading {term['heading']}" if term["heading"] else ""
        found.append(f"            {cited}{heading}")
    if term["displaced_by"]:
        found.append(f"            displaced by {_displaced(term)}")
    return found
