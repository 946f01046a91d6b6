"""Materials that claims speak of: months of shortage, shares in stages of a chain, shares in what is mined.

Months in which users of a material run short, for claims about licences: from the months of a supply chain.

A month is short when the users of the partner named lack, weighed by what they spend, a twentieth of their need: the
same criterion as the first day short. Twelve months from the announcement are counted; ranges are draws of the chain's
figures by Latin hypercube.

Shares that claims speak of: US imports by partner, stages of the rare-earth chain.

Shares of countries in the production of materials: the annual survey of the US Geological Survey, by stage of it.

A country for which the survey prints zero has a share of zero; one that it does not name is counted among others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any

import numpy as np
import polars as pl

from detente.chains.chain import SupplyChain
from detente.chains.disrupt import Disruption, answered, disrupt_many, side_by_side
from detente.chains.stocks import SHORT
from detente.codes import DetenteError, InputError, UnknownName, declared_note, digits
from detente.codes.countries import fold
from detente.data.chain_build import build
from detente.data.chain_tables import sources as cited
from detente.data.chainfile import chain_file
from detente.data.days import day_named
from detente.data.importers import importer
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.tables import arrays, countries, place
from detente.lab.averages.laid_law import scoped
from detente.lab.averages.revenue import collected_partner
from detente.lab.chains.answer import YEAR
from detente.lab.chains.draws import sample_of
from detente.lab.chains.effects import DIRECT
from detente.lab.chains.months import FIRST, GENERAL, ChainQuestion, Words, licences_of, months_case, start_of
from detente.lab.claims.measurand import Basis, Measured, nothing
from detente.lab.claims.rates import COLLECTED, IMPORTS, PUBLISHED, START, last_full_month
from detente.lab.claims.rows import QuantityRow, ReadingRow, period_named
from detente.lab.claims.trade import partner_share
from detente.lab.work.threads import on_one_thread

CHAIN = "rare-earths"


def months_of_shortage(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Months of a year in which the users of the partner are short, under the licences of the day.

    Raises
    ------
    InputError : a reading whose stocks are neither kept nor left out, or whose licences are no share.
    UnknownName : a partner that the chain does not count, or a chain that does not exist.
    """
    question = question_of(reading, row.partner or reading.partner or "USA", as_of)
    if lacking := _untouched(question):
        return lacking
    questions = [question]
    if basis.draws:
        rows = sample_of(question, basis.draws, basis.seed).rows
        questions += [replace(question, values=figures) for figures in rows]
    values, short = _short_months(questions), declared_note("claims.months_short", share=SHORT)
    return Measured(
        values[0],
        np.asarray(values[1:]),
        (f"chain {question.name}, {question.words.scenario or f'flows cut by {question.words.cut:.0%}'}",),
        base=float(YEAR),
        remark=f"{declared_note('claims.months_of', months=YEAR, first=FIRST)}; {short}",
    )


def _untouched(question: ChainQuestion) -> Measured | None:
    """Why nothing can be computed: the licences of the day are for nothing that the chain is made of."""
    try:
        licences_of(question.words, _chain(question.name, start_of(question.words), tuple(question.values.items())))
    except InputError as error:
        return nothing(error.what, f"chain {question.name}")
    return None


def question_of(reading: ReadingRow, partner: str, as_of: date) -> ChainQuestion:
    """The run of a chain that a reading means: its material, stocks and licences, for the users of a partner.

    Raises
    ------
    InputError : stocks neither kept nor left out, or licences that are no share.
    """
    if reading.stocks not in (0.0, 1.0):
        raise InputError(
            f"reading {reading.name}", f"stocks of {reading.stocks:g} cannot be", "say 1 to keep them or 0 for none"
        )
    if reading.licences is None:
        general = (as_of - FIRST).days / 365.25 * 12 >= GENERAL
        words = Words(scenario="general-licence" if general else "april-2025")
    elif 0.0 <= reading.licences <= 1.0:
        words = Words(cut=1.0 - reading.licences)
    else:
        raise InputError(f"reading {reading.name}", f"licences {reading.licences:g} is no share", "give 0 to 1")
    days = None if reading.stocks else 0.0
    return ChainQuestion(reading.material or CHAIN, words, YEAR, DIRECT, days, (partner,))


@memoized
def _chain(name: str, start: str, values: tuple[tuple[str, float], ...]) -> SupplyChain:
    """The chain at some figures: readings differ in licences and stocks, not in it."""
    return build(chain_file(name), scope=DIRECT, start=start, values=dict(values))


@on_one_thread
def _short_months(questions: Sequence[ChainQuestion]) -> list[float]:
    """Months of shortage of each of some questions, side by side.

    Raises
    ------
    SolveError : a balance that does not close.
    """
    return answered(side_by_side(_short_months_of, questions))


def _short_months_of(questions: Sequence[ChainQuestion]) -> list[float]:
    cases = []
    for question in questions:
        chain = _chain(question.name, start_of(question.words), tuple(question.values.items()))
        cases.append(months_case(question, chain, licences_of(question.words, chain)))
    return [_short(question, run) for question, run in zip(questions, disrupt_many(cases), strict=True)]


def _short(question: ChainQuestion, run: Disruption) -> float:
    chain = run.chain
    spent = np.bincount(chain.layout.user, chain.layout.spending, minlength=len(chain.users))
    own = spent * np.array([user.country in question.countries for user in chain.users])
    return float((own @ run.met_by_user < (1.0 - SHORT) * own.sum()).sum())


STAGES_ON_RECORD = declared_note("claims.source_stages")
MINES = declared_note("claims.source_mines")
#: Year of the imports that the package holds by line and partner.
IMPORTS_OF = 2024


def share(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a country in US imports, or in a stage of the rare-earth chain.

    Raises
    ------
    InputError : no partner, or no stage and material where a stage is meant.
    """
    named = reading.partner or row.partner
    if not named:
        raise InputError(f"quantity {row.name}", "names no country", "add partner: CHN")
    if reading.of == "imports":
        return _imported(named, reading.line or row.line, reading, as_of)
    if reading.months or reading.period:
        return nothing(declared_note("claims.stages_by_year"), STAGES_ON_RECORD)
    known = {*arrays("chain_stages")["country"].tolist(), *arrays("chain_mines")["country"].tolist()}
    country = named if named in known else importer("USA").countries.resolve(named, f"quantity {row.name}, partner")
    if reading.line or row.line:
        raise InputError(f"quantity {row.name}", "a stage has no tariff line", "leave line out, or say of: imports")
    return _mined(country, reading.year) if reading.of == "mines" else _staged(country, reading, as_of)


def _imported(named: str, line: str, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a partner, or of a group of them, in US imports for consumption."""
    countries = importer("USA").countries
    members = countries.expand(named, START, "partner")
    year = reading.year or IMPORTS_OF
    if reading.months or reading.period == "to date" or year != IMPORTS_OF:
        months = _months(reading, year, as_of)
        own = _imported_in(months, named, line)
        return own if isfinite(own.value) or line or not months else _published(months, named, as_of) or own
    flows, _ = scoped(reading.scope).expanded()
    value = np.array(flows.value)
    if line:
        value[~_under(flows.lines.slice(digits(line, "line", (4, 6, 8, 10))), flows.line_at)] = 0.0
    whole = float(value.sum())
    if not whole:
        return nothing(f"no imports of {line} in {IMPORTS_OF}", IMPORTS)
    columns = [i for i, code in enumerate(flows.partners) if code in members]
    if not columns:
        raise InputError("partner", f"there are no US imports from {named}", "name another partner")
    return Measured(float(value[np.isin(flows.partner_at, columns)].sum()) / whole, inputs=(IMPORTS,))


def _under(lines: slice, line_at: np.ndarray) -> np.ndarray:
    return (line_at >= lines.start) & (line_at < lines.stop)


def _months(reading: ReadingRow, year: int, as_of: date) -> list[str]:
    """The months a reading is of: as named, the full ones of a year up to a day, or all of a year."""
    if reading.months:
        return list(period_named(reading.months).months)
    last = 12 if reading.period != "to date" else last_full_month(as_of).month if as_of.month > 1 else 0
    return [f"{year}-{month:02d}" for month in range(1, last + 1)]


def _imported_in(months: list[str], named: str, line: str) -> Measured:
    """Share of a partner in the imports of some months, from the monthly table, which has no lines."""
    if not months:
        return nothing(declared_note("claims.no_month_over"))
    if line:
        return nothing(
            declared_note("claims.lines_of_one_year", year=IMPORTS_OF, period=_months_in_words(months)), COLLECTED
        )
    table = arrays("usa_collected_monthly")
    try:
        code = collected_partner(named)
    except InputError as error:
        return nothing(f"{error.what}; {error.repair}", COLLECTED)
    bought = {name: _bought(table, name) for name in (code, "all")}
    known = [month for month in months if all(month in values for values in bought.values())]
    sums = [sum(values[month] for month in known) for values in bought.values()]
    share = sums[0] / sums[1] if known else float("nan")
    if known == months:
        over = period_named(months[-1]).last_day + PUBLISHED
        return Measured(
            share, inputs=(COLLECTED,), known=over, remark=f"imports for consumption, {_months_in_words(months)}"
        )
    so_far = f"; {_months_in_words(known)}: {share:.1%}" if known else ""
    end = max(month for month in bought[code] if month in bought["all"])
    return nothing(f"imports of {_months_in_words(months)}: data to {end}{so_far}", COLLECTED)


def _published(months: list[str], named: str, as_of: date) -> Measured | None:
    """The same share as the importer's office publishes it, which goes further; None where it has no number either."""
    period = _months_in_words(months) if len(months) in (1, MONTHS) else f"{months[0]}..{months[-1]}"
    row = QuantityRow(name="partner_share", population="imports", partner=named, period=period)
    try:
        share_of = partner_share(Basis(()), row, ReadingRow(record="published"), as_of)
    except DetenteError:
        return None
    return share_of if isfinite(share_of.value) else None


def _bought(table: Mapping[str, Any], partner: str) -> dict[str, float]:
    """Imports from a partner by month, USD."""
    own = table["partner"] == partner
    return dict(zip(table["month"][own].tolist(), table["imports"][own].astype(float).tolist(), strict=True))


def _months_in_words(months: list[str]) -> str:
    """Some months that follow one another, in words."""
    if len(months) == 1:
        return months[0]
    return months[0][:4] if len(months) == MONTHS else f"{months[0]} to {months[-1]}"


MONTHS = 12


def _staged(country: str, reading: ReadingRow, as_of: date) -> Measured:
    """Share in a stage of the chain; sources that disagree are averaged, their range shown."""
    if not reading.stage or not reading.material:
        lacking = "a share in a supply chain needs a stage and a material"
        raise InputError(f"reading {reading.name}", lacking, "add stage: separation, material: all")
    table = arrays("chain_stages")
    rows = (table["stage"] == reading.stage) & (table["material"] == reading.material)
    rows &= (table["country"] == country) & (table["kind"] == "output")
    rows &= (table["year"] == (reading.year or as_of.year - 1)) & np.isfinite(table["share"])
    values, sources = table["share"][rows], table["source"][rows].tolist()
    if not values.size:
        of = (table["stage"] == reading.stage) & (table["material"] == reading.material)
        years = table["year"][of & (table["country"] == country) & np.isfinite(table["share"])]
        named = {"country": country, "stage": reading.stage, "material": reading.material}
        what = declared_note("claims.share_unknown", year=reading.year or as_of.year - 1, **named)
        return nothing(what + _to(years), STAGES_ON_RECORD)
    days = [day for day in map(_day_of, sources) if day is not None]
    known = min(days) if len(days) == len(sources) else None
    named, citations = [cited()[name].citation for name in sources], "source" if len(sources) == 1 else "sources"
    of_year = "" if reading.year else f"{as_of.year - 1}; "
    remark = f"{of_year}{len(sources)} {citations}: {'; '.join(named)}"
    return Measured(
        float(values.mean()), np.sort(values), (STAGES_ON_RECORD,), known, remark=remark, range_of="sources"
    )


def _day_of(source: str) -> date | None:
    """Day a source came out, as far as its short name tells: iea-2025-10 -> 1 October 2025."""
    parts = [int(part) for part in source.split("-") if part.isdigit()]
    if not parts or not 1900 < parts[0] < 2100:
        return None
    return date(parts[0], *(parts[1:] or [1]), *([] if len(parts) > 2 else [1])) if len(parts) < 4 else None


def _to(years: np.ndarray) -> str:
    """How far the years of a country go, after a semicolon; "" where there are none."""
    return f"; {declared_note('claims.data_to', period=years.max())}" if years.size else ""


def _mined(country: str, year: int | None) -> Measured:
    """Share of mine production in each edition of the survey."""
    table = arrays("chain_mines")
    values = []
    for edition in np.unique(table["edition"]).tolist():
        chosen = (table["edition"] == edition) & (table["year"] == (year or IMPORTS_OF))
        own, world = (table["production"][chosen & (table["country"] == code)] for code in (country, "WLD"))
        if own.size and world.size:
            values.append(float(own[0] / world[0]))
    if not values:
        years = table["year"][table["country"] == country]
        what = declared_note("claims.mines_unknown", country=country, year=year or IMPORTS_OF)
        return nothing(what + _to(years), MINES)
    spread = np.sort(np.asarray(values))
    remark = f"{len(values)} editions of the survey"
    # The survey comes out on the last day of January.
    known = date(int(table["edition"].min()), 1, 31)
    return Measured(float(spread.mean()), spread, (MINES,), known, remark=remark, range_of="editions")


SURVEY = declared_note("claims.source_survey")
WORLD = "WLD"
#: Month and day on which an edition of the survey comes out.
RELEASED = (1, 31)

LATEST, BEFORE = "2026", "2025"
#: Years of the editions of the survey on record -> their tables; each revises the one before.
EDITIONS: Mapping[str, str] = {LATEST: "chain_minerals", BEFORE: "chain_minerals_2025"}

#: Stages of the chain of rare earths, which the survey does not have -> stage and material.
STAGES: Mapping[str, tuple[str, str]] = {
    "rare earth separation": ("separation", "all"),
    "rare earth refining": ("separation", "all"),
    "rare earth processing": ("separation", "all"),
    "heavy rare earths": ("separation", "heavy"),
    "magnets": ("magnet", "ndfeb"),
    "rare earth magnets": ("magnet", "ndfeb"),
    "magnet elements": ("separation", "magnet_elements"),
}

#: Other words for chapters of the survey.
ALSO: Mapping[str, str] = {
    "graphite": "graphite (natural)",
    "natural graphite": "graphite (natural)",
    "rare earth mining": "rare earths",
    "rare earth mines": "rare earths",
    "steel": "iron and steel",
    "niobium": "niobium (columbium)",
    "magnesium": "magnesium metal",
    "bauxite": "bauxite and alumina",
    "alumina": "bauxite and alumina",
    "palladium": "platinum-group metals",
    "platinum": "platinum-group metals",
    "titanium": "titanium and titanium dioxide",
    "titanium sponge": "titanium and titanium dioxide",
    "helium": "helium and rare gases",
    "potash fertilizer": "potash",
}


def fitted(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The survey, or the chain of rare earths for a stage that it does not have."""
    material = (own.material if own else "") or row.population
    if material and _is_stage(material):
        return tuple(reading for reading in listed if reading.name == BY_CHAIN)
    year = _year_of(row, own)
    if year is None or not material:
        return tuple(reading for reading in listed if reading.record == LATEST)
    chapter = chapter_of(material)
    known = [edition for edition in EDITIONS if productions(chapter, year, edition)] or [LATEST]
    return tuple(reading for reading in listed if reading.record in known)


def _year_of(row: QuantityRow, reading: ReadingRow | None) -> int | None:
    """The year that a claim is about, None where it names none."""
    named = (reading.year if reading else None) or row.year
    return named or (int(period_named(row.period).months[0][:4]) if row.period else None)


BY_CHAIN = "chain"


def _is_stage(material: str) -> bool:
    return fold(material) in {fold(word) for word in STAGES}


def material_share(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a country in the production of a material in a year.

    Raises
    ------
    InputError : no material or country. UnknownName : one nobody knows.
    """
    material = reading.material or row.population
    named = reading.partner or row.partner or row.country
    if not material or not named:
        raise InputError(
            f"quantity {row.name}", "names no material or no country", "add population: gallium, partner: CHN"
        )
    year = _year_of(row, reading)
    assert year is not None
    if _is_stage(material):
        stage, of = next(pair for word, pair in STAGES.items() if fold(word) == fold(material))
        update = {"of": "stage", "stage": stage, "material": of, "year": year, "partner": named}
        return share(basis, row.model_copy(update={"line": ""}), reading.model_copy(update=update), as_of)
    country = countries().resolve(named, f"quantity {row.name}, partner")
    edition = reading.record or LATEST
    # A chapter may count a material apart, as platinum among its group.
    chapter, word = chapter_of(material), material.casefold()
    stage = reading.stage or next((word for what in productions(chapter, year, edition) if word in what), "")
    return _surveyed(chapter, country, stage, year, edition)


def chapter_of(material: str) -> str:
    """The chapter of the survey on a material.

    Raises
    ------
    UnknownName : with the nearest names.
    """
    chapters = tuple(dict.fromkeys(arrays("chain_minerals")["chapter"].tolist()))
    words = {fold(chapter): chapter for chapter in chapters} | {fold(word): chapter for word, chapter in ALSO.items()}
    if fold(material) not in words:
        known = (*chapters, *ALSO, *STAGES)
        raise UnknownName("material", material, known, "quantity material_share, population", "see detente chain show")
    return words[fold(material)]


@memoized
def productions(chapter: str, year: int, edition: str = LATEST) -> Mapping[str, Mapping[str, float]]:
    """What is produced by what is counted ("mine production") and place, in the unit of an edition of the survey."""
    table = arrays(EDITIONS[edition])
    own = (table["chapter"] == chapter) & (table["year"] == str(year))
    if edition == LATEST:
        own &= table["statistic"] == "production"
    counted: dict[str, dict[str, float]] = {}
    for row in own.nonzero()[0]:
        zero = edition == LATEST and table["printed"][row] == "zero"
        value = 0.0 if zero else float(table["value"][row])
        if value == value:
            counted.setdefault(_counted(str(table["detail"][row])), {})[str(table["place"][row])] = value
    return {what: places for what, places in counted.items() if places.get(WORLD)}


def _counted(detail: str) -> str:
    """What a row counts, without the word that its total is rounded."""
    return detail.replace("rounded", "").strip(" :,").casefold()


def _surveyed(chapter: str, country: str, stage: str, year: int, edition: str) -> Measured:
    """Share of a country in the first thing that the survey counts of a material, or in the stage named."""
    counted = productions(chapter, year, edition)
    chosen = [what for what in counted if stage in what]
    if not chosen:
        what = declared_note("claims.production_unknown", mineral=chapter, year=year)
        if stage and counted:
            what = declared_note("claims.production_unknown_at", mineral=chapter, stage=stage, year=year)
        return nothing(what, SURVEY)
    places = counted[chosen[0]]
    if country not in places:
        named = ", ".join(
            place(code)
            for code in sorted(places, key=lambda c: -places[c])
            if len(code) == len(WORLD) and code not in (WORLD, "ROW")
        )
        return nothing(declared_note("claims.survey_names", country=place(country), named=named), SURVEY)
    remark = f"{chapter}, {chosen[0]}, {year}"
    return Measured(
        places[country] / places[WORLD], inputs=(SURVEY,), known=date(int(edition), *RELEASED), remark=remark
    )


ELEMENTS, NOTICE = "the rare-earth elements", "announcement 18 of 2025"
#: Which elements a reading counts, by their atomic numbers and groups.
GROUPS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "": lambda number, group: np.ones(number.size, dtype=bool),
    "heavy": lambda number, group: group == "heavy",
    # Light are lanthanum to samarium.
    "not_light": lambda number, group: (number < 57) | (number > 62),
    "gd_to_lu": lambda number, group: ((number >= 64) & (number <= 71)) | (number == 39),
}


def count(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Number of elements: all, those the notice of 4 April 2025 names, those whose magnets it names."""
    table = arrays("chain_elements")
    how, known = reading.of or "controlled_elements", day_named("licences")
    if how == "elements":
        return Measured(float(table["element"].size), inputs=(ELEMENTS,))
    if row.as_of is not None and row.as_of < known:
        return Measured(0.0, inputs=(NOTICE,), remark=f"under no control before {known}")
    if how == "controlled_magnets":
        path = package_folder() / "lawbooks" / "chn" / "export_controls" / "announcement_18.csv"
        listed = pl.read_csv(path).filter(pl.col("forms").str.split(" ").list.contains("magnet"))
        magnets = sorted({name for names in listed["elements"] for name in names.split()})
        remark = f"magnets that hold {', '.join(magnets)}"
        return Measured(float(len(magnets)), inputs=(NOTICE,), known=known, remark=remark)
    if reading.group not in GROUPS:
        use = f"use {', '.join(filter(None, GROUPS))}"
        raise InputError("reading", f"unknown group '{reading.group}' of elements", use)
    named = table["controlled_2025_04"].astype(bool) & GROUPS[reading.group](table["number"], table["group"])
    remark = ", ".join(table["element"][named].tolist())
    return Measured(float(named.sum()), inputs=(NOTICE, ELEMENTS), known=known, remark=remark)
