"""Write docs/law_gaps.md: the gaps between the lawbook and the newest schedule in the package, with the reason of each.

With --check, only say whether the page is current (exit code 1 where it is not).
"""

from __future__ import annotations

import argparse
import sys
from datetime import date

from _shared import ROOT
from detente.data.importers import importer
from detente.lab.statute.audit import Audit, audit_file, known_gaps

PAGE = ROOT / "docs" / "law_gaps.md"
TITLES = {
    "headings": "Headings of chapter 99 without a measure",
    "measures": "Measures whose heading the schedule lacks",
    "rates": "Measures with a rate that their headings do not state",
    "lines": "Lines that differ",
    "footnotes": "Footnotes that say more than the list they name",
}


def report() -> Audit:
    """The audit of the embedded revision."""
    return audit_file("USA", importer("USA").law, None, None, today=date.max)


def page(audited: Audit) -> str:
    """The page, in Markdown."""
    name, day = audited.revision, audited.on
    parts = [
        "# Gaps of the US lawbook\n",
        f"`detente law check --of USA` holds the schedule ({name}, law of {day}) against the lawbook. What follows is",
        "all that it finds, each with its reason; nothing is left unnamed. The page is written from `audit.yaml` of",
        "the lawbook by `tools/write_law_gaps.py`.\n",
    ]
    for check in audited.checks:
        gaps = [(gap, count) for gap, count in known_gaps(audited.findings) if gap.check == check]
        if gaps:
            parts += [f"## {TITLES[check]}\n", f"| {check} | how many | why |", "| --- | --- | --- |"]
            parts += [f"| {gap.written} | {count:,} | {gap.why} |" for gap, count in gaps]
            parts.append("")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    text = page(report())
    if parser.parse_args().check:
        sys.exit(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
