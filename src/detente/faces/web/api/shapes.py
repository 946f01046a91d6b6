"""Shapes of answers: every field with its type, its unit and what it means.

Shapes refer to one another by name; `describe` puts them among the components of the description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.faces.web.work.schema import ANSWERS, ENDED, RUNNING, WAITING, WORK

Shape = dict[str, Any]


def of(name: str) -> Shape:
    """A shape by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(about: str, *known: str, null: bool = False) -> Shape:
    """A text; one of some, where these are given."""
    shape: Shape = {"type": ["string", "null"] if null else "string", "description": about}
    return shape | ({"enum": [*known, *([None] if null else [])]} if known else {})


def number(about: str, unit: str, null: bool = False) -> Shape:
    """A number in a unit."""
    return {"type": ["number", "null"] if null else "number", "description": about, "x-unit": unit}


def count(about: str, null: bool = False) -> Shape:
    """A whole number."""
    return {"type": ["integer", "null"] if null else "integer", "description": about}


def flag(about: str, null: bool = False) -> Shape:
    """Yes or no."""
    return {"type": ["boolean", "null"] if null else "boolean", "description": about}


def rows(items: Shape, about: str) -> Shape:
    """A list."""
    return {"type": "array", "items": items, "description": about}


def entries(value: Shape, about: str) -> Shape:
    """Values by name."""
    return {"type": "object", "additionalProperties": value, "description": about}


def fields(about: str, given: Mapping[str, Shape], *left_out: str) -> Shape:
    """An object with named fields, all of which are there but those that may be left out."""
    needed = [name for name in given if name not in left_out]
    return {"type": "object", "description": about, "properties": dict(given), "required": needed}


SCALAR: Shape = {"type": ["string", "number", "boolean", "null"], "description": "a value in the unit of its column"}
STANDING: dict[str, Shape] = {
    "record_to": text("last day to which the law was read", null=True),
    "beyond_record": flag("whether the day asked for is later"),
    "branches": rows(
        fields("one fate", {
            "branch": text("lapsed: as the law is written; else a fate of the open clauses, as renewed"),
            "words": text("what the fate is called for readers"),
            "likely": flag("whether what is known speaks for it"),
            "total": number("average duty, or duty on the good", "share"),
        }, "words"), "the number under each fate of open clauses, where they differ",
    ),
    "open_clauses": rows(text("a clause"), "clauses whose fate is not on record"),
    "open_from": text("first day on which one of them ends", null=True),
    "open_to": text("last day on which one of them ends", null=True),
    "branches_of": text("what the totals are of"),
    "base_of": text("day of the schedule of base duties; null where its rates have dates of their own", null=True),
    "measures_to": text("day of the newest text in the oldest series of measures behind the number", null=True),
    "gaps": rows(text("a gap"), "what is known to be missing from the record"),
    "may_come": rows(text("an act or investigation"), "what may end in duties on these goods and is not in the number"),
}  # fmt: skip
ROW = {name: STANDING[name] for name in ("record_to", "beyond_record", "branches")}
"""What a row has besides its columns, where it is about a day beyond the record."""

HEADS: dict[str, Shape] = {
    "name": text("name of the table"),
    "title": text("title for readers"),
    "columns": rows(of("Column"), "what each column of the rows is"),
    "notes": rows(text("a note"), "what a reader must know"),
}
PAGE: dict[str, Shape] = {
    "total": count("rows in all"),
    "limit": count("rows of a page at most"),
    "offset": count("rows left out first"),
}
ANSWER: Shape = fields("The answer to a question.", {
    "question": text("its name"),
    "arguments": {"type": "object", "description": "what was asked, as it was understood", "additionalProperties": {}},
    "headline": text("the answer in one or two sentences"),
    "number": {"anyOf": [{"type": "null"}, fields("the one number it is", {
        "value": number("central value", "as unit says"), "unit": text("unit of value, low and high"),
        "low": number("low end of the range", "as unit says", null=True),
        "high": number("high end of the range", "as unit says", null=True),
        "moved_by": text("what moves it most"), "against": text("what it is compared with"),
        "definition": text("how it is counted"),
    })], "description": "the one number it is, where it is one"},
    "tables": entries(fields("a table", {
        "title": text("title for readers"), "notes": rows(text("a note"), "what a reader must know"),
        "columns": rows(fields("a column", {
            "name": text("key in the rows"), "unit": text("unit of its values"), "means": text("what it is"),
        }), "what each column is"),
        "rows": rows({"type": "object", "additionalProperties": {}}, "its rows"),
        "total": count("rows in all"), "next": text("address of the rows that follow", null=True),
    }), "tables by name, the main one first"),
    "charts": rows(text("a chart"), "charts that may be asked for as files"),
    "warnings": rows(text("a warning"), "what a reader must know before the number is quoted"),
    "read_to": text("last day for which the law behind it was read", null=True),
    "branches": rows({"type": "object", "additionalProperties": {}}, "the number under each fate of what is open"),
    "key": text("12 hex digits: the same key has the same numbers"), "version": text("of the program"),
})  # fmt: skip
SHAPES: dict[str, Shape] = {
    "Answer": ANSWER,
    "Column": fields("A column.", {
        "name": text("key in the rows"), "unit": text("unit of its values"), "description": text("what it is"),
        "label": text("its head for readers, where that is another"),
    }, "label"),
    "Standing": fields("How far a law was read.", STANDING),
    "Table": fields(
        "A table.",
        HEADS | PAGE | STANDING | {"key": text("key of the run it is of"), "rows": rows(of("Row"), "its rows")},
        "limit", "offset", "key", *STANDING,
    ),
    "Row": {**entries(SCALAR, "values by column"), "properties": ROW, "title": "Row"},
    "Head": fields("A run.", {
        "key": text("12 hex digits"), "kind": text("what made it"), "name": text("name"), "title": text("title"),
        "version": text("version of the program"), "created": number("when", "seconds since 1970, UTC"),
        "size": count("bytes of the document"),
    }),
    "Runs": fields("Saved runs.", PAGE | {"rows": rows(of("Head"), "a page of them, the newest first")}),
    "Run": fields("A result.", {
        "key": text("12 hex digits"), "version": text("version of the program"),
        "scenario": {"type": "object", "description": "the scenario as it was run", "additionalProperties": True},
        "sentences": rows(text("a sentence"), "findings in words"),
        "record": entries(of("Standing"), "how far the law of each side was read"),
        "tables": entries(rows(of("Row"), "rows"), "rows of every table by its name"),
        "about": entries(fields("a table", {
            "title": HEADS["title"], "notes": HEADS["notes"], "columns": HEADS["columns"],
            "names": entries(text("what it stands for"), "words of ids in its cells"),
        }, "names"), "title, notes and columns of every table by its name"),
        "checks": rows({}, "what was checked"), "assumptions": rows({}, "assumptions behind it"),
        "vintages": entries({}, "data behind it, by table"),
        "answer": entries({}, "what the answer to a question says beside its tables"),
    }, "sentences", "record", "checks", "assumptions", "vintages", "answer"),
    "Deleted": fields("A run that was deleted.", {
        "key": text("its key"), "gone": flag("that it is gone"),
    }),
    "DeletedAll": fields("All runs and jobs, deleted.", {
        "runs": count("runs that were deleted"), "jobs": count("jobs that were deleted"),
    }),
    "Job": fields("A job.", {
        "id": text("16 hex digits"), "kind": text("what it does", *WORK, *ANSWERS),
        "status": text("how it stands", WAITING, RUNNING, *ENDED), "part": text("what it is at"),
        "done": count("parts done"), "total": count("parts in all"),
        "created": number("when it was asked for", "seconds since 1970, UTC"),
        "started": number("when it was last begun", "seconds since 1970, UTC", null=True),
        "finished": number("when it ended", "seconds since 1970, UTC", null=True),
        "attempts": count("times it was begun"), "run": text("key of its run", null=True),
        "error": text("why it has none"),
        "request": {"type": "object", "description": "what was asked", "additionalProperties": True},
    }),
    "Jobs": fields("Jobs.", PAGE | {"rows": rows(of("Job"), "a page of them, the newest first")}),
    "Problem": fields("A problem.", {
        "type": text("about:blank"), "title": text("kind of problem"), "status": count("status of the answer"),
        "detail": text("one sentence"), "where": text("part of what was asked"), "what": text("what is wrong with it"),
        "repair": text("what to do"), "kind": text("kind of a name that is not known"), "name": text("that name"),
        "errors": rows(fields("a mistake", {"where": text("place"), "what": text("what is wrong")}), "all mistakes"),
    }, "where", "what", "repair", "kind", "name", "errors"),
    "Status": fields("The server.", {
        "name": text("detente"), "version": text("version of the program"),
        "cases": entries(text("warming or ready", "warming", "ready"), "cases of the talks that were asked for"),
    }),
}  # fmt: skip
