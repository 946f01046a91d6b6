"""Rates as publishers write them: one form for all, the same duty whatever the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.law.duty import parse_duty
from detente.law.rate_words import FREE, Money, read_rate

KENYA = Money("KES", 129.0)
RATES = KENYA.rates
UNITS = {
    "kg": ("kg", "KG", "kilo"),
    "liter": ("L", "litre", "liter"),
    "each": ("each", "u", "unit"),
    "pr": ("pair", "足"),
}


@pytest.mark.parametrize(
    ("text", "form", "kind", "share"),
    [
        ("12", "12%", "ad_valorem", 0.12), ("12,5 %", "12.5%", "ad_valorem", 0.125),
        ("12.5 per cent", "12.5%", "ad_valorem", 0.125), ("ad val. 7.5%", "7.5%", "ad_valorem", 0.075),
        ("\uff12\uff15\uff05", "25%", "ad_valorem", 0.25), ("無税", "Free", "free", 0.0),
        ("14BK", "14%", "ad_valorem", 0.14), ("10 (*)", "10%", "ad_valorem", 0.10),
        ("KES 5/ea.", "5 KES each", "specific", 0.0), ("$345/MT", "0.345 USD/kg", "specific", 0.0),
        ("KSh 1,250.50 per kg", "1250.5 KES/kg", "specific", 0.0), ("200 KES/100 kg", "2 KES/kg", "specific", 0.0),
        ("1 250,50 KES/t", "1.2505 KES/kg", "specific", 0.0),
        ("10% plus KES 5 per dozen", "10% + 5 KES/doz", "compound", 0.1),
        ("75% or $345/MT whichever is higher", "the greater of 75% or 0.345 USD/kg", "mixed", 0.75),
        ("5%, or, if lower, KES 4/kg", "the lesser of 5% or 4 KES/kg", "mixed", 0.0),
        ("10% MIN 2 KES / item MAX 3 KES / item", "10%, at least 2 KES each, at most 3 KES each", "mixed", 0.0),
        ("10% but not less than KES 200/kg", "the greater of 10% or 200 KES/kg", "mixed", 0.1),
        ("3.8%又は2 KES/kgのうちいずれか高い税率", "the greater of 3.8% or 2 KES/kg", "mixed", 0.038),
        ("2.5 KES/kg on drained weight + 8%", "2.5 KES/kg on drained weight + 8%", "compound", 0.08),
        ("2 KES / % vol / hl", "2 KES/liter of alcohol", "specific", 0.0),
    ],
)  # fmt: skip
def test_one_form_for_all_words(text, form, kind, share):
    rate = read_rate(text, KENYA)
    assert rate is not None
    assert (rate.text, rate.kind, rate.share, rate.why) == (form, kind, share, "")


@pytest.mark.parametrize(
    ("text", "why", "what", "share"),
    [
        ("8% (01 JAN-31 MAY), 12% (01 JUN-31 OCT)", "seasonal", "", 0.08),
        ("5% From 1 July 2026 Free", "seasonal", "", 0.0), ("within quota 10%, over quota 50%", "quota", "", 0.1),
        ("9% + EA", "formula", "", 0.09), ("5 KES/parsec", "unknown unit", "parsec", 0.0),
        ("3 EUR/kg", "money", "EUR", 0.0), ("bananas", "not read", "", 0.0), ("12% bananas", "not read", "", 0.12),
    ],
)  # fmt: skip
def test_what_is_not_an_amount_is_kept_with_its_reason(text, why, what, share):
    rate = read_rate(text, KENYA)
    assert rate is not None
    assert (rate.kind, rate.why, rate.what, rate.share) == ("other", why, what, share)


def test_a_dollar_is_the_importers_own_or_nobody_knows_which():
    rates = [read_rate("$2/kg", money) for money in (Money("NZD", 1.7), Money())]
    assert [rate and (rate.text, rate.what) for rate in rates] == [("2 NZD/kg", ""), ("$2/kg", "$")]


@pytest.mark.parametrize("word", sorted(FREE))
def test_words_for_no_duty(word):
    rate = read_rate(word.upper(), KENYA)
    assert rate is not None
    assert (rate.kind, rate.text) == ("free", "Free")


def test_a_blank_cell_is_no_rate():
    assert read_rate(" \n ") is None


percents = st.integers(1, 30_000).map(lambda n: n / 100)
amounts = st.integers(1, 10_000_000).map(lambda n: n / 1000)


@st.composite
def shares(draw):
    value = draw(percents)
    number = f"{value:.12g}"
    form = draw(st.sampled_from(["{}%", "{} %", "{} per cent", "{} pct", "{} % ad valorem", " {}\uff05 "]))
    return form.format(number.replace(".", ",") if draw(st.booleans()) else number), f"{number}%"


@st.composite
def specifics(draw):
    amount, unit = draw(amounts), draw(st.sampled_from(sorted(UNITS)))
    number, word = f"{amount:.12g}", draw(st.sampled_from(UNITS[unit]))
    form = draw(st.sampled_from(["KES {} per {}", "{} KES/{}", "KSh{} / {}", "{} KES per {}"]))
    return form.format(number, word), f"{number} KES each" if unit == "each" else f"{number} KES/{unit}"


@given(shares(), specifics(), st.sampled_from(["{}", "{1}", "{} + {}", "{} plus {}", "{} or {}, whichever is lower"]))
def test_words_come_back_as_one_form_that_reads_as_the_same_duty(share, specific, form):
    ours = {"{}": "{0}", "{1}": "{1}", "{} or {}, whichever is lower": "the lesser of {0} or {1}"}.get(
        form, "{0} + {1}"
    )
    rate = read_rate(form.format(share[0], specific[0]), KENYA)
    expected = parse_duty(ours.format(share[1], specific[1]), RATES)
    assert rate is not None
    assert expected is not None
    assert rate.why == ""
    assert parse_duty(rate.text, RATES) == expected
    assert read_rate(rate.text, KENYA) == rate


@given(st.text(max_size=40))
def test_any_text_is_read_or_kept_and_never_breaks(text):
    rate = read_rate(text, KENYA)
    assert rate is None or (rate.kind == "other") == (rate.why != "")
