"""Renew the exact versions: `python tools/pins.py constraints.txt`, or with `--keep` only what no longer fits.

Every Python that the project names is resolved by itself, with all extras, by a resolver in a fresh environment; no
interpreter of that version is needed. A package whose versions differ stands once for each, with a marker.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Exact versions of everything a development install brings in, for Python {pythons}.
# Where versions differ between them, each line says for which it is.
# Taken from a fresh resolution; to renew: make pins
"""
EXTRAS = "--all-extras --no-header --no-annotate --no-strip-extras --quiet".split()


def minors() -> list[int]:
    """Minor versions of Python that the project names, in order."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    return sorted(int(line.rsplit(".", 1)[1]) for line in lines if re.search(r":: 3\.\d+$", line))


def pinned(text: str) -> dict[str, str]:
    """Version by name of what a resolver printed; extras and markers are left out."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def lines(name: str, versions: Mapping[int, str]) -> list[str]:
    """Lines of one package: each version with the Pythons it is for, the first and the last without an end.

    What only some Pythons need is pinned for all of them: a constraint on what nobody installs does nothing.
    """
    runs = [(version, min(run)) for version, run in groupby(sorted(versions), key=versions.__getitem__)]
    found = []
    for number, (version, first) in enumerate(runs):
        after = [f'python_version >= "3.{first}"'] if number else []
        before = [f'python_version < "3.{runs[number + 1][1]}"'] if number + 1 < len(runs) else []
        found.append(f"{name}=={version}" + "".join(["; ", " and ".join([*after, *before])] if len(runs) > 1 else []))
    return found


def merged(resolved: Mapping[int, Mapping[str, str]]) -> str:
    """The whole file, from versions by name for each minor version of Python."""
    names = sorted(set().union(*resolved.values()))
    texts = [line for name in names for line in lines(name, {n: of[name] for n, of in resolved.items() if name in of})]
    pythons = [f"3.{minor}" for minor in sorted(resolved)]
    head = HEAD.format(pythons=" and ".join(filter(None, (", ".join(pythons[:-1]), pythons[-1]))))
    return head + "".join(f"{text}\n" for text in texts)


def resolved_for(minor: int, resolver: Path, room: Path, old: Path | None) -> dict[str, str]:
    """Versions by name on one Python; those of the old file stay where they can."""
    out = room / f"{minor}.txt"
    if old:
        shutil.copyfile(old, out)
    python = ["--python-version", f"3.{minor}", "--python", sys.executable]
    command = [resolver, "pip", "compile", *EXTRAS, *python, "--output-file", out, ROOT / "pyproject.toml"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return pinned(out.read_text(encoding="utf-8"))


def main() -> None:
    """Write the file that is named."""
    target, keep = Path(sys.argv[1]), "--keep" in sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        subprocess.run([sys.executable, "-m", "venv", room / "venv"], check=True)
        python = room / "venv" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], check=True)
        found = {n: resolved_for(n, python.with_name("uv"), room, target if keep else None) for n in minors()}
    target.write_text(merged(found), encoding="utf-8")


if __name__ == "__main__":
    main()
