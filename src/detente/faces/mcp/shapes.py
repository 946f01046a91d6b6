"""Shapes of answers: what every tool gives back, declared field by field, so that clients can check it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

Cell = str | int | float | bool | None


class Shape(BaseModel):
    """Part of an answer; no field that is not declared."""

    model_config = ConfigDict(extra="forbid")


class ToolNumber(Shape):
    """One number with its unit, its range and what it is compared with."""

    name: str = Field(description="what it is")
    value: float | None = Field(description="in `unit`; null where there is none, as for a good that is banned")
    unit: str = Field(description="share, USD, days, ...; a share of 0.25 is 25 per cent")
    text: str = Field(default="", description="the value as readers see it")
    low: float | None = Field(default=None, description="lower end of its range")
    high: float | None = Field(default=None, description="upper end of its range")
    range: str = Field(default="", description="what the range runs over, or why there is none")
    base: str = Field(default="", description="what it is compared with")
    before: float | None = Field(default=None, description="the same number there")


class ToolColumn(Shape):
    """What a column of the rows is."""

    name: str = Field(description="key in the rows")
    unit: str = Field(description="unit of its values")
    meaning: str = Field(description="one line")


class ToolAnswer(Shape):
    """What every tool answers."""

    sentence: str = Field(description="the answer in words")
    ready: bool = Field(default=True, description="false: still being worked out; ask again with the same arguments")
    numbers: list[ToolNumber] = Field(default_factory=list, description="the numbers of the answer")
    columns: list[ToolColumn] = Field(default_factory=list, description="what the rows hold")
    rows: list[dict[str, Cell]] = Field(default_factory=list, description="50 rows at most")
    offset: int = Field(default=0, description="rows of the whole table before these")
    total: int = Field(default=0, description="rows of the whole table")
    more: str = Field(default="", description="what was left out and how to get it")
    notes: list[str] = Field(default_factory=list, description="what a reader must know")
    law_read_to: str | None = Field(default=None, description="last day for which the law behind it was read")
    sources: list[str] = Field(default_factory=list, description="acts, tables and data behind it")
    key: str = Field(default="", description="12 hex digits: the same key has the same numbers")
    command: str = Field(default="", description="command line that gives the same")
