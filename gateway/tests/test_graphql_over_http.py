"""The specification of GraphQL over HTTP, by the audit that the reference implementation publishes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.tests.small_graph import SmallGateway
from tools import npm_packages

TOOL = Path(__file__).resolve().parents[2] / "tools" / "graphql_http_audit"


@pytest.fixture(scope="session")
def audit() -> Path:
    """The audit, installed from its lock file once."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no Node.js")
    if not (TOOL / "node_modules").is_dir():
        try:
            npm_packages.install(TOOL)
        except npm_packages.NotInstalled as problem:
            pytest.skip(f"no package index for Node.js: {problem}")
    return TOOL / "audit.mjs"


def test_every_check_of_the_audit_passes(gateway: SmallGateway, audit: Path):
    ran = subprocess.run(
        ["node", str(audit), gateway.served.url + "/graphql"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    report = json.loads(ran.stdout)

    assert report["failed"] == []
    assert report["passed"] == 61
