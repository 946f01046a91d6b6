"""Findings of a run in words, from its tables: each with its comparison and range, in the order of the parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from detente.chains.measures import GDP
from detente.codes import Table
from detente.codes.standing import Standing
from detente.data.tables import place
from detente.draws import LEAST_DRAWS, median_away
from detente.faces.words.record import since
from detente.faces.words.sides import adjective, possessive
from detente.faces.words.spans import JOINT, SHARES, between, draws_of, few, joint_of, points_moved, printed, signed
from detente.faces.words.talks import talk_sentences
from detente.faces.words.worlds import world_sentences
from detente.lab.chains.materials import SHOWN
from detente.lab.chains.tables import YEAR
from detente.lab.duties.among import duty_on_first, parties
from detente.lab.duties.reach import short_of
from detente.lab.duties.tables import FIXED, SHIPPED, weighed
from detente.lab.ground.most_moved import most_moved
from detente.lab.prices.tables import ALL
from detente.lab.result import Result
from detente.lab.statute.standing import record_sentences

Tables = Mapping[str, Table]


def findings(result: Result) -> tuple[str, ...]:
    """The findings of a run; how far the law is on record stands after the first."""
    first, *others = (
        sentence for part, own in _by_part(result).items() for sentence in (*own, *result.remarks.get(part, ()))
    )
    standings = {code: result.standings[code] for code in result.standings if code in parties(result.tables)}
    return (first, *record_sentences(standings), *filter(None, [_written(standings)]), *others)


def _by_part(result: Result) -> dict[str, list[str]]:
    """What each part of a run says, in the order in which findings stand."""
    tables = result.tables
    return {
        "duties": duty_sentences(tables),
        "world": world_sentences(tables),
        "prices": price_sentences(tables),
        "history": history_sentences(tables),
        "materials": material_sentences(tables),
        "talks": talk_sentences(tables, result.scenario.on),
        "ranges": median_sentences(tables),
    }


def _written(standings: Mapping[str, Standing]) -> str:
    """Which clauses are open, and which numbers are for the law as written; "" where none matters."""
    named = {title for standing in standings.values() if standing.branches for title in standing.clauses}
    if not named:
        return ""
    open_ = "; ".join(sorted(named))
    return (
        f"Open: {open_}. Numbers without the other fate beside them are for the law as written, which lets them lapse."
    )


def duty_sentences(tables: Tables) -> list[str]:
    """Average duties of both sides, how far added duties reach, and why a run of few draws has no ranges."""
    read = printed(tables)
    rows = [r for r in read["headline"].rows() if r["definition"] == FIXED]
    averages = [_averages(tables, read, row, len(rows) > 1) for row in rows]
    return [*averages, *reach_sentences(tables.get("reach")), *filter(None, [few_sentence(tables)])]


def _averages(tables: Tables, read: Tables, row: Mapping[str, Any], named: bool) -> str:
    """Average duties in a variant; ranges of joint draws where there are any."""
    variant = row["variant"]
    first, *others = parties(tables)
    own = _level(row, joint_of(read, variant, f"average duty, {FIXED}", first) or row)
    third = most_moved(read, variant)
    there = "" if third is None else f"; on goods of {third.where} {_level_of(third.before, third.after)}"
    theirs = "".join(_on_first(read, code, first, variant) for code in others)
    return (
        f"{f'{variant}: the' if named else 'The'} average {adjective(first)} duty is {own}{there}{theirs} "
        f"({_laws(row, variant if named else 'the scenario')}; fixed weights of {weighed(tables)})."
    )


def _on_first(read: Tables, code: str, first: str, variant: str) -> str:
    """What a party asks of goods of the first side, as a clause."""
    row = duty_on_first(read, code, variant)
    if row is None:
        return ""
    level = _level(row, joint_of(read, variant, "average duty on US goods", code))
    return f"; {possessive(code)} on {adjective(first)} goods is {level}"


def _level(row: Mapping[str, Any], drawn: Mapping[str, Any] | None) -> str:
    """An average with its range and what it is compared with."""
    digits, against = points_moved(row["before"], row["after"])
    span = ""
    if drawn is not None and drawn["low"] <= drawn["high"]:
        over = SHARES if drawn is row else JOINT
        span = f" [5-95% of {over}: {drawn['low']:.{digits}%} to {drawn['high']:.{digits}%}]"
    return f"{row['after']:.{digits}%}{span}, {against}"


def _level_of(before: float, after: float) -> str:
    return _level({"before": before, "after": after}, None)


def _laws(row: Mapping[str, Any], who: str) -> str:
    """The two laws that are compared; `who` : what changes the law, for the reader."""
    if row["on"] != row["against"]:
        return f"law of {row['on']} against that of {row['against']}"
    if row["base"] == SHIPPED:
        return f"law of {row['on']} as {who} changes it, against the shipped law of that day"
    return f"law of {row['on']} as {who} changes it, against the other law it names for that day"


def reach_sentences(table: Table | None) -> list[str]:
    """One sentence for each added duty that is not owed on all it is meant for."""
    return [_reach(*short) for short in short_of(table)]


def _reach(meant: Mapping[str, Any], owed: Mapping[str, Any], taken: Sequence[Mapping[str, Any]]) -> str:
    others = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
    return (
        f"'{meant['title']}' is owed on {owed['imports'] / 1e9:,.0f} of {meant['imports'] / 1e9:,.0f} bn USD: "
        f"'{taken[0]['what']}'{others} take{'' if others else 's'} the rest."
    )


def few_sentence(tables: Tables) -> str:
    """Why a run of few draws prints no ranges; "" for any other."""
    draws = draws_of(tables)
    if draws is None or not few(draws):
        return ""
    return f"No ranges are given: they take at least {LEAST_DRAWS} draws, and this run has {draws}."


def price_sentences(tables: Tables) -> list[str]:
    """Consumer prices and their cost to a household, each with range and basis."""
    if "prices" not in tables:
        return []
    read = printed(tables)
    costs = {row["variant"]: row for row in read["households"].rows() if row["decile"] == "all"}
    sentences = []
    for row in (r for r in read["prices"].rows() if r["category"] == ALL):
        cost, change = costs[row["variant"]], row["change"]
        span = between(row["low"], row["high"], 1, of="draws of how prices follow")
        label = f"{row['variant']}: consumer" if len(costs) > 1 else "Consumer"
        sentences.append(
            f"{label} prices {signed(change, 1)}{span} in the first round, before anyone buys differently; "
            f"{cost['pocket'] + 0.0:,.0f} USD a year for a household out of pocket, "
            f"{cost['accounts'] + 0.0:,.0f} USD on the national-accounts basis."
        )
    return sentences


def history_sentences(tables: Tables) -> list[str]:
    """Where the average duty stands among the years since 1901."""
    rows = list(tables["places"].rows()) if "places" in tables else []
    return [
        f"{row['rate_of'] + ': an' if len(rows) > 1 else 'An'} average duty of {row['rate']:.1%} is "
        f"{since(str(row['highest_since']), float(row['rate_then']))}."
        for row in rows
    ]


def material_sentences(tables: Tables) -> list[str]:
    """What the licences cost without the deal, what it avoids, and who runs short, with period, scope and measure."""
    if "materials" not in tables:
        return []
    read = printed(tables)
    rows = (
        row
        for row in read["materials"].rows()
        if (row["scope"], row["measure"], row["period"]) == ("requirement", GDP, YEAR)
    )
    return [*[_loss(row) for row in rows][:2], *_first_short(read["materials_short"])]


def _loss(row: Mapping[str, Any]) -> str:
    low, high = row["without_p05"], row["without_p95"]
    span = "" if np.isnan(low) else f" [5-95% of draws of the supply chain: {low:.3%} to {high:.3%}]"
    least, most = row["avoided_p05"] / 1e6, row["avoided_p95"] / 1e6
    saved = "" if np.isnan(least) else f" [5-95% of draws of the supply chain: {least:,.0f} to {most:,.0f}]"
    return (
        f"Without the deal the licences cost {place(row['country'])} {row['without']:.3%} of annual GDP{span} in "
        f"their first year (base prices, with imported parts); the deal avoids {row['avoided'] / 1e6:,.0f} million "
        f"USD{saved}{' (' * bool(row['remark'])}{row['remark']}{')' * bool(row['remark'])}."
    )


def _first_short(table: Table) -> list[str]:
    users = [row for row in table.rows() if row["country"] == SHOWN]
    rows = [row for row in users if np.isfinite(row["first_short"])]
    if not rows:
        return ["No US user runs short."]
    first = min(rows, key=lambda row: row["first_short"])
    worst = min(rows, key=lambda row: row["worst"])
    return [
        f"Of {len(users)} US users {len(rows)} run short without the deal, "
        f"the first ({first['user'].lower()}) {first['first_short']:.0f} days after the announcement; the worst "
        f"({worst['user'].lower()}) meets {worst['worst']:.0%} of its need in its worst month."
    ]


def median_sentences(tables: Tables) -> list[str]:
    """Where medians of the joint draws lie, by variant: of numbers that findings quote, where it is elsewhere."""
    read = printed(tables)
    rows = list(read["ranges"].rows()) if "ranges" in read else []
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    medians = {name: list(_medians([row for row in rows if row["variant"] == name])) for name in variants}
    start = {name: f"{name}: half" if len(variants) > 1 else "Half" for name in variants}
    return [
        f"{start[name]} of the joint draws lie below {'; '.join(parts)}." for name, parts in medians.items() if parts
    ]


def _level_name(measure: str, country: str) -> str:
    """An average duty within a sentence; "" for other numbers."""
    if measure == f"average duty, {FIXED}":
        return f"the average {adjective(country)} duty"
    if measure == "average duty on US goods":
        return f"{possessive(country)} duty on US goods"
    return f"{possessive(country)} average duty" if measure == "average duty" else ""


def _medians(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Medians that lie elsewhere than the value that is printed, in words."""
    for row in rows:
        value, low, median, high = (float(row[key]) for key in ("value", "low", "median", "high"))
        if not median_away(value, low, median, high):
            continue
        level = _level_name(row["measure"], row["country"])
        if level and f"{value:.1%}" != f"{median:.1%}":
            yield f"{median:.1%} for {level}"
        if row["measure"] == "real income" and signed(value, 2) != signed(median, 2):
            yield f"{signed(median, 2)} for real income in {place(row['country'])}"
