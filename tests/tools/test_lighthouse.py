"""What `make lighthouse` makes of reports, and that its packages are the ones we looked at."""

import json
from pathlib import Path

import pytest

from tools.lighthouse.report import page_of

TOOL = Path(__file__).resolve().parents[2] / "tools" / "lighthouse"


def report(performance: float, **scores: float) -> dict:
    """A report of Lighthouse with the parts that are read."""
    given = {"accessibility": 1, "best-practices": 1, "seo": 1, **scores, "performance": performance}
    lcp = {"score": performance, "displayValue": "2.0\xa0s", "title": "Largest paint"}
    audits = {"largest-contentful-paint": lcp, "label": {"score": given["accessibility"], "title": "Labels"}}
    for audit in (
        "first-contentful-paint",
        "total-blocking-time",
        "cumulative-layout-shift",
        "total-byte-weight",
    ):
        audits[audit] = {"score": 1, "displayValue": "1"}
    refs = {
        "performance": [
            {"id": "largest-contentful-paint", "weight": 25},
            {"id": "total-byte-weight", "weight": 75},
        ]
    }
    refs["accessibility"] = [{"id": "label", "weight": 7}]
    categories = {name: {"score": score, "auditRefs": refs.get(name, [])} for name, score in given.items()}
    return {"categories": categories, "audits": audits, "environment": {"benchmarkIndex": 2000}}


def test_a_page_is_judged_by_the_median_of_its_runs_and_shows_the_middle_one():
    page = page_of("home", [report(0.99), report(0.5), report(0.96)])

    assert page.scores["performance"] == 96
    assert page.runs == [99, 50, 96]
    assert page.figures["largest paint"] == "2.0 s"
    assert [(audit.name, round(audit.lost)) for audit in page.audits] == [("largest-contentful-paint", 1)]
    assert page.too_low == []


@pytest.mark.parametrize(
    ("category", "score"), [("performance", 0.94), ("accessibility", 0.99), ("best-practices", 0.99)]
)
def test_a_page_below_what_we_hold_ourselves_to_is_named(category: str, score: float):
    page = page_of("home", [report(**{"performance": 1.0, category: score})])

    assert page.too_low == [category]


def test_every_package_of_the_tool_is_held_by_a_hash_and_named_without_an_address():
    lock = json.loads((TOOL / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages["node_modules/lighthouse"]["version"] == "12.8.2"
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
