"""What is wrong with a claim is said with its file and its id, and hides no verdict on the others; who said what."""

import json

import pytest

AS_OF = ("--as-of", "2026-07-23", "--draws", "0")


def claim(name, quantity, more=""):
    head = f"claim_id: {name}, quote: words of {name}, said: 2025-05-09, kind: measurement{more}"
    return f"- {{{head}, quantity: {quantity}}}"


def written(tmp_path, *claims):
    path = tmp_path / "claims.yaml"
    path.write_text("\n".join(claims) + "\n", encoding="utf-8")
    return str(path)


GOOD = claim("good", "{name: partner_additional_rate, value: 145, partner: CHN}")
BAD = {
    "the importer itself": ("{name: partner_additional_rate, value: 10, partner: USA}", "is the importer itself"),
    "unknown country": ("{name: partner_average_rate, value: 10, partner: Chnia}", "unknown country 'Chnia'; did you"),
    "no partner": ("{name: partner_average_rate, value: 10}", "names no partner"),
    "unknown line": ('{name: line_rate, value: 10, partner: CHN, line: "9999.99.99"}', "unknown tariff line"),
}


@pytest.mark.parametrize(("quantity", "message"), BAD.values(), ids=BAD)
def test_a_claim_that_cannot_be_judged_is_named_and_hides_no_other(detente, tmp_path, quantity, message):
    path = written(tmp_path, claim("bad", quantity), GOOD)
    found = json.loads(detente("check", path, *AS_OF, "--json").out)
    (warning,) = (text for text in found["warnings"] if message in text)
    assert warning.startswith(f"Not judged: {path}, claim bad")
    assert [(row["claim"], row["verdict"]) for row in found["tables"]["checks"]["rows"]] == [("good", "supported")]


def test_every_claim_that_cannot_be_judged_has_a_sentence_of_its_own(detente, tmp_path):
    path = written(tmp_path, *(claim(f"b{n}", quantity) for n, (quantity, _) in enumerate(BAD.values())))
    ran = detente("check", path, *AS_OF)
    assert (ran.code, ran.out) == (2, "")
    assert [line.split(", claim ")[1][:2] for line in ran.err.splitlines()] == ["b0", "b1", "b2", "b3"]


def test_an_unknown_importer_of_a_measure_is_named_with_its_claim(detente, tmp_path):
    expect = "{test: measure_off, actor: DEU, measure: x, window: soon}"
    path = written(tmp_path, f"- {{claim_id: f, quote: q, said: 2025-05-09, kind: forecast, expect: {expect}}}")
    assert f"{path}, claim f: unknown importer 'DEU'" in detente("check", path, *AS_OF).err


def test_a_claim_said_later_is_named_with_its_file(detente, tmp_path):
    path = written(tmp_path, GOOD)
    ran = detente("check", path, "--as-of", "2025-05-01")
    assert f"--as-of: claim good of {path} was said on 2025-05-09, after 2025-05-01" in ran.err


@pytest.mark.parametrize(
    ("quantity", "found"),
    [
        ("{name: index_return, comparator: rose, market: DAXX}", "the markets are S&P 500, HSI, CSI300, N225"),
        ("{name: index_return, comparator: rose, market: HSI, as_of: 2025-05-10}", "closed on 2025-05-10, a Saturday"),
        (
            "{name: index_return, comparator: rose, market: HSI, as_of: 2025-06-03}",
            "the days are 2025-04-02, 2025-04-03",
        ),
        ("{name: abnormal_return, comparator: rose, market: DAXX}", "no session of DAXX is quoted"),
        (
            "{name: index_ratio, value: '1.00', unit: ratio, market: CSI300, base: 2025-04-02, as_of: 2025-05-09}",
            "CSI300 is not quoted on 2025-05-09 relative to 2025-04-02",
        ),
    ],
)
def test_a_market_or_day_that_is_not_quoted_says_what_is(detente, tmp_path, quantity, found):
    row = json.loads(detente("check", written(tmp_path, claim("m", quantity)), *AS_OF, "--json").out)["tables"][
        "details"
    ]["rows"][0]
    assert row["verdict"] == "not checkable"
    assert found in row["found"]
    assert row["known_later"] == ""


def test_a_base_after_the_day_is_refused(detente, tmp_path):
    quantity = "{name: average_tariff_rise, value: 3, unit: points, base: 2025-06-01, as_of: 2025-05-08}"
    path = written(tmp_path, claim("late", quantity))
    ran = detente("check", path, *AS_OF)
    assert ran.code == 2
    assert f"{path}, claim late, quantity: the base 2025-06-01 comes after the day it is compared with" in ran.err


@pytest.mark.parametrize(
    ("quantity", "verdict", "value"),
    [
        ("{name: partner_additional_rate, value: 125, importer: CHN, partner: USA}", "supported", 1.25),
        ("{name: partner_additional_rate, value: 125, importer: China, partner: United States}", "supported", 1.25),
        ("{name: partner_additional_rate, value: 145, importer: USA, partner: CHN}", "supported", 1.45),
        ("{name: partner_additional_rate, value: 10, importer: CHN, partner: JPN}", "not checkable", None),
    ],
)
def test_the_duty_of_another_importer_is_read_from_the_timeline(detente, tmp_path, quantity, verdict, value):
    row = json.loads(detente("check", written(tmp_path, claim("i", quantity)), *AS_OF, "--json").out)["tables"][
        "details"
    ]["rows"][0]
    assert (row["verdict"], row["value"]) == (verdict, value)
