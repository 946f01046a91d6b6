"""Media: content as bytes of JSON, and the formats of files with their types."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from detente.faces.formats import clean

MEDIA = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8", "json": "application/json",
    "py": "text/x-python; charset=utf-8", "sh": "application/x-sh; charset=utf-8", "tex": "application/x-tex",
    "yaml": "application/yaml; charset=utf-8", "md": "text/markdown; charset=utf-8", "atom": "application/atom+xml",
    "parquet": "application/vnd.apache.parquet", "dta": "application/x-stata-dta", "rss": "application/rss+xml",
    "sdmx.csv": "text/csv; charset=utf-8", "png": "image/png", "svg": "image/svg+xml", "ics": "text/calendar",
    "jsonl": "application/x-ndjson",
}  # fmt: skip
"""Kinds of content by the ending of a file."""


def as_file(body: bytes | str, name: str, form: str, tag: str = "", *, inline: bool = False, **more: str) -> Response:
    """Content as a file to keep, or to be shown at once.

    Parameters
    ----------
    name : without its ending, `form`. tag : its entity tag, "" for none. more : further headers.
    """
    headers = {"content-disposition": f'{"inline" if inline else "attachment"}; filename="{name}.{form}"'}
    headers |= ({"etag": tag} if tag else {}) | more
    return Response(body, headers=headers, media_type=MEDIA.get(form, "text/plain; charset=utf-8"))


def to_bytes(content: Any, exact: bool = False) -> bytes:
    """Content as JSON: numbers without noise, or exact as what is kept has them; what is not known as null."""
    text = json.dumps(
        _plain(content if exact else clean(content)), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    # Half a pair of UTF-16 may stand in what a stranger sent and is shown again.
    return text.encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """What is no number, or infinite, as null, days as texts."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
