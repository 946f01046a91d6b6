"""The list of tools: questions that assistants are offered, and more of their answers."""

from __future__ import annotations

from detente.codes import UnknownName
from detente.faces.mcp.asked import More, QuestionTool, tools

TOOLS: tuple[QuestionTool | More, ...] = tools()


def tool_named(name: str) -> QuestionTool | More:
    """A tool by its name.

    Raises
    ------
    UnknownName : no tool is named so.
    """
    by_name = {tool.name: tool for tool in TOOLS}
    if name not in by_name:
        raise UnknownName("tool", name[:60], by_name, "", f"use {', '.join(by_name)}")
    return by_name[name]
