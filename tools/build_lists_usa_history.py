"""Line lists of the US law of 2018 to 2024: exclusions from section 301, aircraft dispute, what the review replaced.

Sources: U.S. notes 20 and 21 to subchapter III of chapter 99 and the notices of the Federal Register they rest on
(public domain). As in `build_lists_usa.py` the measures are written by hand; only their lists of codes come from here.
Codes of HS 2017 are written as the codes of the line table, under which the goods are asked about.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from _shared import LAWBOOKS, ROOT, TABLES, read_text_csv
from build_lists_usa import REVIEW_STEPS, Row, day_before, put_rows

LISTS = {"9903.88.01": "1", "9903.88.02": "2", "9903.88.03": "3", "9903.88.15": "4a"}

# Statistical numbers of HS 2017 that the line table no longer has, and where their goods are now (HS 2022).
SUCCESSORS: dict[str, tuple[str, ...]] = {
    "6210105000": ("62101050",),
    "4015190510": ("4015121010", "4015121020"),
    "4015190550": ("4015121010", "4015121020"),
    "4015191010": ("4015191110",),
    "9701100000": ("97012100", "97019100"),
    "9702000000": ("9702",),
    "9703000000": ("9703",),
    "9705000085": ("970529", "970539"),
    "9706000020": ("9706100020", "9706900020"),
    "9706000040": ("9706100040", "9706900040"),
    "9706000060": ("9706100060", "9706900060"),
    "5603120090": ("5603120070", "5603120095"),
    "5603920090": ("5603920070", "5603920095"),
    # Aircraft dispute.
    "04031050": ("04032050",),
    "04031090": ("04032090",),
    "15091020": ("15092020", "15093020", "15094020"),
    "62029915": ("62029029", "62029049", "62029069"),
    "62029980": ("62029029", "62029049", "62029069"),
}

# Most numbers of one item that may be one good under its old and new numbers.
FEW = 5

# Day on which a notice came out, where goods could be cleared free from an earlier day on. Notices on lists 1 and 2 ran
# for a year from the day they were published, so their last day gives the first.
PUBLISHED = {
    "20(p)": "2019-08-07",
    "20(w)": "2019-09-20",
    "20(ll)": "2019-10-28",
    "20(mm)": "2019-11-13",
    "20(nn)": "2019-11-29",
    "20(oo)": "2019-12-17",
    "20(pp)": "2020-01-06",
    "20(qq)": "2020-02-05",
    "20(ss)": "2020-02-20",
    "20(tt)": "2020-03-16",
    "20(vv)": "2020-03-26",
    "20(xx)": "2020-04-24",
    "20(yy)": "2020-05-08",
    "20(aaa)": "2020-05-28",
    "20(rr)": "2020-03-10",
    "20(uu)": "2020-03-17",
    "20(ww)": "2020-03-31",
    "20(zz)": "2020-05-13",
    "20(bbb)": "2020-05-28",
    "20(ddd)": "2020-06-12",
    "20(fff)": "2020-07-10",
    "20(hhh)": "2020-07-23",
    "20(ttt)": "2022-03-28",
    "20(www)": "2024-09-18",
}
OWN_YEAR = ("20(h)", "20(i)", "20(j)", "20(k)", "20(m)", "20(n)", "20(q)", "20(x)", "20(o)", "20(v)", "20(y)")

# Goods the aircraft dispute names inside a line; for the rest of the line nothing is owed.
DESCRIBED = ("22082040", "22083030")

# Of the review's lines at 25%: metals and parts of batteries left list 4A for it, minerals paid nothing before; wire of
# 7217.20.30 and .45 stood on list 4B.
METALS_OF_4A = ("72", "73", "76", "85079040")
NOT_ON_4A = ("7202", "72172030", "72172045")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/ and spec/")
    parser.add_argument("--out", type=Path, default=LAWBOOKS / "usa", help="folder of the US lawbook")
    options = parser.parse_args()
    history = options.shared / "data" / "law_update" / "history"
    lines = pl.read_parquet(TABLES / "usa_lines.parquet", columns=["code"])["code"].to_list()
    known = frozenset(code[:length] for code in lines for length in range(2, 11))

    items = read_text_csv(history / "s301_china_exclusions_2018_2026.csv").fill_null("").to_dicts()
    for name, rows in exclusions(items, known).items():
        write_list(options.out / f"section_301/exclusions/list_{name}.csv", merged(rows))
    write_list(options.out / "renumbered.csv", list(renumbered(items, known)))
    dispute = read_text_csv(history / "s301_aircraft_eu_2019_2021.csv").fill_null("").to_dicts()
    write_list(options.out / "section_301_aircraft/goods.csv", merged(aircraft(dispute, known)))
    lists = read_text_csv(options.shared / "data" / "tariff_lists" / "s301_product_lists.csv").fill_null("")
    write_list(options.out / "section_301/before_review_4a.csv", list(before_review(lists)))


def write_list(path: Path, rows: Sequence[Row]) -> None:
    """Write one list, sorted; a code may stand in it for several notices, but once for each."""
    put_rows(path, sorted(rows, key=lambda row: tuple(row.values())))


def present(code: str, known: frozenset[str]) -> tuple[str, ...]:
    """Codes of the line table for a code of its day: itself, its successors, or none where its goods are scattered."""
    if code in SUCCESSORS:
        return tuple(c for c in SUCCESSORS[code] if c in known)
    return (code,) if code in known else ()


# Numbers that were replaced


def renumbered(items: Iterable[Row], known: frozenset[str]) -> Iterator[Row]:
    """code, successor: numbers that the line table lacks, and those that took their place.

    Where a notice excludes a number as a whole, it names beside it those that replaced it. Of described goods it names
    only the number that the one good went to.
    """
    found = {old: set(new) for old, new in SUCCESSORS.items() if len(old) == 10}
    for item in (item for item in items if item["kind"] == "whole"):
        numbers = item["hts10"].split()
        for old in (n for n in numbers if len(n) == 10 and n not in known and len(numbers) <= FEW):
            own = {n for n in numbers if n in known and len(n) == 10 and n[:8] == old[:8]}
            found.setdefault(old, set()).update(own or {n for n in numbers if n in known and n[:4] == old[:4]})
    for old, new in sorted(found.items()):
        whole = [code for code in new if len(code) == 10 and code in known]
        yield from ({"code": old, "successor": code} for code in sorted(whole))


# Exclusions from section 301


def exclusions(items: Iterable[Row], known: frozenset[str]) -> dict[str, list[Row]]:
    """By the list relieved, one row for each number of each item; numbers without a line are counted and left out."""
    found: dict[str, list[Row]] = {name: [] for name in LISTS.values()}
    lost: set[str] = set()
    for item in items:
        numbers = item["hts10"].split()
        codes = sorted({code for number in numbers for code in present(number, known)})
        lost |= set() if codes else set(numbers)
        span = {"from": item["from"], "until": item["through"], "kind": item["kind"]}
        rows = ({"code": code, **span, "published": published(item), "heading": item["heading"]} for code in codes)
        found[LISTS[item["relieves"]]] += rows
    print(f"numbers of HS 2017 without a line today, left out: {len(lost)}")
    return found


def published(item: Row) -> str:
    """Day the notice came out, blank where goods were free from no earlier day."""
    note = item["note"].split(")(")[0].rstrip(")") + ")"
    if note in OWN_YEAR:
        last = date.fromisoformat(item["through"])
        return last.replace(year=last.year - 1).isoformat()
    return PUBLISHED.get(note, "")


def merged(rows: Iterable[Row]) -> list[Row]:
    """Rows that say the same but for the heading as one, headings joined; a whole number needs no description."""
    headings: dict[tuple[tuple[str, str], ...], set[str]] = {}
    for row in rows:
        key = tuple((name, value) for name, value in row.items() if name != "heading")
        headings.setdefault(key, set()).add(row["heading"])
    found = [{**dict(key), "heading": ";".join(sorted(names))} for key, names in headings.items()]
    return [row for row in found if not superfluous(row, headings)]


def superfluous(row: Row, headings: dict[tuple[tuple[str, str], ...], set[str]]) -> bool:
    """Whether a described product lies in a number that the same notice excludes as a whole."""
    if row.get("kind") != "described":
        return False
    return tuple((n, "whole" if n == "kind" else v) for n, v in row.items() if n != "heading") in headings


# The aircraft dispute


def aircraft(rows: Iterable[Row], known: frozenset[str]) -> Iterator[Row]:
    """One row for each code at 25%, with its group of partners; `until` of the source is the first free day.

    Airplanes and their parts, at other rates, are named in the measures.
    """
    for row in (row for row in rows if row["rate_pct"] == "25"):
        for code in present(row["hts8"], known):
            yield {
                "code": code,
                "from": row["from"],
                "until": day_before(row["until"]),
                "group": group(row),
                "article": "described" if row["hts8"] in DESCRIBED else "all",
                "heading": row["heading"],
            }


EU27 = frozenset(
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN "
    "IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE".split()
)


def group(row: Row) -> str:
    """Name of a group of partners: the few it has, or the Union less the few it lacks."""
    partners = frozenset(row["partners"].split())
    if len(partners) < 10:
        return " ".join(sorted(partners))
    return " ".join(["EU27", *(f"-{code}" for code in sorted(EU27 - partners))])


# Before the four-year review


def before_review(table: pl.DataFrame) -> Iterator[Row]:
    """Metals and parts of batteries that the review of 2024 took from list 4A."""
    heading = next(heading for heading, name in REVIEW_STEPS.items() if name == "2024_25")
    for code in table.filter(pl.col("ch99_code") == heading)["hts"].to_list():
        if code.startswith(METALS_OF_4A) and not code.startswith(NOT_ON_4A):
            yield {"code": code}


if __name__ == "__main__":
    main()
