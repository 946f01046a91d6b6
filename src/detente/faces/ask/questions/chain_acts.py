"""Chain acts."""

from __future__ import annotations

from collections import Counter
from datetime import date

from detente.faces.ask import Answer, question


@question(
    "World", "chain acts --mineral gallium --on 2025-06-01", "chain acts --line 850511 --partner US",
)  # fmt: skip
def chain_acts(on: date | None = None, *, mineral: str = "", of: str = "", partner: str = "", line: str = "") -> Answer:
    """The export controls in force on a day, suspended, or past their end.

    Table `paths` has the paths of acts that `chain run` takes by name.

    >>> import detente as dt
    >>> dt.chain_acts("2025-06-01", mineral="gallium")["stands"].tolist()
    ['in force', 'in force', 'not yet']

    Parameters
    ----------
    line : digits of a code, or words that the title of an act has, as tungsten.
    """
    from detente.faces.words.language import load
    from detente.lab.chains.asked import STANDS, acts_tables

    assert on is not None  # as it was read
    say, tables = load(), acts_tables(on, mineral, of, partner, line)
    counts = Counter(str(row["stands"]) for row in tables[0].rows())
    day = say.day(on)
    if not counts:
        return Answer.of("No export control on record is like this.", tables)
    parts = ", ".join(f"{counts[name]} {name}" for name in STANDS[1:] if counts[name])
    many = (
        f"{counts['in force'] or 'No'} export control{'s are' if counts['in force'] != 1 else ' is'} in force on {day}"
    )
    ends = sorted((str(row["until"]), str(row["title"])) for row in tables[0].rows() if str(row["until"]) >= str(on))
    end = f" The next end is that of {say.day(ends[0][0])}: {ends[0][1][0].lower()}{ends[0][1][1:]}." if ends else ""
    return Answer.of(f"{many}{f' ({parts})' if parts else ''}.{end}", tables)
