"""Reports: a result as a page, a paper, or a document that is read again.

`content` says what is in it, the other modules give it a form.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, cast

from detente.codes import InputError, Table
from detente.data.store import takes_files
from detente.faces.words.language import load
from detente.lab.work.schedule import handed

if TYPE_CHECKING:
    from detente.faces.report.content import Content
    from detente.lab.part import Seen
    from detente.lab.result import Result

#: Module that writes each format; each has `write(content, workbook) -> bytes`.
MODULES = {".html": "page", ".pdf": "paper"}

SUFFIXES = (*MODULES, ".json")


def check_target(path: Path) -> None:
    """Refuse a report that cannot be written, before anything is computed."""
    if path.is_dir():
        raise InputError(str(path), "is a folder, not a file", "give another name")
    above = next(parent for parent in path.absolute().parents if parent.exists())
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
        takes_files(folder)
    except OSError:
        raise InputError(
            str(path), "cannot be written", f"check the rights of {folder}, or give another path"
        ) from None


def ahead(executor: Executor | None, paths: Sequence[Path], brief: bool) -> Seen | None:
    """What begins in another process to draw charts of the tables that stand already, for formats it draws."""
    if executor is None or not any(path.suffix == ".html" for path in paths):
        return None
    from detente.faces.charts.drawing import can_draw, draw_ahead, warm
    from detente.faces.report.content import chapter_charts, chapter_of, in_order
    from detente.lab.duties.among import apart

    if not can_draw():
        return None
    begun: set[str] = set()
    say, idle = load(), [warm]

    def begin(tables: Mapping[str, Table], to_come: Collection[str]) -> None:
        from detente.faces.report.page import widths

        if idle:
            # After the checks of the other process, for which this one waits before the first table stands.
            handed(executor, idle.pop())
        tables = apart(tables)
        open_ = {chapter_of(name).name for name in to_come} | begun
        ready = [] if brief else [chapter for chapter, _ in in_order(tables) if chapter.name not in open_]
        begun.update(chapter.name for chapter in ready)
        drawn = [chart for chapter in ready for chart in chapter_charts(chapter, tables, say)]
        draw_ahead(executor, [(chart, width) for chart in drawn for width in widths(chart)])

    return begin


def _module(suffix: str) -> object:
    return importlib.import_module(f"detente.faces.report.{MODULES[suffix]}")


def rendered(
    result: Result, suffix: str, brief: bool = False, executor: Executor | None = None, workbook: str = ""
) -> bytes:
    """The report of a result in one format; a page's charts are drawn in another process as well where one is given.

    Parameters
    ----------
    workbook : name of the file beside it that has every table, "" for none.
    """
    if suffix == ".json":
        from detente.faces.report.saved import to_document

        return to_document(result).encode()
    from detente.faces.report.content import content

    module, made = _module(suffix), content(result, brief)
    if executor is not None and suffix == ".html":
        from detente.faces.charts.drawing import draw_ahead
        from detente.faces.report.page import pictures

        draw_ahead(executor, pictures(made))
    write = cast("Callable[[Content, str], bytes]", getattr(module, "write"))  # noqa: B009
    return write(made, workbook)
