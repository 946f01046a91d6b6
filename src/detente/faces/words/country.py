"""The brief of a country in words: what the deal does to it, where its goods stand, replies, offers; one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from detente.codes import Table
from detente.codes.days import Standing
from detente.codes.names import as_sentence
from detente.data.flows import claims_in_words, claims_on
from detente.data.importers import importer
from detente.faces.formats import html_grid
from detente.faces.words.brief import INDENT, WIDTH
from detente.faces.words.language import MINUS, Language, load
from detente.faces.words.number import over_words
from detente.faces.words.record import open_law
from detente.faces.words.terms import cost_sentences, worth_sentences
from detente.lab.averages.axes import REST
from detente.lab.country.brief import (
    DUTY,
    EXPORTS,
    INCOME,
    MARGIN,
    MARKET,
    OTHERS_PAID,
    PAID,
    PAID_MARGIN,
    RIVALS_DUTY,
    SOLD,
    WAGE,
    CountryBrief,
)
from detente.lab.country.partners import TODAY
from detente.lab.country.replies import CUT, DEAL, RETALIATE, UNION
from detente.lab.deal.part import LENGTHS
from detente.lab.ranges.numbers import WORLD, RunTables
from detente.lab.world.chosen import is_usual

#: Change, as a share, that prints as zero.
NONE = 5e-5

#: Sales that change hands, USD a year, below which nobody is named.
LITTLE = 2e7

#: Part of the larger move, of sales lost and taken, below which the smaller is left out.
BESIDE = 0.05

#: Gain, USD a year, below which a reply is none.
NO_GAIN = 1e6

#: Points, as a share, by which a deal may fall short of all that the other side asks, when nothing is left.
FREE = 1e-6

#: Rows of a grid on the page, and of that of offers.
SHOWN, OFFERED = 3, 2

#: Lines of the page in a terminal, the foot among them, and grids whose last rows give way to that.
MOST_LINES, GIVE_WAY = 38, ("advantage", "displaced", "offers")

RISES, FALLS, SAME = "rise", "fall", "same"

#: Lines of the first grid, and what is measured in each.
LINES = {"income": INCOME, "wage": WAGE, "exports": EXPORTS, "sold": SOLD}

#: Beginnings of the names of columns that are rates; others are amounts.
RATES = ("duty_", "rivals_", "margin_", "after", "rate")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PageGrid:
    """A small table of the page: title, heads of its columns, rows as readers see them."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CountryPage:
    """What a minister reads in a minute.

    Attributes
    ----------
    country : code; `title`, `dated` : what it is about, and which laws are compared.
    warnings : how far the law was read, which variant is shown.
    does, stands, replies, offers : sentences, in this order.
    grids : numbers, advantage, displaced, replies, offers.
    foot : what ranges run over and what the numbers rest on.
    """

    country: str
    title: str
    dated: str
    warnings: tuple[str, ...]
    does: tuple[str, ...]
    stands: tuple[str, ...]
    replies: tuple[str, ...]
    offers: tuple[str, ...]
    grids: tuple[PageGrid, ...]
    foot: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence, in order."""
        return (*self.does, *self.stands, *self.replies, *self.offers)

    def __str__(self) -> str:
        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self)


def country_page(brief: CountryBrief) -> CountryPage:
    """The brief of a country."""
    say = load()
    words = _PageWords(brief, say)
    return CountryPage(
        country=brief.country,
        title=say("country_title", country=say.name(brief.country), deal=_deal(brief, say)),
        dated=_dated(brief, say),
        warnings=tuple(_warnings(brief, say)),
        does=tuple(words.does()),
        stands=tuple(words.stands()),
        replies=tuple(words.replies()),
        offers=tuple(words.offers()),
        grids=tuple(grid for grid in words.grids() if grid.rows),
        foot=tuple(words.foot()),
    )


def _deal(brief: CountryBrief, say: Language) -> str:
    """Title of a deal; of the law of a day where none is named."""
    if brief.scenario.name == TODAY:
        return say("country_days", after=say.day(brief.on[1]))
    return brief.scenario.title or brief.scenario.name


def _dated(brief: CountryBrief, say: Language) -> str:
    before, after = map(say.day, brief.on)
    record = importer(MARKET).law.record
    name = "dated_changed" if brief.on[0] == brief.on[1] else "dated"
    return say(name, before=before, after=after, read=say.day(record.to) if record else "")


def _warnings(brief: CountryBrief, say: Language) -> Iterator[str]:
    standing: Standing | None = brief.standing
    if standing is not None and standing.beyond:
        yield open_law(MARKET, standing, say)
    if standing is not None and standing.ahead:
        yield as_sentence(standing.ahead_line)
    if brief.moved:
        yield say("country_moved")
    if brief.variants > 1:
        yield say("country_variant", count=brief.variants)


class _PageWords:
    """Sentences and grids of a brief.

    Attributes
    ----------
    there : the market as a place; `other` : the same as whom replies are to, in every form.
    """

    def __init__(self, brief: CountryBrief, say: Language) -> None:
        self.brief, self.say = brief, say
        self.numbers = {str(row["measure"]): row for row in brief.tables["numbers"].rows()}
        self.there = say.country(brief.market, "in")
        self.other = {f"{form}_other": say.country(brief.market, form) for form in ("the", "in", "of")}
        self.answers = {str(row["reply"]): row for row in brief.tables["replies"].rows()}

    def does(self) -> Iterator[str]:
        """Trade costs that change beside duties; real income; wages and exports."""
        yield from cost_sentences(RunTables(self.brief.tables), self.say)
        say, in_country = self.say, self.say.country(self.brief.country, "in")
        income = float(self.numbers[INCOME]["after"])
        yield say(f"country_income_{_way(income)}", income=say.percent(abs(income), 2), in_country=in_country)
        clauses = []
        for name, measure in (("wages", WAGE), ("exports", EXPORTS)):
            change = float(self.numbers[measure]["after"])
            clauses.append(say(f"country_{name}_{_way(change)}", number=say.percent(abs(change), 2)))
        yield say("country_two", first=clauses[0], second=clauses[1])

    def stands(self) -> Iterator[str]:
        """The duty on its goods beside its rivals', and who takes sales from whom."""
        say = self.say
        duty, rivals, margin = (self.numbers[name] for name in (DUTY, RIVALS_DUTY, MARGIN))
        rates = {name: say.percent(float(row["after"]), 1) for name, row in (("own", duty), ("rivals", rivals))}
        yield say("country_duties", there=self.there, **rates)
        if PAID_MARGIN in self.numbers:
            names = {"own": PAID, "others": OTHERS_PAID}
            paid = {key: say.percent(float(self.numbers[name]["after"]), 1) for key, name in names.items()}
            yield say("country_paid", month=say.month(self.brief.on[1]), **paid)
            margin = self.numbers[PAID_MARGIN]
        yield self._margin(float(margin["before"]), float(margin["after"]))
        yield from self._moves()
        yield from worth_sentences(RunTables(self.brief.tables).all(LENGTHS), say, say.country)

    def _margin(self, before: float, after: float) -> str:
        say = self.say
        points = [say.number(100.0 * abs(value), 1) for value in (before, after)]
        sides = ["ahead" if value < 0 else "behind" for value in (before, after)]
        if points[0] == points[1] and sides[0] == sides[1]:
            return say(f"country_margin_{sides[1]}_still", points=points[1])
        return say(f"country_margin_{sides[1]}_{sides[0]}", points=points[1], before=points[0])

    def _moves(self) -> Iterator[str]:
        """Who takes most from it, and from whom it takes most."""
        both = {"country_loses": self._most(-1.0), "country_takes": self._most(1.0)}
        least = max(LITTLE, BESIDE * max(total for total, *_ in both.values()))
        worth_saying = [(name, *parts) for name, parts in both.items() if parts[0] >= least]
        if not worth_saying:
            yield self.say("country_nobody", there=self.there)
        for name, total, rival, goods in worth_saying:
            # The market stands for its own producers.
            seller = self.say("country_producers") if rival == self.brief.market else self.say.country(rival)
            parts = {"rival": seller, "goods": self._goods(goods), "there": self.there}
            yield self.say(name, amount=self.say.billions(total), **parts)

    def _most(self, sign: float) -> tuple[float, str, str]:
        """The rival with the largest sum of sales in a direction, USD, and the goods that are most of it."""
        rows, sums = list(self.brief.tables["displaced"].rows()), dict[str, float]()
        for row in rows:
            sums[str(row["rival"])] = sums.get(str(row["rival"]), 0.0) + sign * float(row["taken"])
        if not sums:
            return 0.0, "", ""
        rival = max(sums, key=lambda code: sums[code])
        first = max((row for row in rows if row["rival"] == rival), key=lambda row: sign * float(row["taken"]))
        return sums[rival], rival, str(first["goods"])

    def _goods(self, name: str) -> str:
        """Goods within a sentence."""
        return f"{name[:1].lower()}{name[1:]}"

    def replies(self) -> Iterator[str]:
        """What it could do alone, and what by agreement."""
        say = self.say
        if self.brief.united:
            yield say("country_union", union=say.country(UNION), country=say.country(self.brief.country))
        best = self.answers[RETALIATE]
        if float(best["union"]) < NO_GAIN:
            yield say("country_best_none", **self.other)
        else:
            rates = {name: say.percent(float(best[key]), 1) for name, key in (("rate", "after"), ("now", "before"))}
            yield say("country_best", **self.other, **rates)
            yield say(f"country_best_{_sign(best['other'])}", **self._both(best))
            yield from self._part(best)
        if CUT not in self.answers:
            yield say("country_no_duty", **self.other)
            return
        cut = self.answers[CUT]
        yield say(f"country_cut_{_sign(cut['union'])}_{_sign(cut['other'])}", **self._both(cut))
        yield self._deal()

    def _both(self, row: Row) -> dict[str, str]:
        """What a reply is worth to both."""
        amounts = {name: self._amount(float(row[key])) for name, key in (("own", "union"), ("theirs", "other"))}
        return {**self.other, **amounts}

    def _part(self, row: Row) -> Iterator[str]:
        """What the country itself has of what its union gains."""
        own = float(row["own"])
        if self.brief.united and own >= NO_GAIN:
            yield self.say("country_part", own=self._amount(own), country=self.say.country(self.brief.country))

    def _deal(self) -> str:
        if DEAL not in self.answers:
            return self.say("country_deal_none")
        row = self.answers[DEAL]
        if float(row["points"]) > float(row["most"]) - FREE:
            return self.say("country_free", **self._both(row))
        points = self.say.number(100.0 * float(row["points"]), 1)
        each = self._amount(min(float(row["union"]), float(row["other"])))
        return self.say("country_deal", points=points, each=each, **self.other)

    def _amount(self, usd: float) -> str:
        return self.say.billions(abs(float(usd)))

    def offers(self) -> Iterator[str]:
        """What the other side would value most."""
        rows = list(self.brief.tables["offers"].rows())
        if not rows or CUT not in self.answers:
            return
        first = rows[0]
        goods, rate = self._goods(str(first["goods"])), self.say.percent(float(first["rate"]), 1)
        yield self.say("country_offer", goods=goods, rate=rate, **self.other)

    def grids(self) -> Iterator[PageGrid]:
        """The small tables of the page."""
        tables, say = self.brief.tables, self.say
        yield self._grid("numbers", ("country_head_numbers", "column_change", "column_range"), map(self._number, LINES))
        heads = ("goods", "sales", "own", "rivals", "margin", "margin_before")
        goods = [self._whole(), *list(tables["advantage"].rows())[:SHOWN]]
        yield self._grid("advantage", _heads(heads), (
            (str(row["goods"]), *self._cells(row, "sales", "duty_after", "rivals_after", "+margin_after",
                                             "+margin_before"))
            for row in goods
        ))  # fmt: skip
        yield self._grid("displaced", _heads(("rival", "taken", "in", "line")), self._displaced())
        heads = ("reply", "rate", "gain", "other", "rest", "payer")
        yield self._grid("replies", _heads(heads), (
            (say(f"country_reply_{kind}"), *self._cells(row, "after", "+union", "+other", "+rest", digits=2),
             say.name(str(row["payer"])) if row["paid"] < -NO_GAIN else "")
            for kind, row in self.answers.items()
        ))  # fmt: skip
        yield self._grid("offers", _heads(("offer", "rate", "theirs", "worth")), (
            (str(row["goods"]), *self._cells(row, "rate", "sales", "other", digits=2))
            for row in list(tables["offers"].rows())[:OFFERED]
        ))  # fmt: skip

    def _grid(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> PageGrid:
        return PageGrid(name, tuple(self.say(head, there=self.there) for head in heads), tuple(map(tuple, rows)))

    def _cells(self, row: Row, *names: str, digits: int = 1) -> list[str]:
        """Numbers of a row: rates in per cent with one decimal, amounts in billions; a + before a name for a sign."""
        return [
            self.say.number(100.0 * row[key], 1, sign=name != key) if key.startswith(RATES)
            else self.say.number(row[key] / 1e9, digits, sign=name != key)
            for name in names for key in [name.removeprefix("+")]
        ]  # fmt: skip

    def _number(self, line: str) -> tuple[str, str, str]:
        """A change with its range."""
        say, row = self.say, self.numbers[LINES[line]]
        change, low, high = (say.number(100.0 * row[key], 2, sign=True) for key in ("after", "low", "high"))
        spread = "" if low == high else say("from_to", low=low, high=high)
        return say(f"country_line_{line}", there=self.there), change, spread

    def _whole(self) -> Row:
        """All goods, as a row of the table by sector."""
        sales = float(self.brief.tables["advantage"]["sales"].sum())
        row: dict[str, Any] = {"goods": self.say("country_all_goods"), "sales": sales}
        for name, measure in (("duty", DUTY), ("rivals", RIVALS_DUTY), ("margin", MARGIN)):
            row |= {f"{name}_{end}": self.numbers[measure][end] for end in ("before", "after")}
        return row

    def _displaced(self) -> Iterator[tuple[str, ...]]:
        """Whose sales are taken, in which goods most; the market stands for its own producers."""
        tables, say, market = self.brief.tables, self.say, self.brief.market
        lines: dict[tuple[str, str], str] = {}
        for row in tables["displaced_lines"].rows() if "displaced_lines" in tables else ():
            lines.setdefault((row["rival"], row["sector"]), row["goods"])
        for row in [row for row in tables["displaced"].rows() if abs(row["taken"]) >= LITTLE][:SHOWN]:
            rival = say("country_producers") if row["rival"] == market else say.name(row["rival"])
            yield rival, *self._cells(row, "+taken"), row["goods"], lines.get((row["rival"], row["sector"]), "")

    def foot(self) -> Iterator[str]:
        """What ranges run over, and what the numbers rest on."""
        yield self.say("ranges_of", list=self.say.listed(over_words(WORLD)))
        yield self.say("country_rests")
        if PAID in self.numbers:
            yield self.say("country_claims", claims=claims_in_words(claims_on(self.brief.on[1])))
        yield from self._laws()
        if not is_usual(self.brief.scenario):
            yield self.say("rests_world", world=self.brief.scenario.world)

    def _laws(self) -> Iterator[str]:
        """Whose laws count, and whose law replies set out from."""
        brief, say = self.brief, self.say
        yield say("country_laws", laws=say.listed([say.country(code, "of") for code in brief.laws]))
        if brief.own and brief.own not in brief.laws:
            yield say("country_own", of_country=say.country(brief.own, "of"))


def _heads(names: Sequence[str]) -> list[str]:
    return [f"country_head_{name}" for name in names]


def _way(change: float) -> str:
    return SAME if abs(change) < NONE else RISES if change > 0.0 else FALLS


def _sign(usd: float) -> str:
    return "gains" if float(usd) >= 0.0 else "loses"


def as_text(page: CountryPage) -> str:
    """The page for a terminal: under forty lines of at most a hundred letters."""
    lines = [*wrap(page.title, WIDTH), *_paragraph([page.dated, *page.warnings])]
    for part in ((*page.does, *page.stands), (*page.replies, *page.offers)):
        lines += ["", *_paragraph(part)]
    foot = _paragraph(page.foot)
    lines += ["", *_grids_within(page.grids, MOST_LINES - len(lines) - len(foot)), *foot]
    return "\n".join(lines).replace(MINUS, "-")


def _grids_within(grids: Sequence[PageGrid], most: int) -> list[str]:
    """The grids in as many lines as there are left; the last rows of those that have most give way."""
    shown = list(grids)
    while sum(1 + len(grid.rows) for grid in shown) > most:
        k = max((k for k, grid in enumerate(shown) if grid.name in GIVE_WAY), key=lambda k: len(shown[k].rows))
        shown[k] = PageGrid(shown[k].name, shown[k].heads, shown[k].rows[:-1])
    return [line for grid in shown for line in _grid_lines(grid)]


def _paragraph(sentences: Sequence[str]) -> list[str]:
    text = " ".join(sentences)
    return wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)


def _grid_lines(grid: PageGrid) -> list[str]:
    """A grid in columns: texts to the left, numbers to the right; a last text keeps the phrases that fit."""
    table = [grid.heads, *grid.rows]
    wide = [max(len(row[k]) for row in table) for k in range(len(grid.heads))]
    left = WIDTH - len(INDENT) - sum(width + 2 for width in wide[:-1])
    numeric = [all(_is_number(row[k]) for row in grid.rows) for k in range(len(grid.heads))]
    lines = []
    for row in table:
        cells = [*row[:-1], row[-1] if numeric[-1] else _fitted(row[-1], left)]
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, wide, numeric, strict=True)
        ]
        lines.append(f"{INDENT}{'  '.join(padded)}".rstrip())
    return lines


def _fitted(text: str, width: int) -> str:
    """A text with as many of its phrases as fit; none where not even the first does."""
    while len(text) > width:
        text = text.rpartition(",")[0]
    return text


def _is_number(text: str) -> bool:
    return not text.strip("+-.,  0123456789" + MINUS)


def as_html(page: CountryPage) -> str:
    """The page for a notebook."""
    parts = (page.does, page.stands, page.replies, page.offers)
    words = "".join(f"<p>{escape(' '.join(part))}</p>" for part in parts if part)
    grids = "".join(html_grid(grid.heads, grid.rows) for grid in page.grids)
    small = escape(" ".join([page.dated, *page.warnings, *page.foot]))
    return f"<h2>{escape(page.title)}</h2>{words}{grids}<p><small>{small}</small></p>"


#: Buyers that are named.
FEW = 3

#: Change of an average duty below which it stays, share.
STILL = 5e-4

#: Change of trade, USD a year, that is not worth a sentence.
MOVED = 5e6


def country_sentences(tables: Mapping[str, Table], code: str, say: Language) -> list[str]:
    """Real income first, then the duty it meets, whose purchases move most, and whom it sells to."""
    rows = {str(row["measure"]): row for row in tables["country"].rows()}
    change = float(rows[INCOME]["change"])
    word = "same" if abs(change) < NONE else "rises" if change > 0 else "falls"
    income = say(f"nation_{word}", country=name_of(code, say), change=say.percent(abs(change), 2))
    sentences = [income, *_duties(tables, code, say)]
    exports = list(tables["country_exports"].rows())
    if exports:
        buyers = say.listed([within(str(row["partner"]), say) for row in exports[:FEW]])
        sentences += [*_moved(exports, say), say("nation_sells", list=buyers)]
    return sentences


def name_of(code: str, say: Language) -> str:
    """A country of a world by name; what stands for all others has one too."""
    return say("nation_rest") if code == REST else say.name(code)


def within(code: str, say: Language) -> str:
    """The same within a sentence."""
    return say("nation_rest") if code == REST else say.country(code)


def _duties(tables: Mapping[str, Table], code: str, say: Language) -> list[str]:
    """The duty of the United States on its goods, and of China where the law has it."""
    sentences = []
    for row in tables["country_duties"].rows():
        importer = str(row["importer"])
        if row["side"] == "faces" and importer in ("USA", "CHN"):
            before, after = float(row["before"]), float(row["after"])
            word = "stays" if abs(after - before) < STILL else "moves"
            parts = {"before": say.percent(before), "after": say.percent(after)}
            sentences.append(say(f"nation_duty_{word}", of_country=say.country(importer, "of"), **parts))
    return sentences


def _moved(exports: list[dict[str, Any]], say: Language) -> list[str]:
    most = max(exports, key=lambda row: abs(float(row["change"])))
    change = float(most["change"])
    if abs(change) < MOVED:
        return []
    word = "rise" if change > 0 else "fall"
    return [say(f"nation_exports_{word}", partner=within(str(most["partner"]), say), amount=say.billions(change))]
