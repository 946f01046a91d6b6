"""Writing: files are whole, links stay links, rights stay, pipes and devices are written through."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from detente.data.store import write_bytes, write_folder

RATE = ("rate", "8507.60.00.10", "CHN", "--on", "2025-04-15", "--format")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def program(*args: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from detente.faces.cli import main; main()", *args]
    return subprocess.run(command, capture_output="stdout" not in options, **options)  # type: ignore[call-overload]


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "there" / "real.csv", tmp_path / "link.csv"
    real.parent.mkdir()
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "there"]
    dangling = tmp_path / "dangling.csv"
    dangling.symlink_to(tmp_path / "there" / "made.csv")
    write_bytes(dangling, b"made")
    assert (dangling.is_symlink(), (tmp_path / "there" / "made.csv").read_bytes()) == (True, b"made")


def test_rights_are_those_of_the_file_or_of_the_umask(tmp_path):
    held = os.umask(0o027)
    try:
        write_bytes(tmp_path / "new.csv", b"x")
        write_folder(tmp_path / "folder", {"a.csv": b"x"})
    finally:
        os.umask(held)
    assert mode(tmp_path / "new.csv") == mode(tmp_path / "folder" / "a.csv") == 0o640
    assert mode(tmp_path / "folder") == 0o750
    (tmp_path / "new.csv").chmod(0o604)
    write_bytes(tmp_path / "new.csv", b"y")
    assert mode(tmp_path / "new.csv") == 0o604


def test_a_device_stays_a_device():
    write_bytes(Path(os.devnull), b"x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_written_through(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(path, b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_what_cannot_be_written_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    path = tmp_path / "x.csv"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left") as refused:
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert (refused.value.filename, [p.name for p in tmp_path.iterdir()]) == (str(path), ["x.csv"])
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_a_dash_is_standard_output(name):
    ran = program(*RATE, "csv", "--out", name)
    assert ran.stdout.startswith(b"heading,")
    assert b"written" not in ran.stdout
    assert program(*RATE, "parquet", "--out", name).stdout[:4] == b"PAR1"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "wb") as full:
        ran = program(*RATE, "json", stdout=full, stderr=subprocess.PIPE)
    assert ran.returncode == 2
    assert ran.stderr.decode() == (
        "detente: standard output: no space left on device; free some space, or write elsewhere.\n"
    )
    ran = program(*RATE, "json", "--out", "/dev/full")
    assert (ran.returncode, ran.stderr[:19]) == (2, b"detente: /dev/full:")


def test_a_file_is_on_the_disk_before_its_name_is(tmp_path, monkeypatch):
    """A loss of power leaves the old file or the new one, never an empty one under its name."""
    done, sync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append(f"sync {os.fstat(handle).st_size > 2}"), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("name"), replace(a, b)))
    write_bytes(tmp_path / "a.txt", b"abc")
    assert (done[:2], len(done)) == (["sync True", "name"], 3)
    done.clear()
    write_folder(tmp_path / "folder", {"a.txt": b"abc"})
    assert done[-2] == "name"
    assert done[-1].startswith("sync")
