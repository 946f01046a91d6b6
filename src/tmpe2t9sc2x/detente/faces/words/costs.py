"""Trade costs of a scenario that are no duties, in a sentence of the brief, and whose real income they move."""

from __future__ import annotations

from detente.codes import UnknownName
from detente.data.tables import countries
from detente.faces.words.language import Language
from detente.faces.words.rows import Row, Rows

LEAST = 5e-5
"""Change of real income, share, below which nobody is named."""

ALL = "all"


def cost_sentences(rows: Rows, say: Language) -> list[str]:
    """The change of trade costs that speaks of most trade, and how many more there are."""
    moved = [row for row in rows.all("costs") if float(row["before"]) != float(row["after"])]
    if not moved:
        return []
    first = max(moved, key=lambda row: abs(float(row["after"]) - float(row["before"])) * float(row["trade"]))
    change = (1.0 + float(first["after"])) / (1.0 + float(first["before"])) - 1.0
    ends = {name: end_name(str(first[key]), say) for name, key in (("seller", "exporter"), ("buyer", "importer"))}
    name = "costs_fall" if change < 0.0 else "costs_rise"
    sentence = say(name, change=say.percent(abs(change), 1), **ends)
    return [sentence, *([say("costs_more", count=len(moved) - 1)] if len(moved) > 1 else [])]


def end_name(text: str, say: Language) -> str:
    """A country, a group or all countries, as a file names them, within a sentence."""
    if text.strip().lower() == ALL:
        return say("all_countries")
    book, name = countries(), text.partition("@")[0]
    group = book.group(name)
    if group is not None:
        return say.country(group.id)
    try:
        return say.country(book.resolve(name))
    except UnknownName:
        return name


def most_moved_income(rows: Rows, say: Language) -> str:
    """Where trade costs change: whose real income rises most, and whose falls most; "" where nobody's moves."""
    incomes = sorted(rows.all("incomes") if rows.all("costs") else [], key=lambda row: float(row["real_income"]))
    if not incomes or max(abs(_income(row)) for row in (incomes[0], incomes[-1])) < LEAST:
        return ""
    low, high = incomes[0], incomes[-1]
    parts = {
        "in_high": say.country(str(high["country"]), "in"),
        "high": say.percent(abs(_income(high)), 2),
        "in_low": say.country(str(low["country"]), "in"),
        "low": say.percent(abs(_income(low)), 2),
    }
    if _income(low) > -LEAST:
        return say("incomes_rise_most", **{key: parts[key] for key in ("in_high", "high")})
    return say("incomes_move_most", **parts)


def _income(row: Row) -> float:
    return float(row["real_income"])
