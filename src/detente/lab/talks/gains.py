"""How far the gain of a deal reaches: over weights and the bounds of what a case assumes. One range for every face.

A gain has one range, whoever shows it: the lowest and highest over the payoffs of real income alone and those of the
last choice, with every loss or worth that the case assumes at either of its bounds, in one horizon.

An advice turns where the side no longer gains by the package, where it would no longer sign at even odds (or would,
where it does not), or where the package on the levels of the grid has another level of some issue. The two inputs that
move the gain most are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from detente.codes import Table, declared_note
from detente.data.caserows import CaseFile, TermRow
from detente.lab.talks.advice import ODDS, Swing
from detente.lab.talks.case import WELFARE, Case
from detente.lab.talks.deals import billions
from detente.lab.talks.talk import Setting, Talk, weight_names
from detente.lab.talks.world import PLEDGES, pledge_ends
from detente.talks.frontier import Survey
from detente.talks.payoff import PayoffTerm, SurfacePayoffs, Tabulated
from detente.talks.solutions import Solution
from detente.talks.space import Floats, Threat, least

Ends = tuple[PayoffTerm, PayoffTerm, PayoffTerm]
Mix = Sequence[tuple[float, Floats]]

#: Span of a gain, USD bn a year, below which an input does not move it.
NOTHING = 1e-3


@dataclass(frozen=True)
class GainRange:
    """The range of the gains of both sides over one threat.

    Attributes
    ----------
    low, high : shape (party,), USD bn a year.
    moves : by party, how far each input alone moves the gain, by what readers call it, USD bn a year.
    parts : by party, parts of the payoffs whose bounds move it.
    alone : by set of weights, the ends over the bounds alone, shape (2, party), USD bn a year.
    """

    low: Floats
    high: Floats
    moves: tuple[Mapping[str, float], ...] = field(repr=False)
    parts: tuple[tuple[str, ...], ...] = field(repr=False)
    alone: Mapping[str, Floats] = field(repr=False, default_factory=dict)

    @property
    def ends(self) -> Floats:
        """Both ends, shape (2, party)."""
        return np.stack([self.low, self.high])


def term_ends(case: Case, months: Floats | None = None) -> list[Ends]:
    """Each term of the payoffs with its parameter at its low end, as it is in the case, and at its high end.

    A parameter that is set by hand has no ends but itself; flows of a supply chain have those of the chain. Terms of
    pledges come after those of the file.
    """
    own = [_ends(case, index, row, months) for index, row in enumerate(case.file.terms)]
    return [*own, *pledge_ends(case.file, case.number)]


def _ends(case: Case, index: int, row: TermRow, months: Floats | None) -> Ends:
    flows = case.materials.get(row.parameter)
    if isinstance(flows, Tabulated):
        low, high = flows.ends
        each = [replace(case, materials={**case.materials, row.parameter: end}).terms(months) for end in (low, high)]
        return each[0][index], case.terms(months)[index], each[1][index]
    now, parameter = case.number(row.parameter), case.file.parameters.get(row.parameter)
    bound = parameter is None or row.parameter in case.inputs
    low, high = (now, now) if parameter is None or bound else parameter.ends
    made = [replace(case, inputs={**case.inputs, row.parameter: value}).terms(months) for value in (low, now, high)]
    return made[0][index], made[1][index], made[2][index]


def threat_mix(file: CaseFile, threat: Threat, threats: Sequence[Threat]) -> list[tuple[float, Floats]]:
    """Outcomes behind a threat with their weights; a mix of laws has two."""
    if threat.outcome is not None:
        return [(1.0, threat.outcome)]
    row = next((row for row in file.threats if row.name == threat.name), None)
    kinds = {other.kind: other for other in reversed(threats)}
    p = 0.5 if row is None or row.p is None else row.p
    pair = ((p, kinds.get("status-quo")), (1.0 - p, kinds.get("past-law")))
    return [(part, other.outcome) for part, other in pair if other is not None and other.outcome is not None]


def reach(case: Case, gains: Mapping[str, Floats], ends: Sequence[Ends], deal: Floats, mix: Mix) -> GainRange:
    """The range of the gains of a deal over a threat.

    Parameters
    ----------
    gains : by set of weights, each of shape (party,), USD bn a year.
    ends : of `term_ends`, for the horizon of the gains.
    deal : shape (issue,); `mix` : outcomes behind the threat.
    """
    every = np.array(list(gains.values()))
    low, high = every.min(axis=0), every.max(axis=0)
    moves = [{"the weights": span} for span in np.ptp(every, axis=0).tolist()]
    parts: list[dict[str, None]] = [{} for _ in case.parties]
    shift = np.zeros((2, len(case.parties)))
    names = [row.parameter.replace("_", " ") for row in case.file.terms]
    for three, name in zip(ends, [*names, *(pledge[1].part for pledge in ends[len(names) :])], strict=True):
        party = case.parties.index(three[1].party)
        moved = [_moved(term, case.issues.index(term.issue), deal, mix) for term in three]
        shift[:, party] += min(moved) - moved[1], max(moved) - moved[1]
        moves[party][name] = span = max(moved) - min(moved)
        if span > NOTHING:
            parts[party][three[1].part] = None
    alone = {name: gain + shift for name, gain in gains.items()}
    return GainRange(low + shift[0], high + shift[1], tuple(moves), tuple(tuple(each) for each in parts), alone)


def _moved(term: PayoffTerm, column: int, deal: Floats, mix: Mix) -> float:
    """What a term adds to the gain over a threat, USD bn a year."""
    there = sum(p * float(term.flow.of(x[column : column + 1])[0]) for p, x in mix)
    return float(term.flow.of(deal[column : column + 1])[0]) - there


def ranged_settings(talk: Talk) -> tuple[Setting, ...]:
    """Settings that the range of a gain runs over: the first horizon, real income alone and the last choice.

    Where these weights are not both in the talk, all that are.
    """
    usual = tuple(dict.fromkeys((WELFARE, weight_names(talk.case)[-1])))
    weights = usual if set(usual) <= set(talk.weights) else talk.weights
    return tuple(Setting(name, talk.horizons[0]) for name in weights)


def gain_ranges(talk: Talk, deal: Floats) -> dict[str, GainRange]:
    """The ranges of the gains of a deal, shape (issue,), over each threat of a talk, by its name."""
    settings = ranged_settings(talk)
    values = {s: talk.negotiation(s).value(deal) for s in settings}
    threats = talk.whole(settings[0]).threats
    ends = term_ends(talk.case, talk.horizons[0].months)
    ranges = {}
    for name in talk.threats:
        gains = {s.weights: value - talk.whole(s).threat(name).value for s, value in values.items()}
        mix = threat_mix(talk.case.file, talk.whole(settings[0]).threat(name), threats)
        ranges[name] = reach(talk.case, gains, ends, deal, mix)
    return ranges


def over_words(file: CaseFile) -> str:
    """What the range of a gain runs over, within a sentence."""
    pledged = (f"{row.type}s" for row in file.issues if row.type in PLEDGES)
    parts = list(dict.fromkeys([*(row.part for row in file.terms), *pledged]))
    if not parts:
        return declared_note("talks.over_weights")
    return declared_note("talks.over_bounds", parts=" and ".join(parts))


def gain_range_table(talk: Talk, ranges: Mapping[str, GainRange] | None = None) -> Table:
    """Table `gain_ranges`: the range of each gain of the reference deal, by threat and side."""
    ranges = gain_ranges(talk, talk.case.outcome(talk.reference)) if ranges is None else ranges
    rows = [
        (name, party, each.low[i], each.high[i], ", ".join(each.parts[i]), *first[:, i], *last[:, i])
        for name, each in ranges.items()
        for first, *_, last in [[*each.alone.values()] * 2]
        for i, party in enumerate(talk.parties)
    ]
    settings = ranged_settings(talk)
    note = f"weights {', '.join(s.weights for s in settings)}; {talk.horizons[0].name}"
    words = {"deal": talk.label(talk.reference), "over": over_words(talk.case.file)}
    return billions("talks.gain_ranges", rows, note, **words)


# --- what would change an advice --------------------------------------------------------------------------------------


WEIGHTS = "weights"
SHOWN = 2
#: Values of an input that are tried from end to end, and halvings between two of them.
VALUES, STEPS = 17, 10

#: Span of a gain below which an input is not told, USD bn a year.
UNTOLD = 0.05

#: Change of a duty that turns an advice, share; of other issues, share of what is on the table.
MOVED, HALF = 0.099, 0.5

LOSES, REFUSES, SIGNS, MOVES = "loses", "refuses", "signs", "moves"


class MovedPayoffs(NamedTuple):
    """Payoffs at a value of an input: on the grid, of the package, of the threat, and at even odds."""

    grid: Floats
    deal: Floats
    base: Floats
    odds: Floats


@dataclass(frozen=True)
class OpenInput:
    """An input with what payoffs are at its values."""

    swing: Swing
    log: bool
    payoffs: Callable[[float], MovedPayoffs]

    def values(self) -> list[float]:
        """Values from end to end, the central one among them."""
        spaced = np.geomspace if self.log else np.linspace
        ends: list[float] = np.union1d(spaced(self.swing.low, self.swing.high, VALUES), [self.swing.central]).tolist()
        return ends


@dataclass(frozen=True)
class Swings:
    """An advice whose inputs are tried.

    Attributes
    ----------
    me : place of the side; `grid` : outcomes allowed under the headline; `best` : the package.
    base : threat over which gains are; `odds` : that at which a side decides to sign.
    """

    talk: Talk
    me: int
    grid: Survey
    base: Threat
    odds: Threat
    best: Solution

    def widest(self) -> tuple[Swing, ...]:
        """The two inputs that move the gain most, with where the advice turns."""
        spans = []
        for lever in (*self._parameters(), *self._weights()):
            ends = (lever.swing.low, lever.swing.central, lever.swing.high)
            effect = float(np.ptp([moved.deal[self.me] - moved.base[self.me] for moved in map(lever.payoffs, ends)]))
            spans += [replace(lever, swing=replace(lever.swing, effect=effect))] if effect > UNTOLD else []
        spans.sort(key=lambda lever: -lever.swing.effect)
        return tuple(map(self._turned, spans[:SHOWN]))

    # --- payoffs at values of an input -------------------------------------------------------------------------------

    def _parameters(self) -> Iterator[OpenInput]:
        """Parameters; those that move neither terms of the payoffs nor levels of the threat move nothing here."""
        case, payoffs = self.talk.case, self.grid.negotiation.payoffs
        rows = {row.kind: row for row in reversed(case.file.threats)}
        row = next((row for row in case.file.threats if row.name == self.base.name), rows.get("status-quo"))
        past = rows.get("past-law") if self.odds.name == ODDS else None
        laws = [each.outcome for each in (row, past) if each is not None]
        if row is None or not isinstance(payoffs, SurfacePayoffs) or not all(laws):
            return
        for name, parameter in case.file.parameters.items():
            if name not in {**case.inputs, **case.materials}:
                swing = Swing(name, parameter.unit, 0.0, parameter.central, *parameter.ends)
                yield OpenInput(swing, parameter.spread == "log-uniform", self._at(payoffs, name, laws))

    def _at(self, payoffs: SurfacePayoffs, name: str, laws: Sequence[str]) -> Callable[[float], MovedPayoffs]:
        """Payoffs at values of a parameter: what lies beside trade is reckoned anew."""
        case, grid, best = self.talk.case, self.grid, self.best
        points = np.stack([best.outcome, *map(case.outcome, laws)])
        beside, fixed = payoffs.beside_trade(grid.X), payoffs.beside_trade(points)

        def moved_at(value: float) -> MovedPayoffs:
            other = replace(case, inputs={**case.inputs, name: value})
            moved = replace(payoffs, terms=other.terms(self.talk.headline.horizon.months))
            shift = moved.beside_trade(np.stack([best.outcome, *map(other.outcome, laws)])) - fixed
            even = self.odds.value + shift[1:].mean(axis=0)
            low = even if self.base.name == self.odds.name else self.base.value + shift[1]
            return MovedPayoffs(grid.V + moved.beside_trade(grid.X) - beside, best.payoffs + shift[0], low, even)

        return moved_at

    def _weights(self) -> Iterator[OpenInput]:
        """The weight on value added, from none to what it is."""
        talk, setting = self.talk, self.talk.headline
        omega = max(float(np.max(own.omega, initial=0.0)) for own in talk.case.weights(setting.weights).values())
        if setting.weights == WELFARE or WELFARE not in talk.weights or omega <= 0.0:
            return
        plain = talk.whole(replace(setting, weights=WELFARE))
        day, past = plain.of_kind("status-quo"), plain.of_kind("past-law")
        both = self.odds.name == ODDS and day and past
        even = 0.5 * (day.value + past.value) if both else plain.threat(self.odds.name).value  # type: ignore[union-attr]
        low = even if self.base.name == self.odds.name else plain.threat(self.base.name).value
        zero = (plain.payoffs.value(self.grid.X), plain.payoffs.value(self.best.outcome[None])[0], low, even)
        full = (self.grid.V, self.best.payoffs, self.base.value, self.odds.value)

        def moved_at(value: float) -> MovedPayoffs:
            share = value / omega
            return MovedPayoffs(*(first + share * (last - first) for first, last in zip(zero, full, strict=True)))

        yield OpenInput(Swing(WEIGHTS, "", 0.0, omega, 0.0, omega), False, moved_at)

    # --- where the advice turns --------------------------------------------------------------------------------------

    def _turned(self, lever: OpenInput) -> Swing:
        """An input with the nearest value at which the advice turns, where one does."""
        values, central = lever.values(), lever.payoffs(lever.swing.central)
        here, start = values.index(lever.swing.central), self._package(central)
        signed = bool(central.deal[self.me] > central.odds[self.me])
        ways = (("below", values[: here + 1][::-1]), ("above", values[here:]))
        turns = [turn for beyond, way in ways if (turn := self._first(lever, start, signed, way, beyond)) is not None]
        # The nearer of the two, as places between the ends.
        places = range(len(values))
        return min(turns, key=lambda each: abs(float(np.interp(each.at or 0.0, values, places)) - here),
                   default=lever.swing)  # fmt: skip

    def _first(
        self, lever: OpenInput, start: int | None, signed: bool, way: Sequence[float], beyond: str
    ) -> Swing | None:
        """The first value along a way from the central one at which the advice turns."""
        good = way[0]
        for value in way[1:]:
            turn = self._at_value(lever, value, start, signed, beyond)
            if turn is None:
                good = value
                continue
            for _ in range(STEPS):
                middle = 0.5 * (good + (turn.at or 0.0))
                between = self._at_value(lever, middle, start, signed, beyond)
                good, turn = (middle, turn) if between is None else (good, between)
            return turn
        return None

    def _at_value(self, lever: OpenInput, value: float, start: int | None, signed: bool, beyond: str) -> Swing | None:
        """How the advice turns at a value of an input; None where it does not."""
        moved, me = lever.payoffs(value), self.me
        turned = replace(lever.swing, at=value, beyond=beyond)
        if moved.deal[me] <= moved.base[me]:
            return replace(turned, what=LOSES)
        if bool(moved.deal[me] > moved.odds[me]) != signed:
            return replace(turned, what=REFUSES if signed else SIGNS)
        now = self._package(moved)
        if start is None or now is None:
            return None if start is now else replace(turned, what=LOSES)
        space, X = self.talk.case.outcome_space, self.grid.X
        widths = [MOVED if issue.unit == "share" else HALF * (issue.high - issue.low) for issue in space.issues]
        moves = np.abs(X[now] - X[start]) / np.array(widths)
        most = int(np.argmax(moves))
        if moves[most] < 1.0:
            return None
        return replace(turned, what=MOVES, issue=space.names[most], before=float(X[start][most]),
                       level=float(X[now][most]))  # fmt: skip

    def _package(self, moved: MovedPayoffs) -> int | None:
        """Row of the grid with the largest product of gains; None where none gains for all."""
        gains = moved.grid - moved.base
        good = least(gains) > 0.0
        if not good.any():
            return None
        return int(np.argmax(np.where(good, np.log(np.maximum(gains, 1e-300)).sum(axis=1), -np.inf)))
