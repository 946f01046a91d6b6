"""Threats with a deadline: the chances of the day before by every rule, scored by episode, and misses by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note, table_of
from detente.data.tables import countries, partner_name
from detente.evidence.chances import (
    RULES,
    SEED,
    VIEWS,
    Rule,
    ThreatRecord,
    brier,
    by_episode,
    chances,
    covariates_of,
    log_score,
    model_rule,
    pooled,
    record_of,
    skill,
)
from detente.evidence.threats import CARRIED_OUT, OUTCOMES, RecordedThreat, episodes, scored

Floats = NDArray[np.float64]

MODEL = "model"
"""Name of the rule that tilts the record's by what a model says of the case."""

VERSION = "record-1"
"""Version of the rule that is used; another rule starts another record."""

WORDS = {
    "record": declared_note("track.chance_record"),
    "model": declared_note("track.chance_model"),
    "even": declared_note("track.chance_even"),
    "pooled": declared_note("track.chance_pooled"),
    "who": declared_note("track.chance_who"),
    "latest": declared_note("track.chance_latest"),
    "imposed": declared_note("track.chance_imposed"),
    "postponed": declared_note("track.chance_postponed"),
}
"""Rules in words."""

CAME = {"imposed": "carried out", "postponed": "postponed", "deal": "deal", "dropped": "dropped"}

EDGES = (0.25, 0.4)
"""Edges of the bins: under fifty episodes show no finer calibration."""

BINS = ("below 25%", "25 to 40%", "above 40%")

ALIKE = -1
"""Days apart that join threats on a pair only where they overlap in time."""

MOST = 8
"""Misses that are named."""

SEVERE, RARE = 0.5, 5.0
"""Weights of the prior of a threat without a date: carried out, and not."""


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
                WORDS[name], float(by_episode(own, record.episode).mean()), float(own.mean()),
                float(by_episode(log, record.episode).mean()), float(log.mean()), beside.value, beside.low, beside.high,
                score_of(record, rule, "whole"), score_of(record, rule, "hindsight"),
                *(score_of(other, rule) for other in others), saved.value, saved.low, saved.high,
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
    return table_of("track.track_threats", rows, (f"chances: {WORDS[rule]}", _version()))


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
    parts = code.split("+")
    return " and ".join(map(partner_name, parts)) if all(map(is_partner, parts)) else code


def is_partner(code: str) -> bool:
    """Whether it is the code of a country or a group."""
    return code in countries().names or code in countries().groups


def _version() -> str:
    return declared_note("track.rule_stated", version=VERSION)
