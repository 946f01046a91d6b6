"""Data list."""

from __future__ import annotations

from collections import Counter

from detente.faces.ask import Answer, question


@question("Program", "data list worlds", "data list", choices={"kind": "detente.lab.record.shelf:KINDS"})
def data_list(kind: str = "") -> Answer:
    """What the program knows by name: scenarios, cases of talks, worlds, minerals, publishers, tables and formats.

    >>> import detente as dt
    >>> answer = dt.data_list("scenarios")
    >>> "geneva" in answer["name"]
    True

    Parameters
    ----------
    kind : the second table has all that is said of the things of this kind; without, things of all kinds are listed.
    """
    from detente.lab.record.shelf import KINDS, listed

    tables = listed(kind)
    counts = Counter(map(str, tables[0]["kind"]))
    present = [kind] if kind else [name for name in KINDS if counts[name]]
    *first, last = [f"{counts[name] or 'no'} {KINDS[name].words[counts[name] != 1]}" for name in present]
    names = f"{', '.join(first)} and {last}" if first else last
    more = "" if kind else " Name a kind to see more of it."
    return Answer.of(f"The program knows {names}.{more}", tables, following="detente data show NAME")
