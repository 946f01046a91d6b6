"""Frames: a rated piece as data frames, one for each table that a file of entries comes to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from detente.codes import declared_note
from detente.codes.axis import Floats, Ints, Mask
from detente.codes.escaping import FORMULA
from detente.data.base_law import unstated
from detente.data.fees import UNKNOWN, fees, provisions
from detente.data.importer_lines import order_names, orders_on
from detente.data.importers import HOME
from detente.data.limits import memoized
from detente.data.tables import read
from detente.lab.entries.dollars import BASE, cents
from detente.lab.entries.piece import RatedPiece, by_sector
from detente.lab.statute.consignment import CLAIM
from detente.law import Law, Status
from detente.law.headings import covers, read_headings

RATED, NOT_RATED = "rated", "not rated"
#: OpenQuestions beside those about the goods: how they came, and how many they are.
HARBOR, QUANTITY = "mode", "quantity"


def frames_of(piece: RatedPiece) -> dict[str, pl.DataFrame]:
    """The tables of a piece, by name; those of totals are its part of them."""
    given = _given(piece)
    ids = given.select("row", "entry", "entry_line")
    filed = pl.concat([ids[piece.chosen[piece.filed["place"]]], piece.filed], how="horizontal")
    answers = _answers(piece, ids)
    rows = _rows(piece, given, filed, answers)
    wrong = rows.filter(pl.col("status") != RATED)
    totals = {
        "entry_totals": _entries(piece, rows),
        "entry_sums": _sums(piece, filed),
        "entry_answers": answers.select("fact", "title", "answer", ONE, pl.col("cost").fill_nan(None)),
        "entry_reasons": wrong.select("reason", ONE, "row"),
    }
    return {
        "entry_rows": rows,
        "entry_filing": filed.drop("place"),
        "entry_questions": answers.drop("place"),
        **{name: summed(name, part) for name, part in totals.items()},
    }


ONE = pl.lit(1, pl.Int64).alias("rows")
#: Tables of totals, and what their rows are told apart by.
KEYS = {"entry_totals": ("entry",), "entry_sums": ("by", "key"), "entry_answers": ("fact", "title", "answer"),
        "entry_reasons": ("reason",)}  # fmt: skip


def summed(name: str, parts: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table of totals put together by what tells them apart: sums, and of rows and days the first."""
    sums = []
    for column, kind in parts.schema.items():
        own = pl.col(column)
        if column in ("row", "day"):
            sums.append(own.min())
        elif kind == pl.Float64:
            # A sum of cents is one of cents, in whatever order they were added, and zero has no sign.
            cent = own.sum().round(2)
            sums.append(pl.when(cent == 0).then(0.0).otherwise(cent).alias(column))
        elif column not in KEYS[name]:
            sums.append(own.any() if kind == pl.Boolean else own.sum())
    return parts.group_by(KEYS[name], maintain_order=True).agg(sums)


def _safe(name: str) -> pl.Expr:
    """A text of the user's as it may stand in a file: one that would begin a formula has an apostrophe before it."""
    text = pl.col(name).fill_null("").str.strip_chars()
    formula = text.str.slice(0, 1).is_in(list(FORMULA)) & (text.str.len_chars() > 1)
    number = text.str.contains(r"^[+-]?[\d.]+%?$")
    return pl.when(formula & ~number).then("'" + text).otherwise(text).alias(name)


def _answers(piece: RatedPiece, ids: pl.DataFrame) -> pl.DataFrame:
    """Answers that would change the duty of rows, each with what it would cost."""
    # Where duties fall on more than what owes base duty, an answer is not priced.
    whole = np.asarray([*(bool(each.whole) for each in provisions()), False])[piece.rows.provision]
    asks = (piece.dutiable > 0) & ~whole
    rows = pl.DataFrame({"place": np.arange(piece.combo.size), "combo": piece.combo}).filter(asks)
    known = rows.join(piece.open, on="combo", maintain_order="left_right")
    place, total = known["place"].to_numpy(), known["total"].to_numpy()
    # A claim has a base duty of its own; under any other answer it stays as the row owes it.
    base, claim = piece.rated.base[piece.combo[place]], (known["fact"] == CLAIM).to_numpy().astype(np.float64)
    total = total - base + piece.base.share[place] * (1.0 - claim) + base * claim
    duty = np.where(np.isnan(total), np.nan, cents(np.nan_to_num(total) * piece.dutiable[place]))
    words = known.select("place", "fact", "title", "answer")
    dollars = pl.DataFrame({"duty": duty, "cost": np.round(duty - piece.duty[place], 2)})
    answers = pl.concat([pl.concat([words, dollars], how="horizontal"), *_mode(piece), *_lacking(piece)])
    mine = ids[piece.chosen[answers["place"].to_numpy()]]
    return pl.concat([mine, answers], how="horizontal").sort("place", maintain_order=True)


def _mode(piece: RatedPiece) -> Iterator[pl.DataFrame]:
    """What the harbor maintenance fee would be where a row does not say how the goods came."""
    silent = np.flatnonzero(piece.fees.mode == UNKNOWN)
    if piece.calendar.where.iso3 == HOME and silent.size:
        more = {"duty": piece.duty[silent], "cost": cents(piece.value[silent] * fees().harbor)}
        words = (pl.lit(text).alias(n) for n, text in zip(WORDS, (HARBOR, "Mode of transport", "vessel"), strict=True))
        yield pl.DataFrame({"place": silent, **more}).select("place", *words, *more)


def _lacking(piece: RatedPiece) -> Iterator[pl.DataFrame]:
    """Rows whose base duty is by the unit and whose quantity does not say how much that is: at the equivalent used."""
    rows = np.flatnonzero(~piece.base.exact)
    if rows.size:
        wanted = pl.Series([", ".join(duty.measures) for duty in piece.base.duties]).gather(piece.base.duty[rows])
        words = {"fact": QUANTITY, "title": declared_note("entries.quantity")}
        nothing = (pl.lit(np.nan).alias(name) for name in ("duty", "cost"))
        named = (pl.lit(text).alias(name) for name, text in words.items())
        yield pl.DataFrame({"place": rows, "answer": wanted}).select("place", *named, "answer", *nothing)


WORDS = ("fact", "title", "answer")


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
    rated = rated.with_columns(flags_of(piece))
    hundred = (pl.col("duty") * 100.0).round(0).cast(pl.Int64)
    money = pl.format("{}.{}", hundred // 100, (hundred % 100).cast(pl.String).str.zfill(2))
    heading = pl.format("{} {}", pl.col("heading").replace("", "(no heading)"), money).alias("filing")
    duties = pl.col("duty").filter(pl.col("fact") != HARBOR)
    facts = pl.col("fact").unique(maintain_order=True).str.join("; ").alias("open")
    for words in (
        filed.group_by("place", maintain_order=True).agg(heading.str.join("; ")),
        answers.group_by("place").agg(facts, duties.min().alias("least_duty"), duties.max().alias("most_duty")),
    ):
        rated = rated.join(words, on="place", how="left", maintain_order="left")
    rated = rated.drop("place")
    spot = pl.int_range(pl.len(), dtype=pl.Int64).alias("spot")
    given = given.with_columns(pl.Series("reason", piece.every.reasons.words(), dtype=pl.String), spot)
    status = pl.when(pl.col("reason") == "").then(pl.lit(RATED)).otherwise(pl.lit(NOT_RATED)).alias("status")
    whole = given.join(rated, on="spot", how="left", maintain_order="left").with_columns(status)
    texts = [pl.col(name).fill_null("") for name in ("filing", "flags", "open")]
    names = ["row", "entry", "entry_line", "line", "partner", "date", "value", "claim", "status", "reason"]
    paid = [PAID] if PAID in given.columns else []
    others = [n for n in given.columns if n not in (*names, *paid, "spot")]
    return whole.with_columns(texts).select(
        *names, *numbers, *paid, "filing", "open", "least_duty", "most_duty", "flags", *others
    )


def headings_of(rows: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    """Headings of rated rows as they are owed, as they were filed, or both, each once.

    What a row was filed under is read as `number dollars; number dollars`, the dollars where it has them.
    """
    key = ["row", "heading"]
    owed = filed.group_by(key, maintain_order=True).agg(
        pl.col("entry", "entry_line", "order", "authority", "title").first(), owed=pl.col("duty").sum().round(2)
    )
    text = pl.col("filed") if "filed" in rows.columns else pl.lit("")
    papers = rows.filter(pl.col("status") == RATED).select(
        "row", "entry", "entry_line", text.str.split(";").alias("text")
    )
    papers = papers.explode("text").with_columns(
        code=pl.col("text").str.extract(r"^\s*([\d.]+)", 1).str.replace_all(".", "", literal=True),
        paid=pl.col("text").str.extract(r"^\s*[\d.]+\s+\$?([\d.,]+)", 1).str.replace_all(",", ""),
    ).drop_nulls("code").with_columns(pl.col("paid").cast(pl.Float64, strict=False))  # fmt: skip
    lines = filed.filter(pl.col("authority") == BASE).select("row", line="heading")
    special = pl.col("code").str.contains("^9[89]")
    number = pl.concat_str(*(pl.col("code").str.slice(a, n) for a, n in ((0, 4), (4, 2), (6, 2))), separator=".")
    # Some measures are known by several headings, of which a row was filed under one.
    many = owed.select("row", "heading").filter(pl.col("heading").str.contains("^99.*[-/;]"))
    named = {heading: read_headings(heading) for heading in many["heading"].unique()}
    pairs = [(code, own) for own, spans in named.items() for code in papers["code"].unique() if covers(spans, code)]
    under = many.join(pl.DataFrame(pairs, {"code": pl.String, "heading": pl.String}, orient="row"), on="heading")
    papers = papers.join(lines, on="row", how="left").join(
        under.unique(["row", "code"]).select("row", "code", own="heading"),
        on=["row", "code"],
        how="left",
        maintain_order="left",
    )
    heading = pl.when(special).then(pl.coalesce("own", number)).otherwise("line").alias("heading")
    papers = papers.with_columns(heading).group_by(key, maintain_order=True).agg(
        pl.col("entry", "entry_line").first(),
        paid=pl.when(pl.col("paid").is_not_null().any()).then(pl.col("paid").sum()),
    )  # fmt: skip
    both = owed.join(papers, on=key, how="full", coalesce=True)
    dollars = pl.col("paid").is_not_null().any().over("row")
    both = both.with_columns(
        *(pl.coalesce(name, f"{name}_right").alias(name) for name in ("entry", "entry_line")),
        *(pl.col(name).fill_null("") for name in ("authority", "title")),
        pl.col("owed").fill_null(0.0), paid=pl.when(dollars).then(pl.col("paid").fill_null(0.0)),
    )  # fmt: skip
    ordered = both.with_columns(gap=(pl.col("owed") - pl.col("paid")).round(2)).sort("row", "order", nulls_last=True)
    return ordered.select("row", "entry", "entry_line", "heading", "authority", "title", "owed", "paid", "gap")


def _given(piece: RatedPiece) -> pl.DataFrame:
    """What the rows say, codes of partners and lines as the program writes them where it knows them."""
    rows = piece.every
    codes = pl.Series("known", [*rows.partners, ""], dtype=pl.String).gather(rows.partner % (len(rows.partners) + 1))
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
#: Columns of a file that the rows of the answer begin with; all others stand at their end.
READ = ("row", "entry", "entry_line", "line", "partner", "date", "value", "claim")


def _entries(piece: RatedPiece, rows: pl.DataFrame) -> pl.DataFrame:
    """The entry of each row; one that names none is one by itself."""
    known = {"day": piece.rows.day, "informal": piece.fees.informal, "dollars": piece.value}
    spots = pl.DataFrame({"spot": piece.chosen, **known})
    whole = rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("spot")).join(
        spots, on="spot", how="left", maintain_order="left"
    )
    own = pl.when(pl.col("entry") == "").then(pl.concat_str(pl.lit("row "), "row")).otherwise("entry").alias("entry")
    refund = ["refund"] if "refund" in rows.columns else []
    wrong = (pl.col("status") != RATED).cast(pl.Int64).alias("not_rated")
    value = pl.col("dollars").alias("value")
    fees = ("duty", "processing_fee", "harbor_fee")
    return whole.select(own, "row", "day", ONE, wrong, value, *fees, *refund, "informal")


def _sums(piece: RatedPiece, filed: pl.DataFrame) -> pl.DataFrame:
    """Dollars by heading, authority, partner and month."""
    partners = pl.Series("partner", list(piece.rows.partners) or [""]).gather(piece.rows.partner)
    days = pl.Series("month", piece.rows.day - EPOCH).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m")
    refund = piece.refund if piece.refund is not None else np.zeros(piece.chosen.size)
    whole = pl.DataFrame([partners, days, pl.Series("value", piece.value), pl.Series("duty", piece.duty),
                          pl.Series("refund", refund)]).with_columns(ONE)  # fmt: skip
    # What would be refunded under a heading is what is owed there less what would be owed all the same.
    own = pl.lit(0.0) if piece.left is None else pl.col("duty")
    under = filed.select("heading", "authority", "value", "duty", own.alias("refund"), ONE)
    if piece.left is not None:
        left = piece.left.with_columns(refund=-pl.col("duty")).with_columns(
            value=0.0, duty=0.0, rows=pl.lit(0, pl.Int64)
        )
        under = pl.concat([under, left.select(under.columns)])
    groups = (("heading", under), ("authority", under), ("partner", whole), ("month", whole))
    names = ("rows", "value", "duty", "refund")
    return pl.concat([frame.select(pl.lit(by).alias("by"), pl.col(by).alias("key"), *names) for by, frame in groups])


#: Ordinal of the first of January 1970.
EPOCH = 719163


# --- flags ------------------------------------------------------------------------------------------------------------


#: Words in the text of a line that say that a quota decides between it and another one.
QUOTA_WORDS = re.compile("entered pursuant to its provisions|quota")


def flags_of(piece: RatedPiece) -> pl.Series:
    """Flags of the rated rows, "; " between them, shape (rated rows,)."""
    known: list[str] = [""]
    of = np.zeros(piece.chosen.size, dtype=np.int64)
    for names, place in _flags(piece):
        # Rows with the same flags so far share one text, whatever their number.
        keys, of = np.unique(of * len(names) + place, return_inverse=True)
        pairs = [(known[key // len(names)], names[key % len(names)]) for key in map(int, keys)]
        known = ["; ".join(text for text in pair if text) for pair in pairs]
    return pl.Series("flags", known, dtype=pl.String).gather(of)


def _flags(piece: RatedPiece) -> Iterator[tuple[Sequence[str], Ints]]:
    """Flags of one kind, "" first, and the place of each rated row among them."""
    rows = piece.rows
    if piece.calendar.where.iso3 == HOME:
        yield _orders(piece)
    yield from ((("", name), mask.astype(np.int64)) for name, mask in _of_entries(piece))
    yield [declared_note("entries.replaced", code=code) if code else "" for code in rows.others], rows.rated_as
    yield from ((("", name), mask.astype(np.int64)) for name, mask in _masks(piece) if mask.any())


def _of_entries(piece: RatedPiece) -> Iterator[tuple[str, Mask]]:
    """What is known of entries of the United States alone."""
    where, rows, day = piece.calendar.where, piece.rows, piece.rows.day
    if where.iso3 == HOME:
        codes = tuple(where.lines.codes.tolist())
        yield declared_note("entries.quota"), _under_quota(where.file.schedule.table, codes)[piece.line]
        yield declared_note("entries.fee_year"), day > fees().known_to.toordinal()
        for k in np.unique(rows.kind).tolist():
            if rows.kinds[k].flag:
                yield f"{rows.kinds[k].name}: {rows.kinds[k].flag}", rows.kind == k
        yield declared_note("entries.zone"), rows.silent


def _masks(piece: RatedPiece) -> Iterator[tuple[str, Mask]]:
    law = piece.calendar.law
    yield declared_note("entries.minimum"), _minimum(piece, law)
    yield declared_note("entries.unstated"), _unstated(piece)
    yield declared_note("entries.presumed"), piece.presumed
    yield declared_note("entries.equivalent"), ~piece.base.exact
    yield declared_note("entries.sector"), by_sector(piece.calendar, piece.combos, piece.rated)[piece.combo]
    yield declared_note("entries.partly"), _partly(piece)
    if law.record is not None:
        yield declared_note("entries.beyond"), piece.rows.day > law.record.to.toordinal()


def _orders(piece: RatedPiece) -> tuple[list[str], Ints]:
    """Orders that may cover the goods of rows, in words, "" first, and the place of each row among them."""
    rows, codes = piece.rows, piece.calendar.where.lines.codes
    many = len(rows.partners) + 1
    pairs, pair = np.unique(piece.line * many + rows.partner, return_inverse=True)
    texts, place = {"": 0}, np.zeros(piece.chosen.size, dtype=np.int64)
    order = np.argsort(pair, kind="stable")
    ends = np.searchsorted(pair[order], np.arange(pairs.size + 1))
    for k, key in enumerate(pairs.tolist()):
        code, partner = str(codes[key // many]), rows.partners[key % many]
        if not orders_on(code, partner):
            continue
        own = order[ends[k] : ends[k + 1]]
        days, day = np.unique(rows.day[own], return_inverse=True)
        named = [order_names(orders_on(code, partner, date.fromordinal(d))) for d in days.tolist()]
        words = [declared_note("entries.likely", orders=name) if name else "" for name in named]
        place[own] = np.asarray([texts.setdefault(text, len(texts)) for text in words])[day]
    return list(texts), place


def _unstated(piece: RatedPiece) -> Mask:
    """Rows that claim a special rate of which no amount is on record."""
    where, combos = piece.calendar.where, piece.combos
    mask = np.zeros(len(combos), dtype=bool)
    claimed = np.flatnonzero(np.asarray([bool(claim) for claim in combos.claims])[combos.claim])
    span = piece.calendar.base_span[combos.segment[claimed]]
    sizes = len(combos.claims), len(where.lines), len(piece.calendar.edges) + 1
    parts = combos.claim[claimed], combos.line[claimed], span
    keys, place = np.unique(np.ravel_multi_index(parts, sizes), return_inverse=True)
    days = {segment: piece.calendar.first_day(segment) for segment in np.unique(span).tolist()}
    codes, known = where.lines.codes, piece.calendar.unstated
    lacking = np.zeros(keys.size, dtype=bool)
    for k, (c, line, segment) in enumerate(np.stack(np.unravel_index(keys, sizes)).T.tolist()):
        key = combos.claims[c], line, segment
        if key not in known:
            known[key] = bool(unstated(where, key[0], str(codes[line]), days[segment]))
        lacking[k] = known[key]
    mask[claimed] = lacking[place]
    return mask[piece.combo]


@memoized
def _under_quota(table: str, codes: tuple[str, ...]) -> Mask:
    """Lines whose text speaks of a quota, looked for in the table: nobody needs the words of all lines in memory."""
    from detente.data.importers import importer

    if not table:
        return np.zeros(len(codes), dtype=bool)
    where = importer(HOME)
    spoken = pl.col("text").str.to_lowercase().str.contains(QUOTA_WORDS.pattern)
    named = dict(read(where.file.schedule.texts).select("code", spoken).rows())
    short = zip(where.lines.codes.tolist(), where.labels(), strict=True)
    named |= {c: QUOTA_WORDS.search(label.lower()) is not None for c, label in short if c not in named}
    return np.asarray([named.get(code, False) for code in codes], dtype=bool)


def _minimum(piece: RatedPiece, law: Law) -> Mask:
    """Rows under a minimum price or a least duty, which are in no dollars here."""
    mask = np.zeros(piece.chosen.size, dtype=bool)
    partner, day = piece.rows.partner, piece.rows.day
    for measure in law.measures:
        periods = [p for p in measure.periods if p.minimum is not None]
        if not periods or measure.status is not Status.IN_FORCE:
            continue
        codes = [prefix for goods in measure.goods for prefix in goods.prefixes]
        under = piece.calendar.where.lines.mask(codes)[piece.line] if codes else mask
        for scope in measure.partners or (None,):
            named = [i for i, code in enumerate(piece.rows.partners) if scope is None or code in scope.countries]
            for period in periods:
                inside = (day >= period.start.toordinal()) & (day <= period.end.toordinal())
                mask |= under & inside & np.isin(partner, named)
    return mask


def _partly(piece: RatedPiece) -> Mask:
    """Rows of which some of the value may not be imported."""
    terms = piece.calendar.terms.terms
    bans = np.asarray([t.kind == "ban" for t in terms] or [False])
    barred = np.zeros(piece.rated.base.size, dtype=bool)
    owner = np.repeat(np.arange(piece.rated.base.size), np.diff(piece.rated.start))
    if piece.rated.term.size:
        barred[owner[bans[piece.rated.term]]] = True
    return barred[piece.combo]
