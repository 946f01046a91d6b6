"""Every statistical number of the US tariff schedule with its base rates as shares of value, and its industry codes.

Besides, the rates in place of column 2 for goods of Russia.

Sources: USITC Harmonized Tariff Schedule, ten revisions of 2025 and 2026, and the statistical numbers of 1 July 2026
(public domain); US Census Bureau trade of 2024 and HTS-NAICS concordance (public domain); BEA industry codes (public
domain).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from _equivalents import Equivalents, equivalents_of
from _renumbered import renumbering
from _russia import russia_table
from _schedule import LOW_VALUE, Line, all_revisions, change_dates, validity
from _shared import (
    REVISIONS,
    arguments,
    census_partners,
    legal_dates,
    most_common,
    read_imports,
    read_text_csv,
    write_table,
)
from detente.law.duty import Duty, parse_duty

LONGEST_TEXT = 160
# Headings the sector crosswalk lacks: copra is an oil seed, town gas is distributed gas.
GTAP_GAPS = {"1203000000": "osd", "2705000000": "gdt"}
# NAICS codes without an industry: scrap, used goods, goods returned or special -> BEA detail and summary commodity.
NO_INDUSTRY = {"91": ("S00401", "Used"), "93": ("S00402", "Used"), "98": ("S00300", "Other"), "99": ("S00300", "Other")}
DANGLING = re.compile(r"(?: (?:and|or|not|of|the|a|an|in|with|for|to|than|other|whether|on|by|this|its|their|as))+$")


def latest_lines(data: Path) -> tuple[dict[str, Line], dict[str, tuple[str | None, str | None]]]:
    """Each code in its last stored revision, and its first and last day."""
    revisions, dates, changes = all_revisions(data), legal_dates(data), change_dates(data)
    lines: dict[str, Line] = {}
    present: dict[str, list[str]] = {}
    for name in REVISIONS:
        lines.update(revisions[name])
        for code in revisions[name]:
            present.setdefault(code, []).append(name)
    return lines, {code: validity(code, names, dates, changes) for code, names in present.items()}


def cut(text: str, length: int) -> str:
    """At most `length` characters, ending with a whole word."""
    if len(text) <= length:
        return text
    words = text[: length + 1].rsplit(" ", 1)[0].rstrip(" ,;:(")
    return DANGLING.sub("", words).rstrip(" ,;:(")


def readable(path: tuple[str, ...]) -> str:
    """The headings above a code and its own words, joined; the cut falls on the middle of the path."""
    parts = [re.sub(r"\s*\([^)]*\)", "", p).rstrip(": ") for p in path if p.rstrip(": ")]
    last = parts[-1]
    parts = [p for p in dict.fromkeys(parts[:-1]) if p.lower() != "other" and p != last] + [last]
    if len(": ".join(parts)) <= LONGEST_TEXT:
        return ": ".join(parts)
    for middle in (48, 32, 20):
        short = [cut(parts[0], 64), *(cut(p, middle) for p in parts[1:-1]), cut(last, 56)]
        short = short if len(parts) > 1 else [cut(last, LONGEST_TEXT)]
        if len(": ".join(short)) <= LONGEST_TEXT:
            break
    return cut(": ".join(short), LONGEST_TEXT)


def census_words(data: Path) -> dict[str, str]:
    """Short description of each code in the trade of 2024, for codes the schedule no longer has."""
    words: dict[str, str] = {}
    for path in sorted((data / "us_imports").glob("2024-hs10-imports*.parquet")):
        table = pl.read_parquet(path, columns=["HS10", "I_COMMODITY_SDESC"])
        words.update(table.iter_rows())
    return {code: text.strip().capitalize() for code, text in words.items()}


def industry_codes(data: Path) -> dict[str, dict[str, str]]:
    """Column -> code -> value: gtap, naics, bea_detail, bea_summary by statistical number."""
    folder = data / "concordances"
    gtap = read_text_csv(folder / "hs10_gtap_crosswalk.csv").select("hs10", pl.col("gtap_code").str.to_lowercase())
    naics = read_text_csv(folder / "hs10_naics_crosswalk.csv").select("hs10", "naics")
    detail = read_text_csv(data / "hts" / "metal_content_shares_bea_hs10.csv").select("hs10", "bea_detail_code")
    summary = read_text_csv(folder / "hs10_bea_crosswalk.csv")
    summary = summary.select("hs10", summary.columns[1])
    tables = {"gtap": gtap, "naics": naics, "bea_detail": detail, "bea_summary": summary}
    known = {name: known_pairs(table) for name, table in tables.items()}
    special = {code: NO_INDUSTRY[n[:2]] for code, n in known["naics"].items() if n[:2] in NO_INDUSTRY}
    known["bea_detail"] |= {code: pair[0] for code, pair in special.items()}
    known["bea_summary"] |= {code: pair[1] for code, pair in special.items()}
    return known | {"gtap": GTAP_GAPS | known["gtap"]}


def known_pairs(table: pl.DataFrame) -> dict[str, str]:
    """Code -> value of a two-column concordance, without its blanks (written NA)."""
    return {code: value for code, value in table.drop_nulls().sort("hs10").iter_rows() if value.upper() != "NA"}


def fill(codes: list[str], known: dict[str, str], parents: Mapping[str, str]) -> list[str | None]:
    """The value of each code or what it replaced, else the most common one of HS8, HS6, HS4; blank in 98 and 99."""
    levels = [most_common(known.items(), length) for length in (8, 6, 4)]
    filled: list[str | None] = []
    for code in codes:
        keys = (code[:8], code[:6], code[:4])
        nearest = (level.get(key) for level, key in zip(levels, keys, strict=True))
        own = known.get(code) or known.get(parents.get(code, ""))
        filled.append(own or (next(filter(None, nearest), None) if code < "98" else None))
    return filled


def trade_only(code: str, by_hts8: Mapping[str, Line], words: Mapping[str, str]) -> Line:
    """A code of the trade of 2024 that no stored revision has: its 8-digit line's rates, the Census description."""
    parent = by_hts8.get(code[:8])
    if parent:
        return Line(code, (words[code],), parent.unit, parent.general, parent.special, parent.other, parent.notes)
    near = next((by_hts8[hts8] for hts8 in sorted(by_hts8) if hts8.startswith(code[:4])), None)
    texts = (near.general, "", near.other) if near else ("Free", "", "Free")
    return Line(code, (words[code],), "", *texts)


def rate_columns(code: str, line: Line, equivalents: Equivalents) -> dict[str, object]:
    """General and column 2 rates of one code."""
    general, other = parse_duty(line.general), parse_duty(line.other)
    row: dict[str, object] = {"general_text": line.general or None, "other_text": line.other or None}
    if general is None:
        # Chapter 98 provisions for one programme only: nobody enters at a general rate.
        row |= {"general": 0.0, "general_kind": "other", "ave_source": "no_general_rate"}
    else:
        share, source = equivalents.general(code, general)
        row |= {"general": share, "general_kind": general.kind, "ave_source": source}
    share2, source2 = (float(str(row["general"])), "general")
    if other is not None:
        share2, source2 = equivalents.scaled(code, other, general or Duty("", "other"), share2)
    return row | {"other": share2, "other_source": source2}


def line_row(line: Line, days: tuple[str | None, str | None] | None, equivalents: Equivalents) -> dict[str, object]:
    """One row without industry codes; `days` is None for a code that only the trade of 2024 has."""
    start, end = days or (None, None)
    row: dict[str, object] = {"code": line.code, "hts8": line.code[:8], "description": readable(line.path)}
    row |= {"unit": line.unit or None, "from": start, "until": end, "trade_only": days is None}
    row |= rate_columns(line.code, line, equivalents)
    if days is None and line.code[:8] not in equivalents.rates and line.code != LOW_VALUE:
        row["general_kind"] = "inherited"
    return row


def lines_table(data: Path, out: Path) -> pl.DataFrame:
    lines, days = latest_lines(data)
    flows = read_imports(data, census_partners(out))
    by_hts8 = {code[:8]: lines[code] for code in sorted(lines, reverse=True)}
    words = census_words(data)
    for code in sorted(set(flows["code"]) - set(lines)):
        lines[code] = trade_only(code, by_hts8, words)
    renumbering(data).on_lines(lines, days)
    equivalents = equivalents_of(data, flows, by_hts8)
    rows = [line_row(lines[code], days.get(code), equivalents) for code in sorted(lines)]
    return pl.DataFrame(rows, infer_schema_length=None)


def main() -> None:
    options = arguments(__doc__ or "")
    table = lines_table(options.data, options.out)
    codes = table["code"].to_list()
    industries, parents = industry_codes(options.data), renumbering(options.data).parents
    columns = (pl.Series(name, fill(codes, values, parents), dtype=pl.String) for name, values in industries.items())
    write_table(table.with_columns(columns), options.out / "usa_lines.parquet")
    write_table(russia_table(options.data, latest_lines(options.data)[0]), options.out / "usa_russia.parquet")


if __name__ == "__main__":
    main()
