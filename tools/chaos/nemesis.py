"""Does what the schedule says: kills, pauses, empties, repeats, forges."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import redis
import requests
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from chassis.broker import BrokerDown, Unroutable, connect
from chassis.database import Database, utc_now
from chassis.events import Envelope
from chassis.ids import new_id
from payment_service.models import SimulatedDelivery
from tools.chaos.crowd import Hall
from tools.chaos.door import CANCEL_SHOWTIME, Door
from tools.chaos.house import HOLD_SECONDS, House
from tools.chaos.schedule import REDIS, Fault
from tools.private_servers import Running

MOST_REPEATED = 5


class Nemesis:
    """Works through a schedule beside the crowd; counts what it did."""

    def __init__(self, house: House, hall: Hall, admin: Door, dice: Random) -> None:
        self.done: Counter[str] = Counter()
        self.poison: set[str] = set()
        self.accepted_forgeries = 0
        self._house, self._hall, self._admin, self._dice = house, hall, admin, dice
        self._ends: list[threading.Thread] = []
        self._coming_up: set[Running] = set()
        self._payments = Database(house.copy.databases["payment_service"])

    def run(self, faults: Sequence[Fault], started_at: float) -> None:
        """Inject each fault at its moment, counted from `started_at` (monotonic seconds)."""
        for fault in faults:
            time.sleep(max(0.0, started_at + fault.at - time.monotonic()))
            # A fault may find nothing to hit: the part is down already. Then it does not count.
            with contextlib.suppress(
                redis.RedisError, SQLAlchemyError, requests.RequestException, BrokerDown
            ):
                if self._inject(fault):
                    self.done[fault.kind] += 1

    def end(self) -> None:
        """Undo what can be undone: nobody stays paused, no point stays armed."""
        for thread in self._ends:
            thread.join()
        for point in self._house.kill_folder.glob("*"):
            if point.suffix != ".reached":
                point.unlink(missing_ok=True)
        for part in (*self._house.parts(), REDIS):
            self._house.signal(part, signal.SIGCONT)
        self._payments.close()

    def points_hit(self) -> Counter[str]:
        """How often each kill point was hit."""
        notes = self._house.kill_folder.glob("*.reached")
        return Counter({note.stem: len(note.read_text().split()) for note in notes})

    def _inject(self, fault: Fault) -> bool:
        ways: dict[str, Callable[[Fault], bool]] = {
            "kill point": self._arm,
            "kill one process": self._kill_one,
            "pause service": lambda fault: self._pause(fault.target, fault.amount),
            "pause beyond the hold": lambda fault: self._pause(fault.target, HOLD_SECONDS + 2),
            "flush redis": self._flush,
            "kill redis": lambda _: self._crash(REDIS, self._house.redis),
            "silence redis": self._silence,
            "repeat webhooks": self._repeat,
            "delay webhooks": self._delay,
            "forge webhook": self._forge,
            "poison event": self._poison,
            "cancel showtime": self._cancel_showtime,
            "kill database": lambda _: self._crash("", self._house.database),
            "kill broker": lambda _: self._crash("", self._house.broker),
        }
        way = ways.get(fault.kind, self._kill)
        return way(fault)

    def _kill(self, fault: Fault) -> bool:
        return self._house.signal(fault.target, signal.SIGKILL)

    def _arm(self, fault: Fault) -> bool:
        (self._house.kill_folder / fault.target).touch()
        return True

    def _kill_one(self, fault: Fault) -> bool:
        leader = self._house.leader(fault.target)
        listed = subprocess.run(
            ["ps", "-eo", "pid=,pgid="], capture_output=True, text=True, check=True
        ).stdout
        rows = (line.split() for line in listed.splitlines())
        members = [int(pid) for pid, group in rows if int(group) == leader and int(pid) != leader]
        if not members:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._dice.choice(members), signal.SIGKILL)
        return True

    def _pause(self, part: str, seconds: float) -> bool:
        if not self._house.signal(part, signal.SIGSTOP):
            return False
        self._later(seconds, lambda: self._house.signal(part, signal.SIGCONT))
        return True

    def _silence(self, fault: Fault) -> bool:
        """Redis neither answers nor refuses."""
        program = self._house.redis
        if program is None:
            return self._pause(REDIS, fault.amount + 1)
        if program in self._coming_up:
            return False
        os.killpg(program.pid, signal.SIGSTOP)
        self._later(fault.amount + 1, lambda: os.killpg(program.pid, signal.SIGCONT))
        return True

    def _flush(self, _fault: Fault) -> bool:
        client = redis.Redis.from_url(self._house.fleet.redis_url, socket_timeout=2)
        client.flushall()
        client.close()
        return True

    def _crash(self, part: str, program: Running | None) -> bool:
        """kill -9; the launcher starts its own Redis again, a private server is started here."""
        if program is None:
            return self._house.signal(part, signal.SIGKILL)
        if program in self._coming_up:
            return False  # it is on its way back from the last time
        self._coming_up.add(program)
        program.kill()

        def bring_back() -> None:
            program.start()
            self._coming_up.discard(program)

        self._later(0.5, bring_back)
        return True

    def _repeat(self, _fault: Fault) -> bool:
        """The provider sends some of its webhooks again, out of order and later."""
        with self._payments.engine.connect() as connection:
            recent = select(SimulatedDelivery.body).order_by(SimulatedDelivery.id.desc()).limit(50)
            bodies = list(connection.scalars(recent))
        chosen = self._dice.sample(bodies, min(MOST_REPEATED, len(bodies)))
        rows = [(new_id(), body, timedelta(seconds=self._dice.uniform(0, 4))) for body in chosen]
        self._payments.transact(
            lambda session: [
                session.execute(
                    insert(SimulatedDelivery).values(
                        id=delivery_id, body=body, attempts=0, due_at=utc_now(session) + wait
                    )
                )
                for delivery_id, body, wait in rows
            ]
        )
        return bool(rows)

    def _delay(self, fault: Fault) -> bool:
        """What the provider has not sent yet comes later still."""
        waiting = update(SimulatedDelivery).where(SimulatedDelivery.delivered_at.is_(None))
        self._payments.transact(
            lambda session: session.execute(
                waiting.values(due_at=utc_now(session) + timedelta(seconds=2 * fault.amount))
            )
        )
        return True

    def _forge(self, _fault: Fault) -> bool:
        """A webhook that the provider never sent has to be refused."""
        body = b'{"id":"evt_forged","type":"charge.succeeded","data":{"reference":"x","idempotencyKey":"x"}}'
        headers = {"Content-Type": "application/json", "X-Simulated-Signature": "t=1,v1=00"}
        answer = requests.post(f"{self._house.url}/webhooks/simulated", data=body, headers=headers, timeout=5)
        self.accepted_forgeries += answer.ok
        return True

    def _poison(self, _fault: Fault) -> bool:
        """An event that no consumer can read."""
        copy = self._house.copy
        broker = connect(copy.broker_url or "", copy.prefix)
        envelope = Envelope("booking.confirmed", {"poison": True})
        self.poison.add(envelope.id)
        with contextlib.suppress(Unroutable):
            broker.publish([envelope])
        broker.close()
        return True

    def _cancel_showtime(self, _fault: Fault) -> bool:
        """Staff cancel a showtime while its seats are being bought: everybody gets everything back."""
        showtime_id = self._hall.close_one(self._dice)
        if showtime_id is None:
            return False
        self._admin.ask(CANCEL_SHOWTIME, {"id": showtime_id})
        return True

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        def wait_and_act() -> None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                act()

        thread = threading.Thread(target=wait_and_act, daemon=True)
        thread.start()
        self._ends.append(thread)
