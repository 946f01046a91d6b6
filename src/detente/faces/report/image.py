"""The first page of the paper as an image: the brief, for a slide or a post."""

from __future__ import annotations

from detente.faces.report.content import Content, content
from detente.faces.report.paper import check_library, compiled
from detente.lab.result import Result

__all__ = ["check_library", "write"]

DOTS = 144.0
"""Dots an inch."""


def write(full: Content, result: Result) -> bytes:
    """The brief as PNG; an image has one page."""
    brief = full if full.brief else content(result, brief=True)
    return compiled(brief, "png", ppi=DOTS)
