"""The law as a day knew it: nothing signed later is in it, whatever is known by now."""

from datetime import date

import pytest

from detente.codes import InputError
from detente.data import days as record
from detente.data.days import signings
from detente.data.importers import importer
from detente.data.limits import forget
from detente.law import Goods, Law, Measure, Period, Rate
from detente.law.law import Signing, known_law
from detente.law.measure import FOREVER, Displacement, Partners

LAW = importer("USA").law


def made(*periods):
    return Law("USA", (Measure("m", "t", "a", (Goods(("",)),), periods),))


def spans(law):
    return [(p.start, p.end) for m in law.measures for p in m.periods]


FIRST, SECOND = (
    Period(Rate(0.1), date(2025, 3, 1), date(2025, 5, 31)),
    Period(Rate(0.2), date(2025, 6, 1)),
)


def test_what_was_signed_is_known_from_its_day_and_a_period_gives_way_to_a_later_one():
    assert spans(known_law(made(FIRST, SECOND), date(2025, 2, 28))) == []
    assert spans(known_law(made(FIRST, SECOND), date(2025, 4, 30))) == [(date(2025, 3, 1), FOREVER)]
    assert spans(known_law(made(FIRST, SECOND), date(2025, 6, 1))) == spans(made(FIRST, SECOND))
    signing = (Signing(date(2025, 6, 1), date(2025, 4, 2), frozenset({"m"})),)
    assert spans(known_law(made(FIRST, SECOND), date(2025, 4, 30), signing)) == spans(made(FIRST, SECOND))
    assert spans(known_law(made(FIRST, SECOND), date(2025, 4, 1), signing)) == [(date(2025, 3, 1), FOREVER)]
    late = Period(Rate(0.1), date(2025, 8, 1), published=date(2025, 9, 25))
    assert spans(known_law(made(late), date(2025, 8, 31))) == []
    assert spans(known_law(made(late), date(2025, 9, 30))) == [(date(2025, 8, 1), FOREVER)]
    # One day has one rate: the old period ends on the day before the next begins, by the text that announced that.
    law = made(FIRST, Period(Rate(0.2), date(2025, 6, 1), published=date(2025, 4, 2)))
    known = known_law(law, date(2025, 4, 2))
    assert spans(known) == [(date(2025, 3, 1), date(2025, 5, 31)), (date(2025, 6, 1), FOREVER)]
    rates = {day: [p.rate.value for p in known.measures[0].periods_on(date(2025, *day))] for day in ((5, 31), (6, 1))}
    assert rates == {(5, 31): [0.1], (6, 1): [0.2]}
    assert spans(known_law(law, date(2025, 4, 1))) == [(date(2025, 3, 1), FOREVER)]


def test_an_end_is_known_from_the_last_day_on_or_as_signed_before():
    law = made(FIRST)
    assert spans(known_law(law, date(2025, 5, 30))) == [(date(2025, 3, 1), FOREVER)]
    for cut in (date(2025, 5, 31), date(2025, 6, 1)):
        assert spans(known_law(law, cut)) == [(date(2025, 3, 1), date(2025, 5, 31))]
    # The day of a signing of an end is the day after the last.
    for day, last in ((date(2025, 6, 1), date(2025, 5, 31)), (date(2025, 5, 31), FOREVER)):
        signing = (Signing(day, date(2025, 4, 2), frozenset({"m"})),)
        assert spans(known_law(law, date(2025, 4, 2), signing)) == [(date(2025, 3, 1), last)]


@pytest.mark.parametrize(("cut", "last"), [(30, FOREVER), (31, date(2025, 5, 31))])
def test_ends_of_goods_partners_and_rules_are_known_from_the_last_day_on(cut, last):
    start, end = date(2025, 3, 1), date(2025, 5, 31)
    goods, scope = Goods(("",), start=start, end=end), Partners(frozenset({"CHN"}), start, end)
    measures = [Measure(name, "t", "a", (goods,), (Period(Rate(0.1), start),), partners=(scope,)) for name in "mn"]
    rule = Displacement("r", ("m",), ("n",), start=start, end=end)
    known = known_law(Law("USA", tuple(measures), (rule,)), date(2025, 5, cut))
    assert [known.measures[0].goods[0].end, known.measures[0].partners[0].end, known.rules[0].end] == [last] * 3


def test_a_period_of_other_partners_that_begins_on_the_day_ends_no_other():
    here, there = (frozenset({code}) for code in ("CHN", "CAN"))
    old = Period(Rate(0.1), date(2025, 3, 1), date(2025, 12, 31), partners=(Partners(here),))
    new = Period(Rate(0.2), date(2025, 4, 30), partners=(Partners(there),))
    assert spans(known_law(made(old, new), date(2025, 4, 30))) == [
        (date(2025, 3, 1), FOREVER),
        (date(2025, 4, 30), FOREVER),
    ]


@pytest.mark.parametrize("cut", [date(2025, 1, 31), date(2025, 3, 31), date(2025, 7, 31), date(2025, 12, 31)])
def test_later_acts_change_nothing_of_what_was_known(cut):
    """The law without everything signed after a later day gives the same law of an earlier one."""
    for later in (date(2025, 12, 31), date(2026, 6, 30)):
        through = known_law(known_law(LAW, later, signings()), cut, signings())
        direct = known_law(LAW, cut, signings())
        kept = [{m.id: (m.periods, m.goods, m.partners) for m in law.measures} for law in (through, direct)]
        assert kept[0] == kept[1]
        assert [(r.id, r.end) for r in through.rules] == [(r.id, r.end) for r in direct.rules]


def test_march_2025_knew_no_duty_of_2_april_and_signings_name_measures_that_begin_or_end():
    march = known_law(LAW, date(2025, 3, 31), signings()).by_id
    assert (march["s232_auto"].start, march["s232_parts"].start) == (date(2025, 4, 3), date(2025, 5, 3))
    assert not {"rec_base", "rec_country", "rec_chn"} & set(march)
    assert max(p.end for p in march["fent_chn"].periods) == FOREVER
    for signing in signings():
        begins = {m.id for m in LAW.measures for p in m.periods if p.start == signing.day}
        ends = {m.id for m in LAW.measures for p in m.periods if p.end < FOREVER and (signing.day - p.end).days == 1}
        assert signing.measures <= begins | ends, signing
        assert begins | ends, signing


def test_a_signature_after_the_first_day_is_refused(monkeypatch):
    late = record.SignedAct(day="2025-03-01", signed="2025-03-02", act="x")
    monkeypatch.setattr(record, "shipped", lambda *_: (late,))
    forget(record.signings)
    with pytest.raises(InputError, match="after its first day"):
        record.signings()
    forget(record.signings)
