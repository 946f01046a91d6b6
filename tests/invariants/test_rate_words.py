"""Rates as publishers write them: one form for all, the same duty whatever the words."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from detente.law.duty import parse_duty
from detente.law.rate_words import FREE, Money, read_rate

KENYA = Money("KES", 129.0)
RATES = KENYA.rates
ROWS = yaml.safe_load((Path(__file__).parents[1] / "data" / "rate_words.yaml").read_text(encoding="utf-8"))
UNITS = {
    "kg": ("kg", "KG", "kilo"),
    "liter": ("L", "litre", "liter"),
    "each": ("each", "u", "unit"),
    "pr": ("pair", "足"),
}


@pytest.mark.parametrize(("text", "form", "kind", "share"), ROWS["read"])
def test_one_form_for_all_words(text, form, kind, share):
    rate = read_rate(text, KENYA)
    assert rate is not None
    assert (rate.text, rate.kind, rate.share, rate.why) == (form, kind, share, "")


@pytest.mark.parametrize(("text", "why", "what", "share"), ROWS["kept"])
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
    assert (rate.why, parse_duty(rate.text, RATES), read_rate(rate.text, KENYA)) == ("", expected, rate)


@given(st.text(max_size=40))
def test_any_text_is_read_or_kept_and_never_breaks(text):
    rate = read_rate(text, KENYA)
    assert rate is None or (rate.kind == "other") == (rate.why != "")
