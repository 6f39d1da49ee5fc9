"""A log is one line of JSON for each event, and no secret stands in it."""

import json
import subprocess
import sys

PROGRAM = r"""
from chassis import logs
logs.configure("some_service")
logs.log().info(
    "something\nhappened", password="hunter2", text="a\r\n{\"event\": \"forged\"}\x1b[31m",
    headers={"Authorization": "Bearer hunter2", "inner": {"refreshToken": "hunter2", "kept": 7}},
)
"""


def test_an_event_is_one_line_whatever_is_in_it_and_its_secrets_are_masked():
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout

    (line,) = said.splitlines()
    told = json.loads(line)
    assert (told["event"], told["service"], told["level"]) == ("something\nhappened", "some_service", "info")
    assert "hunter2" not in said
    assert "\x1b" not in said
    assert told["headers"]["inner"]["kept"] == 7
