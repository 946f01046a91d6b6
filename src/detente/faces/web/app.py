"""The application: pages, program interface and files behind one guard."""

from __future__ import annotations

import importlib.metadata
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from detente.codes import InputError
from detente.data.limits import memoized
from detente.data.store import make_folder, takes_files
from detente.faces.charts.theme import both_styles
from detente.faces.web import files as downloads
from detente.faces.web import interface, problems
from detente.faces.web.answers import Beneath, check_query, matches, unchanged
from detente.faces.web.asked import question_routers
from detente.faces.web.deal import Deals
from detente.faces.web.pages import routes as pages
from detente.faces.web.pages.today import begun
from detente.faces.web.problems import unwritable
from detente.faces.web.security import Guard
from detente.faces.web.settings import Settings
from detente.faces.web.traffic import AccessLog
from detente.faces.web.work.jobs import Jobs
from detente.faces.web.work.questions import Questions
from detente.faces.web.work.store import open_store
from detente.version import VERSION

ABOUT = (
    "What would this deal do, and will it hold? Rates in an address are per cent, numbers in answers are in the unit "
    "they name (shares, USD). Errors are application/problem+json. Answers carry an ETag; lists have limit, offset and "
    "Link headers."
)
YEAR = 31_536_000
#: Seconds left to the first page before a case is warmed beside it.
FIRST = 0.3

assets = APIRouter(include_in_schema=False)


#: What makes an application that is served beside pages and interface, from the one that has cases and runs.
Beside = Callable[[FastAPI], Starlette]


def create_app(settings: Settings, beside: Sequence[Beside] = ()) -> FastAPI:
    """The application.

    Parameters
    ----------
    settings : where it listens, who may come in, where it keeps its runs.
    beside : applications of other faces, at addresses of their own, behind the same guard.

    Raises
    ------
    InputError : settings that would let strangers in, a folder that cannot be written to, or a database that cannot
        be opened.
    """
    settings = settings.checked()
    _writable(settings.data_folder)
    app = FastAPI(
        title="Détente", version=VERSION, description=ABOUT, openapi_url=None, docs_url=None,
        redoc_url=None, lifespan=_lifespan, license_info={"name": "MIT", "identifier": "MIT"},
        dependencies=[Depends(check_query)], openapi_tags=[{"name": name} for name in TAGS],
    )  # fmt: skip
    app.state.settings = settings
    app.state.engine = Deals(settings.patience)
    app.state.store = open_store(settings.database_url)
    app.state.jobs = Jobs(app.state.store, settings.data_folder / "jobs", settings.jobs)
    app.state.questions = Questions(app.state.store, app.state.jobs)
    problems.register(app)
    interface.describe(app)
    operations, answers = question_routers()
    app.include_router(operations)
    app.include_router(interface.router)
    app.include_router(downloads.router)
    app.include_router(assets)
    app.state.beside = [make(app) for make in beside]
    app.router.routes.extend(route for other in app.state.beside for route in other.routes)
    app.include_router(answers)
    app.include_router(pages.router)
    folder = Path(str(files("detente.faces.web"))) / "static"
    if folder.is_dir():
        app.mount("/static", StaticFiles(directory=folder), name="static")
    app.add_middleware(Beneath, root=settings.root)
    app.add_middleware(GZipMiddleware, minimum_size=1500, compresslevel=4)
    log = AccessLog(settings.access_log) if settings.access_log else None
    app.add_middleware(Guard, settings=settings, store=app.state.store, log=log)
    return app


def _writable(folder: Path) -> None:
    """Make the folder of the server, and see that it takes a file.

    Raises
    ------
    InputError : it does not, and why.
    """
    try:
        make_folder(folder, private=True)
        takes_files(folder)
    except OSError as error:
        words = unwritable(error) or f"cannot be used ({error.strerror or type(error).__name__})"
        raise InputError(f"--data {folder}", words, "give a folder of yours, with room") from None


TAGS = ("deal", "talks", "law", "world", "scenarios", "runs", "jobs", "status")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.jobs.start()
    warm = app.state.engine.warm(settings.case, FIRST) if settings.case else None
    if settings.ahead and warm is not None:
        app.state.questions.ahead(warm)
        # The first page of the day, so that its first reader finds it there.
        threading.Thread(target=begun, args=(date.today(),), name="first page", daemon=True).start()
    async with AsyncExitStack() as others:
        for other in app.state.beside:
            await others.enter_async_context(other.router.lifespan_context(other))
        yield
    app.state.questions.stop()
    app.state.jobs.stop()
    app.state.store.close()


@memoized
def bundle() -> bytes:
    """Vega, Vega-Lite and vega-embed as one script, as the installed package has them."""
    import vl_convert

    made: Any = getattr(vl_convert, "javascript_bundle")()  # noqa: B009
    return str(made).encode()


@assets.get("/static/charts.css")
def chart_colours(request: Request) -> Response:
    """Colours of drawings on light and dark pages."""
    tag = f'"charts-{VERSION}"'
    if matches(request, tag):
        return unchanged(tag)
    return Response(both_styles(), headers={"etag": tag, "cache-control": "no-cache"}, media_type="text/css")


@assets.get("/static/vega.js")
def vega(request: Request) -> Response:
    """The script of the charts; its bytes change with the installed version alone."""
    tag = f'"vega-{importlib.metadata.version("vl-convert-python")}"'
    if matches(request, tag):
        return unchanged(tag)
    headers = {"etag": tag, "cache-control": f"public, max-age={YEAR}, immutable"}
    return Response(bundle(), headers=headers, media_type="text/javascript; charset=utf-8")
