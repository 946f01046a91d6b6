"""The session of docs/python.md: chained scenarios, labelled answers, one shape for all of them, Python's words."""

import json
import pickle
import re
import subprocess
import sys
from datetime import date

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.codes import Column, Unit
from detente.codes.given import several, share
from detente.economy import decouple, nash, optimal_tariff, shock_of
from detente.lab.chains.answer import disrupt_chain
from detente.lab.claims.check import check
from detente.lab.statute.lookup import look_up
from detente.lab.talks.talk import open_talk

DAY = "2025-05-14"
QUICK = {"report": {"by": ["partner"], "draws": 0, "world": False, "prices": False, "talks": False},
         "record": {"history": False}}  # fmt: skip
FILE = """
title: A mix of changes
on: 2025-05-14
usa:
  change: [{measure: rec_chn, rate: 0.3}]
  add:
    - {id: own_1, title: 10% on all goods of EU, authority: reciprocal, goods: [{all: true}], partners: [EU],
       periods: [{rate: 0.1, from: 2025-05-14}]}
  lift: [fent_chn]
chn:
  change: [{measure: cn_reciprocal, rate: 0.2}]
report: {by: [partner], draws: 0, world: false, prices: false, talks: false}
record: {history: false}
"""


@pytest.fixture(scope="module")
def mine():
    added = {"id": "own_1", "title": "10% on all goods of EU", "authority": "reciprocal", "goods": [{"all": True}],
             "partners": ["EU"], "periods": [{"rate": 0.1, "from": "2025-05-14"}]}  # fmt: skip
    return dt.Scenario(
        on=DAY, title="A mix of changes",
        usa={"change": [{"measure": "rec_chn", "rate": 0.3}], "add": [added], "lift": ["fent_chn"]},
        china={"change": [{"measure": "cn_reciprocal", "rate": 0.2}]}, **QUICK,
    )  # fmt: skip


@pytest.fixture(scope="module")
def result(mine):
    return dt.run(mine)


@pytest.fixture(scope="module")
def change():
    economy = dt.load_economy("icio-2022-small")
    return dt.solve(economy, shock_of(economy, [("USA", "CHN", None, 0.34)]))


@pytest.fixture(scope="module")
def talks():
    return dt.open_talk("us-china-2025-05:happened", weights="welfare", horizons="long")


@pytest.fixture(scope="module")
def cut():
    return disrupt_chain("rare-earths", cut=0.8, months=12, countries="USA", scope="direct")


DUMP = re.compile(r"\b[A-Z]\w+\(\w+=|array\(|<.* object at 0x")
"""What a dataclass, an array or an object prints of itself where nobody took care."""

# Scenarios.


def plain(scenario):
    return scenario.model_dump(mode="json", by_alias=True)


def test_a_scenario_of_python_is_that_of_its_file(mine, tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(FILE, encoding="utf-8")
    other = dt.run(path)
    named = mine.model_copy(update={"name": "mix"})
    assert plain(named) == plain(other.result.scenario)
    same = dt.run(named)
    assert same.key == other.key == dt.run(named.to_dict()).key
    (tmp_path / "own").mkdir()
    own = named.save(tmp_path / "own" / "mix.yaml")
    assert plain(dt.load_scenario(str(own))[0]) == plain(named)
    assert own.read_text(encoding="utf-8").startswith("on: 2025-05-14\n")
    assert json.dumps(same.to_dict()["tables"]) == json.dumps(other.to_dict()["tables"])


# Answers.


@pytest.fixture(scope="module")
def below(result, change, talks, cut):
    """Values of the layers below that an answer leads to."""
    law, duty, talk = dt.load_law(), look_up("8507.60.00.10", "CHN", date.fromisoformat(DAY)), talks
    settled, (checked, *_) = dt.settle(talks), check(as_of=date.fromisoformat("2025-05-12"), draws=0, only="C05")
    game = nash(change.economy, "USA, CHN")
    best = optimal_tariff(change.economy, "USA")
    return {
        "law": law, "measure": law.measures[0], "period": law.measures[0].periods[0], "flows": dt.load_flows(),
        "schedule": dt.schedule(law, DAY), "ladder": duty.main, "term": duty.main.terms[0],
        "scenario": result.result.scenario, "economy": change.economy, "shock": change.shock,
        "equilibrium": change, "certificate": change.certificate, "nash": game,
        "nash certificate": game.certificate, "point": game.points[0], "optimum": best,
        "optimum certificate": best.certificate, "talk": talk, "case": talk.case, "settlement": settled,
        "cell": next(iter(settled.cells.values())), "limit": settled.limits[0],
        "negotiation": settled.negotiation, "check": checked, "claim": checked.claim, "part": checked.part,
        "chain": dt.load_chain("rare-earths"), "losses": cut, "loss": cut.losses[0],
        "chain certificate": cut.certificate, "concordance": dt.concordance("hs6", "isic4"),
    }  # fmt: skip


def test_values_below_are_read_on_one_screen_too(below):
    dumps = {name: repr(value) for name, value in below.items() if DUMP.search(repr(value))}
    assert not dumps
    long = {name: len(repr(value).splitlines()) for name, value in below.items()}
    assert max(long.values()) <= 30
    assert "USA" in repr(below["law"])
    assert "1.2e" in repr(below["certificate"]) or "residual" in repr(below["certificate"])


def test_talks_can_be_settled(talks):
    assert dt.settle(talks) is talks.settled(talks.headline)
    negotiation = talks.negotiation(talks.headline)
    assert dt.settle(negotiation, sets="free", linked=()).reference == "geneva"
    with pytest.raises(dt.InputError, match="is no negotiation"):
        dt.settle("us-china-2025-05")


def test_losses_of_a_cut_are_those_of_the_function_below(cut):
    key = {"scope": "direct", "measure": "GDP at base prices", "period": "year 1"}
    whole = dt.chain_run("rare-earths", cut=0.8, months=12, country="USA", draws=0).tables["losses"].to_polars()
    rows = whole.filter(pl.all_horizontal(pl.col(name) == value for name, value in key.items()))
    assert rows["central"][0] == pytest.approx(cut.loss("USA", **key), rel=1e-9)


# Mistakes, in Python's words.


NAMES = [("USA", ("USA",)), ("USA, CHN", ("USA", "CHN")), ("", ()), (None, ()), (["USA"], ("USA",)),
         (("a", "b"), ("a", "b")), *((bad, None) for bad in (3, {"USA": 1}, b"USA", ["USA", 3]))]  # fmt: skip
SHARES = [(0.3, 0.3), ("30%", 0.3), ("145%", 1.45), (np.float64(0.1), 0.1), (0, 0),
          *((bad, None) for bad in ("a third", None, True, [0.1], float("nan"), "", 2.0, 145))]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "given", "value"), [*((several, *row) for row in NAMES), *((share, *row) for row in SHARES)]
)
def test_a_text_is_a_name_and_a_share_a_number_or_says_per_cent(read, given, value):
    if value is not None:
        assert read(given, "rate") == (value if read is several else pytest.approx(value))
        return
    with pytest.raises(dt.InputError, match=r"^rate: "):
        read(given, "rate")


def test_lists_of_names_are_taken_and_checked_functions_travel():
    economy = dt.load_economy("libday-2023")
    assert nash(economy, "USA, CHN").players == ("USA", "CHN")
    assert decouple(economy, "USA", "CHN", path=(0.5,)).first == ("USA",)
    cut = disrupt_chain(cut=0.5, elements="Dy", to="USA", countries="USA", scope="direct", months=3)
    assert {row.country for row in cut.losses} == {"USA"}
    assert open_talk("two-country", threats="D0, DP").threats == ("D0", "DP")
    with pytest.raises(dt.UnknownName, match="threat"):
        open_talk("two-country", threats="XY")
    for function in (nash, dt.load_economy):
        assert pickle.loads(pickle.dumps(function)) is function


@pytest.fixture
def table():
    columns = (Column("day", Unit.DATE, "day"), Column("what", Unit.TEXT, "words"), Column("rate", Unit.SHARE, "duty"),
               Column("a name that is far too long for Stata to take", Unit.USD, "money"))  # fmt: skip
    rows = [("2025-05-14", "a", 0.25, 1e9), ("", "b", float("nan"), 2e9)]
    return dt.Table.of_rows("t", "Title", columns, rows, ("a note",))


def test_frames_of_others_keep_shares_days_units_and_notes(table):
    assert table.to_polars()["rate"].to_list()[0] == 0.25
    pytest.importorskip("pandas")
    frame = table.to_pandas()
    assert str(frame["day"].dtype).startswith("datetime64")
    assert (frame.attrs["units"]["rate"], frame.attrs["notes"]) == ("share", ["a note"])
    pytest.importorskip("pyarrow")
    made = table.to_arrow()
    assert made.schema.field("rate").metadata[b"unit"] == b"share"
    assert json.loads(made.schema.metadata[b"detente"])["title"] == "Title"


def test_stata_and_sdmx_read_what_was_written(table, tmp_path):
    pandas = pytest.importorskip("pandas")
    path = table.to_stata(tmp_path / "t.dta")
    back = pandas.read_stata(path)
    assert list(back.columns)[2:] == ["rate", "a_name_that_is_far_too_long_for_"]
    assert (back["rate"][0], str(back["day"][0])[:10]) == (0.25, "2025-05-14")
    with pandas.read_stata(path, iterator=True) as reader:
        assert reader.variable_labels()["rate"] == "rate, %"
    with pytest.raises(dt.InputError, match=r"no \.dta file"):
        table.to_stata(tmp_path / "t.xlsx")
    text = table.to_sdmx_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == text
    head, *rows = (line.split(",") for line in text.splitlines())
    assert head[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert {row[1] for row in rows} == {"DETENTE:T(1.0.0)"}
    values = {(row[head.index("WHAT")], row[head.index("INDICATOR")]): row[head.index("OBS_VALUE")] for row in rows}
    assert float(values["a", "RATE"]) == 0.25
    assert ("b", "RATE") not in values
    assert len(values) == len(rows) == 3


def test_rows_that_words_do_not_tell_apart_are_numbered():
    columns = (Column("what", Unit.TEXT, "words"), Column("rate", Unit.SHARE, "duty"))
    text = dt.Table.of_rows("t", "t", columns, [("a", 0.1), ("a", 0.2)]).to_sdmx_csv()
    assert "ROW" in text.splitlines()[0].split(",")


WAYS = {"to_pandas()": "pandas", "to_arrow()": "pyarrow", "to_stata('t.dta')": "pandas"}


def test_a_missing_library_is_one_sentence():
    program = f"""
import sys
sys.modules.update(pandas=None, pyarrow=None)
import detente as dt
from detente.codes import Column, Unit
table = dt.Table.of_rows("t", "t", (Column("a", Unit.SHARE, "a"),), [(0.1,)])
for way in {list(WAYS)}:
    try:
        eval(f"table.{{way}}")
    except dt.InputError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for line, module in zip(done.stdout.splitlines(), WAYS.values(), strict=True):
        assert f"needs the library '{module}', which is not installed; pip install '.[" in line
