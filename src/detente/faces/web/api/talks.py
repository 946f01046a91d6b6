"""`/api/v1/talks`: the cases of the package, and the page of any country for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from detente.faces.web.answers import reply, responses
from detente.faces.web.known import one_of
from detente.faces.web.work.questions import PENDING, Wait, answered, kept_document

if TYPE_CHECKING:
    from detente.lab.result import Result

router = APIRouter(prefix="/talks", tags=["talks"])
CaseName = Annotated[
    str,
    Path(max_length=60, description="Case.", examples=["us-korea-2025-07"], json_schema_extra=one_of("cases")),
]
Variant = Annotated[str, Query(max_length=40, description="Variant of the case.", examples=["happened"])]
Whose = Annotated[
    str,
    Query(
        max_length=60,
        description="Whose page: a party or any other country, by code or name; the first party by default.",
        examples=["KOR"],
    ),
]
EXAMPLE = {
    "case": "us-korea-2025-07", "title": "United States and South Korea, as known on 29 July 2025", "on": "2025-07-30",
    "parties": ["USA", "KOR"], "variants": ["happened"],
    "deadline": {"by": "USA", "on": "KOR", "what": "reciprocal rate by letter", "day": "2025-08-01"},
}  # fmt: skip


@router.get("", summary="Cases of the talks", responses=responses({"cases": [EXAMPLE]}, shape="TalksCases"))
def cases(request: Request) -> Response:
    """Every case of the package: its parties, its day, and the threat whose deadline stands on that day."""
    from detente.faces.web.work.advised import shipped_cases

    rows = [
        {
            "case": file.name, "title": file.title, "on": file.on.isoformat(), "parties": list(file.parties),
            "variants": list(variants), "deadline": deadline or None,
        }
        for file, variants, deadline in shipped_cases()
    ]  # fmt: skip
    return reply(request, {"cases": rows})


@router.get(
    "/{case}",
    summary="The page of a country for a case",
    responses=responses({"case": "us-korea-2025-07", "side": "KOR"}, shape="TalksPage") | PENDING,
)
async def talk(request: Request, case: CaseName, side: Whose = "", variant: Variant = "", wait: Wait = 0) -> Response:
    """What a country may offer, ask and refuse, as numbers (`page`) and in words; solved once and kept."""
    from detente.faces.web.work.advised import advice_asked, talk_content

    def show(result: Result) -> Response:
        return reply(request, talk_content(kept_document(request, result.key), result.tables, side))

    return await answered(request, lambda: advice_asked(case, variant, side), show, wait)
