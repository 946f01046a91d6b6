"""The machine contract: names, units and sums that other programs rely on."""

import csv
import io
import json
import re

import pytest

import detente as dt


def test_rate_as_json(detente):
    ran = detente("rate", "8507.60.00.10", "CHN", "--on", "2025-04-15", "--format", "json")
    assert ran.code == 0
    content = json.loads(ran.out)
    asked = content["arguments"]
    assert (asked["line"], asked["partner"], asked["on"]) == ("8507.60.00.10", "CHN", "2025-04-15")
    assert content["number"]["value"] == pytest.approx(1.734)
    terms = content["tables"]["terms"]["rows"]
    for term in terms:
        assert {"measure", "authority", "rate", "share", "citation", "displaced_by"} <= set(term)
    *_, base, total = content["tables"]["ladder"]["rows"]
    assert (base["adds"], total["adds"]) == (0.034, pytest.approx(1.734))
    paid = sum(term["rate"] * term["share"] for term in terms)
    assert base["adds"] + paid == pytest.approx(total["adds"], abs=1e-9)


def test_rate_with_a_preference_and_a_share():
    car = dt.rate("8703.23.01", "MEX", "2025-06-15", preference="USMCA", set={"us_content": 0.4})
    assert float(car) == pytest.approx(0.15)


@pytest.mark.parametrize(("reading", "total"), [("effective", 0.15), ("published", 0.275)])
def test_rate_under_readings_of_time(reading, total):
    assert float(dt.rate("8703.23.01", "DEU", "2025-08-01", reading=reading)) == pytest.approx(total)


def test_rate_as_ruled():
    assert float(dt.rate("9503.00.00", "CHN", "2025-04-15", reading="ruled")) == 0


def test_rate_under_the_law_of_a_scenario():
    """A reciprocal duty of 20 points more, and the law of the day where the scenario says nothing of it."""
    scenario = {"on": "2025-05-14", "usa": {"change": [{"measure": "rec_chn", "rate": 0.30}]}}
    changed, plain = dt.rate("9503.00.00", "China", scenario=scenario), dt.rate("9503.00.00", "China", "2025-05-14")
    assert float(changed) == pytest.approx(float(plain) + 0.20)
    assert changed.arguments["on"].isoformat() == "2025-05-14"
    with pytest.raises(dt.InputError, match="scenario: says itself which law is meant"):
        dt.rate("9503.00.00", "China", scenario=scenario, void=["rec_chn"])


def test_daily_as_csv(detente):
    ran = detente("average", "--from", "2025-04-01", "--to", "2025-04-12", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["date"] for row in rows] == [f"2025-04-{day:02d}" for day in range(1, 13)]
    assert list(rows[0])[:3] == ["date", "average", "base"]
    for row in rows:
        parts = sum(float(value) for name, value in row.items() if name not in ("date", "average"))
        assert parts == pytest.approx(float(row["average"]), abs=1e-9)


def test_average_by_partner_as_csv(detente):
    ran = detente("average", "--on", "2025-05-08", "--by", "partner", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {"partner", "average", "base", "imports"} <= set(rows[0])
    by = {row["partner"]: float(row["average"]) for row in rows}
    assert by["CHN"] > 1 > by["DEU"] > by["CAN"] * 0.5
    skip = {"partner", "partner_name", "imports", "average", "after_substitution"}
    for row in rows:
        parts = sum(float(value) for name, value in row.items() if name not in skip)
        assert parts == pytest.approx(float(row["average"]), abs=1e-9)


def test_same_scenario_same_bytes(detente, ran):
    """The command against a run from Python, which may be that of another process."""
    from detente.faces.ask.questions.run import of_result
    from detente.faces.words.brief import spoken

    printed = json.loads(detente("run", "geneva", "--format", "json", "--draws", "4").out)
    told = of_result(spoken(ran("geneva", draws=4)), "geneva").to_dict()
    for part in ("headline", "number", "tables", "key"):
        assert json.dumps(printed[part]) == json.dumps(told[part]), part
    assert len(printed["key"]) == 12


def test_a_report_holds_every_table(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    for name in result["tables"]:
        assert f'id="{name}"' in page
    assert not re.search(r"""(src|href|action|url)\s*[=(]\s*["']?https?:""", page)
