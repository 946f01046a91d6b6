"""`detente serve`: the negotiating table in a browser, and its program interface."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("serve")(serve)


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
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Check the settings and leave.")] = False,
) -> None:
    """Pages and program interface on this machine: deal, law, world, materials, claims, runs."""
    from detente.codes import InputError

    try:
        import uvicorn

        from detente.faces.web.settings import TOKEN, Settings, folder_of_user
    except ImportError as error:
        raise InputError("serve", f"needs the library '{error.name}'", "pip install 'detente[web]'") from None
    settings = Settings(
        host=host, port=port, token=token or os.environ.get(TOKEN, ""),
        database=database or os.environ.get("DETENTE_DATABASE", ""), data_folder=data or folder_of_user(), jobs=jobs,
        hosts=tuple(name or ()), case=case, ahead=ahead,
    ).checked()  # fmt: skip
    if check:
        print(f"settings are sound: {settings.url}{', token asked for' if settings.token else ''}")
        return
    from detente.faces.web.app import create_app

    if hasattr(signal, "SIGPIPE"):
        # Other commands end quietly when their reader goes. A server outlives a database that hangs up.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # Addresses hold scenarios, and might hold more: no line of a request is written.
    config = uvicorn.Config(
        create_app(settings), host=host, port=port, log_level="critical", access_log=False, server_header=False,
        timeout_graceful_shutdown=3, limit_concurrency=400,
    )  # fmt: skip

    class Server(uvicorn.Server):
        """A server that says where it is once it listens."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            print(f"Détente at {settings.url} (stop with Ctrl-C)", flush=True)
            if open_:
                typer.launch(settings.url)

    try:
        Server(config).run()
    except SystemExit:
        raise InputError(f"--port {port}", "is taken, or not yours to use", "give another, as in --port 8766") from None
