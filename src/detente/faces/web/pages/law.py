"""The Law page: find a product or an act, and the acts in force on a day."""

from __future__ import annotations

from datetime import date

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes.errors import Parameter
from detente.data.importerfile import importer_id
from detente.faces.ask.arguments import day
from detente.faces.ask.questions.law import law_list
from detente.faces.charts.frame import rows_of
from detente.faces.web.html import Address, page, tried
from detente.faces.words.language import load
from detente.faces.words.record import record_sentences
from detente.lab.statute.coverage import importers_by_level

TRIED = (
    ("batteries", "/rate?line=8507.60.00.20&partner=CHN"),
    ("phones", "/rate?line=8517.13.00.00&partner=CHN"),
    ("cars", "/rate?line=8703.23.01&partner=JPN"),
    ("soybeans", "/rate?line=1201.90&partner=USA&of=CHN"),
)


def law(address: Address) -> Response:
    """The acts in force on a day; words to look for lead to what they find."""
    messages, words = list[str](), address("q").strip()
    of = tried(lambda: importer_id(address("of")[:60] or "USA"), "USA", messages)
    when = tried(lambda: day(address("on"), Parameter("on")), None, messages) or date.today()
    if words:
        return RedirectResponse(f"/find?{QueryParams({'words': words, 'of': of, 'on': str(when)})}", 308)
    acts = law_list(when, of=of)
    return page(
        "law.html.j2", address.request, place="Law", title=load()("frame.place_law"),
        of=of, laws=importers_by_level(), on=str(when), said=messages, tried=TRIED, acts=acts, force=rows_of(acts.main),
        standing=record_sentences(acts.standing),
    )  # fmt: skip
