"""What customs codes cannot show: metal content by industry, and use in civil aircraft by line.

Sources: BEA input-output requirements of steel, aluminium and copper by detailed commodity (public domain, derived);
US Census Bureau trade of 2024 and the special column of the tariff schedule (public domain).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from _equivalents import metal_prefixes, payers, sample
from _schedule import Line, all_revisions
from _shared import REVISIONS, arguments, census_partners, read_imports, read_text_csv, write_table
from detente.law.duty import parse_duty

METALS = ("steel", "aluminum", "copper")
# Secondary aluminium has no requirements of its own in the input-output table: it takes those of primary aluminium.
SAME_METAL = {"331314": "331313"}
AIRCRAFT = ("88", "8411")
PROGRAMME = re.compile(r"\(([^()]*)\)")


def metal_table(data: Path) -> pl.DataFrame:
    """bea_detail, steel, aluminum, copper: shares of value. Requirements above the value in sum are scaled to it."""
    source = read_text_csv(data / "hts" / "metal_content_shares_bea_hs10.csv").rename({"bea_detail_code": "bea_detail"})
    names = [f"{metal}_share" for metal in (*METALS, "other_metal")]
    table = source.with_columns(pl.col(*names).cast(pl.Float64)).filter(pl.col("bea_detail") != "NA")
    spread = table.group_by("bea_detail").agg(
        pl.max_horizontal(pl.col(n).max() - pl.col(n).min() for n in names).alias("spread")
    )
    if spread["spread"].max() != 0:
        raise ValueError("metal content differs within an industry: per-code rows are needed")
    table = table.unique("bea_detail", keep="first", maintain_order=True)
    whole = pl.max_horizontal(pl.sum_horizontal(names), pl.lit(1.0))
    table = table.select("bea_detail", *((pl.col(f"{m}_share") / whole).round(4).alias(m) for m in METALS))
    rows = {row["bea_detail"]: row for row in table.iter_rows(named=True)}
    copied = {code: {**rows[like], "bea_detail": code} for code, like in SAME_METAL.items()}
    return pl.DataFrame([*{**rows, **copied}.values()]).sort("bea_detail")


def programmes(special: str) -> set[str]:
    return {name.strip() for inside in PROGRAMME.findall(special) for name in inside.split(",")}


def aircraft_rates(lines: Mapping[str, Line]) -> dict[str, float]:
    """8-digit line -> general ad valorem rate, where the only freedom by use is that of civil aircraft (symbol C)."""
    rates: dict[str, float] = {}
    for code, line in lines.items():
        rate, names = parse_duty(line.general), programmes(line.special)
        if rate and rate.kind == "ad_valorem" and "C" in names and not names & {"K", "L"}:
            rates[code[:8]] = rate.parts[0].amount
    return rates


def entered(data: Path, out: Path, lines: Mapping[str, Line]) -> pl.DataFrame:
    """code, full (duty if nothing were free, USD), paid, value: aircraft lines of 2024, partners without preference."""
    rates = aircraft_rates(lines)
    special = {code[:8]: line.special for code, line in lines.items()}
    paying = payers(read_imports(data, census_partners(out)), special, metal_prefixes(data))
    collected = sample(paying, {}, ())
    rows = [(c, v * rates[c[:8]], float(collected.duty[c]), v) for c, v in collected.value.items() if c[:8] in rates]
    return pl.DataFrame(rows, schema=["code", "full", "paid", "value"], orient="row")


def shares(table: pl.DataFrame, length: int, smallest: int) -> pl.DataFrame:
    """Code (prefix), share of the value entered free: 1 - duty paid / duty at the general rate."""
    sums = table.group_by(pl.col("code").str.slice(0, length)).agg(pl.col("full", "paid", "value").sum())
    share = (1 - pl.col("paid") / pl.col("full")).clip(0, 1).round(4)
    return sums.filter(pl.col("value") >= smallest).select("code", share=share, source=pl.lit(f"trade_hs{length}"))


def aircraft_table(data: Path, out: Path, lines: Mapping[str, Line]) -> pl.DataFrame:
    """Code (10 digits or a prefix of 8, 6, 4, 2), share, source; the longest prefix counts."""
    table = entered(data, out, lines)
    levels = [shares(table, length, 1_000_000) for length in (10, 8, 6, 4, 2)]
    outside = ~pl.any_horizontal(pl.col("code").str.starts_with(prefix) for prefix in AIRCRAFT)
    certain = pl.DataFrame({"code": AIRCRAFT, "share": [1.0] * len(AIRCRAFT), "source": ["aircraft"] * len(AIRCRAFT)})
    return pl.concat([*(level.filter(outside) for level in levels), certain]).sort("code")


def main() -> None:
    options = arguments(__doc__ or "")
    revisions = all_revisions(options.data)
    lines = {code: line for name in REVISIONS for code, line in revisions[name].items()}
    write_table(metal_table(options.data), options.out / "metal_content.parquet")
    write_table(aircraft_table(options.data, options.out, lines), options.out / "aircraft_use.parquet")


if __name__ == "__main__":
    main()
