"""Sweeps on a real Dask cluster on this machine: same bytes, a worker lost on the way, a cluster that is not there."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from detente.lab.sweep.scenario import sweep
from detente.lab.sweep.world import sweep_world
from detente.lab.work.chunks import dask

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
pytestmark = pytest.mark.sampled(3, together=True)


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Cluster:
    """A scheduler and two worker processes on loopback."""

    def __init__(self, folder: Path) -> None:
        self.file, self.env = folder / "scheduler.json", {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self.log = (folder / "log.txt").open("wb")
        common = ("--scheduler-file", str(self.file))
        self.scheduler = self.start("dask_scheduler", *common, "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.workers = [
            self.start("dask_worker", *common, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
            for _ in range(2)
        ]
        with distributed.Client(scheduler_file=str(self.file), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            self.address = client.scheduler.address

    def start(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options]
        return subprocess.Popen(command, env=self.env, stdout=self.log, stderr=self.log)

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    found = Cluster(tmp_path_factory.mktemp("dask"))
    yield found
    found.stop()


def test_a_scenario_on_the_cluster_gives_the_same_bytes(cluster, tmp_path):
    over = {"usa.change.rec_chn.rate": "10%,34%", "on": "2025-05-14,2025-06-10"}
    sweep("geneva", over, tables=["headline"], workers=1, out=tmp_path / "here")
    with dask(cluster.address) as executor:
        sweep("geneva", over, tables=["headline"], executor=executor, out=tmp_path / "there")
    assert content(tmp_path / "here") == content(tmp_path / "there")
    with distributed.Client(cluster.address, set_as_default=False) as client:
        loaded = client.run_on_scheduler(lambda: [name for name in sys.modules if name.startswith("detente.")])
    assert "detente.lab.sweep.scenario" not in loaded, "the scheduler only passes on what workers do"


def test_the_command_takes_the_address(detente, cluster, world_sweep, tmp_path, monkeypatch):
    over, whole = world_sweep
    monkeypatch.setenv("DETENTE_DASK", cluster.address)
    args = ["--world=icio-2022-small", *(f"--over={path}={values}" for path, values in over.items())]
    ran = detente("sweep", "economy", *args, "--work", str(tmp_path / "x"))
    assert ran.code == 0, ran.err
    assert content(tmp_path / "x") == content(whole)


def test_a_worker_killed_on_the_way_changes_nothing(cluster, world_sweep, tmp_path):
    over, whole = world_sweep

    def told(done: int, total: int) -> None:
        if done >= 200 and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()

    with dask(cluster.address) as executor:
        found = sweep_world(over, world="icio-2022-small", executor=executor, out=tmp_path / "x", progress=told)
    assert cluster.workers[0].poll() is not None
    assert (found.points, content(tmp_path / "x")) == (1000, content(whole))


def test_no_scheduler_is_one_sentence(detente, monkeypatch):
    monkeypatch.setattr("detente.lab.work.chunks.SECONDS", 1)
    monkeypatch.setenv("DETENTE_DASK", "tcp://127.0.0.1:9")
    ran = detente("sweep", "economy", "--over", "scale=1")
    assert ran.code == 2
    assert "no scheduler answers" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("begins", [b"", b"220 mail.example.org ESMTP ready\r\n", b"<!DOCTYPE html>"])
def test_another_service_at_the_address_is_named_as_such(detente, monkeypatch, begins):
    """A web server waits for a request, a mail server greets: neither is taken for a scheduler, whatever it says."""
    monkeypatch.setattr("detente.lab.work.chunks.SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = threading.Thread(target=answer_once, args=(listening, begins))
        served.start()
        monkeypatch.setenv("DETENTE_DASK", f"127.0.0.1:{listening.getsockname()[1]}")
        ran = detente("sweep", "economy", "--over", "scale=1")
        served.join()
    assert (ran.code, ran.out) == (2, "")
    assert "what answers there is no Dask scheduler" in ran.err
    assert "memory" not in ran.err


def answer_once(listening: socket.socket, begins: bytes) -> None:
    service, _ = listening.accept()
    with service, suppress(ConnectionError):
        service.sendall(begins)
        while service.recv(1024):
            pass
