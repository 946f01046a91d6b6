"""Line lists of the US acts of July to October 2026, as CSV files beside the measures that name them.

Sources: notes 40, 42, 43, 51 and 52 of chapter 99, proclamations 11046 to 11065 and 91 FR 47318 (public domain). Spans
of the source files end on the first day no longer in force, those of the lists written here on the last day in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from _renumbered import DAY, renumbering
from _schedule import day_before
from _shared import LAWBOOKS, ROOT, TABLES, read_text_csv
from build_lists_usa import Row, Writer, write_rows

# Where note 43(c) puts a line and when it owes.
DRONES = {"c1": "always", "c2": "part", "c3/c4": "small"}
STATIONS = ("8504409580", "8537109170")

# Conditions of note 52 in the words of the measures.
CONDITIONS = {"full": "flat", "pharma": "pharma", "aircraft": "aircraft", "ex": "named"}

# Partners of the country annexes of note 52(j) by their Census numbers; the European Union is listed by member.
ANNEXES = {
    "4120": "GBR", "4419": "CHE", "5570": "MYS", "5550": "KHM", "2050": "GTM", "2110": "SLV", "3570": "ARG",
    "5380": "BGD", "5830": "TWN", "5600": "IDN", "3310": "ECU", "5110": "JOR",
}  # fmt: skip
EUROPEAN_UNION = ("4010", "4280")

# What textiles and apparel of Central America are called without a list: chapters 50 to 63.
TEXTILE_CHAPTERS = tuple(str(chapter) for chapter in range(50, 64))

# Numbers of 3004.90.92 that were given out anew on 1 July for goods outside note 40(c), while what they held in the
# trade of 2024 is inside it. The note itself named the first until 28 September.
REUSED = {"3004909225": "2026-09-29", "3004909214": "", "3004909221": ""}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/ and spec/")
    parser.add_argument("--out", type=Path, default=LAWBOOKS / "usa", help="folder of the US lawbook")
    options = parser.parse_args()
    data = options.shared / "data"

    def write(name: str, rows: Sequence[Row]) -> None:
        write_rows(options.out / name, rows)

    for build in (drones, medicines, solar, canada, forced_labor):
        build(data, write)


def listed(data: Path, name: str) -> list[Row]:
    """Rows of one source file, blanks empty."""
    return read_text_csv(data / "law_update" / "us" / name).fill_null("").to_dicts()


def drones(data: Path, write: Writer) -> None:
    """Lines of note 43(c) and whether they owe always, as a docking station, as a part, or by their camera."""
    rows = [{"code": r["hts"], "kind": drone_kind(r)} for r in listed(data, "s232_uas_products.csv")]
    write("section_232/drones/lines.csv", rows)


def drone_kind(row: Row) -> str:
    return "station" if row["hts"] in STATIONS else DRONES[row["note43_list"]]


def medicines(data: Path, write: Writer) -> None:
    """Note 40(c) of revisions 14 and 20, and the numbers under which the trade of 2024 has its goods.

    What replaced a listed number on 1 July counts from the first day, though the note named the old number until 28
    September. Numbers that are no longer given out stay on the list, so that the trade under them keeps its duty.
    """
    rows = listed(data, "s232_pharma_products_dated.csv")
    first = [row["hts10"] for row in rows if row["from"] < "2026-09-29"]
    codes = {row["hts10"] for row in rows} | {new for _, new in renumbering(data).following(first)}
    spans = {(code, "", ""): "now" for code in codes | set(february(codes))}
    for code, start in REUSED.items():
        if spans.pop((code, "", ""), ""):
            spans[code, "", day_before(start)] = "now"
        spans[code, start, ""] = "2024"
    table = [{"code": c, "from": f, "until": u, "goods_of": kind} for (c, f, u), kind in spans.items()]
    write("section_232/pharmaceuticals/products.csv", table)


def february(codes: set[str]) -> Iterator[str]:
    """Numbers given up before July 2026 whose words a listed number of the same line now has."""
    lines = pl.read_parquet(TABLES / "usa_lines.parquet").select("code", "hts8", "description", "until")
    now = lines.filter(pl.col("code").is_in(codes)).select("hts8", "description").unique()
    retired = lines.filter(pl.col("until") < day_before(DAY))
    yield from retired.join(now, on=["hts8", "description"], how="semi")["code"]


def solar(data: Path, write: Writer) -> None:
    """Wafers, cells and modules that owe ad valorem, with the number that the wafers had until June 2026."""
    rows = [{"code": r["hts10"], "kind": r["component"]} for r in listed(data, "s232_polysilicon_adval_products.csv")]
    kinds = {row["code"]: row["kind"] for row in rows}
    whole = {o: kinds[n[0]] for o, n in renumbering(data).successors.items() if n and set(n) <= set(kinds)}
    write("section_232/solar/lines.csv", rows + [{"code": old, "kind": kind} for old, kind in whole.items()])


def canada(data: Path, write: Writer) -> None:
    """Goods of Canada under section 338, by list and day, and what of them is banned."""
    goods = [
        {
            "code": r["hts"],
            "from": r["from"] if r["from"] > "2026-08-22" else "",
            "until": day_before(r["to"]) if r["to"] else "",
            "basket": r["basket"],
        }
        for r in listed(data, "s338_canada_goods.csv")
    ]
    write("section_338/goods.csv", goods)
    bans = [
        {"code": r["hts"], "annex": r["annex"].removeprefix("motor "), "scope": r["scope"].split()[0]}
        for r in listed(data, "s338_canada_bans.csv")
    ]
    write("section_338/bans.csv", bans)


def forced_labor(data: Path, write: Writer) -> None:
    """Goods out of the forced-labor action: of every partner, of single partners, and textiles by list."""
    common = listed(data, "s301fl_final_common_exemptions.csv")
    rows = [{"code": r["hts_code"], "kind": CONDITIONS[r["condition"]]} for r in common]
    write("section_301_country/forced_labor.csv", rows)
    annexes = listed(data, "s301fl_final_country_exemptions.csv")
    write("section_301_country/forced_labor_partners.csv", partner_rows(annexes))
    # The source gives this list to seven countries, a slip; note 52(j) has it for two. Most of it is textile chapters.
    textiles = {r["hts_code"] for r in annexes if r["condition"] == "fta"}
    more = [{"code": code} for code in sorted(textiles) if not code.startswith(TEXTILE_CHAPTERS)]
    write("section_301_country/textiles_by_list.csv", more)


def partner_rows(annexes: Sequence[Row]) -> list[Row]:
    """One row a code, one column a partner: yes or blank."""
    names = [*ANNEXES.values(), "EU27"]
    by_code: dict[str, set[str]] = {}
    for row in annexes:
        if row["condition"] == "full":
            by_code.setdefault(row["hts_code"], set()).add(partner_of(row["countries"]))
    return [{"code": c, **{n: "yes" if n in p else "" for n in names}} for c, p in by_code.items()]


def partner_of(numbers: str) -> str:
    """The partner of an annex from its Census numbers."""
    return "EU27" if set(EUROPEAN_UNION) <= set(numbers.split(";")) else ANNEXES[numbers]


if __name__ == "__main__":
    main()
