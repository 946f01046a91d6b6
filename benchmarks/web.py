"""Speed of the server on loopback: start to the first answer, a slider's move, fifty people who move sliders at once.

    python benchmarks/web.py [--users 50] [--moves 10] [--think 0]

A real server in a process of its own; clients keep their connections, as browsers do.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

LIMITS = {"start": 2.0, "slider_median": 0.150, "users_p95": 1.0}
"""Seconds that must not be passed."""

SERVE = (
    "import sys, uvicorn; from pathlib import Path; from detente.faces.web.app import create_app; "
    "from detente.faces.web.listening import config_of; from detente.faces.web.settings import Settings; "
    "s = Settings(port=int(sys.argv[1]), data_folder=Path(sys.argv[2]), rate=0.0); "
    "uvicorn.Server(config_of(create_app(s), s)).run()"
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def started(port: int, folder: Path) -> tuple[subprocess.Popen[bytes], float]:
    """A server and the seconds until its first answer."""
    begin = time.perf_counter()
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(port), str(folder)], env=env)
    while True:
        try:
            if ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/api/v1/status")[0] == 200:
                return process, time.perf_counter() - begin
        except OSError:
            time.sleep(0.01)
            if process.poll() is not None:
                raise SystemExit("the server did not start") from None


def ask(client: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    client.request("GET", path)
    found = client.getresponse()
    return found.status, found.read()


def warmed(port: int) -> float:
    """Seconds until the first deal is answered."""
    begin = time.perf_counter()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    while ask(client, "/api/v1/deal?us=10")[0] != 200:
        time.sleep(0.2)
    return time.perf_counter() - begin


def move(rng: random.Random) -> str:
    """A slider's move nobody has made before."""
    us, cn = rng.uniform(0, 125), rng.uniform(0, 125)
    return f"/api/v1/deal?case=us-china-2025-05&us={us:.3f}&cn={cn:.3f}&licences={rng.uniform(0, 1):.3f}"


def alone(port: int, moves: int) -> list[float]:
    client, rng, found = http.client.HTTPConnection("127.0.0.1", port, timeout=60), random.Random(1), []
    for _ in range(moves):
        begin = time.perf_counter()
        status, body = ask(client, move(rng))
        found.append(time.perf_counter() - begin)
        assert status == 200, body[:200]
        json.loads(body)
    return found


def together(port: int, users: int, moves: int, think: float) -> tuple[list[float], int]:
    """Seconds of every move of everybody, and how many failed."""
    times: list[float] = []
    failed: list[int] = []

    def user(number: int) -> None:
        client, rng = http.client.HTTPConnection("127.0.0.1", port, timeout=60), random.Random(number)
        for _ in range(moves):
            time.sleep(rng.uniform(0, 2 * think))
            begin = time.perf_counter()
            status, _ = ask(client, move(rng))
            times.append(time.perf_counter() - begin)
            if status != 200:
                failed.append(status)

    threads = [threading.Thread(target=user, args=(100 + number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, len(failed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--moves", type=int, default=10)
    parser.add_argument("--think", type=float, default=0.0, help="mean seconds between two moves of a user")
    asked = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process, start = started(port, Path(folder))
        try:
            warm = warmed(port)
            single = alone(port, 60)
            many, failed = together(port, asked.users, asked.moves, asked.think)
        finally:
            process.terminate()
            process.wait(10)
    p95 = sorted(many)[int(0.95 * len(many))]
    found = {
        "start": start, "warm": warm, "slider_median": statistics.median(single), "slider_worst": max(single),
        "users": asked.users, "users_median": statistics.median(many), "users_p95": p95, "users_failed": failed,
    }  # fmt: skip
    print(json.dumps({key: round(value, 4) for key, value in found.items()}, indent=1))
    missed = [name for name, limit in LIMITS.items() if found[name] > limit]
    if missed or failed:
        raise SystemExit(f"too slow or failed: {', '.join(missed) or f'{failed} answers'}")


if __name__ == "__main__":
    main()
