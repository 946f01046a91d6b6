"""A file fetched from its publisher, when a user says so: resumed where it broke; whole and of its hash, or not at all.

Waits as a server that is busy asks, within a limit; follows a redirect to the same host only; speaks https alone, but
for servers on this very machine.
"""

from __future__ import annotations

import email.utils
import hashlib
import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detente.codes import InputError, MissingData
from detente.data.formats.original import MOST
from detente.data.store import move_file, open_log, remove_file, write_bytes
from detente.data.userfile import MEBIBYTE
from detente.version import VERSION

OWN_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))
PIECE = 1 << 16
AGAIN = "try again later"
BUSY = (429, 503)
"""Answers of a server that asks to wait."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited.

    Attributes
    ----------
    answer : seconds for an answer. tries : times that it is asked. longest : seconds of a wait that a server asks for.
    sleep : how time passes.
    """

    answer: float = 60.0
    tries: int = 4
    longest: float = 120.0
    sleep: Callable[[float], None] = field(default=time.sleep, compare=False)


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that was fetched: where it lies, its hash and size in bytes, and how often its transfer was resumed."""

    path: Path
    address: str
    sha256: str
    size: int
    resumed: int


def check_address(address: str) -> str:
    """Host of an address that may be fetched from.

    Raises
    ------
    InputError : neither https, nor a server on this machine.
    """
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise InputError(address, "is no address of a file", "give one that begins with https://")
    if parts.scheme == "http" and parts.hostname not in OWN_MACHINE:
        raise InputError(address, "is not https, so that what comes may be another's", "give its https address")
    if parts.username or parts.password:
        raise InputError(parts.hostname, "an address with a password in it is not fetched", "leave it out")
    return parts.netloc


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect within the host alone."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """The next request, or a refusal that names both hosts."""
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if before.netloc != after.netloc or (before.scheme == "https" and after.scheme != "https"):
            what = f"sends on to another host, {after.scheme}://{after.netloc}"
            raise InputError(before.netloc, what, f"look at it, and fetch {newurl} yourself if you trust it")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(address: str, target: Path, *, sha256: str = "", patience: Patience | None = None) -> FetchedFile:
    """A file of a publisher, put in its place once it is whole.

    What has come of a file that breaks off stays beside the target as `.part`, and the next call goes on from there if
    the publisher's file is still the same.

    Parameters
    ----------
    sha256 : hash that it must have; "" for any.

    Raises
    ------
    InputError : an address that is not fetched from; a redirect to another host.
    MissingData : no answer, an answer of an error, a file that broke off, or another hash.
    """
    host = check_address(address)
    wait = patience or Patience()
    part = target.with_name(f"{target.name}.part")
    resumed = _all_tries(address, host, part, wait)
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    if sha256 and digest.hexdigest() != sha256.lower():
        _forget(part)
        raise MissingData(
            f"{address}: what came has the hash {digest.hexdigest()[:16]}..., not {sha256.lower()[:16]}...; "
            "the publisher has changed it, or it is damaged. Nothing was kept."
        )
    size = part.stat().st_size
    move_file(part, target)
    _forget(part)
    return FetchedFile(target, address, digest.hexdigest(), size, resumed)


def _all_tries(address: str, host: str, part: Path, wait: Patience) -> int:
    """Fetch into the part until it is whole; how often it was resumed."""
    resumed, why = 0, ""
    for number in range(wait.tries):
        before = part.stat().st_size if part.exists() else 0
        try:
            resumed += _once(address, part, wait.answer)
            return resumed
        except urllib.error.HTTPError as error:
            pause = _pause(error, host, number, wait)
            why = f"answers {error.code}"
        except (TimeoutError, OSError, http.client.HTTPException) as error:
            # What was cut off is gone on with at once; a server that gave nothing gets time.
            why, pause = _reason(error, wait), 0.0 if _size(part) > before else 2.0**number
        if number + 1 < wait.tries:
            wait.sleep(pause)
    came = f" {_size(part):,} bytes came and are kept: the next call goes on from there." if _size(part) else ""
    times = f", {wait.tries} times" if wait.tries > 1 else ""
    raise MissingData(f"{host} {why}{times}; {AGAIN}.{came}")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _reason(error: Exception, wait: Patience) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(error, TimeoutError) or isinstance(reason, TimeoutError):
        return f"does not answer within {wait.answer:g} seconds"
    if isinstance(error, http.client.IncompleteRead):
        return "breaks off in the middle of the file"
    return f"cannot be reached ({type(reason).__name__})"


def _pause(error: urllib.error.HTTPError, host: str, number: int, wait: Patience) -> float:
    """Seconds until the next try; an answer that another try does not change is refused."""
    if error.code in BUSY:
        seconds = _asked_for(error.headers.get("Retry-After", ""), 2.0**number)
        if seconds > wait.longest:
            raise MissingData(f"{host} is busy and asks to wait {seconds:,.0f} seconds; try again then.")
        return seconds
    if error.code == 416:
        return 0.0
    if error.code < 500:
        what = {401: "wants a key", 403: "does not give it without a key or leave", 404: "has no such file"}
        text = what.get(error.code, f"refuses it (answer {error.code})")
        raise MissingData(f"{host} {text}; look at the address: {error.url}.")
    return 2.0**number


def _asked_for(text: str, otherwise: float) -> float:
    """Seconds that a server asks to wait, as a number or a day and time."""
    if text.strip().isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return otherwise
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _once(address: str, part: Path, seconds: float) -> int:
    """One transfer; 1 where it went on from what was there, else 0."""
    start, mark = _state(part, address)
    headers = {"User-Agent": f"detente/{VERSION}", "Accept-Encoding": "identity"}
    if start and mark:
        headers |= {"Range": f"bytes={start}-", "If-Range": mark}
    # A proxy leads out of this machine; a server on it is asked directly.
    direct = [urllib.request.ProxyHandler({})] if urlsplit(address).hostname in OWN_MACHINE else []
    opener = urllib.request.build_opener(_SameHost, *direct)
    try:
        answer = opener.open(urllib.request.Request(address, headers=headers), timeout=seconds)
    except urllib.error.HTTPError as error:
        if error.code == 416:
            _forget(part)
        raise
    with answer:
        goes_on = answer.status == 206 and _begins(answer.headers) == start
        if not goes_on:
            _forget(part)
        _keep_mark(part, address, answer.headers)
        _receive(answer, part, start if goes_on else 0)
    return int(goes_on)


def _begins(headers: Mapping[str, str]) -> int:
    """First byte of a partial answer, -1 where it does not say."""
    text = headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(text) if text.isdigit() else -1


def _receive(answer: Any, part: Path, start: int) -> None:
    """Write what comes to the end of the part; a transfer that ends early raises."""
    length = answer.headers.get("Content-Length")
    expected = start + int(length) if length and length.isdigit() else None
    if expected is not None and expected > MOST:
        raise InputError(str(part), f"would be larger than {MOST // MEBIBYTE:,} MiB", "fetch a smaller file")
    size = start
    with open_log(part) as file:
        while piece := answer.read(PIECE):
            size += len(piece)
            if size > MOST:
                raise InputError(str(part), f"is larger than {MOST // MEBIBYTE:,} MiB", "fetch a smaller file")
            file.write(piece)
    if expected is not None and size < expected:
        raise http.client.IncompleteRead(b"", expected - size)


def _mark_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _state(part: Path, address: str) -> tuple[int, str]:
    """Bytes that are there, and the mark of the publisher's file they are of; none where they are of another."""
    try:
        record = json.loads(_mark_of(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = {}
    if not part.exists() or record.get("address") != address or not record.get("mark"):
        return 0, ""
    return part.stat().st_size, str(record["mark"])


def _keep_mark(part: Path, address: str, headers: Mapping[str, str]) -> None:
    """Record of which file a part is; a weak mark does not tell one from another."""
    tag = headers.get("ETag", "")
    mark = tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")
    write_bytes(_mark_of(part), json.dumps({"address": address, "mark": mark}).encode())


def _forget(part: Path) -> None:
    """Remove a part and its record."""
    remove_file(_mark_of(part))
    remove_file(part)


def greets(address: str, seconds: float) -> bool:
    """Whether a service begins as a Dask scheduler does: with the length of a short message, eight bytes.

    Dask itself takes the first bytes of any other service for a length, and asks for as much memory or waits for good.
    """
    place = urlsplit(address if "://" in address else f"tcp://{address}")
    if place.scheme != "tcp" or not place.hostname or not place.port:
        return True
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as service:
        try:
            begins = service.recv(8)
        except TimeoutError:
            return False
    return len(begins) == 8 and 0 < int.from_bytes(begins, "little") < 1 << 20
