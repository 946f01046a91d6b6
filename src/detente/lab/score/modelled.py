"""What the model said of the shipped cases beside what came: rates, what partners give, and the tilt of chances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml
from detente.evidence.agreed import RATE_RULES, Agreement, RateRecord, distances, expected_rate, quantiles
from detente.evidence.chances import SEED, Floats, Ranged, brier, by_episode, chances, crps, skill, stated
from detente.evidence.scores import ENOUGH, NEAR, ModelForecast, covariates_by_threat, tilted_without
from detente.lab.score.agreed import ENDS, WORDS
from detente.lab.score.next import STRUCK, TERMS
from detente.lab.score.threats import WORDS as THREAT_WORDS
from detente.lab.score.threats import Threats, side

MODEL, POOLED = "model", "pooled"
OWN_WORDS = {
    MODEL: declared_note("track.rate_model"),
    POOLED: declared_note("track.rate_joined"),
}
"""Rules of the model in words."""

TILTS = {
    "one": declared_note("track.tilt_one"),
    "episode": declared_note("track.tilt_episode"),
}
"""How slopes were estimated, in words."""

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
            (OWN_WORDS | WORDS)[name], float(error.mean()) / 100.0, float(by_episode(error, episode).mean()) / 100.0,
            *_ends(skill(error, errors["before"], episode, seed)),
        )
        for name, error in errors.items()
        if len(rows)
    ]  # fmt: skip
    few = (declared_note("track.few_episodes", count=count),) if count < ENOUGH else ()
    return table_of("track.track_model_rules", cells, (*few, *_notes()), bargains=len(rows), episodes=count)


def _ends(beside: Ranged) -> tuple[float, float, float]:
    return beside.value, beside.low, beside.high


def _notes() -> tuple[str, ...]:
    return (
        declared_note("track.model_rule", version=model_version()),
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
            TILTS.get(name) or THREAT_WORDS[name], float(score.mean()),
            *_ends(skill(score, reference, alone, known.seed)),
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


@lru_cache(maxsize=1)
def model_forecasts() -> tuple[ModelForecast, ...]:
    """Forecasts by case, in the order of days."""
    return tuple(_forecast(row) for row in read_yaml(package_folder() / NAME, NAME)["forecasts"])


def model_version() -> str:
    """Version of the rule that made them, and the day on which it was fixed."""
    return str(read_yaml(package_folder() / NAME, NAME)["version"])


def _forecast(row: dict[str, Any]) -> ModelForecast:
    numbers = {key: _number(row[key]) for key in ("p", "before", "rate", "room", "asymmetry", "credibility")}
    return ModelForecast(
        case=str(row["case"]), day=str(row["day"]), partner=str(row["partner"]), threat=str(row["threat"] or ""),
        sample=tuple(float(rate) for rate in row["sample"]), terms=dict(row["terms"]), **numbers,
    )  # fmt: skip


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
