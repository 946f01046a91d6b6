"""The negotiator's page in words: what to offer, ask and refuse, each block under its head, and a table of packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from detente.codes.names import first_upper
from detente.evidence.lives import in_steps
from detente.faces.words.amounts import (
    NONE,
    OMEGA,
    TINY,
    amount,
    gain_words,
    measured,
    sign_verdict,
    value_words,
    week_digits,
)
from detente.faces.words.footing import footing_sentences
from detente.faces.words.issues import (
    POINT,
    in_form,
    input_words,
    is_form,
    is_points,
    issue_words,
    known,
    level_words,
    moved,
    moves,
    named_threat,
    stands,
    threat_words,
)
from detente.faces.words.language import Language
from detente.lab.talks.advice import (
    ADVICE,
    BELIEVED,
    FALLBACK,
    ODDS,
    Advice,
    IssueSeen,
    LimitSeen,
    PackageSeen,
    PointRate,
    Swing,
)
from detente.lab.talks.swings import WEIGHTS

Sentences = list[str]

BUYS = 2
"""Sentences on what buys what."""

CHOICE = "advice_either"
"""What stands between levels at each of which a side walks."""

AS_KNOWN = "as known on"
"""Words of a title that says the day by itself."""

YEAR = 365


@dataclass(frozen=True)
class PageBlock:
    """Sentences under a head; `name` : of the block."""

    head: str
    sentences: Sentences
    name: str = ""


def blocks(advice: Advice, say: Language) -> list[PageBlock]:
    """The blocks of a page, in their order; without a package what there is to say of none."""
    voice = Voice(advice, say)
    made = [
        ("offer", voice.offer()),
        ("ask", voice.ask()),
        ("walk", voice.walk()),
        ("they", voice.they_walk()),
        ("refuse", voice.refuse()),
        ("buys", voice.buys()),
        ("read", voice.read()),
        ("change", voice.change()),
        ("range", voice.ranges()),
        ("hold", voice.hold()),
        ("chance", voice.chance()),
        ("stands", voice.stands()),
    ]
    return [PageBlock(say(f"advice_head_{name}"), sentences, name) for name, sentences in made if sentences]


def title(advice: Advice, say: Language) -> tuple[str, str]:
    """Case, and whose page it is."""
    return advice.title, say("advice_can", country=say.country(advice.side))


def basis(advice: Advice, say: Language) -> str:
    """What gains are over, and over what they range."""
    base, horizon = named_threat(advice.base, advice.threats, say), horizon_words(advice.horizon, say)
    ranges = say("advice_spread") if _spreads(advice) else ""
    text = say("advice_basis", base=base, horizon=horizon, ranges=ranges)
    return " ".join(filter(None, [known_to(advice.known, say, advice.title), text]))


def known_to(day: str, say: Language, heading: str = "") -> str:
    """Up to which day facts are in the case; "" where it does not say, or its title does."""
    return say("advice_known", day=say.day(day)) if day and AS_KNOWN not in heading else ""


def horizon_words(name: str, say: Language) -> str:
    """Over which time flows count."""
    kinds = {"long run": "advice_long", "short run": "advice_short"}
    return say(kinds[name]) if name in kinds else say("advice_over", horizon=name)


def _spreads(advice: Advice) -> bool:
    """Whether any gain differs between the weights."""
    return any(high - low >= 0.1 for row in advice.packages for low, high in zip(row.low, row.high, strict=True))


@dataclass(frozen=True)
class Voice:
    """Who says an advice, in which language."""

    advice: Advice
    say: Language

    def who(self, party: str) -> str:
        """A party within a sentence: "you", or the country."""
        return self.say("advice_you") if party == self.advice.side else self.say.country(party)

    def threat(self, name: str) -> str:
        """A threat within a sentence."""
        return named_threat(name, self.advice.threats, self.say)

    def _order(self) -> list[int]:
        """Places of the parties, the side first."""
        parties = self.advice.parties
        return [self.advice.me, *(parties.index(party) for party in self.advice.others)]

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
            helped = self.advice.me == max(self._order(), key=lambda i: move.alone[i])
            changed = moves(issue, move.before, move.after) or self.formed(issue) != issue
            if own == mine and (own != helped) == wanted and changed:
                words.append(moved(issue, move.before, move.after, self.say, unit=unit, then=self.formed(issue)))
                unit = unit and not is_points(issue)
        return words

    def formed(self, issue: IssueSeen, row: PackageSeen | None = None) -> IssueSeen:
        """An issue as its level reads in a package, in the advice where none is given."""
        row = row or self.advice.advice
        place = [other.name for other in self.advice.issues].index(issue.name)
        return issue if row is None else in_form(self.advice.issues, place, row.levels)

    def _listed(self, items: Sequence[str]) -> str:
        text = ", ".join(items)
        return f"{first_upper(text)}." if text else self.say("advice_keep")

    def offer(self) -> Sentences:
        """What to give; that nothing gains for all where nothing does."""
        if self.advice.advice is None:
            none = self.say("advice_none", base=self.threat(self.advice.base))
            return [none if self.advice.stakes else self.say("advice_no_stakes")]
        breaking = [self.say("advice_free")] if self.advice.breaks else []
        return [self._listed(self._moves(True)), *self._accepted("advice_accept", False), *breaking]

    def _accepted(self, name: str, mine: bool) -> Iterator[str]:
        """What one side lets another do."""
        words = self._moves(mine, wanted=False)
        if words:
            yield self.say(name, list=", ".join(words))

    def ask(self) -> Sentences:
        """What to take, what it is worth and when each signs."""
        row, say = self.advice.advice, self.say
        if row is None:
            return []
        worth = [
            say("advice_to", gain=gain_words(row, i, say), who=self.who(self.advice.parties[i])) for i in self._order()
        ]
        accepted = self._accepted("advice_they_accept", True)
        little = max(map(abs, (*row.low, *row.high))) < NONE
        worth_words = say("advice_worth_little") if little else say("advice_worth", list=say.listed(worth))
        return [self._listed(self._moves(False)), *accepted, worth_words, *self._signs(row)]

    def _signs(self, row: PackageSeen) -> Iterator[str]:
        """Who signs whatever comes, who only if today's law is likely enough, and who never."""
        say, parties = self.say, self.advice.parties
        rows = [(parties[i], row.signs[i], row.until[i]) for i in self._order()]
        by_verdict: dict[str, list[str]] = {}
        for party, above, below in rows:
            by_verdict.setdefault(sign_verdict(above, below), []).append(party)
        day = next((each for each in self.advice.threats if each.kind == "status-quo"), None)
        for party, above, below in rows:
            chance = below if above is None else above
            if day is not None and chance is not None and not sign_verdict(above, below):
                name = f"advice_signs{'' if below is None else '_below'}{'_you' if party == self.advice.side else ''}"
                yield say(name, who=self.who(party), base=threat_words(day, say), chance=say.percent(chance, 0))
        for verdict in ("always", "never"):
            if some := by_verdict.get(verdict):
                yield first_upper(
                    say(
                        f"advice_sign_{verdict}_{self._number(some)}",
                        list=say.listed([self.who(party) for party in some]),
                    )
                )

    def _number(self, parties: Sequence[str]) -> str:
        """Form of a verb for some parties: the side alone, one, several, or several with the side."""
        if self.advice.side in parties:
            return "you" if len(parties) == 1 else "with"
        return "one" if len(parties) == 1 else "many"

    # --- limits ------------------------------------------------------------------------------------------------------

    def walk(self) -> Sentences:
        """Where one's own side walks."""
        own = [limit for limit in self.advice.limits if limit.party == self.advice.side]
        return list(self._walks(own, self._odds(own)))

    def they_walk(self) -> Sentences:
        """Where the others walk, each by name where there are several."""
        lines: Sentences = []
        for party in self.advice.others:
            theirs = [limit for limit in self.advice.limits if limit.party == party]
            pattern = "advice_same" if theirs and theirs[0].odds is not None else self._odds(theirs)
            lines += self._walks(theirs, pattern, party if len(self.advice.others) > 1 else "")
        return lines

    def _odds(self, limits: Sequence[LimitSeen]) -> str:
        if self.advice.base == ODDS:
            return "advice_same"
        return "advice_walk" if limits and limits[0].odds is not None else "advice_against"

    def _walks(self, limits: Sequence[LimitSeen], pattern: str, party: str = "") -> Iterator[str]:
        say, advice = self.say, self.advice
        if not limits:
            return
        kinds = {threat.kind: threat for threat in reversed(advice.threats)}
        ends = {}
        if pattern == "advice_walk":
            ends = {"first": threat_words(kinds["status-quo"], say), "second": threat_words(kinds["past-law"], say)}
        elif pattern == "advice_against":
            ends = {"threat": self.threat(advice.base)}
        text = self._levels(limits)
        yield say(pattern, list=say("advice_they", country=self.who(party), list=text) if party else text, **ends)

    def _levels(self, limits: Sequence[LimitSeen]) -> str:
        """The levels at which a party walks, and those issues by which alone it never does."""
        say = self.say
        walks = say(CHOICE).join(self._limit(limit) for limit in limits if limit.verdict != "never")
        never = [issue_words(self.advice.issue(limit.issue), say) for limit in limits if limit.verdict == "never"]
        if not walks:
            return say("advice_nowhere")
        return say("advice_or", list=walks, others=say.listed(never)) if never else walks

    def _limit(self, limit: LimitSeen) -> str:
        issue, say = self.formed(self.advice.issue(limit.issue)), self.say
        name = issue_words(issue, say)
        control = issue.kind == "control"
        if limit.above is None:
            return say("advice_any_control" if control else "advice_any", issue=name)
        if control:
            return say("advice_beyond", issue=name, share=say.percent(limit.above, 0))
        if is_points(issue) and limit.above < POINT:
            return say("advice_rises", issue=name)
        return say("advice_above", level=level_words(issue, limit.above, say), issue=name)

    # --- refusal, exchange -------------------------------------------------------------------------------------------

    def refuse(self) -> Sentences:
        """Where to go if the others refuse, and what a week costs."""
        say, advice = self.say, self.advice
        week = self._week()
        if advice.advice is None:
            return [week]
        if advice.fallback is None:
            return [say("advice_no_fallback"), week]
        return [self._fallback(advice.advice, advice.fallback), week]

    def _week(self) -> str:
        """What a week without a deal costs and gives."""
        say, week, names = self.say, self.advice.week, self.advice.parties
        lost, won = (
            [
                say("advice_cost", who=self.who(names[i]), cost=say.number(abs(week[i]), week_digits(week[i])))
                for i in self._order() if sign * week[i] >= TINY
            ]
            for sign in (1.0, -1.0)
        )  # fmt: skip
        if lost and won:
            return say("advice_week_both", list=say.listed(lost), won=say.listed(won))
        return say("advice_week", list=say.listed(lost)) if lost else say("advice_week_free")

    def _fallback(self, best: PackageSeen, row: PackageSeen) -> str:
        say, advice = self.say, self.advice
        gains = say.listed([
            say("advice_to", gain=gain_words(row, i, say), who=self.who(advice.parties[i])) for i in self._order()
        ])  # fmt: skip
        named = next((other for other in advice.packages if other.name == row.name and other.kind != row.kind), None)
        if row.label:
            return say("advice_fallback_named", label=row_name(named or row, advice, say), gains=gains)
        changed = [
            stands(self.formed(issue, row), after, say)
            for issue, before, after in zip(advice.issues, best.levels, row.levels, strict=True)
            if (moves(issue, before, after) or self.formed(issue, row) != self.formed(issue))
            and not is_form(advice.issues, issue)
        ]
        return say("advice_fallback", moves=say.listed(changed), gains=gains)

    def buys(self) -> Sentences:
        """What a track buys in points of a duty, and what the last point of a duty gives and costs."""
        if self.advice.advice is None:
            return []
        return list(islice((*self._bought(), *self._rates()), BUYS)) or [self.say("advice_nothing_bought")]

    def _bought(self) -> Iterator[str]:
        say, advice = self.say, self.advice
        for row in advice.bought:
            duty, inside = advice.issue(row.issue), [i for i in advice.issues if i.party == row.party]
            if not row.party or row.points > 0.0:
                continue
            words = {
                "points": level_words(duty, -row.points, say),
                "duty": issue_words(duty, say),
            }
            controls = [issue for issue in inside if issue.kind == "control"]
            if len(controls) == 1 and row.track in TRACKS_OF_CONTROLS:
                yield say("advice_bought_free", issue=issue_words(controls[0], say), **words)
            else:
                track = known(say, f"advice_track_{row.track.replace(' ', '_')}") or row.track
                mine = row.party == advice.side
                name, whose = ("advice_bought_you", {}) if mine else ("advice_bought", {"country": self.who(row.party)})
                yield say(name, track=track, **whose, **words)

    def _rates(self) -> Iterator[str]:
        say = self.say
        own = [row for row in self.advice.rates if row.party == self.advice.side]
        theirs = [row for row in self.advice.rates if row.party != self.advice.side]
        for row in (*sorted(own, key=_worth, reverse=True), *theirs):
            dollars = row.dollars
            if dollars is not None:
                duty = issue_words(self.advice.issue(row.issue), say)
                yield say(
                    "advice_gives" if dollars > 0.0 else "advice_costs", duty=duty,
                    who=self.who(row.party), dollars=say.number(abs(dollars), 2), other=self.who(row.other),
                )  # fmt: skip

    # --- what they read, what would change it ------------------------------------------------------------------------

    def read(self) -> Sentences:
        """What others may take the side for, and what it may take them for."""
        say, lines = self.say, []
        for belief in sorted(self.advice.beliefs, key=lambda row: row.party != self.advice.side):
            mine = belief.party == self.advice.side
            words = {
                "type": belief.type,
                "chance": say.percent(belief.chance, 0),
                "assumed": say("advice_assumed_short") if belief.assumed else "",
            }
            if not mine:
                lines.append(say("advice_read_other", country=self.who(belief.party), **words))
                continue
            lines.append(say("advice_read", **words))
            for name, acts in (("advice_pointing", belief.pointing), ("advice_counter", belief.against)):
                if acts:
                    lines.append(say(name, list=say.listed(list(acts))))
        return lines or [say("advice_read_none")]

    def change(self) -> Sentences:
        """The inputs that move the gain most, with where the advice turns."""
        lines = [sentence for swing in self.advice.swings for sentence in self._swing(swing)]
        return lines or ([self.say("advice_swing_nothing")] if self.advice.advice is not None else [])

    def _swing(self, swing: Swing) -> Iterator[str]:
        say = self.say
        unit = OMEGA if swing.name == WEIGHTS else swing.unit
        name, central = input_words(swing.name, say), value_words(swing.central, unit, say)
        if swing.at is None:
            low, high = value_words(swing.low, unit, say), measured(swing.high, unit, say)
            name = first_upper(name)
            yield say("advice_swing_none", input=name, central=central, low=low, high=high)
            return
        words = {"input": name, "central": central}
        words["beyond"] = say(f"advice_{swing.beyond}_value", value=measured(swing.at, unit, say))
        if swing.what == "moves":
            words["issue"] = stands(self.formed(self.advice.issue(swing.issue)), swing.level or 0.0, say)
        yield say(f"advice_swing_{swing.what}", **words)

    def ranges(self) -> Sentences:
        """How far gains reach over joint draws of what is uncertain, where there are any."""
        say, drawn = self.say, self.advice.drawn
        if drawn is None:
            return []
        spans = [
            say("advice_drawn_to", who=self.who(self.advice.parties[i]), low=amount(drawn.low[i], say),
                high=amount(drawn.high[i], say))
            for i in self._order()
        ]  # fmt: skip
        together = say("advice_drawn_all") if drawn.together == 1.0 else say(
            "advice_drawn_some", share=say.percent(drawn.together, 0))  # fmt: skip
        return [say("advice_drawn", count=say.number(drawn.count), list=say.listed(spans)), together]

    # --- will it last ------------------------------------------------------------------------------------------------

    def hold(self) -> Sentences:
        """Chance to last by the record, and what breaking gains and costs."""
        say, stay = self.say, self.advice.stay
        if stay is None:
            return []
        lines = []
        if stay.days:
            beside = say.listed([say.percent(in_steps(stay.beside[k]), 0) for k in (0, len(stay.days) - 1)])
            form = say(f"advice_form_{stay.form}")
            form = say("advice_form_assumed", form=form) if stay.assumed else form
            lines.append(say("advice_lasts", list=self._lasts(stay.alive), form=form, beside=beside))
        if max(stay.temptation) < 0.05:
            return [*lines, say("advice_keeping")]
        pairs = [(self.who(self.advice.parties[i]), i) for i in self._order()]
        gains = [say("advice_cost", who=who, cost=amount(stay.temptation[i], say, sign=False)) for who, i in pairs]
        costs = [amount(stay.cost[i], say, sign=False) for _, i in pairs]
        answer = say("advice_same_odds") if stay.answer == ODDS else self.threat(stay.answer)
        lines.append(say("advice_breaking", list=say.listed(gains), answer=answer, costs=say.listed(costs)))
        if stay.weakest and stay.breaks:
            broken = say.listed([issue_words(self.advice.issue(name), say) for name in stay.breaks])
            lines.append(say("advice_weakest", country=self.who(stay.weakest), list=broken))
        return lines

    def _lasts(self, chances: Sequence[float]) -> str:
        say, stay = self.say, self.advice.stay
        days = stay.days if stay is not None else ()
        texts = [
            say("advice_lasts_year" if days[k] == YEAR else "advice_lasts_days", days=days[k],
                chance=say.percent(in_steps(chances[k]), 0))
            for k in (0, len(days) - 1)
        ]  # fmt: skip
        return say.listed(texts)

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
            say(first, country=say.country(row.by), day=say.day(row.day), what=row.what, **lines),
            say("advice_chances", **lines),
        ]

    def stands(self) -> Sentences:
        """World, weights, assumptions: a line each."""
        return footing_sentences(self.advice, self.say)


TRACKS_OF_CONTROLS = ("rare earths",)
"""Tracks that are licences and nothing else."""


def _worth(row: PointRate) -> float:
    return row.dollars or 0.0


def row_name(row: PackageSeen, advice: Advice, say: Language) -> str:
    """A package by its name."""
    kinds = {threat.kind: threat for threat in reversed(advice.threats)}
    if row.kind in ("status-quo", "past-law"):
        return threat_words(kinds[row.kind], say)
    if row.name == BELIEVED:
        return say("advice_row_believed", base=threat_words(kinds["status-quo"], say))
    if row.name in (ADVICE, FALLBACK):
        return say(f"advice_row_{row.name}")
    return say.law(row.label)
