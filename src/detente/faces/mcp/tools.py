"""The list of tools: a new one is one entry in the file of its group."""

from __future__ import annotations

from typing import Any

from detente.codes import UnknownName
from detente.faces.mcp.asked import QuestionTool, tools
from detente.faces.mcp.tool import Tool

TOOLS: tuple[Tool[Any] | QuestionTool, ...] = (*tools(),)


def tool_named(name: str) -> Tool[Any] | QuestionTool:
    """A tool by its name.

    Raises
    ------
    UnknownName : no tool is named so.
    """
    by_name = {tool.name: tool for tool in TOOLS}
    if name not in by_name:
        raise UnknownName("tool", name[:60], by_name, "", f"use {', '.join(by_name)}")
    return by_name[name]
