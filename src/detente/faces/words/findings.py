"""Findings of a run in words, in the order of its parts, each with its comparison and range; and those of chapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from detente.codes import Table
from detente.codes.days import Standing
from detente.codes.names import vocabulary, words
from detente.data.tables import place
from detente.faces.words.cards import cards
from detente.faces.words.language import Language, load
from detente.faces.words.talks import talk_sentences
from detente.lab.duties.among import USUAL, importer_row
from detente.lab.duties.tables import FIXED
from detente.lab.ranges.numbers import Row, RunTables
from detente.lab.result import Result
from detente.lab.statute.standing import record_sentences

Tables = Mapping[str, Table]
Lead = Callable[[RunTables, Language], str]


def findings(result: Result) -> tuple[str, ...]:
    """The findings of a run: its headlines, by variant where there are several, then what no headline says.

    How far the law is on record stands after the first.
    """
    tables, run = result.tables, RunTables(result.tables)
    several = len(run.variants) > 1
    first, *lines = (
        f"{name}: {card.finding}" if several else card.finding for name in run.variants for card in cards(tables, name)
    )
    own = {
        "materials": filter(None, [lead_of("materials", run, load())]),
        "talks": talk_sentences(tables, result.scenario.on),
    }
    parts = dict.fromkeys((*own, *result.remarks))
    others = (sentence for part in parts for sentence in (*own.get(part, ()), *result.remarks.get(part, ())))
    standings = {code: result.standings[code] for code in result.standings if code in run.parties}
    return (first, *record_sentences(standings), *filter(None, [_written(standings)]), *lines, *others)


def _written(standings: Mapping[str, Standing]) -> str:
    """Which clauses are open, and which numbers are for the law as written; "" where none matters."""
    named = {title for standing in standings.values() if standing.branches for title in standing.clauses}
    if not named:
        return ""
    open_ = "; ".join(sorted(named))
    return (
        f"Open: {open_}. Numbers without the other fate beside them are for the law as written, which lets them lapse."
    )


#: Share of real income from which on a country is said to gain or lose.
UPWARD = 2e-5


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


#: Level of a schedule that is on record; what weights say that are modelled.
LINES, MODELLED = "line", "world table"


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
