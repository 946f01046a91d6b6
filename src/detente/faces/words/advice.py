"""The page of talks in words: what a party should offer, ask for and refuse, or what the deals do to a country outside.

One page serves two parties and more: blocks of sentences, each under its head, and a table with one column a package
and one row an issue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import islice
from textwrap import wrap

from detente.codes import Table, table_of
from detente.codes.names import first_upper, vocabulary
from detente.evidence.lives import in_steps
from detente.faces.formats import TextColumn, html_grid, lay_out
from detente.faces.words.issues import (
    NONE,
    OMEGA,
    POINT,
    TINY,
    amount,
    cell_words,
    gain_words,
    in_form,
    input_value,
    is_form,
    is_points,
    issue_words,
    known,
    level_words,
    moved,
    moves,
    named_threat,
    sign_verdict,
    sign_words,
    stands,
    threat_words,
    value_words,
)
from detente.faces.words.language import MINUS, Language, load
from detente.lab.talks.advice import (
    ADVICE,
    BELIEVED,
    FALLBACK,
    ODDS,
    PAIRWISE,
    Advice,
    IssueSeen,
    LimitSeen,
    OutsideAdvice,
    OutsideRow,
    PackageSeen,
    PairFailure,
    PointRate,
    Swing,
)
from detente.lab.talks.gains import WEIGHTS

Sentences = list[str]
AnyPage = Advice | OutsideAdvice

#: Sentences on what buys what.
BUYS = 2

#: Words of a title that says the day by itself.
AS_KNOWN = "as known on"

YEAR = 365

#: Issues that a sentence names at most of those with which a party would break a deal.
NAMED = 2

#: Countries outside that the page of a party shows on either end.
FEW = 3

#: Error of payoffs that is told at least, USD bn a year.
FINEST = 0.01

#: Parties whose laws are called those of both.
PAIR = 2

#: Change of real income that prints as none, USD bn a year.
SMALL = 5e-3

#: Tracks that are licences and nothing else.
TRACKS_OF_CONTROLS = ("rare earths",)

#: Types of issues whose level is a share of what their name says.
PLEDGED = ("purchase", "investment")

#: Kinds of packages that nobody signs.
LAWS = ("status-quo", "past-law")


@dataclass(frozen=True)
class PageBlock:
    """Sentences under a head; `name` : of the block."""

    head: str
    sentences: Sentences
    name: str = ""


#: Blocks of the page of a party, in their order.
BLOCKS = (
    "offer", "ask", "walk", "they", "refuse", "block", "pairs", "buys", "read", "change", "range", "outside", "hold",
    "chance", "stands",
)  # fmt: skip


def blocks(page: AnyPage, say: Language) -> list[PageBlock]:
    """The blocks of a page, in their order; without a package what there is to say of none."""
    if isinstance(page, OutsideAdvice):
        others = _outsiders(page.hurt, page.helped, say, NONE)
        made = [("effect", _effect(page, say)), ("others", others), ("stands", [_world(page, say)])]
    else:
        voice = Voice(page, say)
        made = [(name, getattr(voice, name)()) for name in BLOCKS]
    return [PageBlock(say(f"advice_head_{name}"), sentences, name) for name, sentences in made if sentences]


def title(page: AnyPage, say: Language) -> tuple[str, str]:
    """Case, and whose page it is."""
    if isinstance(page, Advice):
        return page.title, say("advice_can", country=say.country(page.side))
    whose = outsider_name(page.country, say) if page.country in vocabulary("region") else say.country(page.country)
    return page.title, say("advice_outside", country=whose)


def basis(page: AnyPage, say: Language) -> str:
    """Up to which day facts are in it, what gains are over, and over what they range."""
    base = named_threat(page.base, page.threats, say)
    known_to = say("advice_known", day=say.day(page.known)) if page.known and AS_KNOWN not in page.title else ""
    if isinstance(page, OutsideAdvice):
        return " ".join(filter(None, [known_to, say("advice_exact", base=base)]))
    kinds = {"long run": "advice_long", "short run": "advice_short"}
    horizon = say(kinds[page.horizon]) if page.horizon in kinds else say("advice_over", horizon=page.horizon)
    spread = any(high - low >= 0.1 for row in page.packages for low, high in zip(row.low, row.high, strict=True))
    jobs = all(what == "added" for _, what, _ in page.weighed)
    ranges = say("advice_spread" if jobs else "advice_spread_weights") if spread else ""
    return " ".join(filter(None, [known_to, say("advice_basis", base=base, horizon=horizon, ranges=ranges)]))


def outsider_name(code: str, say: Language) -> str:
    """A country or region of the world in a list."""
    return vocabulary("region").get(code) or say.name(code)


@dataclass(frozen=True)
class Voice:
    """Who says an advice, in which language; a method for each block."""

    advice: Advice
    say: Language

    def who(self, party: str) -> str:
        """A party within a sentence: "you", or the country."""
        return self.say("advice_you") if party == self.advice.side else self.say.country(party)

    def threat(self, name: str) -> str:
        """A threat within a sentence."""
        return named_threat(name, self.advice.threats, self.say)

    @property
    def order(self) -> list[int]:
        """Places of the parties, the side first."""
        parties = self.advice.parties
        return [self.advice.me, *(parties.index(party) for party in self.advice.others)]

    def _names(self, members: Sequence[str]) -> str:
        return self.say.listed([self.who(code) for code in members])

    def _each(self, values: Sequence[float], shown: Callable[[float], str], least: float = NONE) -> str:
        """Parties with what is at least so much, within a sentence; "" for none."""
        say, parties = self.say, self.advice.parties
        some = [say("advice_cost", who=self.who(parties[i]), cost=shown(values[i])) for i in self.order
                if values[i] >= least]  # fmt: skip
        return say.listed(some) if some else ""

    def formed(self, issue: IssueSeen, row: PackageSeen | None = None) -> IssueSeen:
        """An issue as its level reads in a package, in the advice where none is given."""
        row = row or self.advice.advice
        place = [other.name for other in self.advice.issues].index(issue.name)
        return issue if row is None else in_form(self.advice.issues, place, row.levels)

    # --- what to give and to take ------------------------------------------------------------------------------------

    def _moves(self, mine: bool, *, wanted: bool = True) -> list[str]:
        """What a side would give from today's law on, or what the others would; points are said once.

        Parameters
        ----------
        wanted : moves that by themselves are worth more to those who do not make them; else those that they accept.
        """
        words, unit = list[str](), True
        formed = {self.advice.issue(move.issue).in_all for move in self.advice.moves}
        for move in (move for move in self.advice.moves if move.issue not in formed):
            issue = self.advice.issue(move.issue)
            own = issue.party in (self.advice.side, "both")
            helped = self.advice.me == max(self.order, key=lambda i: move.alone[i])
            changed = moves(issue, move.before, move.after) or self.formed(issue) != issue
            if own == mine and (own != helped) == wanted and changed:
                words.append(moved(issue, move.before, move.after, self.say, unit=unit, then=self.formed(issue)))
                unit = unit and not is_points(issue)
        return words

    def _terms(self, mine: bool, accepted: str) -> Sentences:
        """What one side gives, and what it accepts of the other."""
        given, taken = ", ".join(self._moves(mine)), ", ".join(self._moves(not mine, wanted=False))
        first = f"{first_upper(given)}." if given else self.say("advice_keep")
        return [first, *([self.say(accepted, list=taken)] if taken else [])]

    def offer(self) -> Sentences:
        """What to give; where nothing gains for all, that, and who stands in the way."""
        say, advice = self.say, self.advice
        if advice.advice is not None:
            breaking = [say("advice_free")] if advice.breaks else []
            return [*self._terms(True, "advice_accept"), *breaking]
        if not advice.stakes:
            return [say("advice_no_stakes")]
        closes = [say("advice_closes", who=first_upper(self.who(code))) for code in advice.closes]
        none = say("advice_none", base=self.threat(advice.base))
        return [none, *(closes if len(closes) < len(advice.parties) else [])]

    def ask(self) -> Sentences:
        """What to take, what it is worth, when each signs, and between whom nothing is on the table."""
        row, say = self.advice.advice, self.say
        silent = [say("advice_silent", pair=self._names(pair)) for pair in self.advice.silent]
        if row is None:
            return silent
        little = max(map(abs, (*row.low, *row.high))) < NONE
        worth = say("advice_worth_little") if little else say("advice_worth", list=self._gains(row))
        return [*self._terms(False, "advice_they_accept"), worth, *self._signs(row), *silent]

    def _gains(self, row: PackageSeen) -> str:
        say, parties = self.say, self.advice.parties
        return say.listed([say("advice_to", gain=gain_words(row, i, say), who=self.who(parties[i]))
                           for i in self.order])  # fmt: skip

    def _signs(self, row: PackageSeen) -> Iterator[str]:
        """Who signs whatever comes, who only if today's law is likely enough, and who never."""
        say, parties = self.say, self.advice.parties
        day, by_verdict = self.advice.of_kind("status-quo"), dict[str, list[str]]()
        for i in self.order:
            party, above, below = parties[i], row.signs[i], row.until[i]
            verdict, chance = sign_verdict(above, below), below if above is None else above
            by_verdict.setdefault(verdict, []).append(party)
            if day is not None and chance is not None and not verdict:
                name = f"advice_signs{'' if below is None else '_below'}{'_you' if party == self.advice.side else ''}"
                yield say(name, who=self.who(party), base=threat_words(day, say), chance=say.percent(chance, 0))
        for verdict in ("always", "never"):
            if some := by_verdict.get(verdict):
                form = ("you" if len(some) == 1 else "with") if self.advice.side in some else ""
                form = form or ("one" if len(some) == 1 else "many")
                yield first_upper(say(f"advice_sign_{verdict}_{form}", list=self._names(some)))

    # --- limits ------------------------------------------------------------------------------------------------------

    def walk(self) -> Sentences:
        """Where one's own side walks away."""
        return self._walks([self.advice.side])

    def they(self) -> Sentences:
        """Where the others walk away, each by name where there are several."""
        return self._walks(self.advice.others)

    def _walks(self, parties: Sequence[str]) -> Sentences:
        say, advice, parts = self.say, self.advice, list[str]()
        for party in parties:
            limits = [limit for limit in advice.limits if limit.party == party]
            never = limits and all(limit.verdict == "never" for limit in limits)
            if limits and party == advice.side:
                parts.append(say("advice_you_stay") if never else say("advice_you_walk", list=self._levels(limits)))
            elif limits:
                parts.append(say("advice_nowhere" if never else "advice_they", who=self.who(party),
                                 list=self._levels(limits)))  # fmt: skip
        if not parts:
            return []
        listed = say.forms["clauses"].join(parts)
        if advice.limits[0].odds is None:
            return [say("advice_against", threat=self.threat(advice.base), list=listed)]
        named = advice.side not in parties and any(limit.party == advice.side for limit in advice.limits)
        if advice.base == ODDS or named:
            return [say("advice_same", list=listed)]
        first, second = (threat_words(each, say) for each in map(advice.of_kind, LAWS) if each is not None)
        return [say("advice_walk", first=first, second=second, list=listed)]

    def _levels(self, limits: Sequence[LimitSeen]) -> str:
        """The levels at which a party walks, and those issues by which alone it never does."""
        say = self.say
        walks = say("advice_either").join(self._limit(limit) for limit in limits if limit.verdict != "never")
        never = [issue_words(self.advice.issue(limit.issue), say) for limit in limits if limit.verdict == "never"]
        return say("advice_or", list=walks, others=say.listed(never)) if never else walks

    def _limit(self, limit: LimitSeen) -> str:
        issue, say = self.formed(self.advice.issue(limit.issue)), self.say
        name, control = issue_words(issue, say), issue.kind == "control"
        if limit.above is None:
            return say("advice_any_control" if control else "advice_any", issue=name)
        if control:
            return say("advice_beyond", issue=name, share=say.percent(limit.above, 0))
        if is_points(issue) and limit.above < POINT:
            return say("advice_rises", issue=name)
        return say("advice_above", level=level_words(issue, limit.above, say), issue=name)

    # --- refusal, those who leave, exchange --------------------------------------------------------------------------

    def refuse(self) -> Sentences:
        """Where to go if the other side refuses, what a pair that fails costs, and what a week without a deal does."""
        say, advice, best = self.say, self.advice, self.advice.advice
        lines: Sentences = []
        if best is not None and len(advice.others) == 1:
            row = advice.fallback
            lines.append(say("advice_no_fallback") if row is None else self._fallback(best, row))
        own = (failure for failure in advice.refusals if advice.side in failure.pair)
        return [*filter(None, map(self._failed, own)), *lines, self._week()]

    def _failed(self, failure: PairFailure) -> str:
        """What each loses where one of the side's own pairs fails."""
        (other,) = (code for code in failure.pair if code != self.advice.side)
        lost = self._each([-x for x in failure.change], partial(amount, say=self.say, sign=False))
        return self.say("advice_fail", who=self.who(other), list=lost) if lost else ""

    def _week(self) -> str:
        """What a week without a deal costs and gives."""
        say, week = self.say, self.advice.week

        def shown(value: float) -> str:
            # Decimals of what a week costs.
            return say.number(value, 1 if abs(value) >= 2.0 * NONE else 2)

        lost, won = self._each(week, shown, TINY), self._each([-cost for cost in week], shown, TINY)
        if lost and won:
            return say("advice_week_both", list=lost, won=won)
        return say("advice_week", list=lost) if lost else say("advice_week_free")

    def _fallback(self, best: PackageSeen, row: PackageSeen) -> str:
        say, advice = self.say, self.advice
        named = next((other for other in advice.packages if other.name == row.name and other.kind != row.kind), None)
        if row.label:
            label = row_name(named or row, advice, say)
            return say("advice_fallback_named", label=label, gains=self._gains(row))
        changed = [
            stands(self.formed(issue, row), after, say)
            for issue, before, after in zip(advice.issues, best.levels, row.levels, strict=True)
            if (moves(issue, before, after) or self.formed(issue, row) != self.formed(issue))
            and not is_form(advice.issues, issue)
        ]
        return say("advice_fallback", moves=say.listed(changed), gains=self._gains(row))

    def block(self) -> Sentences:
        """Who of three parties and more gains by leaving the advice for a deal of their own."""
        say, leavers = self.say, self.advice.leavers
        if not leavers:
            return []
        lines = [
            say("advice_leave" if len(row.members) > 1 else "advice_leave_alone",
                who=first_upper(self._names(row.members)), gain=amount(row.gain, say, sign=False))
            for row in leavers if row.blocks
        ]  # fmt: skip
        near = amount(-leavers[0].gain, say, sign=False)
        lines = lines or [say("advice_no_leaver"), say("advice_near", who=self._names(leavers[0].members), gain=near)]
        divided, ways = self.advice.divisible, [say(f"advice_way_{way}") for way in self.advice.undivided]
        if divided is None:
            return lines
        if divided and ways:
            return [*lines, say("advice_divisible_unless", ways=say("advice_either").join(ways))]
        return [*lines, say("advice_divisible" if divided else "advice_indivisible")]

    def pairs(self) -> Sentences:
        """What talks of two at a time are worth to each, and what the first place costs."""
        say, pairwise = self.say, self.advice.pairwise
        if pairwise is None:
            return []
        lines = [] if pairwise.count else [say("advice_no_point")]
        if pairwise.change:
            shown = partial(amount, say=say, sign=False)
            won, lost = self._each(pairwise.change, shown), self._each([-x for x in pairwise.change], shown)
            lines += [say("advice_pairs_gain", list=won)] if won else []
            lines += [say("advice_pairs_cost", list=lost)] if lost else []
            lines = lines or [say("advice_pairs_same")]
        if pairwise.count > 1:
            lines.append(say("advice_several", number=say.number(pairwise.count)))
        if not pairwise.first or not pairwise.hub:
            return lines
        first = [pairwise.first.get(code, 0.0) for code in self.advice.parties]
        cost, won = self._each([-x for x in first], self._tenth), self._each(first, self._tenth)
        ahead = [say(name, list=some) for name, some in (("advice_first_costs", cost), ("advice_first_gives", won))
                 if some]  # fmt: skip
        return [*lines, *(ahead or [say("advice_first_nothing")])]

    def _tenth(self, value: float) -> str:
        return self.say.number(value, 1)

    def buys(self) -> Sentences:
        """What a track buys in points of a duty, and what the last point of a duty gives and costs."""
        advice = self.advice
        if advice.advice is None:
            return []
        lines = list(islice((*self._bought(), *self._rates()), BUYS))
        return lines or ([] if advice.bought is None else [self.say("advice_nothing_bought")])

    def _bought(self) -> Iterator[str]:
        say, advice = self.say, self.advice
        for row in advice.bought or ():
            duty, inside = advice.issue(row.issue), [i for i in advice.issues if i.party == row.party]
            if not row.party or row.points > 0.0:
                continue
            words = {"points": level_words(duty, -row.points, say), "duty": issue_words(duty, say)}
            controls = [issue for issue in inside if issue.kind == "control"]
            if len(controls) == 1 and row.track in TRACKS_OF_CONTROLS:
                yield say("advice_bought_free", issue=issue_words(controls[0], say), **words)
            else:
                track = known(say, f"advice_track_{row.track.replace(' ', '_')}") or row.track
                mine = row.party == advice.side
                yield say("advice_bought_you" if mine else "advice_bought", country=self.who(row.party), track=track,
                          **words)  # fmt: skip

    def _rates(self) -> Iterator[str]:
        """What the last point of each duty gives its owner, one's own first, those worth most ahead."""
        say, side = self.say, self.advice.side

        def order(row: PointRate) -> tuple[bool, float]:
            return row.party != side, -(row.dollars or 0.0) if row.party == side else 0.0

        for row in sorted(self.advice.rates, key=order):
            if (dollars := row.dollars) is not None:
                yield say(
                    "advice_gives" if dollars > 0.0 else "advice_costs", other=self.who(row.other),
                    duty=issue_words(self.advice.issue(row.issue), say), who=self.who(row.party),
                    dollars=say.number(abs(dollars), 2),
                )  # fmt: skip

    # --- what they read, what would change it ------------------------------------------------------------------------

    def read(self) -> Sentences:
        """What others may take the side for, and what it may take them for."""
        say, lines = self.say, []
        for belief in sorted(self.advice.beliefs, key=lambda row: row.party != self.advice.side):
            mine = belief.party == self.advice.side
            lines.append(say(
                "advice_read" if mine else "advice_read_other", country=self.who(belief.party), type=belief.type,
                chance=say.percent(belief.chance, 0), assumed=say("advice_assumed_short") if belief.assumed else "",
            ))  # fmt: skip
            for name, acts in (("advice_pointing", belief.pointing), ("advice_counter", belief.against)):
                if mine and acts:
                    lines.append(say(name, list=say.listed(list(acts))))
        return lines or [say("advice_read_none")]

    def change(self) -> Sentences:
        """The inputs that move the gain most, with where the advice turns."""
        swings = self.advice.swings
        if swings is None or self.advice.advice is None:
            return []
        return list(map(self._swing, swings)) or [self.say("advice_swing_nothing")]

    def _swing(self, swing: Swing) -> str:
        say = self.say
        unit = OMEGA if swing.name == WEIGHTS else swing.unit
        name = known(say, f"advice_input_{swing.name}") or swing.name.replace("_", " ")
        central = value_words(swing.central, unit, say)
        if swing.at is None:
            low, high = value_words(swing.low, unit, say), input_value(swing.high, unit, say)
            return say("advice_swing_none", input=name, central=central, low=low, high=high)
        beyond = say(f"advice_{swing.beyond}_value", value=input_value(swing.at, unit, say))
        issue = self.formed(self.advice.issue(swing.issue)) if swing.what == "moves" else None
        then = "" if issue is None else stands(issue, swing.level or 0.0, say)
        return say(f"advice_swing_{swing.what}", input=name, central=central, beyond=beyond, issue=then)

    def range(self) -> Sentences:
        """How far gains reach over joint draws of what is uncertain, where there are any."""
        say, drawn = self.say, self.advice.drawn
        if drawn is None:
            return []
        spans = [
            say("advice_drawn_to", who=self.who(self.advice.parties[i]), low=amount(drawn.low[i], say),
                high=amount(drawn.high[i], say))
            for i in self.order
        ]  # fmt: skip
        together = say("advice_drawn_all") if drawn.together == 1.0 else say(
            "advice_drawn_some", share=say.percent(drawn.together, 0))  # fmt: skip
        return [say("advice_drawn", count=say.number(drawn.count), list=say.listed(spans)), together]

    def outside(self) -> Sentences:
        """Countries outside that lose and gain most."""
        lines = _outsiders(self.advice.hurt[:FEW], self.advice.helped[:FEW], self.say, NONE)
        return lines or ([self.say("advice_no_outside")] if self.advice.advice is not None else [])

    # --- will it last ------------------------------------------------------------------------------------------------

    def hold(self) -> Sentences:
        """Chance to last by the record, whether each side keeps it, and what breaking gains and costs."""
        say, stay, advice = self.say, self.advice.stay, self.advice
        if stay is None:
            return []
        lines = []
        if stay.days:
            ends = (0, len(stay.days) - 1)
            chances = [say("advice_lasts_year" if stay.days[k] == YEAR else "advice_lasts_days", days=stay.days[k],
                           chance=say.percent(in_steps(stay.alive[k]), 0)) for k in ends]  # fmt: skip
            beside = say.listed([say.percent(in_steps(stay.beside[k]), 0) for k in ends])
            form = say(f"advice_form_{stay.form}")
            form = say("advice_form_assumed", form=form) if stay.assumed else form
            lines.append(say("advice_lasts", list=say.listed(chances), form=form, beside=beside))
        if max(stay.temptation) < NONE:
            return [*lines, say("advice_keeping")]
        shown = partial(amount, say=say, sign=False)
        gains = self._each(stay.temptation, shown, least=-math.inf)
        costs = self._each(stay.cost, shown, least=-math.inf)
        answer = say("advice_same_odds") if stay.answer == ODDS else self.threat(stay.answer)
        lines.append(say("advice_breaking", list=gains, answer=answer, costs=costs))
        if advice.breakers:
            lines.append(say("advice_broken", who=self._names(advice.breakers)))
        else:
            lines.append(say("advice_kept" if len(advice.parties) > PAIR else "advice_kept_both"))
        if stay.weakest and 0 < len(stay.breaks) <= (NAMED if len(advice.parties) > PAIR else len(advice.issues)):
            broken = say.listed([issue_words(advice.issue(name), say) for name in stay.breaks])
            lines.append(say("advice_weakest", country=self.who(stay.weakest), list=broken))
        return lines

    def chance(self) -> Sentences:
        """What comes of a deadline that stands, with what knowing nothing gives."""
        say, row = self.say, self.advice.deadline
        if row is None:
            return [say("advice_chance_none")]
        lines = {
            name: say.percent(getattr(row, name), 0) for name in ("imposed", "postponed", "dropped", "deal", "naive")
        }
        first = "advice_chance_naive" if row.naive_score <= row.score else "advice_chance"
        return [
            say(first, country=first_upper(say.country(row.by)), day=say.day(row.day), what=row.what, **lines),
            say("advice_chances", **lines),
        ]

    def stands(self) -> Sentences:
        """World, what the parties weigh, and how much of the gain of the side the case assumes: a sentence each."""
        say, footing = self.say, self.advice.footing
        parts = {row.part: row.gain for row in footing.assumed if row.party == self.advice.side}
        listed = [
            say("advice_assumed_part", gain=say.number(gain, 0 if abs(gain) >= 9.95 else 1, sign=True),
                part=say(f"advice_assumed_{part}"))
            for part, gain in parts.items()
        ]  # fmt: skip
        assumed = say("advice_assumed", list=say.listed(listed)) if listed else say("advice_assumed_none")
        return [_world(self.advice, say), self._weighing(), assumed,
                *([say("advice_chain")] if footing.materials else [])]  # fmt: skip

    def _weighing(self) -> str:
        """What the parties count beside real income, or why none counts anything."""
        say, footing = self.say, self.advice.footing
        if footing.weighing and footing.chosen_on:
            return say("advice_weighing", omega=say.number(footing.omega, 2), country=say.country(footing.weighing),
                       day=say.day(footing.chosen_on))  # fmt: skip
        kinds: dict[str, list[str]] = {}
        for party, what, extra in self.advice.weighed:
            kinds.setdefault(what, []).append(say("advice_to", gain=say.number(extra, 2), who=say.country(party)))
        if kinds:
            some = [say("advice_counted", what=say(f"advice_counted_{what}"), list=say.listed(each))
                    for what, each in kinds.items()]  # fmt: skip
            return say("advice_weigh", list=say.listed(some))
        if footing.unread is None or footing.sectors == 1:
            return say("advice_plain")
        day, party = footing.unread
        return say("advice_unread", country=say.country(party), day=say.day(day)) if day else say("advice_no_choice")


def _world(page: AnyPage, say: Language) -> str:
    """The world and the laws in it."""
    footing = page.footing
    words = {"countries": footing.countries, "sectors": footing.sectors}
    if footing.sectors == 1:
        return say("advice_world_textbook", **words)
    if not footing.laws or footing.error is None:
        return say("advice_world_plain", **words)
    sides = say("advice_both" if len(footing.laws) == PAIR else "advice_every")
    return say("advice_world", **words, sides=sides, error=say.number(max(footing.error, FINEST), 2))


def _outsiders(
    hurt: Sequence[tuple[str, float]], helped: Sequence[tuple[str, float]], say: Language, least: float
) -> Sentences:
    """Countries that are not at the table, by what they lose and gain."""
    sides = (("advice_hurt", hurt), ("advice_helped", helped))
    lists = [(name, [f"{outsider_name(code, say)} {amount(x, say)}" for code, x in some if abs(x) >= least])
             for name, some in sides]  # fmt: skip
    return [say(name, list=say.listed(some)) for name, some in lists if some]


def _effect(page: OutsideAdvice, say: Language) -> Sentences:
    """What the package does to the country outside."""
    row = next((row for row in page.packages if row.kind == ADVICE), None)
    if row is None or abs(row.income) < SMALL:
        return [say("advice_effect_none")]
    income, share = amount(row.income, say), say.percent(row.share, 2, sign=True)
    effect, more = say("advice_effect", side=say.country(page.parties[0]), income=income, share=share), row.rank - 1
    if row.income >= 0.0:
        return [effect]
    rank = say("advice_rank", count=more, total=page.outsiders) if more else say(
        "advice_rank_none", total=page.outsiders)  # fmt: skip
    return [effect, rank]


# --- the table of packages -------------------------------------------------------------------------------------------


def row_name(row: PackageSeen | OutsideRow, page: AnyPage, say: Language) -> str:
    """A package by its name."""
    day = page.of_kind("status-quo")
    if row.kind in LAWS and (law := page.of_kind(row.kind)) is not None:
        return threat_words(law, say)
    if row.name in (ADVICE, FALLBACK, BELIEVED, PAIRWISE):
        return say(f"advice_row_{row.name}", base="" if day is None else threat_words(day, say))
    return say.law(row.label)


def grid(page: AnyPage, say: Language) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: one column a package, one row an issue that differs, then what each package gives."""
    packages: Sequence[PackageSeen | OutsideRow] = page.packages
    heads, rows = [say("advice_column_issue"), *(row_name(row, page, say) for row in packages)], list[list[str]]()
    for k, issue in enumerate(page.issues):
        formed = [in_form(page.issues, k, row.levels) for row in packages]
        differ = {(round(row.levels[k], 3), each.type) for row, each in zip(packages, formed, strict=True)}
        if len(differ) > 1 and not is_form(page.issues, issue):
            name = say("advice_in_points", issue=issue.label) if is_points(issue) else issue.label
            pledged = issue.type in PLEDGED
            rows.append([name, *(say.percent(row.levels[k], 0) if pledged else cell_words(each, row.levels[k], say)
                                 for row, each in zip(packages, formed, strict=True))])  # fmt: skip
    if isinstance(page, OutsideAdvice):
        rows.append([say("advice_column_income"), *(say.number(row.income, 2, sign=True) for row in page.packages)])
        shares = (say.number(100.0 * row.share, 2, sign=True) for row in page.packages)
        return heads, [*rows, [say("advice_column_share"), *shares]]
    order = Voice(page, say).order
    for i in order:
        who = say("advice_gain_you") if i == page.me else say("advice_gain", who=say.name(page.parties[i]))
        rows.append([who, *(gain_words(row, i, say, "advice_span") for row in page.packages)])
    for i in order:
        if any((row.signs[i], row.until[i]) != (None, None) for row in page.packages):
            name = "advice_column_signs_you" if i == page.me else "advice_column_signs"
            rows.append([say(name, who=say.name(page.parties[i])),
                         *("-" if row.kind in LAWS else sign_words(row.signs[i], row.until[i], say)
                           for row in page.packages)])  # fmt: skip
    return heads, rows


# --- the page as text, as a table and for a browser ------------------------------------------------------------------

#: Letters of a line.
WIDTH = 100

#: Letters before the sentences of a block.
HANG = 17


def headline(page: AnyPage) -> str:
    """What a country should offer and ask for, or what the deals of others do to it."""
    say = load()
    first, *others = blocks(page, say)
    if isinstance(page, OutsideAdvice):
        effect = " ".join(first.sentences)
        return say("talks_outside", country=first_upper(outsider_name(page.country, say)), effect=effect)
    if page.advice is None:
        return first.sentences[0]
    return say("talks_offer", country=say.country(page.side), offer=first.sentences[0], ask=others[0].sentences[0])


def page_text(page: AnyPage) -> str:
    """The page as text of a terminal."""
    say = load()
    left, right = title(page, say)
    room = WIDTH - len(left) - len(right)
    lines = [f"{left}{' ' * room}{right}"] if room > 1 else [*wrap(left, WIDTH), *wrap(right, WIDTH)]
    lines += wrap(basis(page, say), WIDTH, break_on_hyphens=False)
    for block in blocks(page, say):
        own = wrap(" ".join(block.sentences), WIDTH - HANG, break_on_hyphens=False)
        lines += [f"{block.head if not k else '':{HANG}}{line}".rstrip() for k, line in enumerate(own)]
    heads, rows = grid(page, say)
    cells = zip(*rows, strict=True) if rows else ([] for _ in heads)
    columns = [TextColumn(head, "", k > 0, k == 0, column)
               for k, (head, column) in enumerate(zip(heads, map(list, cells), strict=True))]  # fmt: skip
    return "\n".join([*lines, "", *lay_out(columns, WIDTH)]).replace(MINUS, "-")


def page_markup(page: AnyPage) -> str:
    """The page for a browser: its blocks as paragraphs under their heads, and its table."""
    say = load()
    left, right = title(page, say)
    parts = [f"<h2>{escape(left)}: {escape(right)}</h2>", f"<p>{escape(basis(page, say))}</p>"]
    for block in blocks(page, say):
        parts.append(f"<h3>{escape(block.head.capitalize())}</h3><p>{escape(' '.join(block.sentences))}</p>")
    return "".join([*parts, html_grid(*grid(page, say))])


def advice_table(page: AnyPage) -> Table:
    """Every sentence of the page under its head."""
    say = load()
    about = [(say("talks_basis"), basis(page, say))]
    return table_of("case.advice", [*about, *((b.head, " ".join(b.sentences)) for b in blocks(page, say))])
