"""Goods and claims of the trade that weighs duties, as options."""

from __future__ import annotations

from typing import Annotated

import typer

Scope = Annotated[str, typer.Option("--scope", help="tariff-lines (chapters 1-97) or all (with 98 and 99).")]
Claims = Annotated[
    str,
    typer.Option("--claims", help="USMCA claims: observed (of the day's month), 2025H2, 2024 or a month as 2025-03."),
]
