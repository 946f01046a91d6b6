"""`detente talks CASE --play`: offers from the keyboard or a file, both sides' payoffs, and the other side's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from detente.codes import UnknownName
from detente.codes.errors import DetenteError

if TYPE_CHECKING:
    from detente.lab.talks.play import Session, Worth
    from detente.lab.talks.talk import Talk
    from detente.talks.space import Floats

HELP = """Write one of:
  issue=level ...     an offer, as us_reciprocal=30 cn_tariff=10; what you leave out stays as in your last offer
  NAME                a deal with a name, as geneva
  accept              take the proposal on the table
  deals | issues | strategies      what there is to choose from
  strategy NAME       how the other side proposes from now on
  quit                leave"""


def play(talk: Talk, strategy: str, side: str, lines: TextIO, out: TextIO) -> None:
    """Take offers line by line until `quit`, a deal, or the end of the input."""
    from detente.lab.talks.play import open_session

    session = open_session(talk, strategy, side)
    for text in _talk(session, lines, prompt=lines.isatty(), out=out):
        print(text, file=out, flush=True)


def _talk(session: Session, lines: TextIO, *, prompt: bool, out: TextIO) -> Iterator[str]:
    from detente.faces.words.sections import spoken_names

    spoken = spoken_names(session.talk).text
    yield spoken(_opening(session))
    last: Floats = session.talk.case.today
    proposal: Worth | None = None
    while True:
        if prompt:
            print(f"{session.you}> ", end="", file=out, flush=True)
        line = lines.readline()
        words = line.strip()
        if not line or words in ("quit", "exit"):
            yield spoken(f"No deal after {session.rounds} offers: {session.threat.name} goes on.")
            return
        if not words or words.startswith("#"):
            continue
        try:
            known = _told(session, words)
            if known:
                yield known
                continue
            if words == "accept":
                yield spoken(_accepted(session, proposal))
                if proposal is not None:
                    return
                continue
            last = session.outcome(words.removeprefix("offer ").strip(), last)
            offer, reply = session.put(last)
            yield spoken(f"Your offer: {_described(session, offer)}")
            if reply.accepts:
                yield spoken(f"{session.other} accepts. Deal after {session.rounds} offers.")
                return
            proposal = reply.proposal
            yield spoken(_proposed(session, proposal))
        except DetenteError as error:
            yield f"  {error}"


def _told(session: Session, words: str) -> str:
    """Answers that put no offer on the table; "" for other words."""
    from detente.lab.talks.play import STRATEGIES, strategies

    space = session.talk.case.outcome_space
    if words in ("help", "?"):
        return HELP
    if words == "strategies":
        return "\n".join(f"  {name}: {meaning}" for name, meaning in strategies().items())
    if words == "deals":
        return "\n".join(f"  {name}: {session.talk.label(name)}" for name in space.named)
    if words == "issues":
        return "\n".join(
            f"  {issue.name}: {issue.label or issue.name}, set by {issue.party}, {issue.reading(issue.low)} to "
            f"{issue.reading(issue.high)}"
            for issue in space.issues
        )
    if words.startswith("strategy"):
        name = words.removeprefix("strategy").strip()
        if name not in STRATEGIES:
            raise UnknownName("strategy", name, STRATEGIES, "", f"use {', '.join(STRATEGIES)}")
        session.strategy = name
        return f"{session.other} now proposes by {name}: {strategies()[name]}."
    return ""


def _opening(session: Session) -> str:
    from detente.lab.talks.play import strategies

    talk, threats = session.talk, session.talk.negotiation(session.setting).threats
    proposal = strategies()[session.strategy]
    rows = [
        f"{talk.case.file.title}",
        f"You speak for {session.you}; {session.other} proposes by {session.strategy}: {proposal}.",
        f"Amounts are USD bn a year, {session.setting.words}, from the base law of the case. If talks fail:",
        *(f"  {threat.name}: {_pair(session, threat.value)}" for threat in threats),
        f"{session.other} takes {session.table} for what happens if talks fail. Write help for what can be said.",
    ]
    return "\n".join(rows)


def _pair(session: Session, values: Floats, sign: str = "") -> str:
    parties = session.talk.parties
    return ", ".join(f"{party} {round(value, 1) + 0.0:{sign}.1f}" for party, value in zip(parties, values, strict=True))


def _described(session: Session, worth: Worth) -> str:
    """An outcome with what it is worth to both, over every threat."""
    from detente.faces.words.talks import chances

    talk = session.talk
    rows = [
        talk.case.outcome_space.reading(worth.outcome),
        f"  payoffs: {_pair(session, worth.payoffs)}",
        *(f"  against {name}: {_pair(session, gains, '+')}" for name, gains in worth.gains.items()),
    ]
    stars = [
        f"{party} {chances([session.setting], star[None])}"
        for party, star in zip(talk.parties, worth.p_star, strict=True)
        if star == star
    ]
    if stars:
        rows.append(f"  preferred, by the chance that the status quo lasts: {', '.join(stars)}")
    rows.append(f"  both together could still gain {worth.left:.1f} from it with nobody worse off")
    if worth.broken:
        rows.append(f"  outside what was tabled: {'; '.join(worth.broken)}")
    return "\n".join(rows)


def _proposed(session: Session, proposal: Worth | None) -> str:
    if proposal is None:
        return f"{session.other} refuses: no deal gains for both sides against {session.table} within what is tabled."
    return f"{session.other} refuses and proposes: {_described(session, proposal)}"


def _accepted(session: Session, proposal: Worth | None) -> str:
    if proposal is None:
        return "  There is no proposal on the table; make an offer first."
    return f"Deal after {session.rounds} offers: {_described(session, proposal)}"
