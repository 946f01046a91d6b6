"""Frames: a rated piece as data frames, one for each table that a file of entries comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codes import declared_note
from detente.codes.escaping import FORMULA
from detente.data.fees import UNKNOWN, fees
from detente.data.importers import HOME
from detente.lab.entries.dollars import cents
from detente.lab.entries.flags import flags_of
from detente.lab.entries.piece import RatedPiece
from detente.lab.entries.rating import expand

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RATED, NOT_RATED = "rated", "not rated"
HARBOR, QUANTITY = "mode", "quantity"
"""OpenQuestions beside those about the goods: how they came, and how many they are."""


def frames_of(piece: RatedPiece) -> dict[str, pl.DataFrame]:
    """The tables of a piece, by name; those of totals are its part of them."""
    given = _given(piece)
    ids = given.select("row", "entry", "entry_line")
    filed = pl.concat([ids[piece.chosen[piece.filed["place"]]], piece.filed], how="horizontal")
    answers = _answers(piece, ids)
    rows = _rows(piece, given, filed, answers)
    count = pl.len().cast(pl.Int64).alias("rows")
    costs = answers.lazy().group_by("fact", "title", "answer", maintain_order=True)
    wrong = rows.lazy().filter(pl.col("status") != RATED).group_by("reason", maintain_order=True)
    return {
        "entry_rows": rows,
        "entry_filing": filed.drop("place"),
        "entry_questions": answers.drop("place"),
        "entry_totals": _entries(piece, rows),
        "entry_sums": _sums(piece, filed),
        "entry_answers": costs.agg(count, pl.col("cost").fill_nan(None).sum().round(2)).collect(),
        "entry_reasons": wrong.agg(count, pl.col("row").min()).collect(),
    }


def _safe(name: str) -> pl.Expr:
    """A text of the user's as it may stand in a file: one that would begin a formula has an apostrophe before it."""
    text = pl.col(name).fill_null("").str.strip_chars()
    formula = text.str.slice(0, 1).is_in(list(FORMULA)) & (text.str.len_chars() > 1)
    number = text.str.contains(r"^[+-]?[\d.]+%?$")
    return pl.when(formula & ~number).then("'" + text).otherwise(text).alias(name)


def _answers(piece: RatedPiece, ids: pl.DataFrame) -> pl.DataFrame:
    """Answers that would change the duty of rows, each with what it would cost."""
    known = piece.open
    order = np.argsort(known.combo, kind="stable")
    start = np.searchsorted(known.combo[order], np.arange(len(piece.combos) + 1))
    counts = (start[piece.combo + 1] - start[piece.combo]) * (piece.dutiable > 0)
    row, place = expand(start[piece.combo], counts)
    chosen = order[place]
    answer, total = known.answer[chosen], known.total[chosen]
    total = (
        total
        - piece.rated.base[piece.combo[row]]
        + piece.base.share[row] * (1.0 - _claimed(piece, answer))
        + (piece.rated.base[piece.combo[row]] * _claimed(piece, answer))
    )
    owed = cents(np.nan_to_num(total) * piece.value[row])
    duty = np.where(np.isnan(total), np.nan, owed)
    cost = np.round(duty - piece.duty[row], 2)
    texts = {name: [getattr(a, name) for a in known.answers] for name in ("fact", "title", "answer")}
    parts = [(row, {name: _gathered(values, answer) for name, values in texts.items()}, duty, cost)]
    parts += [part for part in (_mode(piece), _lacking(piece)) if part is not None]
    frames = [
        pl.DataFrame({"place": at_row, **words, "duty": owed_then, "cost": more})
        for at_row, words, owed_then, more in parts
    ]
    answers = pl.concat(frames)
    mine = ids[piece.chosen[answers["place"].to_numpy()]]
    return pl.concat([mine, answers], how="horizontal").sort("place", maintain_order=True)


def _gathered(values: Sequence[str], place: Ints) -> pl.Series:
    return pl.Series(values, dtype=pl.String).gather(place) if values else pl.Series([], dtype=pl.String)


def _claimed(piece: RatedPiece, answer: Ints) -> Floats:
    """Which answers are claims, whose base duty is their own: 1, else 0."""
    claims = np.asarray([a.fact == "claim" for a in piece.open.answers] or [False], dtype=np.float64)
    return claims[answer] if answer.size else np.zeros(0)


Part = tuple[Ints, Mapping[str, object], Floats, Floats]


def _mode(piece: RatedPiece) -> Part | None:
    """What the harbor maintenance fee would be where a row does not say how the goods came."""
    silent = np.flatnonzero(piece.fees.mode == UNKNOWN)
    if piece.calendar.where.iso3 != HOME or not silent.size:
        return None
    words = {"fact": HARBOR, "title": "Mode of transport", "answer": "vessel"}
    return silent, _alike(words, silent.size), piece.duty[silent], cents(piece.value[silent] * fees().harbor)


def _lacking(piece: RatedPiece) -> Part | None:
    """Rows whose base duty is by the unit and whose quantity does not say how much that is: at the equivalent used."""
    rows = np.flatnonzero(~piece.base.exact)
    if not rows.size:
        return None
    wanted = [", ".join(duty.measures) for duty in piece.base.duties]
    words = _alike({"fact": QUANTITY, "title": declared_note("entries.quantity")}, rows.size)
    words |= {"answer": _gathered(wanted, piece.base.duty[rows])}
    nothing = np.full(rows.size, np.nan)
    return rows, words, nothing, nothing


def _alike(words: Mapping[str, str], size: int) -> dict[str, object]:
    return {name: pl.repeat(text, size, dtype=pl.String, eager=True) for name, text in words.items()}


def _rows(piece: RatedPiece, given: pl.DataFrame, filed: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Every row of the piece with what it owes, or why it cannot be rated."""
    chosen = piece.chosen
    base = np.round(piece.base.dollars, 2)
    numbers: dict[str, Floats] = {
        "base_duty": base, "additional_duty": np.round(piece.duty - base, 2), "duty": piece.duty,
        "rate": piece.duty / np.maximum(piece.value, 1.0), "processing_fee": piece.fees.processing,
        "harbor_fee": piece.fees.harbor,
    }  # fmt: skip
    if piece.refund is not None:
        numbers["refund"] = piece.refund
    rated = pl.DataFrame({"spot": chosen, "place": np.arange(chosen.size), **numbers})
    rated = rated.with_columns(pl.Series("flags", flags_of(piece)))
    for words in (_filing_words(filed), _open_words(answers)):
        rated = rated.join(words, on="place", how="left", maintain_order="left")
    rated = rated.drop("place")
    spot = pl.int_range(pl.len(), dtype=pl.Int64).alias("spot")
    given = given.with_columns(pl.Series("reason", piece.rows.reasons.words(), dtype=pl.String), spot)
    status = pl.when(pl.col("reason") == "").then(pl.lit(RATED)).otherwise(pl.lit(NOT_RATED)).alias("status")
    whole = given.join(rated, on="spot", how="left", maintain_order="left").with_columns(status)
    texts = [pl.col(name).fill_null("") for name in ("filing", "flags", "open")]
    names = ["row", "entry", "entry_line", "line", "partner", "date", "value", "claim", "status", "reason"]
    paid = [PAID] if PAID in given.columns else []
    others = [n for n in given.columns if n not in (*names, *paid, "spot")]
    return whole.with_columns(texts).select(
        *names, *numbers, *paid, "filing", "open", "least_duty", "most_duty", "flags", *others
    )


def _filing_words(filed: pl.DataFrame) -> pl.DataFrame:
    """The headings of each row with their dollars, as one text; every row has one, its line."""
    hundred = (pl.col("duty") * 100.0).round(0).cast(pl.Int64)
    money = pl.format("{}.{}", hundred // 100, (hundred % 100).cast(pl.String).str.zfill(2))
    word = pl.format("{} {}", pl.col("heading").replace("", "(no heading)"), money).alias("filing")
    return filed.select("place", word).group_by("place", maintain_order=True).agg(pl.col("filing").str.join("; "))


def _open_words(answers: pl.DataFrame) -> pl.DataFrame:
    """The questions that each row leaves open, and the least and the most that it may owe by one answer."""
    duties = pl.col("duty").filter(pl.col("fact") != HARBOR)
    words = pl.col("fact").unique(maintain_order=True).str.join("; ").alias("open")
    ends = duties.min().alias("least_duty"), duties.max().alias("most_duty")
    return answers.lazy().group_by("place").agg(words, *ends).collect()


def _given(piece: RatedPiece) -> pl.DataFrame:
    """What the rows say, codes of partners and lines as the program writes them where it knows them."""
    rows = piece.rows
    codes = pl.Series("known", np.asarray([*rows.partners, ""], dtype=object)[rows.partner], dtype=pl.String)
    frame = rows.frame.with_columns(codes)
    partner = pl.when(pl.col("known") != "").then("known").otherwise(_safe("partner")).alias("partner")
    value = pl.col("value").str.strip_chars().cast(pl.Float64, strict=False)
    entry, line, claim = (
        _safe(name) if name in frame.columns else pl.lit("").alias(name) for name in ("entry", "entry_line", "claim")
    )
    # Amounts of dollars; what is none is not known.
    paid = pl.col(PAID).str.replace_all(r"[$,\s]", "").cast(pl.Float64, strict=False)
    kept = [_safe(name) for name in rows.frame.columns if name not in (*READ, PAID)]
    own = [paid] if PAID in frame.columns else []
    return frame.select("row", entry, line, *own, _safe("line"), partner, _safe("date"), value, claim, *kept)


PAID = "paid"
READ = ("row", "entry", "entry_line", "line", "partner", "date", "value", "claim")
"""Columns of a file that the rows of the answer begin with; all others stand at their end."""


def _entries(piece: RatedPiece, rows: pl.DataFrame) -> pl.DataFrame:
    """Each entry's part in the piece; a row that names no entry is one by itself."""
    spots = pl.DataFrame({
        "spot": piece.chosen, "day": piece.rows.day[piece.chosen], "informal": piece.fees.informal,
        "dollars": piece.value,
    })  # fmt: skip
    whole = rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("spot")).join(spots, on="spot", how="left")
    own = pl.when(pl.col("entry") == "").then(pl.concat_str(pl.lit("row "), "row")).otherwise("entry").alias("entry")
    refund = [pl.col("refund").sum().round(2)] if "refund" in rows.columns else []
    # A sum of cents is one of cents, in whatever order they were added.
    sums = [pl.col(n).sum().round(2) for n in ("duty", "processing_fee", "harbor_fee")]
    return (
        whole.lazy()
        .with_columns(own)
        .group_by("entry", maintain_order=True)
        .agg(
            pl.col("row").min(), pl.col("day").min(), pl.len().cast(pl.Int64).alias("rows"),
            (pl.col("status") != RATED).sum().cast(pl.Int64).alias("not_rated"),
            pl.col("dollars").sum().alias("value"), *sums, *refund, pl.col("informal").any(),
        )
        .collect()
    )  # fmt: skip


def _sums(piece: RatedPiece, filed: pl.DataFrame) -> pl.DataFrame:
    """Dollars by heading, authority, partner and month."""
    partners = pl.Series(list(piece.rows.partners) or [""]).gather(piece.rows.partner[piece.chosen])
    days = pl.Series(piece.rows.day[piece.chosen] - EPOCH).cast(pl.Int32).cast(pl.Date)
    refund = piece.refund if piece.refund is not None else np.zeros(piece.chosen.size)
    names = ["value", "duty", "refund"]
    rows = pl.DataFrame({"partner": partners, "month": days.dt.strftime("%Y-%m"),
                         **dict(zip(names, (piece.value, piece.duty, refund), strict=True))})  # fmt: skip
    # What would be refunded under a heading is what is owed there less what would be owed all the same.
    own = pl.lit(0.0) if piece.left is None else pl.col("duty")
    under = filed.select("heading", "authority", "value", "duty", own.alias("refund"), pl.lit(1).alias("counted"))
    if piece.left is not None:
        nothing = pl.lit(0.0).alias("value"), pl.lit(0.0).alias("duty")
        left = piece.left.select(
            "heading", "authority", *nothing, (-pl.col("duty")).alias("refund"), pl.lit(0).alias("counted")
        )
        under = pl.concat([under, left])
    whole = rows.with_columns(pl.lit(1).alias("counted"))
    groups = (("heading", under), ("authority", under), ("partner", whole), ("month", whole))
    sums = (pl.col("counted").sum().cast(pl.Int64).alias("rows"), pl.col(names).sum().round(2))
    parts = (f.lazy().group_by(pl.col(name).alias("key"), maintain_order=True).agg(sums).select(
        pl.lit(name).alias("by"), "key", "rows", *names) for name, f in groups)  # fmt: skip
    return pl.concat(pl.collect_all(list(parts)))


EPOCH = 719163
"""Ordinal of the first of January 1970."""
