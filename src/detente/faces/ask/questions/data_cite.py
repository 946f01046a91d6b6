"""Data cite."""

from __future__ import annotations

from detente.faces.ask import Answer, question


@question("Program", "data cite")
def data_cite(result: str = "") -> Answer:
    """How to cite the program, or a result that was saved and the data it rests on.

    >>> import detente as dt
    >>> dt.data_cite()["name"][0]
    'detente'

    Parameters
    ----------
    result : as `detente run geneva --out geneva.json` writes it; without, the program is cited.
    """
    from pathlib import Path

    from detente.faces.report.citation import citation

    if not result:
        cited = citation()
    else:
        from detente.faces.report.saved import read_result

        cited = citation(read_result(Path(result)))
    return Answer.of(cited.sentence, [cited.table], verbatim=cited.bibtex)
