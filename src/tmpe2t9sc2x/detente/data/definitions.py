"""Definitions: how publishers of average duties count, one file each in `definitions/`, with their own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_prose, as_share, as_text, check_keys, read_yaml

FOLDER = "definitions"
OURS = "detente"
"""The definition that is our own: nothing is chosen otherwise."""

UNITS = ("level", "partner_level", "realised", "change_pp", "partner_change_pp")
SUBSTITUTION = ("pre", "own", "world", "partners")
POST = "post"
"""After substitution, as the publisher takes it."""

READINGS = ("effective", "published")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a publisher chose.

    Attributes
    ----------
    importer, partner : whose imports, and from whom, "" = all.
    scope, weights, claims, reading : as of an average of ours, "" = ours.
    given : shares of goods set, by name, as "s301_exclusion: 0". schedule : no exemption from base duty is claimed.
    exports : sectors weigh as the partner's sales to all the world. by_hs6 : see `average_by_subheading`.
    whole_metals : duties on the metal in a good are owed on the whole of it.
    substitution : "pre" = trade as it was, "own" = each flow answers its own duty, "world" = the world economy answers,
        "partners" = it moves partners against partners alone; "post" = its `answer`.
    answer : what it publishes after substitution, where it gives both; retaliation : with China's replies.
    paid : duty collected, not the law.
    """

    importer: str = "USA"
    partner: str = ""
    scope: str = ""
    weights: str = ""
    claims: str = ""
    reading: str = ""
    given: tuple[tuple[str, float], ...] = ()
    schedule: bool = False
    exports: bool = False
    by_hs6: bool = False
    whole_metals: bool = False
    substitution: str = "pre"
    answer: str = "world"
    retaliation: bool = False
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """Law that a report counts though it is not that of its day.

    Attributes
    ----------
    says : in words. on : day of the law, None = that of the report.
    announced, void : measures put in force and out of it, by id or as "basis:IEEPA".
    """

    says: str
    on: date | None = None
    announced: tuple[str, ...] = ()
    void: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodChange:
    """Averages of two reports with a change of method between them, share of customs value, and the laws they count.

    Attributes
    ----------
    until : first day on which the older method no longer holds.
    """

    until: date
    average: float
    next_average: float
    law: date = date.min
    next_law: date = date.min


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure in print, on the law of a day.

    Attributes
    ----------
    who : title of its definition; definition : its name. report, law : day of print, day of the law.
    value, tolerance : share of customs value. unit : one of `UNITS`. partner : whose goods, where not the definition's.
    substitution : one of `SUBSTITUTION`, or "post". says : what the number counts.
    gap : why it cannot be met, "" where it can.
    outside : whether it was added after the choices were made, as a check of them.
    """

    who: str
    definition: str
    report: date
    law: date
    value: float
    tolerance: float
    unit: str = "level"
    partner: str = ""
    substitution: str = "pre"
    says: str = ""
    gap: str = ""
    outside: bool = False


@dataclass(frozen=True)
class StandIn:
    """Data of a publisher that are not on record, and the choice that stands in for them.

    Attributes
    ----------
    data : what is missing. choice : its key. moves : day of the law -> what the choice moves the number by, points.
    """

    data: str
    choice: str
    moves: Mapping[date, float]

    @property
    def words(self) -> str:
        """What is missing, and how far what stands in for it moves the number."""
        points = sorted(self.moves.values())
        ends = dict.fromkeys(f"{end:+.1f}" for end in (points[0], points[-1]))
        return f"{self.data}; what stands in for it moves the number by {' to '.join(ends)} points"


@dataclass(frozen=True, slots=True)
class Publisher:
    """How one publisher counts: a definition by name.

    Attributes
    ----------
    name : of its file. title : who, and which series. short : who, as tables name it. source : where it is published.
    known, guessed : what is known of its choices and what is our guess, in short sentences.
    chosen : its choices; changes : others that held before a day, oldest first.
    counts : law of a later day that reports count, by day of the report, ISO.
    method, electronics : changes of method by the publisher's own figures, for reconciliations alone.
    missing : data of its own that are not on record.
    """

    name: str
    title: str
    short: str = ""
    source: str = ""
    known: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    chosen: Chosen = Chosen()
    changes: tuple[tuple[date, Chosen], ...] = ()
    counts: Mapping[str, Counted] = field(default_factory=dict)
    method: MethodChange | None = None
    electronics: MethodChange | None = None
    figures: tuple[PublishedFigure, ...] = ()
    missing: tuple[StandIn, ...] = ()

    def chosen_on(self, on: date) -> Chosen:
        """The choices that held on a day."""
        return next((chosen for until, chosen in self.changes if on < until), self.chosen)

    def counted(self, on: date) -> Counted | None:
        """The later law that a report of the day counts, if it counts any."""
        return self.counts.get(str(on))

    @property
    def importer(self) -> str:
        """Whose imports."""
        return self.chosen.importer

    @property
    def partner(self) -> str:
        """From whom, "" = all."""
        return self.chosen.partner


HEAD = "title short source known guessed choices changes counts theirs missing figures".split()
THEIRS = "method electronics".split()


def definition_names() -> tuple[str, ...]:
    """Names of the definitions of the package, ours first."""
    return tuple(definitions())


def definition(name: str, where: str = Parameter("as")) -> Publisher:
    """A definition by name.

    Raises
    ------
    UnknownName : none has that name.
    """
    known = definitions()
    text = name.strip().lower().replace("_", "-").replace(" ", "-")
    if text not in known:
        raise UnknownName("definition", name, known, where, f"known are {', '.join(known)}")
    return known[text]


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Publisher]:
    """Definitions of the package by name, from the files in their folder, ours first.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    paths = sorted((package_folder() / FOLDER).glob("*.yaml"), key=lambda path: (path.stem != OURS, path.stem))
    return {path.stem: read_definition(path) for path in paths}


@lru_cache(maxsize=1)
def published_figures() -> tuple[PublishedFigure, ...]:
    """All figures of all definitions, by definition and as their files order them."""
    return tuple(figure for publisher in definitions().values() for figure in publisher.figures)


def read_definition(path: Path) -> Publisher:
    """One definition from its file; errors as `definitions`."""
    where = f"{FOLDER}/{path.name}"
    keys = check_keys(read_yaml(path, where), HEAD, where, ("title",))
    theirs = check_keys(keys.get("theirs") or {}, THEIRS, f"{where}, theirs")
    title = as_text(keys["title"], f"{where}, title")
    chosen = _chosen(keys.get("choices") or {}, Chosen(), f"{where}, choices")
    return Publisher(
        name=path.stem,
        title=title,
        short=as_text(keys.get("short") or title, f"{where}, short"),
        source=as_prose(keys.get("source"), f"{where}, source"),
        known=_sentences(keys.get("known"), f"{where}, known"),
        guessed=_sentences(keys.get("guessed"), f"{where}, guessed"),
        chosen=chosen,
        changes=tuple(sorted(_changed(row, chosen, where) for row in as_list(keys.get("changes")))),
        counts=dict(_counted(row, where) for row in as_list(keys.get("counts"))),
        method=_method(theirs.get("method"), f"{where}, method"),
        electronics=_method(theirs.get("electronics"), f"{where}, electronics"),
        figures=tuple(_figure(row, title, path.stem, where) for row in as_list(keys.get("figures"))),
        missing=tuple(_stand_in(row, f"{where}, missing") for row in as_list(keys.get("missing"))),
    )


def _stand_in(row: Any, where: str) -> StandIn:
    keys = check_keys(row, ("data", "choice", "moves"), where, ("data", "choice", "moves"))
    if not isinstance(keys["moves"], Mapping) or not keys["moves"]:
        raise InputError(f"{where}, moves", "are no days with points", "give the day of a law and the points it moves")
    moves = {as_date(day, f"{where}, moves"): float(points) for day, points in keys["moves"].items()}
    return StandIn(as_prose(keys["data"], f"{where}, data"), as_text(keys["choice"], f"{where}, choice"), moves)


def _sentences(value: Any, where: str) -> tuple[str, ...]:
    return tuple(as_prose(item, where) for item in as_list(value))


def _chosen(content: Any, ours: Chosen, where: str) -> Chosen:
    keys = check_keys(content, [item.name for item in fields(Chosen)], where)
    made = {key: _choice(key, value, f"{where}, {key}") for key, value in keys.items()}
    return replace(ours, **made)


def _choice(key: str, value: Any, where: str) -> Any:
    if key in ("schedule", "exports", "by_hs6", "whole_metals", "retaliation", "paid"):
        return _truth(value, where)
    if key == "given":
        shares = check_keys(value, value if isinstance(value, Mapping) else (), where)
        return tuple((str(name), as_share(share, f"{where}, {name}")) for name, share in shares.items())
    text = str(value)
    known = {"substitution": SUBSTITUTION, "answer": SUBSTITUTION[1:], "reading": READINGS}.get(key)
    if known and text not in known:
        raise UnknownName(key, text, known, where, f"use {', '.join(known)}")
    return text


def _changed(row: Any, chosen: Chosen, where: str) -> tuple[date, Chosen]:
    place = f"{where}, changes"
    keys = check_keys(row, ("until", "choices"), place, ("until", "choices"))
    return as_date(keys["until"], place), _chosen(keys["choices"], chosen, place)


def _counted(row: Any, where: str) -> tuple[str, Counted]:
    keys = check_keys(row, ("report", "says", "on", "announced", "void"), f"{where}, counts", ("report", "says"))
    announced, void = (
        tuple(as_text(name, f"{where}, {key}") for name in as_list(keys.get(key))) for key in ("announced", "void")
    )
    on = as_date(keys["on"], f"{where}, on") if keys.get("on") else None
    return str(as_date(keys["report"], where)), Counted(as_text(keys["says"], f"{where}, says"), on, announced, void)


def _method(value: Any, where: str) -> MethodChange | None:
    if value is None:
        return None
    required = ("until", "average", "next_average")
    keys = check_keys(value, (*required, "law", "next_law"), where, required)
    days = [as_date(keys[key], where) if keys.get(key) else date.min for key in ("law", "next_law")]
    averages = [as_share(keys[key], where) for key in ("average", "next_average")]
    return MethodChange(as_date(keys["until"], where), averages[0], averages[1], days[0], days[1])


def _truth(value: Any, where: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise InputError(where, f"{value!r} is neither true nor false", "write true, or leave it out")
    return bool(value)


FIGURE = "report law value tolerance unit partner substitution says gap outside".split()


def _figure(row: Any, title: str, name: str, where: str) -> PublishedFigure:
    place = f"{where}, figures"
    keys = check_keys(row, FIGURE, place, ("report", "law", "value", "tolerance"))
    unit, substitution = str(keys.get("unit") or UNITS[0]), str(keys.get("substitution") or SUBSTITUTION[0])
    for kind, text, known in (("unit", unit, UNITS), ("substitution", substitution, (*SUBSTITUTION, POST))):
        if text not in known:
            raise UnknownName(kind, text, known, place, f"use {', '.join(known)}")
    value, tolerance = (as_share(keys[key], f"{place}, {key}") for key in ("value", "tolerance"))
    law = as_date(keys["law"], place)
    says, gap = (as_prose(keys.get(key), place) for key in ("says", "gap"))
    partner, outside = str(keys.get("partner") or ""), _truth(keys.get("outside"), place)
    report = as_date(keys["report"], place)
    return PublishedFigure(title, name, report, law, value, tolerance, unit, partner, substitution, says, gap, outside)
