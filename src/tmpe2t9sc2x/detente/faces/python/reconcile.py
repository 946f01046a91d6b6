"""From our number to one that somebody printed, as an answer that shows itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from detente.codes import Table
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.data.importerfile import importer_id
from detente.data.yamlfile import as_date
from detente.faces.python.answer import AnswerBase
from detente.faces.words.reconcile import told_tables, verdict_in_words
from detente.lab.record.bridge import quantity_of
from detente.lab.record.reconcile import Reconciliation
from detente.lab.record.reconcile import reconcile as reconciled


@dataclass(frozen=True, repr=False)
class ReconciledNumber(AnswerBase):
    """A number of somebody beside ours: `plot()` draws the way between.

    Attributes
    ----------
    answer : ends, steps, definitions by how near they come. everything : whether steps that move nothing are shown.
    """

    answer: Reconciliation
    everything: bool = False

    @property
    def title(self) -> str:
        """What is compared with what."""
        return f"From our {quantity_of(self.answer)} to theirs"

    @property
    def sentences(self) -> Sequence[str]:
        """Whose count gives the number, and what moves most."""
        return (verdict_in_words(self.answer),)

    @property
    def tables(self) -> Mapping[str, Table]:
        """Table `bridge` with the steps; `nearest` with the definitions, where none was asked for."""
        return {table.name: table for table in told_tables(self.answer, self.everything)}

    @property
    def meets(self) -> bool:
        """Whether the definition gives the number."""
        return self.answer.meets


@checked
def reconcile(
    number: str | float,
    on: date | str,
    *,
    what: str = "",
    by: str = "",
    of: str = "USA",
    partner: str = "",
    order: Several = (),
    choices: Several = (),
    law: date | str | None = None,
    shapley: bool = False,
    everything: bool = False,
) -> ReconciledNumber:
    """From our number on a day to another: which choices part them, and by how much each.

    `reconcile(17.8, "2025-05-12")` proposes the definitions on record that come nearest; `by="yale"` names one. Steps
    sum to the difference in any order.

    Parameters
    ----------
    number : as printed: 17.8 (per cent), "$2,800", "300bn". what : "average", "revenue", "prices", "households"; the
        unit says it by default.
    of, partner : whose imports, and from whom; of averages and revenue alone.
    order : choices that come first. choices : a set of one's own, in place of a definition.
    law : day of the law that the number means. shapley : each choice by its mean over every order.
    everything : steps that move nothing as well.

    Raises
    ------
    UnknownName, InputError : a definition, choice, quantity, day or partner that cannot be.
    """
    answer = reconciled(
        number, as_date(on, "on"), what=what, by=by, of=importer_id(of, "of"), partner=partner,
        order=several(order, "order"), chosen=several(choices, "choices"),
        law=None if law is None else as_date(law, "law"), shapley=shapley,
    )  # fmt: skip
    return ReconciledNumber(answer, everything)
