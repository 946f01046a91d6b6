"""Findings of a run in words, in the order of its parts, each with its comparison and range; and those of chapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from detente.chains.measures import GDP
from detente.codes import Table
from detente.codes.number import ResultNumber
from detente.codes.standing import Standing
from detente.codes.vocabulary import vocabulary, words
from detente.data.tables import place
from detente.draws import LEAST_DRAWS, median_away
from detente.faces.words.language import MINUS, Language, load
from detente.faces.words.number import Shown
from detente.faces.words.record import since
from detente.faces.words.talks import talk_sentences
from detente.lab.averages.most_moved import most_moved
from detente.lab.chains.materials import SHOWN
from detente.lab.chains.tables import YEAR
from detente.lab.duties.among import USUAL, importer_row
from detente.lab.duties.reach import short_of
from detente.lab.duties.tables import FIXED, SHIPPED, weighed
from detente.lab.ranges.numbers import Row, RunTables, further, numbers
from detente.lab.result import Result
from detente.lab.statute.standing import record_sentences

Tables = Mapping[str, Table]
Lead = Callable[[RunTables, Language], str]


def findings(result: Result) -> tuple[str, ...]:
    """The findings of a run; how far the law is on record stands after the first."""
    by_part, run = _by_part(result), RunTables(result.tables)
    first, *others = (sentence for part, own in by_part.items() for sentence in (*own, *result.remarks.get(part, ())))
    standings = {code: result.standings[code] for code in result.standings if code in run.parties}
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


def _runs(tables: Tables) -> list[tuple[RunTables, str]]:
    """A run by variant, each with what its sentences begin with: nothing where there is one."""
    names = RunTables(tables).variants
    return [(RunTables(tables, str(name)), f"{name}: " if len(names) > 1 else "") for name in names]


def _told(run: RunTables, *quantities: str) -> list[Shown]:
    return [Shown(number, run.names) for number in numbers(run) if number.quantity in quantities]


def adjective(code: str, form: str = "adjective") -> str:
    """A country before a noun: "US"; as `possessive` with whose it is: "China's"."""
    return load().country(code, form)


def duty_sentences(tables: Tables) -> list[str]:
    """Average duties of both sides, how far added duties reach, and why a run of few draws has no ranges."""
    averages = [_averages(run, head) for run, head in _runs(tables)]
    return [*averages, *reach_sentences(tables.get("reach")), *filter(None, [few_sentence(tables)])]


def _averages(run: RunTables, head: str) -> str:
    """Average duties in a variant; ranges of joint draws where there are any."""
    (own, *others), first, third = _told(run, "average", "on_first"), run.sides[0], most_moved(run.tables, run.variant)
    moved = ResultNumber("partner_moved", third.after, first, third.code, third.before) if third else None
    there = f"; on goods of {third.where} {Shown(moved).told}" if third and moved else ""
    theirs = "".join(f"; {adjective(x.country, 'possessive')} on {adjective(first)} goods is {x.told}" for x in others)
    row = run.all("headline", definition=FIXED)[0]
    laws = _laws(row, run.variant if head else "the scenario")
    return (
        f"{f'{head}the' if head else 'The'} average {adjective(first)} duty is {own.told}{there}{theirs} "
        f"({laws}; fixed weights of {weighed(run.tables)})."
    )


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
    run = RunTables(tables)
    if not run.few:
        return ""
    return f"No ranges are given: they take at least {LEAST_DRAWS} draws, and this run has {run.draws}."


def world_sentences(tables: Tables) -> list[str]:
    """Real income of the parties and of the partner whose duties change most, with their ranges."""
    rows = list(tables["closures"].rows()) if "closures" in tables else []
    closure = words("closure", str(rows[0]["closure"]) if rows else "fixed-transfers")
    sentences = []
    for run, head in _runs(tables) if "economy" in tables else []:
        third = [Shown(number, run.names) for number in further(run) if number.quantity == "income"]
        parts = [f"{shown.told} in {place(shown.country)}" for shown in (*_told(run, "income"), *third)]
        start = f"{head}real" if head else "Real"
        sentences.append(f"{start} income {load().listed(parts)}, in general equilibrium; {closure}.")
    return sentences


def price_sentences(tables: Tables) -> list[str]:
    """Consumer prices and their cost to a household, each with range and basis."""
    sentences = []
    for run, head in _runs(tables) if "prices" in tables else []:
        prices, household = _told(run, "prices", "household")
        row = run.all("households", decile="all")[0]
        sentences.append(
            f"{f'{head}consumer' if head else 'Consumer'} prices {prices.told} in the first round, before anyone buys "
            f"differently; {household.text(household.number.value)} USD a year for a household out of pocket, "
            f"{household.text(row['accounts'])} USD on the national-accounts basis.".replace(MINUS, "-")
        )
    return sentences


def history_sentences(tables: Tables) -> list[str]:
    """Where the average duty stands among the years since 1901."""
    rows = list(tables["places"].rows()) if "places" in tables else []
    return [
        f"{row['rate_of'] + ': an' if len(rows) > 1 else 'An'} average duty of {row['rate']:.1%} is {since(row)}."
        for row in rows
    ]


def material_sentences(tables: Tables) -> list[str]:
    """What the licences cost without the deal, what it avoids, and who runs short, with period, scope and measure."""
    if "materials" not in tables:
        return []
    read = RunTables(tables).tables
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
    made = RunTables(tables).tables
    rows = list(made["ranges"].rows()) if "ranges" in made else []
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    medians = {name: list(_medians([row for row in rows if row["variant"] == name])) for name in variants}
    start = {name: f"{name}: half" if len(variants) > 1 else "Half" for name in variants}
    return [
        f"{start[name]} of the joint draws lie below {'; '.join(parts)}." for name, parts in medians.items() if parts
    ]


def _medians(rows: Sequence[Row]) -> Iterator[str]:
    """Medians that lie elsewhere than the value that is printed, in words."""
    for row in rows:
        code, measure = row["country"], str(row["measure"])
        named = {
            "average_fixed": ("average", f"the average {adjective(code)} duty"),
            "average_on_us": ("average", f"{adjective(code, 'possessive')} duty on US goods"),
            "average": ("average", f"{adjective(code, 'possessive')} average duty"),
            "real_income": ("income", f"real income in {place(code)}"),
        }
        if measure not in named or not median_away(*(float(row[key]) for key in ("value", "low", "median", "high"))):
            continue
        quantity, words = named[measure]
        shown = Shown(ResultNumber(quantity, 0.0))
        text, own = (shown.text(row[key], sign=quantity == "income", unit=True) for key in ("median", "value"))
        if text != own:
            yield f"{text.replace(MINUS, '-')} for {words}"


UPWARD = 2e-5
"""Share of real income from which on a country is said to gain or lose."""


def lead_of(chapter: str, rows: RunTables, say: Language) -> str:
    """The finding of a chapter; "" where there is none to tell."""
    law, _, code = chapter.partition("-")
    if law == "duties" and code:
        return lead_of_importer(code.upper(), rows, say)
    make = LEADS.get(chapter)
    return make(rows, say) if make else ""


def _deal(rows: RunTables, say: Language) -> str:
    counts = [len(rows.all("terms", importer=code)) for code in rows.parties]
    if not any(counts):
        return ""
    if rows.parties != USUAL:
        return say("lead_deal_sides", list=say.listed(list(_acts(rows, counts, say))))
    usa, chn = (say("acts", count=count) if count else say("no_acts") for count in counts)
    return say("lead_deal", usa=usa, chn=chn)


def _acts(rows: RunTables, counts: Sequence[int], say: Language) -> Iterator[str]:
    """Acts of each importer whose law moves, as parts of a list."""
    for code, count in zip(rows.parties, counts, strict=True):
        if count:
            yield say("acts_of", acts=say("acts", count=count), country=say.country(code, "of"))


def _duties(rows: RunTables, say: Language) -> str:
    first, second = rows.sides
    own, other = rows.first("headline", definition=FIXED), rows.on_first(second)
    if own is None or other is None:
        return ""
    whose = {
        "adjective": say.country(first, "adjective"), "goods": say.country(first, "goods"),
        "possessive": say.country(second, "possessive"),
    }  # fmt: skip
    return " ".join([_both_duties(own, other, whose, say), *_basis(rows, first, say)])


def _both_duties(own: Row, other: Row, whose: Mapping[str, str], say: Language) -> str:
    """Averages of both sides before and after."""
    if own["before"] != own["after"] and other["before"] == other["after"]:
        moved = {key: say.percent(float(own[key]), 1) for key in ("before", "after")}
        return say("lead_duties_one", **whose, **moved, stays=say.percent(float(other["after"]), 1))
    ends = [say.percent(float(row[key]), 1) for row in (own, other) for key in ("before", "after")]
    names = ("before", "after", "other_before", "other_after")
    return say("lead_duties", **whose, **dict(zip(names, ends, strict=True)))


def lead_of_importer(code: str, rows: RunTables, say: Language) -> str:
    """The finding of the chapter on an importer's law: its average, that on goods of the first side, and its basis."""
    whole, pair = importer_row(rows.tables, code, rows.variant), rows.on_first(code)
    if whole is None:
        return ""
    sentences = [_moves(whole, "lead_importer", say, of_country=say.country(code, "of"))]
    if pair is not None:
        sentences.append(_moves(pair, "lead_importer_pair", say, goods=say.country(rows.sides[0], "goods")))
    return " ".join([*sentences, *_basis(rows, code, say)])


def _moves(row: Row, name: str, say: Language, **parts: str) -> str:
    """How an average moves, or that it stays."""
    before, after = (say.percent(float(row[key]), 1) for key in ("before", "after"))
    if before == after:
        return say(f"{name}_stays", after=after, **parts)
    return say(name, before=before, after=after, **parts)


def _basis(rows: RunTables, code: str, say: Language) -> Iterator[str]:
    """What stands in for a schedule and for trade by line where they are not on record."""
    whole = importer_row(rows.tables, code, rows.variant)
    if whole is not None and whole["level"] != LINES:
        yield say(f"lead_level_{whole['level']}")
    if whole is not None and MODELLED in str(whole["weights"]):
        yield say("lead_modelled")


LINES, MODELLED = "line", "world table"
"""Level of a schedule that is on record; what weights say that are modelled."""


def _households(rows: RunTables, say: Language) -> str:
    categories = [row for row in rows.all("prices")[1:] if row["category"] not in vocabulary("part")]
    whole = rows.first("prices")
    if whole is None or not categories or abs(float(whole["change"])) < 5e-4:
        return ""
    most = max(categories, key=lambda row: abs(float(row["change"])))
    falls = float(whole["change"]) < 0
    category = str(most["category"])
    category = category[:1].lower() + category[1:]
    change = say.percent(abs(float(most["change"])), 1)
    return say("lead_households_fall" if falls else "lead_households_rise", category=category, change=change)


def _world(rows: RunTables, say: Language) -> str:
    incomes = rows.all("incomes")
    if not incomes:
        return ""
    up = sum(float(row["real_income"]) > UPWARD for row in incomes)
    down = sum(float(row["real_income"]) < -UPWARD for row in incomes)
    most = max(incomes, key=lambda row: abs(float(row["real_income"])))
    if not up and not down:
        return ""
    moved = say.percent(float(most["real_income"]), 2, sign=True)
    return say("lead_world", up=up, down=down, country=_place(most, say), change=moved)


def _place(row: Row, say: Language) -> str:
    code = str(row["country"])
    return say.country(code) if len(code) == 3 else place(code)


def _materials(rows: RunTables, say: Language) -> str:
    users = rows.all("materials_short", country="USA")
    short = [float(row["first_short"]) for row in users if row["first_short"] == row["first_short"]]
    if not users:
        return ""
    if not short:
        return say("lead_materials_none", users=len(users))
    return say("lead_materials", short=len(short), users=len(users), days=say.number(min(short)))


def _talks(rows: RunTables, say: Language) -> str:
    signing = rows.all("signing")
    if not signing:
        return ""
    left = [float(row["left"]) / 1e9 for row in signing]
    ends = say.number(min(left)), say.number(max(left))
    return say("lead_talks", low=ends[0], high=ends[1])


def _hold(rows: RunTables, say: Language) -> str:
    breaking = [row for row in rows.all("stability") if str(row["keeps"]).startswith("no")]
    if not rows.all("stability"):
        return ""
    if not breaking:
        return say("lead_hold_kept")
    answers = list(dict.fromkeys(str(row["punishment"]) for row in breaking))
    return say("lead_hold", answers=say.listed([say("breach_answer", answer=answer) for answer in answers]))


def _record(rows: RunTables, say: Language) -> str:
    place_row = rows.first("places", rate_of=rows.variant) or rows.first("places")
    if place_row is None:
        return ""
    year, then = place_row["highest_since"], say.percent(place_row["rate_then"], 1)
    if not year:
        return say("lead_record_highest")
    return say("lead_record_level" if place_row["equal"] else "lead_record", year=year, then=then)


def _others(rows: RunTables, say: Language) -> str:
    rates = [float(row["rate"]) for row in rows.all("published")]
    if not rates:
        return ""
    low, high = (say.percent(rate, 1) for rate in (min(rates), max(rates)))
    return say("lead_others", count=len(rates), low=low, high=high)


def _doubt(rows: RunTables, say: Language) -> str:
    row = rows.first("tornado")
    if row is None:
        return ""
    return say("lead_doubt", input=words("input", row["input"], rows.names), measure=words("measure", row["measure"]))


LEADS: Mapping[str, Lead] = {
    "deal": _deal,
    "duties": _duties,
    "households": _households,
    "world": _world,
    "materials": _materials,
    "talks": _talks,
    "hold": _hold,
    "record": _record,
    "others": _others,
    "doubt": _doubt,
}
