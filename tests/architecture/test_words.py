"""The chassis carries any trade, the gateway any service: neither knows this one's words."""

import re

import pytest

from tests.architecture.sources import SERVICES, files, name_of, tracked

TRADE = r"movie|cinema|film|showtime|auditorium|seat|booking|ticket|coupon|popcorn|screening"
WORDS = re.compile(rf"(?i)(?<![a-z])(?:{TRADE})(?:s|es|ing)?(?![a-z])")
# Addresses of package indexes and paths of one person's machine belong in nobody's checkout.
REGISTRIES = re.compile(
    r"(?i)files\.pythonhosted|pypi\.org/simple|registry\.(?:npmjs|yarnpkg)|deb\.debian\.org|--(?:extra-)?index-url|--find-links"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work)/")
LARGE_OR_FOREIGN = ("frontend/vendor/", "frontend/vendor-graphiql/")
SPEAKS_OF_THEM = ("tests/architecture/test_words.py",)


def lines_with(pattern: re.Pattern[str], paths) -> list[str]:
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    return found


def split_words(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text)


@pytest.mark.parametrize("room", ["chassis", "gateway"])
def test_a_room_that_serves_any_trade_speaks_no_word_of_this_one(room):
    sources = [path for path in files(room, ".py") if "tests" not in path.parts]

    found = [
        f"{name_of(path)}:{number}: {line.strip()[:80]}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WORDS.search(split_words(line))
    ]

    assert not found


def test_the_gateway_names_no_service_in_code():
    names = re.compile("|".join((*SERVICES, *(name.replace("_", "-") for name in SERVICES))))

    assert not lines_with(names, files("gateway", ".py"))


def test_nothing_tracked_names_a_package_index_or_a_path_of_one_machine():
    read = (
        ".py",
        ".md",
        ".toml",
        ".lock",
        ".json",
        ".yml",
        ".yaml",
        ".sh",
        ".mjs",
        ".js",
        ".cfg",
        "Makefile",
        "Dockerfile",
    )
    ours = [path for path in tracked() if path.name.endswith(read)]
    ours = [path for path in ours if not name_of(path).startswith((*LARGE_OR_FOREIGN, *SPEAKS_OF_THEM))]

    assert not lines_with(REGISTRIES, ours)
    assert not lines_with(MACHINE_PATHS, ours)
