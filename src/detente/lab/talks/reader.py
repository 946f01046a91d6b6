"""The report of a case for readers: each section in a few tables that fit a page, with a gloss of every term.

Nothing is computed here: rows and columns are chosen from what `talks_report` builds, which machines get whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.names import with_article
from detente.lab.talks import deals, hidden, power
from detente.lab.talks.deals import billions
from detente.lab.talks.outlook import outlook_table
from detente.lab.talks.talk import Talk
from detente.talks.space import Issue

Build = Callable[[Talk], list[Table]]

CONSTANT = ("weights", "horizon", "constraints")
WEEKS = (0, 1, 4, 8, 13, 26)
MONTHS = (0, 3, 6, 12, 24, 36, 48)


def only(table: Table, **chosen: Sequence[str]) -> Table:
    """The rows of a table whose texts are among those chosen, by column."""
    keep = np.ones(len(table), dtype=np.bool_)
    for name, values in chosen.items():
        keep &= np.isin(table[name], list(values))
    return table.take(np.flatnonzero(keep))


def shown(table: Table, *notes: str, drop: Sequence[str] = ()) -> Table:
    """The table without columns that say nothing or say one thing; what they say becomes a note."""
    constants, kept = [], []
    for column in table.columns:
        values = table.data[column.name]
        constant = len(table) > 0 and len(set(values.tolist())) == 1
        if column.name in drop or _blank(values):
            continue
        if column.name in CONSTANT and constant:
            constants.append(f"{column.name} {values[0]}")
            continue
        kept.append(column.name)
    reduced = table.select(kept)
    extra = (*notes, *([", ".join(constants)] if constants else []))
    return replace(reduced, notes=(*reduced.notes, *extra))


def _blank(values: np.ndarray) -> bool:
    """Whether a column holds no text, or no number but zero."""
    if values.dtype.kind == "U":
        return not any(values.tolist())
    numbers = np.nan_to_num(values.astype(np.float64))
    return bool((np.abs(numbers) < 1e-12).all())


def _one(talk: Talk, table: Table, **chosen: Sequence[str]) -> Table:
    setting = talk.headline
    return only(table, weights=(setting.weights,), horizon=(setting.horizon.name,), **chosen)


def _first(talk: Talk, table: Table) -> Table:
    return only(table, horizon=(talk.horizons[0].name,))


def packages(talk: Talk, outcomes: Sequence[np.ndarray]) -> list[str]:
    """Outcomes with every issue that is not at zero by its label: "home duty 10 points, foreign duty 5"."""
    issues = talk.case.outcome_space.issues
    return [", ".join(_levels(issues, outcome)) or NIL_LEVELS for outcome in outcomes]


NIL_LEVELS = "all at zero"
PRINTED = 5e-3
"""Levels below this print as zero."""


def _levels(issues: Sequence[Issue], outcome: np.ndarray) -> list[str]:
    pairs = [(issue, float(x)) for issue, x in zip(issues, outcome, strict=True) if abs(float(x)) >= PRINTED]
    return [f"{issue.label or issue.name} {_level(issue, x, first=not k)}" for k, (issue, x) in enumerate(pairs)]


def _level(issue: Issue, level: float, *, first: bool) -> str:
    if issue.unit == "share" and issue.kind == "duty":
        return f"{100 * level + 0.0:.0f}{' points' if first else ''}"
    if issue.unit == "on or off":
        return "on" if level > 0.5 else "off"
    return f"{100 * level + 0.0:.0f}%"


def order(column: str) -> str:
    """How the levels of `packages` are read."""
    return declared_note("reader.order", column=column)


def payoff_tables(talk: Talk) -> list[Table]:
    """Payoffs of named deals by side and weights, with p*; then the parts of the headline setting."""
    names = list(talk.case.file.outcomes)
    X = np.stack([talk.case.outcome(name) for name in names])
    settings = [s for s in talk.settings if s.horizon == talk.horizons[0]]
    values = [talk.negotiation(s).payoffs.value(X) for s in settings]
    stars = talk.p_stars(talk.headline, talk.negotiation(talk.headline).payoffs.value(X))
    levels = packages(talk, list(X))
    # A side whose weights are the same in every set has one column.
    heads: list[tuple[str, np.ndarray]] = []
    for i, party in enumerate(talk.parties):
        same = all(np.allclose(value[:, i], values[0][:, i]) for value in values)
        some = (
            [(party, values[0])]
            if same
            else [(f"{party}_{s.weights}", v) for s, v in zip(settings, values, strict=True)]
        )
        heads += [(name, value[:, i]) for name, value in some]
    rows = []
    for k, name in enumerate(names):
        rows.append((talk.label(name), levels[k], *(value[k] for _, value in heads), *map(_chance, stars[k])))
    first = billions(
        "reader.payoffs", rows, deals.amounts(), deals.world_note(talk), order("levels"), deals.of_materials(talk),
        declared_note("reader.signs", horizon=talk.horizons[0].name, setting=talk.headline.words),
        payoff=[name for name, _ in heads], party=talk.parties,
    )  # fmt: skip
    parts = shown(_one(talk, deals.payoff_table(talk)))
    even = shown(_one(talk, power.break_even_table(talk), deal=(talk.label(talk.reference),)), drop=("deal",))
    parts = replace(parts, name="parts", title=declared_note("reader.by_part"), notes=())
    title = declared_note("reader.break_even", deal=talk.label(talk.reference))
    return [first, parts, replace(even, title=title)]


def _chance(value: float) -> str:
    return "" if value != value else f"{value + 0.0:.2f}"


def threat_tables(talk: Talk) -> list[Table]:
    """Threat points, then gains of every named deal over each, both sides in a row."""
    gains = _first(talk, deals.gain_table(talk))
    rows = []
    for row in gains.rows():
        rows.append((row["weights"], row["deal"], row["party"], *(row[f"{deals.OVER}{t}"] / 1e9 for t in talk.threats)))
    table = billions("reader.gains", rows, threat=talk.threats)
    return [shown(_first(talk, deals.threat_table(talk)), drop=("levels",)), shown(table)]


def acceptable_tables(talk: Talk) -> list[Table]:
    """Room over each threat, then the limits of each side over the chance that the status quo lasts."""
    return [shown(_first(talk, deals.room_table(talk)), declared_note("reader.room")), limits(talk)]


def limits(talk: Talk) -> Table:
    """What each side accepts of the other's duty, given its own, over p."""
    setting, space = talk.headline, talk.case.outcome_space
    accepted = talk.settled(setting).limits
    chances = list(dict.fromkeys(limit.p for limit in accepted))
    cells: dict[tuple[str, str, str], dict[float, str]] = {}
    for limit in accepted:
        own = space.own(limit.party)[0]
        issue = space.issues[space.index(limit.issue)]
        given = f"{space.issues[own].label or space.issues[own].name} {space.issues[own].reading(limit.given[own])}"
        interval = (
            " or ".join(f"{issue.reading(low)} to {issue.reading(high)}" for low, high in limit.intervals) or "none"
        )
        if len(limit.intervals) == 1 and limit.intervals[0] == (issue.low, issue.high):
            interval = "any"
        elif len(limit.intervals) == 1 and limit.intervals[0][0] == issue.low:
            interval = f"up to {issue.reading(limit.intervals[0][1])}"
        cells.setdefault((limit.party, issue.label or issue.name, given), {})[limit.p] = interval
    rows = [(*key, *(row.get(p, "") for p in chances)) for key, row in cells.items()]
    heads = [{"chance": f"p_{p:g}" if p == p else "any_threat", "p": p} for p in chances]
    return billions(
        "reader.limits", rows,
        declared_note("reader.p", deal=talk.label(talk.reference), setting=setting.words), chance=heads,
    )  # fmt: skip


def frontier_tables(talk: Talk) -> list[Table]:
    """What each named deal leaves on the table, by weights and constraint set, and the one step that gains most."""
    table = _first(talk, deals.left_table(talk))
    pairs = [(w, c) for w in talk.weights for c in talk.sets]
    by_deal: dict[str, dict[tuple[str, str], dict[str, object]]] = {}
    for row in table.rows():
        by_deal.setdefault(row["deal"], {})[row["weights"], row["constraints"]] = row
    last = pairs[-1]
    rows = [
        (deal, *(float(str(row[pair]["left"])) / 1e9 for pair in pairs), row[last]["allowed"], row[last]["first_step"])
        for deal, row in by_deal.items()
    ]
    left = billions(
        "reader.left", rows, declared_note("reader.on_the_table"), talk.horizons[0].name,
        declared_note("reader.within", set=last[1], weights=last[0]),
        pair=[{"pair": f"{w},_{c}", "weights": w, "constraints": c} for w, c in pairs],
    )  # fmt: skip
    better = _one(talk, deals.improvement_table(talk), deal=(talk.label(talk.reference),))
    title = declared_note("reader.improve", deal=talk.label(talk.reference))
    return [left, shown(replace(better, title=title, notes=()), drop=("deal", "rank"))]


def solution_tables(talk: Talk) -> list[Table]:
    """The package of each concept, concepts that agree in one row."""
    rows = []
    for setting in [s for s in talk.settings if s.horizon == talk.horizons[0]]:
        for (threat, constraints), cell in talk.settled(setting).cells.items():
            for names, solution in deals.distinct(cell.solutions.items()):
                package = packages(talk, [solution.outcome])[0]
                rows.append((setting.weights, constraints, threat, _concepts(names), *solution.gains, package))
            if not cell.solutions:
                rows.append((setting.weights, constraints, threat, "no deal", *(np.nan for _ in talk.parties), ""))
    table = billions("reader.solutions", rows, declared_note("reader.concepts"), party=talk.parties)
    return [shown(table, order("package"), declared_note("reader.at_an_end"))]


def _concepts(names: str) -> str:
    known = names.split(", ")
    if len(known) == 5:
        return "all"
    return ", ".join(concept for concept in known if not (concept == "asymmetric nash" and "nash" in known))


def leverage_tables(talk: Talk) -> list[Table]:
    """Four measures of each side, the last constraint set."""
    table = _first(talk, only(power.leverage_table(talk), constraints=talk.sets[-1:]))
    return [shown(table, declared_note("reader.measures"), drop=("harm_by",))]


def linkage_tables(talk: Talk) -> list[Table]:
    """The price of each track and what each combination gives, headline setting and last constraint set."""
    price = _one(talk, power.linkage_table(talk), constraints=talk.sets[-1:])
    issues = [issue.name for issue in talk.case.outcome_space.issues]
    return [
        shown(price, declared_note("reader.track"), drop=issues),
        _tracks(talk),
        shown(_one(talk, power.rate_table(talk), constraints=talk.sets[-1:])),
    ]


def _tracks(talk: Talk) -> Table:
    """What each combination of tracks gives against the first threat that has levels."""
    setting, rows = talk.headline, []
    threats = talk.negotiation(setting).threats
    linked = ((t.label, talk.linked(setting, t, talk.sets[-1])) for t in threats)
    label, linkage = next(((label, linkage) for label, linkage in linked if linkage is not None), ("", None))
    for tracks, subset in linkage.subsets.items() if linkage is not None else ():
        gains = subset.package.gains if subset.package else np.full(len(talk.parties), np.nan)
        words = packages(talk, [subset.package.outcome])[0] if subset.package else "no deal"
        rows.append((" + ".join(tracks), *gains, subset.surplus, words))
    note = declared_note("reader.tracks_left_out", setting=setting.words, constraints=talk.sets[-1])
    words = {"threat": with_article(label), "party": talk.parties}
    return billions("reader.tracks", rows, order("package"), note, **words)


def _lowest(talk: Talk) -> Table:
    """The lowest outcomes that hold by themselves."""
    rows = [
        (punishment, part, "; ".join(packages(talk, list(lowest[:4]))) or "none holds")
        for punishment, (part, lowest) in talk.settled(talk.headline).enforced.items()
    ]
    return billions("reader.lowest", rows, order("lowest"), talk.headline.words)


def delay_tables(talk: Talk) -> list[Table]:
    """Some weeks of the ledger and some months of the clocks."""
    weeks = _one(talk, power.delay_table(talk))
    clocks = power.clock_table(talk)
    parts = [c.name for c in weeks.columns if "cost of the week, " in c.description and not c.name.endswith("_week")]
    parts = [name for name in parts if name not in {f"{party.lower()}_week" for party in talk.parties}]
    return [
        shown(weeks.take(np.flatnonzero(np.isin(weeks["week"], WEEKS))),
              declared_note("reader.predicted"), drop=parts),
        shown(clocks.take(np.flatnonzero(np.isin(clocks["month"], MONTHS)))),
    ]  # fmt: skip


def information_tables(talk: Talk) -> list[Table]:
    """Beliefs after the record, and the game of signals."""
    return [shown(hidden.belief_table(talk), drop=("source",)), shown(_first(talk, hidden.signal_table(talk)))]


def stability_tables(talk: Talk) -> list[Table]:
    """Whether each side keeps the reference deal, and the lowest duties that hold."""
    table = _first(talk, power.stability_table(talk))
    return [
        outlook_table(talk),
        shown(table, declared_note("reader.worth_keeping"),
              drop=("patience", "least_patience", "margin")),
        _lowest(talk),
    ]  # fmt: skip


def inverse_tables(talk: Talk) -> list[Table]:
    """Verdicts at even bargaining power."""
    table = power.inverse_table(talk)
    even = table.take(np.flatnonzero(np.abs(table["power"] - 0.5) < 1e-9))
    short = np.asarray([verdict.split(" (")[0] for verdict in even["verdict"].tolist()], dtype=np.str_)
    even = replace(even, data={**even.data, "verdict": short})
    return [shown(even, declared_note("reader.explains"), declared_note("reader.even_power"), drop=("power",))]


def bound_tables(talk: Talk) -> list[Table]:
    """By threat and constraint set, the weights at which the terms are acceptable, efficient, and explained."""
    table, rows = power.bound_table(talk), []
    for horizon in talk.horizons:
        for constraints in talk.sets:
            for threat in talk.threats:
                part = only(table, horizon=(horizon.name,), constraints=(constraints,), threat=(threat,))
                explained = [
                    f"{row['omega']:g} with power {row['power']:g}" for row in part.rows() if row["explains"] == "yes"
                ]
                conditions = [_weights(part, name) for name in ("acceptable", "efficient")]
                rows.append((horizon.name, constraints, threat, *conditions, ", ".join(explained) or "none"))
    notes = (
        *table.notes,
        declared_note("reader.explains"),
        declared_note("reader.tried", weights=", ".join(f"{omega:g}" for omega in power.OMEGAS)),
    )
    return [shown(billions("reader.bounds", rows, *notes, title=table.title))]


def _weights(part: Table, condition: str) -> str:
    """The weights at which a condition holds, as a range."""
    omegas = [row["omega"] for row in part.rows() if row[condition] == "yes"]
    if not omegas:
        return "none"
    low, high = min(omegas), max(omegas)
    if (low, high) == (power.OMEGAS[0], power.OMEGAS[-1]):
        return "all tried"
    return f"{low:g} and above" if high == power.OMEGAS[-1] else f"{low:g} to {high:g}" if low < high else f"{low:g}"


def caution_tables(talk: Talk) -> list[Table]:
    """Sentences to read before quoting."""
    table = power.caution_table(talk)
    # The packages show already what lies at an end.
    kept = np.flatnonzero(table["symptom"] != declared_note("bargain.lowest_on_offer"))
    return [shown(table.take(kept), declared_note("reader.beyond"), drop=("symptom",))]


READER: Mapping[str, Build] = {
    "payoffs": payoff_tables, "threats": threat_tables, "acceptable": acceptable_tables, "frontier": frontier_tables,
    "solutions": solution_tables, "leverage": leverage_tables, "linkage": linkage_tables, "delay": delay_tables,
    "information": information_tables, "stability": stability_tables, "inverse": inverse_tables,
    "cautions": caution_tables, "bounds": bound_tables,
}  # fmt: skip
"""Tables for readers by section; sections not named are shown whole."""


def reader_tables(talk: Talk, name: str) -> list[Table]:
    """The tables of a section that a reader gets, those with rows.

    Raises
    ------
    UnknownName : no such section.
    """
    from detente.lab.talks.report import section_tables

    if name not in READER:
        return section_tables(talk, name)
    return [table for table in READER[name](talk) if len(table)]


def band_table(talk: Talk, bands: Table, deal: str = "", label: str = "") -> Table:
    """Ranges of a deal: payoffs and gains by weights and side, USD a year.

    Parameters
    ----------
    deal, label : its name among the draws, and what it is called; the reference deal where none is named.
    """
    deal, label = deal or talk.reference, label or talk.label(talk.reference)
    rows = []
    for row in bands.rows():
        parts = str(row["number"]).split(" | ")
        if len(parts) == 4 and parts[1] == deal and parts[0] in talk.weights:
            ends = (row[name] / 1e9 for name in ("low", "median", "high"))
            rows.append((parts[0], parts[2], parts[3], *ends, row["sign"], row["drivers"]))
    beneath = declared_note("reader.of_draws")
    return billions("reader.bands", rows, *bands.notes, beneath, deal=label)
