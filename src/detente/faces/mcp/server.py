"""Resources: what a client may read without a question, and two prompts."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
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

from detente.codes import InputError, UnknownName
from detente.codes.errors import DetenteError
from detente.faces.ask.question import find
from detente.faces.formats import clean, json_rows
from detente.faces.mcp.tools import TOOLS, Desk, More, QuestionTool, tool_named
from detente.faces.report.content import spelled
from detente.faces.web.problems import Problem
from detente.faces.web.security import Guard
from detente.faces.web.settings import Settings
from detente.faces.words.language import catalogue, report_texts
from detente.version import VERSION

JSON = "application/json"


@dataclass(frozen=True)
class Reference:
    """Something to read: its address, what it is, and the question whose tables it is; without one the glossary.

    Attributes
    ----------
    asked : arguments of the question, by what is read under them. tables : of the answer; all where none is named.
    """

    uri: str
    name: str
    meaning: str
    question: str = ""
    asked: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"": {}})
    tables: tuple[str, ...] = ()

    def text(self) -> str:
        """The tables as JSON without blanks: a client reads it, not a person."""
        content: dict[str, Any] = {}
        for name, given in self.asked.items() if self.question else ():
            answer = find(self.question).ask(given)
            shown = {key: {"title": answer.table(key).title, "rows": json_rows(answer.table(key))}
                     for key in self.tables or answer.tables}  # fmt: skip
            content |= {name: shown} if name else shown
        content = content or {spelled(term): meaning for term, meaning in report_texts()["terms"].items()}
        return json.dumps(clean(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _listed(kind: str) -> Any:
    return {"question": "data list", "asked": {"": {"kind": kind}}, "tables": (kind,)}


REFERENCES = (
    Reference("detente://law/status", "law_status", "How far each law was read, and what is open since.",
              "law coverage", {code: {"of": code} for code in ("USA", "CHN")}),
    Reference("detente://coverage", "coverage", "Whose law is on record, in what detail, and what it lacks.",
              "law coverage"),
    Reference("detente://cases", "cases", "Cases of the talks with variants and threats.", **_listed("cases")),
    Reference("detente://scenarios", "scenarios", "Scenarios of the package.", **_listed("scenarios")),
    Reference("detente://definitions", "definitions", "What a claim can be about, and how each quantity is read.",
              **_listed("quantities")),
    Reference("detente://assumptions", "assumptions", "The register of assumptions.", "assumptions"),
    Reference("detente://glossary", "glossary", "Terms and their meaning."),
)  # fmt: skip


def reference(uri: str) -> Reference:
    """Something to read by its address.

    Raises
    ------
    UnknownName : nothing has this address.
    """
    by_uri = {entry.uri: entry for entry in REFERENCES}
    if uri not in by_uri:
        raise UnknownName("resource", uri[:80], by_uri, "", f"use {', '.join(by_uri)}")
    return by_uri[uri]


@dataclass(frozen=True)
class Guide:
    """A prompt: its name, what it is for, its arguments with their meaning (the first is required), and its text."""

    name: str
    title: str
    meaning: str
    takes: dict[str, str]
    text: str


GUIDES = tuple(Guide(name, **texts) for name, texts in catalogue("guides", "detente.faces.mcp").items())
DEFAULTS = {"country": "the United States", "as_of": "today"}
LONGEST = 20_000


def guide(name: str) -> Guide:
    """A prompt by its name.

    Raises
    ------
    UnknownName : no prompt is named so.
    """
    by_name = {entry.name: entry for entry in GUIDES}
    if name not in by_name:
        raise UnknownName("prompt", name[:60], by_name, "", f"use {' or '.join(by_name)}")
    return by_name[name]


def guided(name: str, given: dict[str, str] | None) -> str:
    """The text of a prompt with its arguments.

    Raises
    ------
    InputError, UnknownName : an argument that is missing, unknown or too long.
    """
    chosen, values = guide(name), dict(given or {})
    for key, value in values.items():
        if key not in chosen.takes:
            raise UnknownName("argument", key[:60], chosen.takes, name, f"it takes {', '.join(chosen.takes)}")
        if len(value) > LONGEST:
            raise InputError(f"{name}, {key}", f"is longer than {LONGEST:,} letters", "give less")
    first = next(iter(chosen.takes))
    if not values.get(first, "").strip():
        raise InputError(name, f"{first} is missing", f"give {chosen.takes[first]}")
    text = chosen.text
    for key in chosen.takes:
        # Replaced one by one: what a reader pastes may hold braces of its own.
        text = text.replace("{" + key + "}", values.get(key) or DEFAULTS.get(key, ""))
    return text


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


async def called(desk: Desk, name: str, arguments: Any) -> types.CallToolResult:
    """The answer to a call of a tool, or why there is none, in one sentence."""
    try:
        text, content = await tool_named(name).called(arguments, desk)
    except (DetenteError, Problem) as error:
        return refused(str(error))
    except Exception as error:  # a mistake of the program: the log has its place, the answer its kind alone
        kind = type(error).__name__
        LOG.error("tool %s: %s", name[:60], kind, exc_info=error)
        return refused(f"internal error ({kind}); the log of the server has more")
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=content)


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
            text, meaning = guided(params.name, params.arguments), guide(params.name).meaning
        except DetenteError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from None
        message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
        return types.GetPromptResult(description=meaning, messages=[message])

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
