"""The first page and the Law page: the tariffs of today, what moved them, and the acts in force on a day."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes import Table
from detente.codes.days import BASE_DAY, LAPSED
from detente.codes.errors import Parameter
from detente.codes.names import first_upper
from detente.data.casefile import case_names, settled_case
from detente.data.importerfile import importer_id
from detente.data.importers import importer
from detente.data.tables import countries
from detente.faces.ask.arguments import day
from detente.faces.ask.questions.averages import average as average_asked
from detente.faces.charts.frame import rows_of
from detente.faces.charts.gallery import charts
from detente.faces.web.html import Address, page, picture, tried
from detente.faces.words.language import Language, load
from detente.faces.words.record import record_sentences
from detente.lab.averages.averages import average, contributions, daily_averages
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.coverage import importers_by_level
from detente.law import Clause

MONTH = timedelta(days=30)
#: How long talks in which nothing was signed count as under way.
HALF = timedelta(days=183)

#: Days after which a record is called old.
STALE = 60

#: Change of an average that is told, share.
LEAST = 5e-5

MOST = 6

#: Seconds for which the first reader of a day waits before the page says that it works.
SOON = 1.5

TRIED = ("coffee from Brazil", "cars from Germany", "batteries from China")
#: Importers whose clauses are told, each with the partner whose goods its average is of; "" = all.
SIDES = (("USA", ""), ("CHN", "USA"))


def front(on: date) -> dict[str, Any]:
    """What the first page of a day shows, in words."""
    say, since, averages, clauses = load(), on - MONTH, dict[str, Table](), list[tuple[str, ...]]()
    for code, partner in SIDES:
        ground = laid_law(importer(code).law)
        averages[code] = average(ground.only(frozenset({partner})) if partner else ground, on)
        record = ground.law.record
        clauses += [_clause(code, clause, say) for clause in (() if record is None else record.open_on(on))]
    ground = laid_law(importer("USA").law)
    days, moved = daily_averages(ground, BASE_DAY, on), contributions(ground, since, on)
    top, standing = int(days["average"].argmax()), averages["USA"].standing
    drawn = charts({"daily": days}, ("daily",))
    rows = [row for row in rows_of(moved) if any(abs(row[name]) > LEAST for name in moved.data if "change" in name)]
    fates = [name for name in moved.data if name.startswith("change_if_")]
    words, age = ({}, 0) if standing is None else (standing.fates, (on - standing.to).days)
    cases = ((name, settled_case(name)) for name in case_names())
    known = {*countries().names, *countries().groups}  # a textbook makes countries up
    open_ = [(name, case.parties, case.on) for name, case in cases
             if not case.signed and known & {*case.parties} and on - HALF <= case.on <= on]  # fmt: skip
    return {
        "now": say.percent(float(averages["USA"]["average"][0]), 1), "base": say.percent(float(days["average"][0]), 1),
        "china": say.percent(float(averages["CHN"]["average"][0]), 1), "base_day": say.day(BASE_DAY),
        "peak": say.percent(float(days["average"][top]), 1), "peak_day": say.day(str(days["date"][top])),
        "since_day": say.day(since), "read": "" if standing is None else say.day(standing.to),
        "old": age if age > STALE else 0, "others": {code: _fates(table, say) for code, table in averages.items()},
        "change": _changed(sum(float(row["change"]) for row in rows), say.day(since), say),
        "heads": [say("today.if_fate", fate=words.get(name.removeprefix("change_if_"), "")) for name in fates],
        "moved": [(row["title"], row["measure"], [_points(row[key], say) for key in ("change", *fates)])
                  for row in rows[:MOST]],
        "clauses": clauses, "figure": picture(drawn[0]) if drawn else None,
        "talks": [(name, say.listed([say.name(code) for code in parties]), say.day(day))
                  for name, parties, day in sorted(open_, key=lambda row: row[2], reverse=True)],
    }  # fmt: skip


@lru_cache(maxsize=2)
def begun(on: date) -> Future[dict[str, Any]]:
    """The page of a day, which is begun when somebody, or the server itself, first asks for it."""
    return ThreadPoolExecutor(1, "first page").submit(front, on)


def today(address: Address) -> Response:
    """The first page; while it is worked out its box for goods stands already."""
    try:
        shown: dict[str, Any] | None = begun(date.today()).result(timeout=SOON)
    except TimeoutError:
        shown = None
    return page("today.html.j2", address.request, title=load()("today.title"), tried=TRIED, it=shown)


def _changed(share: float, since: str, say: Language) -> str:
    points = say("today.points", value=say.number(100.0 * abs(share), 2))
    return say("today.rose" if share > 0 else "today.fell", change=points, since=since)


def _points(share: float, say: Language) -> str:
    return say("today.points", value=say.number(100.0 * share, 2, sign=True))


def _fates(table: Table, say: Language) -> list[tuple[str, str]]:
    """The average under every fate of the open clauses other than that shown, with the fate in words."""
    standing, fates = table.standing, dict[str, list[str]]()
    for branch in () if standing is None else standing.branches:
        if branch.name != LAPSED and branch.value is not None:
            fates.setdefault(say.percent(branch.value, 1), []).append(branch.words or branch.name)
    return [(value, say("today.or", first=words[0], second=words[1]) if len(words) == 2 else say.listed(words))
            for value, words in fates.items()]  # fmt: skip


def _clause(code: str, clause: Clause, say: Language) -> tuple[str, str, str, str]:
    """An open clause: whose, what, when it was due, and what may have become of it."""
    fates = say("frame.semicolon").join(fate.words for fate in clause.fates)
    kind = "begins" if clause.begins else "ends"
    return say.name(code), first_upper(clause.title), say.day(clause.day), say(f"today.{kind}", fates=fates)


SOUGHT = (
    ("batteries", "/rate?line=8507.60.00.20&partner=CHN"),
    ("phones", "/rate?line=8517.13.00.00&partner=CHN"),
    ("cars", "/rate?line=8703.23.01&partner=JPN"),
    ("soybeans", "/rate?line=1201.90&partner=USA&of=CHN"),
)


#: Acts that the Law page names.
LARGEST = 20


def law(address: Address) -> Response:
    """The average of a day and the acts that add most to it; words to look for lead to what they find."""
    messages, words = list[str](), address("q").strip()
    of = tried(lambda: importer_id(address("of")[:60] or "USA"), "USA", messages)
    when = tried(lambda: day(address("on"), Parameter("on")), None, messages) or date.today()
    if words:
        return RedirectResponse(f"/find?{QueryParams({'words': words, 'of': of, 'on': str(when)})}", 308)
    averaged = average_asked.ask({"of": of, "by": "measure", "from": str(when), "to": str(when)})
    adds, say = averaged.table("daily_measures"), load()
    rows = [(row["title"], row["measure"], say.number(100.0 * row[str(when)], 2)) for row in adds.rows()]
    return page(
        "law.html.j2", address.request, place="Law", title=say("frame.place_law"),
        of=of, laws=importers_by_level(), on=str(when), said=messages, tried=SOUGHT,
        headline=averaged.headline, adds=[row for row in rows if row[1]][:LARGEST],
        standing=record_sentences(averaged.standing),
    )  # fmt: skip
