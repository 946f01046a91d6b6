"""Design of a sweep: which values an input takes, and the points of a grid or of a Latin hypercube."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.data.yamlfile import parse_yaml
from detente.draws import hypercube

#: Points of one sweep at most.
MOST = 1_000_000

#: What an interval is of.
KINDS = ("number", "percent", "date")

RANGE = re.compile(r"(?P<low>[^,\[\]]+?)\s*\.\.\s*(?P<high>[^,\[\]/]+?)\s*(?:/\s*(?P<count>\d+))?")
Value = Any
Values = tuple[Value, ...]
Point = Mapping[str, Value]


@dataclass(frozen=True)
class Interval:
    """Every value between two ends: numbers, per cent or days.

    Attributes
    ----------
    low, high : ends, the lower one first; days are counted from 1 January of the year 1.
    kind : "number", "percent" or "date".

    Raises
    ------
    InputError : ends that do not rise. UnknownName : another kind.
    """

    low: float
    high: float
    kind: str = "number"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownName("kind", self.kind, KINDS, "interval", f"use {', '.join(KINDS)}")
        if not self.low < self.high or not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise InputError("interval", f"{self.low} to {self.high} does not rise", "put the lower end first")

    def at(self, u: float) -> Value:
        """The value at a part u of the way, 0 to 1."""
        value = self.low + u * (self.high - self.low)
        if self.kind == "date":
            return date.min + timedelta(round(value))
        # Per cent stays text: a bare 2.45 would not be taken for a rate.
        return f"{value:.10g}%" if self.kind == "percent" else value

    def grid(self, count: int) -> Values:
        """Values at equal steps, both ends among them."""
        return tuple(self.at(i / (count - 1)) for i in range(count))

    def __str__(self) -> str:
        return f"{self.at(0.0)}..{self.at(1.0)}"


def parsed(text: str, where: str) -> Values | Interval:
    """Values from text: "10%,20%", "0.1..0.6/6" (six values), "0.1..0.6" (an interval) or lists as "[a, b], []".

    Raises
    ------
    InputError : no values, an interval whose ends do not belong together, text that is no YAML.
    """
    parts = RANGE.fullmatch(text.strip())
    if parts is None:
        if not text.strip():
            raise InputError(where, "has no values", "give some, as in report.elasticity=1,2,4")
        values = tuple(parse_yaml(f"[{text}]", where))
        return _some(values, where)
    interval = _interval(parts["low"].strip(), parts["high"].strip(), where)
    if parts["count"] is None:
        return interval
    if int(parts["count"]) < 2:
        amount = "1 value" if int(parts["count"]) else "no value"
        raise InputError(where, f"'{text}' asks for {amount}", "ask for 2 or more, as in 0.1..0.6/6")
    return _some(interval.grid(int(parts["count"])), where)


def _some(values: Values, where: str) -> Values:
    if not values:
        raise InputError(where, "has no values", "give some, as in report.elasticity=1,2,4")
    if len({repr(value) for value in values}) < len(values):
        raise InputError(where, "gives a value twice", "keep one of them")
    return values


def _interval(low: str, high: str, where: str) -> Interval:
    ends = [_interval_end(text) for text in (low, high)]
    if None in ends or ends[0][1] != ends[1][1]:  # type: ignore[index]
        raise InputError(where, f"'{low}..{high}' is no interval", "give two numbers, rates or days, as in 10%..60%")
    (first, kind), (last, _) = ends  # type: ignore[misc]
    if not first < last:
        raise InputError(where, f"'{low}..{high}' does not rise", "put the lower end first")
    return Interval(first, last, kind)


def _interval_end(text: str) -> tuple[float, str] | None:
    try:
        return float((date.fromisoformat(text) - date.min).days), "date"
    except ValueError:
        pass
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        return None
    return (value, "percent" if text.endswith("%") else "number") if math.isfinite(value) else None


def inputs_of(over: Mapping[str, Any]) -> dict[str, Values | Interval]:
    """Inputs from Python: lists, arrays, intervals, text as on the command line, or one value.

    Raises
    ------
    InputError : nothing to vary, or an input without values.
    """
    if not over:
        raise InputError("sweep", "nothing varies", "name a field and its values, as in report.elasticity=1,2,4")
    inputs: dict[str, Values | Interval] = {}
    for path, values in over.items():
        where = f"over {path}"
        if isinstance(values, str):
            inputs[path] = parsed(values, where)
        elif isinstance(values, Interval):
            inputs[path] = values
        elif isinstance(values, Iterable) and not isinstance(values, Mapping):
            inputs[path] = _some(tuple(_plain(value) for value in values), where)
        else:
            inputs[path] = (_plain(values),)
    return inputs


def _plain(value: Any) -> Any:
    """A NumPy scalar as a value of Python."""
    return value.item() if hasattr(value, "item") else value


def points_of(inputs: Mapping[str, Values | Interval], lhs: int | None, seed: int) -> list[Point]:
    """The points of a sweep: all combinations, the last input fastest; or `lhs` points of a Latin hypercube.

    In a hypercube a list is drawn evenly, an interval over its length.

    Raises
    ------
    InputError : an interval in a grid, no points or too many.
    """
    if lhs is not None:
        return _hypercube(inputs, lhs, seed)
    for path, values in inputs.items():
        if isinstance(values, Interval):
            repair = f"say how many values, as in {values}/6, or draw points by Latin hypercube"
            raise InputError(f"over {path}", f"'{values}' is an interval", repair)
    lists = [values for values in inputs.values() if not isinstance(values, Interval)]
    count = math.prod(len(values) for values in lists)
    if count > MOST:
        repair = f"stay below {MOST:,}, or draw some by Latin hypercube"
        raise InputError("over", f"{count:,} points are too many", repair)
    return [dict(zip(inputs, row, strict=True)) for row in itertools.product(*lists)]


def _hypercube(inputs: Mapping[str, Values | Interval], lhs: int, seed: int) -> list[Point]:
    if not isinstance(lhs, int) or not 1 <= lhs <= MOST:
        raise InputError(Parameter("lhs"), f"{lhs} points cannot be drawn", f"give a number from 1 to {MOST:,}")
    places = hypercube(list(inputs), lhs, seed).tolist()
    return [{path: _drawn(values, u) for (path, values), u in zip(inputs.items(), row, strict=True)} for row in places]


def _drawn(values: Values | Interval, u: float) -> Value:
    return values.at(u) if isinstance(values, Interval) else values[int(u * len(values))]


def label(point: Point) -> str:
    """The inputs of a point for messages."""
    return ", ".join(f"{path} = {value}" for path, value in point.items())


def number(value: Value) -> float | None:
    """A number, or a rate written in per cent, as a float; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100.0
        except ValueError:
            return None
    return None


def values_column(values: Sequence[Value]) -> list[float] | list[str]:
    """The values of one input at every point as one column: numbers if all are, else text."""
    numbers = [number(value) for value in values]
    if all(figure is not None for figure in numbers):
        return [figure for figure in numbers if figure is not None]
    return [str(value) for value in values]
