"""Rows of the schedules of importers: one line with its duty, and a rate under a preference; how both are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import polars as pl

from _shared import LAWBOOKS, TABLES, write_table
from detente.law.duty import parse_duty

MONEY: Mapping[str, float] = dict.fromkeys(("JPY", "EUR", "GBP", "AUD", "BDT", "BRL"), 1.0)
"""Kinds do not hang on what money is worth."""

LONGEST = 160
"""Letters of a description."""

FROM_SUBHEADING = "HS6: "
"""How a description begins that is that of the subheading."""

SHARES = ("free", "ad_valorem")
"""Kinds of duty that are a share of the value alone."""

SHARE = re.compile(r"(\d+(?:\.\d+)?)%")


@dataclass(frozen=True)
class Rate:
    """A duty: its text, kind, and the share of the value owed at least; `share` None where a quantity decides too."""

    text: str
    kind: str
    least: float

    @property
    def share(self) -> float | None:
        return self.least if self.kind in SHARES else None


@dataclass(frozen=True)
class Line:
    """One line of a schedule; "" = an open date or a description that is not known.

    `equivalent` is what a duty by quantity comes to where the publisher's module knows it, as a share of the value.
    """

    code: str
    rate: Rate
    description: str = ""
    start: str = ""
    end: str = ""
    confidence: str = "A"
    equivalent: float | None = None


@dataclass(frozen=True)
class Preference:
    """The rate of a line under a programme."""

    code: str
    programme: str
    rate: Rate
    start: str = ""
    end: str = ""


@dataclass
class Folder:
    """What a publisher's file gives of one importer; `unread` are (line, text) that state no amount."""

    name: str
    lines: list[Line]
    preferences: list[Preference] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def number(text: str | float) -> str:
    """`24.60` -> `24.6`, without thousands marks and doubled digits of floating point."""
    return f"{float(str(text).replace(',', '')):.12g}"


def share(percent: str | float) -> Rate:
    """A duty of some per cent of the value."""
    value = float(percent) / 100.0
    return Rate(f"{number(percent)}%" if value else "Free", "ad_valorem" if value else "free", round(value, 8))


def stated(text: str) -> Rate:
    """A duty in the form that `law/duty.py` reads; kind other where it states no amount that can be worked out.

    What it owes at least is then the lowest share in the text, nothing where it has another amount alone.
    """
    duty = parse_duty(text, MONEY)
    if duty is None or duty.kind == "other" or duty.limit:
        return Rate(text, "other", 0.0)
    return Rate(text, duty.kind, round(duty.minimum, 8))


def unstated(text: str, least: float = 0.0) -> Rate:
    """A text that leaves the amount to seasons, prices, quotas or kinds of goods, with what is owed at least."""
    return Rate(text, "other", least)


def lowest_share(text: str) -> float:
    """The lowest per cent in a text, as a share; nothing where it has none or says that some goods are free."""
    percents = [float(p) for p in SHARE.findall(text)]
    return 0.0 if not percents or "Free" in text else round(min(percents) / 100.0, 8)


def subheadings() -> dict[str, str]:
    """HS6 -> its words, out of the texts of the US lines below it: the headings that all of them share."""
    table = pl.read_parquet(TABLES / "usa_texts.parquet")
    shared: dict[str, list[str]] = {}
    for code, text in table.iter_rows():
        words = text.split("\n")
        known = shared.get(code[:6])
        shared[code[:6]] = words if known is None else _common(known, words)
    return {code: _brief(words) for code, words in shared.items() if words}


def _common(one: Sequence[str], other: Sequence[str]) -> list[str]:
    same = [a for a, b in zip(one, other, strict=False) if a == b]
    return same or list(one[:1])


def _brief(words: Sequence[str]) -> str:
    """The last words of a subheading, under its heading where they say little themselves."""
    last = words[-1]
    whole = last if len(words) == 1 or len(last) > 40 else f"{words[0]}: {last}"
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 2].rsplit(' ', 1)[0]} …"


def shortened(text: str) -> str:
    plain = re.sub(r"\s+", " ", text).strip(" .;:")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 2].rsplit(' ', 1)[0]} …"


Equivalent = Callable[[Line], float | None]


def write_folder(folder: Folder, words: Mapping[str, str], equivalent: Equivalent, root: Path = LAWBOOKS) -> None:
    """Write the two tables of an importer, and list every line whose text states no amount."""
    path = root / folder.name
    path.mkdir(parents=True, exist_ok=True)
    write_table(schedule(folder.lines, words, equivalent), path / "schedule.parquet")
    if folder.preferences:
        write_table(preferences(folder.preferences), path / "preferences.parquet")
    print(f"  {folder.name}: {len(folder.unread)} texts without an amount, kept as text")
    for code, text in folder.unread:
        print(f"    {code}  {text}")


def schedule(lines: Iterable[Line], words: Mapping[str, str], equivalent: Equivalent) -> pl.DataFrame:
    """The table of a schedule, in the order of its codes."""
    rows = [
        {
            "code": line.code,
            "general": line.rate.least,
            "kind": line.rate.kind,
            "text": line.rate.text,
            "description": line.description or _from_subheading(line.code, words),
            "from": line.start,
            "until": line.end,
            "confidence": line.confidence,
            "equivalent": equivalent(line) if line.equivalent is None else line.equivalent,
        }
        for line in sorted(lines, key=lambda line: (line.code, line.start))
    ]
    check_apart([(row["code"], row["from"], row["until"]) for row in rows])
    return pl.DataFrame(rows, schema_overrides={"equivalent": pl.Float64}, infer_schema_length=None)


def _from_subheading(code: str, words: Mapping[str, str]) -> str:
    text = words.get(code[:6], "")
    return f"{FROM_SUBHEADING}{text}" if text else ""


def check_apart(spans: Sequence[tuple[str, str, str]]) -> None:
    """Refuse lines that hold the same goods on the same days."""
    twice = [(one[0], other[0]) for one, other in pairwise(spans) if _overlap(one, other)]
    if twice:
        raise RuntimeError(f"lines overlap: {twice[:20]}")


def _overlap(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    if not other[0].startswith(one[0]):
        return False
    return (not one[2] or one[2] >= other[1]) and (not other[2] or other[2] >= one[1])


def preferences(rows: Iterable[Preference]) -> pl.DataFrame:
    """The long table of preferences; the text is left out where the rate says it."""
    ordered = sorted(rows, key=lambda row: (row.programme, row.code, row.start))
    shares = [row.rate.share for row in ordered]
    texts = ["" if value is not None else row.rate.text for row, value in zip(ordered, shares, strict=True)]
    return pl.DataFrame(
        {
            "code": [row.code for row in ordered],
            "programme": [row.programme for row in ordered],
            "rate": pl.Series(shares, dtype=pl.Float64),
            "text": texts,
            "from": [row.start for row in ordered],
            "until": [row.end for row in ordered],
        }
    )
