"""What is not run each time: modules of a quick look, and cases of families, as they are drawn by the commit."""

import csv
import re
import subprocess
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECONDS = HERE / "seconds.csv"
"""Processor seconds of each module, as a whole run writes them: `make pytest PYTEST_ARGS="--seconds FILE"`."""

UNKNOWN, LONGEST = 3.0, 10.0
"""Seconds of a module that is not on the list, and of one that is drawn at most."""

COSTLY = re.compile(r"\((?:[^()]*, )?(?:geneva|ran|everything|drawable|chrome|engine|opened_case)[,)]")
"""What runs whole scenarios or opens a browser for all tests: a module that asks for it is in no quick look."""

SHOWN = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

MUCH = 80
"""Files that a commit changes at most for what it changed to be run in full: one that brings many together was run in
its parts."""

THINNED = "cases/test_cases.py"
"""Cases of law: always in, one in six."""


def git(*words: str, cwd: Path = HERE) -> str:
    """What git says; nothing outside a clone."""
    try:
        return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=False).stdout.strip()
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
def changed() -> frozenset[str]:
    """Files that the last commit changed, or nobody has committed yet."""
    return frozenset(git("diff", "--name-only", "--relative", "HEAD~1", cwd=HERE.parent).splitlines())


@lru_cache(maxsize=1)
def chosen(most: float) -> frozenset[str]:
    """Modules of a sample: those that the last commit changed, then others as they are drawn.

    Parameters
    ----------
    most : seconds that they may take together.
    """
    seconds = known()
    quick = [path for path in HERE.rglob("test_*.py") if not COSTLY.search(path.read_text(encoding="utf-8"))]
    every = [path.relative_to(HERE).as_posix() for path in quick]
    ordered = sorted(every, key=lambda name: (f"tests/{name}" not in changed(), draw(name)))
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


def has_changed(path: Path) -> bool:
    """Whether the last commit changed a file, or something in a folder; of a page of text, what it shows and runs.

    A commit of much is sampled like any other.
    """
    if len(changed()) > MUCH or not path.is_relative_to(HERE.parent):
        return False
    name = path.relative_to(HERE.parent).as_posix()
    if path.suffix == ".md" and name in changed():
        texts = git("show", f"HEAD~1:./{name}", cwd=HERE.parent), path.read_text(encoding="utf-8")
        return SHOWN.findall(texts[0]) != SHOWN.findall(texts[1])
    return any(one == name or one.startswith(f"{name}/") for one in changed())


def left_out(items: list[Any]) -> set[Any]:
    """Cases of tests marked `sampled` that are not looked at: of each test one in so many is, as they are drawn; a
    test of one case is by one commit in so many. Of each module some case is looked at each time.

    All cases of a module that changed are in, and cases of a file that did. The mark may say `also`, a file or folder
    that a test is about: once that changed, all cases are in. With `together`, all cases of a module are drawn as one,
    or all that name the same costly fixture there. Families whose cases have the same names draw the same ones, so that
    what is made for a case serves all of them.
    """
    cases: dict[tuple[Any, ...], list[Any]] = {}
    out: set[Any] = set()
    for item in items:
        mark = item.get_closest_marker("sampled")
        if mark is None or has_changed(item.path) or has_changed(HERE.parent / mark.kwargs.get("also", "no file")):
            continue
        if together := mark.kwargs.get("together"):
            if draw(f"{item.path.relative_to(HERE).as_posix()}{together}") % mark.args[0]:
                out.add(item)
        else:
            cases.setdefault((item.path, item.originalname, mark.args[0]), []).append(item)
    for (*_, of), several in cases.items():
        if len(several) == 1:
            out |= {case for case in several if draw(case.nodeid) % of}
            continue
        several.sort(key=lambda item: draw(item.callspec.id))
        out |= {case for case in several[-(-len(several) // of) :] if not any(map(has_changed, files_of(case)))}
    looked_at = {item.path for item in items if item not in out}
    unseen = sorted((item for item in out if item.path not in looked_at), key=lambda item: draw(item.nodeid))
    return out - set({item.path: item for item in unseen}.values())


def files_of(case: Any) -> list[Path]:
    """Files that a case is about."""
    given = getattr(case, "callspec", None)
    return [value for value in given.params.values() if isinstance(value, Path)] if given else []


def write(seconds: dict[str, float], path: Path) -> None:
    """Write the seconds of each module, the longest first."""
    rows = sorted(seconds.items(), key=lambda item: (-round(item[1], 1), item[0]))
    path.write_text("module,seconds\n" + "".join(f"{name},{own:.1f}\n" for name, own in rows), encoding="utf-8")
