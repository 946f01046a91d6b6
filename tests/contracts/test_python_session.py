"""The session of docs/python.md: chained scenarios, labelled answers, one shape for all of them, Python's words."""

import json
import pickle
import re
import warnings

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.codes.given import several, share
from detente.faces.python.answer import AnswerLike
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
    return dt.world("icio-2022-small").solve(tariffs={("USA", "CHN"): 0.34})


@pytest.fixture(scope="module")
def talks():
    return dt.talks("us-china-2025-05:happened", weights="welfare")


@pytest.fixture(scope="module")
def cut():
    return dt.chain("rare-earths").cut(0.8, months=12, country="USA", scope="direct")


@pytest.fixture(scope="module")
def answers(result, change, talks, cut):
    """One answer of each kind, by name."""
    return {
        "rate": dt.usa.rate("8507.60.00.10", "China", on=DAY),
        "series": dt.rate_series("8703.23.01.40", "Japan", "2025-01-01", "2026-06-30"),
        "world": dt.world("icio-2022-small"),
        "change": change,
        "welfare": change.welfare,
        "game": dt.world("icio-2022-small").nash(["US", "China"]),
        "best": dt.world("libday-2023").optimal("United States"),
        "talks": talks,
        "advice": talks.advice("China"),
        "chain": dt.chain("rare-earths"),
        "cut": cut,
        "check": dt.check(only="C05", as_of="2025-05-12", draws=0),
        "table": result["headline"],
    }


KINDS = ("rate series world change welfare game best talks advice chain cut check table").split()


DUMP = re.compile(r"\b[A-Z]\w+\(\w+=|array\(|<.* object at 0x")
"""What a dataclass, an array or an object prints of itself where nobody took care."""

# Scenarios.


def plain(scenario):
    return scenario.model_dump(mode="json", by_alias=True)


def test_a_scenario_of_python_is_that_of_its_file(mine, result, tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(FILE, encoding="utf-8")
    other = dt.run(path)
    named = mine.model_copy(update={"name": "mix"})
    assert plain(named) == plain(other.result.scenario)
    assert dt.run(named).key == other.key
    assert json.dumps(result.to_dict()["tables"]["headline"]) == json.dumps(other.to_dict()["tables"]["headline"])


def test_its_own_file_says_the_same(mine, tmp_path):
    path = mine.model_copy(update={"name": "mix"}).save(tmp_path / "mix.yaml")
    assert plain(dt.load_scenario(str(path))[0]) == plain(mine.model_copy(update={"name": "mix"}))
    assert "\non: 2025-05-14\n" in path.read_text(encoding="utf-8")


def test_old_drafts_say_what_there_is_instead():
    with pytest.raises(AttributeError, match=r"Scenario\(on="):
        dt.draft  # noqa: B018


def test_a_mapping_runs_as_a_scenario_does(mine):
    named = mine.model_copy(update={"name": "mix"})
    assert dt.run(named.to_dict()).key == dt.run(named).key


# Answers.


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_has_one_shape(answers, kind):
    answer = answers[kind]
    assert isinstance(answer, AnswerLike)
    assert all(isinstance(table, dt.Table) for table in answer.tables.values())
    assert all(isinstance(sentence, str) for sentence in answer.sentences)
    content = answer.to_dict()
    assert content
    assert json.loads(json.dumps(content, default=str))


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_read_on_one_screen(answers, kind):
    text = repr(answers[kind])
    assert len(text.splitlines()) <= 30
    assert max(map(len, text.splitlines())) <= 120
    assert not DUMP.search(text)
    html = answers[kind]._repr_html_()
    assert html.startswith("<")
    assert "object at 0x" not in html


@pytest.fixture(scope="module")
def below(result, change, talks, cut, answers):
    """Values of the layers below that an answer leads to."""
    law, duty, talk = dt.load_law(), answers["rate"], talks.talk
    settled, checked = talks.settle(), answers["check"][0]
    game, best = answers["game"].result, answers["best"].result
    return {
        "law": law, "measure": law.measures[0], "period": law.measures[0].periods[0], "flows": dt.load_flows(),
        "schedule": dt.schedule(law, DAY), "ladder": duty.main, "term": duty.main.terms[0],
        "scenario": result.result.scenario, "economy": change.equilibrium.economy, "shock": change.equilibrium.shock,
        "equilibrium": change.equilibrium, "certificate": change.equilibrium.certificate, "nash": game,
        "nash certificate": game.certificate, "point": game.points[0], "optimum": best,
        "optimum certificate": best.certificate, "talk": talk, "case": talk.case, "settlement": settled,
        "cell": next(iter(settled.cells.values())), "limit": settled.limits[0], "ledger": settled.ledger,
        "negotiation": settled.negotiation, "check": checked, "claim": checked.claim, "part": checked.part,
        "chain": dt.load_chain("rare-earths"), "losses": cut.result, "loss": cut.result.losses[0],
        "chain certificate": cut.result.certificate, "concordance": dt.concordance("hs6", "isic4"),
    }  # fmt: skip


def test_values_below_are_read_on_one_screen_too(below):
    dumps = {name: repr(value) for name, value in below.items() if DUMP.search(repr(value))}
    assert not dumps
    long = {name: len(repr(value).splitlines()) for name, value in below.items()}
    assert max(long.values()) <= 30
    assert "USA" in repr(below["law"])
    assert "1.2e" in repr(below["certificate"]) or "residual" in repr(below["certificate"])


def test_numbers_by_country_are_labelled_and_in_per_cent(change):
    welfare = change.welfare
    assert welfare.unit == "%"
    assert welfare["China"] == welfare["CHN"] == pytest.approx(100 * change.equilibrium.change("welfare", "CHN"))
    assert welfare.to_polars().columns == ["country", "name", "per_cent"]
    assert dict(welfare.items())["USA"] == welfare["United States"]
    with pytest.raises(dt.UnknownName, match="country"):
        welfare["Atlantis"]


def test_a_world_understands_names_groups_and_shares():
    world = dt.world("icio-2022-small")
    code, name = (world.solve(tariffs={pair: "34%"}).welfare["USA"] for pair in (("USA", "CHN"), ("US", "China")))
    assert code == name
    rows = world.solve(tariffs=[("USA", "CHN", 0.34)]).welfare["USA"]
    assert rows == code
    added = world.solve(added={("USA", "all"): 0.10})
    assert added.welfare["Mexico"] != 0.0


def test_the_rates_of_a_game_are_a_frame(answers):
    frame = answers["game"].rates.to_polars()
    assert frame.columns == ["importer", "exporter", "sector", "rate", "before"]
    assert set(frame["importer"]) == {"USA", "CHN"}
    own = frame.filter(pl.col("importer") == "USA")["rate"]
    assert own.unique().len() == 1
    assert own[0] == pytest.approx(float(answers["game"].result.rates["USA"][0]))


def test_advice_for_both_sides_is_one_package(talks):
    usa, china = talks.advice(side="USA"), talks.advice("China")
    assert usa.package == china.package
    offers = [next(s for s in advice.sentences if s.startswith("Offer")) for advice in (usa, china)]
    asks = [next(s for s in advice.sentences if s.startswith("Ask")) for advice in (usa, china)]
    assert offers[0].removeprefix("Offer") == asks[1].removeprefix("Ask")
    assert asks[0].removeprefix("Ask") == offers[1].removeprefix("Offer")
    row = next(row for row in usa["packages"].rows() if row["deal"] == "advice")
    assert row["usa_gain"] == pytest.approx(1e9 * usa.package.gains[0])
    with pytest.raises(dt.UnknownName, match="side"):
        talks.advice("Japan")


def test_a_layer_and_its_question_share_a_name(talks):
    import detente.talks as layer
    from detente.talks import Negotiation

    assert dt.talks is layer
    assert isinstance(talks.talk.negotiation(talks.talk.headline), Negotiation)


def test_talks_can_be_settled(talks):
    assert dt.settle(talks) is dt.settle(talks.talk) is talks.settle()
    negotiation = talks.talk.negotiation(talks.talk.headline)
    assert dt.settle(negotiation, sets="free", linked=()).reference == "geneva"
    with pytest.raises(dt.InputError, match="is no negotiation"):
        dt.settle("us-china-2025-05")


def test_losses_of_a_cut_are_those_of_the_function_below(cut):
    below = dt.disrupt_chain("rare-earths", cut=0.8, months=12, country="USA", scope="direct")
    key = {"scope": "direct", "measure": "GDP at base prices", "period": "year 1"}
    row = cut.losses.to_polars().filter((pl.col("measure_id") == "gdp") & (pl.col("period_id") == "year_1"))
    assert row["central"][0] == pytest.approx(below.loss("USA", **key), rel=1e-9)


def test_checks_are_a_list_and_a_frame(answers):
    checks = answers["check"]
    assert len(checks) == len(list(checks)) == len(checks.to_frame())
    assert checks[0].claim.claim_id == "C05"


def test_a_series_says_the_duty_of_each_day(answers):
    series = answers["series"]
    for day in ("2025-01-01", "2025-04-02", "2025-04-03", "2026-06-30"):
        assert series.on(day) == pytest.approx(dt.usa.rate("8703.23.01.40", "Japan", on=day).total)
    with pytest.raises(dt.InputError, match=r"^day: 2024-12-31 is outside"):
        series.on("2024-12-31")


CHARTS = (
    ("rate", ""), ("series", ""), ("talks", "acceptable"), ("talks", "clocks"), ("advice", ""),
    ("table", ""), ("change", "incomes"), ("change", "map"), ("welfare", ""), ("cut", "months"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), CHARTS)
def test_charts_are_drawn(answers, kind, name, tmp_path):
    answer = answers[kind]
    if kind == "table":
        answer = answers["series"].levels
    plot = answer.plot(name) if name else answer.plot()
    assert "<svg" in plot._repr_html_()
    assert plot.spec["$schema"]
    assert plot.save(tmp_path / "chart.svg").read_text(encoding="utf-8").startswith("<svg")
    assert len(repr(plot).splitlines()) <= 30


def test_a_chart_that_is_not_there_is_named(answers):
    with pytest.raises(dt.InputError, match="no chart draws"):
        answers["chain"]["concentration"].plot()


# Mistakes, in Python's words.


MISTAKES = {
    "a key": (lambda: dt.run({"on": DAY, "usr": {}}), "unknown key 'usr'; did you mean 'usa'"),
    "no scenario": (lambda: dt.run(3), "^scenario: 3 is no scenario"),
    "a cut": (lambda: dt.chain().cut(2), r"^cut: 2 is out of range; give a share from 0 to 1"),
    "a cut in per cent": (lambda: dt.chain().cut(80), r"^cut: 80 is out of range.*did you mean 0\.80\?"),
    "the same below": (lambda: dt.disrupt_chain(cut=2), "^cut: 2 is out of range"),
    "a tariff in per cent": (lambda: dt.world("libday-2023").solve({("USA", "CHN"): 34}), r"did you mean 0\.34\?"),
    "nothing to solve": (lambda: dt.world("libday-2023").solve(), "^tariffs: nothing is to change"),
    "half a pair": (lambda: dt.world("libday-2023").solve({"USA": 0.34}), "^tariffs: 'USA' is no importer"),
    "a country": (lambda: dt.world("libday-2023").nash(["US", "Chyna"]), "^players: unknown country 'Chyna'"),
    "a span": (lambda: dt.rate_series("9503.00.00", "CHN", "2025-02-01", "2025-01-01"), "^to: 2025-01-01 is before"),
    "a day too early": (lambda: dt.check(as_of="2025-01-01"), r"^as_of: .* give a later day|give a later day"),
    "no such scenario": (lambda: dt.run(["geneva", "genva"]), "did you mean 'geneva'"),
    "shares without names": (lambda: dt.usa.rate("9503.00.00", "CHN", DAY, set=0.4), r"^set: 0\.4 is not a mapping"),
}


KIND = {
    "a code for a law": (lambda: dt.average("USA", "2025-05-08"), "^law: 'USA' is not a value of the class Law"),
    "a number for a country": (lambda: dt.explain("9503.00.00", 3, "2025-05-08"), "^partner: 3 is not a text"),
    "a list for a day": (lambda: dt.schedule(dt.load_law(), [DAY]), "^on: .* is not a day or a text"),
    "a text for shares": (lambda: dt.explain("9503.00.00", "CHN", DAY, set="x"), "^set: .* a mapping"),
    "a name for an economy": (lambda: dt.nash("icio-2022", "USA, CHN"), "^economy: .* class Economy"),
    "nothing for a country": (lambda: dt.world("libday-2023").optimal(None), "^country: None is not a text"),
    "a list for a chain": (lambda: dt.chain(["rare-earths"]), "^name: .* is not a text"),
}
MISTAKES |= KIND


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_its_argument(name):
    call, hint = MISTAKES[name]
    with pytest.raises(dt.InputError, match=hint) as caught:
        call()
    assert "--" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("USA", ("USA",)),
        ("USA, CHN", ("USA", "CHN")),
        ("", ()),
        (None, ()),
        (["USA"], ("USA",)),
        (("a", "b"), ("a", "b")),
    ],
)
def test_a_text_is_a_name_and_never_its_letters(given, names):
    assert several(given, "players") == names


@pytest.mark.parametrize("given", [3, {"USA": 1}, b"USA", ["USA", 3]])
def test_what_is_no_list_of_names_is_refused(given):
    with pytest.raises(dt.InputError, match=r"^players: "):
        several(given, "players")


@pytest.mark.parametrize(
    ("given", "number"), [(0.3, 0.3), ("30%", 0.3), ("145%", 1.45), (np.float64(0.1), 0.1), (0, 0)]
)
def test_a_share_is_a_number_or_says_per_cent(given, number):
    assert share(given, "rate") == pytest.approx(number)


@pytest.mark.parametrize("given", ["a third", None, True, [0.1], float("nan"), "", 2.0, 145])
def test_what_is_no_share_is_refused(given):
    with pytest.raises(dt.InputError, match=r"^rate: "):
        share(given, "rate")


def test_lists_of_names_are_taken_as_texts_by_the_functions_below():
    economy = dt.load_economy("libday-2023")
    assert dt.nash(economy, "USA, CHN").players == ("USA", "CHN")
    assert dt.decouple(economy, "USA", "CHN", path=(0.5,)).first == ("USA",)
    cut = dt.disrupt_chain(cut=0.5, elements="Dy", to="US", country="US", scope="direct", months=3)
    assert {row.country for row in cut.losses} == {"USA"}
    assert open_talk("two-country", threats="D0, DP").threats == ("D0", "DP")
    with pytest.raises(dt.UnknownName, match="threat"):
        open_talk("two-country", threats="XY")


def test_checked_functions_travel_between_processes():
    for function in (dt.nash, dt.explain, dt.load_economy):
        assert pickle.loads(pickle.dumps(function)) is function


def test_old_names_warn():
    with pytest.warns(DeprecationWarning, match="'countries' is now 'country'"):
        dt.disrupt_chain(cut=0.5, countries=("USA",), scope="direct", months=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dt.disrupt_chain(cut=0.5, country="USA", scope="direct", months=3)
