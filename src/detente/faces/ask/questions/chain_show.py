"""Chain show."""

from __future__ import annotations

from collections.abc import Sequence

from detente.faces.ask import Answer, question
from detente.faces.ask.questions.chain_run import listed


@question("World", "chain show gallium", "chain show rare-earths --country Japan")
def chain_show(mineral: str = "", *, country: str | Sequence[str] = ()) -> Answer:
    """Who mines, refines and buys a material, stage by stage.

    Without a material: what there is. Table `figures` has every number that `chain run --set` may replace.

    >>> import detente as dt
    >>> dt.chain_show("gallium")["country"][0]
    'CHN'
    """
    from detente.faces.words.language import load
    from detente.lab.chains.asked import figures_table, portrait, within

    if not mineral:
        return listed("chain show")
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
