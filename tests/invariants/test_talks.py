"""The theory of the talks: what must hold whatever the payoffs, by brute force and by chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RectBivariateSpline

from detente import talks as games
from detente.codes import SolveError, UnknownName
from detente.talks.search import SearchProblem, maximise, weighted_sum
from detente.talks.settle import empty_linkage, everything_acceptable, hurting_duties, nothing_acceptable
from teaching import TwoCountries, two_countries

NAMES = ("us_reciprocal", "us_fentanyl", "cn_tariff", "re_controls", "fentanyl_action")


class Bicubic:
    """Made-up payoffs of the shape of the case: bicubic in two duties, cubic in a third, additive in the rest."""

    parties = ("USA", "CHN")

    def __init__(self, control: float = 2.0, jobs: float = 0.12) -> None:
        nodes, third = np.linspace(0.0, np.log(2.35), 16), np.linspace(0.0, np.log(1.2), 4)
        self.control, self.cubic = control, np.linalg.inv(np.vander(third, 4, increasing=True)).T
        self.splines = []
        for fentanyl in np.expm1(third):
            u, c = np.meshgrid(np.expm1(nodes), np.expm1(nodes), indexing="ij")
            u = 0.71 * u + fentanyl
            us = 60 * u * np.exp(-6 * u) - 25 * u**1.2 - 45 * c * np.exp(-1.5 * c) + jobs * 300 * (1 - np.exp(-2.5 * u))
            cn = -110 * (1 - np.exp(-2.5 * u)) + 3 * c * np.exp(-4 * c) - 22 * c**1.3
            self.splines.append([RectBivariateSpline(nodes, nodes, table) for table in (us, cn)])

    def value(self, X):
        u, f, c, r, action = X.T
        weights = self.cubic @ np.vander(np.log1p(f), 4, increasing=True).T
        at = np.log1p(u), np.log1p(c)
        V = np.stack([sum(w * s[i].ev(*at) for w, s in zip(weights, self.splines, strict=True)) for i in (0, 1)], 1)
        V[:, 0] += 10 * action - 30 * r**2
        V[:, 1] += self.control * r - action
        return V

    def slope(self, X):
        u, f, c, r, _ = X.T
        powers = np.vander(np.log1p(f), 4, increasing=True)
        weights = self.cubic @ powers.T
        moved = self.cubic[:, 1:] @ (powers[:, :3] * [1.0, 2.0, 3.0]).T
        at, J = (np.log1p(u), np.log1p(c)), np.zeros((len(X), 2, 5))
        for i in (0, 1):
            J[:, i, 0] = sum(w * s[i].ev(*at, dx=1) for w, s in zip(weights, self.splines, strict=True)) / (1 + u)
            J[:, i, 1] = sum(w * s[i].ev(*at) for w, s in zip(moved, self.splines, strict=True)) / (1 + f)
            J[:, i, 2] = sum(w * s[i].ev(*at, dy=1) for w, s in zip(weights, self.splines, strict=True)) / (1 + c)
        J[:, 0, 3], J[:, 0, 4], J[:, 1, 3], J[:, 1, 4] = -60 * r, 10, self.control, -1
        return J


def case(control: float = 2.0, jobs: float = 0.12, step: float = 0.05, weights: str = "made up") -> games.Negotiation:
    payoffs = Bicubic(control, jobs)
    duty, shares = np.arange(0.0, 1.2501, step), np.linspace(0.0, 1.0, 6)
    issues = (
        games.Issue(NAMES[0], "USA", duty),
        games.Issue(NAMES[1], "USA", np.linspace(0.0, 0.2, 5), track="fentanyl"),
        games.Issue(NAMES[2], "CHN", duty),
        games.Issue(NAMES[3], "CHN", shares, unit="share of base flow", kind="control", track="controls"),
        games.Issue(NAMES[4], "CHN", shares, unit="effort", kind="action", track="fentanyl", worst=0.0),
    )
    tabled = (
        games.linear("floor", NAMES, {NAMES[0]: 1.0}, -0.1),
        games.linear("removal", NAMES, {NAMES[1]: -1.0, NAMES[4]: -0.2}, 0.2),
        games.linear("mirror", NAMES, {NAMES[2]: 1.0, NAMES[0]: -1.0}, kind="equal"),
    )
    day, past = np.array([1.25, 0.2, 1.25, 0.9, 0.0]), np.array([0.0, 0.2, 0.0, 0.0, 0.0])
    named = {
        "geneva": [0.1, 0.2, 0.1, 0, 0],
        "sixty": [0.4, 0.2, 0.1, 0, 0],
        "busan": [0.1, 0.1, 0.1, 0, 0.5],
        "day": day,
    }
    space = games.OutcomeSpace(("USA", "CHN"), issues, {"as tabled": tabled}, named)
    value = payoffs.value(np.stack([day, past]))
    d0 = games.Threat("D0", "the status quo", "", value[0], day, kind="status-quo")
    dp = games.Threat("DP", "the past law", "", value[1], past, kind="past-law")
    war = games.tariff_war(space, payoffs, past)
    dn = games.Threat("DN", "the tariff war", "", war.payoffs, war.outcome, kind="war")
    return games.Negotiation(space, payoffs, (d0, dp, dn, games.expected(d0, dp, 0.5)), weights=weights)


@pytest.fixture(scope="module")
def preset() -> games.Negotiation:
    return case()


@pytest.fixture(scope="module")
def settled(preset):
    return games.settle(preset, reference="geneva", linked=("D0", "DP"))


def lopsided() -> TwoCountries:
    return TwoCountries(4.0, (0.75, 0.85), (1.0, 1.6), 300.0)


@settings(max_examples=4, deadline=None)
@given(st.floats(0.2, 5.0), st.floats(-50.0, 50.0), st.integers(0, 1))
def test_affine_changes_of_one_payoff_move_nothing_but_the_egalitarian_package(scale, shift, who):
    base = two_countries(lopsided(), lowest=-0.2)
    factor, added = np.ones(2), np.zeros(2)
    factor[who], added[who] = scale, shift
    payoffs = games.Formula(
        base.parties,
        lambda X: factor * base.payoffs.value(X) + added,
        lambda X: factor[:, None] * base.payoffs.slope(X),
    )
    threats = tuple(replace(threat, value=factor * threat.value + added) for threat in base.threats)
    other = replace(base, payoffs=payoffs, threats=threats)
    for concept in ("nash", "kalai-smorodinsky"):
        one, two = (games.solve_concept(each, each.threats[0], concept) for each in (base, other))
        assert two.outcome == pytest.approx(one.outcome, abs=2e-5)
    if abs(np.log(scale)) > 0.3:
        one, two = (games.solve_concept(n, n.threats[0], "egalitarian").outcome for n in (base, other))
        assert np.abs(one - two).max() > 1e-3


def test_outcomes_that_only_waste_change_no_package():
    base = two_countries(lopsided(), lowest=-0.2)
    waste = games.Issue("waste", "both", np.linspace(0.0, 1.0, 3), kind="other", track="waste")

    def value(X):
        return base.payoffs.value(X[:, :2]) - 3.0 * X[:, 2:]

    space = games.OutcomeSpace(base.parties, (*base.space.issues, waste))
    threats = tuple(replace(one, outcome=None) for one in base.threats)
    wider = games.Negotiation(space, games.Formula(base.parties, value), threats)
    before, after = (games.solve_all(n, n.threats[0]) for n in (base, wider))
    assert set(before) == set(games.CONCEPTS)
    for concept in before:
        assert after[concept].outcome[:2] == pytest.approx(before[concept].outcome, abs=2e-5)
        assert after[concept].outcome[2] == 0.0


def test_solutions_beat_every_acceptable_outcome_of_the_grid(preset, settled):
    for (threat, constraints), cell in settled.cells.items():
        grid, d = games.survey(preset, constraints), preset.threat(threat).value
        for concept, one in cell.solutions.items():
            assert (one.gains >= -1e-6 * grid.size).all(), (threat, constraints, concept)
            assert one.residual < 1e-4 or one.polled < 1e-5
            rows = grid.V[(d - 1e-7 * grid.size <= grid.V).all(axis=1)] - d
            scores = {
                "nash": lambda g: np.log(np.maximum(g, 1e-300)).sum(axis=-1),
                "kalai-smorodinsky": lambda g, room=cell.ground.room: (g / room).min(axis=-1),
                "egalitarian": lambda g: g.min(axis=-1),
                "utilitarian": lambda g: g.sum(axis=-1),
            }
            if concept in scores and len(rows):
                assert scores[concept](one.gains) >= scores[concept](rows).max() - 1e-6 * grid.size


def test_the_preset_has_answers_for_every_threat_and_set_with_labels(preset, settled):
    assert set(settled.cells) == {(t.name, c) for t in preset.threats for c in ("free", "as tabled")}
    for (threat, constraints), cell in settled.cells.items():
        assert (cell.labels.threat, cell.labels.constraints) == (threat, constraints)
        assert (cell.labels.unit, cell.labels.weights, cell.labels.horizon) == (
            "USD billion a year",
            "made up",
            "long run",
        )
    assert settled.reference == "geneva"
    assert settled.cell("D0", "as tabled").solutions["nash"].outcome[0] >= 0.1 - 1e-9
    with pytest.raises(UnknownName, match="threat"):
        settled.cell("D9")


def test_everything_after_the_surface_asks_for_few_payoffs(preset, monkeypatch):
    asked = []
    own = games.search.local
    monkeypatch.setattr(games.search, "local", lambda payoffs, x: asked.append(1) or own(payoffs, x))
    settled = games.settle(preset, reference="geneva")
    cells = len(settled.cells) + sum(cell.linkage is not None for cell in settled.cells.values())
    # A dozen outcomes a programme, four programmes a search, two dozen searches for each threat and set.
    assert 0 < len(asked) < 12 * 4 * (24 * cells + 6 * len(settled.deals))


def test_what_is_left_on_the_table_hurts_nobody_and_is_nothing_on_the_frontier(preset):
    for constraints in ("free", "as tabled"):
        grid = games.survey(preset, constraints)
        left = games.left_on_table(preset, preset.space.outcome("geneva"), constraints)
        assert (left.gains >= -1e-6).all()
        assert left.total == pytest.approx(left.gains.sum())
        better = grid.V[(grid.V - left.payoffs >= 0.0).all(axis=1)]
        assert left.total >= (better.sum(axis=1).max() if len(better) else 0.0) - left.payoffs.sum() - 1e-6
        assert (left.alone <= left.total + 1e-4).all()
        assert games.left_on_table(preset, left.package, constraints).total < 1e-3


def test_improvements_of_one_issue_are_allowed_and_ranked(preset):
    for constraints in ("free", "as tabled"):
        found = games.left_on_table(preset, preset.space.outcome("geneva"), constraints).issues
        totals = [one.gains.sum() for one in found]
        assert totals == sorted(totals, reverse=True)
        for one in found:
            assert (one.gains >= -1e-9).all()
            assert preset.space.feasible(one.outcome[None], constraints)[0]
            changed = np.flatnonzero(np.abs(one.outcome - preset.space.outcome("geneva")) > 1e-12)
            assert changed.size == 1 or (constraints == "as tabled" and changed.size == 2)


def test_more_tracks_never_lower_the_total_surplus(preset, settled):
    for threat in ("D0", "DP"):
        subsets = settled.cell(threat).linkage.subsets
        assert len(subsets) == 7
        for small, one in subsets.items():
            for large, two in subsets.items():
                if set(small) < set(large):
                    assert two.surplus >= one.surplus - 1e-4


def test_two_tracks_that_give_nothing_alone_give_a_deal_together():
    def value(X):
        t, r = X.T
        return np.stack([4.0 * (t - 0.8) + 3.0 * (1 - r), 3.0 * (0.8 - t) - (1 - r)], axis=1)

    issues = (
        games.Issue("duty", "A", np.linspace(0, 1, 21)),
        games.Issue("control", "B", np.linspace(0, 1, 5), kind="control", track="controls"),
    )
    day = np.array([0.8, 1.0])
    threats = (games.Threat("D0", "day", "", np.zeros(2), day), games.Threat("DN", "war", "", np.full(2, -1.0), day))
    linked = games.linkage(
        games.Negotiation(games.OutcomeSpace(("A", "B"), issues), games.Formula(("A", "B"), value), threats), threats[0]
    )
    assert linked.alone() == ()
    joint = linked.subsets["tariffs", "controls"].package
    assert joint.outcome == pytest.approx([0.8 - 13.0 / 24.0, 0.0], abs=1e-5)
    assert "only with controls" in linked.prices[1].sentence
    assert linked.rates["duty"] == pytest.approx(4.0 / 3.0, abs=1e-6)


def test_the_acceptable_set_tells_conflict_from_levels_far_apart():
    def value(X):
        return np.stack([X[:, 0], 1.0 - X[:, 0]], axis=1)

    space = games.OutcomeSpace(("A", "B"), (games.Issue("share", "both", np.array([0.0, 1.0]), kind="other"),))

    def ground(d):
        threats = (games.Threat("T", "t", "", np.array(d)), games.Threat("U", "u", "", np.zeros(2)))
        game = games.Negotiation(space, games.Formula(("A", "B"), value), threats)
        return game, games.common_ground(game, space.default, threats[0].value)

    game, between = ground((0.4, 0.4))
    assert not between.empty
    assert between.room == pytest.approx([0.2, 0.2], abs=1e-6)
    assert games.solve_concept(game, game.threats[0]).outcome == pytest.approx([0.5], abs=1e-6)
    game, conflict = ground((0.6, 0.7))
    assert (conflict.empty, conflict.smallest) == ("conflict", pytest.approx(-0.15, abs=1e-6))
    assert not games.solve_all(game, game.threats[0])
    assert "no transfer" in nothing_acceptable(game, game.threats[0], "free", conflict)[1]


def test_a_limit_is_where_the_payoff_meets_the_threat(preset):
    given = preset.space.outcome("geneva")
    for limit in games.conditional_limits(preset, "CHN", NAMES[0], NAMES[2], np.array([0.0, 0.1, 0.3]), given):
        mix = games.expected(preset.threat("D0"), preset.threat("DP"), limit.p)
        assert limit.sentence.startswith("Against the status quo lasting with probability")
        for end in (level for interval in limit.intervals for level in interval if 0.0 < level < 1.25):
            at = limit.given.copy()
            at[0] = end
            assert preset.value(at)[1] == pytest.approx(mix.value[1], abs=1e-6)
    assert games.accepted(preset, "CHN", NAMES[0], given, preset.threat("DN")) != ()


def test_threats_hurt_at_least_as_much_as_any_of_the_grid(preset):
    deal, grid = preset.space.outcome("geneva"), games.survey(preset)
    for harm in games.harms(preset, deal):
        me = preset.space.party(harm.party)
        fall = preset.value(deal) - preset.value(harm.outcome)
        assert (harm.loss, harm.cost) == pytest.approx((fall[1 - me], fall[me]))
        others = [k for k, issue in enumerate(preset.space.issues) if issue.party != harm.party]
        rows = (grid.X[:, others] == deal[others]).all(axis=1)
        falls = preset.value(deal) - grid.V[rows]
        assert harm.value >= (falls[:, 1 - me] - falls[:, me]).max() - 1e-6


def test_a_deviation_hurts_the_partner_and_a_present_does_not(preset):
    deal = preset.space.outcome("geneva")
    for threat in preset.threats[:3]:
        for side in games.truce(preset, deal, threat).sides:
            me = preset.space.party(side.party)
            if not np.array_equal(side.broken, deal):
                assert preset.value(side.broken)[1 - me] < preset.value(deal)[1 - me]
                assert side.deviation > side.deal
            assert np.isnan(side.least) == (side.deviation > side.deal and not side.punished)
            assert side.holds == (side.deviation <= side.deal or (side.punished and side.least <= side.patience))
            assert side.present >= 0.0


def test_outcomes_that_hold_are_those_whose_truce_holds():
    base = two_countries(levels=13)
    war, patience = base.threat("DN"), 0.3
    mask, lowest = games.self_enforcing(games.survey(base), war.value, np.full(2, patience))
    lag = -52.0 * np.log(patience) / 0.05
    for outcome, held in zip(games.survey(base).X[::5], mask[::5], strict=True):
        sides = games.truce(base, outcome, war, lag).sides
        best = [max(s.deal, _best_on_grid(base, outcome, i)) for i, s in enumerate(sides)]
        # A side that gains nothing by breaking keeps the deal, whatever would follow.
        rooms = [
            s.deal - (1 - patience) * top - patience * s.punishment if top > s.deal + 1e-6 else 0.0
            for s, top in zip(sides, best, strict=True)
        ]
        assert held == (min(rooms) >= -1e-4)
    assert len(lowest)


def _best_on_grid(base, outcome, i):
    levels = base.space.issues[i].levels
    X = np.tile(outcome, (levels.size, 1))
    X[:, i] = levels
    return base.payoffs.value(X[levels >= outcome[i] - 1e-12])[:, i].max()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_signalling_equilibria_exist_and_nobody_gains_by_leaving_them(seed, ends):
    rng = np.random.default_rng(seed)
    sizes = (1 if ends else 2, 2)
    sender, receiver = (tuple(rng.normal(size=(2, n)) for n in sizes) for _ in (0, 1))
    share = rng.uniform(0.05, 0.95)
    game = games.SignallingGame(np.array([1 - share, share]), sender, receiver)
    found = games.equilibria(game)
    assert found
    for one in found:
        answer = [t[:, 0] + q * (t[:, -1] - t[:, 0]) for t, q in zip(game.sender, one.replies, strict=True)]
        for kind in (0, 1):
            assert one.payoffs[kind] >= max(answer[0][kind], answer[1][kind]) - 1e-9
        for signal, (table, q) in enumerate(zip(game.receiver, one.replies, strict=True)):
            beliefs = [one.beliefs[signal]] if np.isfinite(one.beliefs[signal]) else np.linspace(0, 1, 1001)
            gains = [(table[:, -1] - table[:, 0]) @ (1 - b, b) for b in beliefs]
            assert q == 0 or max(gains) >= -1e-9
            assert q == 1 or min(gains) <= 1e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=5), st.integers(0, 1000))
def test_beliefs_are_probabilities_whatever_is_observed(weights, seed):
    rng = np.random.default_rng(seed)
    total = sum(weights)
    prior = {str(i): w / total for i, w in enumerate(weights)}
    acts = [{kind: float(rng.uniform(0.01, 1.0)) for kind in prior} for _ in range(4)]
    for belief in games.update(prior, acts):
        assert sum(belief.values()) == pytest.approx(1.0)
        assert min(belief.values()) >= 0.0


# Answers that are none: each symptom and its sentence.


def sentences(cautions, symptom):
    return [one.sentence for one in cautions if one.symptom == symptom]


def test_everything_acceptable_points_to_the_break_even_probability(settled):
    (words,) = [
        one.sentence
        for one in settled.cautions
        if (one.symptom, one.threat, one.constraints) == ("everything is acceptable", "D0", "free")
    ]
    assert words.endswith("This threat does not discriminate between the deals that beat it; see p*.")
    cells = [settled.cell(name) for name in ("D0", "DP")]
    assert "Any deal beats the status quo." in everything_acceptable(cells[0].threat, cells[0].ground, share=0.99)[1]
    assert not everything_acceptable(cells[1].threat, cells[1].ground)


def test_nothing_acceptable_names_what_conflicts_and_the_lowest_what_lies_beyond(settled):
    (words,) = sentences(settled.cautions, "nothing is acceptable")
    assert words.startswith("No deal beats the tariff war for both")
    assert "USA -" in words
    assert "a transfer of" in words
    words = sentences(settled.cautions, "the predicted deal is the lowest on offer")
    assert any(line.startswith("At the limit of what is on the table: us_fentanyl at 0.0 points") for line in words)
    assert all("beyond would give" in line for line in words)


def test_welfare_says_zero_and_a_search_that_ends_nowhere_says_so():
    base = two_countries()
    found = games.settle(base, reference="half")
    words = "By real income alone neither side wants the duties; concessions have no price."
    assert words in sentences(found.cautions, "welfare says zero")
    assert not sentences(games.settle(replace(base, weights="jobs"), reference="half").cautions, "welfare says zero")
    problem = SearchProblem(base.space, base.payoffs, (), np.full(2, 50.0), np.ones(2, dtype=bool), 1.0)
    with pytest.raises(SolveError, match="no best outcome was reached"):
        maximise(problem, weighted_sum(np.ones(2)), [np.full(2, 0.3)])


def test_a_duty_that_hurts_both_is_named(settled, preset):
    (words,) = sentences(settled.cautions, "a duty hurts its owner and the partner")
    assert words.startswith("Both would gain from cutting cn_tariff in geneva")
    slope = preset.payoffs.slope(preset.space.outcome("geneva")[None])[0, :, 2]
    assert f"{-0.01 * slope[0]:.3f}, {-0.01 * slope[1]:.3f} billion a year a point" in words
    assert not hurting_duties(preset, np.zeros(5))


def test_a_control_that_costs_its_owner_is_lifted_alone_and_buys_nothing():
    gift = case(control=-1.0, jobs=0.0)
    linked = games.linkage(gift, gift.threat("D0"), "as tabled")
    words = [sentence for _, sentence in empty_linkage(gift, linked, gift.threat("D0"))]
    assert "CHN would lift controls by itself under these payoffs." in words


def test_linkage_that_returns_the_loss_put_in_says_so(settled):
    words = sentences(settled.cautions, "linkage equals the loss put in")
    zero = sentences(settled.cautions, "linkage zero")
    assert "controls: the gain is the assumed loss; no concession is bought." in words
    assert "USA gives nothing for controls under these weights." in zero


def test_a_punishment_that_rewards_is_no_punishment(settled, preset):
    words = sentences(settled.cautions, "punishment rewards")
    assert "the past law is no punishment for CHN." in words
    assert all(side.punished for side in settled.truces["D0"].sides)
    assert not settled.truces["D0"].credible
