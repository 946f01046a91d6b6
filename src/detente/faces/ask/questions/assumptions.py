"""Assumptions."""

from __future__ import annotations

from detente.faces.ask import Answer, question


@question("Program", "assumptions elasticity", "assumptions --of Japan")
def assumptions(words: str = "", *, of: str = "USA") -> Answer:
    """The assumptions behind the numbers: source, where each is used, how to change it, and what it does.

    >>> import detente as dt
    >>> answer = dt.assumptions("elasticity")
    >>> answer.columns[0].name
    'id'

    Parameters
    ----------
    words : all of them must stand in the row of an assumption, in any order.
    """
    from detente.data.assumptions import assumptions_table, changeable
    from detente.data.importers import importer
    from detente.data.tables import place

    law = importer(of).law
    matches, size = assumptions_table(law, words), len(assumptions_table(law))
    behind = f"{size} assumptions behind the numbers on tariffs of {place(law.importer)}"
    many = f"{len(matches) or 'None'} of the {behind} mention{'' if len(matches) > 1 else 's'} “{words}”."
    return Answer.of(many if words else f"There are {behind}. You can change {changeable(matches)} of them.", [matches])
