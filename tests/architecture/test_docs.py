"""What the pages of docs/ point at is there, and what they must tell is told."""

import re

import pytest

from tests.architecture.sources import ROOT, SERVICES, files, name_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r"`((?:[a-z_]+/)+[\w.-]+\.(?:py|toml|md|graphql|json|yml|sh|js))`")


def pages():
    return [path for path in files(".", ".md") if not name_of(path).startswith("frontend/vendor")]


@pytest.mark.parametrize("document", pages(), ids=name_of)
def test_every_link_of_a_page_leads_somewhere(document):
    targets: list[str] = LINK.findall(document.read_text(encoding="utf-8"))
    near = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]

    assert not [target for target in near if target and not (document.parent / target).exists()]


@pytest.mark.parametrize("document", pages(), ids=name_of)
def test_every_file_that_a_page_names_is_there(document):
    named = SOURCE.findall(document.read_text(encoding="utf-8"))

    assert not [
        name for name in named if not (ROOT / name).exists() and not (document.parent / name).exists()
    ]


def test_every_make_target_that_a_page_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {
        (name_of(page), word) for page in pages() for word in re.findall(r"`make ([a-z-]+)", page.read_text())
    }

    assert not sorted(pair for pair in named if pair[1] not in targets)


def test_the_readme_lists_every_service():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert not [service for service in SERVICES if service not in readme]
