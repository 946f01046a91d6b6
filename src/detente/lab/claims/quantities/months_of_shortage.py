"""The months in which users of a material run short."""

from __future__ import annotations

from detente.codes import InputError
from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, Wording, partner, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow


def _material(wording: Wording) -> str:
    """A shortage is of a material, by population or by the definition."""
    if wording.names("material") or wording.names("population"):
        return ""
    return "the claim does not say which material runs short; add population: rare earths"


def _of_material(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Listed readings of the material that a claim names."""
    if not row.population:
        return listed
    material = {"material": QUANTITY.population(row.population)}
    return tuple(reading.model_copy(update=material) for reading in listed)


def _check_material(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a material beside another one."""
    named = QUANTITY.population(row.population)
    for reading in readings:
        if row.population and reading.material and reading.material != named:
            what = f"population '{row.population}' and material '{reading.material}' are two things"
            raise InputError(where, what, "keep one of them")


QUANTITY = Measurand(
    what="months in which users of a material run short",
    units=("months",),
    tolerance=1.0,
    order=140,
    effect=True,
    example={"value": "3", "partner": "USA"},
    needs={"value": refused, "population": _material, "partner": partner},
    narrowed_by=("partner",),
    uses=("partner", "material", "stocks", "licences"),
    populations={
        "rare-earths": ("rare earths", "rare earth elements", "rare earth magnets", "magnets", "heavy rare earths"),
        "gallium-germanium": ("gallium", "germanium", "gallium and germanium"),
    },
    readings=(
        ReadingRow(name="licences", label="licence regime in force"),
        ReadingRow(name="no-stocks", label="the same without stocks", stocks=0),
        ReadingRow(name="half-licences", label="half of the licences granted", licences=0.5),
    ),
    fitting=_of_material,
    check=_check_material,
    compute=Elsewhere("materials", "months_of_shortage"),
)
