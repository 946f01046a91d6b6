"""What a deal does to a country, as interface and pages have it: tables kept by deal and country, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from detente.codes import Table
from detente.faces.web.answers import table_content
from detente.faces.web.work.kept import Deals
from detente.faces.words.language import Language
from detente.faces.words.nation import country_sentences

if TYPE_CHECKING:
    from detente.lab.country.of_deal import CountryOfDeal
    from detente.lab.deal.answer import DealEngine
    from detente.lab.deal.levers import Levers


@dataclass(frozen=True)
class DealtCountry:
    """A country under the deal of an address.

    Attributes
    ----------
    messages : what was mended in the address; `note` : where the country is part of a region of the world.
    """

    of: CountryOfDeal
    messages: tuple[str, ...]
    note: str = ""
    tables: Mapping[str, Table] = field(default_factory=dict, repr=False)


def country_answer(kept: Deals, address: Mapping[str, str], name: str) -> DealtCountry:
    """The country of a name under the deal of an address.

    Raises
    ------
    UnknownName : no country of that name. Problem : the case is being loaded.
    """
    from detente.data.worlds import load_economy
    from detente.lab.ground.axes import WORLD
    from detente.lab.world.named import place_in

    case, message = kept.case_of(address)
    engine = kept.engine(case)
    levers, messages = engine.read(address)
    code, note = place_in(load_economy(WORLD), name)
    country = _worked(engine, levers, code)
    mended = (message, *messages) if message else messages
    return DealtCountry(country, mended, note, {table.name: table for table in country.tables})


@lru_cache(maxsize=128)
def _worked(engine: DealEngine, levers: Levers, code: str) -> CountryOfDeal:
    from detente.lab.country.of_deal import country_of_deal

    return country_of_deal(engine, levers, code)


def country_document(kept: Deals, address: Mapping[str, str], name: str, say: Language) -> dict[str, Any]:
    """The answer of the program interface."""
    from detente.lab.deal.answer import recorded

    answer = country_answer(kept, address, name)
    country = answer.of
    return {
        "key": country.key,
        "country": country.code,
        "name": country.name,
        "scenario": {
            **country.levers.address(), "query": country.levers.query(),
            "messages": list(answer.messages),
        },
        "against": country.against,
        "note": answer.note or None,
        "sentences": country_sentences(answer.tables, country.code, say),
        **recorded(country.standings),
        "tables": [table_content(table) for table in country.tables],
    }  # fmt: skip
