"""A pytest plugin: a test that did not run is never silent.

Skipped tests and skipped modules are grouped by their reason and printed at the end of a run; where
LEFT_OUT_FILE is set they are appended there too, one JSON line a reason, so that tools/run_tests can
repeat them under its own summary and refuse them when REQUIRE_REAL=1. Tests marked `real` are left out when
MISSING_SERVERS names a server they need.
"""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

_reasons: Counter[str] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a server that is not there; a test of a database alone needs no broker."""
    missing = set(filter(None, os.environ.get("MISSING_SERVERS", "").split(",")))
    for item in items:
        lacking = sorted(needs(item) & missing)
        if lacking:
            item.add_marker(pytest.mark.skip(reason=f"no {', no '.join(lacking)}"))


def needs(item: pytest.Item) -> set[str]:
    """Names of the real servers that `item` talks to: those its mark names, the engine it runs on, else all."""
    mark = item.get_closest_marker("real")
    if mark is None:
        return set()
    if mark.args:
        return set(mark.args)
    callspec = getattr(item, "callspec", None)
    if callspec is not None and callspec.params.get("database_url") == "mysql":
        return {"mariadb"}
    return {"mariadb", "redis", "rabbitmq"}


def _reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return words.removeprefix("Skipped: ").strip()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a test that was skipped; an expected failure ran, so it does not count."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _reasons[_reason_of(report)] += 1


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Count a module that skipped itself while it was collected."""
    if report.skipped:
        _reasons[_reason_of(report)] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each reason."""
    for reason, count in sorted(_reasons.items()):
        terminalreporter.write_line(f"left out: {count} × {reason}", yellow=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the reasons on; the workers of a parallel run report through their parent."""
    target = os.environ.get("LEFT_OUT_FILE")
    if not target or not _reasons or hasattr(session.config, "workerinput"):
        return
    with Path(target).open("a", encoding="utf-8") as lines:
        for reason, count in sorted(_reasons.items()):
            lines.write(json.dumps({"reason": reason, "count": count}) + "\n")
