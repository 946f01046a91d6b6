"""Write the sha256 of every embedded table into catalogue.toml; with --check, only say which differ (exit code 1)."""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

from _shared import DATA, TABLES

ENTRY = re.compile(r'(^file = "(?P<file>[^"]+)"\n(?:(?!^\[).*\n)*?^sha256 = ")(?P<hash>[0-9a-f]*)(")', re.MULTILINE)


def hashed(text: str, folder: Path) -> str:
    """The catalogue with the hash of each file as it is on disk."""

    def fill(entry: re.Match[str]) -> str:
        digest = hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest()
        return f"{entry[1]}{digest}{entry[4]}"

    return ENTRY.sub(fill, text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    only_check = parser.parse_args().check
    path = DATA / "catalogue.toml"
    old = path.read_text(encoding="utf-8")
    new = hashed(old, TABLES)
    print(f"{len(ENTRY.findall(new))} tables, {'as recorded' if new == old else 'hashes differ'}")
    if only_check:
        sys.exit(new != old)
    path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
