"""What resolvers hand on: rows with the batch they came in, so that a list asks the database once per field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking_service.commands import cancel
from booking_service.models import Booking, Showtime, WaitingListEntry, WaitingRoomPlaceRow, WaitingRoomRow
from booking_service.queries import bookings as booking_queries
from booking_service.queries import seat_maps
from booking_service.queries import showtimes as showtime_queries
from booking_service.queries.policies import policies_of, policy_of
from booking_service.rules import schedule
from booking_service.rules.waiting_room import admitted_so_far, seed_hash
from booking_service.tickets.signing import TicketKeys, TicketText
from chassis.database import utc_now
from chassis.errors import Invalid
from chassis.identity import Role
from chassis.links import OWN_LIFE, sign, sign_own
from chassis.loaders import Batch
from chassis.money import Money

LINK_LIFE = timedelta(hours=1)
EXPORT_LIFE = timedelta(days=7)


class View:
    """A row with its siblings' batch; attributes are the row's."""

    __slots__ = ("batch", "row")

    def __init__(self, row: Any, batch: Batch) -> None:
        self.row = row
        self.batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True)
class Parent:
    """An entity of another service, known by its id."""

    id: str
    batch: Batch


def views(rows: Sequence[Any]) -> list[View]:
    """Views that share one batch of the rows."""
    batch = Batch(rows)
    return [View(row, batch) for row in rows]


def parents(ids: Sequence[str]) -> list[Parent]:
    """Entities of another service that share one batch of ids."""
    batch = Batch(ids)
    return [Parent(key, batch) for key in ids]


def parent_of(root: Any, column: str) -> Parent | None:
    """The entity that a row's column names."""
    key = root.get(column) if isinstance(root, dict) else getattr(root, column, None)
    if key is None:
        return None
    batch = getattr(root, "batch", None)
    keys = [getattr(row, column) for row in batch.keys] if batch is not None else [key]
    return Parent(key, Batch(value for value in keys if value is not None))


def showtimes(info: Any, ids: Sequence[str]) -> list[View | None]:
    """Showtimes that the caller may see, in the order of `ids`."""
    context = info.context
    found = context.runtime.database.read(
        lambda session: showtime_queries.showtimes_by_id(session, ids, context.caller)
    )
    shown = {view.id: view for view in views(list(found.values()))}
    return [shown.get(key) for key in ids]


def bookings(info: Any, ids: Sequence[str]) -> list[View | None]:
    """Bookings that the caller may see, in the order of `ids`."""
    context = info.context
    found = context.runtime.database.read(
        lambda session: booking_queries.bookings_by_id(session, ids, context.caller)
    )
    shown = {view.id: view for view in views(list(found.values()))}
    return [shown.get(key) for key in ids]


def _now(info: Any) -> Any:
    """The database's time, read once a request."""
    shared = info.context.shared
    if "now" not in shared:
        shared["now"] = info.context.runtime.database.read(utc_now)
    return shared["now"]


def server_time(info: Any) -> Any:
    """Server time of this answer, read anew: after a mutation it must not be older than its effect."""
    return info.context.runtime.database.read(utc_now)


def status(root: View, info: Any) -> str:
    """The showtime's status at this moment."""
    return schedule.status(
        state=root.state, sales_open_at=root.sales_open_at, sales_close_at=root.sales_close_at,
        seats_available=root.seats_total - root.seats_taken, now=_now(info),
    )  # fmt: skip


def prices(root: View, info: Any) -> list[dict[str, Any]]:
    """The showtime's prices."""

    def fetch(rows: list[Showtime]) -> Any:
        return info.context.runtime.database.read(
            lambda session: showtime_queries.prices_of(session, [row.id for row in rows])
        )

    return [
        {
            "category": price.category,
            "ticket_type": price.ticket_type,
            "price": Money(price.amount, root.currency),
        }
        for price in root.batch.load("prices", root.id, fetch, [])
    ]


def seat_map(root: View, info: Any) -> list[seat_maps.SeatState]:
    """The state of each seat for this caller; when a hold ends is for staff."""
    caller = info.context.caller
    states = info.context.runtime.database.read(
        lambda session: seat_maps.seat_states(session, root.row, caller.user_id)
    )
    if caller.has_role(Role.STAFF, scope=root.cinema_id):
        return list(states)
    return [seat_maps.SeatState(state.seat, state.status) for state in states]


def best_seats(root: View, info: Any, count: int, category: str | None) -> list[Any]:
    """The best free seats together. Raises Invalid for an impossible party."""
    if not 1 <= count <= 50:
        raise Invalid("count must be 1 to 50.")
    settings = info.context.runtime.settings

    def work(session: Session) -> list[Any]:
        policy = policy_of(session, settings, root.cinema_id, root.row.currency)
        if count > policy.maximum_seats and not info.context.caller.has_role(
            Role.STAFF, scope=root.cinema_id
        ):
            return []
        return seat_maps.best_seats(
            session, root.row, count=count, category=category,
            release_minutes=settings.companion_release_minutes,
        )  # fmt: skip

    return list(info.context.runtime.database.read(work))


def on_waiting_list(root: View, info: Any) -> bool | None:
    """Whether the signed-in person waits; None for a visitor."""
    user_id = info.context.caller.user_id
    if user_id is None:
        return None

    def fetch(rows: list[Showtime]) -> dict[str, bool]:
        query = select(WaitingListEntry.showtime_id).where(
            WaitingListEntry.user_id == user_id, WaitingListEntry.showtime_id.in_([row.id for row in rows])
        )
        return dict.fromkeys(
            info.context.runtime.database.read(lambda session: list(session.scalars(query))), True
        )

    return bool(root.batch.load("waiting", root.id, fetch, False))


def tickets_sold(root: View, info: Any) -> int | None:
    """Tickets of confirmed bookings, for staff; None for guests."""
    if not info.context.caller.has_role(Role.STAFF, scope=root.cinema_id):
        return None

    def fetch(rows: list[Showtime]) -> Any:
        return info.context.runtime.database.read(
            lambda session: booking_queries.tickets_sold(session, [row.id for row in rows])
        )

    return int(root.batch.load("tickets_sold", root.id, fetch, 0))


def waiting_room(root: View, info: Any) -> dict[str, Any] | None:
    """The open waiting room of a showtime."""
    return waiting_room_of(info, root.id)


def waiting_room_of(info: Any, showtime_id: str) -> dict[str, Any] | None:
    """The open waiting room of the showtime with this id, None without one."""

    def work(session: Any) -> dict[str, Any] | None:
        room = session.get(WaitingRoomRow, showtime_id)
        if room is None or not room.is_open:
            return None
        now = utc_now(session)
        places = select(func.count()).select_from(WaitingRoomPlaceRow).where(
            WaitingRoomPlaceRow.showtime_id == showtime_id
        )  # fmt: skip
        called = admitted_so_far(opens_at=room.opens_at, rate=room.rate, now=now)
        return {
            "opens_at": room.opens_at,
            "rate": room.rate,
            "waiting": max(
                0, ((session.scalar(places) or 0) if room.shuffled_at is None else room.next_rank) - called
            ),
            "seed_hash": seed_hash(room.seed),
            "seed": room.seed if now >= room.opens_at else None,
        }

    found: dict[str, Any] | None = info.context.runtime.database.read(work)
    return found


def policy(root: Parent, info: Any) -> Any:
    """The cinema's policy; None for a cinema that is not known here."""

    def fetch(ids: list[str]) -> Any:
        runtime = info.context.runtime
        return runtime.database.read(lambda session: policies_of(session, runtime.settings, ids))

    return root.batch.load("policy", root.id, fetch)


def showtimes_of(root: Parent, info: Any, column: Any, wanted: Any, first: int) -> list[View]:
    """Showtimes of a film, cinema or auditorium."""

    def fetch(ids: list[str]) -> dict[str, list[View]]:
        context = info.context
        found = context.runtime.database.read(
            lambda session: showtime_queries.showtimes_of_parents(
                session, column, ids, wanted, context.caller, first
            )
        )
        together = Batch(row for rows in found.values() for row in rows)
        return {key: [View(row, together) for row in rows] for key, rows in found.items()}

    shown: list[View] = root.batch.load(("showtimes", column.key, wanted, first), root.id, fetch, [])
    return shown


def showtime_of(root: View, info: Any) -> Any:
    """The booking's showtime; a booking is never without one."""

    def fetch(rows: list[Booking]) -> dict[str, View]:
        ids = {row.showtime_id for row in rows}
        query = select(Showtime).where(Showtime.id.in_(ids))
        found = info.context.runtime.database.read(lambda session: list(session.scalars(query)))
        return {view.id: view for view in views(found)}

    return root.batch.load("showtime", root.showtime_id, fetch)


def tickets(root: View, info: Any) -> list[dict[str, Any]]:
    """The booking's tickets with their seats as the plan has them."""
    show = showtime_of(root, info)

    def fetch(rows: list[Booking]) -> Any:
        return info.context.runtime.database.read(
            lambda session: booking_queries.tickets_of(session, [row.id for row in rows])
        )

    def fetch_plans(rows: list[Showtime]) -> Any:
        return info.context.runtime.database.read(
            lambda session: seat_maps.plans_of(session, [row.plan_id for row in rows])
        )

    plan = {seat.id: seat for seat in show.batch.load("plans", show.plan_id, fetch_plans, ())}
    return [
        {
            "id": ticket.id,
            "code": ticket.code,
            "seat": plan.get(ticket.seat_id),
            "ticket_type": ticket.ticket_type,
            "price": Money(ticket.price, root.currency),
            "status": ticket.state,
            "qr_payload": _signed(info, root, ticket) if root.state == "CONFIRMED" else None,
            "used_at": ticket.used_at,
            "door": ticket.used_door,
            "booking_id": root.id,
        }
        for ticket in root.batch.load("tickets", root.id, fetch, [])
    ]


def _signed(info: Any, root: View, ticket: Any) -> str:
    """The ticket's signed text; sample tickets are signed only when somebody looks (Ed25519 gives the same text)."""
    if ticket.qr_payload is not None:
        return str(ticket.qr_payload)
    text = TicketText(ticket.id, root.reference, ticket.showtime_id, ticket.seat_id, ticket.ticket_type)
    return TicketKeys(info.context.runtime.settings.ticket_signing_keys).sign(text)


def timeline(root: View, info: Any) -> Any:
    """Every step, for staff; None for guests."""
    if not info.context.caller.has_role(Role.STAFF, scope=root.cinema_id):
        return None

    def fetch(rows: list[Booking]) -> Any:
        return info.context.runtime.database.read(
            lambda session: booking_queries.steps_of(session, [row.id for row in rows])
        )

    return root.batch.load("steps", root.id, fetch, [])


def refund_quote(root: View, info: Any) -> Any:
    """What a cancellation now would give back."""
    if root.state != "CONFIRMED":
        return None
    show = showtime_of(root, info)
    runtime = info.context.runtime
    return runtime.database.read(lambda session: cancel.refund_quote(session, runtime, root.row, show.row))


def link(root: View, info: Any, path: str) -> str | None:
    """A signed address of a file of a confirmed booking."""
    if root.state != "CONFIRMED":
        return None
    settings = info.context.runtime.settings
    return sign(
        settings.public_url, path.format(root.id), settings.internal_secret, expires_at=_now(info) + LINK_LIFE
    )


def export_link(root: Any, info: Any) -> str | None:
    """A signed address of a finished export, for the person who asks; none for who is no staff any more."""
    if root.state != "READY" or not info.context.caller.has_role(Role.STAFF):
        return None
    settings = info.context.runtime.settings
    path = f"/files/exports/{root.id}.{root.format.lower()}"
    return sign_own(
        settings.public_url, path, settings.internal_secret, info.context.caller,
        alone_until=_now(info) + OWN_LIFE, expires_at=root.created_at + EXPORT_LIFE,
    )  # fmt: skip


def bookings_of_user(
    root: Parent, info: Any, booking_status: str | None, first: int, after: str | None
) -> Any:
    """A person's bookings: for that person, and for those who see all; None to others."""
    caller = info.context.caller
    if caller.user_id != root.id and not caller.sees_all():
        return None
    return page(
        info.context.runtime.database.read(
            lambda session: booking_queries.bookings_of_user(
                session, root.id, when=None, status=booking_status, first=first, after=after
            )
        )
    )


def page(found: Any) -> dict[str, Any]:
    """A page of rows as a page of views."""
    return {"nodes": views(found.nodes), "page_info": found.page_info, "total_count": found.total_count}
