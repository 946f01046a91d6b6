"""GDP that claims speak of: of the world economy, or output lost where a material runs short."""

from __future__ import annotations

from datetime import date

from detente.chains.measures import GDP
from detente.codes import declared_note
from detente.data.importers import importer
from detente.lab.chains.answer import answer
from detente.lab.chains.economies import DIRECT
from detente.lab.chains.months import ChainQuestion
from detente.lab.claims.income import OUTPUT, change_of
from detente.lab.claims.materials import CHAIN, question_of
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow

SHORTAGE = "shortage"
FIRST_YEAR = "year 1"


def gdp(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of real GDP of a country or of the world; output lost of a country alone; share.

    Raises
    ------
    UnknownName : a country nobody knows.
    """
    if reading.of != SHORTAGE:
        return change_of(OUTPUT, row, reading, as_of)
    named = reading.partner or row.partner
    if not named:
        return Measured(float("nan"), remark=declared_note("claims.shortage_of_one"))
    country = importer("USA").countries.resolve(named, f"quantity {row.name}, partner")
    lost = _lost(question_of(reading, country, as_of), country)
    remark = declared_note("claims.output_lost", day=as_of, material=reading.material or CHAIN)
    return Measured(-lost, inputs=(f"chain {reading.material or CHAIN}",), remark=remark)


def _lost(question: ChainQuestion, country: str) -> float:
    """Share of annual GDP at base prices that is lost in the first year."""
    run = answer(question, worth=False, small=False)
    return run.loss(country, scope=DIRECT, measure=GDP, period=FIRST_YEAR)
