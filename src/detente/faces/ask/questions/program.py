"""The program: assumptions, and what it knows by name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from detente.data.assumptions import assumptions_table, changeable
from detente.data.importers import importer
from detente.data.tables import place
from detente.faces.ask.answer import Answer
from detente.faces.ask.question import question
from detente.lab.record.shelf import KINDS, listed, shown


@question("Program", "assumptions elasticity", "assumptions --of Japan")
def assumptions(words: str = "", *, of: str = "USA") -> Answer:
    """The assumptions behind the numbers: source, where each is used, how to change it, and what it does.

    >>> import detente as dt
    >>> answer = dt.assumptions("elasticity")
    >>> answer.columns[0].name
    'id'

    Parameters
    ----------
    words : Words to look for, in any order; an assumption has all of them.
    """
    law = importer(of).law
    matches, size = assumptions_table(law, words), len(assumptions_table(law))
    behind = f"{size} assumptions behind the numbers on tariffs of {place(law.importer)}"
    many = f"{len(matches) or 'None'} of the {behind} mention{'' if len(matches) > 1 else 's'} “{words}”."
    return Answer.of(many if words else f"There are {behind}. You can change {changeable(matches)} of them.", [matches])


@question("Program", "data list worlds", "data list", choices={"kind": "detente.lab.record.shelf:KINDS"})
def data_list(kind: str = "") -> Answer:
    """What the program knows by name: scenarios, cases of talks, worlds, minerals, publishers, tables and formats.

    >>> import detente as dt
    >>> answer = dt.data_list("scenarios")
    >>> "geneva" in answer["name"]
    True

    Parameters
    ----------
    kind : Kind of thing that is listed with all that is said of it; without one, things of all kinds are listed.
    """
    tables = listed(kind)
    counts = Counter(map(str, tables[0]["kind"]))
    present = [kind] if kind else [name for name in KINDS if counts[name]]
    *first, last = [f"{counts[name] or 'no'} {KINDS[name].words[counts[name] != 1]}" for name in present]
    names = f"{', '.join(first)} and {last}" if first else last
    more = "" if kind else " Name a kind to see more of it."
    return Answer.of(f"The program knows {names}.{more}", tables, following="detente data show NAME")


@question(
    "Program", "data show countries", "data show geneva", choices={"name": "detente.lab.record.shelf:public_names"}
)
def data_show(name: str) -> Answer:
    """What a table, world, scenario or file format holds, with its columns, publisher and licence.

    >>> import detente as dt
    >>> answer = dt.data_show("countries")
    >>> answer.to_polars().height
    250

    Parameters
    ----------
    name : Name from the list of what there is, or a publisher's file; scenario.schema and case.schema show the keys of
        files of scenarios and of talks.
    """
    tables = shown(name)
    main, card = tables[0], tables[-1]
    source = dict(zip(card["key"], card["value"], strict=True)) if "value" in card.data else {}
    rows = f" It has {len(main):,} rows." if len(tables) > 1 and main.name == name else ""
    whose = f" It comes from {source['publisher']}; licence: {source['licence']}." if "publisher" in source else ""
    title = card.title
    return Answer.of(f"{title[0].upper()}{title[1:]}.{rows}{whose}", tables)


@question("Program", "data cite")
def data_cite(result: str = "") -> Answer:
    """How to cite the program, or a result that was saved and the data it rests on.

    >>> import detente as dt
    >>> dt.data_cite()["name"][0]
    'detente'

    Parameters
    ----------
    result : Result that was saved, as `detente run geneva --out geneva.json` writes it; without one, the program is
        cited.
    """

    from detente.faces.report.citation import citation
    from detente.faces.report.saved import read_result

    cited = citation(read_result(Path(result))) if result else citation()
    return Answer.of(cited.sentence, [cited.table], verbatim=cited.bibtex)
