"""The report as PDF, set by Typst: the brief on one page, then the chapters."""

from __future__ import annotations

import importlib.util
import json
import re
from importlib.resources import files
from typing import Any

from detente.codes import InputError, with_extra
from detente.faces.charts import NARROW, Chart
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.content import Content, JudgedClaim, ReportPart
from detente.faces.report.readers import Grid
from detente.faces.words.language import Language, load, report_texts

#: Signs from which on a column of text is broken into lines.
LONG = 24


def check_library() -> None:
    """Refuse to begin without the library."""
    if importlib.util.find_spec("typst") is None:
        raise InputError("a report as PDF", "needs the library 'typst'", with_extra("documents"))


def write(content: Content, workbook: str = "") -> bytes:
    """The paper as PDF; `workbook` : the file beside it that has every table, "" for none."""
    check_library()
    import typst

    source = (files("detente.faces") / "templates" / "paper.typ").read_bytes()
    return typst.compile(source, format="pdf", sys_inputs={"report": report_data(content, workbook)})


def report_data(content: Content, workbook: str = "") -> str:
    """The report as JSON for the template, which holds no text of its own."""
    say, name = load(), content.title_in_files
    where = workbook or f"detente run {name} --out {name}.xlsx"
    facts = {
        "says": {name: say(f"report.{name}") for name in ("method", "cite")}
        | {"kicker": say("report.kicker", key=content.key)},
        **{key: getattr(content, key) for key in ("title", "note", "key", "brief")},
        "front": _front(content),
        "parts": [_part(part, say) for part in content.parts],
        "method": [(step["head"], step["text"]) for step in report_texts()["method"]],
        "tables": f"{say('report.tables_are', count=content.tables)} {where}.",
        "cite": content.citation.sentence,
    }
    return json.dumps(facts, ensure_ascii=False)


def _front(content: Content) -> dict[str, Any]:
    """The brief: its sentences, cards, two charts, and what others say."""
    front, colon = content.front, load()("frame.colon")
    return {
        "dated": " ".join((front.dated, *front.warnings)),
        "deal": front.deal,
        "heads": front.heads,
        "does": front.does,
        "hold": front.hold,
        "cards": [
            [card.label, card.number, card.against, f"{front.heads['column_range']} {card.spread}" * bool(card.spread)]
            for card in front.cards
        ],
        "ranges": front.ranges,
        "charts": [_chart(chart, NARROW, load()) for chart in content.pictures],
        "others": [f"{o.number} {o.who}, {o.day}{colon} {o.why}. {o.steps}".rstrip() for o in front.others],
        "ours": f"{front.ours} {front.walk}".rstrip().replace("`", ""),
        "rests": " ".join(front.rests),
    }


def _part(part: ReportPart, say: Language) -> dict[str, Any]:
    """A chapter: its answer, what it finds, its charts, claims and table, and what would change the numbers."""
    table = laid_out(part.table) if part.table else None
    charts = [_chart(chart, NARROW, say) for chart in part.charts]
    more = part.table is not None and part.table.count > len(part.table.rows)
    return {
        "title": part.title,
        "lead": part.lead,
        "said": part.said,
        "columns": _chart_columns(charts),
        "claims": [_claim(claim, say) for claim in part.claims],
        "table": table,
        "beside": len(charts) % 2 == 1 and table is not None and table["narrow"],
        "more": say("report.first_rows", shown=len(part.table.rows), count=say.number(part.table.count))
        if part.table and more
        else "",
        "changes": f"{say('report.would_change')} {' '.join(part.changes)}" if part.changes else "",
    }


#: Height of title and caption of a chart, in the pixels of its drawing.
CAPTION = 90.0


def _chart_columns(charts: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Charts in two columns of about one height: a tall one stands beside two others."""
    columns: list[list[dict[str, str]]] = [[], []]
    heights = [0.0, 0.0]
    for chart in charts:
        k = heights.index(min(heights))
        columns[k].append(chart)
        heights[k] += CAPTION + float(chart["svg"].split('height="', 1)[1].split('"', 1)[0])
    return columns


def _chart(chart: Chart, width: int, say: Language) -> dict[str, str]:
    return {
        "title": chart.title,
        "alt": chart.alt,
        "subtitle": chart.subtitle,
        "note": chart.note,
        "source": say("frame.unit_source", unit=chart.unit, source=chart.source),
        "svg": standalone(svg(chart, width)),
    }


#: Rows up to which a table stands on one page.
TOGETHER = 14

#: Columns up to which a chapter's table may stand beside its last chart.
BESIDE = 4


def laid_out(grid: Grid) -> dict[str, Any]:
    """A table as the template sets it: heads, cells, and how wide columns of text are."""
    longest = [max((len(row[j]) for row in grid.rows), default=0) for j in range(len(grid.heads))]
    return {
        "title": grid.title,
        "heads": grid.heads,
        "numeric": grid.numeric,
        "long": [
            max(1, round(most**0.5)) if not number and most > LONG else 0
            for number, most in zip(grid.numeric, longest, strict=True)
        ],
        "rows": [list(map(_set, row)) for row in grid.rows],
        "together": len(grid.rows) <= TOGETHER,
        "narrow": len(grid.heads) <= BESIDE and sum(longest) < NARROW_LINE,
    }


#: Letters of a row that fit beside a chart.
NARROW_LINE = 60

#: A day alone in its cell, which stands on one line.
_UNBROKEN = re.compile(r"^\d{1,2} [A-Z][a-z]+ \d{4}$")


#: A name for machines too long for a column, which may break behind each of its parts.
_NAME = re.compile(r"[\w.]{14,}")


def _set(cell: str) -> str:
    """A cell with the places at which a line may and may not break."""
    if _UNBROKEN.match(cell):
        return cell.replace(" ", "\u00a0")
    return _NAME.sub(lambda match: match[0].replace("_", "_\u200b"), cell)


def _claim(claim: JudgedClaim, say: Language) -> list[str]:
    """Who, what, verdict, what was found, and the readings on both sides."""
    sides = [
        f"{word} {'; '.join(named)}."
        for word, named in ((say("claims.holds"), claim.holds), (say("claims.fails"), claim.fails))
        if named
    ]
    return [f"{claim.name}, {claim.who}", claim.said, claim.verdict, claim.found, " ".join(sides)]
