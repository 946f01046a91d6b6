"""Special rates of the US tariff by 8-digit line and programme symbol, dated where they changed between revisions.

Source: USITC Harmonized Tariff Schedule, special column, ten revisions of 2025 and 2026 (public domain).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from _equivalents import Equivalents, equivalents_of
from _schedule import Line, all_revisions, day_before
from _shared import LAWBOOKS, REVISIONS, arguments, census_partners, digits, legal_dates, read_imports, write_table
from detente.law.duty import Duty, parse_duty

GROUP = re.compile(r"([^()]*?)\s*\(([^()]*)\)")
SYMBOL = re.compile(r"[A-Z]{1,2}[*+]?")
REFERENCE = re.compile(r"\d{2,4}\.\d{2}\.\d{2}(?:\s*-\s*\d{4}\.\d{2}\.\d{2})?")

USMCA_PART, USMCA_QUOTA = "S+", "See 9823."
"""Symbol of goods of the USMCA under rules of their own, and how the rates of its farm quotas are printed."""

NAMED = re.compile(r"\d{4}\.\d{2}[.,]\d{2}")

Text = str
Runs = list[tuple[str | None, str | None, Text]]


def symbols_of(cell: str) -> Iterator[tuple[str, Text]]:
    """(symbol, rate text) of a special column such as `Free (AU,CL) 2.5% (KR)`; words in other brackets are skipped."""
    for text, inside in GROUP.findall(cell):
        names = [name.strip() for name in inside.replace(";", ",").split(",") if name.strip()]
        if names and all(SYMBOL.fullmatch(name) for name in names):
            yield from ((name, text.strip(" ,;")) for name in names)


def special_texts(lines: Mapping[str, Line]) -> dict[tuple[str, str], Text]:
    """(8-digit line, symbol) -> rate text in one revision; beyond a farm quota of the USMCA that of heading 9823."""
    found = {(line.code[:8], symbol): text for line in lines.values() for symbol, text in symbols_of(line.special)}
    for hts8, (_, text) in over_quota(lines).items():
        if found.get((hts8, USMCA_PART), "").startswith(USMCA_QUOTA):
            found[hts8, USMCA_PART] = text
    return found


def over_quota(lines: Mapping[str, Line]) -> dict[str, tuple[str, Text]]:
    """8-digit line -> provision of heading 9823 and its rate for goods of Canada beyond the quota."""
    found: dict[str, tuple[str, Text]] = {}
    for line in lines.values():
        if line.code.startswith("9823"):
            rates = [text for symbol, text in symbols_of(line.special) if symbol == USMCA_PART]
            for named in NAMED.findall(line.path[-1]):
                found[digits(named)] = (line.code[:8], as_general(rates[0], lines, digits(named)))
    return found


def as_general(text: Text, lines: Mapping[str, Line], hts8: str) -> Text:
    """A rate with the unit of the general rate where both have one amount: three lines print liters for kilograms."""
    general = next((line.general for line in lines.values() if line.code[:8] == hts8), text)
    return general if text.replace("liter", "kg") == general.replace("liter", "kg") else text


def write_quotas(lines: Mapping[str, Line]) -> None:
    """Lines under the farm quotas of the USMCA, as a list of the lawbook: code, quota, provision beyond it."""
    rows = [(code, provision[4:6], dotted8(provision)) for code, (provision, _) in sorted(over_quota(lines).items())]
    with (LAWBOOKS / "usa" / "usmca_quotas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("code", "quota", "beyond"), *rows])


def dotted8(code: str) -> str:
    return f"{code[:4]}.{code[4:6]}.{code[6:]}"


def same_rate(first: Text, second: Text) -> bool:
    """Whether two texts mean one rate: spelling and spaces do not make a new rate."""
    one, two = parse_duty(first), parse_duty(second)
    if one is None or two is None:
        return one is two
    return one == two if "other" in (one.kind, two.kind) else (one.kind, one.parts) == (two.kind, two.parts)


def runs(texts: list[Text | None], seen: list[bool], dates: list[str]) -> Runs:
    """Spells of one rate over the revisions: (first day, last day, text); None = open.

    `texts` holds the rate in each revision (None = not offered), `seen` whether the line itself is in that revision.
    """
    spells: Runs = []
    previous: Text | None = None
    for position, (text, present) in enumerate(zip(texts, seen, strict=True)):
        if not present or (text is not None and previous is not None and same_rate(text, previous)):
            continue
        if text == previous:
            continue
        if spells and spells[-1][1] is None:
            spells[-1] = (spells[-1][0], day_before(dates[position]), spells[-1][2])
        if text is not None:
            spells.append((dates[position] if any(seen[:position]) else None, None, text))
        previous = text
    return spells


def share_of(hts8: str, text: Text, general: Duty | None, equivalents: Equivalents) -> float | None:
    """The special rate as a share of value; None where the text points to another provision."""
    rate = parse_duty(text)
    if rate is None or rate.kind == "other" or general is None:
        return 0.0 if rate and rate.kind == "free" else None
    base = equivalents.general(hts8, general)[0]
    share = equivalents.scaled(hts8, rate, general, base)[0]
    return share if rate.kind == "ad_valorem" else min(share, base)


def reference_of(text: Text) -> str | None:
    """The provisions a `See ...` text points to."""
    return ", ".join(REFERENCE.findall(text)) or None


def plain(text: Text) -> bool:
    """Whether a rate is free or a share of value, so that its number says all."""
    rate = parse_duty(text)
    return rate is None or rate.ad_valorem


def special_rows(
    revisions: Mapping[str, Mapping[str, Line]], dates: list[str], equivalents: Equivalents
) -> Iterator[dict[str, object]]:
    """Rows of the table. Where a line names a programme by two symbols (P and P+), only the plain one is kept."""
    by_revision = [special_texts(revisions[name]) for name in REVISIONS]
    present = [{code[:8] for code in revisions[name]} for name in REVISIONS]
    beyond = {code: dotted8(provision) for code, (provision, _) in over_quota(revisions[REVISIONS[-1]]).items()}
    offered = set().union(*by_revision)
    for hts8, symbol in sorted(offered):
        if symbol[-1] in "+*" and (hts8, symbol[:-1]) in offered:
            continue
        texts = [found.get((hts8, symbol)) for found in by_revision]
        spells = runs(texts, [hts8 in lines for lines in present], dates)
        for start, end, text in spells:
            own = beyond.get(hts8) if symbol == USMCA_PART else None
            general = equivalents.rates.get(hts8)
            same = own is not None and general is not None and same_rate(text, general.text)
            share = None if same else share_of(hts8, text, general, equivalents)
            row: dict[str, object] = {"code": hts8, "programme": symbol, "rate": share, "from": start, "until": end}
            row |= {"reference": own or (reference_of(text) if share is None else None)}
            yield row | {"text": text if same or (share is not None and not plain(text)) else None}


def line_equivalents(data: Path, out: Path, lines: Mapping[str, Line]) -> Equivalents:
    """Equivalents by 8-digit line."""
    by_hts8 = {code[:8]: lines[code] for code in sorted(lines, reverse=True)}
    return equivalents_of(data, read_imports(data, census_partners(out)), by_hts8)


def main() -> None:
    options = arguments(__doc__ or "")
    revisions = all_revisions(options.data)
    lines = {code: line for name in REVISIONS for code, line in revisions[name].items()}
    dates = legal_dates(options.data)
    equivalents = line_equivalents(options.data, options.out, lines)
    rows = list(special_rows(revisions, [dates[name] for name in REVISIONS], equivalents))
    table = pl.DataFrame(rows, infer_schema_length=None).sort("programme", "code", "from", nulls_last=False)
    write_table(table, options.out / "usa_special.parquet")
    write_quotas(revisions[REVISIONS[-1]])


if __name__ == "__main__":
    main()
