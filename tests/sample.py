"""A sample of the suite for those who look in: modules drawn by the commit, until their seconds are spent."""

import csv
import subprocess
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
SECONDS = HERE / "seconds.csv"
"""Seconds of each module, which a whole run writes: `make pytest PYTEST_ARGS="--seconds tests/seconds.csv"`."""

UNKNOWN, LONGEST = 3.0, 10.0
"""Seconds of a module that is not on the list, and of one that is drawn at most."""

THINNED = "cases/test_cases.py"
"""Cases of law: always in, one in six."""


def git(*words: str) -> str:
    """What git says; nothing outside a clone."""
    try:
        return subprocess.run(["git", *words], cwd=HERE, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


@lru_cache(maxsize=1)
def commit() -> str:
    """What the sample is drawn by: the same commit draws the same, so that a failure stays while it is mended."""
    return git("rev-parse", "HEAD")[:8] or "no clone"


def draw(name: str) -> int:
    """A number drawn for a name by the commit."""
    return int(sha256(f"{commit()}:{name}".encode()).hexdigest()[:8], 16)


def known() -> dict[str, float]:
    """Seconds by module."""
    if not SECONDS.exists():
        return {}
    return {row["module"]: float(row["seconds"]) for row in csv.DictReader(SECONDS.open(encoding="utf-8"))}


@lru_cache(maxsize=1)
def chosen(most: float) -> frozenset[str]:
    """Modules of a sample: those that the last commit changed, then others as they are drawn.

    Parameters
    ----------
    most : seconds that they may take together.
    """
    seconds, changed = known(), git("diff", "--name-only", "HEAD~1", "--", "tests").splitlines()
    every = [path.relative_to(HERE).as_posix() for path in HERE.rglob("test_*.py")]
    ordered = sorted(every, key=lambda name: (f"tests/{name}" not in changed, draw(name)))
    taken, left = {THINNED}, most
    for name in ordered:
        cost = seconds.get(name, UNKNOWN)
        if name not in taken and cost <= min(left, LONGEST):
            taken.add(name)
            left -= cost
    return frozenset(taken)


def is_in(path: Path, most: float) -> bool:
    """Whether a module is in the sample."""
    return path.relative_to(HERE).as_posix() in chosen(most)


def part(paths: list[Path], every: bool, of: int = 4) -> list[Path]:
    """Files that are looked at: those that the last commit changed, and one of so many as they are drawn; or all."""
    changed = set(git("diff", "--name-only", "HEAD~1").splitlines())
    names = {path: path.relative_to(HERE.parent).as_posix() for path in paths}
    return [path for path, name in names.items() if every or name in changed or draw(name) % of == 0]


def write(seconds: dict[str, float], path: Path) -> None:
    """Write the seconds of each module, the longest first."""
    rows = sorted(seconds.items(), key=lambda item: (-round(item[1], 1), item[0]))
    path.write_text("module,seconds\n" + "".join(f"{name},{own:.1f}\n" for name, own in rows), encoding="utf-8")
