"""What the report of a case of the talks says first: ranges over weights and horizons, never one number alone."""

from __future__ import annotations

from detente.data.casefile import case_names, variant_names
from detente.faces.words.issues import threat_words
from detente.faces.words.language import load
from detente.faces.words.outlook import outlook_sentences
from detente.faces.words.talks import over_sentence, span, star_sentence
from detente.lab.statute.standing import record_sentences
from detente.lab.talks.counsel import threats_seen
from detente.lab.talks.gains import gain_ranges, ranged_settings
from detente.lab.talks.outlook import outlook_on, plain
from detente.lab.talks.report import fates_of_case, standings
from detente.lab.talks.talk import Talk
from detente.lab.talks.words import Names, held_sentence


def case_sentences(talk: Talk) -> list[str]:
    """Gains over every threat, who would sign, what is left, what holds; first how far the laws are on record."""
    name, point = talk.label(talk.reference), talk.case.outcome(talk.reference)
    values = {s: talk.negotiation(s).value(point) for s in talk.settings}
    names = named(talk)
    settings, ranges, lines = ranged_settings(talk), gain_ranges(talk, point), []
    for threat in talk.threats:
        gains = {s: values[s] - talk.negotiation(s).threat(threat).value for s in settings}
        lines.append(over_sentence(name, names.threats[threat], gains, names, ranges[threat].ends))
    stars = {s: talk.p_stars(s, value) for s, value in values.items()}
    lines += [star_sentence(name, talk.case.file, stars, names), *_left(talk), *_room(talk)]
    truces = {(s, t): truce for s in talk.settings for t, truce in talk.settled(s).truces.items()}
    lasts = outlook_sentences(plain(outlook_on(talk.case.file, talk.reference)), load())
    return [s for s in (*recorded(talk), *lines, held_sentence(name, truces, names), *lasts) if s]


def named(talk: Talk) -> Names:
    """Sides and threats by name, as every other face calls them."""
    say = load()
    threats = {threat.name: threat_words(threat, say) for threat in threats_seen(talk)}
    return Names(
        {code: say.name(code) for code in talk.parties}, {code: say.country(code) for code in talk.parties}, threats,
        threats,
    )  # fmt: skip


def recorded(talk: Talk) -> list[str]:
    """How far the laws are on record, for a case of a later day, and which fate of open clauses is meant."""
    sentences = record_sentences(standings(talk))
    name, _, variant = talk.case.file.name.partition(":")
    fates = fates_of_case(talk.case.file)
    named = [fate for fate in fates if fate in variant_names(name)] if name in case_names() else []
    if sentences and named:
        say = load()
        taken = say("record.taken", fate=fates[variant]) if variant in fates else say("record.as_written")
        sentences.append(f"{taken} {say('record.variants', names=', '.join(named))}")
    return sentences


def _left(talk: Talk) -> list[str]:
    sentences = []
    for constraints in talk.sets:
        left = [talk.settled(s).deals[talk.reference].left[constraints] for s in talk.settings]
        inside = "" if all(gap.allowed for gap in left) else " (the deal itself breaks this set)"
        amount = span([gap.total for gap in left])
        sentences.append(
            f"{talk.label(talk.reference)} leaves {amount} USD bn a year on the table, constraints {constraints}"
            f"{inside}."
        )
    return sentences


def _room(talk: Talk) -> list[str]:
    """Threats over which no deal gains for both, under the last constraint set."""
    sentences, names = [], named(talk).threats
    for threat in talk.threats:
        zones = [talk.settled(s).cells[threat, talk.sets[-1]].zone for s in talk.settings]
        empty = [s for s, zone in zip(talk.settings, zones, strict=True) if zone.empty]
        if len(empty) == len(zones):
            sentences.append(f"No deal beats {names[threat]} for both sides, constraints {talk.sets[-1]}.")
        elif empty:
            words = "; ".join(s.words for s in empty)
            sentences.append(
                f"No deal beats {names[threat]} for both sides, constraints {talk.sets[-1]}, under {words}."
            )
    return sentences
