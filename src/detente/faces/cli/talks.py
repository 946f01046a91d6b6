"""`detente talks`: what deal can be struck, and whether it will hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.codes.errors import InputError, UnknownName, did_you_mean
from detente.codes.numbers import MOST_DRAWS
from detente.faces.cli import options as opt
from detente.faces.cli.progress import Progress
from detente.faces.cli.talks_keys import keys
from detente.faces.cli.talks_parts import ALL, Part, chosen_parts, section_text

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.faces.words.sections import SpokenNames
    from detente.lab.talks.talk import Talk

KNOWN = "known"
"""Value of `as of` that stands alone: the last day whose facts the case may hold."""
LISTED = ("case", "variants", "date", "title")
"""Columns of the list of cases for people."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("talks", context_settings={"alone": {"--as-of": KNOWN}})(talks)
    app.command("talks keys")(keys)


def talks(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case by name (see --list) or a YAML file of your own.")] = "",
    variant: Annotated[str, typer.Option("--variant", help="Variant of the case, as renewed or happened.")] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help="Refuse what was known only later; alone: than the case's own day.")
    ] = "",
    for_: Annotated[
        str, typer.Option("--for", help="Whose page: a side, or a country that is not at the table, by code or name.")
    ] = "",
    section: Annotated[
        str, typer.Option("--section", help="Parts of the report, as solutions or payoffs,threats; all for every one.")
    ] = "",
    threat: Annotated[str, typer.Option("--threat", help="Threat points, two or more, as D0,DP.")] = "",
    weights: Annotated[str, typer.Option("--weights", help="Sets of weights, as welfare,april-2025; or all.")] = "",
    constraints: Annotated[str, typer.Option("--constraints", help="free, as-tabled or another set of the case.")] = "",
    horizon: Annotated[str, typer.Option("--horizon", help="long, short, a horizon of the case, or all.")] = "",
    materials: Annotated[
        str, typer.Option("--materials", help="chains, chains-all or stand-in, for what withheld licences cost.")
    ] = "chains",
    set_: Annotated[list[str] | None, typer.Option("--set", help="An input, as fentanyl_value=20; repeatable.")] = None,
    elasticities: Annotated[str, typer.Option("--elasticities", help="Set of trade elasticities.")] = "",
    draws: Annotated[int, typer.Option("--draws", help="Joint draws of the uncertain inputs; 0 = none.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 20250512,
    resume: Annotated[Path | None, typer.Option("--resume", help="Folder of finished draws, taken up again.")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes of the draws; by default one a core.")
    ] = None,
    table: Annotated[list[str] | None, typer.Option("--table", help="Only these tables, whole; repeatable.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Every row and column in text, as machines get them.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the cases and leave.")] = False,
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """What to offer, ask and refuse on one page; with --section what each side accepts, likely deals, leverage."""
    from detente.data.casefile import load_case
    from detente.faces.formats import check_format, emit

    form = _form(check_format(format_), out)
    opt.number(draws, "--draws", 0, MOST_DRAWS)
    opt.number(seed, "--seed", 0, 2**63)
    if list_ or not case:
        from detente.lab.talks.report import case_table

        emit([case_table().select(LISTED) if form == "text" else case_table()], form, out)
        return
    _check_draws(ctx, draws, own=bool(set_ or elasticities or materials != "chains"))
    _check_word(case, ctx)
    inputs: dict[str, Any] = {**_numbers(set_), **({"elasticities": elasticities} if elasticities else {})}
    options: dict[str, Any] = {"threats": opt.listed(threat), "materials": materials, "inputs": inputs}
    options["as_of"] = opt.day(as_of, "--as-of") if as_of not in ("", KNOWN) else as_of
    if len(load_case(case, variant).parties) > 2:
        from detente.faces.cli.talks_many import talks_many

        lists = {"weights": weights, "horizons": horizon, "constraints": constraints}
        options |= {name: opt.listed(text) for name, text in lists.items()}
        show = {"sections": opt.listed(section), "tables": table or [], "full": full, "side": for_}
        talks_many(case, variant, form, out, options, **show, drawing=(draws, seed, resume, workers), quiet=quiet)
        return
    names: dict[str, Any] = _settings(weights, horizon, constraints, text=form == "text")
    from detente.faces.cli.talks_page import drawn_page, page_json, page_of, page_text
    from detente.lab.talks.talk import open_talk

    with Progress("talks", quiet=quiet) as progress:
        solves = partial(progress.part, "equilibria", everywhere=False)
        talk = open_talk(case, variant, **options, **names, told=solves)
        first = form == "text" and not (section or full or table)
        page = page_of(talk, for_) if first or form == "json" else None
        whole = full or form != "text" or bool(table)
        parts = [] if first else _tables(talk, section, progress, whole=whole)
        drawing, tell = (draws, seed, resume, workers), partial(progress.part, "draws")
        page, ranges = drawn_page(talk, page, drawing, tell) if draws else (page, [])
    if draws:
        if form == "text" and not full and not table:
            from detente.lab.talks.reader import band_table

            ranges = [band_table(talk, ranges[0])]
        parts.append(("ranges", "Ranges over joint draws", ranges))
    if table:
        parts = chosen_parts(parts, table)
    given = " ".join(filter(None, [case, f"--variant {variant}" if variant else ""]))
    text = page_text(page, given) if first and page is not None else ""
    own = {"page": page_json(page)} if page is not None else {}
    opens = text or (section in ("", ALL) and not table)
    _written(talk, parts, form, out, lead=opens, drawn=(draws, seed), own=own)


def _check_draws(ctx: typer.Context, draws: int, *, own: bool) -> None:
    """Refuse draws beside inputs of the reader's own, and what draws alone take where there are none."""
    opt.goes_with(ctx, "--draws", bool(draws), ("seed", "resume", "workers"))
    if not draws:
        return
    from detente.lab.talks.workers import check_draws

    check_draws(draws)
    if own:
        what = "draws take the inputs and elasticities of the case file and the supply chain"
        raise InputError("--draws", what, "leave --set, --elasticities and --materials out, or change the file")


def _check_word(case: str, ctx: typer.Context) -> None:
    """Refuse a mistyped command, which stands where a case does."""
    words: tuple[str, ...] = tuple(getattr(ctx.command, "words", ()))
    if not Path(case).suffix and did_you_mean(case, words):
        raise UnknownName("command", case, words, "talks", f"its commands are {', '.join(words)}")


def _form(form: str, out: Path | None) -> str:
    """The format that was asked for, or what the name of the file says."""
    by_name = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".xlsx": "xlsx", ".tex": "latex"}
    return by_name.get(out.suffix, form) if out is not None and form == "text" else form


def _numbers(pairs: list[str] | None) -> dict[str, float]:
    """Inputs given as name=value, in their own units."""
    numbers = {}
    for pair in pairs or ():
        name, _, value = pair.partition("=")
        try:
            numbers[name.strip()] = float(value)
        except ValueError:
            raise InputError("--set", f"'{pair}' is not a name and a number", "write it as fentanyl_value=20") from None
    return numbers


def _settings(weights: str, horizon: str, constraints: str, text: bool) -> dict[str, list[str]]:
    """Names to compute: readers get the first and the last set of weights in the long run, machines get everything."""
    from detente.lab.talks.talk import READERS

    given = opt.listed(weights) or (list(READERS) if text else [])
    horizons = opt.listed(horizon) or (["long"] if text else [])
    return {
        "weights": [] if given == ["all"] else given,
        "horizons": [] if horizons == ["all"] else horizons,
        "constraints": opt.listed(constraints),
    }


def _tables(talk: Talk, section: str, progress: Progress, *, whole: bool) -> list[Part]:
    """Sections asked for, each with what it answers and its tables: whole for machines, chosen for readers."""
    from detente.lab.talks.reader import reader_tables
    from detente.lab.talks.report import SHOWN, WHOLE, question, section_tables

    names = [name for name in opt.listed(section) if name != ALL] or (WHOLE if whole else SHOWN)
    build = section_tables if whole else reader_tables
    parts = []
    for number, name in enumerate(names):
        progress.part("sections", number, len(names), everywhere=False)
        parts.append((name, question(name), build(talk, name)))
    return parts


PAGE_DECIMALS = 7
"""Decimals of the numbers of the page, USD bn a year and shares."""


def _written(
    talk: Talk,
    parts: list[Part],
    form: str,
    out: Path | None,
    *,
    lead: str | bool,
    drawn: tuple[int, int],
    own: Mapping[str, Any],
) -> None:
    """Print or write; `lead` : whether the head of the report comes first, or the page that does; `own` : keys more."""
    from detente.faces.formats import clean, deliver, emit, is_stdout, to_json
    from detente.faces.words.case import recorded
    from detente.faces.words.sections import spoken_names

    tables = [table for _, _, some in parts for table in some]
    if form == "json":
        text = to_json(content(talk, tables, *drawn) | clean(dict(own), PAGE_DECIMALS))
    elif form == "text":
        names = spoken_names(talk)
        head = [lead if isinstance(lead, str) else _head(talk, names)] if lead else ["\n".join(recorded(talk))]
        sections = (section_text(part, title, map(names.table, some)) for part, title, some in parts)
        text = "\n\n".join([*filter(None, head), *sections])
    else:
        emit(_dated(talk, tables), form, out)
        return
    deliver(text if is_stdout(out) else f"{text}\n", out)


def _dated(talk: Talk, tables: list[Table]) -> list[Table]:
    """The tables with how far the law is on record, where the day of the case lies beyond."""
    from detente.lab.talks.report import standings

    beyond = next((standing for standing in standings(talk).values() if standing.beyond), None)
    return [table.standing_on(beyond) for table in tables]


def _head(talk: Talk, names: SpokenNames) -> str:
    """What the report says first, what is known and what is assumed."""
    from textwrap import fill

    from detente.faces.formats import terminal_width
    from detente.faces.text_tables import FILED
    from detente.faces.words.case import case_sentences, ranges_note

    file = talk.case.file
    lines = [file.title, "", file.note.strip(), "", ranges_note(talk)]
    lines += [f"- {sentence}" for sentence in case_sentences(talk)]
    lines += [
        "",
        *(f"Known: {names.text(fact)}" for fact in file.known),
        *(f"Assumed: {names.text(assumption)}" for assumption in file.assumed),
    ]
    wide = min(terminal_width(), FILED) - 2
    return "\n".join(fill(line, wide, subsequent_indent="  ") if line else "" for line in lines).rstrip()


def content(talk: Talk, tables: list[Table], draws: int = 0, seed: int = 0) -> dict[str, Any]:
    """The report as plain values: inputs with their sources, settings, sentences, and every table with its notes."""
    from detente.faces.words.case import case_sentences
    from detente.lab.talks.report import standings

    file = talk.case.file
    return {
        "case": file.name, "draws": draws, "seed": seed if draws else None,
        "title": file.title, "on": file.on.isoformat(), "parties": list(talk.parties),
        "unit": "USD a year at base-year prices, from the reference outcome",
        "threats": list(talk.threats), "weights": list(talk.weights), "constraints": list(talk.sets),
        "horizons": [horizon.name for horizon in talk.horizons], "materials": talk.materials,
        "reference_deal": talk.reference,
        "inputs": {name: _input(talk, name) for name in file.parameters},
        "elasticities": str(talk.case.inputs.get("elasticities", file.world.elasticities)),
        "issues": [{"name": row.name, "party": row.party, "unit": row.unit, "track": row.track,
                    "instrument": row.instrument, "expiry": row.expiry and row.expiry.isoformat()}
                   for row in file.issues],
        "constraints_stated": [
            {"name": c.name, "statement": c.statement, "source": c.source} for c in file.constraints
        ],
        "outcomes": {name: {"label": talk.label(name), "levels": dict(zip(talk.case.issues, x.tolist(), strict=True)),
                            "source": file.outcomes[name].source}
                     for name, x in talk.case.outcome_space.named.items()},
        "record": {code: standing.as_json() for code, standing in standings(talk).items()},
        "sentences": case_sentences(talk), "known": list(file.known), "assumed": list(file.assumed),
        "sources": list(file.sources),
        "tables": {t.name: {"title": t.title, "notes": list(t.notes),
                            "columns": {c.name: {"unit": c.unit.value, "means": c.description} for c in t.columns},
                            "rows": list(t.rows())} for t in tables},
    }  # fmt: skip


def _input(talk: Talk, name: str) -> dict[str, Any]:
    parameter = talk.case.file.parameters[name]
    low, high = parameter.ends
    return {
        "value": talk.case.number(name),
        "low": low,
        "high": high,
        "unit": parameter.unit,
        "source": parameter.source,
    }
