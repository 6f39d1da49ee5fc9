"""How fast the gateway refuses: one malicious document for each limit, as long as the limits before it allow.

Part of `make bench-gateway`. Each document is sent several times, each time with another text, so that no verdict is
remembered. Documents are written for the benchmark's graph of users, products and reviews.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMES = 9
HEADERS = {"Content-Type": "application/json"}
Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """What came of one malicious document: statuses, the codes told, and milliseconds from question to answer.

    `processor` is what the gateway itself worked for one, which a busy machine hardly changes.
    """

    limit: str
    statuses: frozenset[int]
    codes: frozenset[str]
    median: float
    slowest: float
    processor: float


def refusals(port: int, pid: int) -> list[Refused]:
    """Send every document to the gateway at `port`, which is process `pid`."""
    return [_send(port, pid, limit, write) for limit, write in MALICIOUS.items()]


def fetches(port: int) -> int:
    """How many requests the gateway has sent to subgraphs since its start, as its metrics tell."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    return sum(
        int(float(line.rsplit(" ", 1)[1])) for line in lines if line.startswith("gateway_fetches_total")
    )


def _send(port: int, pid: int, limit: str, write: Callable[[int], Asked]) -> Refused:
    took, statuses, codes = [], set(), set()
    before = _worked(pid)
    for number in range(TIMES):
        body = json.dumps(write(number)).encode()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.connect()
        begun = time.perf_counter()
        connection.request("POST", "/graphql", body, HEADERS)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        took.append((time.perf_counter() - begun) * 1000)
        statuses.add(answer.status)
        codes |= {error["extensions"]["code"] for error in told.get("errors", ())}
        connection.close()
    worked = (_worked(pid) - before) / TIMES
    return Refused(limit, frozenset(statuses), frozenset(codes), statistics.median(took), max(took), worked)


def _worked(pid: int) -> float:
    """Milliseconds of processor time that all threads of a process have had."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def _asked(text: str) -> Asked:
    return {"query": text}


def _deep(number: int) -> Asked:
    levels = 320
    return _asked(f"query Q{number} " + "{ me " * levels + "{ id }" + " }" * levels)


def _spreading(number: int) -> Asked:
    """Twenty fragments, each spreading the next one ten times: some 10^20 fields."""
    parts = [f"fragment F{step} on User {{ {f'...F{step + 1} ' * 10}}}" for step in range(20)]
    return _asked(f"query Q{number} {{ me {{ ...F0 }} }} {' '.join(parts)} fragment F20 on User {{ id }}")


def _costly(number: int) -> Asked:
    inner = "id"
    for _ in range(4):
        inner = f"reviews {{ author {{ {inner} }} }}"
    return _asked(f"query Q{number} {{ users(first: 1000) {{ {inner} }} }}")


def _nested_value(number: int) -> Asked:
    value: Any = number
    for _ in range(400):
        value = [value]
    return {"query": "query Q($after: Int) { users(after: $after) { id } }", "variables": {"after": value}}


MALICIOUS: Mapping[str, Callable[[int], Asked]] = {
    "body": lambda number: {"query": "{ me { id } }", "variables": {"after": f"{number}" * 1_000_000}},
    "document bytes": lambda number: _asked(f"query Q{number} {{ {'me { id } ' * 9_000} }}"),
    "tokens": lambda number: _asked(f"query Q{number} {{ {'a ' * 4_900}}}"),
    "depth": _deep,
    "aliases": lambda number: _asked(f"query Q{number} {{ me {{ {' '.join(f'a{i}: id' for i in range(320))} }} }}"),
    "directives": lambda number: _asked(f"query Q{number} {{ me {{ id {'@skip(if: false) ' * 140}}} }}"),
    "root fields": lambda number: _asked(f"query Q{number} {{ {'me { id } ' * 240}}}"),
    "fields": _spreading,
    "cost": _costly,
    "variable depth": _nested_value,
}  # fmt: skip
