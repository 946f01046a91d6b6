"""The catalogue of languages: one file each, complete, with nothing in it that nothing says."""

import re
from datetime import date
from importlib.resources import files

import pytest
import yaml

from detente.codes.declared import subject_tables
from detente.codes.standing import LAPSED, NUMBERS, RENEWED, Branch, Standing
from detente.data.assumptions import assumptions
from detente.data.dealrecord import threat_rows
from detente.data.importers import importer
from detente.faces.report.content import GLOSSARY, SPELLED, Grid, ReportPart, words
from detente.faces.report.method import METHOD
from detente.faces.report.page import assumed
from detente.faces.words import language
from detente.faces.words.issues import is_owned
from detente.faces.words.language import English, languages, load, parts_of, sorted_as
from detente.faces.words.record import record_line, record_sentences, records_of
from detente.faces.words.tables import head_in, sentence_in, text_in

OTHERS = [code for code in languages() if code != "en"]
IMPORTERS = ("USA", "CHN", "EU27", "CAN", "IND", "GBR", "JPN")
"""Importers whose assumptions have words of their own, and one of whom only sectors are known."""

FORMS = ("_one", "_other")
SUBJECTS = sorted(path.stem for path in (files("detente") / "codes" / "tables").iterdir() if path.stem != "shared")

LINK = re.compile(r"\]\((\w+)\)")


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


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_every_text_with_the_same_parts_and_links(code):
    english, other = load().sentences, load(code).sentences
    assert set(english) == set(other)
    for key, text in english.items():
        assert parts_of(other[key]) == parts_of(text), key
        assert sorted(LINK.findall(other[key])) == sorted(LINK.findall(text)), key
        assert other[key].strip() or not text.strip(), key


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_every_form(code):
    english, other = load().forms, load(code).forms
    assert set(english) - {"countries"} <= set(other)
    assert len(other["months"]) == 12
    assert len(other["numbers"]) == len(NUMBERS)


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


def test_no_page_says_what_no_catalogue_has():
    pattern = re.compile(r"""\bsay\(["']((?:[a-z_]+\.)?[a-z_]+)["'][,)]""")
    known = load().sentences
    for path, text in sources(".py", ".j2").items():
        for name in pattern.findall(text):
            assert name in known or f"{name}_one" in known, (path, name)


def test_no_script_says_what_no_catalogue_has():
    known = {key.partition(".")[2] for key in load().sentences if key.startswith("script")}
    for path, text in sources(".js").items():
        for name in re.findall(r"""\bt\("(\w+)"[,)]""", text):
            assert name in known or f"{name}_one" in known, (path, name)


def test_counts_take_the_forms_of_their_language():
    english, french = load(), load("fr")
    assert english("law.products", count=0) == "0 products"
    assert english("law.products", count=1) == "1 product"
    assert french("law.products", count=0) == "0 produit"
    assert french("law.products", count=12345) == "12\N{NARROW NO-BREAK SPACE}345 produits"


def test_french_lines_do_not_break_before_its_marks():
    for key, text in load("fr").sentences.items():
        assert not re.search(r" [;:?!»]|« ", text), key


def test_a_day_that_is_none_stays_as_it_was_written():
    assert [load(code).day("2025-13-14") for code in languages()] == ["2025-13-14"] * len(languages())


def test_names_are_sorted_by_their_letters():
    assert sorted(["Zambie", "Égypte", "Estonie"], key=sorted_as) == ["Égypte", "Estonie", "Zambie"]


STANDINGS = [
    Standing(date(2026, 10, 7)),
    Standing(date(2026, 10, 7), True),
    *(
        Standing(date(2026, 10, 7), True, ("a",) * count, date(2026, 11, 10), last, branches, ("gaps stay",), of)
        for count in (1, 2, 12)
        for last in (None, date(2026, 12, 1))
        for branches in ((), (Branch(LAPSED, 0.534), Branch(RENEWED, None)))
        for of in ("", "an average duty of ")
    ),
]


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_line_on_the_record_is_in_english_what_all_faces_say(standing):
    assert record_line(standing, load()) == standing.line
    lines = record_sentences(standing, load("fr"))
    assert len(lines) == len(standing.lines)
    assert [isinstance(line, English) for line in lines] == [False] * standing.beyond + [True] * len(standing.gaps)
    for country in ("USA", "CHN"):
        assert len(records_of({country: standing}, load("fr"))) == standing.beyond


@pytest.fixture
def third(monkeypatch, tmp_path):
    """A language more, whose only file is a copy of the English one under another name."""
    for code in languages():
        (tmp_path / f"{code}.toml").write_text((language.LOCALES / f"{code}.toml").read_text("utf-8"), "utf-8")
    english = (tmp_path / "en.toml").read_text("utf-8")
    made = english.replace('language = "English"', 'language = "Esperanto"').replace(
        '"To the content"', '"Al la enhavo"'
    )
    (tmp_path / "eo.toml").write_text(made, "utf-8")
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    load.cache_clear()
    yield "eo"
    load.cache_clear()


def test_a_third_language_is_one_file(third):
    pytest.importorskip("fastapi")
    from starlette.requests import Request

    from detente.faces.web.html import page
    from detente.faces.web.tongue import language_of

    headers = [(b"accept-language", third.encode())]
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})
    assert language_of(request) == third
    text = page("refused.html.j2", request, title="x", message="y").body.decode()
    assert "Al la enhavo" in text
    assert f'<html lang="{third}">' in text
    assert 'data-lang="fr"' in text
    assert f'data-lang="{third}"' in text


def test_words_of_tables_are_of_tables_there_are():
    """Heads name columns of the register; texts and cells are still somewhere in the program or its data."""
    home = files("detente")
    tables = [table for name in SUBJECTS for table in subject_tables(name).values()]
    columns = {column.name for table in tables for column in table.columns}
    authorities = {str(authority.id) for code in ("USA", "CHN") for authority in importer(code).law.authorities}
    inside = [
        path for path in home.rglob("*") if path.suffix in (".py", ".toml", ".yaml") and "locales" not in path.parts
    ]
    source = re.sub(r'"\s*f?"', "", "\n".join(path.read_text("utf-8") for path in inside))
    # Titles of the usual two sides; others name whose numbers they are.
    source += "".join(str(row["measure"]) for row in threat_rows())
    source += source.replace("{whose}", "US").replace("{who}", "The two parties")
    gone: list[str] = []
    for code in OTHERS:
        words = load(code).tables
        # Columns of averages by day are named after authorities, those of the two sides after their countries.
        unknown = {head.rpartition(".")[2] for head in words["heads"]} - columns - authorities - {"usa", "chn"}
        assert not unknown
        whole = [text for text in words["cases"] if "{" not in text]
        for text in (*words["texts"], *whole):
            parts = [part for part in re.split(r"\{[^{}]*\}|\d+%?|[;,:.]", text) if len(part.strip()) > 12]
            gone += [text] if not all(part.strip(" ;:,()") in source for part in parts) else []
    assert gone == []


def test_every_head_title_and_note_of_the_register_has_words_in_every_language():
    """But for those that a word of the program or of a reader makes up whole, as "{title}"."""
    tables = {(name, table.name): table for name in SUBJECTS for table in subject_tables(name).values()}
    for code in OTHERS:
        say = load(code)
        heads = {column.name for t in tables.values() for column in t.columns if english(head_in(t.name, column, say))}
        texts = {text for t in tables.values() for text in (t.title, *t.notes) if english(text_in(text, say))}
        assert sorted(text for text in heads | texts if not re.fullmatch(r"\{[^{}]+\}", text)) == []


def english(text):
    return isinstance(text, English)


NAMED = {
    "US reciprocal duty on the European Union": "droit réciproque américain sur l’Union européenne",
    "cut of South Korea's base duty on industrial goods of the United States": (
        "baisse du droit de base de la Corée du Sud sur les biens industriels des États-Unis"
    ),
    "Chinese duty on cars of Japan": "droit chinois sur les voitures du Japon",
    "purchases pledged by the EU": "achats promis par l’Union européenne",
    "United States, Canada and Mexico, 1 July 2026": "États-Unis, Canada et Mexique, 1er juillet 2026",
}


@pytest.mark.parametrize("label", NAMED)
def test_labels_of_new_cases_put_countries_in_the_form_their_words_take(label):
    assert text_in(label, load("fr")) == NAMED[label]


def test_a_form_of_a_country_takes_nothing_that_is_none():
    assert english(text_in("lowest duty on cars of quality", load("fr")))


def test_shipped_cases_have_french_labels():
    """Titles, issues, outcomes and threats of every case file of the package."""
    say, known = load("fr"), []
    for path in (files("detente") / "data" / "cases").iterdir():
        case = yaml.safe_load(path.read_text("utf-8"))
        rows = [*(case.get("issues") or ()), *(case.get("threats") or ()), *(case.get("outcomes") or {}).values()]
        labels = [case.get("title", ""), *((row or {}).get("label", "") for row in rows)]
        known += [(path.name, text) for text in labels if english(text_in(text, say)) and say.law(text) == text]
    assert known == []


@pytest.mark.parametrize("label", ["Canada's surtax duty", "South Korea's duty on farm goods", "United States' answer"])
def test_a_label_that_begins_with_whose_it_is_has_no_article(label):
    assert is_owned(label)
    assert not is_owned(f"cut of {label}")


def test_the_method_and_the_glossary_of_a_report_are_in_every_language():
    for code in OTHERS:
        say = load(code)
        texts = [*(text for pair in METHOD for text in pair), *GLOSSARY.values()]
        assert [text for text in texts if english(text_in(text, say))] == []
        assert set(say.tables["terms"]) == {SPELLED.get(term, term) for term in GLOSSARY}
        assert set(say.tables["stems"]) == set(GLOSSARY)


def test_terms_are_found_in_texts_of_their_language():
    say = load("fr")
    table = Grid("x", "", ("droit moyen",), (True,), (), ("rendements anormaux",), ())
    part = ReportPart(None, "", "", (), None, (), (table,))
    assert [term for term, _ in words((part,), say)] == ["droit moyen", "rendement anormal"]
    assert words((part,), load()) == []


@pytest.mark.parametrize("code", IMPORTERS)
def test_assumptions_are_in_every_language_but_for_options(code):
    rows = assumptions(importer(code).law)
    for lang in OTHERS:
        spoken = [assumed(row, load(lang)) for row in rows]
        texts = [row[key] for row in spoken for key in ("statement", "effect", "source")]
        assert [text for text in texts if english(text)] == []


def test_no_assumption_is_left_in_a_language_that_is_none():
    known = {
        str(value).strip() for code in IMPORTERS for row in assumptions(importer(code).law) for value in row.values()
    }
    for lang in OTHERS:
        assert [text for text in load(lang).tables["assumptions"] if "{" not in text and text not in known] == []


def test_every_slot_of_a_table_s_words_is_of_its_english():
    for code in OTHERS:
        for part, rows in load(code).tables.items():
            for text, own in rows.items() if part not in ("heads", "units") else ():
                slots = {slot.partition("|")[0] for slot in re.findall(r"\{([^{}]*)\}", own)}
                assert slots <= set(re.findall(r"\{([^{}]*)\}", text)), (part, text)


FINDINGS = {
    "The average US duty is 15.0%, 9.9 points below 24.9%; China's on US goods is 23.3%, 115.0 points below 138.3% "
    "(law of 14 May 2025 against that of 13 May 2025; fixed weights of 2024).": "Le droit moyen américain est de 15,0",
    "The average US duty is 9.9% [5-95% of joint draws: 9.8% to 10.1%], unchanged from 9.9%; on goods of Japan 15.0%, "
    "2.0 points above 13.0% (law of 2 May 2025 against that of 1 May 2025; fixed weights of 2024).": "Le droit moyen",
    "Real income +0.33% [+0.20% to +0.40% over trade elasticities, closures of trade balances, claims and weights] "
    "in the United States, +0.31% in China and 0.00% in Japan, in general equilibrium; "
    "trade in balance in every country.": ("Revenu réel +0,33 % [+0,20 % à +0,40 % sur"),
    "Of 33 US users 29 run short without the deal, the first (motor vehicle electrical and electronic equipment "
    "manufacturing) 17 days after the announcement; the worst (aircraft engine and engine parts manufacturing "
    "(defence)) meets 25% of its need in its worst month.": "De 33 utilisateurs américains, 29 manquent",
    "Geneva is worth signing, by the chance that failed talks leave the status quo and not the past law: to the United "
    "States above 0.17 to 0.29, to China at any chance.": "Genève vaut d’être signé",
    "Range: +0.20% to +0.40% in 90% of 100 draws; American content can only raise it.": "Fourchette : +0,20 % à +0,40",
    "Preference claims.": "Demandes",
    "thirty-four alone: consumer prices 0.0% in the first round, before anyone buys differently; 0 USD a year for a "
    "household out of pocket, 0 USD on the national-accounts basis.": "trente-quatre seul : prix à la consommation",
}


@pytest.mark.parametrize("sentence", FINDINGS)
def test_findings_and_headlines_of_a_run_are_said_in_french(sentence):
    own = sentence_in(sentence, load("fr"))
    assert not english(own)
    assert own.replace("\N{NARROW NO-BREAK SPACE}", " ").startswith(FINDINGS[sentence])
    assert re.findall(r"\d+", own) == re.findall(r"\d+", sentence)


def test_a_finding_with_words_unknown_stays_english_whole():
    assert english(
        sentence_in("The average US duty is what one likes (law of nobody; fixed weights of 2024).", load("fr"))
    )
