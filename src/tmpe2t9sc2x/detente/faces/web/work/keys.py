"""Keys of users: each is shown once, when it is made; the store keeps its hash alone."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from detente.codes import InputError, UnknownName
from detente.faces.web.work.schema import KEYS
from detente.faces.web.work.store import Store

SHAPE = re.compile(r"dt_([0-9a-f]{8})_[A-Za-z0-9_-]{32}")
ADD = "server key add"
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,80}")
KNOWN = 10.0
"""Seconds for which a key that was seen is not looked up again; so long a removed one may still be let in."""

MOST = 10_000
"""Keys that are remembered at most."""

NOTED = 3600.0
"""Seconds between two notes of when a key was last used."""


def add_key(store: Store, name: str) -> str:
    """A new key for a user; nobody can show it again.

    Raises
    ------
    InputError : a name that is no line of text, or that has a key already.
    """
    if not NAME.fullmatch(name.strip()):
        raise InputError(
            "server key add", "the name is no line of text of 80 letters", "give one, as 'Ministry of Trade'"
        )
    number = secrets.token_hex(4)
    key = f"dt_{number}_{secrets.token_urlsafe(24)}"
    row = {"id": number, "name": name.strip(), "hash": _hash(key), "created": time.time()}
    try:
        with store.open() as open_:
            open_.execute(sa.insert(KEYS).values(**row))
    except exc.IntegrityError:
        raise InputError(
            "server key add", f"'{name}' has a key already", "remove it first, or give another name"
        ) from None
    return key


def remove_key(store: Store, name: str) -> None:
    """Take a user's key away, named by the user or by the id of the key; his runs stay.

    Raises
    ------
    UnknownName : no such user.
    """
    with store.open() as open_:
        gone = open_.execute(sa.delete(KEYS).where(sa.or_(KEYS.c.name == name, KEYS.c.id == name))).rowcount
    if not gone:
        names = [str(row["name"]) for row in keys_of(store)]
        raise UnknownName("user", name[:80], names, "server key remove", "list them with `detente server key list`")


def keys_of(store: Store) -> list[dict[str, Any]]:
    """Keys on record, the oldest first: id, name, when made and last used."""
    columns = (KEYS.c.id, KEYS.c.name, KEYS.c.created, KEYS.c.used)
    with store.open() as open_:
        return [dict(row) for row in open_.execute(sa.select(*columns).order_by(KEYS.c.created)).mappings()]


def _hash(key: str) -> str:
    # A key has 192 bits of chance: nobody finds it by trying, however quick the hash is.
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass
class Keyring:
    """Who shows which key; keys seen a moment ago are remembered.

    Attributes
    ----------
    store : where the keys are.
    """

    store: Store
    _seen: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    def remembered(self, shown: str) -> str | None:
        """Id of a key that was seen a moment ago, "" where it was none; None where it must be looked up."""
        owner, until = self._seen.get(_hash(shown), ("", 0.0))
        return owner if until > time.monotonic() else None

    def owner(self, shown: str) -> str:
        """Id of the key that somebody shows, "" where there is none such.

        Raises
        ------
        Away : the database does not answer.
        """
        match = SHAPE.fullmatch(shown)
        if match is None:
            return ""
        with self.store.open() as open_:
            row = open_.execute(sa.select(KEYS.c.hash, KEYS.c.used).where(KEYS.c.id == match[1])).first()
            same = hmac.compare_digest(row[0] if row else "", _hash(shown))
            if row is not None and same and time.time() - (row[1] or 0.0) > NOTED:
                open_.execute(sa.update(KEYS).where(KEYS.c.id == match[1]).values(used=time.time()))
        owner = match[1] if same else ""
        if len(self._seen) >= MOST:
            self._seen.clear()
        self._seen[_hash(shown)] = (owner, time.monotonic() + KNOWN)
        return owner
