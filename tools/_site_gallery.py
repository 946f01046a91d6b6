"""Every chart the gallery of the package knows: picture, finding, and the code that draws it, which is run here."""

from __future__ import annotations

from html import escape
from typing import Any

from detente.codes import InputError
from detente.faces.charts.drawing import standalone, svg
from detente.faces.charts.frame import NARROW, WIDE, Chart
from detente.faces.charts.gallery import ENTRIES

FIRST = """\
import detente as dt

result = dt.run("geneva", draws=0)"""
USUAL = 'chart = result.plot("{name}")'
CODE = {
    "closures": """\
chart = dt.run("geneva", draws=8).plot("closures")""",
    "waterfall": """\
chart = dt.run("ieepa-void", draws=0).plot("waterfall")""",
    "partners": """\
chart = dt.run("ieepa-void", draws=0).plot("partners")""",
    "daily": """\
daily = dt.average(from_="2025-01-01", to="2025-06-30")
chart = daily.plot()""",
    "ladder": """\
battery = dt.rate("8507.60.00.20", "China", "2025-05-08")
chart = battery.plot()""",
    "series": """\
car = dt.rate_history("8703.23.01.40", "Japan", "2025-01-01", "2026-06-30")
chart = car.plot()""",
    "bridge": """\
chart = dt.reconcile(16.4, "2025-05-12", publisher="yale").plot()""",
    "score": """\
chart = dt.score(as_of="2025-03").plot("score")""",
    "calibration": """\
chart = dt.talks_record("threat").plot("calibration")""",
    "survival": """\
chart = dt.talks_record("truce").plot("survival")""",
    "elasticities": """\
import numpy as np
from detente.codes import Column, Unit
from detente.economy import shock_of

names = dt.load_economy("icio-2022-small").parameters["elasticity_sets"]
worlds = [dt.load_economy("icio-2022-small", elasticities=name) for name in names]
rates = [("USA", "CHN", None, 0.30), ("CHN", "USA", None, 0.10)]
solved = [dt.solve(world, shock_of(world, rates)) for world in worlds]
columns = (
    Column("elasticities", Unit.TEXT, "named set of trade elasticities"),
    Column("usa", Unit.SHARE, "change of real income, United States"),
    Column("chn", Unit.SHARE, "change of real income, China"),
)
data = {code.lower(): np.asarray([e.change("welfare", code) for e in solved]) for code in ("USA", "CHN")}
ranges = dt.Table("elasticities", "30 and 10 points", columns, {"elasticities": np.asarray(names), **data})
chart = ranges.plot()""",
    "country_exports": """\
chart = dt.brief("Vietnam", scenario="geneva").plot("country_exports")""",
    "country_imports": """\
chart = dt.brief("Vietnam", scenario="geneva").plot("country_imports")""",
    "laffer": """\
chart = dt.economy_optimal("US", objective="revenue", partner="China").plot("laffer")""",
    "decoupling": """\
chart = dt.economy_decouple("US,Canada", "China").plot("decoupling")""",
    "path": """\
chart = dt.economy_path("geneva", country="US").plot("path")""",
    "decomposed": """\
chart = dt.economy_decompose("US", scenario="geneva").plot("decomposed")""",
    "makers": """\
chart = dt.chain_show("rare-earths").plot("makers")""",
    "verdicts": """\
chart = dt.check(ledger="may-2025", as_of="2025-05-31", draws=0).plot("verdicts")""",
    "tornado": """\
duties = {
    "title": "Geneva, duties and prices",
    "on": "2025-05-14",
    "against": {"on": "2025-05-13"},
    "report": {"world": False, "talks": False},
    "record": {"history": False},
}
chart = dt.run(duties, draws=100).plot("tornado")""",
}
"""Code of the charts that no table of the run has."""
HEAD = """\
# Gallery

Every chart of the package, drawn while this page was built, from the case of Geneva. Each stands with what it shows in
one sentence, and with the code that makes it, which was run here. All of them begin with

```python
{first}
```

and end with a `chart` that shows itself in a notebook, or goes into a file:

```python
chart.save("chart.svg")
```
"""
ENTRY = """\
## {title}

<picture>
<source media="(max-width: 600px)" srcset="gallery/{name}-narrow.svg">
<img class="chart" src="gallery/{name}.svg" alt="{quoted}" loading="lazy">
</picture>

{alt}

```python
{code}
```

`{name}` draws the table `{table}`; unit: {unit}. {note} *{source}.*
"""


def gallery_files() -> dict[str, str | bytes]:
    """The page and its pictures by their places on the site."""
    space: dict[str, Any] = {}
    exec(FIRST, space)
    drawn = {name: _drawn(name, space) for name in ENTRIES}
    pages = [_entry(name, chart) for name, chart in drawn.items()]
    pictures = {
        f"gallery/{name}{kind}.svg": standalone(svg(chart, width))
        for name, chart in drawn.items()
        for kind, width in (("", WIDE), ("-narrow", NARROW))
    }
    return {"gallery.md": "\n".join([HEAD.format(first=FIRST), *pages]), **pictures}


def code_of(name: str) -> str:
    """What draws a chart."""
    return CODE.get(name, USUAL.format(name=name))


def _drawn(name: str, space: dict[str, Any]) -> Chart:
    """The chart that its code makes."""
    try:
        exec(code_of(name), space)
    except InputError:
        raise SystemExit(f"gallery: Geneva has no table for '{name}'; write code for it in {__file__}") from None
    return space["chart"].charts[0]


def _entry(name: str, chart: Chart) -> str:
    safe = {key: " ".join(str(getattr(chart, key)).split()) for key in ("title", "alt", "unit", "note", "source")}
    return ENTRY.format(name=name, table=chart.table, code=code_of(name), quoted=escape(safe["alt"]), **safe)
