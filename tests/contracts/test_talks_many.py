"""Talks of three on a small world, from the case to the page: what is printed is solved exactly, and said in words."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import detente as dt
from detente.codes import UnknownName
from detente.faces.words.advice import blocks, page_text
from detente.faces.words.language import load
from detente.lab.talks.case import WELFARE
from detente.lab.talks.counsel import advice_of
from detente.lab.talks.draws import draw_case, inputs_of, ranged_advice
from detente.lab.talks.paged import pair_tables, reader_talk
from detente.lab.talks.report import blocking_table, builders
from detente.lab.talks.talk import open_talk
from detente.talks.payoff import LONG_RUN
from detente.talks.world import BILLION

CASE = """
name: three
title: Three neighbours
on: 2026-06-30
parties: [USA, CAN, MEX]
world: {name: icio-2022-small, elasticities: giri-yi, closure: fixed}
issues:
  - {name: us_can, giver: USA, receiver: CAN, type: points, label: US duty on Canada, levels: {last: 0.25, step: 0.05}}
  - name: us_cars
    giver: USA
    receiver: MEX
    type: quota
    sectors: [VEH]
    label: US duty on Mexican cars
    quota: {inside: 0.0, outside: 0.25, rent: 0.5}
    levels: {last: 0.25, step: 0.05}
  - {name: can_us, giver: CAN, receiver: USA, type: points, label: Canadian duty, levels: {last: 0.25, step: 0.05}}
  - {name: mex_us, giver: MEX, receiver: USA, type: points, label: Mexican duty, levels: {last: 0.25, step: 0.05}}
  - {name: buys, giver: CAN, receiver: USA, type: purchase, amount: 20, label: Canadian purchases, levels: [0.0, 1.0]}
outcomes:
  free: {label: no duties, levels: {}}
  quarrel: {label: the quarrel, levels: {us_can: 0.25, us_cars: 0.25, can_us: 0.25, mex_us: 0.25}}
threats:
  - {name: D0, kind: status-quo, outcome: quarrel, label: the quarrel}
  - {name: DP, kind: past-law, outcome: free, label: past law}
weights:
  given:
    treasury: {USA: {revenue: 0.6}, CAN: {revenue: 0.15}, MEX: {revenue: 0.15}}
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("many") / "three.yaml"
    file.write_text(CASE, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def talks(path):
    assert reader_talk(path).weights == (WELFARE, "treasury")
    return open_talk(path, weights=("treasury",), horizons=("long",))


@pytest.fixture(scope="module")
def seen(talks):
    return advice_of(talks, "CAN")


def test_parts_sum_to_what_each_gets(talks):
    table = builders(talks)["payoffs"](talks)
    named = [c.name for c in table.columns[5:]]
    assert named == ["real_income", "revenue", "purchases", "quota_rents"]
    # Tables hold values rounded to their scale.
    assert sum(table[name] for name in named) / BILLION == pytest.approx(table["payoff"] / BILLION, abs=5e-4)
    treasury = talks.headline
    deal = talks.case.outcome("quarrel")
    parts = talks.by_part([deal], treasury)
    assert sum(values[0] for values in parts.values()) == pytest.approx(talks.worth([deal], treasury)[0], abs=1e-9)
    assert parts["quota rents"].sum() == pytest.approx(0.0, abs=1e-9)


def test_charts_of_pairs_have_the_gains_of_the_page(talks, seen):
    """One for each pair with something between, the advice among its packages, which no point of the curve betters."""
    pairs = {pair for pair in combinations(talks.parties, 2) if talks.between(pair)}
    drawn = set()
    for party in talks.parties:
        tables = {table.name: table for table in pair_tables(talks, seen, party)}
        pair = tuple(code for code in talks.parties if code.lower() in {c.name for c in tables["deals"].columns})
        drawn.add(pair)
        assert party in pair
        places = [talks.parties.index(code) for code in pair]
        (offer,) = [row for row in tables["deals"].rows() if row["kind"] == "offer"]
        gains = [offer[code.lower()] / BILLION for code in pair]
        assert gains == pytest.approx([seen.advice.gains[k] for k in places], abs=1e-3)
        curve = tables["frontier"]
        better = np.min([curve[code.lower()] / BILLION - gain for code, gain in zip(pair, gains, strict=True)], axis=0)
        assert better.max() < 0.1
    # The pages of all parties together draw every pair.
    assert drawn == pairs


def test_the_surface_agrees_with_exact_solves_every_pair_has_its_curve_and_no_step_betters_one_for_all(talks):
    """Read off the surface and solved exactly, named deals and packages are within a tenth of a billion."""
    setting = talks.headline
    threat = talks.negotiation(setting).threats[0]
    packages = talks.solutions(setting, threat, "free").values()
    outcomes = [*talks.case.outcome_space.named.values(), *(one.outcome for one in packages)]
    read = talks.negotiation(setting).payoffs.value(np.stack(outcomes))
    assert np.abs(read - talks.worth(outcomes, setting)).max() < 0.1
    for name, package in talks.solutions(setting, threat, "free").items():
        (gain,) = talks.gains([package.outcome], setting, threat)
        assert gain.min() > -0.1, name
        assert talks.left(setting, package.outcome).total < 0.05, name
    quarrel = talks.left(setting, talks.case.outcome("quarrel"))
    assert quarrel.total > 10.0
    assert all(step.gains.min() >= -1e-9 for step in quarrel.issues)
    curves = [talks.curve_between(pair, setting, threat) for pair in talks.pairs]
    assert [curve.pair for curve in curves] == [*combinations(talks.parties, 2)]
    for curve in curves:
        first, second = (talks.parties.index(code) for code in curve.pair)
        assert (np.diff(curve.payoffs[:, first]) > -1e-3).all()
        assert (np.diff(curve.payoffs[:, second]) < 1e-3).all()
        assert (curve.payoffs >= curve.floor - 1e-3).all()


def test_outsiders_are_those_that_an_exact_solve_hurts(talks):
    deal = talks.case.outcome("quarrel")
    (solved,) = talks.solved([deal], LONG_RUN)
    income = dict(zip(talks.case.economy().countries, solved.world, strict=True))
    outside = {code: x for code, x in income.items() if code not in talks.parties}
    table = builders(talks)["outsiders"](talks)
    rows = [row for row in table.rows() if row["deal"] == "the quarrel"]
    worst = next(row for row in rows if row["effect"] == "hurt" and row["rank"] == 1)
    assert worst["country"] == min(outside, key=outside.__getitem__)
    assert worst["income"] / BILLION == pytest.approx(min(outside.values()), abs=1e-3)
    assert worst["all_outsiders"] / BILLION == pytest.approx(sum(outside.values()), abs=1e-3)


def test_every_table_has_rows(talks):
    late = {"frontiers", "curves", "threats", "coalitions", "failures", "core", "blocking", "beliefs", "weights",
            "linkage", "tracks"}  # fmt: skip
    for name, build in builders(talks).items():
        assert name in late or len(build(talks)), name
    setting = talks.headline
    threat = talks.negotiation(setting).threats[0]
    worth = {way: talks.coalition(setting, threat, way)["CAN", "MEX"] for way in ("stand", "answer")}
    assert [deal.issues for deal in worth.values()] == [(), ()]
    assert worth["answer"].value > worth["stand"].value
    assert talks.core(setting, threat, "stand", 0.5) is not None
    assert {row["coalition"] for row in blocking_table(talks).rows()} >= {"USA and CAN", "CAN and MEX"}


def test_pairs_one_by_one_favour_the_hub(talks, seen):
    assert talks.hubs == ("USA",)
    assert seen.silent == (("CAN", "MEX"),)
    change = dict(zip(talks.parties, seen.pairwise.change, strict=True))
    assert change["USA"] > 1.0 > 0.0 > max(change["CAN"], change["MEX"])
    assert set(seen.pairwise.first) == {"CAN", "MEX"}
    assert [refusal.pair for refusal in seen.refusals] == [("USA", "CAN"), ("USA", "MEX")]
    assert all(refusal.change[0] < 0.0 for refusal in seen.refusals)


def test_the_page_is_in_words(seen):
    lines = page_text(seen).split("\n")
    assert max(map(len, lines)) <= 100
    for code in ("us_can", "us_cars", "D0", "DP", "MEX", "treasury", WELFARE):
        assert code not in "\n".join(lines)
    shown = load().number(100 * seen.advice.levels[0])
    assert shown in next(line for line in lines if line.strip().startswith("US duty on Canada, "))


def test_a_party_that_nothing_satisfies_is_named(talks):
    """Over no duties at all, real income alone leaves nothing that gains for all."""
    round_ = replace(talks, threats=("D0", "DP"), weights=(WELFARE,), _kept={})
    setting = round_.headline
    past = round_.negotiation(setting).threat("DP")
    ground = round_.ground(setting, past, "free")
    assert ground.empty or ground.smallest < 0.5
    assert round_.solutions(setting, past, "free") == {} or ground.empty == ""


def test_the_question_gives_the_same_page(path):
    seen = advice_of(reader_talk(path), "CAN")
    answer = dt.talks_advice(str(path), country="Canada")
    assert answer.verbatim == page_text(seen)
    row = next(row for row in answer if row["kind"] == "advice")
    assert row["usa_gain"] == pytest.approx(seen.advice.gains[0] * BILLION, rel=5e-6)  # kept to six digits
    assert answer.headline.startswith("What Canada should offer: ")
    assert {"blocking", "pairs", "coalitions", "said"} <= set(answer.names)
    with pytest.raises(UnknownName, match="country"):
        dt.talks_advice(str(path), country="Narnia")


def test_joint_draws_are_counted_and_a_draw_stands_on_the_central_surface(talks):
    page = advice_of(talks)
    assert {"elasticities", "delivered", "additional"} <= {each.name for each in inputs_of(talks.case.file)}
    ranged, tables = ranged_advice(page, talks, 2, 7, workers=1)
    numbers = {row["number"] for row in tables[0].rows()}
    assert {f"{weights} | advice | MEX | over D0" for weights in talks.weights} <= numbers
    assert ranged.drawn.count == 2
    assert all(low <= high for low, high in zip(ranged.drawn.low, ranged.drawn.high, strict=True))
    words = " ".join(text for block in blocks(ranged, load()) for text in block.sentences)
    assert "In nine of ten of 2 draws of everything uncertain" in words
    # At the central inputs nothing is moved; elsewhere a coarse grid does what a fine one would.
    file, X = talks.case.file, np.stack(list(talks.case.outcome_space.named.values()))
    central = replace(draw_case(file, 0, 7), inputs={})
    assert central.payoffs().value(X) == pytest.approx(talks.case.payoffs(WELFARE).value(X), abs=1e-9)
    drawn = draw_case(file, 1, 7)
    fine = replace(drawn, centre=None)
    assert drawn.payoffs().value(X) == pytest.approx(fine.payoffs().value(X), abs=0.05)
