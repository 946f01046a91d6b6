"""`detente mcp`: the numbers of the program as tools for assistants."""

from __future__ import annotations

import os
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("mcp")(mcp)


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Serve by HTTP at /mcp instead of standard input.")] = False,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; others than loopback need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port.")] = 8766,
    token: Annotated[
        str, typer.Option("--token", help="Who does not show it stays out; better set DETENTE_TOKEN.")
    ] = "",
    name: Annotated[list[str] | None, typer.Option("--name", help="Name the server is called by; repeatable.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the tools and leave.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Check the settings and leave.")] = False,
) -> None:
    """Tools for assistants (Model Context Protocol): duties, averages, deals, talks, claims; read only."""
    import asyncio

    from detente.codes import InputError, with_extra

    try:
        from detente.faces.mcp import server
        from detente.faces.web.settings import TOKEN, Settings
    except ImportError as error:
        raise InputError("mcp", f"needs the library '{error.name}'", with_extra("mcp")) from None
    if list_:
        print(_listing())
        return
    settings = Settings(
        host=host, port=port, token=token or os.environ.get(TOKEN, ""), hosts=tuple(name or ())
    ).checked()
    url = f"{settings.url}mcp"
    if check:
        words = f"{url}{', token asked for' if settings.token else ''}" if http else "standard input and output"
        print(f"settings are sound: {words}")
    elif http:
        from detente.faces.cli.serve import listen
        from detente.faces.web.listening import config_of

        listen(config_of(server.guarded(settings), settings), url)
    else:
        asyncio.run(server.over_stdio())


def _listing() -> str:
    from detente.faces.mcp.tools import TOOLS

    return "\n".join(f"{tool.name:14} {tool.meaning}" for tool in TOOLS)
