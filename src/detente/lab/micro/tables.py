"""Tables of microdata from the answers of their months, in the order of the months."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, table_of, table_with
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.lab.averages.averages import grouping
from detente.lab.micro.cells import Unusable
from detente.lab.micro.months import MonthQuestion, unpacked
from detente.lab.work.parquet import from_parquet
from detente.trade import Flows
from detente.trade.effective import HEADS, cross

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Answers = Mapping[str, bytes]


def weights_tables(question: MonthQuestion, months: Sequence[str], answers: Answers, has_duty: bool) -> list[Table]:
    """Imports by month and group."""
    frame = _stacked(months, answers)
    imports = frame["imports"].to_numpy()
    _, of = np.unique(frame["month"].to_numpy().astype(np.str_), return_inverse=True)
    whole = np.bincount(of, imports)[of]
    groups = [name for name in frame.columns if name not in ("month", "rows", "imports", "duty", "claimed")]
    data = {name: frame[name].to_numpy().astype(np.str_) for name in ("month", *groups)}
    data |= {
        "rows": frame["rows"].to_numpy(),
        "imports": imports,
        "share": _over(imports, whole),
        "claimed": _over(frame["claimed"].to_numpy(), imports),
        "collected": frame["duty"].to_numpy(),
        "rate_collected": _over(frame["duty"].to_numpy(), imports),
    }
    none = () if has_duty else ("collected", "rate_collected")
    kept = {name: values for name, values in data.items() if name not in none}
    return [table_with("micro.weights", kept, without=none, group=_heads(groups))]


def daily_tables(question: MonthQuestion, months: Sequence[str], answers: Answers, has_duty: bool) -> list[Table]:
    """The average duty by day over all months."""
    whole = from_parquet([answers[month] for month in months])
    data = {c.name: _whole(whole.data[c.name]) for c in whole.columns}
    notes = tuple(note for note in whole.notes if not note.startswith("weights"))
    return [replace(whole, data=data, notes=notes)]


def _whole(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """A column with zero where the law of a month knew nothing of it."""
    if values.dtype == object:
        return np.asarray([0.0 if value is None else value for value in values.tolist()])
    return np.nan_to_num(values) if values.dtype.kind == "f" else values


def gap_tables(question: MonthQuestion, months: Sequence[str], answers: Answers, has_duty: bool) -> list[Table]:
    """Duty owed beside duty collected: by month, and the largest gaps by group."""
    import polars as pl

    rows, sums = [], None
    for month in months:
        frame = unpacked(answers[month])
        money = [float(frame[name].sum()) for name in MONEY]
        rows.append((month, *money, money[1] - money[2], *(_ratio(x, money[0]) for x in money[1:])))
        cells = frame.group_by("line", "partner").agg(pl.col(MONEY).sum()).sort("line", "partner")
        sums = cells if sums is None else _added(sums, cells)
    assert sums is not None
    return [table_of("micro.gap_months", rows), _largest(question, months, sums)]


MONEY = ("imports", "owed", "collected")


def _added(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Sums of two tables of cells; each cell is one number plus another, so that no order of rows matters."""
    import polars as pl

    both = first.join(second, on=["line", "partner"], how="full", coalesce=True)
    return both.select(
        "line", "partner", *(pl.col(name).fill_null(0.0) + pl.col(f"{name}_right").fill_null(0.0) for name in MONEY)
    ).sort("line", "partner")


def _largest(question: MonthQuestion, months: Sequence[str], cells: pl.DataFrame) -> Table:
    where = importer(question.setting.of)
    imports, owed, collected = (cells[name].to_numpy() for name in MONEY)
    partners, partner_at = np.unique(cells["partner"].to_numpy().astype(np.str_), return_inverse=True)
    none, zero = np.zeros(imports.size), np.zeros(imports.size, dtype=np.bool_)
    line_at = where.lines.positions(cells["line"].to_numpy().astype(np.str_))
    flows = Flows(where.iso3, "", where.lines, tuple(partners.tolist()), line_at, partner_at, imports, none, none, zero)
    groupings = [grouping(where, flows, name) for name in question.by or ("line", "partner")]
    _, group, members = cross(groupings)
    sums = [np.bincount(group, each, minlength=len(members)) for each in (imports, owed, collected)]
    order = np.argsort(-np.abs(sums[1] - sums[2]), kind="stable")
    data: dict[str, NDArray[np.generic]] = {}
    for i, g in enumerate(groupings):
        data[g.name] = np.asarray([g.codes[members[k][i]] for k in order])
        if g.labels != g.codes:
            data[f"{g.name}_name"] = np.asarray([g.labels[members[k][i]] for k in order])
    groups = list(data)
    worth, due, paid = (each[order] for each in sums)
    data |= {"imports": worth, "owed": due, "collected": paid, "gap": due - paid}
    data |= {"rate_owed": _over(due, worth), "rate_collected": _over(paid, worth)}
    return table_with("micro.gap", data, group=_heads(groups), first=months[0], last=months[-1])


def refund_tables(question: MonthQuestion, months: Sequence[str], answers: Answers, has_duty: bool) -> list[Table]:
    """Refunds at stake by month and authority, by partner, and by all three."""
    frame = _stacked(months, answers)
    void = ", ".join(question.void)
    money_of = REFUNDS if has_duty else REFUNDS[:1]
    none = () if has_duty else REFUNDS[1:]
    rows = list(frame.select("month", "authority", "partner", *money_of).iter_rows())
    by_month: dict[tuple[str, str], Floats] = {}
    by_partner: dict[str, Floats] = {}
    for month, authority, partner, *money in rows:
        by_month[month, authority] = by_month.get((month, authority), np.zeros(len(money))) + money
        by_partner[partner] = by_partner.get(partner, np.zeros(len(money))) + money
    partners = sorted(by_partner, key=lambda code: (-by_partner[code][0], code))
    months_rows = [(*key, *money.tolist()) for key, money in by_month.items()]
    partner_rows = [(code, partner_name(code), *by_partner[code].tolist()) for code in partners]
    every = [(m, a, p, partner_name(p), *money) for m, a, p, *money in rows]
    return [
        table_of("micro.refunds_months", months_rows, without=none, void=void),
        table_of("micro.refunds_partners", partner_rows, without=none, void=void),
        table_of("micro.refunds", every, without=none, void=void),
    ]


REFUNDS = ("refund", "refund_collected")


def left_out(faults: Unusable, rows: int) -> Table:
    """Rows that could not be used, by reason, with the first of them named."""
    content = [(reason, n, _ratio(n, rows), faults.value.get(reason, 0.0)) for reason, n in faults.count.items()]
    return table_of("micro.left_out", content, [f"{name}, row {row:,}: {text}" for name, row, text in faults.first])


def _stacked(months: Sequence[str], answers: Answers) -> pl.DataFrame:
    """The answers of all months, the month in front."""
    import polars as pl

    return pl.concat([unpacked(answers[month]).select(pl.lit(month).alias("month"), pl.all()) for month in months])


def _heads(groups: Sequence[str]) -> list[dict[str, str]]:
    heads = []
    for name in groups:
        text = name.endswith("_name")
        own = name.removesuffix("_name")
        title = HEADS.get(own, own.replace("_", " "))
        heads.append(
            {
                "group": name,
                "unit": "text" if text else "code",
                "title": f"name of the {title}" if text else title,
                "label": f"{title} name" if text else title,
            }
        )
    return heads


def _over(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.divide(part, whole, out=np.zeros(part.size), where=whole > 0)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


BUILD: Mapping[str, Callable[[MonthQuestion, Sequence[str], Answers, bool], list[Table]]] = {
    "weights": weights_tables,
    "daily": daily_tables,
    "gap": gap_tables,
    "refunds": refund_tables,
}
"""What can be asked -> the tables of its answer."""
