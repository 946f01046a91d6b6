"""Track record: threats, deals and truces beside what was to be expected the day before, as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.codes.kinds import checked
from detente.data.yamlfile import as_date
from detente.evidence.skill import SEED
from detente.faces.python.answer import NamedTables
from detente.faces.words.track import sentences
from detente.lab.score.track import track
from detente.lab.talks.terms import terms_tables

TERMS = "terms"
"""Kind of what signed terms say of those who signed."""


@dataclass(frozen=True, repr=False)
class TrackRecord(NamedTables):
    """The record, by name as tables: `record["track_threats"]`."""

    @property
    def sentences(self) -> Sequence[str]:
        """Skill of the rules that are used, and how long bargains live."""
        return () if "signed_terms" in self.by_name else tuple(sentences(list(self.by_name.values())))


@checked
def track_record(
    kind: str = "", *, deal: str = "", rule: str = "record", as_of: date | str | None = None, seed: int = SEED
) -> TrackRecord:
    """What became of every threat, deal and truce, beside what was to be expected the day before.

    Parameters
    ----------
    kind : "threat", "deal" or "truce", all by default; "terms": what signed terms say of those who signed, solved here.
    deal : id of one threat or bargain, "X15" or "D16"; of terms, the name of a case.
    rule : whose chances stand beside each threat: "record", "even", "pooled", "who", "latest", "imposed", "postponed".
    as_of : the record as known on that day; to its end by default.
    seed : of the draws of episodes behind each interval.

    Raises
    ------
    InputError, UnknownName : another kind, rule or id; a day on which too little was known.
    """
    if kind == TERMS:
        return TrackRecord({table.name: table for table in terms_tables([deal] if deal else [])})
    day = None if as_of is None else as_date(as_of, "as_of")
    return TrackRecord({table.name: table for table in track(kind, deal=deal, rule=rule, as_of=day, seed=seed)})
