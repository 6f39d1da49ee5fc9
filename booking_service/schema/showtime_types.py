"""The programme: showtimes, seat maps, what extends films, cinemas and auditoriums."""

from __future__ import annotations

import math

import graphene

from booking_service.models import Showtime as ShowtimeRow
from booking_service.queries.seat_maps import LETTERS
from booking_service.queries.showtimes import ShowtimeFilter
from booking_service.schema import views
from booking_service.schema.enums import SeatCategory, SeatStatus, ShowtimeStatus, TicketType, text
from chassis.federation import key, shareable
from chassis.graphql_types import DateTime, Money, PageInfo
from chassis.identity import Role


@shareable
class Seat(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    row = graphene.Field(graphene.NonNull(graphene.String))
    number = graphene.Field(graphene.NonNull(graphene.Int))
    category = graphene.Field(graphene.NonNull(SeatCategory))
    x = graphene.Field(graphene.NonNull(graphene.Float))
    y = graphene.Field(graphene.NonNull(graphene.Float))


class Price(graphene.ObjectType):
    category = graphene.Field(graphene.NonNull(SeatCategory))
    ticket_type = graphene.Field(graphene.NonNull(TicketType))
    price = graphene.Field(graphene.NonNull(Money))


class WaitingRoom(graphene.ObjectType):
    """A queue before an on-sale. Until opensAt arrivals are only collected; then they are shuffled once, and later ones follow in order."""

    opens_at = graphene.Field(graphene.NonNull(DateTime))
    rate = graphene.Field(graphene.NonNull(graphene.Int), description="Admissions a minute.")
    waiting = graphene.Field(graphene.NonNull(graphene.Int))
    seed_hash = graphene.Field(
        graphene.NonNull(graphene.String),
        description="SHA-256 of the shuffle's seed, published before opening; the seed itself after it, so that anyone can check the order.",
    )
    seed = graphene.Field(graphene.String)


class SeatState(graphene.ObjectType):
    """heldUntil is for staff."""

    seat = graphene.Field(graphene.NonNull(lambda: Seat))
    status = graphene.Field(graphene.NonNull(SeatStatus))
    held_until = graphene.Field(DateTime)


class RefundTier(graphene.ObjectType):
    hours_before = graphene.Field(graphene.NonNull(graphene.Float))
    percent = graphene.Field(graphene.NonNull(graphene.Int))


class BookingPolicy(graphene.ObjectType):
    """Settings of a cinema; the defaults of the installation where it has none of its own."""

    gap_rule = graphene.Field(graphene.NonNull(graphene.Boolean))
    hold_minutes = graphene.Field(graphene.NonNull(graphene.Int))
    maximum_seats = graphene.Field(graphene.NonNull(graphene.Int))
    sales_close_minutes = graphene.Field(
        graphene.NonNull(graphene.Int), description="Minutes before the start; negative: after it."
    )
    turnaround_minutes = graphene.Field(graphene.NonNull(graphene.Int))
    fee = graphene.Field(graphene.NonNull(Money), description="Per booking.")
    refund_tiers = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(lambda: RefundTier))), description="Latest first."
    )

    @staticmethod
    def resolve_hold_minutes(root, _info):
        return math.ceil(root.hold_minutes)


@key("id")
class Showtime(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    movie = graphene.Field(
        lambda: Movie, description="Null when the catalogue can't be asked; the copies below always stand."
    )
    cinema = graphene.Field(lambda: Cinema)
    auditorium = graphene.Field(lambda: Auditorium)
    movie_title = graphene.Field(graphene.NonNull(graphene.String))
    cinema_name = graphene.Field(graphene.NonNull(graphene.String))
    auditorium_name = graphene.Field(graphene.NonNull(graphene.String))
    time_zone = graphene.Field(graphene.NonNull(graphene.String))
    sales_open_at = graphene.Field(DateTime)
    starts_at = graphene.Field(graphene.NonNull(DateTime))
    ends_at = graphene.Field(graphene.NonNull(DateTime))
    sales_close_at = graphene.Field(graphene.NonNull(DateTime), description="Holds are refused from here on.")
    format = graphene.Field(graphene.NonNull(graphene.String))
    audio_language = graphene.Field(graphene.NonNull(graphene.String))
    subtitle_language = graphene.Field(graphene.String)
    status = graphene.Field(graphene.NonNull(ShowtimeStatus))
    prices = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Price))))
    seats_total = graphene.Field(graphene.NonNull(graphene.Int))
    seats_available = graphene.Field(graphene.NonNull(graphene.Int))
    seat_map = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: SeatState))))
    seat_statuses = graphene.Field(
        graphene.NonNull(graphene.String),
        description="The states of seatMap in its order, a letter a seat: a available, h held, m held by me, s sold, b blocked.",
    )
    seat_map_version = graphene.Field(
        graphene.NonNull(graphene.Int),
        description="Grows with every change of the seat map; a client that sees a gap in seatChanged asks for seatMap again.",
    )
    best_seats = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(lambda: Seat))),
        count=graphene.Argument(graphene.NonNull(graphene.Int)),
        category=graphene.Argument(SeatCategory),
        description="The best seats together for a party: never leaves a single-seat gap. Empty if no such block is left.",
    )
    on_waiting_list = graphene.Field(
        graphene.Boolean, description="Whether the signed-in user asked to be told when seats come free."
    )
    checked_in = graphene.Field(graphene.Int, description="Tickets admitted so far; staff.")
    tickets_sold = graphene.Field(graphene.Int, description="Tickets to expect at the door; staff.")
    waiting_room = graphene.Field(
        lambda: WaitingRoom, description="Null unless one is open for this showtime."
    )

    @classmethod
    def resolve_references(cls, representations, info):
        return views.showtimes(info, [found["id"] for found in representations])

    def resolve_movie(root, info):
        return views.parent_of(root, "movie_id")

    def resolve_cinema(root, info):
        return views.parent_of(root, "cinema_id")

    def resolve_auditorium(root, info):
        return views.parent_of(root, "auditorium_id")

    def resolve_status(root, info):
        return views.status(root, info)

    def resolve_prices(root, info):
        return views.prices(root, info)

    def resolve_seats_available(root, info):
        return max(0, root.seats_total - root.seats_taken)

    def resolve_seat_map(root, info):
        return views.seat_map(root, info)

    def resolve_seat_statuses(root, info):
        return "".join(LETTERS[state.status] for state in views.seat_map(root, info))

    def resolve_best_seats(root, info, count, category=None):
        return views.best_seats(root, info, count, text(category))

    def resolve_on_waiting_list(root, info):
        return views.on_waiting_list(root, info)

    def resolve_checked_in(root, info):
        return root.checked_in if info.context.caller.has_role(Role.STAFF, scope=root.cinema_id) else None

    def resolve_tickets_sold(root, info):
        return views.tickets_sold(root, info)

    def resolve_waiting_room(root, info):
        return views.waiting_room(root, info)


@key("id")
class Movie(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    showtimes = graphene.Field(
        graphene.List(graphene.NonNull(lambda: Showtime)),
        cinema_id=graphene.Argument(graphene.ID),
        from_=graphene.Argument(DateTime, name="from"),
        to=graphene.Argument(DateTime),
        first=graphene.Argument(graphene.Int, default_value=100),
    )

    @classmethod
    def resolve_references(cls, representations, info):
        return views.parents([found["id"] for found in representations])

    def resolve_showtimes(root, info, cinema_id=None, from_=None, to=None, first=100):
        wanted = ShowtimeFilter(cinema_id=cinema_id, starts_from=from_, starts_before=to)
        return views.showtimes_of(root, info, ShowtimeRow.movie_id, wanted, first)


@key("id")
class Cinema(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    booking_policy = graphene.Field(lambda: BookingPolicy)
    showtimes = graphene.Field(
        graphene.List(graphene.NonNull(lambda: Showtime)),
        movie_id=graphene.Argument(graphene.ID),
        from_=graphene.Argument(DateTime, name="from"),
        to=graphene.Argument(DateTime),
        first=graphene.Argument(graphene.Int, default_value=100),
    )

    @classmethod
    def resolve_references(cls, representations, info):
        return views.parents([found["id"] for found in representations])

    def resolve_showtimes(root, info, movie_id=None, from_=None, to=None, first=100):
        wanted = ShowtimeFilter(movie_id=movie_id, starts_from=from_, starts_before=to)
        return views.showtimes_of(root, info, ShowtimeRow.cinema_id, wanted, first)

    def resolve_booking_policy(root, info):
        return views.policy(root, info)


@key("id")
class Auditorium(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    showtimes = graphene.Field(
        graphene.List(graphene.NonNull(lambda: Showtime)),
        from_=graphene.Argument(DateTime, name="from"),
        to=graphene.Argument(DateTime),
        first=graphene.Argument(graphene.Int, default_value=100),
    )

    @classmethod
    def resolve_references(cls, representations, info):
        return views.parents([found["id"] for found in representations])

    def resolve_showtimes(root, info, from_=None, to=None, first=100):
        wanted = ShowtimeFilter(starts_from=from_, starts_before=to)
        return views.showtimes_of(root, info, ShowtimeRow.auditorium_id, wanted, first)


class ShowtimeConnection(graphene.ObjectType):
    nodes = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Showtime))))
    page_info = graphene.Field(graphene.NonNull(PageInfo))
    total_count = graphene.Field(graphene.NonNull(graphene.Int))


class MovieShowing(graphene.ObjectType):
    """A film of a programme with its showtimes, for pages that list by day."""

    movie = graphene.Field(lambda: Movie)
    movie_title = graphene.Field(graphene.NonNull(graphene.String))
    showtimes = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Showtime))))

    def resolve_movie(root, info):
        return views.parent_of(root, "movie_id")


class SeatChange(graphene.ObjectType):
    """status is never HELD_BY_ME: the stream is the same for everyone."""

    showtime_id = graphene.Field(graphene.NonNull(graphene.ID))
    seat_id = graphene.Field(graphene.NonNull(graphene.ID))
    status = graphene.Field(graphene.NonNull(SeatStatus))
    version = graphene.Field(graphene.NonNull(graphene.Int))
