"""What the house sets: a cinema's policy, blocked seats; and who waits for seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking_service.commands.moves import News, Running, lock_showtime, run, take_seats, tell_waiting_list
from booking_service.errors import (
    AmountNotPayable,
    PolicyInvalid,
    ScheduleInvalid,
    SeatTaken,
    SeatUnknown,
    ShowtimeUnknown,
)
from booking_service.live import SeatFact
from booking_service.models import CinemaCopy, Claim, PolicyRow, Showtime, WaitingListEntry
from booking_service.queries.seat_maps import free_for_anyone, plan_of
from booking_service.rules.inputs import LARGEST_AMOUNT
from booking_service.rules.refunds import Tier, write_tiers
from chassis import audit
from chassis.database import utc_now
from chassis.errors import Forbidden, Refusal, Refusals
from chassis.identity import Caller, Role
from chassis.money import Money, payable_step


@dataclass(frozen=True)
class PolicyWish:
    """Settings to change; None leaves one as it is."""

    gap_rule: bool | None = None
    hold_minutes: int | None = None
    maximum_seats: int | None = None
    sales_close_minutes: int | None = None
    turnaround_minutes: int | None = None
    fee: Money | None = None
    refund_tiers: tuple[Tier, ...] | None = None


MOST_TIERS = 20
RANGES = {
    "hold_minutes": (1, 60),
    "maximum_seats": (1, 50),
    "sales_close_minutes": (-600, 10_000),
    "turnaround_minutes": (0, 240),
}
WORDS = {"hold_minutes": "holdMinutes", "maximum_seats": "maximumSeats", "sales_close_minutes": "salesCloseMinutes",
         "turnaround_minutes": "turnaroundMinutes"}  # fmt: skip


def set_policy(runtime: Running, caller: Caller, cinema_id: str, wish: PolicyWish) -> str:
    """Change settings of a cinema; they hold from now on, sales close times also of showtimes to come.

    Raises PolicyInvalid (several at once), Forbidden.
    """
    caller.require_role(Role.MANAGER, scope=cinema_id)

    def work(session: Session) -> str:
        cinema = session.get(CinemaCopy, cinema_id)
        if cinema is None:
            raise PolicyInvalid("There is no such cinema.", field=("cinemaId",))
        _check_policy(wish, cinema.currency)
        row = session.get(PolicyRow, cinema_id) or PolicyRow(cinema_id=cinema_id)
        session.add(row)
        before, after = {}, {}
        for name, value in _columns(wish).items():
            if value is not None:
                before[name], after[name] = getattr(row, name), value
                setattr(row, name, value)
        session.flush()
        if wish.sales_close_minutes is not None:
            to_come = select(Showtime).where(
                Showtime.cinema_id == cinema_id, Showtime.starts_at > utc_now(session)
            )
            for showtime in session.scalars(to_come):
                showtime.sales_close_at = showtime.starts_at - timedelta(minutes=wish.sales_close_minutes)
        audit.record(session, caller, "policy.set", "Cinema", cinema_id, before=before, after=after)
        return cinema_id

    return runtime.database.transact(work)


def _columns(wish: PolicyWish) -> dict[str, object]:
    return {
        "gap_rule": wish.gap_rule,
        "hold_minutes": wish.hold_minutes,
        "maximum_seats": wish.maximum_seats,
        "sales_close_minutes": wish.sales_close_minutes,
        "turnaround_minutes": wish.turnaround_minutes,
        "fee": wish.fee.amount if wish.fee else None,
        "refund_tiers": write_tiers(wish.refund_tiers) if wish.refund_tiers is not None else None,
    }


def _check_policy(wish: PolicyWish, currency: str) -> None:
    faults: list[Refusal] = []
    for name, (low, high) in RANGES.items():
        value = getattr(wish, name)
        if value is not None and not low <= value <= high:
            faults.append(PolicyInvalid(f"{WORDS[name]} is {low} to {high}.", field=("input", WORDS[name])))
    if wish.fee is not None and (wish.fee.currency != currency or not 0 <= wish.fee.amount <= LARGEST_AMOUNT):
        faults.append(PolicyInvalid(f"The fee is in {currency} and not negative.", field=("input", "fee")))
    if wish.fee is not None and wish.fee.amount % payable_step(wish.fee.currency):
        faults.append(AmountNotPayable(field=("input", "fee")))
    for index, tier in enumerate(wish.refund_tiers or ()):
        if not (0 <= tier.percent <= 100 and 0 <= tier.hours_before <= 8760):
            faults.append(
                PolicyInvalid("A tier has 0 to 100 percent.", field=("input", "refundTiers", index))
            )
    if len(wish.refund_tiers or ()) > MOST_TIERS:
        faults.append(PolicyInvalid(f"At most {MOST_TIERS} tiers.", field=("input", "refundTiers")))
    if faults:
        raise Refusals(faults)


def set_seats_blocked(
    runtime: Running, caller: Caller, showtime_id: str, seat_ids: Sequence[str], *, blocked: bool
) -> str:
    """Take seats off sale, or give them back; the showtime's id. Raises SeatTaken, SeatUnknown (one a seat), Forbidden."""
    caller.require_role(Role.MANAGER)

    def work(session: Session, news: News) -> str:
        showtime = lock_showtime(session, showtime_id)
        if not caller.has_role(Role.MANAGER, scope=showtime.cinema_id):
            raise Forbidden
        plan = {seat.id for seat in plan_of(session, showtime)}
        wanted = list(dict.fromkeys(seat_ids))
        unknown = [index for index, seat_id in enumerate(seat_ids) if seat_id not in plan]
        if unknown:
            raise Refusals([SeatUnknown(field=("seatIds", index)) for index in unknown])
        (_block if blocked else _unblock)(session, showtime, wanted, news)
        audit.record(
            session,
            caller,
            "seats.block" if blocked else "seats.unblock",
            "Showtime",
            showtime_id,
            after={"seats": wanted},
        )
        return showtime_id

    return run(runtime, work)


def _block(session: Session, showtime: Showtime, wanted: Sequence[str], news: News) -> None:
    claims = session.scalars(select(Claim).where(Claim.showtime_id == showtime.id, Claim.seat_id.in_(wanted)))
    states = {claim.seat_id: claim.state for claim in claims}
    taken = [index for index, seat_id in enumerate(wanted) if states.get(seat_id) in ("HELD", "SOLD")]
    if taken:
        raise Refusals([SeatTaken("This seat is held or sold.", field=("seatIds", index)) for index in taken])
    fresh = [seat_id for seat_id in wanted if seat_id not in states]
    take_seats(
        session, showtime, fresh, state="BLOCKED", booking_id=None, user_id=None, expires_at=None, news=news
    )
    showtime.seats_blocked += len(fresh)


def _unblock(session: Session, showtime: Showtime, wanted: Sequence[str], news: News) -> None:
    blocked = list(
        session.scalars(
            select(Claim.seat_id).where(
                Claim.showtime_id == showtime.id, Claim.seat_id.in_(wanted), Claim.state == "BLOCKED"
            )
        )
    )
    session.execute(
        delete(Claim).where(
            Claim.showtime_id == showtime.id, Claim.seat_id.in_(blocked), Claim.state == "BLOCKED"
        )
    )
    for seat_id in sorted(blocked):
        showtime.seats_taken -= 1
        showtime.seats_blocked -= 1
        showtime.seat_map_version += 1
        news.seats.setdefault(showtime.id, []).append(
            SeatFact(seat_id, "AVAILABLE", showtime.seat_map_version)
        )
    session.flush()
    if blocked:
        tell_waiting_list(session, showtime)


def join_waiting_list(runtime: Running, caller: Caller, showtime_id: str, seats: int) -> None:
    """Be told as soon as `seats` are free. Raises ShowtimeUnknown, ScheduleInvalid when they are free already."""
    user_id = caller.require_user()

    def work(session: Session) -> None:
        showtime = lock_showtime(session, showtime_id)  # seats that come free meanwhile are told of
        if showtime.state != "PUBLISHED" or showtime.sales_close_at <= utc_now(session):
            raise ShowtimeUnknown(field=("showtimeId",))
        if not 1 <= seats <= 20:
            raise ScheduleInvalid("Wait for 1 to 20 seats.", field=("seats",))
        if free_for_anyone(session, showtime) >= seats:
            raise ScheduleInvalid("There are enough free seats already.", field=("seats",))
        entry = session.get(WaitingListEntry, (showtime_id, user_id))
        if entry is None:
            entry = WaitingListEntry(showtime_id=showtime_id, user_id=user_id, joined_at=utc_now(session))
            session.add(entry)
        entry.seats = seats
        audit.record(session, caller, "waiting_list.join", "Showtime", showtime_id, after={"seats": seats})

    runtime.database.transact(work)


def leave_waiting_list(runtime: Running, caller: Caller, showtime_id: str) -> None:
    """Not be told any more; nothing happens to somebody who was not on the list."""
    user_id = caller.require_user()

    def work(session: Session) -> None:
        entry = session.get(WaitingListEntry, (showtime_id, user_id))
        if entry is not None:
            session.delete(entry)
            audit.record(
                session, caller, "waiting_list.leave", "Showtime", showtime_id, before={"seats": entry.seats}
            )

    runtime.database.transact(work)
