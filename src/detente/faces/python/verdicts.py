"""Verdicts: what a check of claims says, as a list of checks and as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, overload

from detente.codes import DetenteError, Table, check_none
from detente.codes.kinds import checked
from detente.data.yamlfile import as_date
from detente.evidence import ClaimCheck
from detente.faces.python.answer import AnswerBase
from detente.lab.claims.check import DRAWS, SEED
from detente.lab.claims.check import check as judged
from detente.lab.claims.ledger import Ledger, ledger_with
from detente.lab.claims.words import checks_table, readings_table


@dataclass(frozen=True, repr=False)
class Verdicts(AnswerBase):
    """Checks of claims in their order; by name they are tables: `verdicts["checks"]`.

    Attributes
    ----------
    checks : one for each part of a claim; `as_of` : day whose record counts.
    refused : what is wrong with claims that could not be judged, each with its place; empty where all were.
    """

    checks: tuple[ClaimCheck, ...]
    as_of: date
    refused: tuple[DetenteError, ...] = ()

    @property
    def title(self) -> str:
        """How many, on which record."""
        return f"{len(self.checks)} statements checked on the record of {self.as_of}"

    @property
    def sentences(self) -> Sequence[str]:
        """How many have which verdict."""
        counts = Counter(str(check.verdict) for check in self.checks)
        judged = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()) + "."
        return (judged, *(f"Not judged: {error}" for error in self.refused))

    @property
    def tables(self) -> Mapping[str, Table]:
        """Table `checks`, and `readings` with every reading of every claim."""
        return {"checks": checks_table(self.checks), "readings": readings_table(self.checks)}

    def shown(self) -> Table:
        """Claim, verdict, what was claimed and what was found."""
        return self.table("checks").select(["claim", "verdict", "claimed", "found"])

    @overload
    def __getitem__(self, index: str) -> Table: ...
    @overload
    def __getitem__(self, index: int) -> ClaimCheck: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ClaimCheck, ...]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.table(index) if isinstance(index, str) else self.checks[index]

    def __len__(self) -> int:
        return len(self.checks)

    def __iter__(self) -> Iterator[ClaimCheck]:
        return iter(self.checks)


@checked
def check(
    claims: str | Path | Ledger = "may-2025",
    *,
    as_of: date | str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    only: str = "",
    **options: Any,
) -> Verdicts:
    """Judge the claims of a ledger by name, of a file, or one claim by its id, as "C14".

    See `detente.lab.claims.check.check`.

    A claim that cannot be judged stops no other: what is wrong with it stands in `refused`, every mistake of the file.

    Parameters
    ----------
    as_of : day whose record counts; by default that of the clock, as for the command.
    draws, seed : of the shares nobody observes; only : id of one claim or part.
    options : further ones: `hooks`, `progress`, `refused`.

    Raises
    ------
    InputError : no claim can be judged, with every reason. UnknownName : no such ledger, or no such claim.
    """
    if isinstance(claims, str) and not only and (ledger := ledger_with(claims)):
        claims, only = ledger, claims
    day = date.today() if as_of is None else as_date(as_of, "as_of")
    taken = options.pop("refused", None)
    faults: list[DetenteError] = [] if taken is None else taken
    checks = judged(claims, as_of=day, draws=draws, seed=seed, only=only, refused=faults, **options)
    if not checks and taken is None:
        check_none(faults)
    return Verdicts(checks, day, tuple(faults))
