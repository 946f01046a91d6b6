"""Reports: a result as a page, a paper, a document for Word, a workbook, LaTeX, Markdown, an image, or a folder of all.

`write_report` chooses by the name of the file; `content` says what is in it, the other modules give it a form.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import cast

from detente.codes import InputError, Table
from detente.faces.formats import is_stdout, to_csv, write_bytes
from detente.faces.report.content import Content, chapters, content
from detente.faces.report.saved import to_document
from detente.faces.report.writing import write_folder
from detente.lab.result import Result
from detente.lab.work.beside import Ready, left_to

MODULES = {
    ".html": "page",
    ".md": "markdown",
    ".pdf": "paper",
    ".png": "image",
    ".docx": "word",
    ".xlsx": "workbook",
    ".tex": "latex",
}
"""Module that writes each format; each has `write(content, result) -> bytes`."""

SUFFIXES = (*MODULES, ".json")
DRAWN_BESIDE = ("", ".html")
"""Ends of the paths whose charts another process can draw: a page, and a folder with pages."""

FORMATS = {"docx": ".docx", "pdf": ".pdf", "png": ".png", "html": ".html"}
"""Formats of a report that a table does not have, by their names on the command line."""


def check_target(path: Path) -> None:
    """Refuse a report format nobody writes, or a folder that is a file, before anything is computed."""
    if is_stdout(path):
        raise InputError(str(path), "cannot hold a report: its name says no format", "give a name, as report.html")
    if path.suffix and path.suffix not in SUFFIXES:
        raise InputError(str(path), f"'{path.suffix}' is not a report format", f"use {', '.join(SUFFIXES)} or a folder")
    if not path.suffix and path.is_file():
        raise InputError(str(path), "is a file, not a folder", "give a folder, or a name that ends in .html")
    if path.suffix and path.is_dir():
        raise InputError(str(path), "is a folder, not a file", "give another name")
    above = next(one for one in path.absolute().parents if one.exists())
    if not above.is_dir():
        raise InputError(str(path), f"cannot be written: {above} is a file", "give another path")
    _try(path, above)
    if path.suffix in MODULES:
        needed = getattr(_module(path.suffix), "check_library", None)
        if needed is not None:
            needed()


def _try(path: Path, folder: Path) -> None:
    """Refuse a folder in which nothing can be written; what is tried leaves nothing behind."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        raise InputError(
            str(path), "cannot be written", f"check the rights of {folder}, or give another path"
        ) from None


def ahead(beside: Executor | None, paths: Sequence[Path], brief: bool) -> Ready | None:
    """What begins in the process beside to draw charts of the tables that stand already, for formats it draws."""
    pages = [path for path in paths if path.suffix in DRAWN_BESIDE]
    if beside is None or not pages:
        return None
    from detente.faces.charts.drawing import draw_beside, warm
    from detente.faces.charts.memory import can_draw

    if not can_draw():
        return None
    left_to(beside, warm)

    def begin(tables: Mapping[str, Table]) -> None:
        from detente.faces.charts import NARROW, brief_charts, charts
        from detente.faces.report.page import pictures_of

        if brief and all(path.suffix for path in pages):
            draw_beside(beside, [(chart, NARROW) for chart in brief_charts(tables)])
        else:
            draw_beside(beside, pictures_of(part for part, _ in chapters(charts(tables), tables)))

    return begin


def _module(suffix: str) -> object:
    return importlib.import_module(f"detente.faces.report.{MODULES[suffix]}")


def rendered(result: Result, suffix: str, brief: bool = False, beside: Executor | None = None) -> bytes:
    """The report of a result in one format; a page's charts are drawn in the process beside as well."""
    if suffix == ".json":
        return to_document(result).encode()
    module, made = _module(suffix), content(result, brief)
    if beside is not None and suffix == ".html":
        from detente.faces.charts.drawing import draw_beside
        from detente.faces.report.page import pictures

        draw_beside(beside, pictures(made))
    write = cast("Callable[[Content, Result], bytes]", getattr(module, "write"))  # noqa: B009
    return write(made, result)


def write_report(result: Result, path: Path, brief: bool = False, beside: Executor | None = None) -> Path:
    """Write a result in the format of the file's name, or into a folder with pages and every table.

    Parameters
    ----------
    brief : one page instead of everything; a folder always holds both.
    beside : one more process to draw charts in.

    Raises
    ------
    InputError
        for a format nobody writes, or a library that is not installed.
    """
    check_target(path)
    if path.suffix:
        return write_bytes(path, rendered(result, path.suffix, brief, beside))
    files = {
        "report.html": rendered(result, ".html", beside=beside),
        "brief.html": rendered(result, ".html", brief=True, beside=beside),
        "result.json": rendered(result, ".json"),
    }
    files |= {f"{name}.csv": to_csv(table).encode() for name, table in result.tables.items()}
    write_folder(path, files)
    return path / "report.html"
