"""`detente find`: words in any order, other words for the same, numbers, whole texts, the best first."""

import re

import numpy as np
import pytest

import detente as dt
from detente.data.importer_lines import joined, line_words
from detente.data.importers import importer
from detente.lab.statute.search import line_trade, search, stemmed, synonyms, terms_of
from rows import rows_of

LISTED = rows_of(__file__)


def found(words, of="USA"):
    tables = {table.name: table for table in search(importer(of), importer(of).law, words)}
    lines = tables["lines"]["line"].tolist() if "lines" in tables else []
    measures = tables["measures"]["id"].tolist() if "measures" in tables else []
    return measures, lines


MEANT = """
drone 8806 / T-shirt 6109 / t shirts 6109 / solar panel 8541.43 / phone 8517.13 / smartphones 8517.13 / laptop 8471.30
car 8703 / automobile 8703 / motor cars 8703 / EV 8703.80 / battery 8507 / batteries 8507 / magnets 8505.11 / chip 8542
semiconductors 8542 / rare earths 2805.30 / beef 0201 / whisky 2208.30 / Scotch 2208.30 / whiskey 2208.30 / soy 1201
soybeans 1201 / shoes 64 / fridge 8418 / aluminium 76 / aluminum 76 / fertiliser 31 / tyres 4011 / jewellery 7113
washing machine 8450 / lithium ion battery 8507.60
"""
"""Words, and the goods that they mean first."""

BROKERS = """
avocado 0804.40 / magnets 8505.11 / copper wire 7408 / electric vehicle 8703.80 / solar panel 8541.43
drone 8806 / T-shirt 6109.10 / whisky 2208.30 / smartphone 8517.13 / laptop 8471.30 / baby formula 1901.10
soybeans 1201.90 / aspirin 2918.22 / coffee 0901.11 / wine 2204.21 / garlic 0703.20 / bananas 0803.90
salmon 03 / lobster 0306 / honey 0409 / vanilla 0905 / lipstick 3304.10 / perfume 3303 / shampoo 3305.10
candles 3406 / umbrella 6601 / tent 6306 / curtains 6303 / neckties 6215 / necktie 6215 / zipper 9607
pencil 9609 / guitar 9202 / helmet 6506.10 / toaster 8516.72 / printer 8443 / insulin 3004.31
lithium carbonate 2836.91 / cement 2523 / glass bottle 7010 / steel pipe 7306 / screws 7318 / nails 7317
hammer 8205.20 / chainsaw 8467 / forklift 8427 / ball bearing 8482.10 / spark plug 8511.10 / trailer 8716
vodka 2208.60 / motorcycle 8711 / titanium 8108 / stainless steel sheet 7219 / rebar 7214 / sneakers 6404
wallpaper 4814 / pasta 1902
"""

"""What brokers mean is among the first three."""


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("asked", "most"),
    [(item.strip(), most) for most, text in ((1, MEANT), (3, BROKERS)) for item in re.split("[/\n]", text.strip())],
)
def test_words_find_the_goods_they_mean_first(asked, most):
    words, _, code = asked.rpartition(" ")
    assert any(line.startswith(code) for line in found(words)[1][:most]), found(words)[1][:most]


def test_lines_of_the_good_itself_of_most_imports_and_of_today_come_first():
    where = importer("USA")
    lines = [line.replace(".", "") for line in found("avocados")[1]]
    whole = ["Avocados" in where.words()[where.lines.index(line)] for line in lines]
    assert whole[:3] == [True] * 3
    assert not whole[-1]
    trade = line_trade("USA")
    lines = [where.lines.index(line.replace(".", "")) for line in found("wine")[1]]
    standing = [at for at in lines if str(where.lines.codes[at]).startswith("2204") and not where.table["until"][at]]
    assert [trade[at] for at in standing] == sorted((trade[at] for at in standing), reverse=True)
    at = [where.lines.index(line.replace(".", "")) for line in found("battery")[1]]
    ended = [bool(where.table["until"][i] or where.table["trade_only"][i]) for i in at]
    assert (ended, set(ended)) == (sorted(ended), {True, False})
    _, lines = found("cotton singlets boys")
    text = where.description(where.lines.index(lines[0].replace(".", ""))).lower()
    assert all(word in text for word in ("cotton", "singlets", "boys"))
    _, lines = found("graphite electrodes")
    own = [where.words()[where.lines.index(line.replace(".", ""))][-1].lower() for line in lines]
    has = ["graphite" in text or "electrode" in text for text in own]
    assert has == sorted(has, reverse=True)


def test_trade_of_a_line_is_that_of_its_code_and_a_younger_line_takes_a_part():
    for of in ("USA", "CHN"):
        trade = line_trade(of)
        assert trade.shape == (len(importer(of).lines),)
        assert (trade >= 0).all()
        assert trade.sum() > 1e10
    where = importer("USA")
    young = where.lines.index("8507600090")
    assert where.table["from"][young] > "2025"
    assert line_trade("USA")[young] > 1e8


@pytest.mark.parametrize(
    ("words", "other"),
    [("aluminum foil", "foil aluminium"), ("steel stainless bars", "bar of stainless steel"),
     ("T-SHIRT cotton", "cotton t-shirts"), ("colour television", "television, color")],
)  # fmt: skip
def test_order_number_case_and_spelling_do_not_matter(words, other):
    assert set(found(words)[1]) == set(found(other)[1]) != set()


def test_the_beginning_of_a_word_and_the_title_of_a_measure_find_what_is_meant():
    assert set(found("lithi")[1]) == set(found("lithium")[1])
    lines, where = found("car")[1], importer("USA")
    assert not [
        line for line in lines if "carpet" in where.description(where.lines.index(line.replace(".", ""))).lower()
    ]
    measures, _ = found("trucks")
    assert "s232_mhd" in measures[:6]
    assert found("section 301 batteries")[0][0].startswith("s301")


def test_both_kinds_are_counted_and_have_their_rates():
    answer = dt.find("lithium", "2025-09-01", partner="China")
    measures, lines = found("lithium")
    assert answer.headline.startswith(
        f"{len(lines)} tariff codes and {len(measures)} acts fit “lithium”; the nearest is "
    )
    first = next(answer.rows())
    assert first["total"] == float(dt.rate(first["line"], "China", "2025-09-01"))
    assert sorted(answer["line"]) == sorted(lines)
    alone = dt.find("lithium from China", "2025-09-01")
    assert alone["total"][0] == first["total"]
    assert np.isnan(dt.find("lithium", "2025-09-01")["total"]).all()


def test_a_heading_and_a_code_find_their_measures_and_lines():
    assert found("9903.88.15") == found("99038815") == (["s301_l4a", "s301_l4a_before_2024"], [])
    assert "rec_country" in found("9903.02.19")[0]
    measures, lines = found("8507.60")
    assert all(line.startswith("8507.60") for line in lines)
    assert "s301_fyr_2026_25" in measures
    assert "s232_softwood" not in measures
    assert found("8507.60.00.10")[1] == ["8507.60.00.10"]
    assert any(line.startswith("1201") for line in found("soybeans", "CHN")[1])


@pytest.mark.parametrize("of", ["USA", "CHN"])
def test_every_line_has_a_whole_text(of):
    where = importer(of)
    texts = where.descriptions()
    assert (len(texts), all(texts), texts[7]) == (len(where.lines), True, where.description(7))
    assert not [text for text in texts if "…" in text or "..." in text]
    if of == "USA":
        (row,) = dt.find("8507.60.00.10", "2025-09-01").rows()
        assert row["description"].endswith("of subheadings 8703.40, 8703.50, 8703.60, 8703.70 or 8703.80")
        assert row["description"].startswith("Electric storage batteries, including separators therefor, whether or")
        assert set(line_words()) <= set(where.lines.codes.tolist())
        assert len(line_words()) > 0.9 * len(where.lines)


def test_headings_that_say_nothing_are_left_out():
    assert joined(("Seats:", "Other", "Of wood", "Of wood")) == "Seats:: Of wood"
    assert joined(("Seats", "Other")) == "Seats: Other"


@pytest.mark.parametrize(("words", "stems"), LISTED["plurals_are_brought_to_one_form"])
def test_plurals_are_brought_to_one_form(words, stems):
    assert stemmed(words) == stems


def test_synonyms_are_phrases_taken_whole_and_codes_of_the_schedule():
    assert [term.typed for term in terms_of("solar panels from China")] == ["solar panel", "china"]
    assert [term.typed for term in terms_of("plug-in hybrid")] == ["plug in hybrid"]
    lines = importer("USA").lines
    lost = {words: code for words, s in synonyms().items() for code in s.codes if not lines.mask([code]).any()}
    assert not lost
