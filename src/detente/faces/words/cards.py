"""Headline cards: a number, its range, how it was found in one sentence, and what would change it.

What a card says of a quantity stands in `faces/words/locales/report.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.chains.equilibrium import GDP
from detente.codes import Table
from detente.codes.names import first_upper, with_article, words
from detente.codes.number import NumberRange, ResultNumber
from detente.data.tables import place
from detente.draws import LEAST_DRAWS
from detente.faces.words.language import MINUS, load, report_texts
from detente.faces.words.number import WORLD_OVER, Shown, agreeing, set_name
from detente.faces.words.talks import kept_by
from detente.lab.averages.sides import most_moved
from detente.lab.chains.tables import YEAR
from detente.lab.duties.revenue import SETTLED
from detente.lab.duties.tables import FIXED, POST, SHIPPED, weighed
from detente.lab.ranges.numbers import Row, RunTables, further, gain_range, numbers
from detente.lab.talks.words import held_by

Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Card:
    """One headline.

    Attributes
    ----------
    table : where its numbers are.
    label : what it is; `number` : as readers see it; `against` : the comparison.
    spread : its range, or why it has none, as a sentence.
    method : how it was found, one sentence; `changes` : what would change it. ranged : whether it has a range.
    """

    table: str
    label: str
    number: str
    against: str
    spread: str
    method: str
    changes: str
    ranged: bool = False

    @property
    def finding(self) -> str:
        """The number with its comparison, and its range where it has one, in one or two sentences."""
        label = self.label if self.label.endswith("?") else f"{self.label}:"
        return f"{label} {self.number} ({self.against}).{f' {self.spread}' if self.ranged else ''}"


def texts() -> Mapping[str, Mapping[str, str]]:
    """What cards say, by quantity."""
    return report_texts()["cards"]


def cards(tables: Tables, variant: str = "") -> list[Card]:
    """Every card for which the result has tables, of a variant; of the first where none is named."""
    run = RunTables(tables, variant)
    every = [*numbers(run), *further(run)]

    def of(*quantities: str) -> Iterator[Card]:
        return (_card(run, number) for name in quantities for number in every if number.quantity == name)

    makers = (_history(run), of("on_first"), _revenue(run, every), of("income", "imports", "prices", "household"))
    made = [*of("average", "partner_moved"), *(card for cards in makers for card in cards)]
    return [*made, *_lost(run), *_signing(run)]


def _card(run: RunTables, number: ResultNumber) -> Card:
    """The card of a number, from the texts of its quantity or, where these are others, of its table."""
    shown, span = Shown(number, run.names), number.range
    text, common = texts()[number.table if number.table in texts() else number.quantity], texts()["all"]
    parts = _parts(run, shown)
    saving = number.quantity == "household" and number.value < 0
    movers = "; ".join(words("input", each, run.names) for each in span.movers) if span and shown.ends() else ""
    changes = f"{first_upper(movers)}." if movers and number.quantity != "imports" else text["changes"]
    rests = run.first("economy", country=number.country, measure="real_income") if number.table == "economy" else None
    if rests is not None and rests["low_set"] and number.quantity == "income" and shown.ends():
        changes = common["ends"].format(low=set_name(rests["low_set"]), high=set_name(rests["high_set"]))
    return Card(
        number.table, first_upper(text["saving" if saving else "label"].format(**parts)),
        text.get("number", "{number}").format(**parts), text["against"].format(**parts),
        _spread(run, shown, text, parts), common.get(text["method"], text["method"]).format(**parts),
        common.get(changes, changes), bool(shown.ends()),
    )  # fmt: skip


def _spread(run: RunTables, shown: Shown, text: Mapping[str, str], parts: Mapping[str, Any]) -> str:
    """The range of a number as a sentence, or why it has none."""
    common, span = texts()["all"], shown.number.range
    if span is None or not shown.ends():
        none = "few_draws" if text["none"] == "no_draws" and run.few else text["none"]
        return common.get(none, none).format(draws=run.draws, least=LEAST_DRAWS, **parts)
    sign = not shown.number.level and "unit" not in text
    ends = [shown.text(end, sign=sign, unit=True) for end in (span.low, span.high)]
    if shown.number.quantity == "household" and shown.number.value < 0:
        ends = [shown.text(-end) for end in (span.high, span.low)]
    edge = common[shown.way].format(input=shown.mover) if shown.mover else ""
    joint, drawn = span.over == ("joint",), span.draws > 0
    count = f"{run.draws} draws" if run.draws else "draws"
    over = f"{count}{'' if joint else text.get('over', '')}" if drawn else WORLD_OVER
    between = f"{' to '.join(ends)}{text.get('unit', '')}"
    return common["drawn" if drawn else "lowest"].format(span=between, over=over, edge=edge)


def _parts(run: RunTables, shown: Shown) -> dict[str, Any]:
    """What the texts of a card may name."""
    n, say, first = shown.number, shown.say, run.sides[0]
    head, post = run.first("headline", definition=FIXED), run.first("headline", definition=POST)
    own, plain = run.all("importers", importer=n.country), run.first("china", reading="schedule")
    household, third = run.first("households", decile="all"), most_moved(run.tables, run.variant)
    size = abs(n.value) if n.quantity == "household" else n.value
    member = third is not None and third.code != third.member
    line = {str(row["level"]) for row in own} == {"line"}
    which = "" if head is None else "days" if head["on"] != head["against"] else head.get("base", SHIPPED)
    before = texts()["all"][which].format(day=say.day(head["against"])) if head else ""
    return {
        "number": shown.text(size, sign=not n.level and n.quantity != "household", unit=True), "moved": _moved(shown),
        "adjective": say.country(n.country, "adjective"), "possessive": say.country(n.country, "possessive"),
        "whose": say.country(n.country, "adjective" if n.country == "USA" else "possessive"),
        "first": say.country(first, "adjective"), "where": third.where if third else "", "country": place(n.country),
        "partner": place(n.partner) if n.partner else "", "law": before,
        "on": say.day(head["on"]) if head else "", "weights": weighed(run.tables),
        "weights_of": "; ".join(str(row["weights"]) for row in own),
        "basis": texts()["all"]["line" if line else "sector"],
        "post": texts()["average"]["post"].format(post=say.percent(post["after"])) if post else "",
        "plain": say.percent(plain["after"]) if plain else "",
        "accounts": shown.text(abs(household["accounts"])) if household else "",
        "member": f", of {third.where} the one that sells most" if third and member else "",
    }  # fmt: skip


def _moved(shown: Shown) -> str:
    """How a level moved."""
    n = shown.number
    old, new = (shown.text(value, unit=True) for value in (n.before, n.value)) if n.level else ("", "")
    which = "same" if old == new else "moved_up" if n.value > n.before else "moved_down"
    return texts()["all"][which].format(before=old, change=shown.text(abs(n.value - n.before)) if n.level else "")


def _history(run: RunTables) -> Iterator[Card]:
    """Where the average of the scenario stands among those of the past."""
    text, say = texts()["history"], load()
    for row in [row for row in run.all("places") if not str(row["rate_of"]).startswith("collected")][:1]:
        rate, then = (say.percent(row[key]) for key in ("rate", "rate_then"))
        year, known = row["highest_since"], bool(row["highest_since"])
        number = text["level" if row["equal"] else "highest" if known else "record"].format(year=year)
        against = text["against"].format(rate=rate, then=then, year=year) if known else rate
        yield Card("places", text["label"], number, against, text["none"], text["method"], text["changes"])


def _revenue(run: RunTables, every: Iterable[ResultNumber]) -> Iterator[Card]:
    """Duty a year: in front the count of the world economy, where there is one, beside it the others."""
    text, say, own = texts()["revenue"], load(), run.sides[0]
    rows = run.all("revenue")
    for first in rows[:1]:
        settled = first["demand"] == SETTLED
        digits = agreeing(first["before"] / 1e9, first["after"] / 1e9, 0)
        before, after = (say.number(first[key] / 1e9, digits) for key in ("before", "after"))
        counts = "; ".join(_count(row) for row in rows[1:] if row["after"] == row["after"])
        number = next((n for n in every if (n.quantity, n.country) == ("collected", own)), None)
        none = texts()["all"]["one_set"] if settled else text["none"]
        shown = Shown(number, run.names) if settled and number is not None else None
        parts = {"adjective": say.country(own, "adjective"), "number": after, "weights": weighed(run.tables)}
        method = texts()["all"]["model"] if settled else text["method"].format(**parts)
        yield Card(
            "revenue", text["label"].format(**parts), text["number"].format(**parts),
            text["against"].format(
                sign=MINUS if first["change"] < 0 else "+", change=say.number(abs(first["change"]) / 1e9, digits),
                before=before,
            ),
            _spread(run, shown, text, parts) if shown and shown.ends() else none,
            method + (text["counts"].format(counts=counts) if counts else ""), text["changes"],
            bool(shown and shown.ends()),
        )  # fmt: skip


def _count(row: Row) -> str:
    """Another count of revenue, within a sentence."""
    kind = next(kind for kind in texts()["revenue_counts"] if str(row["demand"]).startswith(kind))
    what = texts()["revenue_counts"][kind].format(name=row["demand"])
    return texts()["revenue"]["count"].format(amount=load().number(row["after"] / 1e9), what=what)


def _lost(run: RunTables) -> Iterator[Card]:
    """What licences on materials cost each country without the deal, with imported parts, and with it."""
    text, common, say = texts()["lost"], texts()["all"], load()
    rows = {row["country"]: row for row in run.all("materials", period=YEAR, measure=GDP) if "deal" in row}
    for code, row in rows.items():
        low, high = (row.get(f"without_{end}", float("nan")) for end in ("p05", "p95"))
        span = NumberRange(low, high, ("joint",), run.draws or 1) if low <= high else None
        shown = Shown(ResultNumber("lost", row["without"], code, range=span, table="materials"))
        size, deal, *ends = (shown.text(value, unit=True) for value in (row["without"], row["deal"], low, high))
        count = f"{run.draws} draws" if run.draws else "draws"
        none = common["few_draws" if run.few else "no_draws"].format(draws=run.draws, least=LEAST_DRAWS)
        spread = common["drawn"].format(span=" to ".join(ends), over=count, edge="") if span else none
        whose = say.country(code, "adjective" if code == "USA" else "possessive")
        avoided = f"{row['avoided'] / 1e9:,.1f}".replace("-", MINUS)
        yield Card(
            "materials", first_upper(text["label"].format(whose=whose)), text["number"].format(number=size),
            text["against"].format(deal=deal, avoided=avoided), spread,
            " ".join(filter(None, (text["method"], str(row["remark"])))), text["changes"], span is not None,
        )  # fmt: skip


def _signing(run: RunTables) -> Iterator[Card]:
    """Whether both sides gain over walking away, and whether the deal would hold."""
    text, rows = texts()["signing"], run.all("signing")
    over = [name.removeprefix("usa_over_") for name in (rows[0] if rows else ()) if name.startswith("usa_over_")]
    named = [name for name in over if f"chn_over_{name}" in rows[0]]
    if not named:
        return
    verdicts = [_verdict(rows, name) for name in named]
    gains = [{code.lower(): _gain(run, code, [row[f"{code.lower()}_over_{name}"] for row in rows], name)
              for code in run.sides} for name in named]  # fmt: skip
    # What happens if talks fail, as the column of gains over it says.
    about = {column.name: column.description for column in run.tables["signing"].columns}
    failed = [about[f"usa_over_{name}"].removeprefix("gain of USA over ").removesuffix(", a year") for name in named]
    over = [(text["over"].format(threat=with_article(threat)), text["gains"].format(**each))
            for threat, each in zip(failed, gains, strict=True)]  # fmt: skip
    parts = [f"{threat} {word}: {each}" for (threat, each), word in zip(over, verdicts, strict=True)]
    rest = "; ".join(parts[1:])
    name = next((str(row["label"]) for row in run.all("deals") if row["kind"] == "offer"), "")
    kept = kept_by(run.all("stability"))
    keeping = held_by(name, kept) if kept else ""
    yield Card(
        "signing", text["label"], first_upper(verdicts[0]), f"{over[0][0]}: {over[0][1]}",
        f"{first_upper(rest)}{'. ' if rest else ''}{keeping}".strip() or text["none"], text["method"], text["changes"],
        True,
    )  # fmt: skip


def _verdict(rows: Sequence[Row], threat: str) -> str:
    """Whether both sides gain over a threat."""
    pairs = [(row[f"usa_over_{threat}"] > 0, row[f"chn_over_{threat}"] > 0) for row in rows]
    good, bad = [all(pair) for pair in pairs], [not any(pair) for pair in pairs]
    return texts()["signing"]["gain" if all(good) else "lose" if all(bad) else "open" if any(good) else "apart"]


def _gain(run: RunTables, code: str, values: Sequence[float], threat: str) -> str:
    """What a side gains over a threat, from its lowest to its highest."""
    span = gain_range(run.tables, code, threat, values)
    low, high = (Shown(ResultNumber("gain", 0.0)).text(end, sign=True) for end in (span.low, span.high))
    return low if low == high else f"{low} to {high}"
