"""Losses from withheld licences that a case assumes: how much of a gain they are, beside what a supply chain says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.chains.equilibrium import GDP
from detente.codes import Table, declared_note
from detente.codes.names import with_article
from detente.data.caserows import TermRow, ThreatRow
from detente.lab.talks.deals import billions
from detente.lab.talks.gains import GainRange
from detente.lab.talks.materials import controls_of
from detente.lab.talks.talk import Setting, Talk
from detente.lab.talks.words import NIL, Names, held_sentence, words_of
from detente.talks import Truce
from detente.talks.space import Floats
from detente.talks.world import BILLION

FIRST_YEAR = np.full(12, 1.0 / 12.0)
#: Every licence withheld.
FULL = np.ones(1)

#: How the note `talks.chain_gain` begins, which says what a supply chain adds to a gain.
CHAINED = "Licences make up "


@dataclass(frozen=True)
class AssumedLoss:
    """A loss from withheld licences that a case assumes, as far as it is in the gain of a deal over a threat.

    Attributes
    ----------
    gain : of the party over the threat for this alone, USD bn a year.
    deal, threat_level : level of the control with the deal and under the threat, share withheld.
    full, low, high : lost real income of a full stop and its range, USD bn a year; not a number without a range.
    """

    threat: ThreatRow
    party: str
    gain: float
    deal: float
    threat_level: float
    full: float
    low: float
    high: float


def assumed_losses(talk: Talk, deal: Floats | None = None) -> list[AssumedLoss]:
    """The losses that a case assumes, over its first two threats; none where a supply chain stands behind the case.

    Parameters
    ----------
    deal : outcome whose gain it is, shape (issues,); by default the reference deal.
    """
    point = talk.case.outcome(talk.reference) if deal is None else deal
    case = talk.case
    owners = {row.name: row.party for row in case.file.issues if row.kind == "control"}
    terms = [t for t in case.file.terms if owners.get(t.issue, t.party) != t.party and t.sign < 0.0]
    rows = [row for row in case.file.threats if row.name in talk.threats[:2] and row.outcome]
    losses = [] if case.materials else [_assumed(talk, point, term, row) for row in rows for term in terms]
    return [loss for loss in losses if abs(loss.gain) >= NIL]


def _assumed(talk: Talk, point: Floats, term: TermRow, threat: ThreatRow) -> AssumedLoss:
    case, setting = talk.case, talk.headline
    X = np.stack([point, case.outcome(threat.outcome)])
    part = case.payoffs(setting.weights, setting.horizon).breakdown(X)[term.part][:, talk.parties.index(term.party)]
    level = X[:, case.issues.index(term.issue)].tolist()
    full = case.file.parameters[term.parameter]
    ends = (np.nan if end is None else end for end in (full.low, full.high))
    return AssumedLoss(
        threat, term.party, float(part[0] - part[1]), level[0], level[1], case.number(term.parameter), *ends
    )


def assumed_sentences(
    losses: Sequence[AssumedLoss], names: Names, name: str, chain: Table | None = None, without: str = ""
) -> dict[str, str]:
    """The assumed losses in words by name of the threat, that of the status quo with what the supply chain says.

    Parameters
    ----------
    names : of sides and threats; `name` : of the deal.
    chain : table `materials` of a run: losses of a supply chain without and with the deal.
    without : what to say where there is no chain, by default that none is followed.
    """
    sentences: dict[str, str] = {}
    for loss in losses:
        words = {
            "who": names.spoken[loss.party], "threat": names.short[loss.threat.name], "deal": name, "gain": loss.gain,
            "with_deal": loss.deal, "without": loss.threat_level, "full": loss.full,
        }  # fmt: skip
        main = declared_note("talks.assumed", **words)
        if not np.isnan(loss.low + loss.high):
            main = declared_note("talks.assumed_ranged", low=loss.low, high=loss.high, **words)
        of_chain = ""
        if loss.threat.kind == "status-quo":
            of_chain = _of_chain(chain, loss.party) or without.removeprefix("; ") or declared_note("talks.no_chain")
        sentence = "; ".join(filter(None, (main, of_chain))) + "."
        sentences[loss.threat.name] = " ".join(filter(None, (sentences.get(loss.threat.name, ""), sentence)))
    return sentences


def chain_sentences(talk: Talk, deal: Floats, name: str) -> list[str]:
    """What licences add to the gain of a deal where a supply chain stands behind the case, over its first two threats.

    Parameters
    ----------
    deal : shape (issues,); `name` : of the deal, with its article.
    """
    names, case, setting = words_of(talk), talk.case, talk.headline
    threats = [row for row in case.file.threats if row.name in talk.threats[:2] and row.outcome]
    X = np.stack([deal, *(case.outcome(threat.outcome) for threat in threats)])
    parts = case.payoffs(setting.weights, setting.horizon).breakdown(X)
    sentences = []
    for k, threat in enumerate(threats, start=1):
        for row in controls_of(case):
            party, level = talk.parties.index(row.party), X[:, case.issues.index(row.issue)]
            gain = float(parts[row.part][0, party] - parts[row.part][k, party])
            flow = case.materials[row.parameter]
            first, lasting = (abs(float(flow.flow(months).of(FULL)[0])) for months in (FIRST_YEAR, None))
            if abs(first) < NIL or level[0] == level[k]:
                continue
            sentences.append(
                declared_note(
                    "talks.chain_gain", gain=gain, who=names.spoken[row.party], deal=name,
                    threat=names.short[threat.name], first=first, lasting=lasting,
                )
            )  # fmt: skip
    return sentences


def assumed_table(losses: Sequence[AssumedLoss], ranges: Mapping[str, GainRange], parties: Sequence[str]) -> Table:
    """Table `talks_assumed`: losses that a case assumes in a gain, with the range of that gain.

    Parameters
    ----------
    ranges : of the gains of `parties`, by the name of the threat.
    """
    rows = []
    for loss in losses:
        party, reach = parties.index(loss.party), ranges[loss.threat.name]
        numbers = loss.gain, loss.deal, loss.threat_level, loss.full, loss.low, loss.high
        rows.append((loss.threat.name, loss.party, *numbers, reach.low[party], reach.high[party]))
    return billions("talks.talks_assumed", rows)


def _of_chain(chain: Table | None, country: str) -> str:
    """What the supply chain says of the loss that a deal avoids, with its definition."""
    rows = [] if chain is None else list(chain.rows())
    changes = [r for r in rows if (r["country"], r["scope"], r["measure"]) == (country, "requirement", GDP)]
    periods = " and ".join(
        f"{row['avoided'] / BILLION:.1f} in {row['period']}" for row in changes if str(row["period"]).startswith("year")
    )
    if not periods:
        return ""
    return declared_note("talks.chain_avoids", periods=periods, measure=GDP)


# --- would a deal hold, and how much of its gain is an assumption -----------------------------------------------------


#: What holds a deal, by setting and by the threat that answers a breach.
Truces = dict[tuple[Setting, str], Truce]


def truces_of(talk: Talk, deal: Floats) -> Truces:
    """Whether each side keeps a deal, shape (issues,), under every set of weights and every answer to a breach."""
    every = ((setting, talk.truces(setting, deal)) for setting in talk.settings)
    return {(setting, name): pacts[name] for setting, pacts in every for name in talk.threats if name in pacts}


def kept_under(truces: Truces) -> dict[str, bool]:
    """By threat that answers a breach, whether both sides keep the deal by themselves under every set of weights."""
    kept: dict[str, bool] = {}
    for (_, threat), truce_of_both in truces.items():
        kept[threat] = kept.get(threat, True) and truce_of_both.holds
    return kept


def hold_sentence(talk: Talk, truces: Truces, name: str) -> str:
    """By what answer to a breach a deal holds by itself; `name` : of the deal, for the reader."""
    return held_sentence(name, truces, words_of(talk))


def assumption_sentences(talk: Talk, deal: Floats, name: str, chain: str) -> list[str]:
    """How much of the gains of a deal is a loss that the case assumes, by threat.

    Parameters
    ----------
    chain : what to say of the supply chain.
    """
    losses, names = assumed_losses(talk, deal), words_of(talk)
    if talk.case.materials:
        return chain_sentences(talk, deal, with_article(name))
    return list(assumed_sentences(losses, names, with_article(name), without=chain).values())
