"""The Deal page as sliders move: what the interface answers to an address, from cases that are kept warm."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from detente.codes import UnknownName
from detente.codes.errors import DetenteError
from detente.faces.formats import to_bytes
from detente.faces.report.saved import as_document
from detente.faces.web.answers import DEAL, check_names, matches, names_of, page_parameters, reply, unchanged
from detente.faces.web.problems import Problem
from detente.faces.words.deal import deal_result, spoken_deal
from detente.faces.words.language import load
from detente.faces.words.terms import worth_by_length
from detente.lab.deal import answer, offers
from detente.lab.deal.levers import served

if TYPE_CHECKING:
    from detente.lab.deal.answer import DealEngine, Dealt
    from detente.lab.deal.levers import Deal
    from detente.lab.deal.offers import Offer

LOG = logging.getLogger("detente.server")
DEFAULT = "us-china-2025-05"
KEPT = 512
#: Requests that may wait for a case at once; others are told to ask again.
SEATS = 8


class Deals:
    """Engines by case.

    Parameters
    ----------
    patience : seconds for which a request waits while a case is warmed.
    """

    def __init__(self, patience: float = 60.0) -> None:
        self.patience = patience
        self._begun: dict[str, Future[DealEngine]] = {}
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._seats = threading.Semaphore(SEATS)

    @staticmethod
    def cases() -> tuple[str, ...]:
        """Cases that deals can be made in."""
        return served()

    def status(self) -> dict[str, str]:
        """Which cases are warm."""
        return {name: "ready" if future.done() else "warming" for name, future in self._begun.items()}

    def warm(self, case: str = DEFAULT, pause: float = 0.0) -> Future[DealEngine]:
        """Begin to warm a case in the background, once, after some seconds."""
        with self._lock:
            if case not in self._begun:
                self._begun[case] = Future()
                begin = threading.Timer(pause, _warm, (case, self._begun[case]))
                begin.daemon = True
                begin.start()
            return self._begun[case]

    def engine(self, case: str = DEFAULT, wait: float | None = None) -> DealEngine:
        """The engine of a case, once it is warm.

        Raises
        ------
        Problem : 503 while it is not ready; UnknownName : no such case.
        """
        if case not in self._begun and case not in self.cases():
            raise UnknownName("case", case[:60], self.cases(), "deal", f"use {', '.join(self.cases())}")
        future = self.warm(case)
        if not future.done() and not self._waited(future, self.patience if wait is None else wait):
            raise Problem(503, f"case {case} is being warmed; ask again", {"retry-after": "2"})
        error = future.exception()
        if error is None or isinstance(error, DetenteError):
            return future.result()
        raise Problem(503, f"case {case} could not be warmed; the server's log has more")

    def _waited(self, future: Future[DealEngine], seconds: float) -> bool:
        """Wait for a case, unless so many do that no thread would be left for pages."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return bool(wait_for([future], seconds).done)
        finally:
            self._seats.release()

    def case_of(self, address: Mapping[str, str]) -> tuple[str, str]:
        """The case that an address names, and what to say where there is none of that name."""
        name = address.get("case", "") or DEFAULT
        if name in self._begun or name in self.cases():
            return name, ""
        return DEFAULT, f"case '{name[:40]}' is not known; taken {DEFAULT} (there are {', '.join(self.cases())})"

    def deal(self, address: Mapping[str, str], quick: bool = False) -> tuple[Dealt, DealEngine]:
        """The deal of an address and the engine that made it; without ranges over elasticities where it is quick."""
        case, message = self.case_of(address)
        engine = self.engine(case)
        deal = engine.deal(address, quick)
        return (replace(deal, messages=(message, *deal.messages)) if message else deal), engine

    def tag(self, address: Mapping[str, str], quick: bool = False) -> str:
        """Tag of the answer to an address, known before it is computed."""
        case, message = self.case_of(address)
        engine = self.engine(case)
        levers, messages = engine.read(address)
        words = hashlib.sha256("|".join((message, *messages)).encode("utf-8", "replace")).hexdigest()[:8]
        mended = f"-{words}" if message or messages else ""
        return f'"{engine.key(levers)}{"-quick" if quick else ""}{mended}"'

    def document(self, address: Mapping[str, str], tag: str, quick: bool = False) -> bytes:
        """The answer to an address as JSON."""
        with self._lock:
            stored = self._bytes.get(tag)
        if stored is not None:
            return stored
        deal, engine = self.deal(address, quick)
        return self._keep(tag, spoken_deal(answer.as_document(deal, engine), load()))

    def _keep(self, tag: str, content: Any) -> bytes:
        body = to_bytes(content)
        with self._lock:
            self._bytes[tag] = body
            while len(self._bytes) > KEPT:
                self._bytes.popitem(last=False)
        return body

    def worth(self, address: Mapping[str, str], known: bool = False) -> dict[str, Any] | None:
        """What the deal of an address is worth by how long it lasts; None where it must be `known` and is not."""
        engine = self.engine(self.case_of(address)[0])
        deal = engine.read(address)[0]
        tag = f"{engine.key(deal)}-worth"
        with self._lock:
            stored = self._bytes.get(tag)
        if stored is None and known:
            return None
        return json.loads(stored or self._keep(tag, worth_by_length(engine.worth(deal).rows(), deal.days, load())))


def _warm(case: str, future: Future[DealEngine]) -> None:
    try:
        future.set_result(answer.engine_of(case).ready())
    except Exception as error:
        if not isinstance(error, DetenteError):
            LOG.exception("case %s cannot be warmed", case)
        future.set_exception(error)


router = APIRouter(prefix="/deal/live", include_in_schema=False)

#: Gain that a point of the plane may name, USD a year.
MOST = 1e14


DESCRIBED = page_parameters(DEAL)
Quick = Annotated[
    bool,
    Query(
        description="Leave out ranges over elasticities, as while a slider moves: a sixth of the time.",
        examples=[False],
    ),
]
Given = Annotated[
    dict[str, str | int | float] | None,
    Body(description="Keys of the address; they may stand in the query as well.", examples=[{"us": 34, "cn": 30}]),
]


def deals_of(request: Request) -> Deals:
    """The deals that the server keeps warm."""
    return request.app.state.engine


def address_of(request: Request, body: dict[str, str | int | float] | None = None) -> dict[str, str]:
    """The address in a query, and in a body where there is one, whose keys go first.

    Raises
    ------
    UnknownName : a key of the body that no deal has.
    """
    check_names(body or {}, names_of(DEAL))
    address = {key: value for key, value in request.query_params.multi_items() if key not in OWN}
    for key, value in (body or {}).items():
        address[str(key)[:400]] = str(value)[:400]
    return dict(list(address.items())[:60])


HORIZONS = ("long", "short")
#: Parameters of operations and pages that are no keys of an address.
OWN = ("x", "y", "sides", "strategy", "side", "rounds", "quick", "of", "table", "name", "frozen", "country")


@router.get("", openapi_extra=DESCRIBED)
def deal(request: Request, quick: Quick = False) -> Response:
    """Numbers of both sides and of third countries, walk-away points, call-outs and levers, from the address."""
    address, kept = address_of(request), deals_of(request)
    tag = kept.tag(address, quick)
    if matches(request, tag):
        return unchanged(tag)
    return reply(request, kept.document(address, tag, quick), tag=tag)


Sides = Annotated[str, Query(description="Two sides that are drawn, the first two by default.", examples=["USA,CHN"])]


@router.get("/set", openapi_extra=DESCRIBED)
def acceptable(
    request: Request, case: str = DEFAULT, weights: str = "", horizon: str = "long", sides: Sides = ""
) -> Response:
    """What the chart of two sides' gains draws: cloud, frontier, walk-away points, packages and dated deals."""
    if horizon not in HORIZONS:
        raise UnknownName("horizon", horizon[:20], HORIZONS, "horizon", f"use {' or '.join(HORIZONS)}")
    engine = deals_of(request).engine(case)
    return reply(request, offers.acceptable_set(engine, weights, horizon, offers.pair_from(engine, sides)))


Gain = Annotated[float, Query(ge=-MOST, le=MOST, description="Gain of one of the two, USD a year.", examples=[5e10])]


@router.get("/nearest", openapi_extra=DESCRIBED)
def nearest(request: Request, x: Gain, y: Gain, sides: Sides = "") -> Response:
    """Levers of the deal whose gains are nearest to a point of the plane; the address says where one comes from."""
    engine, deal = _read(request)
    return _offered(request, engine, offers.nearest(engine, (x, y), deal, offers.pair_from(engine, sides)))


@router.post("/improve", openapi_extra=DESCRIBED)
def improve(request: Request, body: Given = None) -> Response:
    """The largest total gain with nobody worse off than under the deal of the address."""
    engine, deal = _read(request, body)
    return _offered(request, engine, offers.improve(engine, deal))


@router.post("/counter", openapi_extra=DESCRIBED)
def counter(
    request: Request,
    body: Given = None,
    strategy: str = "nash",
    side: str = "",
    rounds: Annotated[int, Query(ge=0, le=100, description="Offers made before.", examples=[0])] = 0,
) -> Response:
    """Whether the other side takes the deal of the address, and what it proposes instead."""
    engine, deal = _read(request, body)
    return _offered(request, engine, offers.counter(engine, deal, strategy, side, rounds))


def _read(request: Request, body: dict[str, str | int | float] | None = None) -> tuple[DealEngine, Deal]:
    """The engine of the case of an address, and the deal that it reads there."""
    address, kept = address_of(request, body), deals_of(request)
    engine = kept.engine(kept.case_of(address)[0])
    return engine, engine.read(address)[0]


def _offered(request: Request, engine: DealEngine, offer: Offer) -> Response:
    return reply(request, offers.offer_row(engine, offer))


@router.post("/keep", openapi_extra=DESCRIBED, status_code=201)
def keep(request: Request, body: Given = None) -> Response:
    """Save the deal of the address, as it is now, under its key: a frozen result among the runs."""
    deal, engine = deals_of(request).deal(address_of(request, body))
    result = deal_result(engine, deal)
    request.app.state.store.save_run(as_document(result), "deal")
    return reply(request, {"key": deal.key}, status=201, headers={"location": f"/api/v1/runs/{deal.key}"})
