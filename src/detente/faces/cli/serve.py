"""`detente serve`: the negotiating table in a browser, and its program interface."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program, and the one that removes what is too old."""
    from detente.faces.cli.server import prune

    app.command("serve")(serve)
    app.command("serve prune")(prune)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; others than loopback need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port.")] = 8765,
    token: Annotated[
        str, typer.Option("--token", help="Who does not show it stays out; better set DETENTE_TOKEN.")
    ] = "",
    database: Annotated[
        str, typer.Option("--database", help="File, or postgresql://...; a file of yours by default.")
    ] = "",
    data: Annotated[Path | None, typer.Option("--data", help="Folder for runs and jobs.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", help="Jobs that run at once.")] = 1,
    name: Annotated[list[str] | None, typer.Option("--name", help="Name the server is called by; repeatable.")] = None,
    case: Annotated[str, typer.Option("--case", help="Case of the talks that is loaded first.")] = "us-china-2025-05",
    ahead: Annotated[
        bool, typer.Option("--ahead/--no-ahead", help="Work out what pages show first before anybody asks.")
    ] = True,
    connections: Annotated[int, typer.Option("--connections", help="Connections that are held at once.")] = 400,
    header_timeout: Annotated[
        float, typer.Option("--header-timeout", help="Seconds until the head of a request must be there.")
    ] = 10.0,
    body_timeout: Annotated[
        float, typer.Option("--body-timeout", help="Seconds for the body of a request, or the reading of an answer.")
    ] = 30.0,
    root_path: Annotated[
        str, typer.Option("--root-path", help="Path under which a proxy shows the server, as /detente.")
    ] = "",
    workers: Annotated[int, typer.Option("--workers", help="Processes that answer.")] = 1,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Keep nothing and take nothing in, so that anybody may come.")
    ] = False,
    frame_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--frame-origin", help="Site whose pages may frame those under /embed/; repeatable, all by default."
        ),
    ] = None,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="Memory of a process, above which its caches are emptied.")
    ] = "1500M",
    access_log: Annotated[
        str, typer.Option("--access-log", metavar="FILE", help="A line on each request into a file; - prints it.")
    ] = "",
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Check the settings and leave.")] = False,
) -> None:
    """Pages and program interface on this machine: deal, law, world, materials, talks, claims, runs."""
    from detente.codes import InputError, with_extra
    from detente.data.casefile import load_case

    try:
        from detente.faces.web.listening import config_of
        from detente.faces.web.settings import METRICS, TOKEN, Settings, folder_of_user
        from detente.faces.web.work.memory import size_of
    except ImportError as error:
        raise InputError("serve", f"needs the library '{error.name}'", with_extra("web")) from None
    settings = Settings(
        host=host, port=port, token=token or os.environ.get(TOKEN, ""),
        database=database or os.environ.get("DETENTE_DATABASE", ""), data_folder=data or folder_of_user(), jobs=jobs,
        hosts=tuple(name or ()), case=case, ahead=ahead, connections=connections, head_seconds=header_timeout,
        body_seconds=body_timeout, root=root_path.rstrip("/"), workers=workers, read_only=read_only,
        frames=tuple(frame_origin or ("*",)), metrics=os.environ.get(METRICS, ""), access_log=access_log,
        memory=size_of(memory),
    ).checked()  # fmt: skip
    if settings.case:
        load_case(settings.case)
    if check:
        print(f"settings are sound: {settings.url}{_admission(settings)}")
        return
    if settings.workers > 1:
        from detente.faces.web.many import serve as serve_many

        serve_many(settings, _beside, lambda: tell(settings.url, open_))
        return
    from detente.faces.web.app import create_app

    if hasattr(signal, "SIGPIPE"):
        # Other commands end quietly when their reader goes. A server outlives a database that hangs up.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    config = config_of(create_app(settings, _beside()), settings)

    listen(config, settings.url, open_)


def _admission(settings: Any) -> str:
    """What a server asks of who comes."""
    asks = ["token asked for"] if settings.token else []
    asks += ["read only"] if settings.read_only else []
    return "".join(f", {word}" for word in asks)


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

    from detente.codes import InputError

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
