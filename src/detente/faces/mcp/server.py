"""The server of the Model Context Protocol: tools, resources and prompts over stdio and HTTP."""

from __future__ import annotations

import logging
from typing import Any

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from detente.codes.errors import DetenteError
from detente.faces.mcp.asked import More, QuestionTool
from detente.faces.mcp.desk import Desk
from detente.faces.mcp.resources import GUIDES, JSON, REFERENCES, guide, guided, reference
from detente.faces.mcp.tools import TOOLS, tool_named
from detente.faces.web.problems import Problem
from detente.faces.web.security import Guard
from detente.faces.web.settings import Settings
from detente.version import VERSION

LOG = logging.getLogger("detente.server")
PATH = "/mcp"
ABOUT = (
    "Détente answers questions about tariffs and trade deals: the duty on a good, average duties, what a deal does, "
    "whether it would hold, and whether a claim holds. Every number has a unit, a range or the reason why it has none, "
    "and what it is compared with: quote them together. Shares are fractions: 0.25 is 25 per cent. Codes may change: "
    "begin with find. Where the state is working, or rows are left, call more with the key."
)
READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Context = ServerRequestContext[Any]


def described(tool: QuestionTool | More) -> types.Tool:
    """A tool as clients list it."""
    return types.Tool(name=tool.name, description=tool.meaning, input_schema=dict(tool.takes), annotations=READ_ONLY)


def whole(text: str) -> str:
    """A text that can be sent: halves of characters, which a caller may have sent, are question marks."""
    return text.encode("utf-8", "replace").decode()


def refused(sentence: str) -> types.CallToolResult:
    """A mistake of the caller, flagged as such."""
    return types.CallToolResult(content=[types.TextContent(type="text", text=whole(sentence[:2000]))], is_error=True)


def internal(what: str, error: Exception) -> str:
    """A mistake of the program: the log has its place, the answer its kind alone."""
    LOG.error("%s: %s", what, type(error).__name__, exc_info=error)
    return f"internal error ({type(error).__name__}); the log of the server has more"


async def called(desk: Desk, name: str, arguments: Any) -> types.CallToolResult:
    """The answer to a call of a tool, or why there is none, in one sentence."""
    try:
        text, content = await tool_named(name).called(arguments, desk)
    except (DetenteError, Problem) as error:
        return refused(str(error))
    except Exception as error:
        return refused(internal(f"tool {name[:60]}", error))
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=content)


def prompt(name: str, given: dict[str, str] | None) -> types.GetPromptResult:
    """A prompt with its arguments."""
    content = types.TextContent(type="text", text=guided(name, given))
    message = types.PromptMessage(role="user", content=content)
    return types.GetPromptResult(description=guide(name).meaning, messages=[message])


def assistants(desk: Desk | None = None) -> Server[Any]:
    """The server with its tools, resources and prompts; nothing it offers writes or reaches out.

    Parameters
    ----------
    desk : where answers and runs are kept.
    """
    own = desk or Desk()

    async def tools(context: Context, params: Any) -> types.ListToolsResult:
        del context, params
        return types.ListToolsResult(tools=[described(tool) for tool in TOOLS])

    async def call(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        del context
        return await called(own, params.name, params.arguments)

    async def resources(context: Context, params: Any) -> types.ListResourcesResult:
        del context, params
        return types.ListResourcesResult(resources=[
            types.Resource(uri=entry.uri, name=entry.name, description=entry.meaning, mime_type=JSON)
            for entry in REFERENCES
        ])  # fmt: skip

    async def resource(context: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        del context
        try:
            text = reference(str(params.uri)).text()
        except DetenteError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from None
        content = types.TextResourceContents(uri=params.uri, text=text, mime_type=JSON)
        return types.ReadResourceResult(contents=[content])

    async def prompts(context: Context, params: Any) -> types.ListPromptsResult:
        del context, params
        return types.ListPromptsResult(prompts=[
            types.Prompt(name=entry.name, title=entry.title, description=entry.meaning, arguments=[
                types.PromptArgument(name=name, description=meaning, required=number == 0)
                for number, (name, meaning) in enumerate(entry.takes.items())
            ])
            for entry in GUIDES
        ])  # fmt: skip

    async def get_prompt(context: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        del context
        try:
            return prompt(params.name, params.arguments)
        except DetenteError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from None

    return Server(
        "detente", title="Détente", version=VERSION, instructions=ABOUT, on_list_tools=tools, on_call_tool=call,
        on_list_resources=resources, on_read_resource=resource, on_list_prompts=prompts, on_get_prompt=get_prompt,
    )  # fmt: skip


async def over_stdio() -> None:
    """Serve one client on standard input and output until it leaves."""
    server = assistants()
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def web_app(desk: Desk, body: int) -> Starlette:
    """The server as an application at `/mcp`; who may ask is the business of the guard before it.

    Parameters
    ----------
    body : bytes that a request may bring.
    """
    # Names of the server are the guard's to check: two lists of them would come to differ.
    free = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = assistants(desk).streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True, max_request_body_size=body,
        transport_security=free,
    )  # fmt: skip
    for route in app.routes:
        # Nothing is ever sent unasked: a stream that is only held open would take a place from others.
        assert isinstance(route, Route)
        route.methods = {"POST"}
    return app


def guarded(settings: Settings, desk: Desk | None = None) -> ASGIApp:
    """The server alone behind the guard of `detente serve`: the same token, names, rates and limits.

    Raises
    ------
    InputError : settings that would let strangers in.
    """
    settings = settings.checked()
    return Guard(web_app(desk or Desk(), settings.body), settings)


def served(app: Any) -> Starlette:
    """The server beside pages and interface: the same settings."""
    return web_app(Desk(), app.state.settings.body)
