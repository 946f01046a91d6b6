"""A claim in one sentence: what is read out of it, and what is refused."""

import pytest

import detente as dt
from detente.lab.claims.ledger import ledger_of
from detente.lab.claims.meaning import row_of

TODAY = "2026-07-23"
READ = {
    "the average US tariff is 28 percent": {"name": "average_tariff_level", "value": "28", "unit": "percent"},
    "the average tariff rose by more than 20 points": {"name": "average_tariff_rise", "comparator": ">"},
    "prices rise by 15 per cent": {"name": "price_effect", "comparator": "rose", "base": "2025-01-01"},
    "tariffs on China are above 50%": {"name": "partner_average_rate", "comparator": ">", "partner": "CHN"},
    "US imports from China fell by 30 percent in 2025": {"name": "imports", "partner": "CHN", "year": 2025},
    "imports were $3,200 billion in 2025": {"name": "imports", "value": "3200", "unit": "usd_bn"},
    "households pay $2,800 a year": {"name": "household_cost", "value": "2800", "unit": "usd"},
    "the trade deficit with Vietnam is $120bn in 2024": {"name": "trade_balance", "value": "-120", "partner": "VNM"},
    "customs duties brought in 0.2 trillion in 2025": {"name": "tariff_revenue", "value": "200", "unit": "usd_bn"},
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("sentence", READ)
def test_a_sentence_is_a_row_that_a_file_of_claims_may_have(sentence):
    row = row_of(sentence, "", TODAY)
    assert READ[sentence].items() <= row["quantity"].items()
    (statement,) = ledger_of([row], "statement").statements
    assert not statement.lacks
    assert statement.claim.quote == sentence


def test_a_sentence_that_says_too_little_is_refused_with_what_it_takes():
    with pytest.raises(dt.InputError, match="does not say what its number measures"):
        dt.check("29 dogs")
    with pytest.raises(dt.InputError, match="has no number, and no claim of the ledgers has its words"):
        dt.check("nothing like it")
    with pytest.raises(dt.UnknownName, match="unknown claim 'nonsense'"):
        dt.check("nonsense")
    assert row_of("it is 29%", "average_tariff_level", TODAY)["quantity"]["value"] == "29"


def test_a_mapping_and_rows_are_claims_and_may_not_name_files_or_change_the_law():
    claim = {"kind": "measurement", "quantity": {"name": "count", "value": 7, "population": "controlled rare earths"}}
    one, two = dt.check(claim, draws=0), dt.check([claim | {"claim_id": "b"}], draws=0)
    assert (one["claim"][0], two["claim"][0]) == ("own", "b")
    assert one.tables["details"]["value"][0] == two.tables["details"]["value"][0] == 7
    assert float(one) == 7.0
    for key in ("law", "lawbook", "events"):
        with pytest.raises(dt.InputError, match="is not taken here"):
            dt.check(claim | {"definition": {key: "x"}})


def test_words_are_looked_for_in_the_ledgers():
    found = dt.check("expert of CSIS", as_of="2026-07-23", draws=0)
    assert "C16a" in found["claim"].tolist()
    assert all("csis" in f"{row['speaker']} {row['quote']}".lower() for row in found.tables["details"])
