"""Microdata: what a law owes on rows of any number, as an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.data.importerfile import importer_id
from detente.faces.python.answer import NamedTables
from detente.lab.micro.micro import BAD, OWN_MONTH, TOP, Tell
from detente.lab.micro.micro import micro as _micro
from detente.lab.micro.setting import MicroSetting


@dataclass(frozen=True, repr=False)
class MicroAnswer(NamedTables):
    """What was asked of microdata, by name as tables.

    Attributes
    ----------
    rows : rows of all files; unusable : of them; months : in order.
    """

    rows: int
    unusable: int
    months: tuple[str, ...]

    @property
    def title(self) -> str:
        """What is shown, of how many rows."""
        return f"{super().title}: {self.rows:,} rows of {self.months[0]} to {self.months[-1]}"

    @property
    def sentences(self) -> Sequence[str]:
        """How many rows could not be used."""
        return (f"{self.unusable:,} rows could not be used.",) if self.unusable else ()


@checked
def micro(
    files: str | Path | Sequence[str | Path],
    ask: str = "weights",
    *,
    by: Several = (),
    void: Several = (),
    weights: str = OWN_MONTH,
    from_: str = "",
    to: str = "",
    of: str = "USA",
    reading: str = "effective",
    scope: str = "tariff-lines",
    claims: str = "",
    set: Mapping[str, float] | None = None,
    lawbook: str | Path | None = None,
    switches: Several = (),
    announce: Several = (),
    top: int = TOP,
    bad: float = BAD,
    work: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Tell | None = None,
) -> MicroAnswer:
    """Weights, daily averages, duty owed beside duty collected, or refunds at stake, from rows by month, line, partner.

    Parameters
    ----------
    files : files and folders of CSV, gzipped CSV or Parquet with month, line, partner, value (USD) and, where known,
        duty and programme; other columns are left aside.
    ask : "weights", "daily", "gap" or "refunds".
    by : groupings of weights and gaps; "authority" or "measure" of a daily series.
    void : measures out of force; with "refunds" those whose duty would be paid back.
    weights : of a daily series: "own" month, "12" months up to it, or a span as "2024-01..2024-12".
    from_, to : months, all by default. of : importer. claims, set, scope, reading : as in `dt.average`.
    top : gaps that are listed, 0 for all. bad : share of the rows that may be unusable.
    work : folder that keeps what is done, which the next question uses and a stopped one goes on from.
    workers, executor : processes of this machine, or any executor of `concurrent.futures`.
    progress : told the name of what is done, how much of it, and of how much.

    Raises
    ------
    UnknownName, InputError : a question, file or row that cannot be used.
    """
    voided = tuple(several(void, "void"))
    refunds = ask == "refunds"
    setting = MicroSetting(
        importer_id(of),
        reading,
        scope,
        claims,
        tuple(sorted((set or {}).items())),
        "" if lawbook is None else str(Path(lawbook).resolve()),
        tuple(several(switches, "switches")),
        () if refunds else voided,
        tuple(several(announce, "announce")),
    )
    result = _micro(
        files,
        ask,
        setting=setting,
        by=several(by, "by"),
        void=voided if refunds else (),
        weights=weights,
        first=from_,
        last=to,
        top=top,
        bad=bad,
        work=work,
        workers=workers,
        executor=executor,
        tell=progress,
    )
    return MicroAnswer(result.tables, result.rows, sum(result.faults.count.values()), result.months)
