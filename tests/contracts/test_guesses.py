"""What a newcomer types first: it works, or the refusal gives the line to type."""

import pytest

import detente as dt


@pytest.mark.parametrize(
    ("line", "same"),
    [("rate 8507.60 China --json", "rate 8507.60 China --format json"),
     ("rate 8507.60 China --csv", "rate 8507.60 China --format csv"),
     ("check C14 --draws 0 --json", "check --only C14 --draws 0 --json")],
)  # fmt: skip
def test_a_short_way_of_asking_is_the_long_one(detente, line, same):
    short, long = detente(*line.split()), detente(*same.split())
    assert (short.code, short.out) == (0, long.out)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: dt.average(on="2025-05-14", parameters={"us_content": 0.4}), "average: parameters= is now set="),
    (lambda: dt.average(first="2025-05-13", last="2025-05-14"), "average: (first= is now from=|last= is now to=)"),
    (lambda: dt.rate_history("8507.60.00.10", "CHN", start="2025-05-01"), "rate_history: start= is now from="),
    (lambda: dt.rate("8703.23.01", "MEX", "2025-06-15", claim="USMCA"), "rate: claim= is now preference="),
])  # fmt: skip
def test_a_name_of_an_earlier_version_is_taken_with_a_warning(call, words):
    with pytest.warns(DeprecationWarning, match=words):
        call()


def test_a_brief_says_what_was_paid_beside_what_is_owed(detente):
    told = " ".join(detente("brief", "Mexico", "--on", "2025-05-14").out.split())
    assert "importers paid 4.3% on its goods" in told
    assert "Its advantage over its rivals there is 5.4 points" in told
    assert "USMCA preferences of May 2025" in told
