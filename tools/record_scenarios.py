"""Record what the shipped scenarios give, for review before it is committed as their expected results."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from detente.lab.duties.among import duty_on_first
from detente.lab.run import run
from detente.lab.scenario import shipped

OUT = Path(__file__).resolve().parents[1] / "src" / "detente" / "data" / "scenarios" / "expected" / "results.yaml"
TODAY = date(2026, 11, 25)
HEAD = """\
# What each shipped scenario gives on its day: average duty of the first side before and after at fixed weights, after
# at post-shock weights, and that of the second side on goods of the first; of China on US goods with exclusions.
# Written by tools/record_scenarios.py; a change here is a change of law, data or method, for the changelog.
"""


def main() -> None:
    """Run every scenario without draws and write its averages."""
    lines = [HEAD]
    for name in shipped():
        result = run(name, today=TODAY, draws=0)
        rows = list(result.table("headline").rows())
        other = result.scenario.sides[1]
        named = "china" if other == "CHN" else other.lower()
        lines.append(f"{name}:\n  on: {result.scenario.on}\n  variants:\n")
        for row in (r for r in rows if r["definition"] == "fixed weights"):
            variant = row["variant"]
            post = next(r["after"] for r in rows if r["variant"] == variant and r["definition"] != "fixed weights")
            theirs = duty_on_first(result.tables, other, variant)
            assert theirs is not None
            values = {"before": row["before"], "after": row["after"], "post_shock": post, named: theirs["after"]}
            shown = ", ".join(f"{key}: {value * 100:.4f}%" for key, value in values.items())
            lines.append(f"    {variant}: {{{shown}}}\n")
    OUT.write_text("".join(lines), encoding="utf-8")
    print(OUT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
