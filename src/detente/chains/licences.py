"""Export control over time: acts, the licence queue, hold-ups, and what share of the base flow passes (step 7).

An act holds for the elements, grades, countries and users it names until a later act that names them too. Under an act
applications arrive at the base rate; nothing passes during the wait, then the approved share does. Grades that share a
customs code with a controlled one lose the hold-up share until the first licences. Wait, shares and hold-up may be the
names of parameters, so that a draw of the chain moves them.

Licence paths by name: a cut, a full stop, the acts of 2025 and 2010, release and return (step 27).

Dates are those of the acts: Announcement 18 of 4 April 2025 (Sm, Gd, Tb, Dy, Lu, Sc, Y); Announcements 55 to 58 and 61
of 9 October 2025 (Ho, Er, Tm, Eu, Yb from 8 November, products of third countries from 1 December), suspended on
7 November by Announcement 70; general licences from 18 December 2025. What was approved, how long applicants wait and
what is held up are parameters of the chain. Paths add up: `april_2025() + general_licences(8.6)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from detente.chains.chain import DAYS_PER_MONTH, EVERY, Floats, SupplyChain, User, Whole, edges
from detente.codes import InputError, UnknownName, declared_note
from detente.codes.names import Readable

#: Elements that an act may name although a chain does not hold them.
SYMBOLS = tuple("La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Y Sc NdPr Ga Ge Sb".split())

#: In the grades of an act: what other countries' plants work up.
FEED = "feed"

#: What an act says of passing on what comes under it.
REEXPORTS = ("forbidden", "free")

#: (months, share of the base flow that passes); the last lasts until the next act.
Segments = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Act:
    """One act of control or release.

    Attributes
    ----------
    start : months after the start of the time axis.
    wait : months during which nothing passes.
    approved, defence : share of what is asked that passes afterwards; `defence` None takes `approved`.
    hold_up : share of uncontrolled goods under the same customs code that is lost during the wait.
    elements, grades, countries, users : whom it concerns; empty for all. `grades` may name `"feed"`.
    basis : "flow" controls the restrictor's exports, "supply" cuts supply from all origins.
    backlog : months over which what was asked for in the wait and approved is delivered afterwards; 0 for never.
    observed : total flow over the same month a year before, by country and month of the time axis from the act's,
        `"*"` for the rest; controlled grades then pass at `heavy` and the others follow from the total.
    code : customs code that `observed` counts, empty for all; controlled grades of other codes pass at `heavy`.
    heavy : share of the base flow of controlled goods under `observed`; feed passes at it too.
    reexport : "forbidden" where a licence binds the buyer to an end use, so that what comes under it is not passed on
        to third countries; "free" otherwise.
    """

    name: str
    start: float = 0.0
    wait: float | str = 0.0
    approved: float | str = 1.0
    defence: float | str | None = None
    hold_up: float | str = 0.0
    elements: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    basis: str = "flow"
    backlog: float = 0.0
    observed: Mapping[str, tuple[float, ...]] | None = None
    code: str = ""
    heavy: float | str = "lambda_heavy"
    reexport: str = "forbidden"

    def names(self, element: str, grade: str) -> bool:
        """Whether it names an element in a grade."""
        return (not self.elements or element in self.elements) and self._takes(grade)

    def reaches(self, country: str, user: str) -> bool:
        """Whether it names a buyer; what a plant works up has no user and is not reached by acts on uses."""
        return (not self.countries or country in self.countries) and (not self.users or user in self.users)

    def _takes(self, grade: str) -> bool:
        return not self.grades or grade in self.grades


@dataclass(frozen=True, repr=False)
class Licences(Readable):
    """Acts in the order they were passed; of two that start together the later one holds.

    Attributes
    ----------
    announced : months after the start of the time axis at which the first control was announced; first days short
        count from it.
    rule : (month, on or off) at which control of third countries' products that hold the material is switched.
    """

    name: str
    acts: tuple[Act, ...] = ()
    announced: float = 0.0
    rule: tuple[tuple[float, bool], ...] = ()

    def __add__(self, other: Licences) -> Licences:
        return replace(
            self, name=f"{self.name}, {other.name}", acts=self.acts + other.acts, rule=self.rule + other.rule
        )


@dataclass(frozen=True)
class Passing:
    """What passes, by buyer and step.

    Attributes
    ----------
    flow : share of the restrictor's base flow, shape (profile, step).
    supply : share of base supply from all origins, shape (profile, step).
    pair : profile of each pair of the chain's layout, shape (pair,).
    feed : share of the base flow of feed, shape (feed row, step), in the order given to `passing`.
    rule : share of each step in which the foreign-product rule is on, shape (step,).
    onward : share of what comes from the restrictor that a buyer may pass on, shape (profile, step).
    notes : acts that name nothing in this chain, and totals that a split of grades cannot reach.
    """

    flow: Floats = field(repr=False)
    supply: Floats = field(repr=False)
    pair: Whole = field(repr=False)
    feed: Floats = field(repr=False)
    rule: Floats = field(repr=False)
    onward: Floats = field(repr=False)
    notes: tuple[str, ...] = ()


def unsplit(chain: SupplyChain, name: str, where: str) -> None:
    """Refuse an element that the recipes of a chain hold only together with others, such as Nd in NdPr.

    Raises
    ------
    InputError : what the chain has instead.
    """
    if name in chain.elements:
        return
    whole = next((e for e in chain.elements if _joint(e, name)), None)
    if whole is not None:
        what = f"the recipes of {chain.name} hold {name} only as {whole} and do not split it by element"
        raise InputError(where, what, f"name {whole}; it has {', '.join(chain.elements)}")


def _joint(whole: str, name: str) -> bool:
    """Whether a name of several elements is made of this one and another."""
    starts, ends = whole.startswith(name), whole.endswith(name)
    return bool(name) and ((starts and whole[len(name) :] in SYMBOLS) or (ends and whole[: -len(name)] in SYMBOLS))


def check_licences(chain: SupplyChain, licences: Licences) -> None:
    """Raise `InputError` or `UnknownName` for an act that cannot be, naming it."""
    grades = (*(grade.name for grade in chain.grades), FEED)
    users = {user.code for user in chain.users}
    for act in licences.acts:
        where = f"licences {licences.name}, {act.name}"
        for element in act.elements:
            unsplit(chain, element, where)
        scopes = (
            ("element", act.elements, {*chain.elements, *SYMBOLS}),
            ("grade", act.grades, grades),
            ("country", act.countries, chain.layout.places),
            ("user", act.users, users),
            ("basis", (act.basis,), ("flow", "supply")),
            ("reexport", (act.reexport,), REEXPORTS),
        )
        for kind, named, known in scopes:
            for name in named:
                if name not in known:
                    raise UnknownName(kind, name, known, where)
        _check_values(chain, act, where)


def _check_values(chain: SupplyChain, act: Act, where: str) -> None:
    shares = {"approved": act.approved, "defence": act.approved if act.defence is None else act.defence}
    for what, value in (shares | {"hold-up": act.hold_up, "heavy": act.heavy if act.observed else 0.0}).items():
        if not 0.0 <= chain.value(value) <= 1.0:
            raise InputError(where, f"a {what} share of {chain.value(value):g}", "give a share between 0 and 1")
    for what, value in {"start": act.start, "wait": chain.value(act.wait), "backlog": act.backlog}.items():
        if not value >= 0.0:
            raise InputError(where, f"a {what} of {value:g} months", "give months of at least 0")
    for country, ratios in (act.observed or {}).items():
        if not ratios or not all(ratio >= 0.0 for ratio in ratios):
            raise InputError(f"{where}, {country}", "a flow over last year's is missing or negative", "give shares")


def passing(chain: SupplyChain, licences: Licences, months: int, feeds: tuple[tuple[str, str], ...] = ()) -> Passing:
    """Shares that pass, averaged exactly over each step.

    Parameters
    ----------
    feeds : (country, element) of each row of feed wanted.

    Raises
    ------
    InputError, UnknownName : an act that cannot be.
    """
    check_licences(chain, licences)
    bounds = edges(months)
    reading = _Reading(chain, licences)
    rows: dict[tuple[object, ...], int] = {}
    flow, supply, onward = [], [], []
    layout, pair = chain.layout, np.zeros(chain.layout.user.size, dtype=np.int64)
    scoped = any(act.users for act in licences.acts)
    for p, (u, g) in enumerate(zip(layout.user.tolist(), layout.grade.tolist(), strict=True)):
        user = chain.users[u]
        key = (user.country, user.code if scoped else "", user.defence, g)
        if key not in rows:
            rows[key] = len(flow)
            flow.append(reading.of_grade(user, g, "flow", bounds))
            supply.append(reading.of_grade(user, g, "supply", bounds))
            onward.append(reading.onward(user, g, bounds))
        pair[p] = rows[key]
    feed = [reading.of_feed(country, element, bounds) for country, element in feeds]
    steps = bounds.size - 1
    stacked = np.array(feed).reshape(len(feed), steps)
    notes = (*reading.idle(), *reading.unreached(months))
    return Passing(np.array(flow), np.array(supply), pair, stacked, _rule(licences, bounds), np.array(onward), notes)


@dataclass(frozen=True)
class _Reading:
    """Acts read against a chain."""

    chain: SupplyChain
    licences: Licences

    def of_grade(self, user: User, g: int, basis: str, bounds: Floats) -> Floats:
        """What passes of a grade to a user: the least over its elements, shape (step,)."""
        least = np.ones(bounds.size - 1)
        for acts in self._sequences(user, g, basis):
            if acts:
                least = np.minimum(least, profile(acts, bounds))
        return least

    def onward(self, user: User, g: int, bounds: Floats) -> Floats:
        """Share of what comes from the restrictor that may be passed on: the least over its elements, shape (step,)."""
        grade, least = self.chain.grades[g], np.ones(bounds.size - 1)
        for element in grade.recipe:
            acts: list[tuple[float, Segments]] = [
                (act.start, ((np.inf, 1.0 if act.reexport == "free" else 0.0),))
                for act in self.licences.acts
                if act.basis == "flow" and act.names(element, grade.name) and act.reaches(user.country, user.code)
            ]
            least = np.minimum(least, profile(acts, bounds)) if acts else least
        return least

    def of_feed(self, country: str, element: str, bounds: Floats) -> Floats:
        """What passes of an element to the plants of a country, shape (step,)."""
        buyer = User(country, "", {}, 0.0)
        acts = [
            (act.start, self._segments(act, buyer, "controlled", -1))
            for act in self.licences.acts
            if act.basis == "flow" and act.names(element, FEED) and act.reaches(country, "") and not act.users
        ]
        return profile(acts, bounds) if acts else np.ones(bounds.size - 1)

    def _sequences(self, user: User, g: int, basis: str) -> list[list[tuple[float, Segments]]]:
        """For each element of a grade the acts that hold for it; a last entry for hold-ups of the code."""
        grade = self.chain.grades[g]
        acts = [act for act in self.licences.acts if act.basis == basis and act.reaches(user.country, user.code)]
        own = [act for act in acts if any(act.names(element, grade.name) for element in grade.recipe)]
        kind = "defence" if user.defence else "controlled"
        named = [
            [(act.start, self._segments(act, user, kind, g)) for act in own if act.names(element, grade.name)]
            for element in grade.recipe
        ]
        # An act on other grades of the same code holds this one up.
        others = [
            other for other in self.chain.grades if other is not grade and grade.code and other.code == grade.code
        ]
        held_up = [(element, other.name) for other in others for element in other.recipe]
        waiting = [act for act in acts if act not in own and any(act.names(*pair) for pair in held_up)]
        return [*named, [(act.start, self._segments(act, user, "held up", g)) for act in waiting]]

    def _segments(self, act: Act, user: User, kind: str, g: int) -> Segments:
        value = self.chain.value
        if act.observed is not None and kind != "defence":
            return self._observed(act, user.country, kind, g)
        wait = value(act.wait)
        if kind == "held up":
            return (wait, 1.0 - value(act.hold_up)), (np.inf, 1.0)
        passed = value(act.approved)
        if kind == "defence" and act.defence is not None:
            passed = value(act.defence)
        late = passed * wait / act.backlog if act.backlog > 0.0 else 0.0
        return (wait, 0.0), (act.backlog, passed + late), (np.inf, passed)

    def _observed(self, act: Act, country: str, kind: str, g: int) -> Segments:
        """Levels by month from a total of all grades under one code; days before the act in its month were free."""
        if g < 0 or (act.code and self.chain.grades[g].code != act.code):
            return ((np.inf, 1.0 if kind == "held up" else self.chain.value(act.heavy)),)
        ratios = _ratios(act, country)
        first = np.ceil(act.start + 1e-9) - act.start
        lengths = [first, *([1.0] * (len(ratios) - 1))]
        free = 1.0 - first
        totals = [max(0.0, (ratios[0] - free) / first), *ratios[1:]]
        share = self.controlled_share(act, country, g)
        levels = [split_total(total, share, self.chain.value(act.heavy)) for total in totals]
        column = 1 if kind == "held up" else 0
        return (*((n, level[column]) for n, level in zip(lengths, levels, strict=True)), (np.inf, levels[-1][column]))

    def controlled_share(self, act: Act, country: str, g: int) -> float:
        """Share of controlled grades in the kg that the restrictor sends to a country under the code of a grade."""
        chain, layout = self.chain, self.chain.layout
        i = layout.places.index(country)
        code = chain.grades[g].code
        same = np.array([h == g or (code != "" and grade.code == code) for h, grade in enumerate(chain.grades)])
        hit = np.array([any(act.names(e, grade.name) for e in grade.recipe) for grade in chain.grades])
        flow = layout.need[i] * layout.licensed[i]
        total = float(flow[same].sum())
        return float(flow[same & hit].sum()) / total if total > 0.0 else 1.0

    def idle(self) -> list[str]:
        """Acts that name no element of the chain."""
        elements = set(self.chain.elements)
        return [
            declared_note("chains.idle_act", act=act.name, elements=", ".join(act.elements))
            for act in self.licences.acts
            if act.elements and not elements & set(act.elements)
        ]

    def unreached(self, months: int) -> list[str]:
        """Observed totals that lie above what the split of grades can carry."""
        notes = []
        for act in self.licences.acts:
            for country in self.chain.layout.places if act.observed else ():
                mine = [g for g, grade in enumerate(self.chain.grades) if not act.code or grade.code == act.code]
                share = max((self.controlled_share(act, country, g) for g in mine), default=1.0)
                most = share * self.chain.value(act.heavy) + 1.0 - share
                ratios = _ratios(act, country)[:months]
                if share < 1.0 and max(ratios) > most + 1e-9:
                    words = {"act": act.name, "country": country, "flows": max(ratios), "most": most}
                    notes.append(declared_note("chains.unreached", **words))
        return notes


def _ratios(act: Act, country: str) -> tuple[float, ...]:
    """Observed totals of a country over last year's, those of the rest of the world where it has none."""
    observed = act.observed or {}
    ratios = observed.get(country) or observed.get(EVERY)
    if not ratios:
        raise InputError(f"licences, {act.name}", f"no flows observed for {country}", "add them, or a row for '*'")
    return ratios


def split_total(total: float, share: float, heavy: float) -> tuple[float, float]:
    """(lambda_H, lambda_L) from a total flow, the share of H in it and lambda_H (step 7).

    lambda_L = (total - share lambda_H) / (1 - share), at most 1. Where the total is too small for lambda_H, L gets
    nothing and H the total, so that no more passes than was observed.
    """
    if share >= 1.0:
        return min(total, 1.0), 1.0
    if total < share * heavy:
        return total / share, 0.0
    return heavy, min(1.0, (total - share * heavy) / (1.0 - share))


def profile(acts: list[tuple[float, Segments]], bounds: Floats) -> Floats:
    """Share that passes, averaged over each step, under acts that follow one another.

    Parameters
    ----------
    acts : (start in months, segments); each holds until the next starts. Before the first everything passes.
    bounds : bounds of the steps, months, shape (step + 1,).

    Returns
    -------
    Shape (step,).
    """
    acts = sorted(acts, key=lambda act: act[0])
    times, levels = [-1.0], [1.0]
    for number, (start, segments) in enumerate(acts):
        end = acts[number + 1][0] if number + 1 < len(acts) else np.inf
        time = start
        for length, level in segments:
            if time >= end:
                break
            times.append(time)
            levels.append(level)
            time += length
    points = np.array([*times, max(float(bounds[-1]), times[-1]) + 1.0])
    passed = np.concatenate([[0.0], np.cumsum(np.array(levels) * np.diff(points))])
    return np.diff(np.interp(bounds, points, passed)) / np.diff(bounds)


def _rule(licences: Licences, bounds: Floats) -> Floats:
    """Share of each step in which the foreign-product rule is on, shape (step,)."""
    acts: list[tuple[float, Segments]] = [(start, ((np.inf, 0.0 if on else 1.0),)) for start, on in licences.rule]
    return 1.0 - profile(acts, bounds) if acts else np.zeros(bounds.size - 1)


APRIL_2025 = ("Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y")
OCTOBER_2025 = ("Ho", "Er", "Tm", "Eu", "Yb")
READINGS = ("queue", "observed")
#: First month of the time axis of `quota_2010`.
QUOTAS_FROM = "2010-07"


def months_from(first: date, day: date) -> float:
    """Months from the start of a time axis to a day."""
    return (day - first).days / DAYS_PER_MONTH


def cut(
    share: float,
    *,
    elements: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
    basis: str = "flow",
) -> Licences:
    """The restrictor's flow of every grade named falls by a share, to every use; `basis` "supply" cuts all origins."""
    act = Act(f"cut of {100 * share:.6g}%", approved=1.0 - share, elements=elements, countries=countries, basis=basis)
    return Licences(act.name, (act,))


def full_stop(*, elements: tuple[str, ...] = (), countries: tuple[str, ...] = ()) -> Licences:
    """Nothing passes, to nobody or, with `countries`, not to these."""
    return Licences("full stop", (Act("full stop", approved=0.0, elements=elements, countries=countries),))


def queue(name: str, start: float, elements: tuple[str, ...], countries: tuple[str, ...] = ()) -> Act:
    """A licence queue with the parameters of the chain."""
    return Act(
        name, start, "licence_wait", "approved_share", "approved_share_defence", "hold_up_share", elements,
        countries=countries,
    )  # fmt: skip


def april_2025(observed: Mapping[str, tuple[float, ...]] | None = None, code: str = "") -> Licences:
    """The licences of 4 April 2025 on a time axis that starts on 1 April; they hold from the middle of the 4th.

    Parameters
    ----------
    observed : flows over the same month of 2024 by country, `"*"` for the rest, from April 2025 on
        (`observed_ratios`), which are split by grade with `lambda_heavy`; by default the mechanism of the queue.
    code : customs code that these flows count; what is controlled under other codes, and feed, pass at `lambda_heavy`.
    """
    start = months_from(date(2025, 4, 1), date(2025, 4, 4)) + 0.5 / DAYS_PER_MONTH
    act = queue("licences of April 2025", start, APRIL_2025)
    if observed is None:
        return Licences(act.name, (act,), start)
    seen = replace(act, hold_up=0.0, observed=observed, code=code)
    return Licences(f"{act.name}, as observed", (seen,), start)


def general_licences(start: float) -> Licences:
    """Civil users get all they ask for without a wait; defence keeps what it had."""
    act = Act("general licences", start, defence="approved_share_defence", elements=APRIL_2025)
    return Licences(act.name, (act,), start)


def snap_back(start: float) -> Licences:
    """Licences lapse and a second queue begins."""
    return Licences("snap-back", (queue("snap-back", start, APRIL_2025),), start)


def october_2025(first: date, *, suspended: bool = True) -> Licences:
    """The extension of October 2025 on a time axis that starts on `first`, with or without its suspension.

    The suspension came a day before the new elements were to need licences, so that with it nothing passes less.
    """
    announced = months_from(first, date(2025, 10, 9))
    if suspended:
        return Licences("October 2025, suspended", (), announced)
    start, rule = months_from(first, date(2025, 11, 8)), months_from(first, date(2025, 12, 1))
    return Licences("October 2025", (queue("extension", start, OCTOBER_2025),), announced, ((rule, True),))


def quota_2010(half_year: float = 0.72, year: float = 0.40, *, japan: tuple[float, float] = (2.0, 4.0)) -> Licences:
    """The quotas of July 2010 on a time axis that starts there: the half-year's cut, then the year's.

    Parameters
    ----------
    half_year, year : share by which the quota of the second half of 2010 and that of the whole year fell.
    japan : months in which nothing reached Japan, September to November 2010.
    """
    acts = (
        Act("quota, second half of 2010", 0.0, approved=1.0 - half_year, reexport="free"),
        Act("stop towards Japan", japan[0], approved=0.0, countries=("JPN",), reexport="free"),
        Act("end of the stop", japan[1], approved=1.0 - half_year, countries=("JPN",), reexport="free"),
        Act("quota of the year", 6.0, approved=1.0 - year, reexport="free"),
    )
    return Licences("quotas of 2010", acts)


def observed_ratios(
    now: Mapping[str, tuple[float, ...]], before: Mapping[str, tuple[float, ...]], year_before: Mapping[str, float]
) -> dict[str, tuple[float, ...]]:
    """Exports over the same month a year before, by destination (step 7).

    Months that the year before does not tell apart take what is left of its total in equal parts. A destination's
    unknown months take the ratio of the rest of the world, `"*"`: the world less the destinations known that month.

    Parameters
    ----------
    now, before : exports by month, NaN where unknown, by destination, `"*"` for the world; `before` holds the twelve
        months of the year before, of which the first `len(now)` from the same calendar month on are compared.
    year_before : the year's total by destination, NaN where unknown.

    Returns
    -------
    Ratios by destination, `"*"` for the rest of the world.
    """
    length = len(now["*"])
    filled = {name: _filled(before[name], year_before[name])[:length] for name in before}
    rest = []
    for t in range(length):
        known = [d for d in now if d != "*" and now[d][t] == now[d][t] and filled[d][t] > 0.0]
        top = now["*"][t] - sum(now[d][t] for d in known)
        rest.append(top / (filled["*"][t] - sum(filled[d][t] for d in known)))
    ratios = {"*": tuple(rest)}
    for d in now:
        if d != "*":
            ratios[d] = tuple(
                now[d][t] / filled[d][t] if now[d][t] == now[d][t] else rest[t] for t in range(length)
            )  # fmt: skip
    return ratios


def _filled(months: tuple[float, ...], total: float) -> list[float]:
    """Months of a year with the unknown ones at equal parts of what is left of the total."""
    known = [value for value in months if value == value]
    blank = len(months) - len(known)
    left = (total - sum(known)) / blank if blank else 0.0
    return [value if value == value else left for value in months]
