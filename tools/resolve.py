"""See that every extra can be resolved on every Python: python tools/resolve.py

Each extra alone and all of them together, with the newest and with the lowest version of each bound; for the newest, a
wheel must be there for every package, so that nobody needs a compiler. No interpreter of that version is needed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from pins import ROOT, minors
from try_wheel import VERSIONS, resolver

WHOLE = "all of them"


def extras() -> list[str]:
    """Extras of the project, and all of them together."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return ["", *project["optional-dependencies"], WHOLE]


def fault(uv: Path, room: Path, minor: int, extra: str, versions: str) -> str:
    """Why an extra cannot be resolved on a Python; "" where it can."""
    given = ["--all-extras"] if extra == WHOLE else ["--extra", extra] if extra else []
    wheels = ["--only-binary", ":all:"] if versions == "newest" else []
    command = [
        uv, "pip", "compile", "--quiet", "--no-header", *given, *wheels, "--resolution", VERSIONS[versions],
        "--python-version", f"3.{minor}", "--python", sys.executable, "--output-file", room / "out.txt",
        ROOT / "pyproject.toml",
    ]  # fmt: skip
    (room / "out.txt").unlink(missing_ok=True)
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def main() -> None:
    """Resolve all, and say what cannot be."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--extra", action="append", help="one of them; repeatable, all by default")
    wanted = asked.parse_args().extra or extras()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        uv = resolver(room)
        for minor in minors():
            for versions in VERSIONS:
                faults = {extra: fault(uv, room, minor, extra, versions) for extra in wanted}
                bad = {extra: words for extra, words in faults.items() if words}
                print(f"Python 3.{minor}, {versions}: {len(faults) - len(bad)} of {len(faults)}", flush=True)
                for extra, words in bad.items():
                    print(f"  {extra or 'no extra'}: {words[-600:]}")
                wrong += len(bad)
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
