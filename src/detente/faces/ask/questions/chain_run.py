"""Chain run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.faces.ask import Answer, Number, question

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.lab.chains.asked import AskedChain

ALLOCATIONS = ("prorata", "price", "defence_first")


def listed(command: str) -> Answer:
    """The materials there are."""
    from detente.lab.chains.asked import chains_table

    table = chains_table()
    names = " and ".join(str(title) for title in table["title"])
    return Answer.of(f"The program knows {names}.", [table], following=f"detente {command} {table['chain'][0]}")


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
    on : month in which the run begins; by default that of the acts.
    acts : two paths are compared: without a deal, and with it.
    set : a figure of the material, as sigma_start_B=0.1; basis=supply, so that a cut is of all countries; after=6, the
        months to the end of general licences; reading=observed, the flows of April 2025.
    """
    from detente.codes import InputError, Parameter
    from detente.faces.ask.progress import progress_of
    from detente.lab.chains.asked import both_answers, chain_answer, question_of, within

    if not mineral:
        return listed("chain run")
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
        tables = both_answers(asks[0], asks[1], draws, seed, progress_of("draws"))
        return Answer.of(_compared(tables[0], acts[0], acts[1]), tables, warnings=warnings)
    made = chain_answer(asks[0], draws, seed, progress_of("draws"))
    words, number = _said(made)
    return Answer.of(words, made.tables, number=number, warnings=warnings, more=made.late,
                     following=f"detente chain levers {mineral}")  # fmt: skip


def _said(made: AskedChain) -> tuple[str, Number | None]:
    """What the first year costs the country that loses most, and who is short first of all."""
    from detente.faces.words.language import load
    from detente.lab.chains.tables import percent

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
    from detente.codes.names import first_upper
    from detente.faces.words.language import load
    from detente.lab.chains.tables import percent

    rows = [row for row in table.rows() if (row["measure"], row["period"]) == (table["measure"][0], "year 1")]
    top = max((row for row in rows if row["scope"] == rows[-1]["scope"]), key=lambda row: row["without"])
    return (
        f"{first_upper(load().country(top['country']))} loses {percent(top['deal'])}% of GDP in the first year under "
        f"{deal}, in place of {percent(top['without'])}% under {without}."
    )
