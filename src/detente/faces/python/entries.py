"""Entries: what the rows of a file or a data frame owe, in dollars and in the order of filing, as an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, Parameter, Table
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.faces.entry_files import write_entries
from detente.faces.python.answer import AnswerBase, LateTables
from detente.lab.entries.job import TABLES, EntriesOrder, RatedEntries, rate_entries
from detente.lab.entries.tables import SUMMARY, entry_table
from detente.law import Law, Reading

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, repr=False)
class Entries(AnswerBase):
    """Entries rated: `to_polars()` gives the rows, `to_polars("entry_filing")` their headings.

    Attributes
    ----------
    rated : the rows, pieces and totals.
    """

    rated: RatedEntries = field(repr=False)

    @property
    def title(self) -> str:
        """How many rows and entries there are."""
        return self.tables[SUMMARY].title

    @property
    def sentences(self) -> Sequence[str]:
        """Dollars owed, what would be refunded, and how many rows could not be rated."""
        sums = self.rated.sums
        fees = sums["processing_fee"] + sums["harbor_fee"]
        sentences = [f"{sums['duty']:,.2f} USD of duty and {fees:,.2f} USD of fees are owed."]
        if "refund" in sums:
            sentences.append(f"{sums['refund']:,.2f} USD would be refunded, without interest.")
        if sums["not_rated"]:
            sentences.append(f"{sums['not_rated']:,.0f} rows could not be rated; each has its reason in its row.")
        return sentences

    @property
    def tables(self) -> Mapping[str, Table]:
        """Sums first, then rows, headings, entries, totals, answers, questions and reasons."""
        return LateTables({name: lambda name=name: entry_table(self.rated, name) for name in (SUMMARY, *TABLES)})

    @property
    def failed(self) -> int:
        """Rows that could not be rated."""
        return int(self.rated.sums["not_rated"])

    def to_polars(self, name: str = "entry_rows") -> pl.DataFrame:
        """A table as a polars data frame: the rows, or the one named."""
        if name in TABLES:
            return self.rated.frame(name)
        return super().to_polars(name)

    def to_frame(self, name: str = "entry_rows") -> pl.DataFrame:
        """The same as `to_polars`."""
        return self.to_polars(name)

    def to_pandas(self, name: str = "entry_rows") -> Any:
        """A table as a pandas data frame; needs the extra `pandas`."""
        return super().to_pandas(name)

    def write(self, out: str | Path, *tables: str) -> list[Path]:
        """Write the rows to a .csv or .parquet file, all tables to an .xlsx file or a folder; the files written."""
        return write_entries(self.rated, Path(out), "text", tables)


@checked
def entries(
    given: Any,
    *,
    law: Law | None = None,
    void: Several = (),
    of: str = "USA",
    reading: str = "effective",
    workers: int | None = 1,
    presume: bool = False,
) -> Entries:
    """What entries owe: dollars by heading in the order of filing, fees, open questions, refunds.

    Parameters
    ----------
    given : a path to CSV, Parquet or Excel, or a data frame of polars, pandas or Arrow, or a mapping of columns:
        `line, partner, date, value` and, where known, `entry, quantity, claim, mode`, contents as `steel_content`.
    law : in the place of the shipped law of `of`. `void` : measures without which refunds are counted,
        "basis:IEEPA" or ids. `reading` : of time. `workers` : processes, where a path is given.
    presume : whether facts that a row leaves out, as its metal content, are those of the average in trade; the row is
        flagged. Without it a row owes what a filing without the claim owes.

    Raises
    ------
    InputError, Faults, UnknownName : everything wrong with the file itself. A row that cannot be rated has its reason.
    """
    names = [r.value for r in Reading]
    if reading not in names:
        raise InputError(Parameter("reading"), f"'{reading}' is no reading of time", f"use {', '.join(names)}")
    order = EntriesOrder(of.upper(), law, Reading(reading), several(void, "void"), presume)
    if isinstance(given, str | Path):
        return Entries(rate_entries(Path(given), order, workers=workers))
    return Entries(rate_entries(_frame(given), order))


def _frame(given: Any) -> pl.DataFrame:
    """A data frame of polars from whatever holds columns."""
    import polars as pl

    if isinstance(given, pl.LazyFrame):
        return given.collect()
    try:
        if isinstance(given, Table):
            return pl.DataFrame({name: values.tolist() for name, values in given.data.items()})
        if type(given).__module__.startswith("pandas"):
            return pl.from_pandas(given)
        return pl.DataFrame(given)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        what = f"{type(given).__name__} holds no columns ({type(error).__name__})"
        raise InputError(Parameter("given"), what, "give a path or a data frame") from None
