"""What Lighthouse said of a page: scores in hundredths, and the audits that cost points, dearest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100}
FIGURES = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "shift",
    "total-byte-weight": "weight",
}


@dataclass(frozen=True)
class Audit:
    """An audit that was not passed whole: how many hundredths of which score it took."""

    category: str
    name: str
    lost: float
    said: str


@dataclass(frozen=True)
class Page:
    """One page over all its runs: medians of the scores, and figures and faults of the run in the middle."""

    name: str
    scores: Mapping[str, float]
    runs: Sequence[float]
    figures: Mapping[str, str]
    audits: Sequence[Audit]
    benchmark: float

    @property
    def too_low(self) -> list[str]:
        """Categories below what we hold ourselves to."""
        return [category for category, least in LEAST.items() if self.scores[category] < least]


def page_of(name: str, runs: Sequence[Mapping[str, Any]]) -> Page:
    """The page that `runs`, reports of Lighthouse as JSON, are about."""
    in_order = sorted(runs, key=lambda run: _score(run, "performance"))
    middle = in_order[len(in_order) // 2]
    audits = middle["audits"]
    return Page(
        name=name,
        scores={category: median(_score(run, category) for run in runs) for category in CATEGORIES},
        runs=[_score(run, "performance") for run in runs],
        figures={
            words: str(audits[audit].get("displayValue", "")).replace("\xa0", " ")
            for audit, words in FIGURES.items()
        },
        audits=sorted(_lost(middle), key=lambda audit: -audit.lost),
        benchmark=float(middle["environment"]["benchmarkIndex"]),
    )


def _score(run: Mapping[str, Any], category: str) -> float:
    return round(100 * float(run["categories"][category]["score"] or 0))


def _lost(run: Mapping[str, Any]) -> list[Audit]:
    found = []
    for category in CATEGORIES:
        refs = run["categories"][category]["auditRefs"]
        whole = sum(ref["weight"] for ref in refs) or 1
        for ref in refs:
            audit = run["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                lost = 100 * ref["weight"] * (1 - audit["score"]) / whole
                said = str(audit.get("displayValue") or audit["title"]).replace("\xa0", " ")
                found.append(Audit(category, ref["id"], lost, said))
    return found
