"""Build deal_threats and deal_record: threats of duties, deals and what became of them, January 2025 on.

One row a threat and one a deal, each with its source and its confidence. Countries get their codes; dates and rates
that are no single number stay blank.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from _shared import arguments, read_text_csv, write_table

CODES = {"US": "USA", "EU": "EU27", "all": "world", "all but CHN": "every partner but China"}
BARGAINS = {
    "truce": "D02 D03 D05 D07 D08 D10 D19 D27 D36",
    "terms": "D06 D09 D29 D33 D34 D41 D43 D49 D54",
    "order": "D01 D11 D13 D14 D15 D16 D17 D18 D31 D32 D35 D37 D38 D39 D40 D45 D47 D48 D50 D53 D57",
}
"""Form of each: a dated pause or truce; general terms, a framework or a post; signed, or its rate in an order."""
ENDED = {"D02", "D03", "D05", "D08", "D09", "D10", "D31", "D47"}
"""Bargains that were withdrawn, lapsed, were broken or are disputed."""
WAVES = (
    ("July 2025", "2025-06-29", "2025-08-01"),
    ("Malaysia, October 2025", "2025-10-26", "2025-10-26"),
    ("frameworks of November 2025", "2025-11-13", "2025-11-13"),
    ("February 2026", "2026-02-01", "2026-02-28"),
)
"""Bargains that were struck together: name, first and last day; all others go by partner."""
NONE = ("", "none")
REPLACED = ("superseded", "court_void")


def main() -> None:
    """Both tables."""
    options = arguments(__doc__ or "")
    write_table(threats(options.data / "deals"), options.out / "deal_threats.parquet")
    write_table(deals(options.data / "deals"), options.out / "deal_record.parquet")


def threats(folder: Path) -> pl.DataFrame:
    """Threats: who, on whom, how much, by when, and what came."""
    rows = read_text_csv(folder / "threats.csv").fill_null("").iter_rows(named=True)
    names = ("id", "giver", "receiver", "measure", "rate", "announced", "deadline", "came", "final", "final_on",
"applied", "late", "batch", "source", "confidence")  # fmt: skip
    cells = [
        (
            row["id"], code(row["by"]), code(row["on"]), row["measure"], number(row["rate_threatened_pct"]),
            row["announced"], day(row["deadline"]), row["at_deadline"], row["final"], day(row["date_final"]),
            number(row["rate_applied_pct"]), number(row["days_late_or_postponed"]), row["batch"], row["source"],
            row["confidence"],
        )
        for row in rows
    ]  # fmt: skip
    return pl.DataFrame(cells, schema=list(names), orient="row", infer_schema_length=None)


def deals(folder: Path) -> pl.DataFrame:
    """Deals, truces, extensions and breakdowns, with rates before and after, and the end of each bargain."""
    ends = {row["deal_id"]: row for row in read_text_csv(folder / "outcomes.csv").fill_null("").iter_rows(named=True)}
    forms = {deal: form for form, ids in BARGAINS.items() for deal in ids.split()}
    cells = []
    for row in read_text_csv(folder / "deals.csv").fill_null("").iter_rows(named=True):
        end = ends[row["id"]]
        over, ended = last(row["id"], end)
        cells.append(
            (
                row["id"], row["kind"], named(row["parties"]), row["date_announced"],
                day(row["threat_date"]), number(row["threat_rate_pct"]), number(row["us_rate_day_before_pct"]),
                number(row["agreed_us_rate_pct"]), "floor" if "all-in" in row["agreed_rate_kind"] else "points",
                row["partner_tariff_concessions"] not in NONE, row["purchases_usd_bn"] not in NONE,
                row["investment_usd_bn"] not in NONE, forms.get(row["id"], ""), wave(row), end["status"], over, ended,
                expires(row["duration_expiry"]), called(row["parties"]), end["as_of"], row["source"], row["confidence"],
            )
        )  # fmt: skip
    names = ("id", "kind", "partner", "announced", "due", "threatened", "before", "agreed", "form", "cuts", "purchases",
             "investment", "bargain", "wave", "status", "over", "ended", "expires", "called", "as_of", "source",
             "confidence")  # fmt: skip
    return pl.DataFrame(cells, schema=list(names), orient="row", infer_schema_length=None)


def last(deal: str, end: dict[str, str]) -> tuple[str, bool]:
    """Day on which a bargain ended or was replaced, blank where it runs; whether it ended."""
    if deal in ENDED:
        return day(end["end_date"]), True
    return (day(end["end_date"]) if end["status"] in REPLACED else ""), False


def wave(row: dict[str, str]) -> str:
    """The wave of a bargain, else its partner."""
    inside = (name for name, first, last in WAVES if first <= row["date_announced"] <= last)
    return next(inside, named(row["parties"]))


def expires(text: str) -> str:
    """Date on which it runs out by its own words; blank where it names none, or a period alone."""
    dates = [] if text.startswith("none") else re.findall(r"\bto (\d{4}-\d{2}-\d{2})", text)
    return day(dates[0]) if dates else ""


def called(parties: str) -> str:
    """Name that a bargain goes by, as the place where it was struck; blank without one."""
    match = re.search(r"\((\w+)\)", parties)
    return match[1] if match else ""


def named(parties: str) -> str:
    """The other side of the United States, without remarks in brackets."""
    return code(re.sub(r" \(.*", "", parties).removeprefix("US-"))


def code(text: str) -> str:
    return CODES.get(text, text)


def day(text: str) -> str:
    """An ISO day; blank for none or for words."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def number(text: str) -> float | None:
    """Points; None for a range or words."""
    try:
        return float(text)
    except ValueError:
        return None


if __name__ == "__main__":
    main()
