"""`detente chain`: what a control of exports does to users, prices and economies, and what levers are worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt
from detente.faces.cli.economy_options import show
from detente.faces.cli.progress import Progress

if TYPE_CHECKING:
    from detente.chains.stocks import StockDays
    from detente.codes import Table
    from detente.lab.chains.months import ChainQuestion

chain_app = typer.Typer(
    help="Supply chains under export control: who runs short, when, at what price and cost; worth of levers.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="Chain by name (rare-earths, gallium-germanium), or a .toml of your own.")]
Cut = Annotated[float | None, typer.Option("--cut", help="Share by which the restrictor's flow falls, as 0.8.")]
Basis = Annotated[str, typer.Option("--cut-basis", help="flow: the restrictor's exports; supply: all origins.")]
Scenario = Annotated[str, typer.Option("--scenario", help="Licence path by name, or a .toml of acts.")]
Months = Annotated[int, typer.Option("--months", help="Length of the run.")]
Scope = Annotated[str, typer.Option("--scope", help="direct, requirement or both.")]
Days = Annotated[
    str, typer.Option("--stock-days", help="0: no stocks; n: national stock of n days; users=30,national=60: apart.")
]
Elements = Annotated[str, typer.Option("--elements", help="Elements concerned, as Dy,Tb; all by default.")]
To = Annotated[str, typer.Option("--to", help="Countries the control is towards, as US; all by default.")]
Country = Annotated[str, typer.Option("--country", help="Countries to show, as US,Japan; all by default.")]
Allocation = Annotated[str, typer.Option("--allocation", help="prorata, price or defence_first.")]
After = Annotated[float, typer.Option("--after", help="Months from the general licences to the snap-back.")]
Reading = Annotated[str, typer.Option("--reading", help="April 2025: queue (mechanism) or observed (flows).")]
Start = Annotated[str, typer.Option("--start", help="First month of the time axis, as 2025-04.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="A figure, as sigma_start_B=0.1; repeatable.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the draws.")]

FORMATS = ("text", "json", "csv", "parquet", "xlsx", "latex")
FIRST_SHOWN = 30
HOLDERS = ("users", "national")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(chain_app, name="chain")


@chain_app.callback(invoke_without_command=True)
def _chains(
    context: typer.Context,
    list_: Annotated[bool, typer.Option("--list", help="List the chains and scenarios.")] = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Supply chains under export control."""
    opt.goes_with(context, "--list", list_, ("format_", "out"))
    if list_:
        from detente.faces.formats import emit, is_text
        from detente.lab.chains.paths import scenario_words
        from detente.lab.chains.portrait import chains_table

        emit([chains_table()], format_, out)
        if out is not None or not is_text(format_, out):
            raise typer.Exit
        print("\nScenarios for --scenario\n")
        for name, what in scenario_words().items():
            print(f"  {name:<24}{what}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit


def question_of(
    name: str,
    cut: float | None,
    basis: str,
    scenario: str,
    months: int,
    scope: str,
    stock_days: str,
    elements: str,
    to: str,
    country: str,
    **more: Any,
) -> ChainQuestion:
    """A question from the texts of a command."""
    from detente.codes import UnknownName
    from detente.lab.chains.months import ChainQuestion, Words

    if basis not in ("flow", "supply"):
        raise UnknownName("basis", basis, ("flow", "supply"), "--cut-basis", "use flow or supply")
    share = float("nan") if cut is None else opt.number(cut, "--cut", 0.0, 1.0)
    words = Words(share, basis, scenario, tuple(opt.listed(elements)), _places(to, "--to"),
                  more.pop("after", 6.0), more.pop("reading", "queue"))  # fmt: skip
    values = figures_of(name, more.pop("set_", None))
    return ChainQuestion(
        name, words, months, scope, stocks_of(stock_days), _places(country, "--country"), values=values, **more
    )


def stocks_of(text: str) -> float | StockDays | None:
    """Stocks from `--stock-days`: a number of days, or `users=30,national=60`; nothing keeps those of the chain."""
    from detente.chains.stocks import StockDays
    from detente.codes import InputError, UnknownName

    parts = opt.listed(text)
    if not parts:
        return None
    if len(parts) == 1 and "=" not in parts[0]:
        return _days_of(parts[0])
    days: dict[str, float] = {}
    for part in parts:
        name, equals, value = (word.strip() for word in part.partition("="))
        if not equals:
            raise InputError("--stock-days", f"'{part}' says not whose stock it is", "write users=30,national=60")
        if name not in HOLDERS:
            raise UnknownName("holder", name, HOLDERS, "--stock-days", f"use {' and '.join(HOLDERS)}")
        days[name] = _days_of(value)
    return StockDays(days.get("national"), days.get("users"))


def _days_of(text: str) -> float:
    from detente.codes import InputError

    try:
        days = float(text)
    except ValueError:
        raise InputError("--stock-days", f"'{text}' is no number", "give days, or users=30,national=60") from None
    if not 0.0 <= days < float("inf"):
        raise InputError("--stock-days", f"a stock of {text} days", "give days of at least 0")
    return days


def _places(text: str, where: str) -> tuple[str, ...]:
    from detente.data.chain_world import check_bloc

    return tuple(check_bloc(name, where) for name in opt.listed(text))


def figures_of(name: str, pairs: list[str] | None) -> dict[str, float]:
    """Figures set by hand; refuses names the chain does not have and values outside what a figure can be."""
    from detente.codes import InputError, UnknownName
    from detente.data.chain_build import figures

    given = opt.settings(pairs)
    known = figures(name) if given else {}
    for key, value in given.items():
        if key not in known:
            raise UnknownName("figure", key, known, "--set", "`detente chain show NAME --figures` lists them")
        if not value >= 0.0:
            raise InputError("--set", f"{key} is {value:g}", "give a number of at least 0")
    return given


@chain_app.command("run")
def run(
    name: Name = "rare-earths",
    cut: Cut = None,
    basis: Basis = "flow",
    scenario: Scenario = "",
    months: Months = 12,
    scope: Scope = "both",
    stock_days: Days = "",
    elements: Elements = "",
    to: To = "",
    country: Country = "",
    draws: Annotated[int, typer.Option("--draws", help="Joint draws of all figures for the ranges.")] = 0,
    seed: Seed = 0,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes for the draws.")] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="Folder for finished draws: a stopped run goes on from there.")
    ] = None,
    allocation: Allocation = "prorata",
    after: After = 6.0,
    reading: Reading = "queue",
    start: Start = "",
    full: Annotated[bool, typer.Option("--full", help="The United States with all 397 industries.")] = False,
    set_: Set = None,
    quiet: opt.Quiet = False,
    table: Annotated[
        str,
        typer.Option("--table", help="losses, first-short, prices, balance, months, industries, marginal, parameters."),
    ] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Losses by country and scope, first days short, prices inside and outside, worth of one more point of licences."""
    from detente.codes import InputError
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.chains.answer import answer
    from detente.lab.chains.draws import spread as drawn
    from detente.lab.chains.report import content

    check_format(format_)
    if draws < 0:
        raise InputError("--draws", f"{draws} draws cannot be", "give 0 for central figures, 200 for ranges")
    question = question_of(name, cut, basis, scenario, months, scope, stock_days, elements, to, country, after=after,
                        reading=reading, start=start, allocation=allocation, full=full, set_=set_)  # fmt: skip
    with Progress(f"chain {name}", "draws", quiet=quiet) as progress:
        result = answer(question)
        ranges = drawn(replace(question, full=False), draws, seed, folder=checkpoint, workers=workers,
                       progress=progress) if draws else None  # fmt: skip
    if format_ == "json" and not table:
        show(content(result, ranges), out)
        return
    if table or format_ in ("csv", "parquet"):
        emit([named(result, ranges, table or "losses")], format_, out)
        return
    emit(readable(result, ranges), format_, out)
    if out is None and is_text(format_, out):
        _beneath(result, ranges)


def named(result: Any, ranges: Any, name: str) -> Table:
    """One table of an answer by name."""
    from detente.codes import UnknownName
    from detente.lab.chains.tables import MATERIAL, PLAIN, TABLES

    if name in TABLES:
        return TABLES[name](result, ranges)
    plain = MATERIAL | PLAIN
    if name not in plain:
        known = (*TABLES, *plain)
        raise UnknownName("table", name, known, "--table", f"use {', '.join(known)}")
    return plain[name](result)


def readable(result: Any, ranges: Any) -> list[Table]:
    """The tables a reader wants first."""
    import numpy as np

    from detente.lab.chains.tables import first_table, headline_table, marginal_table, named_users, price_path_table

    first = first_table(result, ranges).sorted("first_short")
    short = first.take(np.isfinite(first["first_short"]))
    never, more = len(first) - len(short), max(0, len(short) - FIRST_SHOWN)
    shown = short.take(np.arange(min(len(short), FIRST_SHOWN)))
    hidden = {"defence"} if ranges else {"defence", "p05", "p95"}
    shown = named_users(shown).select([c.name for c in shown.columns if c.name not in hidden])
    shown = shown.noted(f"{more} users more are short later, {never} never; all of them: --table first-short")
    tables = [headline_table(result, ranges), in_millions(shown), price_path_table(result, ranges)]
    if result.marginal is not None:
        tables.append(in_millions(marginal_table(result)))
    return tables


def in_millions(table: Table) -> Table:
    """The table with USD in millions and days named, for readers: a billion is too coarse for a material."""
    from dataclasses import replace

    import numpy as np

    from detente.codes import Table, Unit

    columns, data = [], {}
    for column in table.columns:
        values = table[column.name]
        if column.unit is Unit.USD:
            column = replace(column, name=f"{column.name}_m_usd", unit=Unit.NONE)
            values = np.array([_millions(value) for value in values.tolist()], dtype=np.str_)
        elif column.unit is Unit.DAYS:
            column = replace(column, name=f"{column.name}_days", unit=Unit.NONE)
            values = np.array(["" if v != v else f"{v:.1f}" for v in values.tolist()], dtype=np.str_)
        columns.append(column)
        data[column.name] = values
    return Table(table.name, table.title, tuple(columns), data, table.notes)


def _millions(usd: float) -> str:
    if usd != usd:
        return ""
    return f"{usd / 1e6:,.1f}" if abs(usd) >= 1e7 else f"{usd / 1e6 + 0.0:,.2f}"


def _beneath(result: Any, ranges: Any) -> None:
    from detente.faces.formats import terminal_width
    from detente.faces.text_tables import hanging
    from detente.lab.chains.report import certificate_line, material_line, movers, need_line, notes
    from detente.lab.chains.tables import no_range

    lines = [certificate_line(result), need_line(result), material_line(result)]
    for row in movers(result, ranges)[:3]:
        moved = ", ".join(f"{item['figure']} ({item['rank_correlation']:+.2f})" for item in row["figures"][:3])
        which = f"{row['measure']}, {row['period']}, {row['scope']}"
        lines.append(f"what moves the loss of {row['country']} most ({which}): {moved}")
    lines += [note for note in notes(result, ranges) if note != no_range()]  # the table above says so
    print("\n" + hanging("\n".join(f"  {line}" for line in lines), terminal_width()))


@chain_app.command("show")
def show_chain(
    name: Name = "rare-earths",
    scope: Annotated[str, typer.Option("--scope", help="direct or requirement.")] = "requirement",
    table: Annotated[
        str, typer.Option("--table", help="producers, concentration, needs, dependency, mines or figures.")
    ] = "",
    figures: Annotated[bool, typer.Option("--figures", help="Every figure with range, source and confidence.")] = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Who makes what at each stage, concentration with governance, who supplies whom, need against output."""
    from detente.codes import UnknownName
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.chains.portrait import figures_table, show_tables

    check_format(format_)
    if figures or table == "figures":
        emit([figures_table(name)], format_, out)
        return
    tables = {table.name: table for table in show_tables(name, scope)}
    if table and table not in tables:
        raise UnknownName("table", table, tables, "--table", f"use {', '.join((*tables, 'figures'))}")
    chosen = [tables[table]] if table else list(tables.values())
    emit([in_millions(table) for table in chosen] if is_text(format_, out) else chosen, format_, out)


@chain_app.command("levers")
def levers(
    name: Name = "rare-earths",
    cut: Cut = None,
    basis: Basis = "flow",
    scenario: Scenario = "",
    months: Months = 24,
    scope: Annotated[str, typer.Option("--scope", help="direct or requirement.")] = "direct",
    stock_days: Days = "",
    elements: Elements = "",
    to: To = "",
    country: Annotated[str, typer.Option("--country", help="Whose loss, as US or Japan.")] = "USA",
    levers_: Annotated[str, typer.Option("--levers", help="Levers by id; all by default.")] = "",
    cost: Annotated[
        list[str] | None, typer.Option("--cost", help="USD over the run, as thrift=2e8; repeatable.")
    ] = None,
    allocation: Allocation = "prorata",
    after: After = 6.0,
    reading: Reading = "queue",
    start: Start = "",
    set_: Set = None,
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Loss avoided by each lever alone, its order-free share of all together, cost, break-even probability."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.chains.levers import levers_worth
    from detente.lab.chains.tables import months_of

    check_format(format_)
    question = question_of(name, cut, basis, scenario, months, scope, stock_days, elements, to, "", after=after,
                        reading=reading, start=start, allocation=allocation, set_=set_)  # fmt: skip
    with Progress(f"chain {name}", "runs", quiet=quiet) as progress:
        result = levers_worth(question, *_places(country, "--country")[:1], names=opt.listed(levers_),
                              costs=opt.settings(cost), progress=progress)  # fmt: skip
    table = result.worth.table()
    if format_ == "json":
        content = {"chain": name, "country": result.country, "scope": result.scope, "months": result.months,
                   "measure": "exact real income, rent at home", "period": months_of(result.months)}  # fmt: skip
        content |= {"levers": list(table.rows()), "loss_without": float(result.worth.loss.sum()),
                    "loss_with_announced_plants": result.base_loss,
                    "by_month": {n: result.worth.alone[k].tolist() for k, n in enumerate(result.worth.levers)},
                    "notes": [*table.notes, *result.notes]}  # fmt: skip
        show(content, out)
        return
    title = (f"Worth of levers: {name}, {result.country}, loss of exact real income over {months_of(result.months)}, "
             f"scope {result.scope}")  # fmt: skip
    shown = replace(table, title=title, notes=(*table.notes, *result.notes))
    emit([in_millions(shown) if is_text(format_, out) else shown], format_, out)
