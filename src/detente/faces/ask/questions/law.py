"""The law: acts in force and changed, one act, cases, coverage; codes by words, and a rate over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from detente.codes import Table
from detente.codes.days import EARLIEST, spelled_day
from detente.faces.ask.answer import Answer
from detente.faces.ask.question import question
from detente.faces.charts.days import UNTIL
from detente.faces.watchfiles import changes_feed
from detente.faces.words.language import load
from detente.lab.averages.sides import asked_law, changed, checked, law_meant, listed, shown
from detente.lab.statute.book import last_act, line_history, record_tables
from detente.lab.statute.coverage import importers_tables
from detente.lab.statute.lookup import asked_law as law_asked
from detente.lab.statute.lookup import asked_names
from detente.lab.statute.search import matches

#: Which acts may be listed, and what they are called.
STATUSES = {"in-force": "in force", "announced": "announced", "void": "struck down", "all": "on record"}


@question(
    "Tariffs", "law list --on 2025-05-14", "law list --of Canada --partner USA", "law list --status announced",
    choices={"status": tuple(STATUSES)}, own_day=True,
)  # fmt: skip
def law_list(
    on: date | None = None,
    *,
    of: str = "USA",
    partner: str | Sequence[str] = (),
    line: str | Sequence[str] = (),
    status: str = "in-force",
    scenario: str | Mapping[str, Any] = "",
    lawbook: str = "",
) -> Answer:
    """The tariff acts of a country that are in force, announced or struck down.

    >>> import detente as dt
    >>> acts = dt.law_list("2025-05-14", partner="Canada")
    >>> "fent_can" in acts["id"]
    True

    Parameters
    ----------
    partner : Country; only acts on its goods are shown.
    line : Tariff code of 2 to 10 digits; only acts on these goods are shown.
    """
    table, day = listed(of, on, partner, line, status, scenario, lawbook)
    say = load()
    begun = max((row for row in table.rows() if row["from"]), key=lambda row: row["from"], default=None)
    newest = "" if begun is None else f" The newest is “{begun['title']}”, of {say.day(begun['from'])}."
    acts = f"{len(table) or 'No'} tariff act{'' if len(table) == 1 else 's'} of {say.country(of)}"
    some = " that fit" if partner or line or scenario or lawbook else ""
    verb = "is" if len(table) == 1 else "are"
    when = f" on {say.day(day)}" if status == "in-force" else ""
    return Answer.of(f"{acts}{some} {verb} {STATUSES[status]}{when}.{newest}", [table], arguments={"on": day},
                     following="detente law show ID")  # fmt: skip


@question(
    "Tariffs", "law changes --from 2025-05-01 --to 2025-05-31", "law changes --of China --from 2025-01-01 --table net",
    tool=True, endings=("atom",),
)  # fmt: skip
def law_changes(
    from_: date | None = None,
    to: date | None = None,
    *,
    of: str = "USA",
    partner: str | Sequence[str] = (),
    line: str | Sequence[str] = (),
    scenario: str | Mapping[str, Any] = "",
    lawbook: str = "",
) -> Answer:
    """What began, changed or ended in a country's tariffs between two days.

    Without days those of the last 30 days. Table `net` has what differs between the first and the last day.

    >>> import detente as dt
    >>> changes = dt.law_changes("2025-05-01", "2025-05-31", partner="China")
    >>> "rec_chn" in changes["measure"]
    True

    Parameters
    ----------
    partner : Country; only acts on its goods are shown.
    line : Tariff code of 2 to 10 digits; only acts on these goods are shown.
    """
    span = changed(of, from_, to, partner, line, scenario, lawbook)
    say, acts, count = load(), len({*span.changes["measure"]}), len(span.changes)
    days = f"from {say.day(span.first)} to {say.day(span.last)}"
    some = " that fit" if partner or line else ""
    what = f"{count or 'No'} change{'' if count == 1 else 's'}{some} in the tariffs of {say.country(of)} {days}"
    of_acts = f", of {acts} act{'' if acts == 1 else 's'}" if count else ""
    moved = ""
    if span.mover:
        points = say.number(100 * span.points, 2, sign=True)
        moved = f" What moved the average tariff most is “{span.mover}”: {points} points."
    return Answer.of(
        f"{what}{of_acts}.{moved}", [span.changes, span.net], arguments={"from": span.first, "to": span.last},
        following="detente law show ID", feeds={"atom": partial(changes_feed, span.changes)},
    )  # fmt: skip


@question("Tariffs", "law show s232_auto --on 2025-05-14", "law show fent_can --table stacking")
def law_show(measure: str, on: date | None = None, *, of: str = "USA", lawbook: str = "") -> Answer:
    """One tariff act: its rates by day, goods, countries, and what it replaces.

    >>> import detente as dt
    >>> dt.law_show("s232_auto", "2025-05-14").tables["measure"].columns[0].name
    'key'

    Parameters
    ----------
    on : Day of the rate in the first sentence, and of the table of lines.
    """
    assert on is not None  # as it was read
    say, (act, tables) = load(), shown(measure, of, on, lawbook)
    kept = [table for table in tables[1:] if len(table)]
    period = next((row for row in tables[0].rows() if row["from"] <= str(on) <= (row["until"] or "9")), None)
    status = "" if act.status == "in_force" else f" It is {'struck down' if act.status == 'void' else act.status}."
    if period is None:
        what = f"is not in force on {say.day(on)}"
    else:
        first, last = (say.day(period[name]) if period[name] else "" for name in ("from", "until"))
        span = f"from {first} to {last}" if first and last else f"since {first}" if first else f"to {last}"
        what = f"{say.day(on)}: {period['rate'] or 'in force'}, {span if first or last else 'without an end'}"
    joined = " " if period is None else ", "
    return Answer.of(f"{act.title}{joined}{what}.{status}", [tables[0], *kept], following="detente law changes")


#: Exit code where something was checked and does not hold.
NOT_HELD = 6


@question("Tariffs", "law check --of China", "law check --of India --table coverage", long=True)
def law_check(folder: str = "", *, of: str = "", lawbook: str = "") -> Answer:
    """Whether the law, or a folder of your own, gives the rates that its test cases expect.

    Without a country the cases of all are run. Of one country `coverage` and `sections` show what its schedule covers;
    of the United States `audit` and `findings` hold the newest schedule against the law. The command ends with exit
    code 6 where a case does not hold, or the schedule has what no act and no known gap explains.

    >>> import detente as dt
    >>> answer = dt.law_check(of="India")
    >>> all(answer["holds"])
    True

    Parameters
    ----------
    folder : Folder of an importer of your own, as `detente law new` makes it.
    lawbook : File or folder of measures of your own; its cases are run where it has some, else the country's own under
        the changed law.
    """
    say, (code, tables) = load(), checked(folder, of, lawbook)
    cases = tables[0]
    failed = [row for row in cases.rows() if not row["holds"]]
    whose = f"of {say.country(code)}" if code else f"of {len({*cases['importer']})} importers"
    head = f"All {len(cases)} cases {whose} hold."
    if failed:
        row = failed[0]
        rates = [say.percent(row[name]) if row[name] == row[name] else "a ban" for name in ("found", "expected")]
        head = (
            f"{len(failed)} of {len(cases)} cases {whose} do{'es' if len(failed) == 1 else ''} not hold, first "
            f"{row['case']}: {rates[0]} for {rates[1]}."
        )
    unnamed = sum(sum(table["unnamed"].tolist()) for table in tables if table.name == "audit")
    if unnamed:
        head += f" The newest schedule has {unnamed} findings that no known gap explains."
    return Answer.of(head, tables, code=NOT_HELD if failed or unnamed else 0)


@question("Tariffs", "law coverage", "law coverage Canada", "law coverage --table clauses")
def law_coverage(of: str = "", *, lawbook: str = "") -> Answer:
    """Which countries' tariffs are on record, in what detail, and up to which day they were read.

    >>> import detente as dt
    >>> answer = dt.law_coverage("Canada")
    >>> answer["level"][0]
    'line'

    Parameters
    ----------
    of : Country whose record is shown; without one, all countries, with the sources and gaps of the United States.
    """
    code, say = of or "USA", load()
    law = asked_law(code, lawbook=lawbook)[1]
    record = [] if law.record is None else record_tables(law, Path(lawbook) if lawbook else None)
    read = "" if law.record is None else f"read to {say.day(law.record.to)}"
    listed, lacks = importers_tables(of)
    rows = list(listed.rows())
    if of:
        (lines, _), acts = LEVELS[rows[0]["level"]], len(law.measures)
        headline = f"{say.name(of)}: {rows[0]['lines']:,} {lines} and {acts} tariff act{'' if acts == 1 else 's'}"
        headline += f"{', ' if read else ''}{read}."
    else:
        counts = {how: sum(row["level"] == level for row in rows) for level, (_, how) in LEVELS.items()}
        parts = " and ".join(f"{count} {how}" for how, count in counts.items() if count)
        headline = (
            f"The tariffs of {len(rows)} importers are on record: {parts}. The law of {say.country(code)} is {read}."
        )
    return Answer.of(headline, [listed, *record, lacks], following="detente law list --of COUNTRY")


#: What a country's tariff is of, and how it is known, by the level of its record.
LEVELS = {
    "line": ("tariff lines", "line by line"), "hs6": ("subheadings", "by subheading"),
    "sector": ("subheadings at the means of sectors", "by the means of sectors"),
}  # fmt: skip


@question("Tariffs", "find electric cars --on 2025-09-01", "find 8507.60 --partner China", "find coffee from Brazil",
          tool=True)  # fmt: skip
def find(
    words: str | Sequence[str], on: date | None = None, *, of: str = "USA", partner: str = "", lawbook: str = ""
) -> Answer:
    """Tariff codes, acts and countries by words, with the tariff on each code.

    The best match comes first. Where a country is named, behind the words or as `partner`, the whole tariff on its
    goods stands beside the base rate. Tables: `lines`, `measures` (acts), `countries`.

    >>> import detente as dt
    >>> dt.find("lithium-ion batteries", "2025-09-01")["line"][0][:7]
    '8507.60'
    """
    text = words if isinstance(words, str) else " ".join(words)
    law, day, *_ = law_meant(of, on, lawbook=lawbook)
    tables = matches(text, day, of=of, partner=partner, law=law)
    return Answer.of(_found(text, tables), [table for table in tables if len(table)], arguments={"on": day})


def _found(words: str, tables: Sequence[Table]) -> str:
    """How much fits, and the nearest."""
    nouns = {"lines": "tariff code", "measures": "act"}
    parts = [f"{len(table):,} {nouns[table.name]}{'s' if len(table) > 1 else ''}"
             for table in tables if table.name in nouns and len(table)]  # fmt: skip
    first = next((table for table in tables if len(table)), tables[0])
    row = next(first.rows())
    if first.name == "countries":
        return f"“{words}” is a country, {row['name']} ({row['country']}); no tariff code or act has the words."
    fit = f"{' and '.join(parts)} {'fits' if len(first) == 1 and len(parts) == 1 else 'fit'} “{words}”"
    if first.name == "measures":
        return f"{fit}; the nearest is {row['title']} ({row['id']})."
    rate = "" if row["base"] != row["base"] else f", with a base rate of {row['base']:.2%}"
    rate += "" if row["total"] != row["total"] else f" and {row['total']:.2%} in all{first.title.partition('duty')[2]}"
    return f"{fit}; the nearest is {row['line']}{rate}."


@question(
    "Tariffs", "rate history 8703.23.01.40 Japan --from 2025-01-01 --to 2026-06-30",
    choices={"reading": ("effective", "published", "ruled")},
)  # fmt: skip
def rate_history(
    line: str,
    partner: str,
    from_: date | None = None,
    to: date | None = None,
    *,
    of: str = "USA",
    preference: str = "",
    scenario: str | Mapping[str, Any] = "",
    set: Mapping[str, Any] | Sequence[str] = (),
    reading: str = "effective",
    lawbook: str = "",
) -> Answer:
    """How the tariff on one product from one country has changed, with the act behind each change.

    One row for each level; of several lines under a code the range of their rates and the mean. Table `coming` has the
    levels that acts on record bring after today.

    >>> import detente as dt
    >>> answer = dt.rate_history("8703.23.01.40", "Japan", "2025-01-01", "2025-12-31")
    >>> answer["date"][1]
    '2025-04-03'

    Parameters
    ----------
    from : First day shown; 2018, where the record begins, if none is given.
    to : Last day shown; the last act on record if none is given.
    preference : Trade preference that is claimed on the days on which it may be, as USMCA.
    """
    meant = law_meant(of, None, scenario, reading, lawbook=lawbook)
    law = law_asked(of, meant, None, preference, set if isinstance(set, Mapping) else {})
    first, last = from_ or EARLIEST, to or last_act(of)
    with asked_names():
        table = line_history(
            line, partner, first=first, last=last, of=of, law=law.law, claim=law.claim, shares=law.shares,
            reading=law.reading,
        )  # fmt: skip
    ahead = table["date"] > date.today().isoformat()
    tables = [table.noted(f"{UNTIL}{last}"), *([replace(table.take(ahead), name="coming")] if ahead.any() else [])]
    return Answer.of(_history_said(table), tables, arguments={"from": first, "to": last})


def _history_said(table: Table) -> str:
    """First and last level, and the act that moved the rate most."""
    rows = list(table.rows())
    first, last = rows[0], rows[-1]
    good = table.title.removeprefix("Tariff on ").removesuffix(" over time")
    since = f"{_level(first)} on {spelled_day(date.fromisoformat(first['date']))}"
    if len(rows) == 1:
        return f"The tariff on {good} has been {since} and ever since."
    most = max(rows[1:], key=lambda row: abs(row["change"]))
    points = f"{'+' if most['change'] > 0 else '−'}{abs(100 * most['change']):.1f} points"
    return (
        f"The tariff on {good} was {since}; since {spelled_day(date.fromisoformat(last['date']))}: {_level(last)}. "
        f"{len(rows) - 1} changes; the largest, {points} on {spelled_day(date.fromisoformat(most['date']))}: "
        f"{most['what']}."
    )


def _level(row: Mapping[str, Any]) -> str:
    """A level in words: of lines that differ their range first, then their mean by that name."""
    low, high, mean = (f"{row[name]:.2%}" for name in ("low", "high", "total"))
    return mean if low == high else f"{low} to {high} ({mean} on average)"
