"""What laws are called among the inputs of a reading, and how far they are on record."""

from __future__ import annotations

from detente.data.tables import place
from detente.law import Law


def lawbook_of(code: str) -> str:
    """What the lawbook of an importer is called among inputs."""
    return f"lawbook of {place(code)}"


def record_of(law: Law) -> str:
    """How far a law is on record, in words."""
    return f"law of {place(law.importer)} on record to {law.record.to}" if law.record is not None else ""
