"""Build modelled.yaml: what the model says of every shipped case between the United States and one other, as known.

The configuration is that of `detente.lab.talks.primary`; no case of what happened is read. It takes some minutes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.draws import draw
from detente.evidence.chances import ModelForecast
from detente.lab.talks.case import Case
from detente.lab.talks.draws import ELASTICITIES, inputs_of
from detente.lab.talks.materials import controls_of
from detente.lab.talks.outlook import AMERICA
from detente.lab.talks.primary import Primary
from detente.talks.fit import SEED

DRAWS = 20

#: Inputs that are not drawn: a world or a supply chain would have to be solved again for each.
OF_THE_WORLD = (ELASTICITIES, "elasticity_scale", "third_countries", "stock_months")

VERSION = "model-1, fixed on 28 November 2026"
HEAD = """\
# What the model said of shipped cases, each as known on its day: general US rate under the Nash package and over
# draws of what the case assumes, three numbers of the threat with a deadline, what the partner gives.
# Rates are shares.
# Made by tools/build_modelled.py.
"""


def forecast_of(case: str, draws: int) -> ModelForecast:
    """What the model says of a case, its rate over some draws of what the case assumes beside trade."""
    primary = Primary.of(case)
    sample = [_or_today(each) for each in _drawn(case, primary.talk.case, draws)] or [_or_today(primary)]
    partner = next(code for code in primary.talk.parties if code != AMERICA)
    room, asymmetry, credibility = primary.numbers()
    return ModelForecast(
        case, primary.file.on.isoformat(), partner, "" if primary.threat is None else primary.threat.id, primary.p,
        primary.before, primary.agreed, tuple(sample), room, asymmetry, credibility, primary.terms(),
    )  # fmt: skip


def _or_today(primary: Primary) -> float:
    return primary.before if primary.package is None else primary.agreed


def _drawn(case: str, opened: Case, draws: int) -> Iterator[Primary]:
    """The case under draws of its own inputs; the world and its supply chain stay as they are."""
    chained = {row.parameter for row in controls_of(opened)} if opened.materials else set[str]()
    own = tuple(each for each in inputs_of(opened.file) if each.name not in {*OF_THE_WORLD, *chained})
    for i in range(draws if own else 0):
        yield Primary.of(case, **{name: float(value) for name, value in draw(own, SEED, i).items()})


def main() -> None:
    """Write the file into the package, or to the path that is given."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "src/detente/data/modelled.yaml"
    rows = [forecast_of(name, DRAWS) for name in cases()]
    rows.sort(key=lambda row: (row.day, row.case))
    out.write_text("\n".join([HEAD + f'version: "{VERSION}"', "forecasts:", *map(line, rows), ""]), encoding="utf-8")


def cases() -> list[str]:
    """Cases between the United States and one other that have an outcome on record."""
    return [name for name in case_names() if HAPPENED in variant_names(name) and len(load_case(name).parties) == 2]


def line(row: ModelForecast) -> str:
    """A row of the file."""
    terms = ", ".join(f"{name}: {'null' if given is None else str(given).lower()}" for name, given in row.terms.items())
    numbers = {"p": row.p, "before": row.before, "rate": row.rate, "room": row.room, "asymmetry": row.asymmetry,
               "credibility": row.credibility}  # fmt: skip
    first = f'case: {row.case}, day: "{row.day}", partner: {row.partner}, threat: "{row.threat}"'
    second = ", ".join(f"{name}: {number(value)}" for name, value in numbers.items())
    return f"  - {{{first},\n     {second},\n     sample: [{', '.join(map(number, row.sample))}], terms: {{{terms}}}}}"


def number(value: float) -> str:
    """A number to six digits, null where there is none."""
    return "null" if math.isnan(value) else f"{value + 0.0:.6g}"


if __name__ == "__main__":
    main()
