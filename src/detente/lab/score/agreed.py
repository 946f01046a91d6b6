"""The US rate after each bargain: what was to be expected the day before, and how far each rule missed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.evidence.agreed import RATE_RULES, Agreement, RateRecord, chance_of, distances, focal, quantiles
from detente.evidence.chances import SEED, by_episode, skill
from detente.lab.score.threats import side

WORDS = {
    "pool": declared_note("track.rate_pool"),
    "record": declared_note("track.rate_record"),
    "before": declared_note("track.rate_before"),
    "fifteen": "15%",
    "midpoint": declared_note("track.rate_midpoint"),
    "part": declared_note("track.rate_part"),
    "threat": declared_note("track.rate_threat"),
    "earlier": declared_note("track.rate_earlier"),
}
"""Rules in words."""

USED = next(iter(RATE_RULES))
"""Name of the rule that is used."""

ENDS = (0.5, 0.1, 0.9)


def rates_table(agreements: Sequence[Agreement]) -> Table:
    """Every bargain with its expected rate and what came."""
    record = RateRecord(agreements)
    error = distances(record, RATE_RULES[USED])
    rows = [_row(record, k, each, float(error[k])) for k, each in enumerate(agreements)]
    return table_of("track.track_rates", rows, (f"expected: {WORDS[USED]}",))


def _row(record: RateRecord, k: int, each: Agreement, error: float) -> tuple[object, ...]:
    sample = RATE_RULES[USED](record, k)
    expected = quantiles(*sample, ENDS)
    rates = (*expected.tolist(), focal(record, k, float(expected[0])), each.agreed, error)
    return (
        each.id, side(each.partner), each.announced.isoformat(), each.before / 100.0, each.threatened / 100.0,
        *(rate / 100.0 for rate in rates), chance_of(*sample, each.before), side(each.episode),
    )  # fmt: skip


def rate_rules_table(agreements: Sequence[Agreement], seed: int = SEED) -> Table:
    """Error of every rule, beside the law of the day before."""
    record = RateRecord(agreements)
    reference, used = (distances(record, RATE_RULES[name]) for name in ("before", USED))
    threat = record.distinct
    rows = []
    for name, rule in RATE_RULES.items():
        error = distances(record, rule)
        beside, saved = (skill(*each, record.episode, seed) for each in ((error, reference), (used, error)))
        under = float(np.average(error[threat], weights=record.weight[threat]))
        means = (float(by_episode(error, record.episode).mean()), float(error.mean()), under)
        rows.append((WORDS[name], *(mean / 100.0 for mean in means), beside.value, beside.low, beside.high,
                     saved.value, saved.low, saved.high))  # fmt: skip
    count = len(np.unique(record.episode))
    return table_of("track.track_rate_rules", rows, bargains=len(agreements), episodes=count)
