"""`detente serve`, `detente mcp`: pages, interface and tools for assistants; `serve prune` removes what is too old."""

from __future__ import annotations

import inspect
import os
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.codes import InputError, with_extra


@contextmanager
def needed(command: str, extra: str) -> Iterator[None]:
    """Say which extra of the package a command needs, where a library of it is not there."""
    try:
        yield
    except ImportError as error:
        raise InputError(command, f"needs the library '{error.name}'", with_extra(extra)) from None


def register(app: typer.Typer) -> None:
    """Add the commands to the program: both servers, and what removes what is too old."""
    check = (bool, False, "Check the settings and leave.")
    memory = (str, "800M", "Memory of a process, above which its caches are emptied.")
    open_ = (bool, False, "Open the page in a browser.")
    app.command("serve")(options_of(serve, memory=memory, open_=open_, check=check))
    http = (bool, False, "Serve by HTTP at /mcp instead of standard input.")
    own = {"port": (int, 8766, "Port."), "list_": (bool, False, "List the tools and leave."), "check": check}
    app.command("mcp")(options_of(mcp, "host", "port", "token", "hosts", http=http, **own))
    app.command("serve prune")(prune)


#: What an option takes, by the type of its setting; of the last two nothing is the setting's own default.
TYPES: dict[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool, "tuple[str, ...]": list[str] | None, "Path": Path | None
}  # fmt: skip


def options_of(command: Any, *names: str, **own: tuple[Any, Any, str]) -> Any:
    """A command with options for settings of the server, and some of its own: type, default and help.

    Parameters
    ----------
    names : of the settings; all that are options where none is named.
    """
    from detente.faces.web.settings import Settings

    known = [each for each in fields(Settings) if each.metadata and (each.name in names or not names)]
    flags = {each.name: each.metadata["flags"] for each in known} | {name: [f"--{name.strip('_')}"] for name in own}
    made = {each.name: (TYPES[str(each.type)], each.default, each.metadata["help"]) for each in known} | own
    command.__signature__ = inspect.Signature([
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default if kind in (str, int, float, bool) else None,
            annotation=Annotated[kind, typer.Option(*flags[name], help=words)],
        )
        for name, (kind, default, words) in made.items()
    ])  # fmt: skip
    return command


def settings_of(given: Mapping[str, Any], **more: Any) -> Any:
    """The settings that options say, whole and sound."""
    from detente.faces.web.settings import TOKEN, Settings

    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
            if value not in (None, [])}  # fmt: skip
    values["token"] = values["token"] or os.environ.get(TOKEN, "")
    return Settings(**values | more).checked()


def serve(*, open_: bool, check: bool, memory: str, **given: Any) -> None:
    """Pages and program interface on this machine: deal, law, world, materials, talks, claims, runs."""
    from detente.data.casefile import load_case

    with needed("serve", "web"):
        from detente.faces.web.listening import config_of
        from detente.faces.web.settings import METRICS
        from detente.faces.web.traffic import size_of
    settings = settings_of(
        given, database=given["database"] or os.environ.get("DETENTE_DATABASE", ""), memory=size_of(memory),
        root=given["root"].rstrip("/"), metrics=os.environ.get(METRICS, ""),
    )  # fmt: skip
    if settings.case:
        load_case(settings.case)
    if check:
        asks = {"token asked for": settings.token, "read only": settings.read_only}
        print(", ".join([f"settings are sound: {settings.url}", *(word for word, value in asks.items() if value)]))
        return
    if settings.workers > 1:
        from detente.faces.web.listening import serve as serve_many

        serve_many(settings, _beside, lambda: tell(settings.url, open_))
        return
    from detente.faces.web.app import create_app

    if hasattr(signal, "SIGPIPE"):
        # Other commands end quietly when their reader goes. A server outlives a database that hangs up.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    config = config_of(create_app(settings, _beside()), settings)

    listen(config, settings.url, open_)


def tell(url: str, show: bool) -> None:
    """Say where the server is, now that it listens."""
    print(f"Détente at {url} (stop with Ctrl-C)", flush=True)
    if show:
        typer.launch(url)


def _beside() -> tuple[Any, ...]:
    """Tools for assistants at /mcp, where their library is installed."""
    try:
        from detente.faces.mcp.server import served
    except ImportError:
        return ()
    return (served,)


def listen(config: Any, url: str, show: bool = False) -> None:
    """Serve until somebody stops it; says where it is once it listens.

    Parameters
    ----------
    config : of uvicorn; `show` : open the address in a browser.

    Raises
    ------
    InputError : the port is not to be had.
    """
    import uvicorn

    class Server(uvicorn.Server):
        """A server that says where it is once it listens."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            tell(url, show)

    try:
        Server(config).run()
    except SystemExit:
        words = f"--port {config.port}"
        raise InputError(words, "is taken, or not yours to use", "give another, as in --port 8766") from None


def mcp(*, http: bool, list_: bool, check: bool, **given: Any) -> None:
    """Tools for assistants (Model Context Protocol): duties, averages, deals, talks, claims; read only."""
    import asyncio

    with needed("mcp", "mcp"):
        from detente.faces.mcp import server
    if list_:
        from detente.faces.mcp.tools import TOOLS

        print("\n".join(f"{tool.name:14} {tool.meaning}" for tool in TOOLS))
        return
    settings = settings_of(given)
    url = f"{settings.url}mcp"
    if check:
        words = f"{url}{', token asked for' if settings.token else ''}" if http else "standard input and output"
        print(f"settings are sound: {words}")
    elif http:
        from detente.faces.web.listening import config_of

        listen(config_of(server.guarded(settings), settings), url)
    else:
        asyncio.run(server.over_stdio())


AGE = re.compile(r"(\d{1,5})\s*([dwmy]?)")
DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}


def prune(
    older: Annotated[str, typer.Option("--older", help="Age, as 90d, 12w, 6m or 2y.")],
    answers: Annotated[bool, typer.Option("--answers", help="Only what the server worked out for its pages.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and remove nothing.")] = False,
    database: Annotated[str, typer.Option("--database", help="As for `detente serve`, or set DETENTE_DATABASE.")] = "",
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the server, as for `detente serve`.")] = None,
) -> None:
    """Remove runs and ended jobs that are older than an age; the server may run on."""
    days = days_of(older)
    with needed("serve prune", "web"):
        from detente.faces.web.problems import Away, Unwritable
        from detente.faces.web.settings import Settings, folder_of_user
        from detente.faces.web.work.store import open_store
    address = database or os.environ.get("DETENTE_DATABASE", "")
    store = open_store(Settings(database=address, data_folder=data or folder_of_user()).database_url)
    try:
        runs, jobs = store.prune(days, only_answers=answers, dry=dry_run)
    except Unwritable as error:
        raise InputError("--database", str(error), "make room, or give another") from None
    except Away:
        raise InputError("--database", "does not answer", "see that it runs, and try again") from None
    finally:
        store.close()
    print(f"{'would be removed' if dry_run else 'removed'}: {runs:,} runs, {jobs:,} jobs")


def days_of(text: str) -> int:
    """Days of an age as 90d, 12w, 6m or 2y.

    Raises
    ------
    InputError : no age, or none at all.
    """
    match = AGE.fullmatch(text.strip().lower())
    if match is None or not int(match[1]):
        raise InputError("--older", f"'{text[:20]}' is no age", "give one as 90d, 12w, 6m or 2y")
    return int(match[1]) * DAYS[match[2]]
