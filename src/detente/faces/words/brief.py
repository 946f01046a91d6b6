"""The brief of a result: what the deal is, what it does, whether it holds; numbers beside it, and what others say.

Every face shows this one brief, so that a number is the same wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from textwrap import wrap
from typing import Any

from detente.data.importers import importer
from detente.draws import LEAST_DRAWS
from detente.faces.formats import html_grid
from detente.faces.words.deal import words_of_kept
from detente.faces.words.hold import hold_sentences, rest_sentences, threats_of
from detente.faces.words.language import MINUS, Language, load
from detente.faces.words.number import Shown, ranges_of
from detente.faces.words.record import fate_words, open_law
from detente.faces.words.terms import both_incomes, cost_sentences, deal_sentence, most_moved_income, trade_moved
from detente.lab.duties.tables import SHIPPED, short_of
from detente.lab.ranges.numbers import Row, RunTables, numbers
from detente.lab.record.history import plainly
from detente.lab.result import Result

#: Change of all prices, as a share, below which they are said hardly to move.
NONE = 5e-4

SENTENCES = 3
#: Added duties not owed on all they are meant for that are named.
SHORT = 2

OTHERS = 3
HEADS = (
    "head_does", "head_hold", "head_others", "most_moved", "hardly", "more_ranges", "ranges_how", "more_pages",
    "more_tables", "more_all", "key", "column_before", "column_after", "column_change", "column_range",
)  # fmt: skip
#: Tables that take time and that no sentence and no number of a brief is from.
UNTOLD = (
    "daily", "daily_chn", "importer_daily", "products", "ladders", "concessions", "diverted", "acceptable",
    "frontier", "solutions", "linkage", "clocks",
)  # fmt: skip

#: Sections of goods that are named; change of a duty up to which it hardly moves.
GOODS, HARDLY = 3, 0.005


@dataclass(frozen=True)
class Opinion:
    """A number that somebody else published, what it counts, and what moves most between it and ours.

    Attributes
    ----------
    why : what it counts. steps : a sentence on the two largest steps from ours, "" where they are not known.
    sentence : who printed which number, and what it counts.
    """

    who: str
    day: str
    number: str
    why: str
    sentence: str
    steps: str = ""


@dataclass(frozen=True)
class Brief:
    """What a reader gets in a minute.

    Attributes
    ----------
    title, dated : the name, and which laws are compared.
    deal : what it is, and until when; `does` : what it does, at most three; `hold` : whether it lasts, at most five.
    lines : the numbers, with before, after, change and range; `ranges` : what the ranges run over.
    cards : five numbers at most that stand out.
    others : what others say, with `ours` beside them, and the command of the `walk` to the first of them.
    rests : what the numbers hang on.
    most, hardly : sections of goods whose duty moves most, and hardly.
    warnings : how far the law was read, where a day lies beyond; which variant is shown; duties owed on
        less than they are meant for; that few draws give no ranges.
    heads : titles of the parts, by id.
    """

    title: str
    dated: str
    deal: str
    does: tuple[str, ...]
    hold: tuple[str, ...]
    lines: tuple[Shown, ...]
    cards: tuple[FrontCard, ...]
    ranges: str
    others: tuple[Opinion, ...]
    ours: str
    rests: tuple[str, ...]
    warnings: tuple[str, ...]
    most: tuple[str, ...]
    hardly: tuple[str, ...]
    key: str
    heads: Mapping[str, str]
    walk: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the brief, in their order."""
        return (self.deal, *self.does, *self.hold)

    def __str__(self) -> str:
        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        texts = {name: getattr(self, name) for name in ("title", "dated", "deal", "ranges", "ours", "walk")}
        lists = {name: list(getattr(self, name)) for name in ("does", "hold", "rests", "warnings")}
        facts = ("who", "day", "number", "why", "steps")
        rows = [{name: getattr(each, name) for name in facts} for each in self.others]
        shown = {name: [each.as_dict() for each in getattr(self, name)] for name in ("cards", "lines")}
        return {**texts, **lists, **shown, "others": rows}


def brief(result: Result) -> Brief:
    """The brief of a result."""
    say, rows = load(), RunTables(result.tables)
    scenario = result.scenario
    law = next((law for _, law in threats_of(result, say).values()), "")
    shown = tuple(Shown(number, rows.names, law, say) for number in numbers(rows))
    most, hardly = _goods(rows)
    kept = words_of_kept(result, say)
    # Part of the first side's gain that is an assumption of the case, bn USD a year.
    threats = [name.partition("_over_")[2] for name in rows.first("signing") or () if name.startswith("usa_over_")]
    losses = rows.all("talks_assumed", party="USA", threat=threats[0]) if threats else []
    gain = sum(float(row["gain"]) for row in losses) / 1e9
    return Brief(
        title=scenario.title or scenario.name,
        dated=_dated(rows, say),
        deal=_deal(result, rows, say) if kept is None else kept.deal,
        does=tuple(_does(rows, say)) if kept is None else kept.does,
        hold=tuple(hold_sentences(result, rows, say)) if kept is None else kept.hold,
        lines=shown,
        cards=tuple(front_cards(shown, law, gain, say, rows.sides)),
        ranges="" if kept else ranges_of(shown, say, rows.draws, scenario.closure if rows.all("economy") else ""),
        others=tuple(_others(rows, say)),
        ours=_ours(rows, say),
        walk=_walk(rows, say),
        rests=tuple(rest_sentences(result, rows, say)),
        warnings=tuple(_warnings(result, rows, shown, say)),
        most=tuple(most),
        hardly=tuple(hardly),
        key=result.key,
        heads={name: say(name) for name in HEADS},
    )


def _deal(result: Result, rows: RunTables, say: Language) -> str:
    """What the law of the scenario changes, and the day on which what was agreed ends."""
    until = result.scenario.until
    ends = [say("deal_until", day=say.day(until))] if until else []
    return " ".join([deal_sentence(rows, say), *cost_sentences(rows, say), *ends])


def _dated(rows: RunTables, say: Language) -> str:
    row = rows.first("headline")
    if row is None:
        return ""
    before, after = str(row["against"]), str(row["on"])
    record = importer(rows.sides[0]).law.record
    read = say.day(record.to) if record else ""
    same = "dated_changed" if row.get("base", SHIPPED) == SHIPPED else "dated_other"
    name = "dated" if before != after else same
    return say(name, before=say.day(before), after=say.day(after), read=read)


def _warnings(result: Result, rows: RunTables, shown: Sequence[Shown], say: Language) -> Iterator[str]:
    """What a reader must know first: open clauses of the law, and that there are other variants."""
    for code, standing in result.standings.items():
        if standing.beyond and code in rows.parties:
            yield open_law(code, replace(standing, branches=()), say)  # their numbers follow
    yield from _otherwise(result, shown, say)
    if len(rows.variants) > 1:
        yield say("variant_shown", variant=rows.variant, count=len(rows.variants))
    yield from _short(rows, say)
    if rows.few:
        yield say("few_draws", least=LEAST_DRAWS, count=rows.draws)


def _otherwise(result: Result, shown: Sequence[Shown], say: Language) -> Iterator[str]:
    """The numbers under every other fate of open clauses, where they print otherwise, and which have one fate alone."""
    words = {b.name: fate_words(b) for standing in result.standings.values() for b in standing.branches}
    by_fate: dict[str, list[str]] = {}
    for line in shown:
        for fate, text in line.fates.items():
            if text != line.main:
                by_fate.setdefault(fate, []).append(say("if_fate_number", label=line.label, number=text))
    names: dict[str, list[str]] = {}
    for fate, each in by_fate.items():
        names.setdefault(say("frame.semicolon").join(each), []).append(words.get(fate, fate))
    for each, fates in names.items():
        yield say("if_fate", fate=" or ".join(fates), list=each)
    if by_fate and any(line.name == "income" for line in shown):
        yield say("if_fate_not")


def _short(rows: RunTables, say: Language) -> Iterator[str]:
    """Added duties that are not owed on all they are meant for: the first ones, and how many more there are."""
    short = [pair for *pair, _ in short_of(rows.tables.get("reach")) if pair[0]["variant"] == rows.variant]
    for meant, owed in short[:SHORT]:
        amounts = {"owed": owed["imports"], "meant": meant["imports"]}
        sizes = {name: say.billions(usd) for name, usd in amounts.items()}
        yield say("reach_short", title=str(meant["title"]), **sizes)
    if len(short) > SHORT:
        yield say("reach_more", count=len(short) - SHORT)


def _does(rows: RunTables, say: Language) -> list[str]:
    """What it does to people, to trade and to supply; at most three sentences."""
    makers = (most_moved_income, _income, _prices, _materials, _trade_sentences)
    return [sentence for make in makers if (sentence := make(rows, say))][:SENTENCES]


def _income(rows: RunTables, say: Language) -> str:
    both = [rows.first("economy", measure="real_income", country=code) for code in rows.sides]
    if None in both:
        return ""
    first, second = (float(row["change"]) for row in both if row)
    return both_incomes(first, second, say, rows.sides)


def _prices(rows: RunTables, say: Language) -> str:
    prices, household = rows.first("prices"), rows.first("households", decile="all")
    if prices is None or household is None:
        return ""
    change = float(prices["change"])
    if abs(change) < NONE:
        return say("prices_same")
    dollars = round(abs(float(household["pocket"])), 0)
    name = "prices_fall" if change < 0 else "prices_rise"
    return say(name, prices=say.percent(abs(change), 1), dollars=say.number(dollars))


def _materials(rows: RunTables, say: Language) -> str:
    """What the deal on licences saves users in the first year, with what is inside imported parts."""
    if not rows.all("materials"):
        return ""
    from detente.chains.equilibrium import GDP  # Loaded by what made the table, and slow to load without it.
    from detente.lab.chains.tables import YEAR

    losses = rows.all("materials", country="USA", period=YEAR, measure=GDP)
    avoided = float(losses[-1].get("avoided", 0.0)) if losses else 0.0
    if not avoided:
        return ""
    return say("materials_avoid" if avoided > 0 else "materials_cost", amount=say.billions(avoided))


def _trade_sentences(rows: RunTables, say: Language) -> str:
    first, second = rows.sides
    row = rows.first("economy", measure="imports_from", country=first, partner=second)
    return "" if row is None else trade_moved(float(row["change"]), say, rows.sides)


def _goods(rows: RunTables) -> tuple[list[str], list[str]]:
    """Sections of goods by the change of their duty times imports: those that move most, and those that hardly do."""
    sections = rows.all("section")
    weighed = sorted(sections, key=lambda row: -abs(float(row["change"]) * float(row["imports"])))
    least = [row for row in sections if abs(float(row["change"])) < HARDLY]
    big = sorted(least, key=lambda row: -float(row["imports"]))
    moved = [row for row in weighed[:GOODS] if abs(float(row["change"])) >= HARDLY]
    return [str(row["name"]) for row in moved], [str(row["name"]) for row in big[: GOODS - 1]] if moved else []


def _others(rows: RunTables, say: Language) -> Iterator[Opinion]:
    for row in rows.all("published")[:OTHERS]:
        number, day = say.percent(float(row["rate"]), 1), say.day(str(row["said"]))
        who, why = str(row["who"]), str(row["says"])
        steps = say("other_steps", steps=", ".join(_steps(row, say))) if row["step"] else ""
        line = say("other_line", who=who, day=day, number=number, why=why)
        yield Opinion(who, day, number, why, line, steps)


def _steps(row: Row, say: Language) -> Iterator[str]:
    """The two choices that move most, in short, with what each moves."""
    for name in ("", "next_"):
        if row[f"{name}step"]:
            short = row[f"{name}step"].partition(",")[0]
            yield f"{short} {say.number(100.0 * row[f'{name}points'], 1, sign=True)}"


def _ours(rows: RunTables, say: Language) -> str:
    row = rows.first("published")
    return "" if row is None else say("others_ours", number=say.percent(float(row["ours"]), 1))


def _walk(rows: RunTables, say: Language) -> str:
    """The command that shows every step to the first figure of others."""
    row = next((row for row in rows.all("published") if row["step"]), None)
    if row is None:
        return ""
    return say("others_walk", number=plainly(float(row["rate"])), day=row["law"], name=row["definition"])


def spoken(result: Result) -> Result:
    """A result of a run with its findings in words, and with what says it in a minute."""
    from detente.faces.words.findings import findings

    return replace(briefed(result), sentences=findings(result))


def briefed(result: Result) -> Result:
    """A result with what says it in a minute alone: its findings take more of its tables, and more of the program."""
    return replace(result, speaker=brief)


#: Part of a number from which on an assumption behind it stands on its card.
ASSUMED = 0.1


@dataclass(frozen=True)
class FrontCard:
    """A number that stands out: what it is, against what, and its range."""

    table: str
    label: str
    number: str
    against: str
    spread: str

    def as_dict(self) -> dict[str, str]:
        """The card as plain values."""
        texts = {key: getattr(self, key) for key in ("table", "label", "number", "against", "spread")}
        return {key: text.replace(MINUS, "-") for key, text in texts.items()}


#: Numbers that stand on cards, each with how its unit is written.
CARDS = {"average": "percent", "income": "percent", "household": "dollars", "collected": "billions", "gain": "billions"}


def front_cards(
    shown: Sequence[Shown], law: str, assumed: float, say: Language, sides: tuple[str, str]
) -> list[FrontCard]:
    """The cards for which there are numbers, those of both sides on one.

    Parameters
    ----------
    sides : the importer whose imports are averaged, and the other side.
    law : what gains are counted against; `assumed` : part of the first side's gain that a case assumes, bn USD a year.
    """
    lines, (first, second) = {(line.name, line.country): line for line in shown}, sides
    pairs = {name: (lines.get((name, first)), lines.get((name, second))) for name in CARDS}
    pairs["average"] = pairs["average"][0], lines.get(("on_first", second))
    pairs["household"] = lines.get(("household", "USA")), None
    known = ((name, own, other) for name, (own, other) in pairs.items() if own and (other or name != "gain"))
    return [_front_card(name, own, other, (law, assumed), say) for name, own, other in known]


def _front_card(name: str, own: Shown, other: Shown | None, gains: tuple[str, float], say: Language) -> FrontCard:
    """A number that stands out, with that of the other side where there is one."""
    law, assumed = gains
    unit = f"with_{CARDS[name]}"

    def level(line: Shown) -> str:
        rate = CARDS[name] == "percent"
        return say("from_level", before=say(unit, number=line.before) if rate else line.before) if line.before else ""

    against = [say("card_household_base") if name == "household" else level(own)]
    spread = [own.ranged]
    if other is not None:
        main = say(unit, number=other.main) if CARDS[name] == "percent" else other.main
        number = ", ".join(filter(None, (main, level(other))))
        parts = {"country": say.name(other.country), "owner": say.country(other.country, "owner"),
                 "goods": say.country(own.country, "goods"), "before": other.before, "after": other.after}  # fmt: skip
        against.append(say(f"card_{name}_other", **parts, number=number, law=law))
        if other.spread and name != "average":
            spread.append(f"{say.name(other.country)} {other.ranged}")
    if name == "gain" and abs(assumed) > ASSUMED * abs(own.scaled(own.number.value)):
        spread.append(say("assumed_of", number=say.number(assumed, 1)))
    label = say(f"card_{name}", of_country=say.country(own.country, "of"), goods=say.country(own.country, "goods"))
    joint = say("frame.semicolon")
    return FrontCard(
        own.number.table, label, say(unit, number=own.main), joint.join(filter(None, against)),
        joint.join(filter(None, spread)),
    )  # fmt: skip


#: Letters of a line where the terminal has room for them.
WIDTH = 100

#: Lines up to which a terminal has room for one more sentence.
ROOM = 33

INDENT = "  "


def as_text(brief: Brief, width: int = WIDTH) -> str:
    """The brief for a terminal: under forty lines of `WIDTH` letters, or as many as narrower ones take."""
    rest = [*_rest(brief, width)]
    head = [*wrap(brief.title, width), *_wrapped([brief.dated, *brief.warnings], width)]
    numbers = number_lines(brief.lines, brief, width)
    lines = [*head, "", *_words(brief, width), "", *numbers, "", *rest]
    edge = next((line.edge for line in brief.lines if line.edge), "")
    if edge and len(lines) < ROOM:
        # One of them has room here; the others stand on pages, on cards and in the answer as data.
        lines = [*lines[: -len(rest)], *_rest(brief, width, edge)]
    return "\n".join(lines).replace(MINUS, "-")


def _words(brief: Brief, width: int) -> Iterator[str]:
    yield from _wrapped([brief.deal], width)
    yield ""
    yield from _wrapped([*brief.does, " ".join(brief.hold)], width)


def _wrapped(sentences: Iterable[str], width: int) -> Iterator[str]:
    for sentence in sentences:
        yield from wrap(sentence, width, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)


def number_lines(shown: Sequence[Shown], brief: Brief, width: int = WIDTH) -> list[str]:
    """The numbers as a table: before, after, change and range, under their heads; closer where a line is short."""
    grid = [_heads(brief), *([line.label, line.before, line.after, line.change, line.spread] for line in shown)]
    loose = [row.rstrip() for row in _rows(grid, INDENT)]
    if max(map(len, loose)) <= width:
        return [row.replace(MINUS, "-") for row in loose]
    close = list[str]()
    for row, (*_, spread) in zip(map(str.rstrip, _rows(grid, "")), grid, strict=True):
        # A range has a line of its own where it does not fit.
        close += [row] if len(row) <= width else [row.removesuffix(spread).rstrip(), spread.rjust(width)]
    return [row.replace(MINUS, "-") for row in close]


def _rows(grid: Sequence[Sequence[str]], indent: str) -> Iterator[str]:
    """Rows side by side; the label of one without levels runs on where they would stand."""
    gap, wide = indent or " ", [max(map(len, column)) for column in zip(*grid, strict=True)][1:]
    levels = wide[0] + wide[1] + 2 * len(gap)
    whole = max(len(label) + (levels if before or after else 0) for label, before, after, *_ in grid)
    for label, *cells, spread in grid:
        numbers = [cell.rjust(width) for cell, width in zip(cells, wide[:-1], strict=True)]
        if any(cells[:2]):
            yield indent + gap.join([label.ljust(whole - levels), *numbers, f"{indent}{spread}"])
        else:
            yield indent + gap.join([label.ljust(whole), *numbers[2:], f"{indent}{spread}"])


def _rest(brief: Brief, width: int, edge: str = "") -> Iterator[str]:
    """What the ranges run over, what moved, what others say, and what the numbers hang on.

    Parameters
    ----------
    edge : why a number lies near an end of its range.
    """
    say = load()
    colon, semicolon = say("frame.colon"), say("frame.semicolon")
    yield from _wrapped([" ".join(filter(None, (brief.ranges, edge)))], width)
    moved = {"most_moved": brief.most, "hardly": brief.hardly}
    parts = [f"{brief.heads[name]}{colon} {semicolon.join(goods)}." for name, goods in moved.items() if goods]
    yield from _wrapped([" ".join(parts)], width)
    if brief.others:
        numbers = ", ".join(f"{other.who} {other.number}" for other in brief.others)
        yield from _wrapped([f"{brief.heads['head_others']}{colon} {numbers}. {brief.ours}"], width)
    yield from _wrapped([" ".join(brief.rests)], width)


def _heads(brief: Brief) -> list[str]:
    return ["", *(brief.heads[f"column_{name}"] for name in ("before", "after", "change", "range"))]


def as_html(brief: Brief) -> str:
    """The brief for a notebook."""
    grid = html_grid(_heads(brief), [(x.label, x.before, x.after, x.change, x.ranged) for x in brief.lines])
    words = "".join(f"<p>{escape(text)}</p>" for text in (brief.deal, " ".join(brief.does), " ".join(brief.hold)))
    others = "".join(f"<li>{escape(f'{o.sentence} {o.steps}'.rstrip())}</li>" for o in brief.others)
    ours = escape(f"{brief.ours} {brief.walk}".rstrip())
    listed = f"<p>{escape(brief.heads['head_others'])}</p><ul>{others}</ul><p>{ours}</p>" if others else ""
    small = escape(" ".join([brief.dated, *brief.warnings, brief.ranges, *brief.rests]))
    return (
        f"{f'<h3>{escape(brief.title)}</h3>' if brief.title else ''}{words}{grid}{listed}<p><small>{small}</small></p>"
    )
