"""Scenario: the file a user writes. Base law, date, what is added, lifted or changed, and what to report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from detente.codes import MOST_DRAWS, InputError, Parameter, Table, UnknownName, table_of
from detente.codes.kinds import checked
from detente.codes.names import LETTERS, LINES, in_words
from detente.data.definitions import definition as definition_of
from detente.data.library import package_folder
from detente.data.models import (
    Day,
    FileModel,
    Line,
    Number,
    Part,
    Several,
    Truth,
    Whole,
    faults_of,
    lines_of,
    lookup,
    model_of,
)
from detente.data.small_world import DEFAULT
from detente.data.store import write_bytes
from detente.data.tariff_tables import costs_schema
from detente.data.yamlfile import as_date, as_share, read_yaml

#: Days that a deal may run: ten years.
MOST_DAYS = 3650


@lookup
def _share(value: Any) -> Any:
    """A rate or share, kept as it is written."""
    as_share(value, "")
    return value


Share = Annotated[str | float, BeforeValidator(_share), Field(description="a rate or share: '34%' or 0.34")]
Names = Annotated[list[str], Several]


def empty(description: str, make: Any = list, **more: Any) -> Any:
    """A key that holds nothing unless it is given."""
    return Field(default_factory=make, description=description, **more)


class NamedGoods(FileModel):
    """Goods by sector, by tariff code, or both."""

    sectors: Names = empty("sectors of icio-2022 (C26) or icio-2022-small (ELE), by code or name")
    codes: Names = empty("tariff codes of 2 to 10 digits, quoted")
    except_: Names = empty("tariff codes left out of these", alias="except")


class Change(FileModel):
    """A measure under another rate from a day on, with its goods, partners and stacking as they are."""

    measure: str = Field(description="id of the measure, as `detente law list` has it")
    rate: Share | None = Field(default=None, description="points added, in place of the rate in force")
    floor: Share | None = Field(default=None, description="floor of the total, in place of the rate in force")
    partners: list[str] | None = Field(default=None, description="only for these partners; others keep their rate")
    goods: NamedGoods | None = Field(default=None, description="only for these goods; others keep their rate")
    from_: Day | None = Field(default=None, alias="from", description="first day; the scenario's date by default")
    until: Day | None = Field(default=None, description="last day; open by default")


class LawChange(FileModel):
    """What a scenario does to one importer's law. Nothing is edited: each entry is a layer on top."""

    lawbook: str | None = Field(default=None, description="folder of measures laid on top of the shipped lawbook")
    add: Annotated[list[dict[str, Any] | str], Several] = empty(
        "new measures: a file in the lawbook's format, or its content in place"
    )
    lift: Names = empty("measures ended: ids, authority:ID, class:NAME or basis:IEEPA")
    void: Names = empty("measures void from their first day, same selectors")
    announce: Names = empty("announced measures put in force")
    change: Annotated[list[Change], Several] = empty("measures under another rate")
    switches: Names = empty("alternative readings of stacking rules")
    end_programmes: Names = empty("preference programmes that end on the scenario's date, by symbol or name")
    begin_programmes: Names = empty("preference programmes in force from the scenario's date on")


class Product(FileModel):
    """A product whose ladder of duties the report prints."""

    line: str = Field(description="tariff code, quoted")
    partner: str = Field(description="country of origin")
    label: str = Field(default="", description="name shown to the reader")


class Report(FileModel):
    """What to report."""

    by: list[str] = Field(default_factory=lambda: ["partner", "section"], description="breakdowns of the average")
    products: list[Product] = Field(default_factory=list)
    partners: list[str] = empty("partners shown first")
    elasticity: Number = Field(default=2.0, ge=0, le=100, description="import-demand elasticity of post-shock weights")
    world: Truth = Field(default=True, description="solve the world economy under both laws")
    daily: Truth = Field(default=True, description="follow the average duty of both sides from day to day")
    prices: Truth = Field(default=True, description="follow the duties to consumer prices and households")
    talks: Truth = Field(default=True, description="say whether the deal could be signed and would hold")
    path: Truth = Field(
        default=True, description="tell what a deal that ends is worth if it lasts 90 days, a year or permanently"
    )
    draws: Whole = Field(default=200, ge=0, le=MOST_DRAWS, description="draws of shares for the range; 0 = none")


Licensed = str | Part
PATHS = "by name or file, or the share of licences granted from the first month on"


class Materials(FileModel):
    """Licences for materials, and the deal on them."""

    chain: str = Field(default="rare-earths", description="supply chain, by name or file")
    without: Licensed = Field(default="april-2025", description=f"licence path without the deal, {PATHS}")
    deal: Licensed = Field(default="general-licence", description=f"licence path with it, {PATHS}")
    licences_from: Day | None = Field(default=None, description="day of the first general licences; by default `on`")
    months: Whole = Field(default=24, ge=1, le=120, description="months from April 2025")
    countries: list[str] = Field(
        default_factory=lambda: ["USA", "EU27", "JPN", "KOR"], description="countries and blocs whose losses are shown"
    )


DefinitionName = Annotated[str, AfterValidator(lookup(lambda name: definition_of(name, "").name if name else name))]


class Record(FileModel):
    """What the record says beside the numbers."""

    gone: ClassVar[Mapping[str, str]] = {
        "moves": "leave it out: a run studies no markets any more, `detente.evidence.study` does"
    }
    history: Truth = Field(default=True, description="place the average duty in the years since 1901")
    definition: DefinitionName = Field(
        default="", description="publisher under whose definition the average stands among those of others, as yale"
    )
    events: str = Field(default="", description="timeline, by name or file")
    since: Day | None = Field(default=None, description="first day of the events shown; by default 1 January 2025")
    until: Day | None = Field(default=None, description="last day of the events shown; by default `on`")
    claims: str = Field(default="", description="ledger of claims, by name or file; judged where draws are asked for")
    as_of: Day | None = Field(default=None, description="day whose record the claims are judged on; by default `on`")

    @property
    def asked(self) -> bool:
        """Whether any part of the record is wanted."""
        return self != NO_RECORD


NO_RECORD = Record(history=False)


@lookup
def _importer(name: str) -> str:
    """Id of an importer by any of its names."""
    from detente.data.importerfile import importer_id

    return importer_id(name, "") if name else ""


ImporterId = Annotated[str, AfterValidator(_importer)]


class Point(FileModel):
    """A law at a date: the scenario itself, or what it is compared with."""

    on: Day | Literal["today"] | None = Field(default=None, description="day of the law")
    reading: Literal["effective", "published", "ruled"] = Field(default="effective")
    usa: LawChange = empty("changes to US law; short for laws: {USA: ...}", LawChange)
    chn: LawChange = empty("changes to Chinese law; short for laws: {CHN: ...}", LawChange)
    laws: dict[ImporterId, LawChange] = Field(
        default_factory=dict,
        description="changes to the law of any importer, by code or name; {} takes its law as it is",
    )
    costs: list[dict[str, Any]] | Any = Field(
        default_factory=list,
        description="trade costs that are not duties: a file, or rows",
        json_schema_extra=lambda schema: schema.update(costs_schema()),
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        """Changes of the United States and China stand in their own keys, under whichever name they were given."""
        for code, key in SHORT.items():
            if code in self.laws:
                if getattr(self, key) != LawChange():
                    raise ValueError(f"{code} is there twice, under laws and as {key}; keep one")
                object.__setattr__(self, key, self.laws.pop(code))
        return self

    @property
    def changes(self) -> Mapping[str, LawChange]:
        """Changes by importer: of the United States, of China, and of those that are named."""
        return {**{code: getattr(self, key) for code, key in SHORT.items()}, **self.laws}


#: What may happen to trade balances in the world of a run; the first is the default.
CLOSURES = ("fixed-transfers", "proportional", "zero")

#: Other names of some closures, as worlds of many sectors have them.
SAME_CLOSURE = {"fixed": "fixed-transfers", "gdp": "proportional"}

#: Importers whose changes have a key of their own.
SHORT = {"USA": "usa", "CHN": "chn"}


class Agreed(FileModel):
    """What the sides agree beside the duties, which no law says; as the Deal page has it."""

    levels: dict[str, Number] = empty("levels of issues by key, as in addresses", dict)
    days: Whole = Field(default=90, ge=1, le=MOST_DAYS, description="days that the deal runs")
    weights: str = Field(default="", description="weights of payoffs; by default those of the last choice of the case")
    horizon: Literal["long", "short"] = Field(default="long", description="run over which gains are told")

    @model_validator(mode="before")
    @classmethod
    def _levels(cls, content: Any) -> Any:
        """Licences and action on precursors have keys of their own in files that were written before."""
        if not isinstance(content, Mapping):
            return content
        own = {key: content[key] for key in ("licences", "action") if content.get(key) is not None}
        rest = {key: value for key, value in content.items() if key not in ("licences", "action")}
        return rest | {"levels": {**(rest.get("levels") or {}), **own}} if own else rest


class Proposal(Point):
    """A law at a date with what is agreed beside it: the scenario itself, or a variant of it."""

    deal: Agreed | None = Field(default=None, description="what is agreed beside the duties")


@lookup
def _closure(value: Any) -> Any:
    return closure_named(str(value))


@lookup
def _claimed(name: str) -> str:
    """Claim shares on record; those observed are the default, however it is named."""
    from detente.data.flows import OBSERVED, check_claims

    known = check_claims(name)
    return "" if known == OBSERVED else known


def _year(value: Any) -> Any:
    """A year without quotes is the year."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Scenario(Proposal):
    """A scenario file.

    `against` is what the scenario is compared with: by default the shipped law on the same day.
    `variants` are named overrides of the scenario, each run beside it.
    """

    begin: ClassVar[tuple[str, ...]] = ("title", "on")
    name: str = Field(default="", description="short name; the file's name by default")
    title: str = Field(default="", description="one line for the reader")
    note: str = Field(default="", description="what the scenario stands for, with its sources")
    importer: ImporterId = Field(default="USA", description="whose imports are averaged, by code or name")
    counterpart: ImporterId = Field(
        default="", description="the other side; by default the first other importer named in laws, else China"
    )
    against: Point | None = Field(default=None, description="the law it is compared with")
    until: Day | None = Field(default=None, description="day on which what was agreed ends; it moves no number")
    set: dict[str, Share] = empty("shares of goods that codes cannot tell", dict)
    weights: Annotated[str, BeforeValidator(_year)] = Field(
        default="2024",
        description="year of the trade that weighs duties, 2015 to 2025, of both sides; or a file with line, partner, "
        "value for the US duty",
    )
    claims: Annotated[str, BeforeValidator(_year), AfterValidator(_claimed)] = Field(
        default="",
        max_length=10,
        description="USMCA claims: observed, in the month of the law (the default); 2025H2, the latest on record; "
        "2024; or a month on record, as 2025-03",
    )
    world: str = Field(
        default=DEFAULT,
        min_length=1,
        description="world that is solved: icio-2022, icio-2022-small, icio-2025, icio-2025-small, or a .npz file or "
        "folder of tables with their sectors",
    )
    closure: Annotated[Literal["fixed-transfers", "proportional", "zero"], BeforeValidator(_closure)] = Field(
        default="fixed-transfers",
        description="what happens to trade balances in the world economy: fixed-transfers keeps each in units of world "
        "income, proportional lets it follow the country's income, zero takes all of them out of the baseline",
    )
    scope: Literal["tariff-lines", "all"] = Field(default="tariff-lines", description="goods averaged over")
    report: Report = Field(default_factory=Report)
    record: Record = Field(default_factory=Record)
    materials: Materials | None = Field(default=None, description="licences for materials beside the tariffs")
    variants: dict[str, Proposal] = empty("named variants of the scenario", dict)
    seed: Whole = Field(default=20250512, ge=0, description="seed of the draws")

    def __init__(self, /, **content: Any) -> None:
        """A scenario from what its file would say; importers by name beside `usa` and `chn`, as canada={...}."""
        known = _with_laws(content)
        try:
            super().__init__(**known)
        except ValidationError as error:
            faults_of(Scenario, known, error, "scenario")

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # of files the translator tells every mistake

    @property
    def points(self) -> tuple[Point, ...]:
        """Every law that it speaks of: its own, those of its variants, and what they are compared with."""
        return (self, *self.variants.values(), *([self.against] if self.against else []))

    @property
    def sides(self) -> tuple[str, str]:
        """The importer whose imports are averaged, and the other side."""
        named = (code for point in self.points for code in point.laws if code != self.importer)
        usual = "CHN" if self.importer == "USA" else "USA"
        return self.importer, self.counterpart or next(named, usual)

    @property
    def importers(self) -> tuple[str, ...]:
        """Everyone whose law is laid on the world: both sides, all that are named, the United States and China."""
        named = (code for point in self.points for code in point.laws)
        return tuple(dict.fromkeys((*self.sides, *named, *SHORT)))

    def save(self, path: str | Path) -> Path:
        """Write its file; days and key `on` without the quotes that YAML 1.1 would need. Returns the path."""
        import yaml

        text = yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True, width=110)
        text = re.sub(r"^( *)'on':", r"\1on:", re.sub(r"'(\d{4}-\d{2}-\d{2})'", r"\1", text), flags=re.MULTILINE)
        return write_bytes(Path(path), text.encode())

    def to_dict(self) -> dict[str, Any]:
        """What its file says, as plain values."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def __str__(self) -> str:
        """What its file says, key by key, cut to what a screen shows."""
        content = self.to_dict()
        lines = [f"  {key}: {in_words(value)}"[:LETTERS] for key, value in content.items() if key != "name"]
        return "\n".join([f"Scenario {self.name}".rstrip(), *lines[: LINES - 1]])

    __repr__ = __str__


def _with_laws(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content of a scenario with importers that are keys of their own under `laws`."""
    from detente.data.importerfile import importer_id

    rest, laws = dict(content), {}
    if not isinstance(rest.get("laws", {}), Mapping):
        return rest
    for name in [name for name in content if name not in Scenario.model_fields]:
        try:
            laws[importer_id(str(name).replace("_", " "))] = rest[name]
        except InputError:
            continue  # a key that nobody knows is refused with the others
        del rest[name]
    return {**rest, "laws": {**rest.get("laws", {}), **laws}} if laws else rest


def with_closure(scenario: Scenario, closure: str) -> Scenario:
    """A scenario under another closure of trade balances.

    Raises
    ------
    UnknownName : no closure of a run.
    """
    return scenario.model_copy(update={"closure": closure_named(closure, Parameter("closure"))})


def closure_named(text: str, where: str = "") -> str:
    """A closure by its name or by that of worlds of many sectors."""
    name = SAME_CLOSURE.get(text, text)
    if name not in CLOSURES:
        raise UnknownName("closure", text, (*CLOSURES, *SAME_CLOSURE), where, f"use {', '.join(CLOSURES)}")
    return name


def shipped() -> dict[str, Path]:
    """Scenario files in the package, by name."""
    folder = package_folder() / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def scenarios_table() -> Table:
    """The scenarios of the package."""
    each = ((name, load_scenario(name)[0]) for name in shipped())
    return table_of("compare.scenarios", [(name, own.title, str(own.on), own.note) for name, own in each])


def shipped_as(scenario: Scenario) -> bool:
    """Whether a scenario is one of the package, unchanged but for its day."""
    if scenario.name not in shipped():
        return False
    own, _ = load_scenario(scenario.name)
    return scenario.model_copy(update={"on": own.on, "against": own.against, "variants": own.variants}) == own


def expectations(name: str) -> dict[str, Any]:
    """What a shipped scenario is expected to give: its day, and by variant the averages; {} if none is on record."""
    content = read_yaml(package_folder() / "scenarios" / "expected" / "results.yaml", "expected results")
    return dict(content.get(name, {}))


@checked
def load_scenario(name: str) -> tuple[Scenario, Path]:
    """A shipped scenario by name, or a file by path.

    Raises
    ------
    InputError
        naming the file, the key and the repair.
    """
    known = shipped()
    path = known.get(name, Path(name))
    if name not in known and not path.exists():
        if path.suffix in (".yaml", ".yml") or "/" in name:
            raise InputError(name, "there is no such scenario file", "check the path")
        raise UnknownName("scenario", name, known, repair=f"shipped: {', '.join(known)}; or give a path to a YAML file")
    where = str(path) if name not in known else f"scenario {name}"
    return parse_scenario(read_yaml(path), where, path.stem, lines_of(path)), path


def parse_scenario(content: Any, where: str, name: str, line: Line | None = None) -> Scenario:
    """A scenario from the content of its file; every mistake is told, with its line where `line` finds it."""
    known = _with_laws(content) if isinstance(content, Mapping) else content
    scenario = model_of(Scenario, known, where, _dated, line)
    return scenario if scenario.name else scenario.model_copy(update={"name": name})


def _dated(scenario: Scenario, where: str) -> Iterator[InputError]:
    if scenario.on is None and not all(point.on for point in scenario.variants.values() or [scenario]):
        repair = "say which day's law is meant, as in on: 2025-05-14 or on: today"
        yield InputError(f"{where}, on", "is missing", repair)


def schema() -> dict[str, Any]:
    """JSON Schema of a scenario file."""
    return Scenario.model_json_schema(by_alias=True)


def opened(
    scenario: Scenario | str | Path | Mapping[str, Any], today: date | None = None, on: date | None = None
) -> tuple[Scenario, Path]:
    """A scenario with every day settled, and the folder in which the files that it names lie.

    Parameters
    ----------
    scenario : a name, a path, or the scenario itself or its content, which names no files or lies where the program
        runs.
    today : the day that "today" means; `on` : a day in place of the scenario's own.

    Raises
    ------
    InputError, UnknownName : a name nobody knows, "today" without a day.
    """
    known, folder = scenario_of(scenario)
    return dated(known if on is None else known.model_copy(update={"on": on}), today), folder


def scenario_of(given: Scenario | str | Path | Mapping[str, Any]) -> tuple[Scenario, Path]:
    """A scenario by name, path, content or value, and the folder in which the files that it names lie."""
    if isinstance(given, Scenario):
        return given, Path()
    if isinstance(given, Mapping):
        name = str(given.get("name") or "scenario")
        return parse_scenario(given, f"scenario {name}", name), Path()
    scenario, path = load_scenario(str(given))
    return scenario, path.parent


def dated(scenario: Scenario, today: date | None) -> Scenario:
    """The scenario with every "today" made a date."""

    def settled(point: Point) -> dict[str, Any]:
        day = point.on or scenario.on
        if not isinstance(day, date) and today is None:
            what = "is about today, and no day was given"
            raise InputError(f"scenario {scenario.name}", what, "give today=date.today()")
        return {"on": day if isinstance(day, date) else as_date(today, "today")}

    against = scenario.against and scenario.against.model_copy(update=settled(scenario.against))
    variants = {name: point.model_copy(update=settled(point)) for name, point in scenario.variants.items()}
    return scenario.model_copy(update={**settled(scenario), "against": against, "variants": variants})
