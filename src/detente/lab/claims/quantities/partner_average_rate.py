"""The average duty on imports from a partner."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import LAW_KEYS, SHARES, of_importer

UNSEEN = ReadingRow(
    name="without-waivers", label="the same, with no waiver that was not published", shares={"exclusion": 0.0}
)


def _of(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings of the importer named; China waived duties that it did not publish."""
    readings = of_importer(row, own, listed)
    return (*readings, UNSEEN) if row.importer.casefold() in ("chn", "china") else readings


HEADLINE = "events"
"""Kind of the rate that acts name, which news often gives as what goods of a partner pay."""

QUANTITY = Measurand(
    what="average duty on imports from a partner, of the United States or of the importer named",
    units=SHARES,
    tolerance=0.03,
    order=40,
    example={"value": "138", "importer": "CHN", "partner": "USA", "as_of": "2025-05-08"},
    needs={"value": refused, "partner": refused},
    narrowed_by=("partner", "importer"),
    uses=("of", "duty", "partner", "weights", "shares", *LAW_KEYS),
    kinds=("", HEADLINE),
    judged_as={HEADLINE: "partner_additional_rate"},
    readings=(
        ReadingRow(name="statutory", label="statutory duty at 2024 imports from the partner, chapters 1-97"),
        ReadingRow(name="with-98-99", label="the same with chapters 98 and 99", scope="all"),
        ReadingRow(
            name="collected",
            label="duty collected on the partner's goods in the last full month",
            duty="collected",
        ),
        ReadingRow(name="headline", label="no average: what is added on a line without exemption", of=HEADLINE),
    ),
    fitting=_of,
    compute=Elsewhere("rates", "partner_average"),
)
