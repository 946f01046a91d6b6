"""Shapes of answers: every field with its type, its unit and what it means.

Shapes refer to one another by name; `describe` puts them among the components of the description. Columns of tables lie
in `tables.json`, which `tools/build_web_tables.py` takes from real answers.
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


def both(about: str, unit: str) -> Shape:
    """A number of each side."""
    return fields(about, {"USA": number("of the United States", unit), "CHN": number("of China", unit)})


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

RECORD: dict[str, Shape] = {
    "record_to": STANDING["record_to"],
    "beyond_record": STANDING["beyond_record"],
    "record_lines": rows(text("a sentence"), "what a page says of the record"),
    "record": entries(of("Standing"), "how far the law of each side was read"),
}
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
ADDRESS: dict[str, Shape] = {
    name: text(about)
    for name, about in (
        ("v", "version of the address"), ("case", "case of the talks"), ("date", "day of the law"),
        ("us", "US duty on China, per cent"), ("fentanyl", "US fentanyl duty, per cent"),
        ("cn", "Chinese duty on US goods, per cent"), ("licences", "share of rare-earth licences granted"),
        ("action", "action on fentanyl precursors, 0 to 1"), ("duration", "days of the deal"),
        ("partner", "third partner on which a duty is laid"), ("rate", "that duty, per cent"),
        ("except", "sectors left out, comma between"), ("weights", "weights of the payoffs"),
        ("horizon", "long or short"), ("query", "the whole address as a query"),
    )
}  # fmt: skip
SAID = rows(text("a message"), "what was mended in the address")
LEVELS = entries(number("level: duties in per cent, days, or a share", "as the lever says"), "levels by lever")
NUMBER: dict[str, Shape] = {
    "id": text("name of the number"),
    "table": text("table of a saved deal in which it stands"),
    "label": text("what it is, for readers"),
    "value": number("central value", "as unit says", null=True),
    "low": number("low end of the range", "as unit says", null=True),
    "high": number("high end of the range", "as unit says", null=True),
    "baseline_value": number("the same number there", "as unit says", null=True),
    "unit": text("unit of value, low, high and baseline_value"),
    "text": text("value for readers"),
    "low_text": text("low end for readers"),
    "high_text": text("high end for readers"),
    "baseline": text("what it is compared with"),
    "baseline_text": text("value there, for readers"),
    "definition": text("what is counted"),
    "range": text("what the range runs over, or why there is none"),
    "side": text("whose number it is"),
    "threat": text("threat over which a gain is counted"),
    "branches": rows(of("Branch"), "the number under each fate of open clauses, where they differ"),
}
GAINS = fields("gains, USD a year", {
    "USA": number("gain of the United States", "USD a year"), "CHN": number("gain of China", "USD a year"),
})  # fmt: skip
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
    "Branch": fields("A number under one fate of open clauses.", {
        "branch": text("which fate"), "words": text("what it is called for readers"),
        "total": number("the number", "that of the number", null=True), "text": text("the same for readers"),
        "baseline_value": number("what it is compared with", "that of the number", null=True),
        "baseline": text("what that is"), "baseline_text": text("the same for readers"),
    }),
    "Number": fields("A number of a deal.", NUMBER, "threat"),
    "Side": fields("What a deal is to one side.", {
        "real_income": of("Number"),
        "gains": entries(of("Number"), "gain over each threat"),
        "walks": entries(flag("whether it walks away"), "whether the side walks away, by threat"),
    }),
    "Lever": fields("A lever of a case.", {
        "value": number("where it stands", "as unit says"), "least": number("lowest", "as unit says"),
        "most": number("highest", "as unit says"), "step": number("step of a slider", "as unit says"),
        "unit": text("unit of the levels"), "label": text("what it is"),
        "issue": text("issue of the case"), "party": text("whose it is"),
        "ticks": rows(fields("a mark", {
            "value": number("level", "as unit says"), "label": text("what it marks"),
        }), "marks on the slider"),
    }),
    "Deal": fields("What a deal does.", {
        "key": text("12 hex digits: same key, same numbers"),
        "scenario": fields("the deal as read", ADDRESS | {"messages": SAID},
                           *(name for name in ADDRESS if name not in ("v", "case", "date", "query"))),
        "sentence": text("the finding in words"), **RECORD,
        "moves": flag("whether anything differs from the status quo; where nothing does there is no deal to judge"),
        "hold": text("by what answer to a breach the deal holds, in words"),
        "keeps": entries(flag("whether both sides keep it by themselves if a breach is answered so"), "by threat"),
        "outlook": fields("how long it lasts on the record of its day", {
            "day": text("day of the record"), "form": text("form of the bargain", "truce", "order", "terms"),
            "assumed": flag("whether the form is assumed"),
            "chances": entries(number("chance that its sides keep it", "share"), "by days"),
            "beside": entries(number("the same of all bargains alike", "share"), "by days"),
            "ever": flag("whether no end at all has scored better at a year"),
            "came": text("what came of it: ended, replaced, runs; blank where it is not on record"),
            "lived": number("days that it lived", "days"),
            "now": number("chance of another year, of what runs", "share", null=True),
            "read": text("last day of the record"),
        }),
        "brief": fields("the deal in the sentences of the brief", {
            "deal": text("what is on the table"), "does": rows(text("a sentence"), "what it does"),
            "hold": rows(text("a sentence"), "who gains, and whether it holds"),
        }),
        "assumed": rows(text("a sentence a threat"), "what of the gains is an assumption of the case"),
        "numbers": rows(of("Number"), "all numbers"),
        "sides": fields("by side", {
            "USA": of("Side"), "CHN": of("Side"), "third": rows(of("Number"), "real income of third countries"),
        }),
        "walks": rows(fields("a threat", {
            "threat": text("name"), "label": text("for readers"), "words": text("the same with its law"),
            "USA": flag("whether the United States walks away"), "CHN": flag("whether China walks away"),
        }), "who walks away, by threat"),
        "flat": rows(fields("a call-out", {
            "lever": text("lever that moves nothing here"), "kind": text("why: law, or another reason"),
            "rule": text("rule that holds it"), "sentence": text("in words"),
            "reason": text("which sentence says it"), "parts": entries(SCALAR, "codes, shares and days that it names"),
        }), "levers that move nothing, and why"),
        "point": GAINS,
        "levers": entries(of("Lever"), "levers of the case"),
    }),
    "Offer": fields("A deal that is proposed.", {
        "levers": LEVELS,
        "scenario": fields("its address", ADDRESS | {"messages": SAID}, *ADDRESS, "messages"),
        "point": GAINS, "better": both("gain over the deal of the address", "USD a year"),
        "sentence": text("in words"), "accepts": flag("whether the other side takes the deal", null=True), **RECORD,
    }),
    "CountryOfDeal": fields("What a deal does to one country.", {
        "key": text("key of the deal"), "country": text("country of the world"), "name": text("the same for readers"),
        "scenario": fields("the deal as read", ADDRESS | {"messages": SAID},
                           *(name for name in ADDRESS if name not in ("v", "case", "date", "query"))),
        "against": text("what changes are measured against"),
        "note": text("where it is part of a region of the world", null=True),
        "sentences": rows(text("a sentence"), "findings in words"), **RECORD,
        "tables": rows(of("Table"), "changes with ranges, exports, imports, duties"),
    }),
    "Cases": fields("Cases of the talks.", {
        "cases": rows(text("a case"), "cases that deals can be made in"), "default": text("the one taken by default"),
        "status": entries(text("warming or ready", "warming", "ready"), "of cases that were asked for"),
    }),
    "TalksCases": fields("Cases of the package.", {
        "cases": rows(fields("a case", {
            "case": text("its name"), "title": text("for readers"), "on": text("its day"),
            "parties": rows(text("code"), "who is at the table"), "variants": rows(text("a name"), "its variants"),
            "deadline": {"type": ["object", "null"], "additionalProperties": True,
                         "description": "the threat whose deadline stands on the day, with chances as shares"},
        }), "by day"),
    }),
    "TalksPage": fields("The page of a country for a case.", {
        "key": text("12 hex digits: the same key has the same numbers"), "case": text("case of the talks"),
        "variant": text("of the case, blank for the case as known"), "on": text("day of the case"),
        "side": text("whose page it is"), "parties": rows(text("code"), "who is at the table"),
        "outsiders": rows(text("code"), "countries of the world that are not"), "unit": text("of amounts"),
        "words": fields("the page in words", {
            "title": text("of the case"), "whose": text("whose page it is"), "basis": text("what amounts are"),
            "blocks": rows(fields("sentences under a head", {
                "name": text("of the block"), "head": text("above it"),
                "sentences": rows(text("a sentence"), "what it says"),
            }), "in order"),
            "packages": fields("the table of packages", {
                "heads": rows(text("a head"), "heads of its columns"),
                "rows": rows(rows(text("a cell"), "cells as readers see them"), "a package each, or an issue"),
            }),
        }),
        "page": {"type": "object", "additionalProperties": True,
                 "description": "every number of the page: amounts in USD bn a year, levels as the issue has them"},
        "tables": rows(of("Table"), "what the page draws, amounts in USD"),
    }),
    "Place": fields("A point of the chart.", {
        "USA": number("gain of the United States", "USD a year"), "CHN": number("gain of China", "USD a year"),
        "levers": LEVELS, "concept": text("solution that proposes it"), "threat": text("threat or name of it"),
        "label": text("for readers"), "description": text("what it is"), "credible": flag("whether it is believed"),
        "name": text("name of the deal"), "source": text("whence it is known"), "date": text("its day", null=True),
        "kind": text("threat, offer or deal"),
    }, "levers", "concept", "threat", "label", "description", "credible", "name", "source", "date", "kind"),
    "AcceptableSet": fields("What the chart of both sides' gains draws.", RECORD | {
        "case": text("case of the talks"),
        "setting": fields("of the payoffs", {
            "weights": text("weights"), "horizon": text("long or short run"), "over": text("threat that is the origin"),
        }),
        "unit": text("of all amounts"),
        "axes": rows(fields("an axis", {"side": text("whose gain"), "label": text("for readers")}), "the two axes"),
        "cloud": rows(rows(number("gain", "USD a year"), "gains of both sides"), "outcomes"),
        "frontier": rows(of("Place"), "outcomes that none betters for both"),
        "walks": rows(of("Place"), "walk-away points"), "solutions": rows(of("Place"), "solutions of bargaining"),
        "deals": rows(of("Place"), "named deals"), "note": text("what must be known"),
    }),
    "Strategies": entries(text("what it proposes"), "strategies by name"),
    "Kept": fields("A deal that was kept.", {"key": text("key of the run")}),
    "Schema": {"type": "object", "description": "JSON Schema of a scenario file.", "additionalProperties": True,
               "required": ["title", "type", "properties"], "properties": {
                   "title": text("title"), "type": text("object"),
                   "properties": entries({}, "keys of a scenario with their schemas")}},
    "Checked": fields("A scenario that can be run.", {"valid": flag("always true"), "scenario": of("Scenario")}),
    "Head": fields("A run.", {
        "key": text("12 hex digits"), "kind": text("what made it"), "name": text("name"), "title": text("title"),
        "version": text("version of the program"), "created": number("when", "seconds since 1970, UTC"),
        "size": count("bytes of the document"),
    }),
    "Runs": fields("Saved runs.", PAGE | {"rows": rows(of("Head"), "a page of them, the newest first")}),
    "Compared": fields("Two runs.", {
        "a": text("key of the first"), "b": text("key of the second"), "tables": rows(of("Table"), "side by side"),
    }),
    "Run": fields("A result.", {
        "key": text("12 hex digits"), "version": text("version of the program"),
        "scenario": {"type": "object", "description": "the scenario as it was run", "additionalProperties": True},
        "sentences": rows(text("a sentence"), "findings in words"),
        "record": entries(of("Standing"), "how far the law of each side was read"),
        "tables": entries(rows(of("Row"), "rows"), "rows of every table by its name"),
        "about": entries(fields("a table", {
            "title": HEADS["title"], "notes": HEADS["notes"], "columns": HEADS["columns"],
        }), "title, notes and columns of every table by its name"),
        "checks": rows({}, "what was checked"), "assumptions": rows({}, "assumptions behind it"),
        "vintages": entries({}, "data behind it, by table"),
    }),
    "Deleted": fields("A run that was deleted.", {
        "key": text("its key"), "gone": flag("that it is gone"),
    }),
    "DeletedAll": fields("All runs and jobs, deleted.", {
        "runs": count("runs that were deleted"), "jobs": count("jobs that were deleted"),
    }),
    "RunTables": fields("Tables of a run.", {
        "key": text("key of the run"),
        "tables": rows(fields("a table", {
            "name": text("name"), "title": text("title"), "rows": count("how many rows it has"),
        }), "its tables"),
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
