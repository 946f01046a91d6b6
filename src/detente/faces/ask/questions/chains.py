"""Critical materials: who runs short, what helps, who makes them, and which controls are in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, Table
from detente.codes.days import counted
from detente.codes.names import first_upper
from detente.data.actfile import BRANCHES, KINDS, STANDS
from detente.faces.ask.answer import Answer, Number, progress_of
from detente.faces.ask.question import question
from detente.faces.words.language import load
from detente.lab.chains.acts import acts_on
from detente.lab.chains.asked import (
    AskedChain,
    chain_answer,
    chains_table,
    figures_table,
    levers_answer,
    portrait,
    question_of,
    stops_table,
    within,
)
from detente.lab.chains.materials import compared
from detente.lab.chains.tables import percent

#: What is said of a branch of acts that are open.
FATES = {
    "lapse": "suspensions lapsed", "extended": "they were extended", "closed": "the strait stayed closed",
    "reopened": "it reopened",
}  # fmt: skip
ALLOCATIONS = ("prorata", "price", "defence_first")


def listed(command: str, *given: object) -> Answer:
    """The materials there are; refused where something is asked of one that is not named."""
    if any(given):
        names = " or ".join(chains_table()["chain"].tolist())
        raise InputError(Parameter("mineral"), "is not given, and the rest is asked of a material", f"name {names}")
    say, table = load(), stops_table()
    rows = [(row, f"{row['title'][0].lower()}{row['title'][1:]}") for row in table.rows()]
    (first, what), *others = rows
    headline = (
        f"If {say.country(first['restrictor'])} exported none of them, {what} would run short first: "
        f"{first['user'].lower()} in {say.country(first['country'])}, after {say.number(first['first_short'])} days."
    )
    goods = [f"{what} after {say.number(row['first_short'])}" for row, what in others]
    headline += f" Next: {say.listed(goods)} days." if goods else ""
    return Answer.of(headline, [table, chains_table()], following=f"detente {command} {first['chain']}")


@question(
    "World", "chain run gallium --cut 80% --draws 0", "chain run rare-earths --cut 80% --country Japan",
    "chain run rare-earths --acts april-2025,general-licence --draws 0",
    choices={"allocation": ALLOCATIONS}, tool=True, long=True, own_day=True,
)  # fmt: skip
def chain_run(
    mineral: str = "",
    on: date | None = None,
    *,
    cut: float | None = None,
    acts: str | Sequence[str] = (),
    partner: str | Sequence[str] = (),
    country: str | Sequence[str] = (),
    months: int = 24,
    stock: str = "",
    allocation: str = ALLOCATIONS[0],
    set: str | Sequence[str] | Mapping[str, Any] = (),
    draws: int = 60,
    seed: int = 20250512,
) -> Answer:
    """Who runs short of a material when exports are cut, when, and what it costs.

    Without a material: what there is. Without a cut and acts: the acts that usually bind the material.

    >>> import detente as dt
    >>> answer = dt.chain_run("gallium", cut="80%", country="Japan", draws=0)
    >>> answer["country"].tolist()
    ['JPN']

    Parameters
    ----------
    on : Month in which the run begins; by default that of the acts.
    acts : Export controls that are applied: those of a day, a named path, or a file; two are compared, without and
        with a deal.
    partner : Country that the material goes to; only these exports are cut.
    set : Figures of the material, as sigma_start_B=0.1; basis=supply cuts what all countries supply; after=6, months
        until general licences end; reading=observed, the flows of April 2025.
    """
    if not mineral:
        return listed("chain run", cut is not None, acts, partner, country, stock, set)
    if len(acts) > 2:
        raise InputError(Parameter("acts"), f"names {len(acts)} paths", "name one, or two to compare")
    asks = [
        question_of(
            mineral, on, cut=cut, acts=path, partner=partner, country=country, months=months, stock=stock,
            allocation=allocation, given=set if isinstance(set, Mapping) else {},
        )
        for path in acts or ("",)
    ]  # fmt: skip
    warnings = tuple(within(country))
    if len(asks) > 1:
        tables = tuple(compared(asks[0], asks[1], draws, seed, progress_of("draws")).values())
        return Answer.of(_compared(tables[0], acts[0], acts[1]), tables, warnings=warnings)
    made = chain_answer(asks[0], draws, seed, progress_of("draws"))
    words, number = _short_said(made)
    return Answer.of(words, made.tables, number=number, warnings=warnings, more=made.late,
                     following=f"detente chain levers {mineral}")  # fmt: skip


def _short_said(made: AskedChain) -> tuple[str, Number | None]:
    """What the first year costs the country that loses most, and who is short first of all."""
    say, ran, rows = load(), made.answer.ran, list(made.tables[0].rows())
    what = f"{ran.question.file.title} from {say.country(ran.question.file.restrictor)}"
    cut = ran.question.words.cut
    lead = f"{what}, {say.percent(cut, 0)} cut" if cut == cut else f"{what}, {ran.licences.name}"
    if not rows:
        return f"{lead}: none of the countries asked for loses anything.", None
    top = rows[0]
    share = top["share"]
    low, high = (top[end] / top["lost"] * share if top["lost"] else top[end] for end in ("low", "high"))
    spread = f" ({percent(low)}% to {percent(high)}%)" if low == low else ""
    usd = top["lost"]
    dollars = (
        f"${say.number(usd / 1e9, 1)} billion" if usd >= 1e9 else f"${say.number(usd / 1e6, int(usd < 1e7))} million"
    )
    short = [row for row in rows if row["first_short"] == row["first_short"]]
    first = min(short, key=lambda row: row["first_short"], default=None)
    whose = "Nobody runs short"
    if first is not None:
        days = say.number(first["first_short"])
        whose = f"Short first: {first['user']} in {say.country(first['country'])}, after {days} days"
    moved = next((each["figures"][0]["figure"] for each in made.movers if each["country"] == top["country"]), "")
    number = Number(
        share, "share", low if low == low else None, high if low == low else None, moved_by=moved,
        against="no control of exports", definition="GDP at base prices lost in the first year, over GDP",
    )  # fmt: skip
    loses = f"{say.country(top['country'])} loses {percent(share)}%{spread} of GDP in the first year, {dollars}"
    return f"{lead}: {loses}. {whose}.", number


def _compared(table: Table, without: str, deal: str) -> str:
    """The loss of the first year under both paths, of the country that loses most under the first."""
    rows = [row for row in table.rows() if (row["measure"], row["period"]) == (table["measure"][0], "year 1")]
    top = max((row for row in rows if row["scope"] == rows[-1]["scope"]), key=lambda row: row["without"])
    return (
        f"{first_upper(load().country(top['country']))} loses {percent(top['deal'])}% of GDP in the first year under "
        f"{deal}, in place of {percent(top['without'])}% under {without}."
    )


@question(
    "World", "chain levers gallium --cut 80% --country Japan", "chain levers rare-earths --set levers=stockpile+thrift",
    choices={"allocation": ALLOCATIONS}, long=True, own_day=True,
)  # fmt: skip
def chain_levers(
    mineral: str,
    on: date | None = None,
    *,
    cut: float | None = None,
    acts: str = "",
    partner: str | Sequence[str] = (),
    country: str = "USA",
    months: int = 24,
    stock: str = "",
    allocation: str = ALLOCATIONS[0],
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """What would help against a shortage: stocks, new plants, recycling, floor prices; cost and loss avoided.

    Levers are measured alone, and by their share of what all together avoid. Without a cut and acts: the acts that
    usually bind the material.

    >>> import detente as dt
    >>> dt.chain_levers("gallium", cut=0.8, country="Japan")["lever"].tolist()
    ['stockpile', 'recycling', 'plants']

    Parameters
    ----------
    on : Month in which the run begins; by default that of the acts.
    partner : Country that the material goes to; only these exports are cut.
    country : Country that the measures help.
    set : Figures of the material, as for `detente chain run`; levers=stockpile+thrift, the measures that are combined;
        thrift_cost=2e8, what one costs over the run in dollars.
    """
    made = levers_answer(
        mineral, on, country, given=set if isinstance(set, Mapping) else {}, progress=progress_of("runs"), cut=cut,
        acts=acts, partner=partner, months=months, stock=stock, allocation=allocation,
    )  # fmt: skip
    say, best = load(), max(made.table.rows(), key=lambda row: row["alone"])
    whom = say.country(made.country)

    def dollars(usd: float) -> str:
        return f"${say.number(usd / 1e6, int(abs(usd) < 1e7))} million"

    words = f"{best['lever']} avoids most of the loss of {whom}, {dollars(best['alone'])} of {dollars(made.loss)}"
    cost = f" It costs {dollars(best['cost'])}." if best["cost"] == best["cost"] else ""
    return Answer.of(
        f"{words[0].upper()}{words[1:]} over {made.months} months.{cost}", [made.table, made.by_month],
        warnings=tuple(within(country)),
    )  # fmt: skip


@question("World", "chain show gallium", "chain show rare-earths --country Japan")
def chain_show(mineral: str = "", *, country: str | Sequence[str] = ()) -> Answer:
    """Who mines, refines and buys a material, stage by stage.

    Without a material: what there is. Table `figures` has every number that `chain run --set` may replace.

    >>> import detente as dt
    >>> dt.chain_show("gallium")["country"][0]
    'CHN'
    """
    if not mineral:
        return listed("chain show", country)
    say, (chain, tables) = load(), portrait(mineral, country)
    order = {row["stage"]: row for row in tables[0].rows()}
    stages = order | {row["stage"]: row for row in sorted(tables[0].rows(), key=lambda row: row["share"])}
    made = (f"{stage} {say.country(row['country'])} {say.percent(row['share'], 0)}" for stage, row in stages.items())
    whom = "the countries asked for" if country else "all countries"
    words = f"The largest makers of {mineral} among {whom}, by stage, as shares of the world: {', '.join(made)}."
    if not stages:
        words = f"No maker of {mineral} is on record among {whom}; here is who buys it."
    tables.sort(key=lambda table: not len(table))
    return Answer.of(words, tables, warnings=tuple(within(country)), more={"figures": lambda: figures_table(chain)},
                     following=f"detente chain run {mineral} --cut 80%")  # fmt: skip


@question(
    "World", "chain acts --mineral gallium --on 2025-06-01", "chain acts --line 850511 --on 2026-12-01",
    choices={"assume": BRANCHES}, kinds={"of": "country"},
)  # fmt: skip
def chain_acts(
    on: date | None = None, *, mineral: str = "", of: str = "", partner: str = "", line: str = "", assume: str = ""
) -> Answer:
    """Export controls and stops of supply on a day: in force, suspended, or open.

    An act is open if its suspension has ended and nobody knows what followed: table `branches` shows what it may be.
    Table `paths` has the paths of acts that `chain run` takes by name.

    >>> import detente as dt
    >>> dt.chain_acts("2025-06-01", mineral="gallium")["stands"].tolist()
    ['in force', 'in force']

    Parameters
    ----------
    mineral : Material that is controlled, as gallium, helium or cobalt.
    of : Country that controls its exports, or whose exports are stopped.
    partner : Country that the controlled goods go to.
    line : Digits of a tariff code, or words of the title of an act, as tungsten.
    """
    assert on is not None  # as it was read
    say, made = load(), acts_on(on, mineral, of, partner, line, assume)
    full = next(table for table in made.tables if table.name == "details")
    if not len(full):
        return Answer.of("No export control on record is like this.", made.tables)
    counts = Counter(full["stands"].tolist())
    counts["in force"] -= sum(not KINDS[kind] for kind in full["kind"][full["stands"] == "in force"].tolist())
    controls = f"{counted(made.binding, 'control')} on trade {'is' if made.binding == 1 else 'are'} in force"
    rest = ", ".join(f"{counts[name]} {name}" for name in STANDS[1:] if counts[name])
    words = f"{first_upper(controls)} on {say.day(on)}{f' ({rest})' if rest else ''}."
    if made.open:
        (first, binding), *others = made.open.items()
        cases = f"{first_upper(counted(binding, 'control'))} would be in force if {FATES[first]}"
        cases += "".join(f", {counted(binding)} if {FATES[name]}" for name, binding in others)
        known = f"Our record of acts ends on {say.day(made.read_to)}, and it is open what happened after that."
        return Answer.of(f"{words} {known} {cases}.", made.tables)
    ends = sorted((row["until"], row["title"]) for row in full.rows() if row["until"] >= str(on))
    end = f" The next end is that of {say.day(ends[0][0])}: {ends[0][1][0].lower()}{ends[0][1][1:]}." if ends else ""
    return Answer.of(f"{words}{end}", made.tables)
