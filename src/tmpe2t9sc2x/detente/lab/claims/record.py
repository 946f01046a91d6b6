"""What laws are called among the inputs of a reading, and how far they are on record."""

from __future__ import annotations

from detente.codes import declared_note
from detente.data.tables import place
from detente.law import Law


def lawbook_of(code: str) -> str:
    """What the lawbook of an importer is called among inputs."""
    return declared_note("claims.lawbook", country=place(code))


def record_of(law: Law) -> str:
    """How far a law is on record, in words."""
    if law.record is None:
        return ""
    return declared_note("claims.law_to", country=place(law.importer), day=law.record.to)
