"""The Talks pages: cases of the package, and for each the page of any country: what to offer, ask and refuse."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import StringIO
from itertools import combinations
from typing import Any

from fastapi.responses import Response
from starlette.datastructures import QueryParams

from detente.codes import DetenteError, Table, UnknownName
from detente.codes.names import first_upper
from detente.data.casefile import variant_names
from detente.data.caserows import CaseFile
from detente.data.tables import countries
from detente.faces.charts import Chart
from detente.faces.charts.gallery import charts
from detente.faces.formats import csv_cell
from detente.faces.web.html import Address, Said, as_csv, page, picture, refused
from detente.faces.web.pages.files import drawn_as
from detente.faces.web.pages.wait import again, answer_of, awaited
from detente.faces.web.problems import Problem
from detente.faces.web.work.advised import KeptPages, advice_asked, case_file, country_of, kept_pages, shipped_cases
from detente.faces.web.work.questions import Pending, Questions, kept_document
from detente.faces.words.language import Language, load
from detente.faces.words.outside import outsider_name
from detente.faces.words.talks_page import SpokenPage, spoken_page
from detente.lab.talks.paged import pair_name

PLACE = "Talks"
DRAWN = ("acceptable", "survival")
"""Charts of a case."""

PLANE = ("acceptable", "frontier", "deals")
"""Tables of the chart of what two can accept."""

PACKAGES = "packages"
"""Name of the table of packages."""


@dataclass(frozen=True)
class CaseAsked:
    """A case that a page was asked for, in a variant, for a country."""

    file: CaseFile
    case: str
    variant: str
    side: str

    @property
    def query(self) -> str:
        """What the address says of it."""
        words = {"side": self.side, "variant": self.variant}
        return str(QueryParams({name: word for name, word in words.items() if word}))


def cases(address: Address) -> Response:
    """The cases of the package, each with its parties, its day, and what stands on that day."""
    say = load()
    rows = [
        {
            "name": file.name, "title": file.title, "day": say.day(file.on.isoformat()),
            "parties": [{"code": code, "name": _name(code, say)} for code in file.parties],
            "state": say("talks.textbook") if made_up(file) else state_of(deadline, say), "variants": variants,
        }
        for file, variants, deadline in sorted(reversed(shipped_cases()), key=lambda row: made_up(row[0]))
    ]  # fmt: skip
    return page("talks.html.j2", address.request, place=PLACE, title=say("talks.title"), rows=rows)


def made_up(file: CaseFile) -> bool:
    """Whether a textbook made the countries of a case up."""
    return not any(code in countries().names or code in countries().groups for code in file.parties)


def state_of(deadline: Mapping[str, Any], say: Language) -> str:
    """What stands on the day of a case, in one sentence."""
    if not deadline:
        return say("talks.no_deadline")
    what = str(deadline["what"])
    parts = {"who": first_upper(say.country(deadline["by"])), "day": say.day(deadline["day"])}
    # The rule that had scored better by that day, as the page of the case has it.
    rule = "naive" if deadline["naive_score"] <= deadline["score"] else "deal"
    return say("talks.deadline", what=what, chance=say.percent(deadline[rule], 0), **parts)


def talk(address: Address) -> Response:
    """The page of a country for a case, or how far its work is."""
    messages = Said()
    try:
        wanted = _asked(address)
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    say = messages.say
    answer = answer_of(address, lambda: advice_asked(wanted.case, wanted.variant, wanted.side), messages)
    kept = None if answer is None or isinstance(answer, Pending) else _kept(address, answer.key, answer.tables)
    spoken = None if kept is None else spoken_page(kept.pages[wanted.side], say)
    figures = [] if kept is None else [picture(chart) for chart in _charts(wanted, kept, say)]
    return page(
        "talk.html.j2", address.request, place=PLACE, title=wanted.file.title, said=messages,
        asked=wanted, spoken=spoken, figures=figures, variants=("", *variant_names(wanted.case)),
        parties=[(code, _name(code, say)) for code in wanted.file.parties], others=_others(wanted, kept, say),
        pending=awaited(answer, say("talks.wait")), again=again(address),
        several=len(wanted.file.parties) > 2,
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """The table of packages, or one of those behind the charts, as CSV."""
    try:
        wanted, kept = _at_hand(address)
        name = address("table", PACKAGES)
        if name == PACKAGES:
            return packages_csv(spoken_page(kept.pages[wanted.side], load()), f"{wanted.case}-{name}")
        if name not in kept.tables:
            raise UnknownName("table", name[:40], kept.tables, "table", f"use {', '.join((PACKAGES, *kept.tables))}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
    return as_csv(kept.tables[name], f"{wanted.case}-{name}")


def chart_file(address: Address) -> Response:
    """A chart of a case as SVG, PNG or CSV, or for a frame."""
    try:
        wanted, kept = _at_hand(address)
        home = f"/talks/{wanted.case}?{wanted.query}"
        return drawn_as(address, _charts(wanted, kept, load()), kept.tables, home)
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)


def packages_csv(spoken: SpokenPage, name: str) -> Response:
    """The table of packages in words as a file to keep."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([[csv_cell(cell) for cell in row] for row in (spoken.heads, *spoken.rows)])
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(out.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _asked(address: Address) -> CaseAsked:
    name, variant = address("case"), address("variant")
    file = case_file(name, variant)
    return CaseAsked(file, name, variant, country_of(file, address("side")))


def _at_hand(address: Address) -> tuple[CaseAsked, KeptPages]:
    """A case whose pages are there.

    Raises
    ------
    Problem : 503, they are being worked out. UnknownName : no such case, variant or country.
    """
    wanted = _asked(address)
    questions: Questions = address.request.app.state.questions
    answer = questions.ask(advice_asked(wanted.case, wanted.variant, wanted.side))
    if isinstance(answer, Pending):
        raise Problem(503, f"the pages of {wanted.case} are being worked out; ask again", {"retry-after": "3"})
    return wanted, _kept(address, answer.key, answer.tables)


def _kept(address: Address, key: str, tables: Mapping[str, Table]) -> KeptPages:
    return kept_pages(kept_document(address.request, key), tables)


def _charts(wanted: CaseAsked, kept: KeptPages, say: Language) -> list[Chart]:
    """The charts of a case; where several bargain, one for each pair that the side is in, named after it."""
    drawn = charts(kept.tables, DRAWN, say=say)
    if len(wanted.file.parties) == 2:
        return drawn
    side = wanted.side if wanted.side in wanted.file.parties else wanted.file.parties[0]
    pairs = [pair for pair in combinations(wanted.file.parties, 2) if side in pair]
    return [*(chart for pair in pairs for chart in _of_pair(pair, kept.tables, say)), *drawn]


def _of_pair(pair: tuple[str, str], tables: Mapping[str, Table], say: Language) -> list[Chart]:
    own = {name: tables[key] for name in PLANE if (key := pair_name(name, pair)) in tables}
    if len(own) < len(PLANE):
        return []
    return [
        replace(chart, name="-".join((chart.name, *pair)).lower(), table=pair_name(chart.table, pair))
        for chart in charts(own, PLANE[:1], say=say)
    ]


def _others(wanted: CaseAsked, kept: KeptPages | None, say: Language) -> list[tuple[str, str]]:
    """Countries that are not at the table, by name; the one asked for alone where the others are not known yet."""
    codes = kept.outsiders if kept is not None else () if wanted.side in wanted.file.parties else (wanted.side,)
    return sorted(((code, outsider_name(code, say)) for code in codes), key=lambda row: row[1])


def _name(code: str, say: Language) -> str:
    """A party by name; one that a textbook made up by its letters."""
    try:
        return say.name(code)
    except (KeyError, DetenteError):
        return code
