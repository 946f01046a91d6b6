"""Days that many questions share: what a change is counted from where nobody says, and the span of the law."""

from __future__ import annotations

from datetime import date

BASE_DAY = date(2025, 1, 1)
"""Law from which a change is counted where no other day is named: the last before the acts of 2025."""

EARLIEST = date(2018, 1, 1)
"""First day the lawbooks cover; earlier law is not in the package."""

LATEST = date(2100, 1, 1)
"""Last day that may be asked about."""
