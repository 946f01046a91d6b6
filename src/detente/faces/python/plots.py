"""Plots: charts of the gallery as values that a notebook shows and a file takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from detente.codes import InputError, Table, UnknownName
from detente.codes.table import EXPORTS
from detente.data.store import write_bytes
from detente.faces.charts import WIDE, Chart
from detente.faces.charts.drawing import card, pdf, png, standalone, svg
from detente.faces.charts.gallery import ENTRIES, charts
from detente.faces.formats import to_json
from detente.faces.python.frames import library

Tables = Mapping[str, Table]


@dataclass(frozen=True, repr=False)
class Plot:
    """One chart, or the same chart for several variants.

    A notebook shows it; `save` writes it.

    Attributes
    ----------
    charts : with their titles, notes, sources and sentences for those who do not see them.
    width : in pixels. home : address of the page that shows it, which a card names; "" for none.
    """

    charts: tuple[Chart, ...]
    width: int = WIDE
    home: str = ""

    def __str__(self) -> str:
        """Titles and sentences of the charts; a picture shows in a notebook or a file."""
        lines = [f"{chart.title}: {chart.alt}" for chart in self.charts]
        return "\n".join([*lines[:MOST], 'To see it: a notebook, or .save("chart.svg")'])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(_figure(chart, self.width) for chart in self.charts)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The pictures for a notebook, the sentences for a terminal."""
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    @property
    def spec(self) -> dict[str, Any]:
        """Vega-Lite specification of the first chart."""
        return self.charts[0].spec(self.width)

    def svg(self) -> str:
        """The first chart as a document of its own."""
        return standalone(svg(self.charts[0], self.width))

    def to_altair(self) -> Any:
        """The first chart for altair, to be changed or joined with others; `InputError` without that library."""
        return library("altair", "to_altair").Chart.from_dict(self.spec)

    def save(self, path: str | Path) -> Path:
        """Write the first chart to a file named .svg, .png, .pdf or .json (its specification); returns its path.

        A name that ends with .card.png gives the card for social media.
        """
        target = Path(path)
        ending = max((each for each in WRITERS if target.name.endswith(each)), key=len, default="")
        if not ending:
            repair = f"end its name with {', '.join(WRITERS)}"
            raise InputError("path", f"'{path}' is no file of a chart", repair)
        return write_bytes(target, WRITERS[ending](self))


#: Charts whose sentences are printed.
MOST = 28


def _figure(chart: Chart, width: int) -> str:
    """A chart with its title above it, its note and source beneath."""
    caption = f"<figcaption><small>{escape(chart.note)} {escape(chart.source)}.</small></figcaption>"
    return f"<figure><h4>{escape(chart.title)}</h4>{standalone(svg(chart, width))}{caption}</figure>"


#: How a chart is written, by the end of the name of its file.
WRITERS: Mapping[str, Callable[[Plot], bytes]] = {
    ".svg": lambda plot: plot.svg().encode(),
    ".png": lambda plot: png(plot.charts[0], plot.width),
    ".pdf": lambda plot: pdf(plot.charts[0], plot.width),
    ".json": lambda plot: to_json(plot.spec).encode(),
    ".card.png": lambda plot: card(plot.charts[0], plot.home),
}


def drawable(tables: Tables) -> list[str]:
    """Names of the charts that some tables make, in the order of the gallery."""
    return [name for name in ENTRIES if charts(tables, (name,))]


def named(tables: Tables, name: str, between: str = "") -> list[Chart]:
    """The charts of a name in the gallery, or the one of several that is called so itself; none where there is none."""
    if name in ENTRIES:
        return charts(tables, (name,), between=between)
    return [chart for chart in charts(tables, between=between) if chart.name == name] if name else []


def plot(tables: Tables, name: str = "", width: int = WIDE, between: str = "") -> Plot:
    """A chart of some tables by its name in the gallery; the first that they make where none is named.

    Parameters
    ----------
    width : in pixels; between : what a change lies between, in words, where that is not the two laws of a run.

    Raises
    ------
    UnknownName : no such chart, or none of these tables.
    InputError : tables of which there is no chart.
    """
    made = named(tables, name, between)
    if made:
        return Plot(tuple(made), width)
    known = drawable(tables)
    if not known:
        names = ", ".join(tables)
        raise InputError("plot", f"no chart draws {names}", "take a table with `to_polars()` and draw it yourself")
    own = [chart for chart in charts(tables, between=between) if chart.table == name]
    if own or not name:
        return Plot(tuple(own or charts(tables, (known[0],), between=between)), width)
    raise UnknownName("chart", name, known, "plot", f"it has {', '.join(known)}")


EXPORTS.update(plot=plot)
