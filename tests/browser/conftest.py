"""A browser, people signed in, and showtimes that no other test touches."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.house import House, Person
from tests.system import RunningSystem

# Deadlines are generous: what is waited for is a condition, and a loaded machine is slow.
PATIENCE_MS = 30_000
# What the content policy refuses, in Chromium's words.
REFUSED = re.compile("Content Security Policy|This document requires 'Trusted")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here; leave it out, and say so, where there is no browser."""
    for item in items:
        if "/tests/browser/" not in item.path.as_posix():
            continue
        item.add_marker(pytest.mark.browser)
        if chromium() is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium"))


def chromium() -> str | None:
    """Where the browser of this machine is: CHROMIUM, or on the path."""
    return os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The machine's own Chromium, quiet and the same everywhere."""
    return {
        "executable_path": chromium(),
        "args": ["--no-sandbox", "--disable-background-networking", "--force-color-profile=srgb"],
    }


@pytest.fixture(scope="session")
def browser_context_args(house: House) -> dict[str, Any]:
    """A guest in Berlin who reads English and dislikes movement."""
    return {
        "base_url": house.url,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "reduced_motion": "reduce",
        "viewport": {"width": 1280, "height": 900},
        "service_workers": "block",  # what they do has tests of its own
    }


@pytest.fixture(autouse=True)
def _patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def house(system: RunningSystem) -> House:
    """The system as the tests' stage: people, showtimes, what the API says."""
    return House(system)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when something in it broke without being seen."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda line: broken.append(line.text) if REFUSED.search(line.text) else None,
    )
    yield page
    assert broken == []


@pytest.fixture
def signed_in(context: BrowserContext, house: House) -> Callable[[Person], None]:
    """Signs a person in to this browser as its own pages do: by the HttpOnly cookie."""

    def enter(person: Person) -> None:
        house.enter(context, person)

    return enter


@pytest.fixture
def guest(house: House, signed_in: Callable[[Person], None]) -> Person:
    """A new guest, signed in."""
    person = house.new_guest()
    signed_in(person)
    return person
