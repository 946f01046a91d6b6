"""Install the wheel as a stranger would, and take the README's tour without the repository.

python tools/try_wheel.py                                # this Python, newest versions that the bounds allow
python tools/try_wheel.py --python 3.11 --python 3.12    # others, where they are installed
python tools/try_wheel.py --versions lowest              # the lowest version of each bound
python tools/try_wheel.py --pipx                         # `pipx run` besides

Wheel and sdist are built first, and what they hold is checked. Each environment is fresh and lies in a folder that is
removed; the tour runs in an empty folder, with nothing of this machine's settings.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from readme import BLOCK, PAGE, ROOT, WIDTH

LARGEST = 25_000_000
"""Bytes that a wheel may have."""

EXTRAS = "web,documents"
"""What the README installs besides the package."""

VERSIONS = {"newest": "highest", "lowest": "lowest-direct"}
"""Versions -> how they are resolved. The bounds are direct ones of the project alone, not of a wheel that is named."""

SHOWN = ("numpy==", "polars==", "pydantic==", "scipy==", "typer==")
SENTENCE = "import detente as dt; print(dt.rate('8507.60.00.10', 'China', '2025-04-15'))"
WHERE = "import detente, sys; sys.exit('site-packages' not in detente.__file__)"


@dataclass(frozen=True)
class Built:
    """A wheel and an sdist."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Step:
    """A command of the tour, and the first lines that it must print; all of them where `whole`."""

    line: str
    rows: tuple[str, ...]
    whole: bool


def tour(page: str) -> list[Step]:
    """Commands of the README that show what they print."""
    steps = []
    for block in BLOCK.finditer(page):
        rows = tuple(block[0].split("```console\n", 1)[1].splitlines()[1:-1])
        whole = not rows or rows[-1] != "..."
        steps.append(Step(block[3], rows if whole else rows[:-1], whole))
    return steps


def differing(step: Step, printed: str) -> str:
    """Where a command prints otherwise than the README says; "" where it does not."""
    rows = [row.rstrip() for row in printed.strip("\n").splitlines()]
    for number, (wanted, row) in enumerate(zip(step.rows, rows, strict=False), 1):
        if wanted != row:
            return f"line {number} is '{row}', not '{wanted}'"
    if len(rows) < len(step.rows) or (step.whole and len(rows) != len(step.rows)):
        return f"{len(rows)} lines, not {len(step.rows)}"
    return ""


def built(uv: Path, room: Path) -> Built:
    """Wheel and sdist of the repository."""
    subprocess.run([uv, "build", "--quiet", "--out-dir", room / "dist", ROOT], check=True)
    (wheel,), (sdist,) = ((room / "dist").glob(f"*.{end}") for end in ("whl", "tar.gz"))
    return Built(wheel, sdist)


def faults(made: Built) -> list[str]:
    """What is wrong with a wheel or an sdist."""
    with zipfile.ZipFile(made.wheel) as wheel:
        inside = [name for name in wheel.namelist() if not name.endswith("/")]
    with tarfile.open(made.sdist) as sdist:
        source = {name.split("/", 1)[-1] for name in sdist.getnames()}
    package = [name for name in inside if name.startswith("detente/")]
    stray = [name for name in inside if name.endswith(".pyc") or name.split("/")[0].split("-")[0] != "detente"]
    tracked = subprocess.run(["git", "ls-files", "src/detente"], cwd=ROOT, check=True, capture_output=True, text=True)
    lacking = {name.removeprefix("src/") for name in tracked.stdout.splitlines()} - set(package)
    size = made.wheel.stat().st_size
    return [
        *([f"the wheel has {size:,} bytes, more than {LARGEST:,}"] if size > LARGEST else []),
        *(f"{name} does not belong into the wheel" for name in stray),
        *(f"{name} is not in the wheel" for name in sorted(lacking)),
        *(f"{name} is not in the sdist" for name in package if f"src/{name}" not in source),
    ]


def ran(command: list[str | Path], folder: Path, home: Path) -> tuple[int, str]:
    """Exit code and output of a command in a clean environment."""
    settings = {
        "PATH": os.environ["PATH"], "HOME": str(home), "COLUMNS": WIDTH, "NO_COLOR": "1", "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    done = subprocess.run(command, cwd=folder, env=settings, text=True, capture_output=True)
    return done.returncode, done.stdout if not done.returncode else done.stderr


def toured(programs: Path, room: Path) -> list[str]:
    """What went wrong on the tour with the programs of an environment."""
    wrong = []
    with tempfile.TemporaryDirectory(dir=room) as folder:
        here = Path(folder)
        for step in tour(PAGE.read_text(encoding="utf-8")):
            code, text = ran([programs / "detente", *shlex.split(step.line)[1:]], here, here)
            fault = text.strip() if code else differing(step, text)
            if fault:
                wrong.append(f"{step.line}: {fault}")
        for line in (WHERE, SENTENCE):
            code, text = ran([programs / "python", "-c", line], here, here)
            wrong += [f"python: {text.strip()[-300:]}"] if code else []
    return wrong


def tried(uv: Path, room: Path, artifact: Path, python: str, versions: str, extras: str) -> list[str]:
    """Install an artifact on a Python, and take the tour; what went wrong."""
    home = room / f"venv-{python}-{versions}{artifact.suffix}"
    made = subprocess.run([uv, "venv", "--quiet", "--python", python, home], capture_output=True, text=True)
    if made.returncode:
        return [f"Python {python} is not here"]
    wanted = f"{artifact}[{extras}]" if extras else str(artifact)
    pins = home / "pins.txt"
    chosen = [part for extra in extras.split(",") if extra for part in ("--extra", extra)]
    commands = (
        ["compile", *chosen, "--resolution", VERSIONS[versions], "--output-file", pins, ROOT / "pyproject.toml"],
        ["install", "-r", pins, wanted],
    )
    for verb, *rest in commands:
        command = [uv, "pip", verb, "--quiet", "--python", home / "bin" / "python", *rest]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return [done.stderr.strip()[-600:]]
    print(f"  {python}: {', '.join(row for row in pins.read_text().splitlines() if row.startswith(SHOWN))}", flush=True)
    return toured(home / "bin", room)


def by_pipx(uv: Path, room: Path, wheel: Path) -> list[str]:
    """`pipx run` of the wheel."""
    home = room / "pipx"
    subprocess.run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, home], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", home / "bin" / "python", "pipx"], check=True)
    code, text = ran([home / "bin" / "pipx", "run", "--spec", wheel, "detente", "--version"], room, room)
    return [] if not code and text.startswith("detente ") else [text.strip()[-600:]]


def resolver(room: Path) -> Path:
    """The resolver, in an environment of its own."""
    python = room / "resolver" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", room / "resolver"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], check=True)
    return python.with_name("uv")


def main() -> None:
    """Build, install, take the tour, and say what came of it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--python", action="append", help="version or program; repeatable")
    asked.add_argument("--versions", choices=VERSIONS, default="newest")
    asked.add_argument("--extras", default=EXTRAS)
    asked.add_argument("--sdist", action="store_true", help="install the sdist, not the wheel")
    asked.add_argument("--pipx", action="store_true")
    given = asked.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        uv = resolver(room)
        made = built(uv, room)
        print(f"{made.wheel.name}: {made.wheel.stat().st_size / 1e6:.1f} MB")
        rows = [("wheel and sdist", faults(made))]
        artifact = made.sdist if given.sdist else made.wheel
        for python in given.python or [sys.executable]:
            title = f"Python {python}, {given.versions} versions"
            rows.append((title, tried(uv, room, artifact, python, given.versions, given.extras)))
        if given.pipx:
            rows.append(("pipx run", by_pipx(uv, room, made.wheel)))
        for title, faulty in rows:
            print(f"{title}: {'; '.join(faulty) or 'as it should be'}", flush=True)
            wrong += bool(faulty)
    raise SystemExit(wrong)


if __name__ == "__main__":
    main()
