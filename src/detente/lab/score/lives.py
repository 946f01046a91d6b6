"""How long bargains lived, by form, and the chance each had on its day.

Track: the tables of the record of threats, deals and truces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.data.dealrecord import agreements, bargains, deals, read_through, settlements, threats
from detente.evidence.chances import RULES, SEED, skill
from detente.evidence.lives import (
    FORMS,
    HORIZONS,
    SURVIVAL_RULES,
    Bargain,
    Prospect,
    hazard,
    in_steps,
    old_enough,
    outlook,
    survival,
    survival_errors,
    survival_steps,
)
from detente.lab.score.agreed import rate_rules_table, rates_table
from detente.lab.score.modelled import model_rates_table, model_rules_table, model_terms_table, tilt_table
from detente.lab.score.next import next_table, terms_table, when_table
from detente.lab.score.threats import (
    MODEL,
    Threats,
    calibration_table,
    misses_table,
    rules_table,
    side,
    threats_table,
    undated_table,
)

WORDS = {
    "truce": declared_note("track.form_truce"),
    "order": declared_note("track.form_order"),
    "terms": declared_note("track.form_terms"),
}
"""Forms in words."""

FORECAST = declared_note("track.this_deal")
"""Line of the deal in hand among those of the record."""

EVERY = 5
"""Days between points of a forecast."""

RULE_WORDS = {
    "form": declared_note("track.ends_form"),
    "pooled": declared_note("track.ends_pooled"),
    "ever": "for ever",
    "hostile": declared_note("track.ends_hostile"),
}
"""Rules in words."""


def lives_table(bargains: Sequence[Bargain], day: date) -> Table:
    """Every bargain: how long it lived, and its chances."""
    rows = [
        (
            each.id, side(each.partner), each.announced.isoformat(), WORDS[each.form], each.lived(day), _end(each, day),
            *_chances(bargains, each, each.announced), *_more(bargains, each, day),
        )
        for each in bargains
        if each.announced < day
    ]  # fmt: skip
    return table_of("track.track_lives", rows, (declared_note("track.lives_chances"),))


def hazards_table(bargains: Sequence[Bargain], day: date) -> Table:
    """Ends a year and shares alive by form."""
    known = [each for each in bargains if each.announced < day]
    groups = [(WORDS[form], [each for each in known if each.form == form]) for form in FORMS]
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
            (WORDS[form], s.days, s.share, s.watched, len(some), ends, day.isoformat())
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
            rows.append((RULE_WORDS[rule], days, len(old), beside.value, beside.low, beside.high))
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


KINDS = ("threat", "deal", "truce")
"""Threats with their deadlines; deals with their rates; bargains with their lives."""

FEWEST = 3
"""Threats with an outcome below which nothing is scored."""


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
    if deal:
        _check_known(deal)
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


def _check_known(name: str) -> None:
    known = [*(each.id for each in threats()), *(row["id"] for row in deals())]
    if name not in known:
        raise UnknownName("threat or bargain", name, known, Parameter("case"))
