"""Score: forecasts made with the data of one month beside what came, as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.codes.kinds import checked
from detente.faces.python.answer import NamedTables
from detente.lab.score.misses import first_words
from detente.lab.score.score import score as _score
from detente.lab.score.tables import SEED


@dataclass(frozen=True, repr=False)
class Score(NamedTables):
    """Forecasts scored, by name as tables: `score["scores"]`."""

    @property
    def sentences(self) -> Sequence[str]:
        """The largest miss of every kind by name."""
        return first_words(self.by_name["score_misses"]) if "score_misses" in self.by_name else ()


@checked
def score(made: str = "", through: str = "", *, as_: str = "law", estimated: str = "", seed: int = SEED) -> Score:
    """Forecasts of duty, imports and prices made with the data of one month, beside what came.

    Parameters
    ----------
    made : month, by default the one before the duties of April 2025; "every" for forecasts made in each on record.
    through : last month; by default a year ahead as far as anything is on record.
    as_ : "law", or "collected" for the law taken through delay and shares not collected.
    estimated : last month of the estimates to show; seed : of the draws of months behind each interval.

    Raises
    ------
    InputError, UnknownName : months without record, a span beyond a year, another kind of forecast.
    """
    tables = _score(made, through, as_=as_, estimated=estimated, seed=seed)
    return Score({table.name: table for table in tables})
