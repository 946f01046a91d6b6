"""Tutorial notebooks: built from pages of Markdown, executed, and stored with what they print.

A page of `docs/notebooks/src` is a notebook: its text makes the cells of text, each block of Python a cell of code.
The same pages and package give the same bytes: counters, times and addresses of one machine are left out. `jupyter`
is not needed; `nbclient` and `ipykernel`, which the extra `dev` brings, are.

    python tools/notebooks.py            # all of them
    python tools/notebooks.py rates      # one
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets import default
from traitlets.config import Config

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
PAGES = FOLDER / "src"

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SECONDS = 300


class OwnKernel(AsyncKernelManager):
    """The kernel of this interpreter, whatever kernels somebody has installed."""

    @default("kernel_spec_manager")
    def _own_spec(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def notebook_of(page: str, name: str) -> NotebookNode:
    """The notebook of a page, not yet executed; cells are numbered in order."""
    pieces = CODE.split(page)
    cells = []
    for at, piece in enumerate(pieces):
        text = piece.strip()
        if text:
            cells.append(new_code_cell(text) if at % 2 else new_markdown_cell(text))
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"{name}-{number:02d}"
    return new_notebook(cells=cells, metadata={"kernelspec": SPEC, "language_info": {"name": "python"}})


async def executed(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its outputs, run by this interpreter in an empty folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError : a cell that fails.
    ValueError : a cell that writes warnings.
    """
    with tempfile.TemporaryDirectory(prefix="notebook") as folder:
        transport = "ipc" if os.name == "posix" else "tcp"
        client = NotebookClient(
            notebook,
            kernel_manager_class=OwnKernel,
            config=Config(KernelManager={"transport": transport, "connection_file": f"{folder}/kernel.json"}),
            timeout=SECONDS,
            resources={"metadata": {"path": folder}},
            record_timing=False,
        )
        # One kernel of linear algebra on every processor: a search among packages that are equally good for the side
        # that gains least may end at another of them by the last digit of a solve.
        own = {"OPENBLAS_CORETYPE": "Haswell"} if platform.machine() in ("x86_64", "AMD64") else {}
        env = {**os.environ, **ONE_THREAD, **own, "IPYTHONDIR": folder, "NO_COLOR": "1"}
        await client.async_execute(env=env)
    return plain(notebook)


def plain(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what changes from run to run."""
    notebook["metadata"] = NotebookNode(kernelspec=NotebookNode(SPEC), language_info=NotebookNode(name="python"))
    for cell in notebook["cells"]:
        cell["metadata"] = NotebookNode()
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
            cell["outputs"] = joined(_plain_output(output) for output in cell["outputs"])
    return notebook


def _plain_output(output: NotebookNode) -> NotebookNode:
    if output["output_type"] == "stream" and output["name"] == "stderr":
        raise ValueError(f"a cell writes warnings: {output['text']}")
    if "execution_count" in output:
        output["execution_count"] = None
    if "metadata" in output:
        output["metadata"] = NotebookNode()
    data = output.get("data", {})
    if len(data) > 1 and str(data.get("text/plain", "")).startswith("<IPython.core.display"):
        del data["text/plain"]
    return output


def joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Outputs in order, what was printed in several pieces as one: how it is cut depends on time."""
    found: list[NotebookNode] = []
    for output in outputs:
        if output["output_type"] == "stream" and found and found[-1]["output_type"] == "stream":
            found[-1]["text"] += output["text"]
        else:
            found.append(output)
    return found


def written(notebook: NotebookNode) -> str:
    """The notebook as the text of its file."""
    return f"{nbformat.writes(notebook).rstrip()}\n"


async def built(name: str) -> NotebookNode:
    """The notebook of a page by name, executed."""
    page = PAGES / f"{name}.md"
    return await executed(notebook_of(page.read_text(encoding="utf-8"), name))


def names() -> list[str]:
    """Names of the pages."""
    return sorted(page.stem for page in PAGES.glob("*.md"))


def all_built(chosen: Sequence[str], at_once: int = 2) -> dict[str, NotebookNode]:
    """Several notebooks, each in a process of its own."""

    async def in_turn() -> list[NotebookNode]:
        places = asyncio.Semaphore(at_once)

        async def one(name: str) -> NotebookNode:
            async with places:
                return await built(name)

        return await asyncio.gather(*map(one, chosen))

    return dict(zip(chosen, asyncio.run(in_turn()), strict=True))


def main(asked: Sequence[str]) -> None:
    """Build the notebooks asked for, or all."""
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        sys.exit(f"there is no page {', '.join(unknown)}; there are {', '.join(names())}")
    for name, notebook in all_built(asked or names()).items():
        target = FOLDER / f"{name}.ipynb"
        beside = target.with_suffix(".part")
        beside.write_text(written(notebook), encoding="utf-8")
        beside.replace(target)
        print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
