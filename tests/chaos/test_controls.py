"""Controls: with one guard taken out of the running code, the same crowd and the same checker must turn red.

The shipped code has no switch for that. A sitecustomize module, put in front of the launcher's path, changes the
source of single modules while they are imported.
"""

import json
import os

import pytest

from tests.chaos.overlay import SITECUSTOMIZE
from tools.chaos.run import Wish, run
from tools.chaos.schedule import Fault

SEND_THEN_MARK = "        done = _handed_over(database, broker, rows)\n"
MARK_THEN_SEND = (
    "        database.transact(partial(_mark, [seq for seq, _ in rows]))\n"
    "        reached('outbox.before_mark')\n"
    "        done = _handed_over(database, broker, rows)\n"
)
# Guard → {module: [(what it says, what it says without the guard)]}.
CONTROLS = {
    "claims decide about a seat": {
        "booking_service.live": [
            (
                "    if not refused:\n        reached",
                "    refused = []\n    if not refused:\n        reached",
            ),
        ],
        "booking_service.commands.hold": [("if not others.taken.isdisjoint(wanted):", "if False:")],
        "booking_service.commands.moves": [
            ("        session.add(\n            Claim(", "        session.merge(\n            Claim("),
        ],
    },
    "nobody asks what became of an unanswered payment": {
        "booking_service.worker": [('Timer("reconcile", settings.reconcile_seconds, reconcile),', "")],
        "payment_service.worker": [('Timer("reconcile payments", every, reconcile),', "")],
    },
    "events are marked before they are sent": {
        "chassis.outbox": [(SEND_THEN_MARK, MARK_THEN_SEND)],
    },
}
RED = {
    "claims decide about a seat": {"I1", "I8"},
    "nobody asks what became of an unanswered payment": {"I10", "I2"},
    "events are marked before they are sent": {"I9", "I6"},
}
# Where the processes die: aimed at the guard, else the crowd may never need it.
AIMED = {
    "claims decide about a seat": ["outbox.before_mark"],
    "nobody asks what became of an unanswered payment": ["payment.after_provider"],
    "events are marked before they are sent": ["outbox.before_mark"],
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("guard", CONTROLS, ids=lambda guard: guard.replace(" ", "-"))
def test_the_checker_turns_red_where_a_guard_is_missing(guard, tmp_path):
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "sitecustomize.py").write_text(SITECUSTOMIZE)
    (overlay / "changes.json").write_text(json.dumps(CONTROLS[guard]))
    path = os.pathsep.join(filter(None, (str(overlay), os.environ.get("PYTHONPATH"))))

    faults = [
        Fault(at=2.0 + 7 * number, kind="kill point", target=point)
        for number in range(4)
        for point in AIMED[guard]
    ]

    outcome = run(
        Wish(seconds=30, seed=1, environ={"PYTHONPATH": path}, faults=faults, quiet_seconds=75), tmp_path
    )

    broken = {name for name, violations in outcome.found.items() if violations}
    assert outcome.requests["pay ok"] > 0
    assert broken & RED[guard], f"{guard}: nothing was found but {broken}"
    assert not outcome.is_clean
