"""The price of a material inside and outside the country that restricts it, without and with a deal.

Draws a table whose name begins with ``materials`` and has element, month (2025-04), inside, without, deal, average: USD
a kg of the element; ``without`` is the quote outside, ``average`` what buyers outside pay in the mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.faces.charts.course import Course, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, finite, fixed, rows_of
from detente.faces.charts.theme import GAIN, LOSS, QUIET

WANTED = {"element", "month", "inside", "without", "deal", "average"}

ELEMENTS = {
    "Ce": "Cerium",
    "Dy": "Dysprosium",
    "Er": "Erbium",
    "Eu": "Europium",
    "Gd": "Gadolinium",
    "Ho": "Holmium",
    "La": "Lanthanum",
    "Lu": "Lutetium",
    "Nd": "Neodymium",
    "Pr": "Praseodymium",
    "Sc": "Scandium",
    "Sm": "Samarium",
    "Tb": "Terbium",
    "Tm": "Thulium",
    "Y": "Yttrium",
    "Yb": "Ytterbium",
}
"""Names of the rare earths by their symbols."""


def material_prices(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Price of the first element inside and outside, as a fan from what is paid to the quote."""
    named = [t for name, t in tables.items() if name.startswith("materials") and set(t.data) >= WANTED and len(t)]
    return [chart for table in named[:1] for chart in _prices(table, about)]


def _prices(table: Table, about: ChartSetting) -> list[Chart]:
    table, remark = about.first_variant(table)
    rows = finite(rows_of(table), "inside", "without", "deal", "average")
    by_element: dict[str, list[Row]] = {}
    for r in rows:
        by_element.setdefault(str(r["element"]), []).append(r)
    known = {code: part for code, part in by_element.items() if len(part) > 1}
    if not known:
        return []
    code, part = next(iter(known.items()))
    last = part[-1]
    say, unit = about.say, about.say("chart.unit_usd_a_kg")
    keys = {"quote": "without", "deal": "deal", "inside": "inside", "paid": "average"}
    paid = {name: about.dollars(last[key]) for name, key in keys.items()}
    name, month = ELEMENTS.get(code, code), about.month(str(last["month"]))
    form = Course(_traces(part, about), unit, say=say)
    return [
        Chart(
            name="material_prices",
            table=table.name,
            title=say("chart.material_title", name=name, month=month, quote=paid["quote"], deal=paid["deal"]),
            subtitle=say("chart.material_subtitle", name=name.lower()),
            alt=say("chart.material_alt", name=name.lower(), month=month, **paid),
            unit=unit,
            digits=0,
            note=about.note(remark, say("chart.material_note")),
            source=about.source(table.name),
            spec=lambda width: course(form, width),
        )
    ]


def _traces(rows: list[Row], about: ChartSetting) -> tuple[Trace, ...]:
    days = [float(date.fromisoformat(f"{r['month']}-01").toordinal()) for r in rows]

    def points(key: str) -> tuple[tuple[float, float], ...]:
        return tuple((day, fixed(float(r[key]))) for day, r in zip(days, rows, strict=True))

    quote, paid = points("without"), points("average")

    def forms(*names: str) -> tuple[str, ...]:
        return tuple(about.say(f"chart.material_line_{name}") for name in names)

    return (
        Trace(forms("quote_outside", "quote"), quote, LOSS, low=tuple(value for _, value in paid)),
        Trace(forms("paid_outside", "paid"), paid, LOSS, dashed=True),
        Trace(forms("quote_deal", "deal"), points("deal"), GAIN),
        Trace(forms("inside"), points("inside"), QUIET, dashed=True),
    )
