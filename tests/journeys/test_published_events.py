"""Everything the running system has published so far suits the contracts: seeds, journeys, all of it."""

import json
import sqlite3

import pytest

from tests.contracts.watch import payload_faults
from tests.journeys.guests import a_guest, a_showtime, free_block
from tools.launcher.fleet import SERVICES


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_event_in_the_outbox_suits_its_contract(system, service):
    guest = a_guest(system)
    showtime_id = a_showtime(system)
    guest.buys(showtime_id, free_block(system, showtime_id, 1))

    database = sqlite3.connect(f"file:{system.home}/databases/{service.database}.sqlite?mode=ro", uri=True)
    rows = database.execute("SELECT name, version, payload FROM outbox").fetchall()
    database.close()

    faults = {
        fault
        for name, version, payload in rows
        for fault in payload_faults(name, version, json.loads(payload))
    }
    assert faults == set()
