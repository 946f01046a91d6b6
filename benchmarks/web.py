"""Speed of the server on loopback: start to the first answer, a slider's move, fifty people who move sliders at once.

    python benchmarks/web.py [--users 50] [--moves 5] [--think 5]

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
from collections.abc import Mapping
from pathlib import Path

LIMITS = {"start": 2.0, "slider_median": 0.030, "whole_median": 0.150, "users_p95": 1.0}
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
    while ask(client, "/deal/live?us=10")[0] != 200:
        time.sleep(0.2)
    return time.perf_counter() - begin


LEVERS = {"us": 125.0, "fentanyl": 20.0, "cn": 125.0, "licences": 1.0, "action": 1.0, "duration": 365.0}
DRAG = 4
"""Answers that a slider asks for on its way; the whole answer follows when it rests."""


def deal(levers: Mapping[str, float], quick: bool) -> str:
    words = "&".join(f"{name}={value:.3f}" for name, value in levers.items())
    return f"/deal/live?case=us-china-2025-05&{words}{'&quick=1' if quick else ''}"


def drag(rng: random.Random, levers: dict[str, float]) -> list[str]:
    """What the page asks while one slider is dragged somewhere new and let go."""
    name = rng.choice(list(LEVERS))
    found = []
    for _ in range(DRAG):
        levers[name] = rng.uniform(0.0, LEVERS[name])
        found.append(deal(levers, True))
    return [*found, deal(levers, False)]


def anywhere(rng: random.Random) -> dict[str, float]:
    return {name: rng.uniform(0.0, most) for name, most in LEVERS.items()}


def alone(port: int, moves: int) -> dict[str, list[float]]:
    """Seconds of answers on the way, and of whole ones, to deals that nobody made before."""
    client, rng = http.client.HTTPConnection("127.0.0.1", port, timeout=60), random.Random(1)
    found: dict[str, list[float]] = {"quick": [], "whole": []}
    for _ in range(moves):
        for kind, path in (("quick", deal(anywhere(rng), True)), ("whole", deal(anywhere(rng), False))):
            begin = time.perf_counter()
            status, body = ask(client, path)
            found[kind].append(time.perf_counter() - begin)
            assert status == 200, body[:200]
            json.loads(body)
    return found


def together(port: int, users: int, moves: int, think: float) -> tuple[list[float], int]:
    """Seconds of every answer of everybody, and how many failed."""
    times: list[float] = []
    failed: list[int] = []

    def user(number: int) -> None:
        client, rng = http.client.HTTPConnection("127.0.0.1", port, timeout=60), random.Random(number)
        levers = anywhere(rng)
        for _ in range(moves):
            time.sleep(rng.uniform(0, 2 * think))
            # Browsers open a connection anew where the server has closed it meanwhile.
            client.close()
            for path in drag(rng, levers):
                begin = time.perf_counter()
                status, _ = ask(client, path)
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
    parser.add_argument("--moves", type=int, default=5)
    parser.add_argument("--think", type=float, default=5.0, help="mean seconds between two drags of a user")
    asked = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process, start = started(port, Path(folder))
        try:
            warm = warmed(port)
            single = alone(port, 30)
            many, failed = together(port, asked.users, asked.moves, asked.think)
        finally:
            process.terminate()
            process.wait(10)
    quick, whole = single["quick"], single["whole"]
    p95 = sorted(many)[int(0.95 * len(many))]
    found = {
        "start": start, "warm": warm, "slider_median": statistics.median(quick), "slider_worst": max(quick),
        "whole_median": statistics.median(whole), "whole_worst": max(whole),
        "users": asked.users, "users_median": statistics.median(many), "users_p95": p95, "users_failed": failed,
    }  # fmt: skip
    print(json.dumps({key: round(value, 4) for key, value in found.items()}, indent=1))
    missed = [name for name, limit in LIMITS.items() if found[name] > limit]
    if missed or failed:
        raise SystemExit(f"too slow or failed: {', '.join(missed) or f'{failed} answers'}")


if __name__ == "__main__":
    main()
