"""Check a release, and cut it: version, citation, changelog and the text of its tag.

python tools/release.py                 # what stands in the way of a release, if anything
python tools/release.py cut 0.2.0       # writes version, citation and changelog with the day it is cut; shows the tag
python tools/release.py renew           # writes again what names the version: stable names, README, ledger, notebooks
python tools/release.py tag             # the text of the tag of the version as it is

Nothing is committed, tagged or sent: the commands that do it are shown. `--on DAY` takes another day than today.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION, CITATION, CHANGES = "src/detente/version.py", "CITATION.cff", "CHANGELOG.md"
NUMBER = re.compile(r'^VERSION = "([^"]+)"', re.MULTILINE)
CITED = re.compile(r"^version: (\S+)$", re.MULTILINE)
RELEASED = re.compile(r"^date-released: (\S+)\n", re.MULTILINE)
OPEN = "## [Unreleased]\n"
HEAD = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
SEMANTIC = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(?:a|b|rc)\d+)?")


def text_of(name: str) -> str:
    """Text of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def first(pattern: re.Pattern[str], text: str) -> str:
    """What a pattern catches first, "" where it does not match."""
    match = pattern.search(text)
    return match[1] if match else ""


def section(changes: str, name: str) -> str:
    """Entries of a version in the changelog, without its head; "" where there are none."""
    heads = list(HEAD.finditer(changes))
    ends = [head.start() for head in heads[1:]] + [len(changes)]
    parts = {head[1]: changes[head.end() : end].strip("\n") for head, end in zip(heads, ends, strict=True)}
    return parts.get(name, "")


def counts(entries: str) -> dict[str, int]:
    """Entries by kind: Added, Changed, Fixed and others."""
    parts = re.split(r"^### (\w+)$", entries, flags=re.MULTILINE)
    return {
        kind: len(re.findall(r"^- ", body, re.MULTILINE)) for kind, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def disagreements(version: str, citation: str, changes: str) -> list[str]:
    """Where version, citation and changelog say different things."""
    number, cited = first(NUMBER, version), first(CITED, citation)
    days = [(head[1], head[2]) for head in HEAD.finditer(changes)]
    released = first(RELEASED, citation)
    of_version = dict(days).get(number)
    undated = [name for name, day in days if name != "Unreleased" and not day]
    return [
        *([f"{CITATION} has version {cited}, {VERSION} has {number}"] if cited != number else []),
        *([f"{CHANGES} does not begin with '{OPEN.strip()}'"] if not days or days[0][0] != "Unreleased" else []),
        *(f"{CHANGES}: version {name} has no day" for name in undated),
        *([f"{CITATION} is of {released}, {CHANGES} of {of_version}"] if of_version and of_version != released else []),
    ]


def hindrances(number: str) -> list[str]:
    """What stands in the way of a release of that number."""
    changes = text_of(CHANGES)
    old = SEMANTIC.fullmatch(first(NUMBER, text_of(VERSION)))
    new = SEMANTIC.fullmatch(number)
    later = old is not None and new is not None and tuple(map(int, new.groups())) > tuple(map(int, old.groups()))
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [
        *disagreements(text_of(VERSION), text_of(CITATION), changes),
        *([f"'{number}' is no version after {old[0] if old else '?'}"] if not later else []),
        *([f"{CHANGES} has {number} already"] if section(changes, number) else []),
        *([f"nothing stands under '{OPEN.strip()}'"] if not counts(section(changes, "Unreleased")) else []),
        *(["files are changed that are not committed"] if changed.stdout.strip() else []),
    ]


def dated(changes: str, number: str, day: date) -> str:
    """The changelog with its open entries under a version."""
    return changes.replace(OPEN, f"{OPEN}\n## [{number}] - {day}\n", 1)


def cited(citation: str, number: str, day: date) -> str:
    """The citation with version and day."""
    plain = RELEASED.sub("", citation)
    return CITED.sub(f"version: {number}\ndate-released: {day}", plain, count=1)


def cut(number: str, day: date) -> None:
    """Write version, citation and changelog."""
    new = {
        VERSION: NUMBER.sub(f'VERSION = "{number}"', text_of(VERSION), count=1),
        CITATION: cited(text_of(CITATION), number, day),
        CHANGES: dated(text_of(CHANGES), number, day),
    }
    for name, text in new.items():
        (ROOT / name).write_text(text, encoding="utf-8")


def tag_text(number: str) -> str:
    """What the tag of a version says: how much changed, and which data it has."""
    sys.path.insert(0, str(ROOT / "src"))
    from detente.data.library import vintage

    changes = text_of(CHANGES)
    day = next((head[2] for head in HEAD.finditer(changes) if head[1] == number), None) or "unreleased"
    kinds = ", ".join(f"{count} {kind.lower()}" for kind, count in counts(section(changes, number)).items())
    data = vintage()
    return (
        f"Détente {number}\n\nReleased {day}: {kinds or 'see below'}; every entry stands in {CHANGES}.\n"
        f"Data {data.key}, {data.tables} tables. Law of the United States read to {data.read_to}.\n"
    )


RENEWED = ("stable_api.py", "readme.py", "build_ledger.py", "notebooks.py")
"""Tools that write what names the version or a key that rests on it, in this order."""

AFTER = """\
python tools/release.py renew
make test
python tools/try_wheel.py --pipx
git commit -am 'release: {number}'
python tools/release.py tag | git tag -a v{number} -F -
"""


def renew() -> None:
    """Write again all that names the version or a key that rests on it; it takes minutes."""
    places = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    for name in RENEWED:
        print(f"tools/{name}", flush=True)
        subprocess.run(
            [sys.executable, ROOT / "tools" / name], cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": places}
        )
    changed = subprocess.run(["git", "status", "--short"], cwd=ROOT, check=True, capture_output=True, text=True)
    print(changed.stdout, end="")


def main() -> None:
    """Check, cut, renew, or show the tag."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", nargs="?", choices=("check", "cut", "renew", "tag"), default="check")
    asked.add_argument("number", nargs="?", default="")
    asked.add_argument("--on", type=date.fromisoformat, default=date.today())
    given = asked.parse_args()
    current = first(NUMBER, text_of(VERSION))
    if given.what == "renew":
        return renew()
    if given.what == "tag":
        print(tag_text(given.number or current), end="")
        return None
    if given.what == "cut" and not given.number:
        asked.error("cut needs a number, as 0.2.0")
    number = given.number or f"{'.'.join([current.split('.')[0], str(int(current.split('.')[1]) + 1)])}.0"
    wrong = hindrances(number)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        raise SystemExit(1)
    if given.what == "check":
        print(f"{number} can be cut: python tools/release.py cut {number}")
        return None
    cut(number, given.on)
    print(f"{tag_text(number)}\nStill to do:\n{AFTER.format(number=number)}", end="")
    return None


if __name__ == "__main__":
    main()
