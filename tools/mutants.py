"""Mutants: small faults put into a copy of the package by hand, each of which a named test module must find.

    python tools/mutants.py             # all of them, one after another; minutes
    python tools/mutants.py stock unit  # those whose names hold one of the words

A mutant that lives is a hole in the tests; the exit code is 1. `tests/house/test_mutants.py` holds the list true: each
text stands once in its file, each module exists.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "detente"
LIMIT = 600
"""Seconds for one test module."""


@dataclass(frozen=True)
class Mutant:
    """A fault.

    Attributes
    ----------
    file : in the package; `old` becomes `new` in it.
    killer : test module that must fail; `chosen` : words of its tests, empty for all.
    """

    name: str
    file: str
    old: str
    new: str
    killer: str
    chosen: str = ""


CASES = "tests/cases/test_cases.py"
EDGES = "tests/oracles/test_entry_edges.py"
MUTANTS = (
    Mutant("stacking: nothing is cut", "law/schedule.py",
           "owed[met.part] &= ~cut", "owed[met.part] &= ~cut | True", CASES),
    Mutant("stacking: by what owes and by what applies", "law/schedule.py",
           "by.owed if rule.when is When.OWED else by.applies",
           "by.applies if rule.when is When.OWED else by.owed", CASES),
    Mutant("law: periods, goods and rules begin a day late", "law/schedule.py", "not part.start <= day <= part.end",
           "not part.start < day <= part.end", CASES),
    Mutant("law: periods, goods and rules end a day early", "law/schedule.py", "not part.start <= day <= part.end",
           "not part.start <= day < part.end", CASES),
    Mutant("law: a floor at the base duty", "law/space.py", "np.stack(classes, axis=1) <= limit",
           "np.stack(classes, axis=1) > limit", CASES),
    Mutant("a ruling of the data: cars and metals", "data/lawbooks/usa/stacking.yaml",
           "- id: S4-vehicles-before-metals\n  by: [class:auto]\n  of: [class:metal]",
           "- id: S4-vehicles-before-metals\n  by: [class:metal]\n  of: [class:auto]", CASES),
    Mutant("a rate of the data: whisky of Canada", "data/lawbooks/usa/section_338/canada_alcohol.yaml",
           "- {rate: 50%, from: 2026-08-22}", "- {rate: 40%, from: 2026-08-22}", CASES),
    Mutant("sign: a floor adds the base duty", "trade/exposure.py",
           "owed -= float((self.base_value[block] * painted.owed).sum())",
           "owed += float((self.base_value[block] * painted.owed).sum())", "tests/golden/test_scenarios.py"),
    Mutant("sign: buyers buy more of what is dearer", "trade/effective.py", "** (-elasticity)", "** elasticity",
           "tests/golden/test_scenarios.py"),
    Mutant("sign: a share below its default", "trade/exposure.py", "t * (default - low))",
           "t * (low - default))", "tests/golden/test_ranges.py"),
    Mutant("unit: per cent of degrees", "law/duty.py", "self.per_degree * (100.0 - degrees)",
           "self.per_degree * (1.0 - degrees)", "tests/invariants/test_duty_texts.py"),
    Mutant("unit: billions of dollars", "codes/units.py", 'Unit.USD: Printed(1e-9, 2, "$bn")',
           'Unit.USD: Printed(1e-6, 2, "$bn")', "tests/faces/test_text_tables.py"),
    Mutant("stock: use is not taken off", "chains/stocks.py", "np.subtract(stock, used, out=stock)", "pass",
           "tests/oracles/test_chains.py"),
    Mutant("stock: more is used than there is", "chains/stocks.py", "np.minimum(stock, need, out=used)",
           "np.copyto(used, need)", "tests/invariants/test_chains.py"),
    Mutant("transit: nobody gives what another gets", "chains/months.py",
           "(gives, moved.passed, passable, may)):", "(gives, moved.passed * 0.0, passable, may)):",
           "tests/invariants/test_chain_material.py"),
    Mutant("lives: a tie is not at risk", "evidence/lives.py", "risk, ends = int((lives >= end).sum())",
           "risk, ends = int((lives > end).sum())", "tests/oracles/test_track_record.py"),
    Mutant("lives: an end on the day asked for is not seen", "evidence/lives.py", "ended & (lives <= days)",
           "ended & (lives < days)", "tests/oracles/test_track_record.py"),
    Mutant("lives: the variance of Greenwood", "evidence/lives.py", "ends / (risk * (risk - ends))",
           "ends / (risk * risk)", "tests/oracles/test_track_record.py"),
    Mutant("draws: the triangle leans the other way", "draws/sample.py", "np.where(u < mode, rising, falling)",
           "np.where(u < mode, falling, rising)", "tests/oracles/test_chains.py"),
    Mutant("draws: streams that know no name", "draws/sample.py", "sha256(name.encode())", 'sha256(b"")',
           "tests/invariants/test_draws.py"),
    Mutant("draws: noise is named", "draws/bands.py", "FALSE = 0.05", "FALSE = 1.0",
           "tests/invariants/test_draws.py"),
    Mutant("chunks: what is kept is done again", "lab/work/chunks.py",
           "[chunk for chunk in chunks if not shelf.holds(chunk.number)]", "list(chunks)",
           "tests/invariants/test_chunks.py"),
    Mutant("draws: not all of the range", "draws/sample.py", "* 2.0**-53", "* 2.0**-54",
           "tests/invariants/test_draws.py"),
    Mutant("tolerance: a solve that did not arrive", "economy/solver.py", "if not size[index] <= tol:",
           "if not size[index] <= tol * 1e12:", "tests/invariants/test_folds.py"),
    Mutant("talks: the future counts more than today", "talks/payoff.py",
           "weight = np.exp(-self.rate * (np.arange(count) + 0.5) / 12.0)",
           "weight = np.exp(self.rate * (np.arange(count) + 0.5) / 12.0)", "tests/oracles/test_talks.py"),
    Mutant("evidence: near enough", "evidence/verdicts.py", "gap <= 2.0 * tolerance + HAIR",
           "gap <= 20.0 * tolerance + HAIR", "tests/invariants/test_evidence.py"),
    Mutant("evidence: the sign of an effect", "evidence/verdicts.py", "if sign * value > 0 else Verdict.DISAGREES",
           "if sign * value < 0 else Verdict.DISAGREES", "tests/invariants/test_evidence.py"),
    Mutant("escape: LaTeX keeps its commands", "codes/escaping.py", "part.translate(_LATEX)", "part",
           "tests/faces/test_escaping.py"),
    Mutant("escape: Markdown keeps HTML", "codes/escaping.py", "return _MARKDOWN.sub(_shown, text)", "return text",
           "tests/faces/test_escaping.py"),
    Mutant("escape: a cell begins a formula", "codes/escaping.py", 'FORMULA = ("=", "+", "-", "@", "\\t", "\\r")',
           'FORMULA = ("\\r",)', "tests/faces/test_escaping.py"),
    Mutant("words: nothing is meant", "codes/errors.py", "NEAR, BEHIND = 0.6,", "NEAR, BEHIND = 1.0,",
           "tests/contracts/test_refused.py"),
    Mutant("reach: nothing takes the rest", "lab/duties/tables.py",
           "taken[by] = taken.get(by, 0.0) +", "taken[by] = 0.0 *", "tests/golden/test_scenarios.py"),
    Mutant("entries: half a cent to the even one", "lab/entries/dollars.py",
           "np.floor(np.round(amounts, SLACK) + 0.5)", "np.round(np.round(amounts, SLACK))", EDGES),
    Mutant("entries: three dollars of harbor fee are collected", "lab/entries/job.py",
           'pl.col("harbor_fee") <= fees().harbor_nothing', 'pl.col("harbor_fee") < fees().harbor_nothing',
           EDGES),
    Mutant("entries: a dollar a unit is dear",
           "lab/entries/dollars.py", "part.amount <= DEAR", "part.amount < DEAR", EDGES),
    Mutant("entries: a fiscal year begins a day late", "lab/entries/dollars.py", 'day, side="right") - 1',
           'day, side="left") - 1', EDGES),
    Mutant("entries: the last day of the fees is beyond them", "lab/entries/frames.py",
           "day > fees().known_to.toordinal()", "day >= fees().known_to.toordinal()", EDGES),
    Mutant("entries: an informal entry at its limit is none", "lab/entries/job.py",
           'grouped["value"] <= most', 'grouped["value"] < most', EDGES),
    Mutant("entries: a parcel at its limit is none",
           "data/fees.py", "value > self.most", "value >= self.most", EDGES),
    Mutant("entries: the last day of a type is none", "data/fees.py", "not self.start <= on <= last",
           "not self.start <= on < last", EDGES),
    Mutant("entries: the first day of a type is none", "data/fees.py", "not self.start <= on <= last",
           "not self.start < on <= last", EDGES),
    Mutant("entries: the law of the day before", "lab/entries/calendar.py", 'ordinals, side="right")',
           'ordinals, side="left")', EDGES),
    Mutant("entries: the first day of the law is outside", "lab/entries/rows.py", "if not EARLIEST <= day <= LATEST",
           "if not EARLIEST < day <= LATEST", EDGES),
    Mutant("entries: the last day of the law is outside", "lab/entries/rows.py", "if not EARLIEST <= day <= LATEST",
           "if not EARLIEST <= day < LATEST", EDGES),
    Mutant("entries: the largest value is none",
           "lab/entries/rows.py", "(value <= LARGEST)", "(value < LARGEST)", EDGES),
    Mutant("entries: metals that are the whole are more", "lab/entries/rows.py", "> 1.0 + 1e-9", ">= 1.0", EDGES),
    Mutant("entries: a zone's day may be no day of entry",
           "lab/entries/rows.py", "loaded) > day)", "loaded) >= day)", EDGES),
    Mutant("entries: American content counts from above its limit", "law/measure.py",
           "major = share >= least", "major = share > least", EDGES),
    Mutant("codes: the schedule begins a day late", "lab/statute/lookup.py", "on.isoformat() < min(",
           "on.isoformat() <= min(", EDGES),
    Mutant("codes: an edition ends a year late", "data/importer_lines.py", "str(on.year) < edition",
           "str(on.year) <= edition", EDGES),
    Mutant("deal: the world keeps its old tariffs", "lab/deal/economy.py",
           "economy, {code: mean_rates(plane, economy, duties[code]) for code, plane in planes.items()}",
           "economy, {}",
           "tests/invariants/test_web_deal.py", "named_deal_is_the_run"),
)  # fmt: skip


def mutated(mutant: Mutant, folder: Path) -> Path:
    """A copy of the package with the fault in it; files that stay are linked, not copied."""
    copy = folder / "detente"
    shutil.copytree(PACKAGE, copy, copy_function=os.link, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / mutant.file
    text = file.read_text(encoding="utf-8")
    file.unlink()
    file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return folder


def lives(mutant: Mutant) -> bool:
    """Whether the tests that should find the fault pass with it."""
    with tempfile.TemporaryDirectory(dir=ROOT / "src") as name:
        environment = {**os.environ, "PYTHONPATH": str(mutated(mutant, Path(name))), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", mutant.killer]
        command += ["-k", mutant.chosen] if mutant.chosen else []
        try:
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def main() -> None:
    wanted = [m for m in MUTANTS if not sys.argv[1:] or any(word in m.name for word in sys.argv[1:])]
    living = []
    for mutant in wanted:
        found = lives(mutant)
        print(f"{'LIVES ' if found else 'killed'}  {mutant.name}  ({mutant.killer})", flush=True)
        living += [mutant.name] if found else []
    print(f"{len(wanted) - len(living)} of {len(wanted)} killed")
    sys.exit(1 if living else 0)


if __name__ == "__main__":
    main()
