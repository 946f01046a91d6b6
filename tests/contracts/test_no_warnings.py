"""Nothing silences warnings of the array library: commands run where each would be an error."""

import subprocess
import sys

import pytest

TARIFFS = "importer,exporter,tariff\nUSA,CHN,1000%\nCHN,USA,145%\nMEX,USA,0\n"


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    "line",
    [
        "economy solve --world icio-2022-small --tariffs {tariffs}",
        "economy decompose USA --world libday-2023 --tariffs {tariffs}",
        "economy optimal USA --world icio-2022-small --vary sector",
        "economy war USA,CHN --world icio-2022-small",
        "chain run rare-earths --cut 1 --months 6 --country USA --draws 0 --quiet",
        "talks two-country --quiet",
    ],
)
def test_commands_warn_of_nothing(detente, tmp_path, line):
    path = tmp_path / "t.csv"
    path.write_text(TARIFFS, encoding="utf-8")
    ran = detente(*line.format(tariffs=path).split())
    assert (ran.code, ran.err) == (0, "")


def test_the_command_line_leaves_warnings_on():
    """A warning that would be raised inside a command reaches the reader of standard error: nothing hides causes."""
    script = (
        "import importlib, sys, warnings; app = importlib.import_module('detente.faces.cli.app')\n"
        "app.app = lambda *_, **__: warnings.warn('seen', RuntimeWarning)\n"
        "sys.argv = ['detente', 'law']; app.main()"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "RuntimeWarning: seen" in ran.stderr
