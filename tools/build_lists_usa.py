"""Line lists of the US lawbook: the goods of each act, as CSV files beside the measures that name them.

Sources: notes and annexes of US proclamations, executive orders and Federal Register notices (public domain).
The measures themselves are written by hand; only their long lists of codes come from here.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from _renumbered import renumbering
from _shared import LAWBOOKS, ROOT, digits, read_text_csv

Row = dict[str, str]
Writer = Callable[[str, Sequence[Row]], None]

METAL_CHAPTERS = ("72", "73", "74", "76")
# Chapters in which U.S. note 16(k) knows parts for makers of farm and industrial equipment.
EQUIPMENT_CHAPTERS = ("84", "85", "87")
# Chapters whose goods of that metal pay on its content from 4 June 2025 to 5 April 2026 (CSMS 65236374 and 65236645).
CONTENT_CHAPTERS = {"steel": "73", "aluminum": "76"}

# U.S. note 16(c)(i) and (iii): articles of aluminium and of steel. What else stands in Annex I-A is a derivative,
# except copper. The difference decides who may claim the rate for metal of the United States.
ALUMINUM_ARTICLES = ("7601", "7604", "7605", "7606", "7607", "7608", "7609", "7616995160", "7616995170")
STEEL_ARTICLES = (
    *(str(heading) for heading in range(7206, 7230) if heading != 7216),
    *("72161000", "72162100", "72162200", "72163100", "72163200", "72163300", "72164000", "72165000", "72169900"),
    *("73011000", "730210", "73024000", "730290", "7304", "7305", "7306"),
)

# Metal lists as the law prints them, where the stored file cuts a statistical number to its line, misprints it or pads
# a line to ten digits: U.S. note 19(k) for aluminium; for steel the annexes of Proc. 11021, which sort the same codes
# anew. A pair of days says when a number stood for the goods.
METALS_AS_PRINTED: dict[tuple[str, str], tuple[tuple[str, str, str], ...]] = {
    **{
        (metal, stored): ((printed, "", ""),)
        for metal in ("steel", "aluminum")
        for stored, printed in {
            "21069099": "2106909998",
            "27101930": "2710193050",
            "38249993": "3824999397",
            "84834050": "8483405020",
            "85016401": "8501640110",
        }.items()
    },
    **{
        (metal, "30049092"): (("3004909244", "", "2026-01-31"), ("3004909251", "2026-02-01", ""))
        for metal in ("steel", "aluminum")
    },
    **{(metal, "84129090"): (("8412909070", "", ""), ("8412909075", "", "")) for metal in ("steel", "aluminum")},
    ("aluminum", "73082000"): (("7308200035", "", ""),),
    ("aluminum", "83099000"): (("8309900020", "", ""), ("8309900025", "", "")),
    ("aluminum", "8415908025"): (
        ("8415908025", "", "2026-01-31"),
        ("8415908010", "2026-02-01", ""),
        ("8415908020", "2026-02-01", ""),
    ),
    ("aluminum", "84839050"): (("8483905020", "", ""),),
    ("aluminum", "85030095"): (("8503009546", "", ""), ("8503009570", "", "")),
    ("aluminum", "8517110000"): (("85177100", "", ""),),
    ("aluminum", "8541900000"): (("85419000", "", ""),),
    ("aluminum", "8708103060"): (("8708103050", "", ""), ("87081060", "", "")),
    ("aluminum", "87163900"): (("8716390040", "", ""),),
    ("aluminum", "94019990"): (("9401999030", "", ""),),
    ("aluminum", "9401999081"): (
        ("9401999081", "", "2025-06-30"),
        ("9401999070", "2025-07-01", "2026-01-31"),
        ("9401999085", "2026-02-01", ""),
    ),
    ("aluminum", "9403100000"): (("94031000", "", ""),),
    ("aluminum", "9403200000"): (("94032000", "", ""),),
    ("aluminum", "9506514000"): (("9506514000", "", ""), ("9506516000", "", "")),
    ("steel", "27111200"): (("2711120020", "", ""),),
    ("steel", "28042900"): (("2804290010", "", ""),),
    ("steel", "82023900"): (("8202390040", "", ""),),
    ("steel", "82072000"): (("8207200070", "", ""),),
    ("steel", "82073060"): (("8207306062", "", ""), ("8207306095", "", "")),
    ("steel", "84542000"): (("8454200010", "", ""), ("8454200060", "", "")),
    ("steel", "84779086"): (("8477908601", "", ""),),
    ("steel", "84804900"): (("8480490010", "", ""),),
    ("steel", "84807180"): (("8480718045", "", ""), ("8480718060", "", "")),
    ("steel", "84807990"): (("8480799010", "", ""),),
}
# U.S. note 16(c)(vii) has this one in Annex I-B; the stored file takes it out.
ANNEX_AS_PRINTED = {"9403999020": {"annex": "1b", "metal_type": "steel"}}

# Batteries of heading 8507.60 that do not drive a vehicle, and computers: on the printed list of car parts, which
# covers them only as parts of a car. The batteries were 8507.60.00.20 until February 2026, .30 and .90 since.
CONDITIONAL_PARTS = ("8471", "8507600020", "8507600030", "8507600090")

# Statistical numbers of 2931.90.90 whose footnotes name no heading, so that 9903.88.04 does not cover them: it leaves
# out 2931.90.9051, which they replaced.
NOT_IN_LIST_3 = {"29319090": ("2931909030", "2931909035", "2931909040", "2931909052")}

# U.S. note 2(v)(iii) names this statistical number, the stored file its whole line.
ANNEX_TWO_AS_PRINTED = {"85051100": "8505110070"}

# Energy of Canada that EO 14156 sec. 8(a) names beside what the stored list has: electricity, and uranium that is
# enriched or depleted. Natural uranium is on the stored list.
ENERGY_BESIDE = ("27160000", "284420", "28443020", "28443050")

# Steps of the four-year review whose lists are too long for the measure itself.
REVIEW_STEPS = {"9903.91.01": "2024_25", "9903.91.03": "2024_100", "9903.91.05": "2025_50"}
AIRCRAFT_PARTNERS = {"GBR": "gbr", "EU27": "eu", "JPN": "jpn", "KOR": "kor", "CHE;LIE": "che", "TWN": "twn"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/ and spec/")
    parser.add_argument("--out", type=Path, default=LAWBOOKS / "usa", help="folder of the US lawbook")
    options = parser.parse_args()
    lists = Lists(options.shared)

    def write(name: str, rows: Sequence[Row]) -> None:
        write_rows(options.out / name, rows)

    for build in (metals, annexes, vehicles, china, fentanyl, reciprocal, deals, brazil, temporary, later):
        build(lists, write)


@dataclass(frozen=True)
class Lists:
    """Where the printed lists are."""

    shared: Path

    def table(self, name: str, **options: str) -> pl.DataFrame:
        """A list of the proclamations by file name, every column text, blanks empty."""
        return read_text_csv(self.shared / "data" / "tariff_lists" / name, **options).fill_null("")

    def words(self, name: str) -> list[str]:
        """A list with one code a line."""
        return (self.shared / "data" / "tariff_lists" / name).read_text(encoding="utf-8").split()

    def renumbered(self, rows: Iterable[Row]) -> list[Row]:
        """Rows, and those of the numbers that replaced theirs in July 2026, which the notes do not name yet."""
        listed = list(rows)
        known = {row["code"] for row in listed}
        numbers = renumbering(self.shared / "data")
        more = [
            {**row, "code": new} for row in listed for _, new in numbers.following([row["code"]]) if new not in known
        ]
        # A number that replaced two listed ones is listed once.
        return listed + list({(row["code"], row.get("from", "")): row for row in more}.values())

    def rates(self) -> pl.DataFrame:
        """Country rates of the reciprocal duty."""
        return read_text_csv(self.shared / "spec" / "reciprocal_rates.csv").fill_null("")


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write one list, sorted; a code may stand once for the same first day."""
    columns = list(rows[0])
    ordered = sorted(rows, key=lambda row: (row[columns[0]], row.get("from", "")))
    keys = [(row[columns[0]], row.get("from", "")) for row in ordered]
    twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
    if twice:
        raise ValueError(f"{path.name}: twice for the same day: {sorted(twice)}")
    put_rows(path, ordered)


def put_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as they come, and say how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.parent.name}/{path.name}: {len(rows):,} rows")


def rows_of(table: pl.DataFrame, **names: str) -> list[Row]:
    """Rows with columns renamed, `new="old"`, in that order."""
    return table.select(**{new: pl.col(old) for new, old in names.items()}).to_dicts()


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


# Metals


def metals(lists: Lists, write: Writer) -> None:
    """Steel, aluminium and copper lists of 2018 to 5 April 2026: on full value, or on the value of the metal."""
    table = lists.table("s232_metals_2018_2026.csv")
    for metal in ("steel", "aluminum"):
        rows = [row for stored in table.filter(pl.col("metal") == metal).to_dicts() for row in as_printed(stored)]
        write(f"section_232/metals/{metal}.csv", list(metal_rows(rows)))
    copper = table.filter(pl.col("metal") == "copper")["hts_prefix"].to_list()
    # Articles of chapter 74 are copper nearly throughout, wire and cable of 8544 are not.
    rows = [{"code": code, "basis": "full" if code.startswith("74") else "content"} for code in copper]
    write("section_232/metals/copper.csv", rows)


def as_printed(row: Row) -> Iterator[Row]:
    """A stored row under the codes that the law prints, with the last day of a number that was replaced."""
    codes = METALS_AS_PRINTED.get((row["metal"], row["hts_prefix"]), ((row["hts_prefix"], "", ""),))
    for code, first, last in codes:
        yield {**row, "hts_prefix": code, "start": max(row["start"], first), "until": last}


def metal_rows(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows of one metal; where the law moved a code from full value to content, the older row ends before."""
    later = {r["hts_prefix"]: r["start"] for r in rows if r["basis"] == "metal content"}
    for row in rows:
        code, full = row["hts_prefix"], row["basis"] == "full value"
        moved = later.get(code, "") if full else ""
        yield {
            "code": code,
            "from": row["start"],
            "until": day_before(moved) if moved > row["start"] else row["until"],
            "basis": basis_of(row) if full else "content",
        }


def basis_of(row: Row) -> str:
    """Basis of a row that the stored file has on full value: full, or that of chapters 73 and 76, which changed."""
    return "chapter" if row["hts_prefix"].startswith(CONTENT_CHAPTERS[row["metal"]]) else "full"


def annexes(lists: Lists, write: Writer) -> None:
    """The metals annexes since 6 April 2026 as dated lists that do not overlap; what was taken out is left out."""
    table = lists.table("s232_annex_products.csv")
    rows = [{**row, **ANNEX_AS_PRINTED.get(row["hts_prefix"], {})} for row in table.to_dicts()]
    spans = [span for row in rows for span in annex_spans(row, rows)]
    write("section_232/metals/annexes.csv", lists.renumbered([row for row in spans if row["annex"] != "2"]))


def annex_spans(row: Row, rows: Sequence[Row]) -> Iterator[Row]:
    """Spells of one printed row: a later row for the same or a shorter code ends it, a longer code is cut out of it."""
    code, start = row["hts_prefix"], row["start"]
    later = [r for r in rows if code.startswith(r["hts_prefix"]) and r["start"] > start]
    end = min((r["start"] for r in later), default="")
    inside = [r for r in rows if r["hts_prefix"] != code and r["hts_prefix"].startswith(code) and r["start"] >= start]
    edges = sorted({start, *(r["start"] for r in inside if not end or r["start"] < end)})
    for first, following in zip(edges, [*edges[1:], end], strict=True):
        yield {
            "code": code,
            "from": first,
            "until": day_before(following) if following else "",
            "annex": row["annex"],
            "metal": row["metal_type"],
            "part": part_of(row),
            "metal_chapter": "yes" if code[:2] in METAL_CHAPTERS else "no",
            "equipment": "yes" if row["annex"] == "1b" and code[:2] in EQUIPMENT_CHAPTERS else "no",
            "except": ";".join(sorted(cut_out(row["annex"], inside, first))),
        }


def cut_out(annex: str, inside: Sequence[Row], on: str) -> set[str]:
    """Longer codes that stand in another annex on a day."""
    latest: dict[str, Row] = {}
    for row in sorted(inside, key=lambda r: r["start"]):
        if row["start"] <= on:
            latest[row["hts_prefix"]] = row
    return {code for code, row in latest.items() if row["annex"] != annex}


def part_of(row: Row) -> str:
    articles = {"aluminum": ALUMINUM_ARTICLES, "steel": STEEL_ARTICLES, "copper": ("74",)}[row["metal_type"]]
    return "article" if row["annex"] == "1a" and row["hts_prefix"].startswith(articles) else "derivative"


# Vehicles


def vehicles(lists: Lists, write: Writer) -> None:
    """Parts of cars and of heavy vehicles."""
    write("section_232/cars/parts.csv", lists.renumbered(car_parts(lists.words("s232_auto_parts.txt"))))
    trucks = ({"code": code} for code in lists.words("s232_mhd_parts.txt"))
    write("section_232/trucks/parts.csv", lists.renumbered(trucks))


def car_parts(codes: Iterable[str]) -> Iterator[Row]:
    for code in codes:
        if code not in CONDITIONAL_PARTS:
            less = [c for c in CONDITIONAL_PARTS if c.startswith(code)]
            yield {"code": code, "except": ";".join(less), "use": "vehicle"}
    yield from ({"code": code, "except": "", "use": "any"} for code in CONDITIONAL_PARTS)


# China


def china(lists: Lists, write: Writer) -> None:
    """Lists 1 to 4B, the four-year review and the shares that claim an exclusion from section 301."""
    table = lists.table("s301_product_lists.csv")
    for name in ("1", "2", "4A", "4B"):
        codes = table.filter(pl.col("list") == name)["hts"].to_list()
        write(f"section_301/list_{name.lower()}.csv", [{"code": code} for code in codes])
    write("section_301/list_3.csv", list(list_three(table)))
    for heading, name in REVIEW_STEPS.items():
        codes = table.filter(pl.col("ch99_code") == heading)["hts"].to_list()
        write(f"section_301/review_{name}.csv", [{"code": code} for code in codes])
    write("section_301/exclusions/claim_shares.csv", list(claim_shares(lists.table("s301_exclusion_lines.csv"))))


def list_three(table: pl.DataFrame) -> Iterator[Row]:
    """List 3; what heading 9903.88.04 leaves out is left out here."""
    less = {r["hts"]: r["except"] for r in table.filter(pl.col("list") == "3_addl").to_dicts()}
    less |= {code: ";".join((less[code], *more)) for code, more in NOT_IN_LIST_3.items()}
    # Printers are on list 4A only: note 20(s) and the footnote of the line name no other heading.
    codes = (set(table.filter(pl.col("list") == "3")["hts"]) | set(less)) - {"84433210"}
    return ({"code": code, "except": less.get(code, "")} for code in sorted(codes))


def claim_shares(table: pl.DataFrame) -> Iterator[Row]:
    """Statistical numbers with an excluded product, and the share of imports that claimed it."""
    known = table.filter(pl.col("claim_share") != "")
    return iter(rows_of(known, code="hts10", share="claim_share"))


# Emergency powers


def fentanyl(lists: Lists, write: Writer) -> None:
    """Energy and critical minerals, and potash, at a lower rate."""
    table = lists.table("fentanyl_carveout_products.csv")
    for category, name in (("energy_ca", "energy"), ("potash_ca", "potash")):
        codes = table.filter(pl.col("category") == category)["hts8"].to_list()
        codes += ENERGY_BESIDE if name == "energy" else ()
        write(f"fentanyl/{name}.csv", [{"code": code} for code in codes])
    potash = {kind: set(table.filter(pl.col("category") == kind)["hts8"]) for kind in ("potash_ca", "potash_mx")}
    if potash["potash_ca"] != potash["potash_mx"]:
        raise ValueError("potash of Mexico needs a list of its own")


def reciprocal(lists: Lists, write: Writer) -> None:
    """Country rates of April and August 2025, and Annex II with the act that put each code there."""
    write("reciprocal/country_rates.csv", list(country_rates(lists.rates())))
    memo = lists.table("redux2025/consumer_electronics_EO14257_apr11.csv")["HTSUS"].to_list()
    write("reciprocal/annex_2.csv", list(annex_two(lists.table("annex_ii_dated.csv"), memo)))


def country_rates(table: pl.DataFrame) -> Iterator[Row]:
    """Rates by partner, less the European Union and China, whose rates have measures of their own."""
    for row in table.to_dicts():
        own = row["s301_fl_tier_20260724"] == "net10" and row["phase2_kind"] == "floor"
        if own or row["iso3"] in ("CHN", "HKG", "MAC", "*") or not row["phase1_pct_20250409"]:
            continue
        yield {
            "partner": row["iso3"],
            "phase_1": share(row["phase1_pct_20250409"]),
            "phase_2": share(row["phase2_pct_20250807"]),
        }


def share(per_cent: str) -> str:
    return f"{float(per_cent) / 100:.4f}".rstrip("0")


def annex_two(table: pl.DataFrame, memorandum: Sequence[str]) -> Iterator[Row]:
    """Codes out of the reciprocal duty; the order itself already named the lines of heading 8542."""
    for row in table.to_dicts():
        code, first = ANNEX_TWO_AS_PRINTED.get(row["hts_prefix"], row["hts_prefix"]), row["start"]
        by_memo = any(listed.startswith(code) for listed in memorandum)
        named = code.startswith("8542") and len(code) == 8
        act = {"2025-04-05": "memorandum" if by_memo and not named else "order"}.get(first, f"amended_{first[:7]}")
        last = "" if row["end"] == "2026-02-23" else row["end"]
        yield {"code": code, "from": first, "until": last, "act": act.replace("-", "_")}


def deals(lists: Lists, write: Writer) -> None:
    """Civil aircraft, medicines and unavailable resources of the deal partners."""
    table = lists.table("floor_exempt_products.csv")
    named = table.with_columns(pl.col("partners").replace_strict(AIRCRAFT_PARTNERS).alias("deal"))
    for category, name in (("civil_aircraft", "aircraft"), ("ptaap", "unavailable"), ("pharma", "generics")):
        write(f"deals/{name}.csv", wide(named.filter(pl.col("category") == category)))


def wide(table: pl.DataFrame) -> list[Row]:
    """One row a code, one column a deal: yes or blank."""
    names = [deal for deal in AIRCRAFT_PARTNERS.values() if deal in set(table["deal"])]
    by_code: dict[str, set[str]] = {}
    for row in table.to_dicts():
        by_code.setdefault(row["hts8"], set()).add(row["deal"])
    return [{"code": code, **{n: "yes" if n in deals else "" for n in names}} for code, deals in by_code.items()]


def brazil(lists: Lists, write: Writer) -> None:
    """Goods out of the Brazil order: its own annex, civil aircraft, and the farm goods of November 2025.

    Eleven lines of November hold one named article each (heading 9903.01.90), the same as under section 122.
    """
    listed = set(lists.table("redux2025/brazil-non-airplane-exemptions.csv")["HTSUS"])
    named = set(lists.table("s122_exempt_products.csv").filter(pl.col("category") == "named_article")["hts"])
    table = lists.table("country_eo_exempt_products.csv", comment_prefix="#")
    rows = []
    for row in table.filter(pl.col("ch99_code") == "9903.01.77").to_dicts():
        code, first = digits(row["hts10"]), row["effective_date_start"]
        if code.startswith("99"):
            continue  # the headings of the duty itself, read into the list by a scan of the text
        early = "annex" if code in listed else "aircraft"
        late = "named_article" if code in named else "farm"
        kind = late if first > "2025-08-06" else early
        rows.append({"code": code, "from": first, "kind": kind})
    write("country_orders/brazil_exempt.csv", rows)


# Statutes used after the ruling


def temporary(lists: Lists, write: Writer) -> None:
    """Goods out of the surcharge of section 122."""
    table = lists.table("s122_exempt_products.csv")
    write("section_122/exempt.csv", rows_of(table, code="hts", kind="category"))


def later(lists: Lists, write: Writer) -> None:
    """Goods out of the action of section 301 on Brazil, and civil aircraft under section 338."""
    table = lists.table("redux2025/brazil-301-exemptions.csv")
    write("section_301_country/exempt.csv", rows_of(table, code="HTSUS", kind="category"))
    write("section_338/aircraft.csv", rows_of(lists.table("redux2025/canada-338-aircraft-exempt.csv"), code="HTSUS"))


if __name__ == "__main__":
    main()
