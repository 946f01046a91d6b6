"""The page of a party of three or more in words: who can block, what talks of two would do, who outside is hurt.

Offer, ask, limits and what breaking gains are as on the page of two sides. The table has one column a package and
one row an issue, as eight issues are too many for columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.faces.words.advice import PageBlock, Voice, horizon_words, known_to, row_name, title
from detente.faces.words.amounts import amount, gain_words
from detente.faces.words.footing import footing_sentences
from detente.faces.words.issues import (
    POINT,
    cell_words,
    in_form,
    is_points,
    issue_words,
    level_words,
    named_threat,
    narrow,
    threat_words,
)
from detente.faces.words.language import MINUS, Language
from detente.faces.words.outside import (
    outside_basis,
    outside_blocks,
    outside_row_name,
    outside_title,
    outsider_name,
)
from detente.faces.words.page import MOST, Row, block_lines, filled, joined, laid_out, moving_issues, short_name, titled
from detente.lab.talks.advice import ODDS, Advice, IssueSeen, LimitSeen, OutsideAdvice, PackageSeen
from detente.lab.talks.many.page import PAIRWISE, ManyAdvice, Pairwise

TOLD = 0.05
"""An amount that prints as none, USD bn a year."""

PLEDGED = ("purchase", "investment")
"""Types of issues whose level is a share of what their name says."""

TALL = 4
"""Lines of a head that names a package at most."""

FEW = 3
"""Countries outside that are shown on either end."""

SPARE, WHOLE = ("fails", "stands", "block", "outside", "hold"), ("stands", "fails", "outside")
"""Blocks whose last sentences are left out where there is no room, and blocks that are left out whole, in order."""

NAMED = 2
"""Issues that a sentence names at most of those with which a party would break a deal."""


def many_page(advice: ManyAdvice, say: Language, more: Sequence[str] = ()) -> str:
    """The page of a party, at most forty lines.

    Parameters
    ----------
    more : last lines, on where the rest is.
    """
    top = [*titled(*title(advice.side, say)), *filled(many_basis(advice, say))]
    parts, table = many_blocks(advice, say), table_lines(advice, say)
    last = [line for text in more for line in filled(text)]
    while True:
        lines = [block_lines(part) for part in parts]
        size = len(top) + sum(map(len, lines)) + len(table) + len(last)
        if size <= MOST or not _shortened(parts):
            break
    aired = MOST - size >= 2
    text = [*top, *([""] if MOST - size >= 3 else []), *(line for some in lines for line in some)]
    return "\n".join([*text, *([""] if aired else []), *table, *([""] if aired else []), *last]).replace(MINUS, "-")


def many_basis(advice: ManyAdvice, say: Language) -> str:
    """What gains are over, and over what they range."""
    side = advice.side
    base, horizon = named_threat(side.base, side.threats, say), horizon_words(side.horizon, say)
    spread = any(high - low >= 0.1 for row in side.packages for low, high in zip(row.low, row.high, strict=True))
    ranges = say("many_spread") if spread else ""
    text = say("advice_basis", base=base, horizon=horizon, ranges=ranges)
    return " ".join(filter(None, [known_to(side.known, say, side.title), text]))


def _shortened(parts: list[PageBlock]) -> bool:
    """Leave the last sentence of a block out, or the block; False where nothing can be left."""
    by_name = {part.name: part for part in parts}
    for name in SPARE:
        if name in by_name and len(by_name[name].sentences) > 1:
            by_name[name].sentences.pop()
            return True
    for name in WHOLE:
        if name in by_name:
            parts.remove(by_name[name])
            return True
    return False


def many_blocks(advice: ManyAdvice, say: Language) -> list[PageBlock]:
    """The blocks of a page in their order."""
    speaker = _ManyVoice(advice, say)
    parts = [
        ("advice_head_offer", speaker.offer()),
        ("advice_head_ask", [*speaker.spoken.ask(), *speaker.silent()]),
        ("advice_head_walk", speaker.walk([advice.side.side])),
        ("advice_head_they", speaker.walk(advice.side.others)),
        ("many_head_block", speaker.block()),
        ("many_head_pairs", speaker.pairs()),
        ("many_head_fails", speaker.fails()),
        ("many_head_outside", speaker.outside()),
        ("advice_head_range", speaker.spoken.ranges()),
        ("advice_head_hold", speaker.hold()),
        ("advice_head_stands", speaker.stands()),
    ]
    return [PageBlock(say(head), lines, head.rpartition("_")[2]) for head, lines in parts if lines]


class _ManyVoice:
    """Who says an advice of several parties, in which language."""

    def __init__(self, advice: ManyAdvice, say: Language) -> None:
        self.advice, self.say = advice, say
        self.spoken = Voice(_few_named(advice.side), say)

    def offer(self) -> list[str]:
        """What to give; where nothing gains for all, who stands in the way."""
        parties = self.advice.side.parties
        closes = [self.say("many_closes", who=self.say.country(code)) for code in self.advice.closes]
        return [*self.spoken.offer(), *(closes if len(closes) < len(parties) else [])]

    def silent(self) -> list[str]:
        """Pairs with nothing between them."""
        return [self.say("many_silent", pair=self._names(pair)) for pair in self.advice.silent]

    def walk(self, parties: Sequence[str]) -> list[str]:
        """Where some parties walk away, each along what it minds most."""
        say, side = self.say, self.advice.side
        parts = []
        for party in parties:
            limits = [limit for limit in side.limits if limit.party == party]
            some = [self._limit(limit) for limit in limits if limit.verdict != "never"]
            text = say("advice_either").join(some) if some else say("advice_nowhere")
            if limits:
                alone = len(parties) == 1
                parts.append(text if alone else say("many_they", who=say.country(party), list=text))
        if not parts:
            return []
        listed = say.forms["clauses"].join(parts)
        kinds = {threat.kind: threat for threat in reversed(side.threats)}
        if side.limits[0].odds is None:
            return [say("advice_against", threat=self.spoken.threat(side.base), list=listed)]
        first, second = (threat_words(kinds[kind], say) for kind in ("status-quo", "past-law"))
        same = side.base == ODDS or (parties != [side.side] and any(row.party == side.side for row in side.limits))
        return [
            say("advice_same", list=listed) if same else say("advice_walk", first=first, second=second, list=listed)
        ]

    def _limit(self, limit: LimitSeen) -> str:
        say, issue = self.say, self.spoken.formed(self.advice.side.issue(limit.issue))
        name = issue_words(issue, say)
        if limit.above is None:
            return say("advice_any_control" if issue.kind == "control" else "advice_any", issue=name)
        if issue.kind == "control":
            return say("advice_beyond", issue=name, share=say.percent(limit.above, 0))
        if is_points(issue) and limit.above < POINT:
            return say("advice_rises", issue=name)
        return say("advice_above", level=level_words(issue, limit.above, say), issue=name)

    def stands(self) -> list[str]:
        """The world, what the parties weigh, what the case assumes."""
        say = self.say
        world, income, *rest = footing_sentences(self.advice.side, say)
        kinds: dict[str, list[str]] = {}
        for party, what, extra in self.advice.weighed:
            kinds.setdefault(what, []).append(say("many_to", gain=say.number(extra, 2), who=say.country(party)))
        some = [
            say("many_weighed", what=say(f"many_weighed_{what}"), list=say.listed(of)) for what, of in kinds.items()
        ]
        return [world, say("many_weigh", list=say.listed(some)) if some else income, *rest]

    def _names(self, members: Sequence[str]) -> str:
        return self.say.listed([self.spoken.who(code) for code in members])

    def block(self) -> list[str]:
        """Who gains by leaving the advice for a deal of their own."""
        say, leavers = self.say, self.advice.leavers
        if not leavers:
            return []
        blocking = [row for row in leavers if row.blocks]
        lines = [
            say("many_block" if len(row.members) > 1 else "many_block_alone", who=self._names(row.members),
                gain=amount(row.gain, say, sign=False))
            for row in blocking
        ]  # fmt: skip
        near = leavers[0]
        short = amount(-near.gain, say, sign=False)
        lines = lines or [say("many_no_block"), say("many_near", who=self._names(near.members), gain=short)]
        return [*lines, *self._divided()]

    def _divided(self) -> list[str]:
        """Whether payments between the parties keep all at the table, and what those left out would have to do."""
        say, parted = self.say, self.advice.undivided
        if self.advice.divisible is None:
            return []
        if not self.advice.divisible:
            return [say("many_indivisible")]
        ways = [say(f"many_way_{way}") for way in parted]
        return [say("many_divisible_unless", ways=say("advice_either").join(ways)) if ways else say("many_divisible")]

    def pairs(self) -> list[str]:
        """What talks of two at a time are worth to each, and what the first place costs."""
        say, pairwise = self.say, self.advice.pairwise
        if pairwise.count is None:
            return []
        if pairwise.count == 0:
            return [say("many_no_point"), *self._ahead(pairwise)]
        lines = []
        if pairwise.change:
            sums = list(zip(self.advice.side.parties, pairwise.change, strict=True))
            won = [say("many_to", who=self.spoken.who(code), gain=amount(x, say)) for code, x in sums if x >= TOLD]
            lost = [
                say("advice_cost", who=self.spoken.who(code), cost=amount(-x, say)) for code, x in sums if x <= -TOLD
            ]
            lines += [say("many_worth", list=say.listed([text.replace("+", "") for text in won]))] if won else []
            lines += [say("many_costs", list=say.listed([text.replace("+", "") for text in lost]))] if lost else []
            lines = lines or [say("many_same")]
        if pairwise.count > 1:
            lines.append(say("many_several", number=say.number(pairwise.count)))
        return [*lines, *self._ahead(pairwise)]

    def _ahead(self, pairwise: Pairwise) -> list[str]:
        """What signing first costs or gives each partner of the hub."""
        say = self.say
        if not pairwise.first or not pairwise.hub:
            return []
        cost = [
            say("advice_cost", who=self.spoken.who(code), cost=say.number(-x, 1))
            for code, x in pairwise.first.items() if x <= -TOLD
        ]  # fmt: skip
        won = [
            say("advice_cost", who=self.spoken.who(code), cost=say.number(x, 1))
            for code, x in pairwise.first.items() if x >= TOLD
        ]  # fmt: skip
        lines = [say("many_first_costs", list=say.listed(cost))] if cost else []
        lines += [say("many_first_gives", list=say.listed(won))] if won else []
        return lines or [say("many_first_nothing")]

    def fails(self) -> list[str]:
        """What each loses where one of the own pairs fails, and what a week costs."""
        say, side = self.say, self.advice.side
        lines = []
        for refusal in self.advice.refusals:
            if side.side not in refusal.pair:
                continue
            (other,) = (code for code in refusal.pair if code != side.side)
            lost = [
                say("advice_cost", who=self.spoken.who(code), cost=amount(-refusal.change[k], say, sign=False))
                for k, code in enumerate(side.parties) if refusal.change[k] <= -TOLD
            ]  # fmt: skip
            if lost:
                lines.append(say("many_fail", who=say.country(other), list=say.listed(lost)))
        costs = [
            say("advice_cost", who=self.spoken.who(code), cost=say.number(side.week[k], 1))
            for k, code in enumerate(side.parties) if side.week[k] >= TOLD
        ]  # fmt: skip
        return [*lines, *([say("advice_week", list=say.listed(costs))] if costs else [])]

    def outside(self) -> list[str]:
        """Countries outside that lose and gain most."""
        say, lines = self.say, []
        for name, some in (("advice_hurt", self.advice.hurt), ("advice_helped", self.advice.helped)):
            large = [(code, value) for code, value in some[:FEW] if abs(value) >= TOLD]
            if large:
                moves = [f"{outsider_name(code, say)} {amount(x, say)}" for code, x in large]
                lines.append(say(name, list=say.listed(moves)))
        return lines or ([say("many_no_outside")] if self.advice.side.advice is not None else [])

    def hold(self) -> list[str]:
        """Whether all keep it, what breaking gains, and the record."""
        say = self.say
        if self.advice.side.stay is None:
            return []
        breakers = self.advice.breakers
        kept = say("many_broken", who=self._names(breakers)) if breakers else say("many_kept")
        record, *rest = self.spoken.hold() or [""]
        return [kept, *rest, record] if self.advice.side.stay.days else [kept, *filter(None, [record, *rest])]


def _few_named(side: Advice) -> Advice:
    """A page that does not name the weakest link where it would be half of the table."""
    stay = side.stay
    if stay is None or len(stay.breaks) <= NAMED:
        return side
    return replace(side, stay=replace(stay, weakest="", breaks=()))


def many_package_name(row: PackageSeen, advice: ManyAdvice, say: Language) -> str:
    """A package at the head of its column."""
    return say("many_row_pairwise") if row.name == PAIRWISE else row_name(row, advice.side, say)


def many_table(advice: ManyAdvice, say: Language) -> tuple[list[list[str]], list[Row]]:
    """Heads and rows: one column a package, one row an issue that differs, then what each party gains."""
    side = advice.side
    heads = [[say("many_column_issue")], *(narrow(many_package_name(row, advice, say), TALL) for row in side.packages)]
    rows = _level_rows(side.issues, [row.levels for row in side.packages], say)
    order = [side.me, *(k for k in range(len(side.parties)) if k != side.me)]
    for i in order:
        who = say("many_gain_you") if i == side.me else say("many_gain", who=short_name(side.parties[i], say))
        rows.append((who, [gain_words(row, i, say, "advice_span") for row in side.packages]))
    return heads, rows


def _level_rows(issues: Sequence[IssueSeen], levels: Sequence[Sequence[float]], say: Language) -> list[Row]:
    """One row for each issue that differs between packages."""
    rows: list[Row] = []
    for k in moving_issues(issues, levels):
        name = issues[k].label
        unit = say("many_in_points", issue=name) if is_points(issues[k]) else name
        rows.append((unit, [_cell(in_form(issues, k, row), row[k], say) for row in levels]))
    return rows


def many_outside_table(advice: OutsideAdvice, say: Language) -> tuple[list[list[str]], list[Row]]:
    """Heads and rows for a country that is not at the table: one column a package, one row an issue."""
    heads = [
        [say("many_column_issue")],
        *(narrow(outside_row_name(row, advice, say), TALL) for row in advice.rows),
    ]  # fmt: skip
    rows = _level_rows(advice.issues, [row.levels for row in advice.rows], say)
    rows.append((say("advice_column_income"), [say.number(row.income, 2, sign=True) for row in advice.rows]))
    shares = [say.number(100.0 * row.share, 2, sign=True) for row in advice.rows]
    rows.append((say("advice_column_share"), shares))
    return heads, rows


def many_outside_page(advice: OutsideAdvice, say: Language, more: Sequence[str] = ()) -> str:
    """The page of a country that is not at a table of three or more, its table one row an issue."""
    top = [*titled(*outside_title(advice, say)), *filled(outside_basis(advice, say))]
    parts = [block_lines(part) for part in outside_blocks(advice, say)]
    last = [line for text in more for line in filled(text)]
    return joined(top, parts, laid_out(*many_outside_table(advice, say)), last)


def _cell(issue: IssueSeen, level: float, say: Language) -> str:
    """A level in a row whose name says what is pledged."""
    return say.percent(level, 0) if issue.type in PLEDGED else cell_words(issue, level, say)


def table_lines(advice: ManyAdvice, say: Language) -> list[str]:
    """The table of packages as lines."""
    return laid_out(*many_table(advice, say))
