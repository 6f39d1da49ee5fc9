"""Many at the same moment: each has a connection of its own, ready before the start, and sends when all may."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tests.journeys.guests import HOLD, Guest
from tests.system import Answer, RunningSystem

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Reach:
    """A guest's wish for seats of a showtime."""

    guest: Guest
    showtime_id: str
    seats: Sequence[str]

    def request(self) -> tuple[bytes, dict[str, str]]:
        """Body and headers, ready to be sent."""
        wish = {"showtimeId": self.showtime_id, "seats": [{"seatId": seat} for seat in self.seats]}
        body = json.dumps({"query": HOLD, "variables": {"input": wish}}).encode()
        return body, {"Content-Type": "application/json", "Authorization": f"Bearer {self.guest.token}"}


def rush(system: RunningSystem, wishes: Sequence[Reach]) -> list[Answer]:
    """What each wish was answered when all were sent at once, in the order of `wishes`."""
    answers: list[Answer | Exception] = [AssertionError("no answer")] * len(wishes)
    start = threading.Barrier(len(wishes))

    def reach(number: int, wish: Reach) -> None:
        body, headers = wish.request()
        line = http.client.HTTPConnection("127.0.0.1", system.port, timeout=PATIENCE_SECONDS)
        try:
            line.connect()
            start.wait(PATIENCE_SECONDS)
            line.request("POST", "/graphql", body, headers)
            answer = line.getresponse()
            answers[number] = Answer(answer.status, dict(answer.getheaders()), json.loads(answer.read()))
        except Exception as error:  # told to the test, which runs in another thread
            answers[number] = error
        finally:
            line.close()

    threads = [threading.Thread(target=reach, args=each) for each in enumerate(wishes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    assert not failed, failed[:3]
    return [answer for answer in answers if isinstance(answer, Answer)]


def winners(answers: Sequence[Answer]) -> list[int]:
    """Places of those who hold seats now."""
    return [place for place, answer in enumerate(answers) if answer.data["holdSeats"]["booking"]]
