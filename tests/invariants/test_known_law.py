"""The law as a day knew it: nothing signed later is in it, whatever is known by now."""

from datetime import date

import pytest

from detente.codes import InputError
from detente.data import signed
from detente.data.importers import importer
from detente.data.signed import signings
from detente.law import Goods, Law, Measure, Period, Rate
from detente.law.known import Signing, known_law
from detente.law.measure import FOREVER

LAW = importer("USA").law


def made(*periods):
    return Law("USA", (Measure("m", "t", "a", (Goods(("",)),), periods),))


def spans(law):
    return [(p.start, p.end) for m in law.measures for p in m.periods]


FIRST, SECOND = (
    Period(Rate(0.1), date(2025, 3, 1), date(2025, 5, 31)),
    Period(Rate(0.2), date(2025, 6, 1)),
)


def test_an_act_without_a_day_of_signature_is_known_from_its_first_day():
    assert spans(known_law(made(FIRST, SECOND), date(2025, 2, 28))) == []
    assert spans(known_law(made(FIRST, SECOND), date(2025, 4, 30))) == [(date(2025, 3, 1), FOREVER)]
    assert spans(known_law(made(FIRST, SECOND), date(2025, 6, 1))) == spans(made(FIRST, SECOND))


def test_what_was_signed_for_later_is_known_with_the_end_it_brings():
    signing = (Signing(date(2025, 6, 1), date(2025, 4, 2), frozenset({"m"})),)
    assert spans(known_law(made(FIRST, SECOND), date(2025, 4, 30), signing)) == spans(made(FIRST, SECOND))
    assert spans(known_law(made(FIRST, SECOND), date(2025, 4, 1), signing)) == [(date(2025, 3, 1), FOREVER)]


def test_a_text_that_came_out_after_its_first_day_is_not_known_before():
    late = Period(Rate(0.1), date(2025, 8, 1), published=date(2025, 9, 25))
    assert spans(known_law(made(late), date(2025, 8, 31))) == []
    assert spans(known_law(made(late), date(2025, 9, 30))) == [(date(2025, 8, 1), FOREVER)]


@pytest.mark.parametrize("cut", [date(2025, 1, 31), date(2025, 3, 31), date(2025, 7, 31), date(2025, 12, 31)])
def test_later_acts_change_nothing_of_what_was_known(cut):
    """The law without everything signed after a later day gives the same law of an earlier one."""
    for later in (date(2025, 12, 31), date(2026, 6, 30)):
        through = known_law(known_law(LAW, later, signings()), cut, signings())
        direct = known_law(LAW, cut, signings())
        kept = [{m.id: (m.periods, m.goods, m.partners) for m in law.measures} for law in (through, direct)]
        assert kept[0] == kept[1]
        assert [(r.id, r.end) for r in through.rules] == [(r.id, r.end) for r in direct.rules]


def test_march_2025_knew_the_duty_on_cars_and_none_of_2_april():
    march = known_law(LAW, date(2025, 3, 31), signings()).by_id
    assert march["s232_auto"].start == date(2025, 4, 3)
    assert march["s232_parts"].start == date(2025, 5, 3)
    assert not {"rec_base", "rec_country", "rec_chn"} & set(march)
    assert max(p.end for p in march["fent_chn"].periods) == FOREVER


def test_every_signing_names_measures_of_the_law_that_begin_or_end_there():
    for signing in signings():
        begins = {m.id for m in LAW.measures for p in m.periods if p.start == signing.day}
        ends = {m.id for m in LAW.measures for p in m.periods if p.end < FOREVER and (signing.day - p.end).days == 1}
        assert signing.measures <= begins | ends, signing
        assert begins | ends, signing


def test_a_signature_after_the_first_day_is_refused(monkeypatch):
    monkeypatch.setattr(signed, "read_yaml", lambda *_: [{"day": "2025-03-01", "signed": "2025-03-02", "act": "x"}])
    signed.signings.cache_clear()
    with pytest.raises(InputError, match="after its first day"):
        signed.signings()
    signed.signings.cache_clear()
