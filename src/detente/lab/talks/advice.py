"""Advice to a side of the talks as numbers: what to offer, ask and refuse, what would change it, whether it would last.

Everything on the negotiator's page is here, and nothing else: words are made of it elsewhere. Parties stand in one
order; what belongs to each is a tuple in that order, so that two sides are no special case. Amounts are USD bn a year,
levels in the unit of their issue, chances shares.
"""

from __future__ import annotations

from dataclasses import dataclass

Numbers = tuple[float, ...]

#: Names of the packages that no case names; the last is what talks of two at a time come to.
ADVICE, FALLBACK, BELIEVED, PAIRWISE = "advice", "fallback", "believed", "pairwise"

#: Name of an even chance of today's law and the law before in a case that has no such threat.
ODDS = "odds"


@dataclass(frozen=True)
class IssueSeen:
    """An issue as a page names it.

    Attributes
    ----------
    party : code of who sets it; receivers : on whom it falls; kind, type, unit : as in the case.
    start : level of today's law, which goes on without a deal.
    in_all : name of the issue that counts the base duty in where it is on, "" for none.
    """

    name: str
    label: str
    party: str
    receivers: tuple[str, ...]
    kind: str
    type: str
    unit: str
    start: float
    in_all: str = ""


@dataclass(frozen=True)
class ThreatSeen:
    """What happens if talks fail, as a page names it.

    Attributes
    ----------
    kind : of the threat; label : of the case; law : what the case calls the outcome; chance : of today's law in a mix.
    """

    name: str
    kind: str
    label: str
    law: str
    chance: float | None


@dataclass(frozen=True)
class PackageSeen:
    """A package with what it is worth.

    Attributes
    ----------
    name : of the outcome, `ADVICE`, `FALLBACK`, `PAIRWISE`, or `BELIEVED`, which is for sides that believe that today's
        law stays.
    kind : "status-quo", "past-law", the name of one that no case names, or "deal".
    levels : of every issue.
    gains : of each party over the base, under the weights of the page; low, high : ends over the weights.
    signs : of each party, chance of today's law above which it signs; None where no chance decides.
    until : the same where it signs below a chance, since today's law is better for it than the law before.
    """

    name: str
    label: str
    kind: str
    levels: Numbers
    gains: Numbers
    low: Numbers
    high: Numbers
    signs: tuple[float | None, ...]
    until: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class MoveSeen:
    """One issue on its way from today's law to the advice.

    Attributes
    ----------
    worth : to each party, all else as in the advice; alone : to each where nothing else of today's law moves.
    """

    issue: str
    before: float
    after: float
    worth: Numbers
    alone: Numbers


@dataclass(frozen=True)
class LimitSeen:
    """Where a party walks away along one issue of another, all else as in the advice.

    Attributes
    ----------
    party : who walks; issue : along which; odds : chance of today's law, None where one threat stands.
    above : level above which it walks; None where it never or always does.
    verdict : "above", "never", "always".
    """

    party: str
    issue: str
    odds: float | None
    above: float | None
    verdict: str


@dataclass(frozen=True)
class Bought:
    """What a set of issues is worth in a duty: added to the rest, the package has so many points more of the duty.

    Attributes
    ----------
    track : name of the set; party : who gives it; issue : the duty; points : share, negative where the duty falls.
    """

    track: str
    party: str
    issue: str
    points: float


@dataclass(frozen=True)
class PointRate:
    """What the last point of a duty gives its owner for each dollar that another loses by it.

    Attributes
    ----------
    party : owner; other : who loses or gains; own, theirs : USD bn a year of one point more.
    """

    issue: str
    party: str
    other: str
    own: float
    theirs: float

    @property
    def dollars(self) -> float | None:
        """Dollars to the owner for each dollar that the other loses; None where the other loses nothing."""
        return -self.own / self.theirs if self.theirs < 0.0 else None


@dataclass(frozen=True)
class Belief:
    """What others may take a party for, from acts on record.

    Attributes
    ----------
    type : likeliest; chance : of it; pointing, against : acts that speak for and against it.
    assumed : whether likelihoods of the acts are.
    """

    party: str
    type: str
    chance: float
    pointing: tuple[str, ...]
    against: tuple[str, ...]
    assumed: bool


@dataclass(frozen=True)
class Swing:
    """An input, how far it moves the gain of the side, and where the advice turns.

    Attributes
    ----------
    name : of the parameter; "weights" for the weight on value added, in extra dollars a dollar.
    effect : between its ends; central, low, high : its values.
    at : nearest value at which the advice turns, None where none of its range does; beyond : "above" or "below".
    what : "loses" where the side no longer gains, "refuses" or "signs" where it does so at even odds, "moves" where the
        package has another level of `issue`.
    level : that level; before : the level now, both on the levels of the case.
    """

    name: str
    unit: str
    effect: float
    central: float
    low: float
    high: float
    at: float | None = None
    beyond: str = ""
    what: str = ""
    issue: str = ""
    before: float | None = None
    level: float | None = None


@dataclass(frozen=True)
class Stay:
    """Whether the advice would last.

    Attributes
    ----------
    form : of the record; assumed : whether it is taken, not on record.
    days : horizons; alive : chance to last, from the record of the day; beside : were all bargains alike. The record
        is of bargains of the United States: empty for others.
    temptation : of each party, gain by breaking until the answer; cost : of the answer.
    answer : name of the threat; weakest : party that gains most by breaking, "" where none does; breaks : with what.
    """

    form: str
    assumed: bool
    days: tuple[int, ...]
    alive: Numbers
    beside: Numbers
    temptation: Numbers
    cost: Numbers
    answer: str
    weakest: str
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class DrawnGains:
    """How far gains of the advice reach over joint draws of what is uncertain.

    Attributes
    ----------
    count : draws; low, high : of each party, 5 and 95% of the draws, USD bn a year over the base.
    together : share of the draws in which all gain.
    """

    count: int
    low: Numbers
    high: Numbers
    together: float


@dataclass(frozen=True)
class Deadline:
    """A threat on record whose deadline stands on the day, and what comes of such.

    Attributes
    ----------
    by, on : giver and receiver; what : the measure; day : ISO date.
    imposed, postponed, deal, dropped : chances by the stated rule; naive : of a deal, knowing nothing.
    score, naive_score : Brier scores of both over the episodes that had ended by then; lower is better.
    """

    by: str
    on: str
    what: str
    day: str
    imposed: float
    postponed: float
    deal: float
    dropped: float
    naive: float
    score: float
    naive_score: float


@dataclass(frozen=True)
class Assumed:
    """What the gain of a party owes to what the case assumes: part of the payoff, and dollars of the gain."""

    part: str
    party: str
    gain: float


@dataclass(frozen=True)
class Footing:
    """What the numbers stand on.

    Attributes
    ----------
    world, countries, sectors : of the economy; error : of payoffs, USD bn a year, None where unchecked.
    laws : importers whose whole law of the day is in it.
    choice, omega, weighing : choice that the weights are from, extra dollars for a dollar of value added, and whose.
    materials : where losses from withheld licences come from; assumed : what the gains of the advice owe to the case.
    unread : day and party of the last choice, "" without one, where no weight explains any; None where one does.
    """

    world: str
    countries: int
    sectors: int
    error: float | None
    laws: tuple[str, ...]
    choice: str
    chosen_on: str
    omega: float
    weighing: str
    materials: str
    assumed: tuple[Assumed, ...]
    unread: tuple[str, str] | None = None


@dataclass(frozen=True)
class Leaver:
    """What some parties could have without the others.

    Attributes
    ----------
    members : codes; gain : over the advice, of the one that gains least; blocks : whether each gains enough to leave.
    """

    members: tuple[str, ...]
    gain: float
    blocks: bool


@dataclass(frozen=True)
class PairFailure:
    """What each party loses where one pair fails and the rest stays as agreed: codes of the pair, change by party."""

    pair: tuple[str, str]
    change: Numbers


@dataclass(frozen=True)
class Pairwise:
    """What talks of two at a time would do.

    Attributes
    ----------
    count : results found; zero where none settles.
    change : of each party against the advice, by the first of them; empty without any.
    hub : who signs with one after another, "" for none.
    first : of each partner of the hub, what it gains in the first place over the last.
    """

    count: int
    change: Numbers
    hub: str
    first: dict[str, float]


class NamedPage:
    """What pages of parties and of countries outside have in common: issues and threats by name."""

    issues: tuple[IssueSeen, ...]
    threats: tuple[ThreatSeen, ...]

    def issue(self, name: str) -> IssueSeen:
        """An issue by its name."""
        return next(issue for issue in self.issues if issue.name == name)

    def threat(self, name: str) -> ThreatSeen:
        """A threat by its name."""
        return next(threat for threat in self.threats if threat.name == name)

    def of_kind(self, kind: str) -> ThreatSeen | None:
        """The first threat of a kind, None where the case has none."""
        return next((threat for threat in self.threats if threat.kind == kind), None)


#: Countries that are not at the table, each with a change of real income, USD bn a year.
Outsiders = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Advice(NamedPage):
    """What a party of two or more can do.

    Attributes
    ----------
    case, title, on, known : of the case, its day, and the last day whose facts are in it.
    side : whose advice it is; parties : in the order of all tuples.
    weights, horizon, constraints : of the numbers; over : sets of weights that ranges run over.
    breaks : whether the advice breaks what was tabled, since nothing that keeps it gains for all.
    base : name of the threat over which gains are; reference : of the deal that the case is about.
    packages : rows of the table; advice : None where nothing on the table gains for all; moves : that it makes.
    fallback : what to go to if the other side refuses, None where nothing is better for it; looked for between two.
    week : what a week without the advice costs each party, USD bn.
    bought, swings : None where they are not looked for, as among three and more.
    stakes : whether anything that all may sign moves the payoff of any party.
    silent : pairs with nothing on the table between them.
    closes : who alone stands in the way of any deal; empty where there is one.
    leavers : coalitions of three parties and more, those nearest to leaving first.
    divisible : whether payments between parties keep all in, None where that was not asked.
    undivided : of other conjectures, those under which they do not.
    refusals : of each pair with something between them, among three and more; pairwise : talks of two at a time.
    hurt, helped : outsiders by what the advice does to their real income over the base.
    breakers : parties that would break the advice whatever the base threat does to them.
    weighed : extra dollars that a party counts for a dollar of revenue, value added or balance: party, what, how many.
    drawn : ranges over joint draws, None where none were asked for.
    """

    case: str
    title: str
    on: str
    known: str
    side: str
    parties: tuple[str, ...]
    issues: tuple[IssueSeen, ...]
    weights: str
    horizon: str
    constraints: str
    over: tuple[str, ...]
    breaks: bool
    base: str
    reference: str
    threats: tuple[ThreatSeen, ...]
    packages: tuple[PackageSeen, ...]
    moves: tuple[MoveSeen, ...]
    limits: tuple[LimitSeen, ...]
    fallback: PackageSeen | None
    week: Numbers
    bought: tuple[Bought, ...] | None
    rates: tuple[PointRate, ...]
    beliefs: tuple[Belief, ...]
    swings: tuple[Swing, ...] | None
    stay: Stay | None
    deadline: Deadline | None
    footing: Footing
    stakes: bool
    silent: tuple[tuple[str, str], ...]
    closes: tuple[str, ...]
    leavers: tuple[Leaver, ...]
    divisible: bool | None
    undivided: tuple[str, ...]
    refusals: tuple[PairFailure, ...]
    pairwise: Pairwise | None
    hurt: Outsiders
    helped: Outsiders
    breakers: tuple[str, ...]
    weighed: tuple[tuple[str, str, float], ...]
    drawn: DrawnGains | None = None

    @property
    def advice(self) -> PackageSeen | None:
        """The package to offer and ask for."""
        return next((row for row in self.packages if row.kind == ADVICE), None)

    @property
    def me(self) -> int:
        """Place of the side among the parties."""
        return self.parties.index(self.side)

    @property
    def others(self) -> tuple[str, ...]:
        """The other parties."""
        return tuple(party for party in self.parties if party != self.side)


@dataclass(frozen=True)
class OutsideRow:
    """What a package does to a country that is not at the table.

    Attributes
    ----------
    income : change of its real income over today's law, USD bn a year; share : of its income.
    rank : its place among all outsiders, the largest loss first.
    """

    name: str
    label: str
    kind: str
    levels: Numbers
    income: float
    share: float
    rank: int


@dataclass(frozen=True)
class OutsideAdvice(NamedPage):
    """What the deals on a table do to a country that is not at it.

    Attributes
    ----------
    country : code; outsiders : countries of the world that are not at the table.
    hurt, helped : the five that lose and gain most by the advice.
    """

    case: str
    title: str
    on: str
    known: str
    country: str
    parties: tuple[str, ...]
    issues: tuple[IssueSeen, ...]
    base: str
    threats: tuple[ThreatSeen, ...]
    packages: tuple[OutsideRow, ...]
    outsiders: int
    hurt: Outsiders
    helped: Outsiders
    footing: Footing
