"""The negotiator's page, whoever's it is: in one or two sentences, as sentences under their heads, and as text."""

from __future__ import annotations

from collections.abc import Sequence

from detente.codes import Table, table_of
from detente.codes.names import first_upper
from detente.faces.words.advice import PageBlock, basis, blocks
from detente.faces.words.language import Language, load
from detente.faces.words.many import many_basis, many_blocks, many_outside_page, many_page
from detente.faces.words.outside import as_outside_page, outside_basis, outside_blocks, outsider_name
from detente.faces.words.page import as_page
from detente.lab.talks.advice import Advice, OutsideAdvice
from detente.lab.talks.many.page import ManyAdvice
from detente.lab.talks.paged import AnyPage


def headline(page: AnyPage) -> str:
    """What a country should offer and ask for, or what the deals of others do to it."""
    say = load()
    parts = {block.name or str(k): block.sentences for k, block in enumerate(_blocks(page, say))}
    if isinstance(page, OutsideAdvice):
        effect = " ".join(next(iter(parts.values())))
        return say("talks_outside", country=first_upper(outsider_name(page.country, say)), effect=effect)
    side = page.side if isinstance(page, ManyAdvice) else page
    offer, ask = list(parts.values())[:2]
    if side.advice is None:
        return offer[0]
    return say("talks_offer", country=say.country(side.side), offer=offer[0], ask=ask[0])


def whole_page(page: AnyPage) -> str:
    """The page as text, at most forty lines."""
    say = load()
    if isinstance(page, Advice):
        return as_page(page, say)
    if isinstance(page, ManyAdvice):
        return many_page(page, say)
    return as_outside_page(page, say) if len(page.parties) == 2 else many_outside_page(page, say)


def advice_table(page: AnyPage) -> Table:
    """Every sentence of the page under its head, none left out."""
    say = load()
    about = [(say("talks_basis"), _basis(page, say))]
    return table_of("case.advice", [*about, *((b.head, " ".join(b.sentences)) for b in _blocks(page, say))])


def _blocks(page: AnyPage, say: Language) -> Sequence[PageBlock]:
    if isinstance(page, Advice):
        return blocks(page, say)
    return many_blocks(page, say) if isinstance(page, ManyAdvice) else outside_blocks(page, say)


def _basis(page: AnyPage, say: Language) -> str:
    if isinstance(page, Advice):
        return basis(page, say)
    return many_basis(page, say) if isinstance(page, ManyAdvice) else outside_basis(page, say)
