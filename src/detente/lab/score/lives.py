"""How long bargains lived, by form, and the chance each had on its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.evidence.lives import (
    FORMS,
    HORIZONS,
    SURVIVAL_RULES,
    Bargain,
    hazard,
    old_enough,
    outlook,
    survival,
    survival_errors,
    survival_score,
    survival_steps,
)
from detente.evidence.outlook import Prospect, in_steps
from detente.evidence.skill import SEED, skill
from detente.lab.score.threats import side

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
    made = {rule: [survival_score(known, rule, days, day) for days in HORIZONS] for rule in SURVIVAL_RULES}
    rows = [(RULE_WORDS[rule], *(error for _, error in scores)) for rule, scores in made.items()]
    counts = " / ".join(str(count) for count, _ in made["form"])
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
