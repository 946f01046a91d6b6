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
    from detente.data.importerfile import importer_id
    from detente.faces.words.language import load
    from detente.lab.ground.asked_law import asked_law
    from detente.lab.statute.book import record_tables
    from detente.lab.statute.importers import importers_tables

    code, say = of or importer_id("USA"), load()
    listed, lacks = importers_tables(of)
    _, law, _ = asked_law(code, lawbook=lawbook)
    record = [] if law.record is None else record_tables(law, Path(lawbook) if lawbook else None)
    read = "" if law.record is None else f", read to {say.day(law.record.to)}"
    if of:
        (row,) = listed.rows()
        what = f"{say.country(of)}: {row['lines']:,} {LEVELS[row['level']]} and {row['measures']} tariff acts on record"
        return Answer.of(f"{what[0].upper()}{what[1:]}{read}.", [listed, *record, lacks])
    what = f"The tariffs of {len(listed)} importers are on record: {listed.notes[0]}"
    return Answer.of(
        f"{what}. Those of {say.country(code)} were read to {say.day(law.record.to)}.", [listed, *record, lacks]
    )


LEVELS = {"line": "tariff lines", "hs6": "subheadings", "sector": "subheadings at the means of sectors"}
