"""Headings of chapter 99 as measures and footnotes write them."""

import pytest

from detente.codes import InputError
from detente.data.importers import importer
from detente.lab.statute.audit import headings_of
from detente.law.headings import covers, read_headings


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []), ("9903.88.15", ["9903.88.15"]), ("9903.88.03/.04", ["9903.88.03", "9903.88.04"]),
        ("9903.01.43-.76", ["9903.01.43-.76"]), ("9903.82.20–9903.82.26", ["9903.82.20-.26"]),
        ("9903.05.96-.06.21", ["9903.05.96-.06.21"]), ("9903.02.78; 9903.01.86", ["9903.02.78", "9903.01.86"]),
        ("9903.94.44/.45; .54/.55", ["9903.94.44", "9903.94.45", "9903.94.54", "9903.94.55"]),
        ("9903.76.21, .23 and .24", ["9903.76.21", "9903.76.23", "9903.76.24"]),
        ("9902; 9903.17-9903.18", ["9902", "9903.17.00-.18.99"]),
    ],
)  # fmt: skip
def test_expressions_of_headings_are_read(text, spans):
    assert [str(span) for span in read_headings(text)] == spans


@pytest.mark.parametrize("text", ["8507.60", ".04", "9903.8.1", "9903.88.15-.03", "9903.88.01-.02-.03", "note 52"])
def test_what_is_no_heading_is_refused_with_an_example(text):
    with pytest.raises(InputError, match=r"heading.*9903\.88\.03"):
        read_headings(text)


def test_a_range_holds_what_lies_between_its_ends():
    spans = read_headings("9903.01.43-.76; 9902")
    assert covers(spans, "99030150")
    assert covers(spans, "99020501")
    assert not covers(spans, "99030177")


def test_every_heading_of_the_lawbook_can_be_read():
    assert all(headings_of(measure) or not measure.heading for measure in importer("USA").law.measures)
