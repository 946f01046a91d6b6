"""Line lists of importers other than the United States and China, as CSV files beside the measures that name them.

Sources: surtax orders of Canada, annexes of Regulation (EU) 2026/1455 and the product matrix of the US International
Trade Administration of 28 March 2025. The measures themselves are written by hand; only long lists of codes come from
here.
"""

from __future__ import annotations

import argparse
import csv
import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path

from _shared import LAWBOOKS, ROOT, digits, read_text_csv
from build_lists_usa import Row, Writer, write_rows

# Chapters of which annex I leaves goods out: the farm goods among them, quotas in annex III or on no annex.
LEFT_OUT = {"29": ("290543", "290544"), "33": ("330210",), "38": ("380910", "382460")}
# Subheadings of those headings that are newer than the schedule at hand.
NEWER = ("382489", "382492", "382700")
FREED = ("I", "II")
DAYS = {"from": "2026-07-01", "until": "2029-12-31"}

# The matrix gives the motorcycles of India with the whole duty, base duty and surcharge in one.
WHOLE_DUTY = ("87115000",)
MATRIX = "foreign_retaliation_matrix_2025-03-28.csv"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/ and spec/")
    parser.add_argument("--out", type=Path, default=LAWBOOKS, help="folder of the lawbooks")
    options = parser.parse_args()
    data = options.shared / "data"

    def write(name: str, rows: Iterable[Row]) -> None:
        write_rows(options.out / name, list(rows))

    canada(data, write)
    european_union(data, write)
    retaliation(data, write)


def canada(data: Path, write: Writer) -> None:
    """Items of the orders of March 2025 on goods of the United States, by subheading."""
    table = read_text_csv(data / "importers" / "can_us_surtax_lists_2025.csv").fill_null("").to_dicts()
    parts = {"general": "general", "steel": "steel", "aluminum": "aluminum", "other goods": "other"}
    rows = subheadings_of((digits(row["tariff_item"]), parts[row["part"]]) for row in table)
    write("can/surtax_usa/march_2025.csv", [row for row in rows if row["of"] == "general"])
    write("can/surtax_usa/steel_aluminum_2025.csv", [row for row in rows if row["of"] != "general"])


def subheadings_of(items: Iterable[tuple[str, str]]) -> list[Row]:
    """National items with what they are of, gathered by subheading; `covers` says whether they are the whole of it.

    No national schedule is at hand, so the numbers of the items tell: 00 is undivided, 9 ends a subheading. A
    subheading of two orders stands with the first, as a good owes the surtax of one alone.
    """
    listed: dict[str, list[str]] = {}
    named: dict[str, str] = {}
    for item, of in items:
        listed.setdefault(item[:6], []).append(item)
        named.setdefault(item[:6], of)
    return [
        {"code": code, "of": named[code], "covers": "whole" if whole(found) else "part", "items": ";".join(found)}
        for code, found in listed.items()
    ]


def whole(items: list[str]) -> bool:
    """Whether items are all of their subheading, as far as their numbers tell."""
    ends = [item[6:] for item in items]
    undivided = any(not end.strip("0") for end in ends)
    return undivided or (len(ends) > 1 and (any(end.startswith("9") for end in ends) or {"10", "20"} == set(ends)))


def european_union(data: Path, write: Writer) -> None:
    """Goods of the United States that the regulation of 2026 frees, and those within its quotas."""
    table = read_text_csv(data / "importers" / "eu_us_2026_1455_annexes.csv").fill_null("").to_dicts()
    with lzma.open(data / "importers" / "eu_cn2021.csv.xz", "rt", encoding="utf-8") as file:
        subheadings = sorted({row["line"][:6] for row in csv.DictReader(file)} | set(NEWER))
    free = [
        {"code": code, "annex": row["annex"], **DAYS}
        for row in table
        if row["annex"] in FREED
        for code in less(digits(row["cn_prefix"]), subheadings)
    ]
    write("eu27/us_2026_free.csv", free)
    within = list(quotas(table))
    write("eu27/us_2026_quotas.csv", within)
    write("eu27/us_2026_in_quota.csv", in_quota(within))


def less(prefix: str, subheadings: list[str]) -> Iterator[str]:
    """A prefix, or in its place the headings and subheadings of it that are not left out."""
    gone = LEFT_OUT.get(prefix, ())
    if not gone:
        yield prefix
        return
    broken = {code[:4] for code in gone}
    yield from sorted({code[:4] for code in subheadings if code.startswith(prefix)} - broken)
    yield from (code for code in subheadings if code[:4] in broken and code not in gone)


def quotas(table: list[dict[str, str]]) -> Iterator[Row]:
    """Goods of annex III by order number; `part` marks lines that it takes for bison alone."""
    for row in table:
        if row["annex"] == "III":
            yield {
                "code": digits(row["cn_prefix"]),
                "order": row["order_number"],
                "rate": row["in_quota_rate"].replace(" %", "%").replace(",", ".").replace("EUR /", "EUR/"),
                "volume": row["quota_volume"].replace("\xa0", " "),
                "part": "bison" if row["ex"] == "1" else "",
                **DAYS,
            }


def in_quota(within: list[Row]) -> Iterator[Row]:
    """Duties within a quota that are not nil, in the form of a table of preferences; text where not by value alone."""
    for row in within:
        share, _, amount = row["rate"].partition("% + ")
        if amount:
            euros = float(amount.removesuffix(" EUR/100 kg/net")) / 100
            stated = {"rate": "", "text": f"{share}% + {euros:g} EUR/kg"}
        else:
            stated = {"rate": f"{float(share.removesuffix('%')) / 100:g}", "text": ""}
        if stated["rate"] != "0":
            yield {"code": row["code"], "programme": "US26Q", **stated, **DAYS}


def retaliation(data: Path, write: Writer) -> None:
    """Lines of Turkey, India and Russia as of the matrix, with the rate added to the base duty."""
    table = read_text_csv(data / "tariff_lists" / MATRIX).fill_null("").to_dicts()
    names = {"Turkey": "tur/retaliation_232/lines.csv", "India": "ind/retaliation_232/lines.csv"}
    names["Russia"] = "rus/retaliation_232/lines.csv"
    for country, name in names.items():
        lines = (
            (digits(row[" Foreign National Tariff Line"]), rate(row))
            for row in table
            if row["Country"].strip() == country
        )
        write(name, subheadings_of(line for line in lines if line[0] not in WHOLE_DUTY))


def rate(row: dict[str, str]) -> str:
    """Rate of a row of the matrix in per cent."""
    return row["Current Total Estimated Retaliatory Tariff"].replace("%", "").removesuffix(".0")


if __name__ == "__main__":
    main()
