"""The catalogue of sentences: complete, with nothing in it that nothing says."""

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from detente.codes.days import LAPSED, NUMBERS, Branch, Standing
from detente.codes.names import in_sentence
from detente.codes.units import Unit
from detente.data.tables import countries
from detente.faces.words.deal import called_out
from detente.faces.words.issues import is_owned
from detente.faces.words.language import load, sorted_as
from detente.faces.words.record import record_sentences, records_of
from detente.lab.deal import numbers
from detente.lab.deal.numbers import DealNumber, signed
from rows import rows_of

LISTED = rows_of(__file__)

FORMS = ("_one", "_other")


def sources(*endings):
    """All texts of the faces that may say something, but for the catalogue itself."""
    home = files("detente") / "faces"
    paths = (path for ending in endings for path in home.rglob(f"*{ending}"))
    return {str(path): path.read_text("utf-8") for path in paths}


@pytest.fixture(scope="module")
def spoken():
    """Every id that code, a template or a script says: whole, or the beginning or the end of one put together."""
    texts = "\n".join(sources(".py", ".j2", ".js").values())
    whole = set(re.findall(r"""["'](\w+(?:\.\w+)?)["']""", texts))
    begun = set(re.findall(r"""["'](\w+(?:\.\w*)?_|\w+\.)(?:["'] ~|\{)""", texts))
    return whole, begun, set(re.findall(r"""\}(_\w+)["']""", texts))


def test_no_text_is_left_that_nothing_says(spoken):
    whole, begun, ended = spoken
    idle = []
    for key in load().sentences:
        stem = next((key.removesuffix(form) for form in FORMS if key.endswith(form)), key)
        page, _, own = stem.partition(".")
        roots = {key.removesuffix(end) for end in ended if key.endswith(end)}
        names = {key, stem, *roots, *((own, key.partition(".")[2]) if page.startswith("script") else ())}
        if not names & whole and not any(name.startswith(head) for name in names for head in begun):
            idle.append(key)
    assert idle == []


def test_no_page_or_script_says_what_no_catalogue_has_and_words_take_their_forms():
    pattern = re.compile(r"""\bsay\(["']((?:[a-z_]+\.)?[a-z_]+)["'][,)]""")
    known = load().sentences
    for path, text in sources(".py", ".j2").items():
        for name in pattern.findall(text):
            assert name in known or f"{name}_one" in known, (path, name)
    known = {key.partition(".")[2] for key in load().sentences if key.startswith("script")}
    for path, text in sources(".js").items():
        for name in re.findall(r"""\bt\("(\w+)"[,)]""", text):
            assert name in known or f"{name}_one" in known, (path, name)
    assert len(load().forms["months"]) == len(load().forms["months_short"]) == 12
    assert len(load().forms["numbers"]) == len(NUMBERS)
    say = load()
    assert [say("acts", count=count) for count in (0, 1, 12345)] == ["0 acts", "one act", "12,345 acts"]
    assert load().day("2025-13-14") == "2025-13-14"
    assert sorted(["Türkiye", "Tuvalu", "Tunisia"], key=sorted_as) == ["Tunisia", "Türkiye", "Tuvalu"]


STANDINGS = [
    Standing(date(2026, 10, 7)),
    Standing(date(2026, 10, 7), True),
    *(
        Standing(date(2026, 10, 7), True, ("a",) * count, date(2026, 11, 10), last, branches, ("gaps stay",), of)
        for count in (1, 2, 12)
        for last in (None, date(2026, 12, 1))
        for branches in ((), (Branch(LAPSED, 0.534), Branch("renewed", None)))
        for of in ("", "an average tariff of ")
    ),
]


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_line_on_the_record_is_what_all_faces_say(standing):
    assert len(record_sentences(standing)) == len(standing.lines)
    if standing.branches:
        alone = len(standing.clauses) == 1
        it, was = ("it", "it was") if alone else ("they", "they were")
        owe = "" if standing.of else "The goods owe "
        assert standing.line.endswith(f"{owe}{standing.of}53.40% if {it} lapsed, may not be imported if {was} renewed")
    for country in ("USA", "CHN"):
        assert len(records_of({country: standing}, load())) == standing.beyond


@pytest.mark.parametrize("label", ["Canada's surtax duty", "South Korea's duty on farm goods", "United States' answer"])
def test_a_label_that_begins_with_whose_it_is_has_no_article(label):
    assert is_owned(label)
    assert not is_owned(f"cut of {label}")


@pytest.mark.parametrize(
    ("value", "text"), [(-1e-5, "0.00%"), (1e-5, "0.00%"), (0.0033, "+0.33%"), (-0.0033, "-0.33%")]
)
def test_a_number_of_a_deal_that_prints_as_zero_has_no_sign(value, text):
    assert signed(value, Unit.SHARE, True) == text


DAYS = {"on": "2026-06-01", "begins": None, "ended": None, "title": "Reciprocal duty"}
ROWS = {
    "not_in_force": DAYS | {"ended": "2026-02-23"},
    "careless": {"party": "CHN", "issue": "x"},
    "careless_other": {"party": "USA", "issue": "x"},
    "zero_layer": {"partner": "MEX"},
    "zero_exceptions": {},
    "little_exception": {"sector": "PHA", "covered": 0.012},
    "no_shortage": {"withheld": 0.2, "unmet": 0.034, "short": 0.05},
    "outside": {"rule": "the same on both sides", "source": "the case"},
    "clock": {"end": "2025-08-06", "instrument": "the truce", "ends": "2025-07-01", "back": "the old duties return"},
}


@pytest.mark.parametrize("reason", ROWS)
def test_every_reason_is_said(reason):
    sentence = called_out({"reason": reason, "parts": ROWS[reason]}, load())
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_all_reasons_of_the_lab_are_looked_at():
    source = Path(numbers.__file__).read_text(encoding="utf-8")
    made = set(re.findall(r'CallOut\([^)]*?"(\w+)"(?:, \{|, parts|\))', source)) | {"careless", "careless_other"}
    assert made - {"rate"} <= set(ROWS)
    assert set(ROWS) <= set(re.findall(r'"(\w+)"', source))


@pytest.mark.parametrize(
    ("more", "words"),
    [({"ended": "2026-02-23"}, "Reciprocal duty ended on 23 February 2026"),
     ({"begins": "2026-07-01"}, "begins only on 1 July 2026"),
     ({}, "is not in our tariff record")],
)  # fmt: skip
def test_a_duty_of_another_day_says_which(more, words):
    assert words in called_out({"reason": "not_in_force", "parts": DAYS | more}, load())


@pytest.mark.parametrize(("name", "said"), LISTED["some_names_take_the_article"])
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
