"""Threats with a deadline: the chances of the day before by every rule, scored by episode, and misses by name.

The US rate after each bargain: what was to be expected the day before, and how far each rule missed.

What comes next: threats that still run with their chances, when talks end, and what else bargains contain.

What the model said of the shipped cases beside what came: rates, what partners give, and the tilt of chances.

How long bargains lived, by form, and the chance each had on its day.

Track: the tables of the record of threats, deals and truces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.axis import Floats
from detente.data.dealrecord import agreements, bargains, deals, read_through, settlements, threats
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.tables import countries, partner_name
from detente.data.yamlfile import read_yaml
from detente.evidence.chances import (
    CARRIED_OUT,
    ENOUGH,
    NEAR,
    OUTCOMES,
    RULES,
    SEED,
    VIEWS,
    ModelForecast,
    RecordedThreat,
    Rule,
    SettledThreat,
    ThreatRecord,
    Timing,
    brier,
    by_episode,
    chances,
    covariates_by_threat,
    covariates_of,
    crps,
    episodes,
    log_score,
    model_rule,
    pooled,
    postponements,
    record_of,
    running,
    scored,
    skill,
    stated,
    tilted_without,
    timing,
)
from detente.evidence.lives import (
    FORMS,
    HORIZONS,
    RATE_RULES,
    SURVIVAL_RULES,
    Agreement,
    Bargain,
    Prospect,
    RateRecord,
    chance_of,
    distances,
    expected_rate,
    focal,
    hazard,
    in_steps,
    old_enough,
    outlook,
    quantiles,
    survival,
    survival_errors,
    survival_steps,
)

#: Name of the rule that tilts the record's by what a model says of the case.
MODEL = "model"

#: Version of the rule that is used; another rule starts another record.
VERSION = "record-1"

#: Rules in words.
CHANCE_WORDS = {
    "record": declared_note("track.chance_record"),
    "model": declared_note("track.chance_model"),
    "even": declared_note("track.chance_even"),
    "pooled": declared_note("track.chance_pooled"),
    "who": declared_note("track.chance_who"),
    "latest": declared_note("track.chance_latest"),
    "imposed": declared_note("track.chance_imposed"),
    "postponed": declared_note("track.chance_postponed"),
}

CAME = {"imposed": "carried out", "postponed": "postponed", "deal": "deal", "dropped": "dropped"}

#: Edges of the bins: under fifty episodes show no finer calibration.
EDGES = (0.25, 0.4)

BINS = ("below 25%", "25 to 40%", "above 40%")

#: Days apart that join threats on a pair only where they overlap in time.
ALIKE = -1

#: Misses that are named.
MOST = 8

#: Weights of the prior of a threat without a date: carried out, and not.
SEVERE, RARE = 0.5, 5.0


@dataclass(frozen=True)
class Threats:
    """Threats as known on a day.

    Attributes
    ----------
    all : every threat; day : last day of the record; seed : of the draws of episodes.
    covariates : three numbers of a model by threat, where they are on file; see `detente.evidence.chances`.
    """

    all: Sequence[RecordedThreat]
    day: date
    seed: int = SEED
    covariates: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Rules by name; with the model's own where its numbers are on file."""
        return self.rules_of(self.scored)

    def rules_of(self, rows: Sequence[RecordedThreat]) -> Mapping[str, Rule]:
        """The same for other rows, in their order."""
        known = covariates_of(rows, self.covariates)
        return {**RULES, MODEL: model_rule(known)} if np.isfinite(known).any() else RULES

    @cached_property
    def scored(self) -> tuple[RecordedThreat, ...]:
        """Those with a deadline before the day and an outcome."""
        return tuple(each for each in scored(self.all) if each.deadline is not None and each.deadline < self.day)

    @cached_property
    def record(self) -> ThreatRecord:
        """The same as arrays."""
        return record_of(self.scored)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Episode of each, by the first id in it."""
        return episodes(self.scored)

    @property
    def episodes(self) -> int:
        """How many episodes they make."""
        return len(np.unique(self.record.episode))


def score_of(record: ThreatRecord, rule: Rule, view: str = VIEWS[0]) -> float:
    """Brier score of a rule over the episodes of a record; `view` : see `chances`."""
    score = brier(chances(record, rule, view), record.outcome)
    return float(by_episode(score, record.episode).mean())


def rules_table(threats: Threats) -> Table:
    """Scores of every rule."""
    record = threats.record
    reference = brier(chances(record, pooled), record.outcome)
    used = brier(chances(record, next(iter(RULES.values()))), record.outcome)
    # Where a duty has to come on the day itself, and where threats are joined only if they overlap in time.
    others = record_of(threats.scored, grace=0), record_of(threats.scored, apart=ALIKE)
    rows = []
    for name, rule in threats.rules.items():
        made = chances(record, rule)
        own, log = brier(made, record.outcome), log_score(made, record.outcome)
        beside, saved = (skill(*each, record.episode, threats.seed) for each in ((own, reference), (used, own)))
        rows.append(
            (
                CHANCE_WORDS[name], float(by_episode(own, record.episode).mean()), float(own.mean()),
                float(by_episode(log, record.episode).mean()), float(log.mean()), *beside,
                score_of(record, rule, "whole"), score_of(record, rule, "hindsight"),
                *(score_of(other, rule) for other in others), *saved,
            )
        )  # fmt: skip
    return table_of("track.track_rules", rows, (_version(),), episodes=threats.episodes, day=threats.day.isoformat())


def threats_table(threats: Threats, rule: str = "record") -> Table:
    """Every threat with the chances of a rule and what came."""
    record, made = threats.record, chances(threats.record, threats.rules[rule])
    score, sights = brier(made, record.outcome), record.sights(VIEWS[0])
    rows = [
        (
            each.id, side(each.giver), side(each.receiver), each.measure, each.rate / 100.0,
            each.announced.isoformat(), each.deadline.isoformat() if each.deadline else "", each.who, each.notice,
            *made[k].tolist(), CAME[each.outcome()], float(made[k, record.outcome[k]]), float(score[k]),
            round(float(sights[k].weight.sum())), threats.names[k],
        )
        for k, each in enumerate(threats.scored)
    ]  # fmt: skip
    return table_of("track.track_threats", rows, (f"chances: {CHANCE_WORDS[rule]}", _version()))


def calibration_table(threats: Threats, rule: str = "record") -> Table:
    """Chance that a threat is carried out, in three bins."""
    made, came = chances(threats.record, threats.rules[rule])[:, 0], threats.record.outcome == 0
    inside = [(name, np.digitize(made, EDGES) == k) for k, name in enumerate(BINS)]
    rows = [
        (name, int(own.sum()), float(made[own].mean()), float(came[own].mean())) for name, own in inside if own.any()
    ]
    notes = (declared_note("track.how_fine", episodes=threats.episodes), declared_note("track.letters_one_by_one"))
    return table_of("track.track_calibration", rows, notes)


def misses_table(threats: Threats, rule: str = "record") -> Table:
    """The threats whose outcome was given the least chance, one an episode."""
    record, made = threats.record, chances(threats.record, threats.rules[rule])
    given = made[np.arange(record.outcome.size), record.outcome]
    names, rows, seen = threats.names, [], set[str]()
    for k in np.argsort(given, kind="stable"):
        each = threats.scored[k]
        if names[k] not in seen and len(rows) < MOST:
            seen.add(names[k])
            expected = CAME[OUTCOMES[int(np.argmax(made[k]))]]
            day = each.deadline.isoformat() if each.deadline else ""
            cells = (side(each.giver), side(each.receiver), each.measure, day, CAME[each.outcome()])
            rows.append((*cells, float(given[k]), expected, names[k]))
    return table_of("track.track_misses", rows)


def undated_table(threats: Threats) -> Table:
    """Threats of the United States without a date, and what to expect of the next."""
    undated = [each for each in threats.all if each.deadline is None and each.giver == "USA"]
    known = [each for each in undated if each.announced < threats.day]
    imposed = sum(each.final in CARRIED_OUT for each in known)
    chance = (SEVERE + imposed) / (SEVERE + RARE + len(known))
    return table_of("track.track_undated", [(len(known), imposed, chance)])


def side(code: str) -> str:
    """A country, or several joined by "+", by name; groups and waves as they are named."""
    if code == "world":
        return "every partner"
    parts, known = code.split("+"), countries()
    partners = all(part in known.names or part in known.groups for part in parts)
    return " and ".join(map(partner_name, parts)) if partners else code


def _version() -> str:
    return declared_note("track.rule_stated", version=VERSION)


#: Rules in words.
RATE_WORDS = {
    "pool": declared_note("track.rate_pool"),
    "record": declared_note("track.rate_record"),
    "before": declared_note("track.rate_before"),
    "fifteen": "15%",
    "midpoint": declared_note("track.rate_midpoint"),
    "part": declared_note("track.rate_part"),
    "threat": declared_note("track.rate_threat"),
    "earlier": declared_note("track.rate_earlier"),
}

#: Name of the rule that is used.
RATE_USED = next(iter(RATE_RULES))

ENDS = (0.5, 0.1, 0.9)


def rates_table(agreements: Sequence[Agreement]) -> Table:
    """Every bargain with its expected rate and what came."""
    record = RateRecord(agreements)
    error = distances(record, RATE_RULES[RATE_USED])
    rows = [_expected(record, k, each, float(error[k])) for k, each in enumerate(agreements)]
    return table_of("track.track_rates", rows, (f"expected: {RATE_WORDS[RATE_USED]}",))


def _expected(record: RateRecord, k: int, each: Agreement, error: float) -> tuple[object, ...]:
    sample = RATE_RULES[RATE_USED](record, k)
    expected = quantiles(*sample, ENDS)
    rates = (*expected.tolist(), focal(record, k, float(expected[0])), each.agreed, error)
    return (
        each.id, side(each.partner), each.announced.isoformat(), each.before / 100.0, each.threatened / 100.0,
        *(rate / 100.0 for rate in rates), chance_of(*sample, each.before), side(each.episode),
    )  # fmt: skip


def rate_rules_table(agreements: Sequence[Agreement], seed: int = SEED) -> Table:
    """Error of every rule, beside the law of the day before."""
    record = RateRecord(agreements)
    reference, used = (distances(record, RATE_RULES[name]) for name in ("before", RATE_USED))
    threat = record.distinct
    rows = []
    for name, rule in RATE_RULES.items():
        error = distances(record, rule)
        beside, saved = (skill(*each, record.episode, seed) for each in ((error, reference), (used, error)))
        under = float(np.average(error[threat], weights=record.weight[threat]))
        means = (float(by_episode(error, record.episode).mean()), float(error.mean()), under)
        rows.append((RATE_WORDS[name], *(mean / 100.0 for mean in means), *beside, *saved))
    count = len(np.unique(record.episode))
    return table_of("track.track_rate_rules", rows, bargains=len(agreements), episodes=count)


#: Days within which a settlement is soon.
SOON = 30

#: Whether a deadline has come by the day of the question, beyond the day to which the record is read.
AHEAD, DUE = "ahead", declared_note("track.due_not_read")

#: Kinds of rows whose terms are counted.
STRUCK = ("deal", "framework", "truce")

#: Columns of the record, and what they say.
TERMS = {
    "cuts": declared_note("track.terms_cuts"),
    "purchases": declared_note("track.terms_purchases"),
    "investment": declared_note("track.terms_investment"),
    "expires": declared_note("track.terms_expires"),
}


def next_table(
    threats: Threats, settlements: Sequence[SettledThreat], rule: str = "record", today: date | None = None
) -> Table:
    """Threats whose deadline lies ahead of the day to which the record is read, with the chances of a rule as of it.

    Parameters
    ----------
    today : day of the question; deadlines that have come by then are told apart, since what came of them is not read.
    """
    ahead = running(threats.all, threats.day)
    open_ones = [replace(each, deadline=due, came="dropped", final="") for each, due in ahead]
    record = record_of([*threats.scored, *open_ones])
    rules = threats.rules_of([*threats.scored, *open_ones])
    known = np.arange(record.outcome.size) < len(threats.scored)
    when = timing(settlements, threats.day)
    rows = [
        _row(each, rules[rule](record, k, record.ahead(k, known)), threats.day, when, today or threats.day)
        for k, each in enumerate(open_ones, len(threats.scored))
    ]
    none = () if rows else (declared_note("track.none_ahead"),)
    return table_of("track.track_next", rows, (f"rule {rule}", *none), day=threats.day.isoformat())


def _row(each: RecordedThreat, made: Floats, day: date, when: Timing, today: date) -> tuple[object, ...]:
    due = each.deadline or day
    left, settled = (due - day).days, float(made[1] + made[2])
    return (
        each.id, side(each.giver), side(each.receiver), each.measure, each.rate / 100.0, due.isoformat(), left,
        *made.tolist(), when.soon(settled, left, SOON), DUE if due <= today else AHEAD,
    )  # fmt: skip


def when_table(threats: Threats, settlements: Sequence[SettledThreat]) -> Table:
    """How long before its deadline a threat is settled, and by how much deadlines are put off."""
    left = timing(settlements, threats.day).left
    late = postponements(threats.all, threats.day)
    rows = [
        (what, len(days), *np.quantile(days, (0.25, 0.5, 0.75)).tolist())
        for what, days in (("settled before the deadline", left), ("deadline put off by", late))
        if days
    ]
    return table_of("track.track_when", rows, (declared_note("track.letters_left_out"),))


def terms_table(rows: Sequence[Mapping[str, Any]], day: date) -> Table:
    """What else earlier bargains contain: how many name it, and the chance that the next does."""
    struck = [row for row in rows if row["kind"] in STRUCK and row["announced"] < day.isoformat()]
    counts = {key: sum(bool(row[key]) for row in struck) for key in TERMS}
    cells = [(TERMS[key], n, len(struck), (n + 1.0) / (len(struck) + 2.0)) for key, n in counts.items()]
    return table_of("track.track_terms", cells, (declared_note("track.terms_counted"),))


POOLED = "pooled"
#: Rules of the model in words.
MODEL_WORDS = {
    MODEL: declared_note("track.rate_model"),
    POOLED: declared_note("track.rate_joined"),
}

#: How slopes were estimated, in words.
TILTS = {
    "one": declared_note("track.tilt_one"),
    "episode": declared_note("track.tilt_episode"),
}

PARTNER_GIVES = ("cuts", "purchases", "investment")


class Matched(NamedTuple):
    """A forecast of the model and the place of its bargain in the record."""

    forecast: ModelForecast
    place: int


def matched(agreements: Sequence[Agreement], day: date) -> list[Matched]:
    """Forecasts of cases whose bargain was announced within some days of theirs, and before a day."""
    rows = []
    for each in model_forecasts():
        place = _bargain([(a.partner, a.announced) for a in agreements], each, day)
        rows += [] if place is None else [Matched(each, place)]
    return rows


def _bargain(rows: Sequence[tuple[str, date]], each: ModelForecast, day: date) -> int | None:
    """Place of the first bargain with the partner of a case from its day on."""
    first = date.fromisoformat(each.day)
    near = [
        (announced, k)
        for k, (partner, announced) in enumerate(rows)
        if each.partner in partner.split("+") and first <= announced <= first + timedelta(days=NEAR) and announced < day
    ]
    return min(near)[1] if near else None


def model_rates_table(agreements: Sequence[Agreement], day: date) -> Table:
    """Every bargain that the model has a case for: the rate of its package and what came."""
    record = RateRecord(agreements)
    return table_of("track.track_model_rates", [_rates(record, row) for row in matched(agreements, day)], _notes())


def _rates(record: RateRecord, row: Matched) -> tuple[object, ...]:
    each, bargain, even = row.forecast, record.agreements[row.place], np.ones(len(row.forecast.points))
    samples = (each.points, even), RATE_RULES["before"](record, row.place), expected_rate(record, row.place)
    errors = [_error(record, row, sample) for sample in samples]
    ends = quantiles(each.points, even, ENDS).tolist()
    rates = [rate / 100.0 for rate in (bargain.before, *ends, bargain.agreed, *errors)]
    names = (each.case, bargain.id, side(bargain.partner), bargain.announced.isoformat())
    return *names, *rates, side(bargain.episode)


def _error(record: RateRecord, row: Matched, made: tuple[Floats, Floats]) -> float:
    return crps(*made, float(record.agreed[row.place]))


def model_rules_table(agreements: Sequence[Agreement], day: date, seed: int = SEED) -> Table:
    """Errors of the model and of the naive rules on the same bargains, beside the law of the day before."""
    record, rows = RateRecord(agreements), matched(agreements, day)
    places = np.array([row.place for row in rows], dtype=np.int64)
    errors = {name: distances(record, rule)[places] for name, rule in RATE_RULES.items()}
    own = [(row.forecast.points, np.ones(len(row.forecast.points))) for row in rows]
    joined = [expected_rate(record, row.place, row.forecast.points) for row in rows]
    models = {MODEL: own, POOLED: joined}
    errors = {
        name: np.array([_error(record, row, each) for row, each in zip(rows, made, strict=True)])
        for name, made in models.items()
    } | errors
    episode = record.episode[places]
    count = len(np.unique(episode))
    cells = [
        (
            (MODEL_WORDS | RATE_WORDS)[name],
            *(float(each.mean()) / 100.0 for each in (error, by_episode(error, episode))),
            *skill(error, errors["before"], episode, seed),
        )
        for name, error in errors.items()
        if len(rows)
    ]  # fmt: skip
    few = (declared_note("track.few_episodes", count=count),) if count < ENOUGH else ()
    return table_of("track.track_model_rules", cells, (*few, *_notes()), bargains=len(rows), episodes=count)


def _notes() -> tuple[str, ...]:
    return (
        declared_note("track.model_rule", version=read_yaml(package_folder() / NAME, NAME)["version"]),
        declared_note("track.model_horizon"),
    )


def model_terms_table(deals: Sequence[Mapping[str, Any]], day: date) -> Table:
    """What partners give: the model's packages beside the bargains, and the share of earlier bargains."""
    struck = [row for row in deals if row["kind"] in STRUCK]
    pairs = []
    for each in model_forecasts():
        rows = [(str(row["partner"]), date.fromisoformat(str(row["announced"]))) for row in struck]
        place = _bargain(rows, each, day)
        pairs += [] if place is None else [(each, struck[place])]
    cells = [_term(name, pairs, struck) for name in PARTNER_GIVES]
    return table_of("track.track_model_terms", [row for row in cells if row[1]], _notes())


def _term(
    name: str, pairs: Sequence[tuple[ModelForecast, Mapping[str, Any]]], struck: Sequence[Mapping[str, Any]]
) -> tuple[Any, ...]:
    """One of what partners give, over the bargains on whose table it lay."""
    on = [(bool(each.terms[name]), row) for each, row in pairs if each.terms.get(name) is not None]
    yes = np.array([given for given, _ in on], dtype=float)
    came = np.array([bool(row[name]) for _, row in on], dtype=float)
    base = np.array([_share(name, row, struck) for _, row in on])
    if not on:
        return TERMS[name], 0, 0, 0, 0, np.nan, np.nan
    return (
        TERMS[name], len(on), int(yes.sum()), int(came.sum()), int((yes == came).sum()),
        float(((yes - came) ** 2).mean()), float(((base - came) ** 2).mean()),
    )  # fmt: skip


def _share(name: str, row: Mapping[str, Any], struck: Sequence[Mapping[str, Any]]) -> float:
    """Share of earlier bargains of other waves that have it; even odds beforehand."""
    earlier = [each for each in struck if each["announced"] < row["announced"] and each["wave"] != row["wave"]]
    return (sum(bool(each[name]) for each in earlier) + 1.0) / (len(earlier) + 2.0)


def tilt_table(known: Threats) -> Table:
    """The record's chances beside those tilted by the model's three numbers, on the threats that have them."""
    numbers = covariates_by_threat(model_forecasts())
    places = np.array([k for k, each in enumerate(known.scored) if each.id in numbers], dtype=np.int64)
    if not places.size:
        return table_of("track.track_tilt", [], (), threats=0, episodes=0)
    record = known.record
    bases = chances(record, stated)[places]
    values = np.array([numbers[known.scored[k].id] for k in places])
    outcome, episode = record.outcome[places], record.episode[places]
    groups = {"one": np.arange(places.size), "episode": episode}
    made = {"record": bases} | {name: tilted_without(bases, values, outcome, group) for name, group in groups.items()}
    reference, alone = brier(bases, outcome), np.arange(places.size)
    scores = {name: brier(each, outcome) for name, each in made.items()}
    rows = [
        (
            TILTS.get(name) or CHANCE_WORDS[name], float(score.mean()),
            *skill(score, reference, alone, known.seed),
        )
        for name, score in scores.items()
    ]  # fmt: skip
    count = len(np.unique(episode))
    notes = (
        declared_note("track.tilt_counted", threats=places.size, count=count),
        declared_note("track.tilt_slopes"),
        declared_note("track.tilt_unused", need=ENOUGH),
    )
    return table_of("track.track_tilt", rows, notes, threats=int(places.size), episodes=count)


# --- what the model said of the shipped cases as known on their day, from `modelled.yaml`; `tools/build_model --------


NAME = "modelled.yaml"


@memoized
def model_forecasts() -> tuple[ModelForecast, ...]:
    """Forecasts by case, in the order of days."""
    return tuple(_forecast(row) for row in read_yaml(package_folder() / NAME, NAME)["forecasts"])


def _forecast(row: dict[str, Any]) -> ModelForecast:
    numbers = {key: _number(row[key]) for key in ("p", "before", "rate", "room", "asymmetry", "credibility")}
    return ModelForecast(
        case=str(row["case"]), day=str(row["day"]), partner=str(row["partner"]), threat=str(row["threat"] or ""),
        sample=tuple(float(rate) for rate in row["sample"]), terms=dict(row["terms"]), **numbers,
    )  # fmt: skip


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


#: Forms in words.
FORM_WORDS = {
    "truce": declared_note("track.form_truce"),
    "order": declared_note("track.form_order"),
    "terms": declared_note("track.form_terms"),
}

#: Line of the deal in hand among those of the record.
FORECAST = declared_note("track.this_deal")

#: Days between points of a forecast.
EVERY = 5

#: Rules in words.
RULE_WORDS = {
    "form": declared_note("track.ends_form"),
    "pooled": declared_note("track.ends_pooled"),
    "ever": "for ever",
    "hostile": declared_note("track.ends_hostile"),
}


def lives_table(bargains: Sequence[Bargain], day: date) -> Table:
    """Every bargain: how long it lived, and its chances."""
    rows = [
        (
            each.id, side(each.partner), each.announced.isoformat(), FORM_WORDS[each.form], each.lived(day),
            _end(each, day), *_chances(bargains, each, each.announced), *_more(bargains, each, day),
        )
        for each in bargains
        if each.announced < day
    ]  # fmt: skip
    return table_of("track.track_lives", rows, (declared_note("track.lives_chances"),))


def hazards_table(bargains: Sequence[Bargain], day: date) -> Table:
    """Ends a year and shares alive by form."""
    known = [each for each in bargains if each.announced < day]
    groups = [(FORM_WORDS[form], [each for each in known if each.form == form]) for form in FORMS]
    rows = []
    for name, some in [(name, some) for name, some in [*groups, ("all", known)] if some]:
        rate, alive = hazard(some, day), [survival(some, day, days) for days in HORIZONS]
        cells = (rate.count, rate.ends, rate.years, rate.rate, rate.low, rate.high)
        rows.append((name, *cells, *(each.share for each in alive), alive[0].error))
    return table_of("track.track_hazards", rows, (declared_note("track.what_ends"),), day=day.isoformat())


def steps_table(bargains: Sequence[Bargain], day: date, forecast: Prospect | None = None) -> Table:
    """Shares alive by days of life, form by form: what the chart of survival draws.

    Parameters
    ----------
    forecast : of one bargain, which stands beside the record.
    """
    known = [each for each in bargains if each.announced < day]
    rows = []
    for form in dict.fromkeys(form for form in FORMS for each in known if each.form == form):
        some = [each for each in known if each.form == form]
        ends = sum(each.gone(day) for each in some)
        rows += [
            (FORM_WORDS[form], s.days, s.share, s.watched, len(some), ends, day.isoformat())
            for s in survival_steps(some, day)
        ]
    if forecast is not None:
        alive = forecast.endings[0].alive
        rows += [(FORECAST, days, alive(days), 0, 1, 0, day.isoformat()) for days in range(0, HORIZONS[-1] + 1, EVERY)]
    return table_of("track.track_steps", rows, day=day.isoformat())


def survival_table(bargains: Sequence[Bargain], day: date) -> Table:
    """Error of every rule of survival."""
    known = [each for each in bargains if each.announced < day]
    made = {rule: [survival_errors(known, rule, days, day) for days in HORIZONS] for rule in SURVIVAL_RULES}
    rows = [(RULE_WORDS[rule], *(e.mean() if e.size else np.nan for e in errors)) for rule, errors in made.items()]
    counts = " / ".join(str(errors.size) for errors in made["form"])
    return table_of("track.track_survival", rows, (f"old enough: {counts} bargains",))


def survival_skill_table(bargains: Sequence[Bargain], day: date, seed: int = SEED) -> Table:
    """What the rule that is used saves over each other, with its range over draws of partners, by horizon."""
    known, (used, *others) = [each for each in bargains if each.announced < day], SURVIVAL_RULES
    rows = []
    for days in HORIZONS:
        old = old_enough(known, days, day)
        partner = np.unique([each.partner for each in old], return_inverse=True)[1]
        # Sums by partner: each bargain counts once, and partners are drawn whole.
        own = np.bincount(partner, survival_errors(known, used, days, day)).astype(np.float64)
        for rule in others if old else ():
            other = np.bincount(partner, survival_errors(known, rule, days, day)).astype(np.float64)
            beside = skill(own, other, np.arange(own.size), seed)
            rows.append((RULE_WORDS[rule], days, len(old), *beside))
    return table_of("track.track_survival_skill", rows, (f"rule that is used: {RULE_WORDS[used]}",))


def _chances(bargains: Sequence[Bargain], each: Bargain, day: date) -> tuple[float, ...]:
    view = outlook(bargains, each.form, day, each.id)
    return tuple(in_steps(view.alive(days)) for days in HORIZONS)


def _more(bargains: Sequence[Bargain], each: Bargain, day: date) -> tuple[float, float]:
    """Chances to live on of what runs; NaN of what is over."""
    if each.over is not None and each.over <= day:
        return np.nan, np.nan
    chances = _chances(bargains, each, day + timedelta(days=1))
    return chances[0], chances[-1]


def _end(each: Bargain, day: date) -> str:
    if each.over is None or each.over > day:
        return "runs"
    return "ended" if each.ended else "replaced"


#: Threats with their deadlines; deals with their rates; bargains with their lives.
KINDS = ("threat", "deal", "truce")

#: Threats with an outcome below which nothing is scored.
FEWEST = 3


def track(
    kind: str = "",
    *,
    deal: str = "",
    rule: str = "record",
    as_of: date | None = None,
    seed: int = SEED,
    covariates: Mapping[str, Sequence[float]] | None = None,
) -> list[Table]:
    """What became of every threat, deal and truce, beside what was to be expected the day before.

    Parameters
    ----------
    kind : "threat", "deal" or "truce"; all by default.
    deal : id of one threat or bargain, "X15" or "D16": only its rows.
    rule : whose chances stand beside each threat, of `RULES`.
    as_of : the record as known on that day; to its end by default.
    seed : of the draws of episodes.
    covariates : three numbers of a model by threat (see `detente.evidence.chances`); with them the rule "model" is
        scored.

    Returns
    -------
    Tables track_rules, track_threats, track_calibration, track_misses, track_next, track_when, track_undated and
    track_tilt of threats; track_rate_rules, track_rates, track_terms and, of what the model said of shipped cases,
    track_model_rules, track_model_rates and track_model_terms of deals; track_survival, track_hazards, track_lives and
    track_steps of truces.

    Raises
    ------
    UnknownName : another kind or rule, an id that is not on record.
    InputError : a day on which too little was known.
    """
    if kind and kind not in KINDS:
        raise UnknownName("kind", kind, KINDS, Parameter("kind"))
    rules = (*RULES, *((MODEL,) if covariates else ()))
    if rule not in rules:
        raise UnknownName("rule", rule, rules, Parameter("rule"))
    known = [*(each.id for each in threats()), *(row["id"] for row in deals())] if deal else []
    if deal not in known and deal:
        raise UnknownName("threat or bargain", deal, known, Parameter("case"))
    day = min(as_of or read_through(), read_through())
    today = as_of or date.today()
    makers = {"threat": lambda: _threats(day, today, rule, seed, covariates or {}), "deal": lambda: _deals(day, seed),
              "truce": lambda: _truces(day, seed)}  # fmt: skip
    made = [table for each in ((kind,) if kind else KINDS) for table in makers[each]()]
    return _only(made, deal) if deal else made


def _threats(day: date, today: date, rule: str, seed: int, covariates: Mapping[str, Sequence[float]]) -> list[Table]:
    known = Threats(threats(), day, seed, covariates)
    if len(known.scored) < FEWEST:
        what = f"{len(known.scored)} threats had come to their deadline by {day}"
        raise InputError(Parameter("as_of"), what, "take a later day")
    makers = [threats_table(known, rule), calibration_table(known, rule), misses_table(known, rule)]
    ahead = [next_table(known, settlements(), rule, today), when_table(known, settlements())]
    tilted = tilt_table(known)
    return [rules_table(known), *makers, *ahead, undated_table(known), *([tilted] if len(tilted) else [])]


def _deals(day: date, seed: int) -> list[Table]:
    known = [each for each in agreements() if each.announced < day]
    if len(known) < FEWEST:
        raise InputError(Parameter("as_of"), f"{len(known)} rates had been agreed by {day}", "take a later day")
    model = [model_rules_table(known, day, seed), model_rates_table(known, day), model_terms_table(deals(), day)]
    made = [rate_rules_table(known, seed), rates_table(known), terms_table(deals(), day)]
    return [*made, *(table for table in model if len(table))]


def _truces(day: date, seed: int) -> list[Table]:
    return [
        hazards_table(bargains(), day),
        survival_table(bargains(), day),
        survival_skill_table(bargains(), day, seed),
        lives_table(bargains(), day),
        steps_table(bargains(), day),
    ]


def _only(tables: list[Table], name: str) -> list[Table]:
    """The rows of one threat or bargain."""
    named = [table for table in tables if "id" in {column.name for column in table.columns}]
    kept = [table.take(np.flatnonzero(table["id"] == name)) for table in named]
    left = [table for table in kept if len(table)]
    if not left:
        raise InputError(Parameter("deal"), f"'{name}' has no outcome that is scored", "see the whole record")
    return left
