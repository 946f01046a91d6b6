"""No English sentence is left in the French brief and report; numbers as readers write them."""

import json
import re
from dataclasses import astuple, is_dataclass, replace

import pytest

from detente.codes import Column
from detente.codes.units import Unit
from detente.faces.report import image, rendered
from detente.faces.report.content import content
from detente.faces.report.page import assumed, headline, vintage
from detente.faces.report.paper import report_data
from detente.faces.words.brief import brief
from detente.faces.words.language import English, load
from detente.faces.words.show import as_text
from detente.faces.words.tables import name_of, text_in
from detente.faces.words.terms import act
from detente.lab.deal.numbers import signed

FRENCH = load("fr")

ENGLISH = frozenset(
    "the and of with from what which who whose this that these those each both law duty duties rate rates against "
    "deals claim claims months day days year years number weights country countries goods trade income prices after "
    "before is are was were be been by to at until under over worth its their has have when where if than only "
    "not".split()
)
"""Words that no French sentence has."""

SILENT = re.compile(r"https?://\S+|`[^`]*`|--\S+|docs/\S+|[\w.]+_[\w.]+|\b[a-z]+(?:-[a-z]+)+\b")
"""What is the same in every language: addresses, commands, ids of files."""

CITED = re.compile(r"FR \d|FR [A-Z]|^EO |U\.S\. note|Proc\. |^--set ")
"""Where an act was published, as lawyers cite it, and switches with names of ours in them."""


def is_english(text):
    """Whether a text is an English sentence: marked as one, or with words that French has not."""
    words = re.findall(r"[^\W\d_]+", SILENT.sub("", text))
    if CITED.search(text) or len(words) < 3:
        return False
    return isinstance(text, English) or bool({word.lower() for word in words} & ENGLISH)


def strings(value):
    """Every text of nested values, with its mark."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)
    elif is_dataclass(value):
        yield from strings(astuple(value))


def parts_of(made):
    """What the page of a report says, part by part."""
    for part in made.parts:
        yield part.title, part.lead
        for chart in part.charts:
            yield chart.title, chart.subtitle, chart.note, chart.alt, chart.unit, chart.source
        for grid in part.grids:
            yield grid.title, grid.heads, grid.rows, grid.meanings, grid.notes
    yield made.findings, made.claims, made.note, made.words
    yield [headline(card, FRENCH) for card in made.cards], [assumed(row, FRENCH) for row in made.assumptions]
    yield [vintage(row, FRENCH)["texts"] for row in made.vintages.values()]


@pytest.mark.parametrize("name", ["geneva", "us-eu-2025", "usmca-lapses", "thirty-four"])
def test_no_english_sentence_is_left_in_a_french_report(ran, geneva, name):
    made = content(geneva if name == "geneva" else ran(name), language="fr")
    left = [text for part in parts_of(made) for text in strings(part) if is_english(text)]
    assert left == []
    assert not is_english(as_text(made.front))


def test_a_paper_and_a_document_speak_the_language(geneva):
    text = rendered(geneva, ".md", language="fr").decode()
    assert "## Annexe" in text
    assert f"Résultat `{geneva.key}`" in text
    left = [line for line in re.split(r"[|\n]", text) if is_english(line) and "The Détente authors" not in line]
    assert left == []


def test_an_english_sentence_would_be_seen():
    assert is_english("Average duty by partner")
    assert is_english(English("Trade of all"))
    assert not is_english("Droit moyen par partenaire")
    assert not is_english("90 FR 15041; U.S. note 16(e)")


TEXTS = {
    "the supply chain": None,
    "collected, no full month under this law and 2025-06": "perçu, aucun mois entier sous ce droit et 2025-06",
    "13 May 2025 and 14 May 2025": "13 mai 2025 et 14 mai 2025",
    "January 1982 to March 2026": "janvier 1982 à mars 2026",
    "duties by sector are weighted by trade; trade without a sector: USA 0.0%, CHN 0.0%": (
        "les droits par secteur sont pondérés par le commerce ; commerce sans secteur : États-Unis 0,0 %, Chine 0,0 %"
    ),
    "one sector carries over half of the welfare change: IRL Services (aggregate) (78%), NOR B06 (54%) and 3 more "
    "countries": (
        "un seul secteur porte plus de la moitié de l’effet sur le revenu : Irlande Services (agrégat) (78 %), "
        "Norvège B06 (54 %) et 3 autres pays"
    ),
    "0.51% (S&P 500, first session after the announcement (7 May))": (
        "0,51 % (S&P 500, première séance après l’annonce (7 mai))"
    ),
    "change of real income of EU27": "écart du revenu réel de l’Union européenne",
    "Against the status quo lasting with probability 0.25, provided that US reciprocal duty on the United Kingdom is "
    "10.0 points, USA accepts any level of cut of the British base duty on cars and farm goods of the United States.": (
        "Face à « le statu quo durant avec une probabilité de 0,25 », avec « droit réciproque américain sur le Royaume-"
        "Uni » à 10,0 points, le côté États-Unis accepte tout niveau de « baisse du droit de base britannique sur les "
        "voitures et les biens agricoles des États-Unis »."
    ),
    "law of 11 March 2025, before the quarrel is no punishment for GBR.": (
        "droit du 11 mars 2025, d’avant la querelle : pas une sanction, Royaume-Uni."
    ),
    "what came: it lived 47 days, to 8 May 2025, when its sides ended it": (
        "ce qui vint : il a vécu 47 jours, jusqu’au 8 mai 2025, où ses côtés y ont mis fin"
    ),
    "the timeline does not follow the duty of USA on JPN": (
        "la chronologie ne suit pas ce droit (États-Unis sur Japon)"
    ),
}


@pytest.mark.parametrize("text", TEXTS)
def test_remarks_with_numbers_days_and_countries_in_them(text):
    own = text_in(text, FRENCH)
    if TEXTS[text] is None:
        assert isinstance(own, English)
    else:
        assert own.replace("\N{NARROW NO-BREAK SPACE}", " ") == TEXTS[text]


HEADS = {
    "usa_over_D0": "États-Unis contre D0",
    "eu27": "Union européenne",
    "USA_signs_above": "seuil de signature, États-Unis",
    "pocket_if_renewed": "de sa poche, si reconduit",
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_of_columns_named_after_a_side_or_a_fate(name):
    assert name_of("signing", Column(name, Unit.USD, ""), FRENCH).startswith(HEADS[name])


def test_the_brief_has_a_space_before_its_colons(geneva):
    assert not re.search(r"\w: ", as_text(brief(geneva, "fr")))


@pytest.mark.parametrize(
    ("value", "text"), [(-1e-5, "0.00%"), (1e-5, "0.00%"), (0.0033, "+0.33%"), (-0.0033, "-0.33%")]
)
def test_a_number_of_a_deal_that_prints_as_zero_has_no_sign(value, text):
    assert signed(value, Unit.SHARE, True) == text


def test_an_act_of_a_french_brief_is_a_noun_behind_its_article(geneva):
    assert brief(geneva, "fr").deal.startswith(
        "Aux États-Unis, le droit réciproque sur la Chine, Hong Kong et Macao passe"
    )
    assert act("Forced labor, 12.5 points", FRENCH).startswith("«")
    assert act("Duties of the surtax order", FRENCH).startswith("«")


def test_a_paper_and_its_image_speak_the_language_and_show_no_marks(geneva, monkeypatch):
    made = content(geneva, brief=True, language="fr")
    facts = json.loads(report_data(made))
    assert (facts["lang"], facts["says"]["appendix"]) == ("fr", "Annexe")
    assert "`" not in facts["front"]["ours"]
    assert all(not spread or spread.startswith("fourchette ") for *_, spread in facts["front"]["cards"])
    monkeypatch.setattr("detente.faces.report.image.compiled", lambda brief, *_, **__: brief.lang.encode())
    assert image.write(replace(made, brief=False), geneva) == b"fr"
