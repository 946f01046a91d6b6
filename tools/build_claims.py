"""Shares of trade that claim a preference: USMCA by statistical number, other exemptions by chapter and partner.

Sources: USITC DataWeb (imports from Canada and Mexico with the programme claimed, public domain); duty exempted by
chapter and partner derived from Census and USITC figures of 2024 (public domain).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _shared import EU_PARTNER, arguments, census_partners, read_text_csv, write_table
from build_usa_trade import EU_MEMBERS

# Claims were counted differently before July 2025 (June to July: 57% to 86% from Canada): steady shares start there.
FIRST_MONTH = "2025-07"
PREFIXES = (10, 8, 6, 4, 2, 0)
MONTHLY_PREFIXES = (10, 4, 2, 0)
# Their claims are counted by programme, they pay duties besides the base, or they are spread over members.
OTHERWISE_KNOWN = ("CAN", "MEX", "CHN", "HKG", "RUS", EU_PARTNER)
USMCA = {"1220": "CAN", "2010": "MEX"}


def monthly_claims(data: Path) -> pl.DataFrame:
    """code, partner, month (YYYY-MM), value, claimed (USD)."""
    table = pl.read_parquet(data / "hts" / "usmca_monthly_2025_01_2026_02.parquet")
    names = {"hts10": "code", "total_value": "value", "usmca_value": "claimed"}
    text = pl.col("hts10", "cty_code", "month").cast(pl.String)
    return (
        table.with_columns(text)
        .with_columns(partner=pl.col("cty_code").replace_strict(USMCA))
        .rename(names)
        .drop("cty_code")
    )


def claims_2024(data: Path, out: Path) -> pl.DataFrame:
    """code, partner, value, claimed (USD) of 2024: published share times the imports of 2024."""
    shares = read_text_csv(data / "hts" / "usmca_product_shares_2024.csv")
    share = shares.select(
        code="hts10", partner=pl.col("cty_code").replace_strict(USMCA), share=pl.col("usmca_share").cast(pl.Float64)
    )
    flows = pl.read_parquet(out / "usa_imports_2024.parquet").join(share, on=["code", "partner"])
    return flows.select("code", "partner", "value", claimed=pl.col("value") * pl.col("share"))


def by_prefix(table: pl.DataFrame, lengths: tuple[int, ...], also: tuple[str, ...] = ()) -> pl.DataFrame:
    """Value and claimed value summed over every prefix of the given lengths; the empty one is the partner's total."""
    keys = ["code", "partner", *also]
    levels = [table.with_columns(pl.col("code").str.slice(0, n)) for n in lengths]
    sums = pl.concat([level.group_by(keys).agg(pl.col("value", "claimed").sum()) for level in levels])
    return sums.filter(pl.col("value") > 0)


def share_of(sums: pl.DataFrame, digits: int) -> pl.Expr:
    return (pl.col("claimed") / pl.col("value")).clip(0, 1).round(digits)


def filled(table: pl.DataFrame, column: str) -> pl.Series:
    """A share column without blanks: a code without trade takes the share of its longest prefix that has some."""
    known = {
        (code, partner): share
        for code, partner, share in table.select("code", "partner", column).iter_rows()
        if share is not None
    }
    values: list[float] = []
    for code, partner in table.select("code", "partner").iter_rows():
        prefixes = (code[:n] for n in PREFIXES if n <= len(code))
        values.append(next(known[prefix, partner] for prefix in prefixes if (prefix, partner) in known))
    return pl.Series(column, values, dtype=pl.Float32)


def usmca_table(data: Path, out: Path) -> pl.DataFrame:
    recent = by_prefix(monthly_claims(data).filter(pl.col("month") >= FIRST_MONTH), PREFIXES)
    before = by_prefix(claims_2024(data, out), PREFIXES)
    new = recent.select("code", "partner", "value", share=share_of(recent, 4))
    old = before.select("code", "partner", value_2024="value", share_2024=share_of(before, 4))
    table = new.join(old, on=["code", "partner"], how="full", coalesce=True).sort("code", "partner")
    table = table.with_columns(filled(table, "share"), filled(table, "share_2024"))
    return table.select("code", "partner", "share_2024", "share", pl.col("value_2024", "value").fill_null(0))


def monthly_table(data: Path) -> pl.DataFrame:
    sums = by_prefix(monthly_claims(data), MONTHLY_PREFIXES, ("month",))
    return sums.select("code", "partner", "month", share=share_of(sums, 3).cast(pl.Float32)).sort(
        "partner", "month", "code"
    )


def member_weights(out: Path) -> pl.DataFrame:
    """partner, hs2, weight (USD): EU imports by chapter spread over members by their share in each GTAP sector."""
    sectors = pl.read_parquet(out / "usa_imports_2024_sectors.parquet").filter(pl.col("partner").is_in(EU_MEMBERS))
    shares = sectors.with_columns(part=pl.col("value") / pl.col("value").sum().over("sector")).select(
        "partner", "sector", "part"
    )
    lines = pl.read_parquet(out / "usa_lines.parquet", columns=["code", "gtap"])
    flows = (
        pl.read_parquet(out / "usa_imports_2024.parquet").filter(pl.col("partner") == EU_PARTNER).join(lines, on="code")
    )
    sums = flows.group_by(
        pl.col("code").str.slice(0, 2).alias("hs2"), pl.col("gtap").fill_null("ch98_99").alias("sector")
    ).agg(pl.col("value").sum())
    spread = sums.join(shares, on="sector").with_columns(weight=pl.col("value") * pl.col("part"))
    return spread.group_by("partner", "hs2").agg(pl.col("weight").sum())


def base_table(data: Path, out: Path) -> pl.DataFrame:
    """hs2, partner, share of the general duty exempted in 2024; a pair without a row has none."""
    table = read_text_csv(data / "hts" / "mfn_exemption_shares.csv")
    partner = pl.col("cty_code").replace_strict(census_partners(out), default=None)
    table = table.select("hs2", partner=partner, share=pl.col("exemption_share").cast(pl.Float64)).drop_nulls()
    # Two Census codes can be one country (West Bank and Gaza Strip): the larger share counts.
    table = table.group_by("hs2", "partner").agg(pl.col("share").max())
    union = (
        member_weights(out).join(table, on=["partner", "hs2"], how="left").with_columns(pl.col("share").fill_null(0))
    )
    mean = (pl.col("share") * pl.col("weight")).sum() / pl.col("weight").sum()
    union = union.group_by("hs2").agg(share=mean).select("hs2", partner=pl.lit(EU_PARTNER), share="share")
    both = pl.concat([table, union]).join(let_in_otherwise(out), on=["hs2", "partner"], how="full", coalesce=True)
    share = pl.coalesce("otherwise", "share").clip(0, 1).round(4).cast(pl.Float32)
    return both.select("hs2", "partner", share=share).filter(pl.col("share") > 0).sort("partner", "hs2")


def let_in_otherwise(out: Path) -> pl.DataFrame:
    """hs2, partner, otherwise: share of the chapter's duty not collected in 2024, where goods beyond a quota came in.

    The published exemptions rest on what was collected on those lines; their equivalents here do not.
    """
    lines = pl.read_parquet(out / "usa_lines.parquet", columns=["code", "general", "ave_source"])
    flows = pl.read_parquet(out / "usa_imports_2024.parquet").filter(~pl.col("partner").is_in(OTHERWISE_KNOWN))
    flows = flows.join(lines, on="code").with_columns(hs2=pl.col("code").str.slice(0, 2))
    beyond = pl.col("ave_source").is_in(["beside_quota", "quota_hs4"])
    sums = flows.group_by("hs2", "partner").agg(
        pl.col("duty").sum(), owed=(pl.col("value") * pl.col("general")).sum(), concerned=beyond.any()
    )
    share = 1 - pl.col("duty") / pl.col("owed")
    return sums.filter(pl.col("concerned")).select("hs2", "partner", otherwise=share)


def main() -> None:
    options = arguments(__doc__ or "")
    usmca = usmca_table(options.data, options.out)
    write_table(usmca, options.out / "usa_claims_usmca.parquet")
    write_table(monthly_table(options.data), options.out / "usa_claims_usmca_monthly.parquet")
    write_table(base_table(options.data, options.out), options.out / "usa_claims_base.parquet")
    print(usmca.filter(pl.col("code") == ""))


if __name__ == "__main__":
    main()
