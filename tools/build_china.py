"""China's tariff lines and their base duties by date, its lists of US goods since 2018, and what it buys there.

Sources
-------
* Bown, Jung and Zhang, PIIE, 12 June 2019, from China's Ministry of Finance: MFN rates and the steps of 2018-19, in the
  edition of 2017. Only the rates are taken: the trade values beside them are not open.
* US Department of Commerce, product matrix of 28 March 2025: the sum of all retaliation on each line, edition of 2022.
* China's lists of 4 March 2025, in a translation with gaps and slips.
* US exports to China by HS6 2015-2025, US Census Bureau.
* Part of the tariff of 2026, Customs Tariff Commission.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from _china_base import Known, Step, base_steps, cuts, later, read_2026
from _china_sources import (
    COAL_LNG,
    FEBRUARY,
    HALVED,
    Line,
    Matrix,
    Parts,
    halves_of_gone,
    matrix_text,
    nearest_lines,
    read_2018,
    read_march,
    read_matrix,
    read_paths,
    read_subheadings,
    take_apart,
    whole_words,
)
from _shared import LAWBOOKS, arguments, write_table

LAWBOOK = LAWBOOKS / "chn"
HS2017_ENDS, HS2022_STARTS = "2021-12-31", "2022-01-01"
SPLIT_ENDS, SPLIT_STARTS = "2024-12-31", "2025-01-01"
SPLIT_2025 = {"20039011": "20039010", "20039019": "20039010"}
"""Lines of the March list that the schedule of 2025 made out of an older one."""

UNSPECIFIED = "999999"
"""Civil aircraft and their parts, and special transactions, without a subheading in the US figures."""

QUOTAS = {
    **dict.fromkeys(("1001", "110100", "110311", "110320", "1005", "110220", "110313", "110423"), 0.01),
    **dict.fromkeys(("1006", "110290", "110319", "5101", "5201", "5203", "310210", "310520", "310530"), 0.01),
    "1701": 0.15,
    "5105": 0.03,
}
"""In-quota rates of goods under a tariff quota; the workbook has the rate beyond it, never under 30%."""
BEYOND_QUOTA = 0.30

UNTRADED = ("12019020", "12019030", "12019090", "12051010", "12059010")
"""Lines without trade inside a subheading that has much: black, green and other soybeans beside the yellow ones,
rapeseed for sowing.
"""


@dataclass(frozen=True)
class Record:
    """One line of the axis, with the lists it is on (points). `like` is the line of 2018 whose rates it has."""

    code: str
    description: str
    like: Line
    start: str = ""
    end: str = ""
    origin: str = "schedule_2018"
    list_4a: float = 0.0
    february: int = 0
    march: int = 0

    @property
    def inherited(self) -> bool:
        return self.like.code != self.code


@dataclass(frozen=True)
class Sources:
    """What the axis is made from."""

    lines: Mapping[str, Line]
    matrix: Matrix
    march: Mapping[str, int]
    texts: Mapping[str, str]
    paths: Mapping[str, tuple[str, ...]]

    @cached_property
    def parts(self) -> dict[str, Parts]:
        """Lines of the matrix, taken apart."""
        return take_apart(self.matrix, self.lines, self.march)

    @cached_property
    def new(self) -> list[str]:
        """Lines of the matrix that the 2018 schedule does not have."""
        return sorted(set(self.matrix) - set(self.lines))

    @cached_property
    def replaced(self) -> set[str]:
        """Lines of 2018 whose goods are on other lines of the subheading by 2025.

        Every line with duties is in the matrix, so one that is not is gone; suspended lines are not in it and go only
        if the subheading has new lines. The last line of a subheading stays.
        """
        split = {code[:6] for code in self.new}
        kept = split | {c[:6] for c, line in self.lines.items() if c in self.matrix or not line.duty}
        likes = {self.parts[code].like.code for code in self.new}
        gone = {
            c
            for c, line in self.lines.items()
            if (line.duty and c[:6] in (split if line.suspended else kept)) or (c in likes and c[:6] in split)
        }
        return gone - set(self.matrix)

    def text(self, code: str) -> str:
        """Short description of a line, or of the subheading or heading it is in."""
        if code in self.matrix:
            return matrix_text(self.matrix[code][1])
        return self.texts.get(code[:6]) or self.texts.get(code[:4]) or f"Heading {code[:4]}"


# --- the axis of lines -----------------------------------------------------------------------------------------------


def record(code: str, part: Parts, sources: Sources, **fields: Any) -> Record:
    february = part.extra if code in COAL_LNG or code.startswith(FEBRUARY) else 0
    march = part.extra - february
    return Record(code, sources.text(code), part.like, list_4a=part.list_4a, february=february, march=march, **fields)


def last_day(code: str, sources: Sources) -> str:
    """Last day of a line of the 2018 schedule; "" = open. Changes are dated by the editions of the HS."""
    if code in SPLIT_2025.values():
        return SPLIT_ENDS
    gone = code[:6] not in sources.texts or code in sources.replaced
    return HS2017_ENDS if gone else ""


def old_records(sources: Sources) -> Iterator[Record]:
    """The lines of the 2018 schedule."""
    inferred = halves_of_gone(sources.parts, sources.lines)
    for code, line in sources.lines.items():
        end = last_day(code, sources)
        part = sources.parts.get(code) or Parts(line, inferred.get(code, 0.0) if end else 0.0)
        yield record(code, part, sources, end=end)


def new_records(sources: Sources) -> Iterator[Record]:
    """Lines that came after 2018."""
    for code in sources.new:
        yield record(code, sources.parts[code], sources, start=HS2022_STARTS, origin="matrix_2025")
    for code, older in SPLIT_2025.items():
        part = replace(sources.parts[older], extra=sources.march[code])
        yield record(code, part, sources, start=SPLIT_STARTS, origin="march_2025")


def unsplit_records(sources: Sources, records: Sequence[Record]) -> Iterator[Record]:
    """Subheadings of HS 2022 that no known line of today covers: none of their lines bears retaliation."""
    covered = {r.code[:6] for r in records if not r.end}
    pool = list(sources.lines.values())
    for code in sorted(f"{c}00" for c in sources.texts if len(c) == 6 and c not in covered):
        near = nearest_lines(code, pool, sources.matrix)[0]
        like = replace(near, steel=0, list_1=0, list_2=0, list_3="", suspended=False)
        yield Record(code, sources.text(code), like, HS2022_STARTS, origin="subheading")


def all_records(sources: Sources) -> list[Record]:
    records = [*old_records(sources), *new_records(sources)]
    records += unsplit_records(sources, records)
    return sorted(records, key=lambda r: r.code)


def general(r: Record) -> dict[str, Any]:
    """MFN rate of a line (share), how it was found, and the rate beyond a tariff quota."""
    line = r.like
    quota = next((rate for prefix, rate in QUOTAS.items() if r.code.startswith(prefix)), None)
    if quota is not None and line.highest >= BEYOND_QUOTA:
        return {"general": quota, "general_kind": "quota", "over_quota": line.highest}
    if line.general is None:
        return {"general": 0.0, "general_kind": "specific", "over_quota": None}
    return {"general": line.general, "general_kind": rate_kind(r, line.general), "over_quota": None}


def rate_kind(r: Record, rate: float) -> str:
    """How an MFN rate was found; rates finer than a tenth of a point are the workbook's ad valorem equivalents."""
    if r.inherited:
        return "inherited"
    if abs(r.like.highest - rate) > 1e-5:
        return "mean"
    return "equivalent" if abs(rate * 1000 - round(rate * 1000)) > 1e-3 else "line"


def line_row(r: Record) -> dict[str, Any]:
    """One row of the table chn_lines."""
    return {
        "code": r.code,
        "hs6": r.code[:6],
        "description": r.description,
        **general(r),
        "general_2018": None if r.inherited else r.like.general_2018,
        "from": r.start or None,
        "until": r.end or None,
        "weight": 0.0 if r.code in UNTRADED else 1.0,
        "origin": r.origin,
        "like": r.like.code if r.inherited else None,
    }


def whole_texts(records: Sequence[Record], sources: Sources) -> pl.DataFrame:
    """The table chn_texts: headings above every line and its own words, one a line of text."""
    codes = [r.code for r in records]
    words = ("\n".join(whole_words(code, sources.paths, sources.matrix)) for code in codes)
    return pl.DataFrame({"code": codes, "text": list(words)})


def steps_of(records: Sequence[Record], known: Known) -> Iterator[Step]:
    """Base duties other than those of 2019, by date; goods under a tariff quota had no cuts."""
    for r in records:
        if general(r)["general_kind"] in ("quota", "specific"):
            continue
        if not r.inherited:
            yield from cuts(r.code, r.like)
        if not r.end:
            yield from later(r.code, r.like, known)


# --- lists -----------------------------------------------------------------------------------------------------------


def on_list_4b(r: Record) -> str:
    """Lines that no list of 2018-19 reached: the core of list 4 part 2, which is not stored."""
    return "yes" if r.origin == "schedule_2018" and not r.like.duty and not r.list_4a else ""


def suspended(r: Record) -> str:
    """The list whose duty on vehicles and parts is suspended."""
    line = r.like
    return ("list_1" if line.list_1 else "list_2" if line.list_2 else "list_3") if line.suspended else ""


LISTS: dict[str, tuple[str, Callable[[Record], str]]] = {
    "retaliation_232/lines.csv": ("tier", lambda r: f"at_{r.like.steel}" if r.like.steel else ""),
    "retaliation_301/list_1.csv": ("", lambda r: "yes" if r.like.list_1 else ""),
    "retaliation_301/list_2.csv": ("", lambda r: "yes" if r.like.list_2 else ""),
    "retaliation_301/list_3.csv": ("tier", lambda r: r.like.list_3),
    "retaliation_301/list_4a.csv": ("tier", lambda r: HALVED.get(r.list_4a, "")),
    "retaliation_301/list_4b.csv": ("", on_list_4b),
    "retaliation_301/vehicles.csv": ("of", suspended),
    "retaliation_fentanyl/february.csv": ("tier", lambda r: f"at_{r.february}" if r.february else ""),
    "retaliation_fentanyl/march.csv": ("tier", lambda r: f"at_{r.march}" if r.march else ""),
}
DERIVED = ("list_4a.csv", "february.csv")


def basis(name: str, r: Record, sources: Sources) -> str:
    """Why a line is on a list: printed there, shown by the matrix, as its neighbours, or what the others leave."""
    file = name.rpartition("/")[2]
    if file == "list_4b.csv":
        return "remainder"
    if file == "march.csv":
        return "published" if r.code in sources.march else "matrix"
    if r.inherited or (file in DERIVED and r.code not in sources.matrix):
        return "neighbour"
    return "matrix" if file in DERIVED else "published"


def write_list(name: str, records: Sequence[Record], sources: Sources) -> None:
    """Write one CSV list of the lawbook and print its size."""
    column, tier = LISTS[name]
    rows = [
        [r.code, r.start, r.end, *([tier(r)] if column else []), basis(name, r, sources)] for r in records if tier(r)
    ]
    path = LAWBOOK / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        header = ["code", "from", "until", *([column] if column else []), "basis"]
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    old = Counter(tier(r) for r in records if tier(r) and r.origin == "schedule_2018")
    print(f"{name}: {len(rows):,} rows, of 2018 {dict(old)}, {dict(Counter(row[-1] for row in rows))}")


def controlled_codes(row: Mapping[str, str]) -> list[str]:
    """Codes of one item of announcement No. 18: reference lines at 8 digits, else the subheading of its form."""
    if row["reference_hs10_china"]:
        return [code[:8] for code in row["reference_hs10_china"].split(";")]
    if row["form"] == "magnet":
        return ["850511"]
    return [code for word, code in (("metal", "280530"), ("compound", "284690")) if word in row["form"]]


def write_controls(path: Path) -> None:
    """Write the list of announcement No. 18 of 4 April 2025: one row a code, elements and forms joined."""
    items: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for code in controlled_codes(row):
                items[code][0].add(row["element"])
                items[code][1].update(row["form"].split(", "))
    rows = [
        [code, " ".join(sorted(elements)), " ".join(sorted(forms)), "line" if len(code) == 8 else "subheading"]
        for code, (elements, forms) in sorted(items.items())
    ]
    with (LAWBOOK / "export_controls" / "announcement_18.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["code", "elements", "forms", "scope"], *rows])
    print(f"announcement_18.csv: {len(rows)} codes")


# --- trade -----------------------------------------------------------------------------------------------------------


def read_exports(data: Path) -> pl.DataFrame:
    """The table chn_imports_from_usa: year, hs_edition, hs6, value (USD, free on board)."""
    path = data / "us_exports" / "us_exports_to_china_hs6_2015_2025.csv"
    table = pl.read_csv(path, schema_overrides={"hs6": pl.String, "year": pl.Int16})
    return table.rename({"fob_usd": "value"}).sort("year", "hs6")


def edition_codes(sources: Sources, exports: pl.DataFrame) -> dict[str, set[str]]:
    """Subheadings of each edition; those of 2012 as far as they were traded."""
    traded: dict[str, set[str]] = defaultdict(set)
    for edition, code in exports.filter(pl.col("hs6") != UNSPECIFIED).select("hs_edition", "hs6").unique().iter_rows():
        traded[edition].add(code)
    latest = {code for code in sources.texts if len(code) == 6} | {code[:6] for code in sources.matrix}
    return {"HS2012": traded["HS2012"], "HS2017": {code[:6] for code in sources.lines}, "HS2022": latest}


def joined_by_lines(sources: Sources) -> dict[tuple[str, str], dict[str, set[str]]]:
    """Between the editions of 2017 and 2022: subheadings joined by a new line that has the rates of an old one."""
    forward: dict[str, set[str]] = defaultdict(set)
    backward: dict[str, set[str]] = defaultdict(set)
    for code in sources.new:
        old = sources.parts[code].like.code[:6]
        if old not in sources.texts:
            forward[old].add(code[:6])
        backward[code[:6]].add(old)
    return {("HS2017", "HS2022"): forward, ("HS2022", "HS2017"): backward}


def near_codes(code: str, targets: set[str], fresh: set[str]) -> tuple[str, list[str]]:
    """Targets that share the most digits with a code, and of these the ones new in the edition, if any."""
    for length in (5, 4, 2):
        found = sorted(c for c in targets if c[:length] == code[:length])
        if found:
            return f"hs{length}", [c for c in found if c in fresh] or found
    raise RuntimeError(f"no subheading is near {code}")


def map_rows(sources: Sources, codes: Mapping[str, set[str]]) -> Iterator[tuple[str, str, str, str, float, str]]:
    """Rows of the table chn_hs6_map: every subheading of an edition on the subheadings of another."""
    joined = joined_by_lines(sources)
    for source in codes:
        for target in ("HS2017", "HS2022"):
            lines = joined.get((source, target), {})
            for code in sorted(codes[source]):
                if code in codes[target]:
                    method, found = "same", [code]
                elif code in lines:
                    method, found = "line", sorted(lines[code])
                else:
                    method, found = near_codes(code, codes[target], codes[target] - codes[source])
                yield from ((source, code, target, c, 1 / len(found), method) for c in found)


def main() -> None:
    """Build the five tables and the lists of the lawbook."""
    options = arguments(__doc__ or "")
    lists = options.data / "tariff_lists"
    sources = Sources(
        read_2018(lists / "bown-jung-zhang-2019-06-12.xlsx"),
        read_matrix(lists / "foreign_retaliation_matrix_2025-03-28.csv"),
        read_march(lists / "redux2025"),
        read_subheadings(options.data),
        read_paths(options.data),
    )
    records = all_records(sources)
    lines = pl.DataFrame([line_row(r) for r in records], infer_schema_length=None)
    write_table(lines, options.out / "chn_lines.parquet")
    write_table(whole_texts(records, sources), options.out / "chn_texts.parquet")
    known = read_2026(options.data / "law_update" / "china" / "chn_mfn_2026_part.csv")
    write_table(base_steps(steps_of(records, known)), options.out / "chn_base_steps.parquet")
    for name in LISTS:
        write_list(name, records, sources)
    write_controls(options.data / "events" / "china_notice_18_2025_controlled_items.csv")
    exports = read_exports(options.data)
    write_table(exports, options.out / "chn_imports_from_usa.parquet")
    schema = ["source_edition", "hs6", "target_edition", "target_hs6", "weight", "method"]
    rows = list(map_rows(sources, edition_codes(sources, exports)))
    write_table(pl.DataFrame(rows, schema=schema, orient="row"), options.out / "chn_hs6_map.parquet")


if __name__ == "__main__":
    main()
