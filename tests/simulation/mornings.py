"""What schedules may begin with: an empty house, holds waiting to be paid, bookings sold and changed.

Made by the shipped code in good weather, once for each process; to copy it costs next to nothing, so that most of
a schedule is spent on what comes after a sale.
"""

from __future__ import annotations

from datetime import timedelta

from booking_service.commands import change_seats, desk, door, hold, keep, pay
from booking_service.commands.hold import HoldWish, SeatChoice
from chassis.money import Money
from chassis.testing import NOON, as_user
from tests.simulation.calm import carry_events, run_dry
from tests.simulation.counting import count
from tests.simulation.house import STAFF, House
from tests.simulation.invariants import violations
from tests.simulation.world import BOOKING, Morning, Owner, World
from tools.check_invariants.journal import Asked

# Named as often as they come; "empty" is the world's own.
MORNINGS = ("empty", "held", "held", "sold", "sold", "mixed", "mixed")


def prepare(world: World) -> None:
    """Make the mornings of a world whose ports are in place. Raises AssertionError where even these go wrong."""
    for name, make in (("held", _held), ("sold", _sold), ("mixed", _mixed)):
        world.begin(name)
        early = _Early(world)
        world.clock.set(NOON - timedelta(hours=1))
        make(early)
        world.clock.set(NOON)
        carry_events(world, House(world))
        assert not world.bugs, world.bugs
        world.keep_morning(Morning(name, world.copied(), early.owners, tuple(early.journal), count(world)))


def _held(early: _Early) -> None:
    early.all_is_told()
    early.holds("ana", ("A1", "ADULT"), ("A2", "CHILD"), coupon="TENTH")
    early.holds("ben", ("B1", "ADULT"))


def _sold(early: _Early) -> None:
    early.buys("ana", ("A1", "ADULT"), ("A2", "CHILD"), coupon="TENTH")
    early.buys("ben", ("B1", "ADULT"))
    early.sells("A4", "CASH")
    early.all_is_told()


def _mixed(early: _Early) -> None:
    early.buys("ana", ("A1", "ADULT"))
    early.changes("ana", ("B2", "ADULT"))
    early.buys("cleo", ("A3", "ADULT"), coupon="ALLOFIT")
    early.admits("A3")
    early.sells("A4", "COMP")
    early.all_is_told()
    early.holds("ben", ("B1", "ADULT"), ("A2", "CHILD"))


class _Early:
    """Whoever came before the schedule begins, with what they have of it."""

    def __init__(self, world: World) -> None:
        self.world, self.runtime = world, world.runtimes[BOOKING]
        self.owners: dict[str, Owner] = {}
        self.journal: list[Asked] = []

    def holds(self, guest: str, *seats: tuple[str, str], coupon: str | None = None) -> None:
        """Hold now, at noon: these holds are to live."""
        self.world.clock.set(NOON)
        key = f"{guest}-early"
        wish = HoldWish("showtime-1", tuple(SeatChoice(*seat) for seat in seats), idempotency_key=key)
        booking_id = hold.hold_seats(self.runtime, as_user(guest), wish)
        self._noted(guest, "hold", key, booking_id)
        if coupon is not None:
            keep.apply_coupon(self.runtime, as_user(guest), booking_id, coupon)
        self.owners[guest] = Owner(booking_id, is_sold=False)

    def buys(self, guest: str, *seats: tuple[str, str], coupon: str | None = None) -> None:
        self.holds(guest, *seats, coupon=coupon)
        booking_id, key = self.owners[guest].booking_id, f"{guest}-pays-early"
        paid = pay.pay_booking(
            self.runtime, as_user(guest), pay.PayWish(booking_id, "CARD", "pm_success", key)
        )
        assert paid.refusal is None, paid.refusal
        self._noted(guest, "pay", key, booking_id)
        self.owners[guest] = Owner(booking_id, is_sold=True)

    def changes(self, guest: str, *seats: tuple[str, str]) -> None:
        booking_id, key = self.owners[guest].booking_id, f"{guest}-changes-early"
        wanted = [SeatChoice(*seat) for seat in seats]
        change_seats.change_seats(
            self.runtime, as_user(guest), booking_id, wanted, payment_token="pm_success", key=key
        )
        self._noted(guest, "change", key, booking_id)

    def sells(self, seat: str, method: str) -> None:
        wish = HoldWish("showtime-1", (SeatChoice(seat, "ADULT"),), idempotency_key="desk-early")
        desk.sell_at_box_office(
            self.runtime, STAFF, wish, method=method, tendered=Money(5000, "EUR"), reason="press"
        )

    def admits(self, seat: str) -> None:
        code = self.world.rows(
            BOOKING, "SELECT code FROM tickets WHERE seat_id = ? AND state = 'VALID'", seat
        )
        door.check_in(
            self.runtime, STAFF, qr_payload=None, code=code[0]["code"], showtime_id=None, door="early"
        )

    def all_is_told(self) -> None:
        """Every event, webhook and letter of what was done so far is through."""
        house = House(self.world)
        assert run_dry(self.world, house, letters=True, before_round=lambda _number: False)
        assert not violations(self.world, self.journal, house)

    def _noted(self, guest: str, operation: str, key: str, booking_id: str) -> None:
        self.journal.append(Asked(user_id=guest, operation=operation, key=key, booking_id=booking_id))
