"""What earlier versions had: options, commands and endings of reports, each with why it went and what to do instead."""

from __future__ import annotations

GONE = {
    "--lang": ("is gone, as the program speaks English alone since this version", "leave it out"),
    ".docx": ("Word reports are gone", "write .html or .pdf"),
    ".tex": ("reports in LaTeX are gone", "write tables with --format latex, or the report as .md or .pdf"),
    ".png": ("reports as an image are gone", "write .pdf; detente replicate writes each chart as .png"),
}
"""By the name that was typed: an option with its dashes, a command by its words, a report by its ending."""
