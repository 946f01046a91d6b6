"""Report of a result: one self-contained page, or a folder with the page and every table."""

from __future__ import annotations

from html import escape
from pathlib import Path

from detente.codes import InputError, Table
from detente.codes.units import Unit
from detente.faces.formats import cells, for_readers, heading, to_csv, to_json, write_bytes
from detente.lab.result import Result

STYLE = """
body{font:16px/1.5 Georgia,serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #999}
table{border-collapse:collapse;width:100%;font:14px/1.4 system-ui,sans-serif}
th{text-align:left;border-bottom:2px solid #333;padding:.3rem .5rem;vertical-align:bottom}
td{padding:.25rem .5rem;border-bottom:1px solid #ddd;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.note{color:#555;font:13px/1.4 system-ui,sans-serif}.say{font-size:1.1rem}code{font-size:.9em}
.wide{overflow-x:auto}@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}
"""


WRITERS = (".html", ".md", ".json")


def check_target(path: Path) -> None:
    """Refuse a report format nobody writes, or a folder that is a file, before anything is computed."""
    if path.suffix and path.suffix not in WRITERS:
        raise InputError(str(path), f"'{path.suffix}' is not a report format", "use .html, .md, .json or a folder")
    if not path.suffix and path.is_file():
        raise InputError(str(path), "is a file, not a folder", "give a folder, or a name that ends in .html")


def write_report(result: Result, path: Path) -> Path:
    """Write a result as .html, .md or .json, or into a folder with the page and a CSV of each table."""
    writers = {".html": page, ".md": markdown, ".json": lambda r: to_json(r.as_dict())}
    if path.suffix in writers:
        return write_bytes(path, writers[path.suffix](result).encode())
    check_target(path)
    write_bytes(path / "report.html", page(result).encode())
    write_bytes(path / "result.json", to_json(result.as_dict()).encode())
    for name, table in result.tables.items():
        write_bytes(path / f"{name}.csv", to_csv(table).encode())
    return path / "report.html"


def page(result: Result) -> str:
    """The result as one page that opens without a network."""
    scenario = result.scenario
    title = escape(scenario.title or scenario.name)
    said = "".join(f'<p class="say">{escape(sentence)}</p>' for sentence in result.sentences)
    tables = "".join(_table(table) for table in result.tables.values())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head><body>'
        f"<h1>{title}</h1>{said}<p>{escape(scenario.note)}</p>"
        f'<p class="note">Result {result.key}. Rates are shares of customs value in per cent; '
        f"changes are in percentage points.</p>{tables}{_assumptions(result)}{_vintages(result)}</body></html>"
    )


def _table(table: Table) -> str:
    table = for_readers(table)
    kinds = ["n" if c.unit not in (Unit.TEXT, Unit.CODE, Unit.DATE) else "" for c in table.columns]
    head = "".join(
        f'<th scope="col" class="{kind}" title="{escape(c.description)}">{escape(heading(c.name, c.unit))}</th>'
        for c, kind in zip(table.columns, kinds, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td class="{k}">{escape(cell)}</td>' for cell, k in zip(row, kinds, strict=True)) + "</tr>"
        for row in cells(table)
    )
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in table.notes)
    return (
        f'<section id="{table.name}"><h2>{escape(table.title)}</h2><div class="wide"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>{notes}</section>"
    )


def _assumptions(result: Result) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(str(row['id']))}</code></td><td>{escape(str(row['statement']).strip())}</td>"
        f"<td>{escape(str(row['switch']))}</td><td>{escape(str(row['effect']))}</td></tr>"
        for row in result.assumptions
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("id", "statement", "change it by", "effect"))
    return f"<section><h2>Assumptions</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>"


def _vintages(result: Result) -> str:
    rows = "".join(
        f"<tr><td>{escape(row['title'])}</td><td>{escape(row['publisher'])}</td><td>{escape(row['vintage'])}</td>"
        f"<td><code>{row['sha256'][:12]}</code></td></tr>"
        for row in result.vintages.values()
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("table", "publisher", "vintage", "sha256"))
    return f"<section><h2>Data</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>"


def markdown(result: Result) -> str:
    """The result as Markdown."""
    parts = [f"# {result.scenario.title or result.scenario.name}", "", *result.sentences, "", f"Result `{result.key}`"]
    for table in result.tables.values():
        parts += ["", f"## {table.title}", "", *_pipes(table), "", *(f"*{note}*" for note in table.notes)]
    return "\n".join(parts) + "\n"


def _pipes(table: Table) -> list[str]:
    table = for_readers(table)
    head = [heading(c.name, c.unit) for c in table.columns]
    rows = [head, ["---"] * len(head), *cells(table)]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
