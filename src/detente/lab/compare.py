"""Compare: results side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from detente.codes import MOST_DRAWS, Column, InputError, Table, Unit, whole_number
from detente.codes.standing import furthest
from detente.lab.result import Result
from detente.lab.run import dated, run
from detente.lab.run_key import data_hashes, key_of
from detente.lab.scenario import load_scenario
from detente.lab.sweep_paths import rooted
from detente.lab.sweep_scenario import trimmed
from detente.lab.tables import FIXED, POST

SHOWN = {"headline", "china", "revenue"}
"""Tables that are set side by side."""


def rates_of(name: str, today: date | None = None, draws: int | None = None) -> Result:
    """The parts of a run that `compare` shows: rates and revenue, under the key of the whole run.

    Parameters
    ----------
    name : of a shipped scenario, or the path of a file; `today` and `draws` : as for a run.
    """
    if draws is not None:
        draws = whole_number(draws, "draws", 0, MOST_DRAWS)
    whole, path = load_scenario(name)
    whole = dated(whole, today)
    rates = trimmed(rooted(whole, path.parent), SHOWN)
    if draws is not None:
        rates = rates.model_copy(update={"report": rates.report.model_copy(update={"draws": draws})})
    found = run(rates)
    return replace(found, scenario=whole, key=key_of(whole, path.parent, draws, data_hashes(whole)))


def compare(results: Sequence[Result]) -> Table:
    """Headline averages of several results, one row per result and variant."""
    if not results:
        raise InputError("compare", "there is nothing to compare", "give two or more scenarios")
    rows = []
    for result in results:
        head, china = result.table("headline"), result.table("china")
        fixed = [r for r in head.rows() if r["definition"] == FIXED]
        post = [r for r in head.rows() if r["definition"] == POST]
        other = [r for r in china.rows() if r["reading"] == "with exclusions"]
        money = [r for r in result.table("revenue").rows() if r["demand"] == "static"]
        for f, p, c, m in zip(fixed, post, other, money, strict=True):
            rows.append(
                (
                    result.scenario.name,
                    f["variant"],
                    f["on"],
                    f["against"],
                    f["after"],
                    f["low"],
                    f["high"],
                    p["after"],
                    c["after"],
                    m["after"],
                    result.key,
                )
            )
    heads = (
        ("scenario", Unit.TEXT),
        ("variant", Unit.TEXT),
        ("on", Unit.DATE),
        ("against", Unit.DATE),
        ("average", Unit.SHARE),
        ("low", Unit.SHARE),
        ("high", Unit.SHARE),
        ("post_shock", Unit.SHARE),
        ("china_on_us", Unit.SHARE),
        ("duty_a_year", Unit.USD),
        ("key", Unit.CODE),
    )
    columns = tuple(Column(n, u, n.replace("_", " ")) for n, u in heads)
    data = {c.name: np.asarray([r[i] for r in rows]) for i, c in enumerate(columns)}
    notes = (
        "average: statutory US duty at fixed 2024 weights under the law of the scenario; low and high: 5th and 95th "
        "percentile over shares of goods that codes do not show",
        "post_shock: the same at weights moved by the import-demand elasticity; duty_a_year: static, imports of 2024",
        "china_on_us: China's average on US goods with market exclusions; against: day of the law it is compared with",
    )
    latest = furthest(result.standings["USA"] for result in results if "USA" in result.standings)
    return Table("compare", "Scenarios side by side", columns, data, notes).standing_on(latest)
