"""A case of the talks, solved: surfaces, weights, payoffs, threats, and the negotiation that the solvers take.

Surfaces are stored for the cases of the package, else solved once for the long run and once for the short run; weights,
horizons and terms are changed without another solve.

Parts are stored at the nodes of a fit to a thousand USD a year, with its degrees and the error that exact solves find.
A key is made of all that the numbers rest on: what has another content finds nothing and is solved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, UnknownName
from detente.codes.names import Readable
from detente.data.casefile import load_case
from detente.data.caserows import CaseFile, ChoiceRow, LawRow, PointsRow, TermRow, ThreatRow, WholeLaw
from detente.data.npzfile import key_of, stored
from detente.data.yamlfile import as_date
from detente.economy import Economy, baseline_tariff, goods
from detente.lab.averages.axes import rows_of
from detente.lab.talks.world import (
    THIRD_COUNTRIES,
    as_known,
    choice_of,
    constraint_sets,
    countries_of,
    duty_rows,
    economy_of,
    exporters_of,
    fate_of,
    issue_of,
    members_in,
    pledge_terms,
    pledged,
    sectors_of,
    world_of,
)
from detente.law.law import RENEWED
from detente.talks.fit import LIMIT, QUICK, Ints, PayoffFit, Terms, Told
from detente.talks.inference import Line, line_of, weight_sets
from detente.talks.payoff import (
    LONG_RUN,
    SHORT_RUN,
    Commitment,
    Flow,
    Horizon,
    Monthly,
    PayoffTerm,
    PayoffWeights,
    Power,
    SurfacePayoffs,
    third_country_points,
    threat_at,
)
from detente.talks.space import Floats, Negotiation, OutcomeSpace, Threat, expected
from detente.talks.world import DutyIssue, Error, Surface, TalksWorld, group_of, read_off, surface_of, surface_on

Content = Mapping[str, Any]
#: What parts are stored to, USD bn a year.
STEP = 1e-6

#: Keys of an issue that say where its points fall.
MOVES = {
    "name", "party", "receiver", "type", "authority", "from_law", "codes", "sectors", "besides", "quota", "coverage",
    "top", "levels",
}  # fmt: skip


def law_content(file: CaseFile, factor: float, *, switched: bool) -> dict[str, Any]:
    """What laws and duties of a case rest on.

    Parameters
    ----------
    factor : scale of what falls on third countries; `switched` : whether what hangs on a switch is on.
    """
    return {
        "parties": list(file.parties),
        "world": file.world.name,
        "duties": [row.model_dump(mode="json", include=MOVES) for row in duty_rows(file, switched=switched)],
        "base": [_stated(row) for row in file.base_law],
        "always": [_stated(row) for row in file.always],
        "third": factor,
        "switched": switched,
        "read": "fit",
    }


def _stated(row: LawRow | PointsRow | WholeLaw) -> dict[str, Any]:
    """A row of laws without the day it was known on where none is named; fates that are one law are one content."""
    content = {key: value for key, value in row.model_dump(mode="json").items() if key != "known" or value is not None}
    if isinstance(row, WholeLaw):
        fate = fate_of(row)
        content = {key: value for key, value in content.items() if key != "fate"} | {"renewed": fate == RENEWED.name}
        return content if fate in ("", RENEWED.name) else content | {"fate": fate}
    return content


def _choice(row: ChoiceRow) -> dict[str, Any]:
    laws = [_stated(law) for law in row.law]
    return row.model_dump(mode="json", exclude={"statement", "known_on"}) | {"law": laws}


def world_content(file: CaseFile, elasticities: str, scale: float) -> dict[str, Any]:
    """What equilibria rest on beside the laws."""
    return {"world": file.world.name, "closure": file.world.closure, "elasticities": elasticities, "scale": scale}


# --- laws ------------------------------------------------------------------------------------------------------------


def stored_world(content: Content, file: CaseFile, economy: Economy, *, switched: bool) -> TalksWorld | None:
    """Base law and duties on a world as stored; None where they are not."""
    arrays = stored(key_of("law", content))
    if not arrays:
        return None
    base, always = np.array(baseline_tariff(economy)), None
    base[arrays["rows"]] = arrays["base"]
    if "always" in arrays:
        always = np.zeros(base.shape)
        always[arrays["added"]] = arrays["always"]
    duties = []
    for k, row in enumerate(duty_rows(file, switched=switched)):
        levels = arrays[f"levels{k}"]
        points = np.zeros((levels.size, len(economy.countries), len(economy.sectors)))
        points[:, arrays[f"reached{k}"]] = arrays[f"points{k}"]
        importers = tuple(rows_of(economy, row.party).tolist())
        inside = row.quota.inside if row.quota is not None else None
        duties.append(DutyIssue(row.name, importers, exporters_of(file, row, economy), levels, points, inside))
    members, options = members_in(file, economy), {"closure": file.world.closure}
    return TalksWorld(economy, file.parties, members, base, tuple(duties), always, options)


# --- surfaces --------------------------------------------------------------------------------------------------------


def stored_degrees(content: Content) -> Ints | None:
    """Degrees of a stored surface, shape (term, axis); None where there is none."""
    degrees = stored(key_of("surface", content)).get("degrees")
    return None if degrees is None else degrees.astype(np.int64)


def stored_surface(content: Content, world: TalksWorld) -> Surface | None:
    """A surface of a world as stored; None where there is none."""
    arrays, degrees = stored(key_of("surface", content)), stored_degrees(content)
    if degrees is None:
        return None
    values, (residual, points, *errors) = STEP * arrays["values"], arrays["found"].tolist()
    error = Error(dict(zip(world.parts, errors, strict=True)), int(points))
    return read_off(world, PayoffFit.through(Terms(world.axes, degrees), values), values, residual, error)


# --- lines and threats -----------------------------------------------------------------------------------------------


def stored_lines(content: Content, file: CaseFile, horizon: str) -> tuple[Line, ...] | None:
    """The inverse-optimum lines of a case as stored; None where they are not."""
    arrays = stored(key_of("lines", content))
    if not arrays:
        return None
    rows = zip(file.weights.choices, arrays["slopes"].tolist(), strict=True)
    return tuple(Line(row.name, row.date.isoformat(), row.party, horizon, *slopes) for row, slopes in rows)


def point_content(content: Content, levels: Floats, guards: Mapping[str, float]) -> dict[str, Any]:
    """What the exact parts of one outcome rest on; `guards` : points that third countries add in it."""
    return {**content, "levels": [round(float(level), 12) for level in levels], "guards": dict(guards)}


# --- A case of the talks, solved --------------------------------------------------------------------------------------


WELFARE = "welfare"


@dataclass(frozen=True, eq=False, repr=False)
class Case(Readable):
    """A case with the values of its inputs.

    Attributes
    ----------
    file : the case as written.
    inputs : values that differ from the central ones, by name: `elasticities` and the parameters of the file.
    materials : flows of a model of the supply chain that replace the stand-ins, by parameter of the term.
    check : whether payoffs are within `LIMIT` of exact solves; within `QUICK` else, for what nobody reads.
    centre : the case at its central inputs, at the nodes of whose surfaces those of a draw are solved.
    told : told how many equilibria of a surface are solved, and of how many.
    """

    file: CaseFile
    inputs: Mapping[str, float | str] = field(default_factory=dict)
    materials: Mapping[str, Monthly] = field(default_factory=dict)
    check: bool = True
    centre: Case | None = None
    told: Told | None = None

    def number(self, name: str, default: float = 0.0) -> float:
        """Value of a parameter; the default where the case has none."""
        if name in self.inputs:
            return float(self.inputs[name])
        parameter = self.file.parameters.get(name)
        return default if parameter is None else parameter.central

    @property
    def parties(self) -> tuple[str, ...]:
        """The two sides."""
        return self.file.parties

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """Names of all issues, in order."""
        return tuple(row.name for row in self.file.issues)

    @cached_property
    def group(self) -> Floats:
        """One for the sectors whose value added counts, shape (sector,); all goods where the case names none."""
        economy = self.economy()
        return group_of(economy, sectors_of(economy, self.file.weights.group) or goods(economy))

    def space(self, *, short: bool = False, switched: bool = True) -> TalksWorld:
        """World, base law and duties, in the long or the short run."""
        key = (short, switched)
        if key not in self._spaces:
            economy, factor = self.economy(short=short), self.number(THIRD_COUNTRIES, 1.0)
            content = law_content(self.file, factor, switched=switched)
            known = stored_world(content, self.file, economy, switched=switched)
            self._spaces[key] = known or world_of(self.file, economy, factor, switched=switched)
        return self._spaces[key]

    @cached_property
    def _spaces(self) -> dict[tuple[bool, bool], TalksWorld]:
        return {}

    @cached_property
    def _surfaces(self) -> dict[tuple[bool, bool], Surface]:
        return {}

    def economy(self, *, short: bool = False) -> Economy:
        """The world, with the elasticities of the long or the short run."""
        return economy_of(self.file.world.name, *self._elasticities(short))

    def _elasticities(self, short: bool) -> tuple[str, float]:
        """The set of elasticities and what they are multiplied by."""
        scale = self.number("elasticity_scale", 1.0) * (self.number("short_run_scale", 0.5) if short else 1.0)
        return str(self.inputs.get("elasticities", self.file.world.elasticities)), scale

    def content(self, *, short: bool = False, switched: bool = True) -> dict[str, Any]:
        """What a surface rests on: laws, duties, world and elasticities."""
        law = law_content(self.file, self.number(THIRD_COUNTRIES, 1.0), switched=switched)
        return law | world_content(self.file, *self._elasticities(short))

    def lines_content(self, *, short: bool = False) -> dict[str, Any]:
        """What the lines of the choices rest on."""
        rows = [_choice(row) for row in self.file.weights.choices]
        own = {"parties": list(self.file.parties), "group": list(self.file.weights.group), "choices": rows}
        return own | world_content(self.file, *self._elasticities(short))

    @property
    def switch(self) -> str:
        """The issue that turns duties of the law on, "" for none."""
        names = (*(getattr(row, "switch", "") for row in self.file.always), *(row.in_all for row in self.file.issues))
        return next((name for name in names if name), "")

    def switched(self, outcome: Floats) -> bool:
        """Whether what hangs on the switch is on in an outcome, shape (issues,); True where there is none."""
        return not self.switch or bool(outcome[self.issues.index(self.switch)] > 0.5)

    def surface(self, *, short: bool = False, switched: bool = True) -> Surface:
        """Parts of the payoffs at any levels of the duties: as stored, or solved on first use."""
        key = (short, switched)
        if key not in self._surfaces:
            content, space = self.content(short=short, switched=switched), self.space(short=short, switched=switched)
            self._surfaces[key] = stored_surface(content, space) or self._solved(space, short, switched)
        return self._surfaces[key]

    def _solved(self, space: TalksWorld, short: bool, switched: bool) -> Surface:
        """A surface solved here: of a draw at the central nodes, of other inputs beginning with them."""
        if self.centre is not None:
            return surface_on(space, self.centre.surface(short=short, switched=switched).degrees, self.told)
        known = stored_degrees(replace(self, inputs={}).content(short=short, switched=switched))
        return self.fitted(space, LIMIT if self.check else QUICK, known)

    def fitted(
        self, space: TalksWorld, limit: float = LIMIT, start: Ints | None = None, aim: float | None = None
    ) -> Surface:
        """A surface within a limit of exact solves, those of the outcomes of the file among them; see `surface_of`."""
        columns = [self.issues.index(name) for name in space.issues]
        named = [self.outcome(name)[columns] for name in self.file.outcomes]
        return surface_of(space, limit, named, start, aim, tell=self.told)

    def lines(self, *, short: bool = False) -> tuple[Line, ...]:
        """The inverse-optimum line of each choice of the case."""
        horizon = "short run" if short else "long run"
        return stored_lines(self.lines_content(short=short), self.file, horizon) or self.solved_lines(short=short)

    def solved_lines(self, *, short: bool = False) -> tuple[Line, ...]:
        """The same by exact solves."""
        horizon, economy = "short run" if short else "long run", self.economy(short=short)
        chosen = [choice_of(self.file, row, economy) for row in self.file.weights.choices]
        return tuple(line_of(choice, self.group, horizon) for choice in chosen)

    @cached_property
    def weight_sets(self) -> tuple[dict[str, PayoffWeights], tuple[str, ...]]:
        """Sets of weights by name, and what cannot be said; from long-run lines."""
        return weight_sets(self.lines(), self.group, self.file.weights.mu)

    def weights(self, name: str = WELFARE) -> dict[str, PayoffWeights]:
        """Weights by party of a named set: those of the parties whose choices name it, zero for others."""
        if name in self.file.weights.given:
            return {party: self._given(name, party) for party in self.parties}
        sets, reasons = self.weight_sets if name != WELFARE else ({WELFARE: PayoffWeights(WELFARE)}, ())
        if name not in sets:
            raise UnknownName("weights set", name, sets, f"case {self.file.name}", " ".join(reasons))
        parties = {row.party for row in self.file.weights.choices if row.name == name}
        return {party: sets[name] if party in parties else PayoffWeights() for party in self.parties}

    def _given(self, name: str, party: str) -> PayoffWeights:
        """Weights that the file gives a party; zero where it gives none."""
        row = self.file.weights.given[name].get(party)
        if row is None:
            return PayoffWeights(name)
        return PayoffWeights(name, row.revenue, row.added * self.group, row.balance)

    def horizon(self, name: str) -> Horizon:
        """A horizon of the case by name, at the discount rate of the parties."""
        for row in self.file.horizons:
            if row.name == name:
                return Horizon(name, row.years, self.number("discount_rate", 0.05), self.number("decay_months", 24.0))
        raise UnknownName("horizon", name, [row.name for row in self.file.horizons], f"case {self.file.name}")

    def terms(self, months: Floats | None = None) -> tuple[PayoffTerm, ...]:
        """Materials and fentanyl under weights of the months, shape (months,); None for the long run."""
        return (*(self._term(row, months) for row in self.file.terms), *pledge_terms(self.file, self.number))

    def _term(self, row: TermRow, months: Floats | None) -> PayoffTerm:
        material = self.materials.get(row.parameter)
        if material is None:
            stock = self.number(row.stock_months) if row.stock_months else 0.0
            label = f"assumed: {row.parameter} x level^{row.power:g}"
            material = Power(self.number(row.parameter), row.power, stock, row.ramp_months, label)
            months = months if row.stock_months or row.ramp_months else None
        flow: Flow = material.flow(months)
        return PayoffTerm(row.part, row.party, row.issue, flow if row.sign > 0 else flow.times(-1.0))

    def payoffs(
        self, weights: str = WELFARE, horizon: Horizon = LONG_RUN, given: Mapping[str, PayoffWeights] | None = None
    ) -> SurfacePayoffs:
        """Payoffs under a set of weights and over a horizon; no solve beyond the surfaces.

        Losses that a chain gives change by the month: the short run has those of the first year.

        Parameters
        ----------
        given : weights by party in place of the named set.
        """
        months = np.full(12, 1.0 / 12.0) if self.materials and horizon.years == 0.0 else horizon.months
        off = self._mixed(horizon.short, False) if self.switch else None
        return SurfacePayoffs(
            self.issues, self._mixed(horizon.short, True), self.weights(weights) if given is None else dict(given),
            self.terms(months), self.commitments, off, self.switch, self._rents(),
        )  # fmt: skip

    def _rents(self) -> dict[str, float]:
        """Share of the rent that exporters get, by quota."""
        rows = [row for row in self.file.issues if row.quota is not None]
        return {row.name: self.level(row.quota.rent) for row in rows if row.quota is not None}

    def _mixed(self, share: float, switched: bool) -> Surface:
        if share in (0.0, 1.0):
            return self.surface(short=share == 1.0, switched=switched)
        return self.surface(switched=switched).blended(self.surface(short=True, switched=switched), share)

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """Public statements of the parties."""
        return tuple(
            Commitment(row.party, row.issues, row.level, row.comparator, row.cost, row.source)
            for row in self.file.commitments
        )

    def level(self, given: float | str) -> float:
        """A level as a number; a text is the name of a parameter."""
        return self.number(given) if isinstance(given, str) else float(given)

    def outcome(self, name: str) -> Floats:
        """An outcome of the file, shape (issue,); `UnknownName` if there is none."""
        if name not in self.file.outcomes:
            raise UnknownName("outcome", name, self.file.outcomes, f"case {self.file.name}")
        return self._point(self.file.outcomes[name].levels)

    def _point(self, levels: Mapping[str, float | str]) -> Floats:
        low = {row.name: row.listed()[0] if row.default is None else row.default for row in self.file.issues}
        return np.array([self.level(levels.get(name, low[name])) for name in self.issues])

    @cached_property
    def today(self) -> Floats:
        """The outcome that goes on while there is no deal, shape (issue,)."""
        rows = self.file.threats
        row = next((row for row in rows if row.kind == "status-quo"), rows[0])
        return self.outcome(row.outcome) if row.outcome else self._point(row.levels or {})

    @cached_property
    def outcome_space(self) -> OutcomeSpace:
        """Issues, constraint sets and named outcomes for the solvers; what the law forbids is in every set."""
        sets = constraint_sets(self.file, self.issues, self.today)
        named = {name: self.outcome(name) for name in self.file.outcomes}
        return OutcomeSpace(self.parties, tuple(issue_of(row) for row in self.file.issues), sets, named)

    def threats(self, payoffs: SurfacePayoffs, short: float = 0.0) -> tuple[Threat, ...]:
        """The threat points of the case at given payoffs, in the order of the file.

        Parameters
        ----------
        short : share of the short run in the payoffs, for outcomes beyond the surface.
        """
        threats: dict[str, Threat] = {}
        for row in (row for row in self.file.threats if row.kind != "expected"):
            threats[row.name] = self._war(row, payoffs) if row.kind == "war" else self._threat(row, payoffs, short)
        by_kind = {threat.kind: threat for threat in reversed(threats.values())}
        for row in self.file.threats:
            if row.kind == "expected" and row.p is not None:
                mix = expected(by_kind["status-quo"], by_kind["past-law"], row.p)
                threats[row.name] = replace(mix, name=row.name, label=row.label or mix.label)
        return tuple(threats[row.name] for row in self.file.threats)

    def _threat(self, row: ThreatRow, payoffs: SurfacePayoffs, short: float) -> Threat:
        outcome = self.outcome(row.outcome) if row.outcome else self._point(row.levels or {})
        guards, economy = row.third_countries, self.economy()

        def exact(levels: Floats, extra: Floats | None) -> Floats:
            on, some = self.switched(outcome), {} if extra is None else guards
            runs = [(False, 1.0 - short), (True, short)]
            parts = (part * self.exact_parts(levels, some, short=run, switched=on) for run, part in runs if part)
            return sum(parts, np.zeros(1))

        return threat_at(
            payoffs, exact, outcome, name=row.name, kind=row.kind, label=row.label, description=row.description,
            credible=row.credible, extra=self._guard_points(economy, guards),
        )  # fmt: skip

    def _guard_points(self, economy: Economy, guards: Mapping[str, float]) -> Floats | None:
        """Points that third countries add on goods of the second side, shaped like the tariff; None for none."""
        points = [
            third_country_points(economy, countries_of(economy, code), members_in(self.file, economy)[1], points)
            for code, points in guards.items()
        ]
        return sum(points[1:], points[0]) if points else None

    def exact_parts(
        self, levels: Floats, guards: Mapping[str, float], *, short: bool, fresh: bool = False, switched: bool = True
    ) -> Floats:
        """Parts of an outcome by an exact solve, shape (party, part), USD bn a year.

        Parameters
        ----------
        levels : of the duties, shape (duty,), shares; `guards` : points that third countries add, by country or region.
        fresh : solved here whatever is stored; `switched` : whether what hangs on the switch is on.
        """
        content = point_content(self.content(short=short, switched=switched), levels, guards)
        # Exact parts of one outcome as stored, shape (party, part); None where they are not.
        parts = None if fresh else stored(key_of("parts", content)).get("parts")
        if parts is None:
            space = self.space(short=short, switched=switched)
            parts = space.parts_at(levels, self._guard_points(space.economy, guards))
        return parts

    def _war(self, row: ThreatRow, payoffs: SurfacePayoffs) -> Threat:
        """Mutual best responses in duties at the weights of the payoffs, all else as in the status quo or as said."""
        from detente.talks.stability import tariff_war

        base = self.outcome(row.outcome) if row.outcome else self._point(row.levels or {})
        war = tariff_war(self.outcome_space, payoffs, base)
        outcome = np.asarray(war.outcome)
        value = payoffs.value(outcome[None])[0]
        return Threat(row.name, row.label or row.name, row.description, value, outcome, row.credible, row.kind)

    def negotiation(
        self, weights: str = WELFARE, horizon: Horizon = LONG_RUN, given: Mapping[str, PayoffWeights] | None = None
    ) -> Negotiation:
        """The negotiation that the solvers take; parameters as of `payoffs`."""
        payoffs = self.payoffs(weights, horizon, given)
        return Negotiation(
            self.outcome_space,
            payoffs,
            self.threats(payoffs, horizon.short),
            dict(self.file.discount) or dict.fromkeys(self.parties, self.number("discount_rate", 0.05)),
            dict(self.file.power),
            self.file.lag_weeks,
            weights=weights,
            horizon=horizon.name,
            name=self.file.name,
            notes=(*self.file.known, *self.file.assumed),
        )


def open_case(
    name: str | Path, variant: str = "", *, check: bool = True, as_of: date | str = "", **inputs: float | str
) -> Case:
    """A case by name or path, in one of its variants, with some of its inputs set.

    Parameters
    ----------
    as_of : day of which the case is to be, or "known" for its own; facts of later days are refused.

    Raises
    ------
    UnknownName, InputError : no such case, an input that it does not have, or what was known only later.
    """
    file = load_case(name, variant)
    if as_of:
        file = as_known(file, None if as_of == KNOWN else as_date(as_of, "as_of"))
    known = ("elasticities", *file.parameters, *pledged(file))
    for key in inputs:
        if key not in known:
            raise UnknownName("input", key, known, f"case {file.name}")
    if any(isinstance(value, float) and not np.isfinite(value) for value in inputs.values()):
        raise InputError(f"case {file.name}", "an input is not a number", "give finite numbers")
    return Case(file, inputs, check=check)


#: In place of a day: the last whose facts the case may hold.
KNOWN = "known"

#: The two columns of every table.
HORIZONS = (LONG_RUN, SHORT_RUN)
