"""Shares of countries in the production of materials: the annual survey of the US Geological Survey, by stage of it.

A country for which the survey prints zero has a share of zero; one that it does not name is counted among others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from detente.codes import InputError, UnknownName, declared_note
from detente.codes.countries import fold
from detente.data.tables import arrays, countries, place
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.period import period_named
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.shares import share

SURVEY = declared_note("claims.source_survey")
WORLD = "WLD"
RELEASED = (1, 31)
"""Month and day on which an edition of the survey comes out."""

LATEST, BEFORE = "2026", "2025"
EDITIONS: Mapping[str, str] = {LATEST: "chain_minerals", BEFORE: "chain_minerals_2025"}
"""Years of the editions of the survey on record -> their tables; each revises the one before."""

STAGES: Mapping[str, tuple[str, str]] = {
    "rare earth separation": ("separation", "all"),
    "rare earth refining": ("separation", "all"),
    "rare earth processing": ("separation", "all"),
    "heavy rare earths": ("separation", "heavy"),
    "magnets": ("magnet", "ndfeb"),
    "rare earth magnets": ("magnet", "ndfeb"),
    "magnet elements": ("separation", "magnet_elements"),
}
"""Stages of the chain of rare earths, which the survey does not have -> stage and material."""

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
"""Other words for chapters of the survey."""


def fitted(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The survey, or the chain of rare earths for a stage that it does not have."""
    material = (own.material if own else "") or row.population
    if material and _is_stage(material):
        return tuple(reading for reading in listed if reading.name == CHAIN)
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


CHAIN = "chain"


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
    stage = reading.stage or _named_in(material, year, edition)
    return _surveyed(chapter_of(material), country, stage, year, edition)


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


def _named_in(material: str, year: int, edition: str) -> str:
    """A material that its chapter counts apart, as platinum among its group; "" for the chapter's own."""
    word = material.casefold()
    return word if any(word in what for what in productions(chapter_of(material), year, edition)) else ""


@lru_cache(maxsize=256)
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
        return Measured(float("nan"), inputs=(SURVEY,), remark=what)
    places = counted[chosen[0]]
    if country not in places:
        named = ", ".join(
            place(code)
            for code in sorted(places, key=lambda c: -places[c])
            if len(code) == len(WORLD) and code not in (WORLD, "ROW")
        )
        remark = declared_note("claims.survey_names", country=place(country), named=named)
        return Measured(float("nan"), inputs=(SURVEY,), remark=remark)
    remark = f"{chapter}, {chosen[0]}, {year}"
    return Measured(
        places[country] / places[WORLD], inputs=(SURVEY,), known=date(int(edition), *RELEASED), remark=remark
    )
