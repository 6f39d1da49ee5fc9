"""Gives every room's tests the clock, databases, clients and fake siblings of chassis.testing."""

import os
import re

pytest_plugins = ["chassis.testing", "chassis.testing_brokers", "tests.contracts.watch"]


def _redis_of_this_process() -> None:
    """Two processes of tests that empty their Redis database need one each."""
    worker = re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", ""))
    address = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
    server, slash, number = address.rpartition("/")
    if worker and slash and number.isdigit():
        os.environ["TEST_REDIS_URL"] = f"{server}/{int(number) + int(worker[1])}"


_redis_of_this_process()
