"""Data show."""

from __future__ import annotations

from detente.faces.ask import Answer, question


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
    name : `scenario.schema` and `case.schema` show the keys that files of scenarios and of talks may have.
    """
    from detente.lab.record.shelf import shown

    tables = shown(name)
    main, card = tables[0], tables[-1]
    source = dict(zip(card["key"], card["value"], strict=True)) if "value" in card.data else {}
    rows = f" It has {len(main):,} rows." if len(tables) > 1 and main.name == name else ""
    whose = f" It comes from {source['publisher']}; licence: {source['licence']}." if "publisher" in source else ""
    title = card.title
    return Answer.of(f"{title[0].upper()}{title[1:]}.{rows}{whose}", tables)
