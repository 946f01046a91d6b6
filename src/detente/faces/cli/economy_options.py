"""Content as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def show(content: dict[str, Any], out: Path | None) -> None:
    """Print content as JSON, or write it to a file."""
    from detente.faces.formats import deliver, to_json

    deliver(to_json(content), out, announce=False)
