"""Every refusal a reader can meet has its words in every language: the templates are read from the code."""

import sys
import tomllib
from pathlib import Path

import pytest

from detente.codes.errors import Faults, InputError, MissingData, Parameter, UnknownName
from detente.faces.words.language import English, languages, load
from detente.faces.words.refusals import refusal_in

sys.path.insert(0, str(Path(__file__).parent))

from raised import CHECK, SLOT, Code

LOCALES = Path(__file__).resolve().parents[2] / "src" / "detente" / "faces" / "words" / "locales"
OTHERS = [code for code in languages() if code != "en"]
FRENCH = load("fr")


@pytest.fixture(scope="module")
def code():
    return Code()


def bare(texts):
    """Texts with empty braces: how a part is called is each language's own."""
    return {SLOT.sub("{}", text) for text in texts}


@pytest.mark.parametrize("language", OTHERS)
def test_every_refusal_has_words_in_every_language_and_none_is_left_that_nobody_says(code, language):
    own = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))["refusals"]
    sentences = {text: place for part in ("what", "repair", CHECK) for text, place in code.texts[part].items()}
    worded = {text: place for text, place in sentences.items() if any(map(str.isalpha, SLOT.sub("", text)))}
    known, raised = bare([*own["texts"], *own["words"]]), bare(sentences)
    assert [f"{place}: {text}" for text, place in worded.items() if SLOT.sub("{}", text) not in known] == []
    assert [text for text in own["texts"] if SLOT.sub("{}", text) not in raised] == []
    kinds = bare(own["kinds"])
    assert [f"{place}: {kind}" for kind, place in code.texts["kind"].items() if SLOT.sub("{}", kind) not in kinds] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_part_of_a_refusal_in_another_language_is_of_its_english(language):
    own = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))["refusals"]
    names = {part: [(SLOT.findall(text), SLOT.findall(other)) for text, other in own[part].items()] for part in own}
    strange = {
        part: [row for row in rows if not {*_names(row[1])} <= {*_names(row[0])}] for part, rows in names.items()
    }
    assert not any(strange.values()), strange


def _names(slots):
    return [slot.strip("{}").partition("|")[0] for slot in slots]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            UnknownName("partner", "Grmany", ["Germany", "Japan"], Parameter("partner")),
            "partenaire : « Grmany » n’est pas un partenaire connu ; vouliez-vous dire « Germany » ?",
        ),
        (
            UnknownName("country", "Chna", ["China", "Chad"], "x.csv, row 3", "give an ISO code such as CHN or a name"),
            "x.csv, ligne 3 : « Chna » n’est pas un pays connu ; vouliez-vous dire « China » ou « Chad » ? "
            "Donnez un code ISO comme CHN, ou un nom.",
        ),
        (
            InputError(Parameter("as_of"), "the last day 2025-05-01 is before the first 2025-06-01", "swap them"),
            "date : le dernier jour, le 1er mai 2025, précède le premier, le 1er juin 2025 ; échangez-les.",
        ),
        (
            Faults([InputError("e.csv, row 2", "'abc' is not a number"), InputError("e.csv", "has 1,234 rows")]),
            "e.csv, ligne 2 : « abc » n’est pas un nombre. e.csv : a 1 234 lignes.",
        ),
        (
            MissingData("libday-2023 is not in the package; build it with tools/build_world_libday.py."),
            "libday-2023 n’est pas dans le paquet ; construisez-le avec tools/build_world_libday.py.",
        ),
        (
            InputError("scenario.yaml, add.0", "2025-05-14 is before the lawbook begins"),
            "scenario.yaml, add.0 : le 14 mai 2025 est avant le début du droit connu ici.",
        ),
        (
            "scenario.yaml: key 'on' is missing; say which day's law is meant, as in on: 2025-05-14 or on: today.",
            "scenario.yaml : la clé 'on' manque ; dites de quel jour est le droit, comme on: 2025-05-14 ou on: today.",
        ),
    ],
)
def test_a_refusal_is_said_in_french_with_what_was_given_as_it_was_written(error, words):
    said_so = refusal_in(error, FRENCH)
    assert said_so.replace("\N{NARROW NO-BREAK SPACE}", " ") == words
    assert not isinstance(said_so, English)


def test_a_refusal_with_words_unknown_stays_english_whole_and_says_so():
    error = InputError(Parameter("date"), "'x' gargles", "give a number")
    assert refusal_in(error, FRENCH) == str(error)
    assert isinstance(refusal_in(error, FRENCH), English)
    assert refusal_in(InputError("a", "is empty"), load("en")) == "a: is empty."


def test_a_command_names_a_parameter_by_its_flag_in_every_language():
    error = InputError(Parameter("as_of", "x"), "'x' is not a date", "write it as 2025-04-15")
    own = refusal_in(error, FRENCH, lambda name: f"--{name.replace('_', '-')}")
    assert own.replace("\N{NARROW NO-BREAK SPACE}", " ").startswith("--as-of x : « x » n’est pas une date")
