"""Usage errors are one sentence as all others: where, what, what to do; the library's boxes are not shown."""

import pytest
import typer

from detente.codes import InputError
from detente.faces.cli import usage

CASES = [
    (("run", "geneva", "--draws", "abc"), "--draws: 'abc' is not a whole number; give a whole number, as 10."),
    (("run", "geneva", "--draws", "1.5"), "--draws: '1.5' is not a whole number; give a whole number, as 10."),
    (("sweep", "geneva", "--seed", "1"), "sweep: --over is missing; give it"),
    (("chain", "run", "rare-earths", "--cut", "much"), "--cut: 'much' is not a share; give 0.25 or '25%'."),
    (
        ("rate", "01", "FRA", "--value", "1,5"),
        "--value: '1,5' is not a number; write decimals with a point, as 2.5.",
    ),
    (
        ("rate", "01", "FRA", "--value", "1.000,5"),
        "--value: '1.000,5' is not a number; write decimals with a point, as 2.5.",
    ),
    (
        ("rate", "01", "FRA", "--value", "$1,000"),
        "--value: '$1,000' is not a number; write decimals with a point, as 2.5.",
    ),
    (
        ("rate", "1701.14.50", "FRA", "--value", "9", "--quantity", "1,5 t"),
        "--quantity: '1,5' has a comma that parts no thousands; did you mean 1.5? write",
    ),
    (
        ("rate", "1701.14.50", "FRA", "--value", "-9"),
        "--value: -9 is out of range; give a number of at least 0.",
    ),
    (("run", "geneva", "--nosuch"), "run: unknown option '--nosuch'; see detente run --help"),
    (("run", "geneva", "--drws", "3"), "run: unknown option '--drws'; did you mean '--draws'? see detente run --help"),
    (("run", "geneva", "-z"), "run: unknown option '-z'; see detente run --help"),
    (("--versoin",), "unknown option '--versoin'; did you mean '--version'? see detente --help"),
    (("nonsense",), "unknown command 'nonsense'; see detente --help"),
    (("recnocile", "17.8"), "unknown command 'recnocile'; did you mean 'reconcile'? see detente --help"),
    (("law", "chekc", "copper"), "law: unknown command 'chekc'; did you mean 'check'? see detente law --help"),
    (("it's", "x"), "unknown command 'it's'; see detente --help"),
    (("replicate", "geneva"), "replicate: is an ending of a run now; write detente run SCENARIO --out FILE.zip."),
    (("rate", "8507.60.00.10"), "rate: PARTNER is missing; give it (country that the goods come from"),
    (("run", "geneva", "--draws"), "--draws: has no value; give one after it, as --draws VALUE."),
    (("run", "geneva", "below", "60"), "unknown scenario 'below'; did you mean 'below-60'?"),
]


@pytest.mark.parametrize(("args", "said"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_a_usage_error_is_one_sentence(detente, args, said):
    ran = detente(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"detente: {said}")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("args", [(), ("law", "--help"), ("run", "-h")], ids=" ".join)
def test_help_is_help_and_no_error(detente, args):
    ran = detente(*args)
    assert ran.code == (0 if args and args[-1].startswith("-") else 2)
    assert "Usage: detente" in ran.out
    assert "detente: " not in ran.out + ran.err


def test_the_words_of_an_older_library_are_read_too():
    """Typer before 0.20 says what it expected in its message alone."""
    error = typer.BadParameter("'abc' is not a valid integer.")
    assert str(usage.in_one_sentence(error)).startswith("'abc' is not a whole number; ")
    other = typer.BadParameter("File 'x' does not exist.")
    assert str(usage.in_one_sentence(other)) == "file 'x' does not exist; see detente --help."


def test_an_interrupted_command_says_so_and_leaves_with_130(detente, monkeypatch):
    import detente.lab.run as lab

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(lab, "run", interrupted)
    ran = detente("run", "geneva", "--draws", "0")
    assert (ran.code, ran.err.strip()) == (130, "detente: interrupted")


def test_the_traceback_of_a_usage_error_is_shown_when_asked_for(detente):
    with pytest.raises(InputError):
        detente("run", "geneva", "--draws", "abc", "--trace")


def test_an_error_names_the_parameter_and_the_command_line_its_flag(detente):
    """Nobody is told about a flag that he does not have."""
    import detente as dt

    with pytest.raises(InputError, match=r"^by: unknown grouping 'sectr'"):
        dt.average("2025-05-14", by="sectr")
    answer = detente("average", "--by", "sectr")
    assert answer.code == 2
    assert answer.err.startswith("detente: --by: unknown grouping 'sectr'")


@pytest.mark.parametrize("words", ["run geneva --lang fr", "brief Germany --lang=en", "talks advice --lang fr"])
def test_the_option_of_languages_is_refused_with_its_reason(detente, words):
    told = detente(*words.split())
    assert told.code == 2
    assert (
        told.err == "detente: --lang: is gone, as the program speaks English alone since this version; leave it out.\n"
    )


def test_a_traceback_is_shown_of_errors_alone(detente):
    """Without a command the program shows its help, whether or not tracebacks are asked for."""
    plain, traced = detente(), detente("--trace")
    assert (traced.code, traced.out) == (plain.code, plain.out)
    assert "Traceback" not in traced.err
