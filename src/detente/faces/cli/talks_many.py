"""`detente talks CASE` where three or more bargain: the page of a party, then sections and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from detente.faces.cli.progress import Progress
from detente.faces.cli.talks_page import Drawing, drawn_page, page_by
from detente.faces.cli.talks_parts import ALL, Part, chosen_parts, section_text
from detente.faces.formats import deliver, emit, is_stdout, to_json
from detente.faces.words.language import Language, load
from detente.faces.words.many import many_blocks, many_outside_page, many_page
from detente.faces.words.outside import outside_blocks
from detente.lab.talks.advice import ADVICE, Advice, OutsideAdvice
from detente.lab.talks.many.page import ManyAdvice, many_advice
from detente.lab.talks.many.report import MANY_SECTIONS, many_question, many_tables, open_round
from detente.lab.talks.many.talk import Round
from detente.lab.talks.reader import band_table
from detente.lab.talks.talk import READERS

Shown = ManyAdvice | OutsideAdvice
"""The page of a party, or of a country that is not at the table."""


def talks_many(
    case: str,
    variant: str,
    form: str,
    out: Path | None,
    options: Mapping[str, Any],
    *,
    sections: list[str],
    tables: list[str],
    full: bool,
    side: str,
    drawing: Drawing,
    quiet: bool,
) -> None:
    """Print or write what was asked of talks of three or more.

    Parameters
    ----------
    options : of `open_round`, weights and horizons as they were named.
    sections, tables : names, none for all; `full` : all of them in text; `side` : whose page.
    drawing : joint draws, none where the first is zero.
    """
    first, say = form == "text" and not (sections or full or tables), load()
    with Progress("talks", quiet=quiet) as progress:
        solves = partial(progress.part, "equilibria", everywhere=False)
        round_ = open_round(case, variant, **{**options, **_asked(options)}, told=solves)
        page = _page_of(round_, side) if first or form == "json" else None
        wanted = [name for name in sections if name != ALL] or list(MANY_SECTIONS)
        parts = [] if first else _parts(round_, wanted, partial(progress.part, "sections"))
        if drawing[0]:
            page, part = _drawn(round_, page, drawing, partial(progress.part, "draws"), whole=form != "text" or full)
            parts.append(part)
    if tables:
        parts = chosen_parts(parts, tables)
    if form not in ("text", "json"):
        emit([table for _, _, some in parts for table in some], form, out)
        return
    if page is None:
        text = "\n\n".join(section_text(*part) for part in parts)
    elif form == "json":
        text = to_json(many_content(round_, parts, page))
    else:
        text = "\n\n".join([_page(page, case, variant, say), *(section_text(*part) for part in parts)])
    deliver(text if is_stdout(out) else f"{text}\n", out)


def _page_of(round_: Round, side: str) -> Shown:
    """The page of a party, or of a country of the world that is not at the table; errors are those of `page_by`."""
    return page_by(round_.talk, side, partial(many_advice, round_), lambda: many_advice(round_).side)


def _drawn(
    round_: Round, page: Shown | None, drawing: Drawing, tell: Callable[[int, int], None], *, whole: bool
) -> tuple[Shown | None, Part]:
    """The page with ranges over joint draws, and the section of ranges: whole, or of the package for readers."""
    talk, side = round_.talk, page.side if isinstance(page, ManyAdvice) else page
    side, tables = drawn_page(talk, side, drawing, tell)
    if isinstance(page, ManyAdvice) and isinstance(side, Advice):
        page = replace(page, side=side)
        if not whole and side.advice is not None:
            tables = [band_table(talk, tables[0], ADVICE, load()("advice_row_advice"))]
    elif not whole:
        tables = [band_table(talk, tables[0])]
    return page, ("ranges", "Ranges over joint draws", tables)


def _asked(options: Mapping[str, Any]) -> dict[str, Any]:
    """Names to compute: real income alone and the last weights of the case in the long run, unless others are asked."""
    weights, horizons = options["weights"], options["horizons"] or ["long"]
    return {
        "weights": [] if weights == [ALL] else weights or READERS,
        "horizons": [] if horizons == [ALL] else horizons,
    }


def _parts(round_: Round, names: list[str], tell: Callable[..., None]) -> list[Part]:
    parts: list[Part] = []
    for number, name in enumerate(names):
        tell(number, len(names), everywhere=False)
        tables = many_tables(round_, name)
        parts.append((name, many_question(name), tables))
    return parts


def _page(page: ManyAdvice | OutsideAdvice, case: str, variant: str, say: Language) -> str:
    given = " ".join(filter(None, [case, f"--variant {variant}" if variant else ""]))
    if isinstance(page, OutsideAdvice):
        return many_outside_page(page, say, [say("many_more", case=given, other=page.parties[0])])
    return many_page(page, say, [say("many_more", case=given, other=page.side.others[0])])


def many_content(round_: Round, parts: list[Part], page: ManyAdvice | OutsideAdvice) -> dict[str, Any]:
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
