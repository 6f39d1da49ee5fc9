"""Files: asked for, made in the background, fetched; what looks like a formula stays text."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House, Person
from tests.browser.stage import Stage
from tests.browser.test_staff_dashboard import bought


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def test_a_report_becomes_a_file_in_which_a_formula_is_text(
    page: Page, house: House, staff: Callable[[str], None], tmp_path: Path
) -> None:
    stage = Stage(house)
    made = stage.room(["SSSSSSSSSSSS"])
    booking = bought(house, stage.showtime(stage.film(title="=1+1")["id"], made["room"]), 2)
    staff("admin")
    page.goto(f"/admin/exports?cinema={made['cinema']}")
    page.get_by_label("Report").select_option(label="Bookings")

    page.get_by_role("button", name="Make the file").click()
    link = page.get_by_role("region", name="Your files").get_by_role("row").nth(1).get_by_role("link")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "bookings.csv")

    text = (tmp_path / "bookings.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(text.decode("utf-8-sig").splitlines()))
    (line,) = [line for line in lines if booking["reference"] in line]
    assert "'=1+1" in line
    assert not [cell for cells in lines for cell in cells if cell.startswith(("=", "+", "@"))]


def test_a_period_that_runs_backwards_is_named_at_its_field(page: Page, staff: Callable[[str], None]) -> None:
    staff("admin")
    page.goto("/admin/exports?from=2026-11-20&to=2026-11-10&report=SALES")
    expect(page.get_by_label("Report")).to_have_value("SALES")

    page.get_by_role("button", name="Make the file").click()

    expect(page.get_by_label("To", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#export-summary")).to_contain_text("The last day is before the first.")


@pytest.mark.parametrize(("report", "format_"), [("Sales", "XLSX"), ("Payments", "CSV")])
def test_each_report_comes_in_its_format(
    report: str, format_: str, page: Page, staff: Callable[[str], None], tmp_path: Path
) -> None:
    staff("admin")
    page.goto("/admin/exports")
    page.get_by_label("Report").select_option(label=report)
    page.get_by_label("Format").select_option(value=format_)

    page.get_by_role("button", name="Make the file").click()
    row = page.get_by_role("region", name="Your files").get_by_role("row").nth(1)
    expect(row).to_contain_text(report)
    expect(row).to_contain_text(format_)
    with page.expect_download() as download:
        row.get_by_role("link").click()
    download.value.save_as(tmp_path / "file")

    head = (tmp_path / "file").read_bytes()[:3]
    assert head == (b"PK\x03" if format_ == "XLSX" else b"\xef\xbb\xbf")
