"""Pages that list what the code declares are written by a tool, so they are as true as the code."""

import pytest

from tests.architecture.sources import name_of
from tools.export_reference import pages


@pytest.mark.parametrize("listing", sorted(pages()), ids=name_of)
def test_a_page_of_the_reference_is_what_the_code_says(listing):
    assert listing.read_text(encoding="utf-8") == pages()[listing], "run make contracts"
