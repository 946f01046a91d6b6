"""`detente talks CASE` where three or more bargain: the page of a party, then sections and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from detente.codes import InputError, Table, UnknownName
from detente.faces.cli import options as opt
from detente.faces.cli.progress import Progress
from detente.faces.formats import deliver, emit, is_stdout, to_json, to_text
from detente.faces.words.language import load
from detente.faces.words.many import many_blocks, many_outside_page, many_page
from detente.faces.words.outside import outside_blocks
from detente.lab.talks.advice import OutsideAdvice
from detente.lab.talks.counsel import place_of
from detente.lab.talks.many.page import ManyAdvice, many_advice
from detente.lab.talks.many.report import MANY_SECTIONS, many_tables, open_round, reader_weights
from detente.lab.talks.many.talk import Round
from detente.lab.talks.outside import outside_advice

Parts = list[tuple[str, str, list[Table]]]

EVERY = "all"
LONG = 2_000
"""Rows of a table that a reader gets."""

TWO_ALONE = ("draws", "play", "side", "resume")
"""Options that talks of two sides alone have."""


def talks_many(
    case: str, variant: str, form: str, out: Path | None, given: Mapping[str, Any], inputs: dict[str, Any]
) -> None:
    """Print or write what was asked of talks of three or more.

    Parameters
    ----------
    given : options of the command by name; inputs : values of parameters and `elasticities`.

    Raises
    ------
    InputError : an option that talks of two sides alone have.
    """
    _check(given)
    names: dict[str, Any] = _asked(case, variant, given)
    first = form == "text" and not (given["section"] or given["full"] or given["table"])
    with Progress("talks", quiet=given["quiet"]) as progress:
        solves = partial(progress.part, "equilibria", everywhere=False)
        round_ = open_round(case, variant, **names, inputs=inputs, materials=given["materials"], told=solves)
        page = _page_of(round_, given["for_"]) if first or form == "json" else None
        wanted = [name for name in opt.listed(given["section"]) if name != EVERY] or list(MANY_SECTIONS)
        parts = [] if first else _parts(round_, wanted, partial(progress.part, "sections"))
    if given["table"]:
        parts = _chosen(parts, given["table"])
    if form not in ("text", "json"):
        emit([table for _, _, some in parts for table in some], form, out)
        return
    if page is None:
        text = _sections(parts)
    elif form == "json":
        text = to_json(many_content(round_, parts, page))
    else:
        text = _page(page, case, variant, given["lang"])
    deliver(text if is_stdout(out) else f"{text}\n", out)


def _page_of(round_: Round, side: str) -> ManyAdvice | OutsideAdvice:
    """The page of a party, or of a country of the world that is not at the table.

    Raises
    ------
    InputError : neither a party nor a country of the world.
    """
    code = place_of(round_.talk, side) if side else ""
    if not code or code in round_.parties:
        return many_advice(round_, code)
    try:
        return outside_advice(round_.talk, code, lambda: many_advice(round_).side)
    except InputError as error:
        raise InputError("--for", error.what, error.repair) from None


def _check(given: Mapping[str, Any]) -> None:
    """Refuse what only two sides have."""
    for name in TWO_ALONE:
        if given.get(name):
            raise InputError(f"--{name}", "is for talks of two sides", "leave it out, or name a case between two")


def _asked(case: str, variant: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Names to compute: real income alone and the last weights of the case in the long run, unless others are asked."""
    weights, horizons = opt.listed(given["weights"]), opt.listed(given["horizon"]) or ["long"]
    return {
        "threats": opt.listed(given["threat"]),
        "weights": [] if weights == [EVERY] else weights or reader_weights(case, variant),
        "horizons": [] if horizons == [EVERY] else horizons,
        "constraints": opt.listed(given["constraints"]),
    }


def _parts(round_: Round, names: list[str], tell: Callable[..., None]) -> Parts:
    parts: Parts = []
    for number, name in enumerate(names):
        tell(number, len(names), everywhere=False)
        tables = many_tables(round_, name)
        parts.append((name, MANY_SECTIONS[name][0], tables))
    return parts


def _chosen(parts: Parts, names: list[str]) -> Parts:
    """Only some tables, in the order of the report."""
    known = [table.name for _, _, some in parts for table in some]
    for name in names:
        if name not in known:
            raise UnknownName("table", name, known, "--table", f"use {', '.join(known)}")
    kept = [(part, title, [table for table in some if table.name in names]) for part, title, some in parts]
    return [row for row in kept if row[2]]


def _page(page: ManyAdvice | OutsideAdvice, case: str, variant: str, language: str) -> str:
    say = load(language)
    given = " ".join(filter(None, [case, f"--variant {variant}" if variant else ""]))
    if isinstance(page, OutsideAdvice):
        return many_outside_page(page, say, [say("many_more", case=given, other=page.parties[0])])
    return many_page(page, say, [say("many_more", case=given, other=page.side.others[0])])


def _sections(parts: Parts) -> str:
    return "\n\n".join(
        "\n\n".join([f"== {title} ({name}) ==", *(to_text(table, LONG) for table in tables)])
        for name, title, tables in parts
    )


def many_content(round_: Round, parts: Parts, page: ManyAdvice | OutsideAdvice) -> dict[str, Any]:
    """The report as plain values: what was asked, the page of the party, and every table with its notes."""
    talk, file, say = round_.talk, round_.case.file, load()
    blocks = outside_blocks(page, say) if isinstance(page, OutsideAdvice) else many_blocks(page, say)
    tables = [table for _, _, some in parts for table in some]
    return {
        "case": file.name, "title": file.title, "on": file.on.isoformat(), "parties": list(talk.parties),
        "unit": "USD a year at base-year prices, from the reference outcome; in advice USD bn over the base",
        "threats": list(talk.threats), "weights": list(talk.weights), "constraints": list(talk.sets),
        "horizons": [horizon.name for horizon in talk.horizons],
        "sentences": [text for block in blocks for text in block.sentences],
        "advice": asdict(page), "known": list(file.known), "assumed": list(file.assumed),
        "sources": list(file.sources),
        "outcomes": {name: dict(zip(round_.case.issues, x.tolist(), strict=True))
                     for name, x in round_.case.outcome_space.named.items()},
        "tables": {t.name: {"title": t.title, "notes": list(t.notes),
                            "columns": {c.name: {"unit": c.unit.value, "means": c.description} for c in t.columns},
                            "rows": list(t.rows())} for t in tables},
    }  # fmt: skip
