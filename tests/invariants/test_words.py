"""Names within sentences, and signs: on changes alone."""

import pytest

from detente.codes.names import in_sentence
from detente.codes.units import Unit
from detente.data.tables import countries
from detente.lab.deal.numbers import DealNumber


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("United States", "the United States"), ("United Kingdom", "the United Kingdom"), ("China", "China"),
        ("Netherlands", "the Netherlands"), ("Philippines", "the Philippines"), ("Czechia", "Czechia"),
        ("United Arab Emirates", "the United Arab Emirates"), ("Dominican Republic", "the Dominican Republic"),
        ("Dominica", "Dominica"), ("European Union", "the European Union"), ("Solomon Islands", "the Solomon Islands"),
        ("rest of South-East Asia", "the rest of South-East Asia"), ("Rest of the world", "the rest of the world"),
        ("South Korea", "South Korea"), ("Congo", "Congo"), ("DR Congo", "the DR Congo"),
    ],
)  # fmt: skip
def test_some_names_take_the_article(name, said):
    assert in_sentence(name) == said


def test_most_countries_take_no_article():
    names = countries().names.values()
    articles = [name for name in names if in_sentence(name) != name]
    assert 20 <= len(articles) <= 45
    assert all(in_sentence(name).endswith(name) for name in names)


def number(**values):
    return DealNumber("x", "deal_amounts", "x", 155e9, Unit.USD, "a number", **values)


def test_a_change_has_a_sign_and_a_level_has_none():
    assert number(against="the law").text.startswith("+")
    assert not number(against="the law", before=160e9).is_change
    assert not number(against="the law", before=160e9).text.startswith("+")
    assert not number().text.startswith("+")
