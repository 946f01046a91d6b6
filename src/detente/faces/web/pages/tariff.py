"""A tariff of one's own: rows of partners, goods, rate and days in the address; its brief; its file to run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes import DetenteError, InputError, Parameter
from detente.data.tables import countries
from detente.data.yamlfile import as_date
from detente.faces.ask.answer import Answer
from detente.faces.ask.arguments import KINDS, day
from detente.faces.ask.question import find
from detente.faces.report.content import content
from detente.faces.report.replication import scenario_text
from detente.faces.web.answers import as_file
from detente.faces.web.html import Address, page, picture, tried
from detente.faces.web.problems import Problem
from detente.faces.web.work.questions import Questions, answer_to, awaited
from detente.faces.words.language import Language, load
from detente.lab.duties.own import (
    ALL,
    MOST,
    SECTOR_NAMES,
    OwnDuty,
    own_codes,
    own_partners,
    own_scenario,
    own_sector,
    titled,
)
from detente.lab.scenario import CLOSURES, Scenario, with_closure

PLACE = "Deal"
#: Fields of a row in the form, one after another; the address has each row as one word.
FIELDS = ("of", "to", "goods", "codes", "kind", "rate", "from", "until")

IMPORTERS = ("USA", "CHN")
BY_CODE = "codes"
#: What stands before a rate in an address that is the least owed in all.
LEAST = "min"

LONGEST, NAMED, MOST_QUERY = 200, 80, 2000
EMPTY = {"of": "USA", "to": "", "goods": ALL, "codes": "", "kind": "", "rate": "10", "from": "", "until": ""}


@dataclass(frozen=True)
class ReadTariff:
    """What an address says.

    Attributes
    ----------
    rows : of the form, by field; `duties` : the same read, None where a row cannot be.
    closure : what happens to trade balances, as a scenario names it.
    """

    on: date
    title: str
    rows: tuple[Mapping[str, str], ...]
    duties: tuple[OwnDuty | None, ...]
    messages: tuple[str, ...]
    closure: str = CLOSURES[0]

    def query(self, without: int = -1) -> str:
        """The tariff as a query, readable, a row left out where one is named."""
        rows = [packed(row) for number, row in enumerate(self.rows) if number != without]
        return _address(self.on.isoformat(), self.title, self.closure, rows)

    @property
    def scenario(self) -> Scenario:
        """The rows that could be read, as a scenario."""
        duties = [duty for duty in self.duties if duty is not None]
        name = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:40] or "own-tariff"
        return with_closure(own_scenario(duties, self.on, self.title, name), self.closure)


def tariff(address: Address) -> Response:
    """The form with its rows, what they change, and the brief once it is computed."""
    given = address.request.query_params
    if given.getlist("rate"):
        return RedirectResponse(f"/tariff?{_of_form(given)}", 303)
    say = load()
    own = read_tariff(given, say)
    # What the field of partners offers: everybody, groups, countries.
    groups = dict.fromkeys(group.title for group in countries().groups.values() if countries().group(group.title))
    messages = list(own.messages)
    result = None
    if any(own.duties):
        questions: Questions = address.request.app.state.questions
        try:
            words = {"scenario": own.scenario.to_dict()}
            result = tried(lambda: questions.ask(answer_to(find("run"), words)), None, messages)
        except Problem as error:  # too many wait
            messages.append(str(error))
    brief = content(result.result, True) if isinstance(result, Answer) else None
    query = own.query()
    blank = (EMPTY,) if not own.rows or (given.get("blank") and len(own.rows) < MOST) else ()
    return page(
        "tariff.html.j2", address.request, place=PLACE, title=own.title or say("tariff.heading"),
        said=messages, own=own, rows=[*own.rows, *blank], query=query, importers=IMPORTERS, most=MOST,
        closures=CLOSURES, sectors=[*SECTOR_NAMES], partners=[ALL, *groups, *sorted(set(countries().names.values()))],
        changes=_changes(own, say),
        it=brief, figures=[picture(chart) for chart in brief.pictures] if brief else [], key=brief.key if brief else "",
        pending=awaited(result, say("tariff.computing")), again=f"/tariff?{address.request.url.query[:MOST_QUERY]}",
    )  # fmt: skip


def scenario_file(address: Address) -> Response:
    """The scenario as a file that `detente run` takes."""
    own = read_tariff(address.request.query_params, load())
    if not any(own.duties):
        raise InputError("tariff", "has no row that can be read", "add one")
    return as_file(scenario_text(own.scenario), own.scenario.name, "yaml")


def packed(row: Mapping[str, str]) -> str:
    """A row as one word of an address: USA:EU:VEH:25:2025-06-01:."""
    goods = row["codes"] if row["goods"] == BY_CODE else row["goods"]
    rate = f"{LEAST if row['kind'] == LEAST else ''}{row['rate']}"
    cells = (row["of"], row["to"], goods, rate, row["from"], row["until"])
    return ":".join(cell.replace(":", " ").strip()[:LONGEST] for cell in cells)


def unpacked(word: str) -> dict[str, str]:
    """The fields of a row of an address; what is missing is blank."""
    of, to, goods, rate, since, until = (*word.split(":"), *[""] * 6)[:6]
    coded = bool(goods) and goods[0].isdigit()
    return {
        "of": of or IMPORTERS[0], "to": to,
        "goods": BY_CODE if coded else goods or ALL, "codes": goods if coded else "",
        "kind": LEAST if rate.startswith(LEAST) else "", "rate": rate.removeprefix(LEAST).strip(), "from": since,
        "until": until,
    }  # fmt: skip


def _of_form(given: QueryParams) -> str:
    """The address of a form that was sent: its rows as words, those without a partner left out."""
    lists = {name: given.getlist(name)[:MOST] for name in FIELDS}
    rows = [
        {name: (values[number] if number < len(values) else "")[:LONGEST] for name, values in lists.items()}
        for number in range(len(lists["rate"]))
    ]
    on, title, closure = given.get("on", "")[:10], *(given.get(name, "")[:NAMED] for name in ("title", "closure"))
    more = {"blank": "1"} if given.get("do") == "more" else {}
    return _address(on, title, closure, [packed(row) for row in rows if row["to"].strip()], **more)


def _address(on: str, title: str, closure: str, rows: Sequence[str], **more: str) -> str:
    """A tariff as a query, readable; what is blank or the default stays out."""
    words = {"on": on, "title": title, "closure": "" if closure == CLOSURES[0] else closure}
    pairs = [*words.items(), *(("row", row) for row in rows), *more.items()]
    return str(QueryParams([pair for pair in pairs if pair[1]])).replace("%3A", ":").replace("%2C", ",")


def read_tariff(given: QueryParams, say: Language) -> ReadTariff:
    """The tariff of an address, with a message for what cannot be read."""
    messages: list[str] = []
    on = tried(lambda: day(given.get("on", "")[:10], Parameter("on")), None, messages) or date.today()
    rows = tuple(unpacked(word[: 6 * LONGEST]) for word in given.getlist("row")[:MOST])
    duties = tuple(_duty(row, number, on, messages, say) for number, row in enumerate(rows, start=1))
    name = given.get("closure", "").strip()[:NAMED] or CLOSURES[0]
    closure = tried(lambda: KINDS["choice"][0](name, Parameter("closure"), CLOSURES), CLOSURES[0], messages)
    return ReadTariff(on, given.get("title", "").strip()[:NAMED], rows, duties, tuple(messages), closure)


def _duty(row: Mapping[str, str], number: int, on: date, messages: list[str], say: Language) -> OwnDuty | None:
    """A row as it is read; None, with a message, where it cannot be."""
    try:
        duty = _read(row)
    except DetenteError as error:
        messages.append(say("tariff.unread", number=number, why=str(error)))
        return None
    if (duty.since or on) > on or (duty.until is not None and duty.until < on):
        messages.append(say("tariff.not_in_force", number=number, day=say.day(on)))
    return duty


def _read(row: Mapping[str, str]) -> OwnDuty:
    of = row["of"].upper()
    if of not in IMPORTERS:
        raise InputError("importer", f"'{of[:20]}' has no lawbook", f"use {' or '.join(IMPORTERS)}")
    partners, without = own_partners(row["to"], of)
    coded = row["goods"] == BY_CODE
    try:
        rate = float(row["rate"].strip().rstrip("%").replace(",", "."))
    except ValueError:
        raise InputError("rate", f"'{row['rate'][:20]}' is no number", "write it as 25") from None
    if not 0.0 <= rate <= 500.0:
        raise InputError("rate", f"{rate:g}% is out of range", "give 0 to 500")
    since, until = (as_date(row[name][:10], name) if row[name] else None for name in ("from", "until"))
    if since is not None and until is not None and until < since:
        raise InputError("until", f"{until} is before the first day {since}", "swap the days")
    return OwnDuty(
        of, partners, round(rate / 100.0, 8), without,
        "" if coded or row["goods"] == ALL else own_sector(row["goods"].upper()),
        own_codes(row["codes"], of) if coded else (), row["kind"] == LEAST, since, until,
    )  # fmt: skip


def _changes(own: ReadTariff, say: Language) -> list[dict[str, str]]:
    """Each row in words, with the address of the tariff without it."""
    return [
        {"words": _told(duty, say), "back": f"/tariff?{own.query(number)}"}
        for number, duty in enumerate(own.duties)
        if duty is not None
    ]


def _told(duty: OwnDuty, say: Language) -> str:
    line = say("tariff.line", importer=say.name(duty.of), duty=titled(duty))
    if duty.since and duty.until:
        return f"{line}, {say('tariff.span', first=say.day(duty.since), last=say.day(duty.until))}"
    if end := duty.since or duty.until:
        return f"{line}, {say('tariff.since' if duty.since else 'tariff.until_day', day=say.day(end))}"
    return line
