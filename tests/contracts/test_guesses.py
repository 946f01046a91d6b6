"""What a newcomer types first: it works, or the refusal gives the line to type."""

import pytest

import detente as dt
from detente.codes import InputError


def test_json_and_csv_are_short_for_a_format(detente):
    for form in ("json", "csv"):
        short, long = (detente("rate", "8507.60", "China", *words) for words in ((f"--{form}",), ("--format", form)))
        assert (short.code, short.out) == (0, long.out)


def test_one_claim_is_asked_for_by_its_id(detente):
    alone, named = (detente("check", *which, "--draws", "0", "--json") for which in (["C14"], ["--only", "C14"]))
    assert alone.code == 0, alone.err
    assert alone.out == named.out


def test_python_takes_a_day_a_claim_and_names_of_scenarios():
    assert float(dt.average("2025-05-14")) == float(dt.average(on="2025-05-14"))
    with pytest.raises(InputError, match="takes 1 values by position"):
        dt.average("2025-05-14", "2025-05-15")
    assert set(dt.check("C14", draws=0)["claim"]) == {"C14a"}
    both = dt.run(["geneva", "thirty-four"])
    assert list(dict.fromkeys(both["scenario"].tolist())) == ["geneva", "thirty-four"]


@pytest.mark.parametrize(("call", "words"), [
    (lambda: dt.average(on="2025-05-14", parameters={"us_content": 0.4}), "average: parameters= is now set="),
    (lambda: dt.average(first="2025-05-13", last="2025-05-14"), "average: (first= is now from=|last= is now to=)"),
    (lambda: dt.rate_history("8507.60.00.10", "CHN", start="2025-05-01"), "rate_history: start= is now from="),
    (lambda: dt.rate("8703.23.01", "MEX", "2025-06-15", claim="USMCA"), "rate: claim= is now preference="),
])  # fmt: skip
def test_a_name_of_an_earlier_version_is_taken_with_a_warning(call, words):
    with pytest.warns(DeprecationWarning, match=words):
        call()


def test_one_name_for_one_thing_in_python_and_the_interface():
    """The first and last day are `from` and `to`, an assumed share is `set`, in every face."""
    import inspect

    for function in (dt.average, dt.revenue, dt.rate_history, dt.entries):
        assert {"from_", "to"} <= set(inspect.signature(function).parameters)
    for function in (dt.average, dt.rate, dt.revenue):
        assert "set" in inspect.signature(function).parameters
