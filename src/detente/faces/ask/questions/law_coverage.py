"""Law coverage."""

from __future__ import annotations

from pathlib import Path

from detente.faces.ask import Answer, question


@question("Tariffs", "law coverage", "law coverage Canada", "law coverage --table clauses")
def law_coverage(of: str = "", *, lawbook: str = "") -> Answer:
    """Which countries' tariffs are on record, in what detail, and up to which day they were read.

    >>> import detente as dt
    >>> answer = dt.law_coverage("Canada")
    >>> answer["level"][0]
    'line'

    Parameters
    ----------
    of : that country alone; tables `sources` to `gaps` are on the United States where none is named.
    """
    from detente.faces.words.language import load
    from detente.lab.averages.asked_law import asked_law
    from detente.lab.statute.book import record_tables
    from detente.lab.statute.coverage import importers_tables

    code, say = of or "USA", load()
    law = asked_law(code, lawbook=lawbook)[1]
    record = [] if law.record is None else record_tables(law, Path(lawbook) if lawbook else None)
    read = "" if law.record is None else f"read to {say.day(law.record.to)}"
    listed, lacks = importers_tables(of)
    rows = list(listed.rows())
    if of:
        (lines, _), acts = LEVELS[rows[0]["level"]], len(law.measures)
        headline = f"{say.name(of)}: {rows[0]['lines']:,} {lines} and {acts} tariff act{'' if acts == 1 else 's'}"
        headline += f"{', ' if read else ''}{read}."
    else:
        counts = {how: sum(row["level"] == level for row in rows) for level, (_, how) in LEVELS.items()}
        parts = " and ".join(f"{count} {how}" for how, count in counts.items() if count)
        headline = (
            f"The tariffs of {len(rows)} importers are on record: {parts}. The law of {say.country(code)} is {read}."
        )
    return Answer.of(headline, [listed, *record, lacks], following="detente law list --of COUNTRY")


LEVELS = {
    "line": ("tariff lines", "line by line"), "hs6": ("subheadings", "by subheading"),
    "sector": ("subheadings at the means of sectors", "by the means of sectors"),
}  # fmt: skip
"""What a country's tariff is of, and how it is known, by the level of its record."""
