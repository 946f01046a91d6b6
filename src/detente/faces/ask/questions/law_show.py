"""Law show."""

from __future__ import annotations

from datetime import date

from detente.faces.ask import Answer, question


@question("Tariffs", "law show s232_auto --on 2025-05-14", "law show fent_can --table stacking")
def law_show(measure: str, on: date | None = None, *, of: str = "USA", lawbook: str = "") -> Answer:
    """One tariff act: its rates by day, goods, countries, and what it replaces.

    >>> import detente as dt
    >>> dt.law_show("s232_auto", "2025-05-14").tables["measure"].columns[0].name
    'key'

    Parameters
    ----------
    on : day of the rate in the first sentence, and of the lines in table `lines`.
    """
    from detente.faces.words.language import load
    from detente.lab.averages.asked_law import shown

    assert on is not None  # as it was read
    say, (act, tables) = load(), shown(measure, of, on, lawbook)
    kept = [table for table in tables[1:] if len(table)]
    period = next((row for row in tables[0].rows() if row["from"] <= str(on) <= (row["until"] or "9")), None)
    status = "" if act.status == "in_force" else f" It is {'struck down' if act.status == 'void' else act.status}."
    if period is None:
        what = f"is not in force on {say.day(on)}"
    else:
        first, last = (say.day(period[name]) if period[name] else "" for name in ("from", "until"))
        span = f"from {first} to {last}" if first and last else f"since {first}" if first else f"to {last}"
        what = f"{say.day(on)}: {period['rate'] or 'in force'}, {span if first or last else 'without an end'}"
    joined = " " if period is None else ", "
    return Answer.of(f"{act.title}{joined}{what}.{status}", [tables[0], *kept], following="detente law changes")
