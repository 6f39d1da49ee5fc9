"""Questions of the booking graph; each resolver hands on to queries."""

from __future__ import annotations

import graphene

from booking_service.models import ExportRow
from booking_service.queries import bookings as booking_queries
from booking_service.queries import personal_data, reports
from booking_service.queries import showtimes as showtime_queries
from booking_service.queries.attention import attention
from booking_service.queries.door_lists import door_list
from booking_service.queries.exports import exports_of
from booking_service.schema import report_views, views
from booking_service.schema.booking_types import Booking, BookingConnection
from booking_service.schema.door_types import DoorList
from booking_service.schema.enums import BookingWhen, text
from booking_service.schema.inputs import BookingFilter, ShowtimeFilter
from booking_service.schema.report_types import AttentionItem, Export, SalesReport
from booking_service.schema.showtime_types import MovieShowing, Showtime, ShowtimeConnection
from booking_service.tickets.signing import TicketKeys
from chassis.errors import Invalid, NotFound
from chassis.federation import inaccessible
from chassis.graphql_types import Date, DateTime
from chassis.loaders import Batch
from chassis.money import Money

LONGEST_SPAN_DAYS = 400


class Query(graphene.ObjectType):
    booking_personal_data = inaccessible(
        graphene.Field(graphene.String, user_id=graphene.Argument(graphene.NonNull(graphene.ID)))
    )
    showtimes = graphene.Field(
        ShowtimeConnection,
        filter=graphene.Argument(ShowtimeFilter),
        first=graphene.Argument(graphene.Int, default_value=50),
        after=graphene.Argument(graphene.String),
    )
    programme = graphene.Field(
        graphene.List(graphene.NonNull(MovieShowing)),
        cinema_id=graphene.Argument(graphene.ID),
        city=graphene.Argument(graphene.String),
        from_=graphene.Argument(graphene.NonNull(DateTime), name="from"),
        to=graphene.Argument(graphene.NonNull(DateTime)),
        genres=graphene.Argument(graphene.List(graphene.NonNull(graphene.String))),
        description="What is on, by film, title order; the day of a cinema ends at 05:00.",
    )
    showtime_days = graphene.Field(
        graphene.List(graphene.NonNull(Date)),
        cinema_id=graphene.Argument(graphene.ID),
        movie_id=graphene.Argument(graphene.ID),
        from_=graphene.Argument(graphene.NonNull(Date), name="from"),
        to=graphene.Argument(graphene.NonNull(Date)),
        description="Days that have showtimes.",
    )
    showtime = graphene.Field(Showtime, id=graphene.Argument(graphene.NonNull(graphene.ID)))
    my_bookings = graphene.Field(
        BookingConnection,
        when=graphene.Argument(BookingWhen),
        first=graphene.Argument(graphene.Int, default_value=20),
        after=graphene.Argument(graphene.String),
        description="The signed-in user's own; UPCOMING and PAST by the showtime's start.",
    )
    booking = graphene.Field(
        Booking,
        id=graphene.Argument(graphene.NonNull(graphene.ID)),
        description="Own bookings; STAFF and up see those of their cinemas.",
    )
    booking_by_reference = graphene.Field(
        Booking, reference=graphene.Argument(graphene.NonNull(graphene.String))
    )
    bookings = graphene.Field(
        BookingConnection,
        filter=graphene.Argument(BookingFilter),
        first=graphene.Argument(graphene.Int, default_value=20),
        after=graphene.Argument(graphene.String),
        description="STAFF and up.",
    )
    export = graphene.Field(
        Export, id=graphene.Argument(graphene.NonNull(graphene.ID)), description="Own exports only."
    )
    sales_report = graphene.Field(
        SalesReport,
        from_=graphene.Argument(graphene.NonNull(Date), name="from"),
        to=graphene.Argument(graphene.NonNull(Date)),
        currency=graphene.Argument(graphene.NonNull(graphene.String)),
        cinema_id=graphene.Argument(graphene.ID),
        movie_id=graphene.Argument(graphene.ID),
        description="MANAGER of the cinema or ADMIN.",
    )
    my_exports = graphene.Field(
        graphene.List(graphene.NonNull(Export)),
        first=graphene.Argument(graphene.Int, default_value=20),
        description="Own exports that are still kept, newest first.",
    )
    attention = graphene.Field(
        graphene.List(graphene.NonNull(AttentionItem)),
        cinema_id=graphene.Argument(graphene.ID),
        description="STAFF and up: what does not settle by itself in their cinemas, oldest first.",
    )
    door_list = graphene.Field(
        DoorList,
        showtime_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        description="STAFF and up: what a scanner takes along for the time without a connection.",
    )

    def resolve_my_exports(root, info, first=20):
        user_id = info.context.caller.require_user()
        return _read(info, lambda session: exports_of(session, user_id, first))

    def resolve_attention(root, info, cinema_id=None):
        caller = info.context.caller
        found = _read(info, lambda session: attention(session, caller, cinema_id))
        return [
            {**vars(item), "booking": booking}
            for item, booking in zip(found, views.views([item.booking for item in found]), strict=True)
        ]

    def resolve_door_list(root, info, showtime_id):
        keys = TicketKeys(info.context.runtime.settings.ticket_signing_keys)
        caller = info.context.caller
        return _read(info, lambda session: door_list(session, keys, caller, showtime_id))

    def resolve_booking_personal_data(root, info, user_id):
        info.context.caller.require_peer("user_service")
        return _read(info, lambda session: personal_data.of_person(session, user_id))

    def resolve_showtimes(root, info, filter=None, first=50, after=None):
        caller = info.context.caller
        return views.page(
            _read(
                info,
                lambda session: showtime_queries.showtimes(
                    session, showtime_filter(filter), caller, first, after
                ),
            )
        )

    def resolve_programme(root, info, from_, to, cinema_id=None, city=None, genres=None):
        if not 0 < (to - from_).total_seconds() <= 31 * 86_400:
            raise Invalid("from must lie before to, by at most 31 days.")
        films = _read(
            info,
            lambda session: showtime_queries.programme(
                session, cinema_id=cinema_id, city=city, starts_from=from_, starts_before=to, genres=genres
            ),
        )
        together = Batch(row for _, _, rows in films for row in rows)
        return [
            {
                "movie_id": movie_id,
                "movie_title": title,
                "showtimes": [views.View(row, together) for row in rows],
            }
            for movie_id, title, rows in films
        ]

    def resolve_showtime_days(root, info, from_, to, cinema_id=None, movie_id=None):
        check_span(from_, to)
        return _read(
            info,
            lambda session: showtime_queries.showtime_days(
                session, cinema_id=cinema_id, movie_id=movie_id, first_day=from_, last_day=to
            ),
        )

    def resolve_showtime(root, info, id):
        found = views.showtimes(info, [id])[0]
        if found is None:
            raise NotFound("There is no such showtime.")
        return found

    def resolve_my_bookings(root, info, when=None, first=20, after=None):
        user_id = info.context.caller.require_user()
        return views.page(
            _read(
                info,
                lambda session: booking_queries.bookings_of_user(
                    session, user_id, when=text(when), status=None, first=first, after=after
                ),
            )
        )

    def resolve_booking(root, info, id):
        info.context.caller.is_peer or info.context.caller.require_user()
        found = views.bookings(info, [id])[0]
        if found is None:
            raise NotFound("There is no such booking.")
        return found

    def resolve_booking_by_reference(root, info, reference):
        info.context.caller.require_user()
        caller = info.context.caller
        found = _read(info, lambda session: booking_queries.booking_by_reference(session, reference, caller))
        if found is None:
            raise NotFound("There is no such booking.")
        return views.views([found])[0]

    def resolve_bookings(root, info, filter=None, first=20, after=None):
        caller = info.context.caller
        return views.page(
            _read(
                info,
                lambda session: booking_queries.bookings(
                    session, booking_filter(filter), caller, first, after
                ),
            )
        )

    def resolve_export(root, info, id):
        user_id = info.context.caller.require_user()
        found = _read(info, lambda session: session.get(ExportRow, id))
        if found is None or found.user_id != user_id:
            raise NotFound("There is no such export.")
        return found

    def resolve_sales_report(root, info, from_, to, currency, cinema_id=None, movie_id=None):
        check_span(from_, to)
        _check_currency(currency)
        scope = reports.scope_for(
            info.context.caller,
            first_day=from_,
            last_day=to,
            currency=currency,
            cinema_id=cinema_id,
            movie_id=movie_id,
        )
        return report_views.Report(info.context.runtime.database, scope)


def _read(info, work):
    return info.context.runtime.database.read(work)


def check_span(first_day, last_day):
    """Raises Invalid unless the days are in order and not too many."""
    if not 0 <= (last_day - first_day).days <= LONGEST_SPAN_DAYS:
        raise Invalid(f"from must not lie after to, and at most {LONGEST_SPAN_DAYS} days before it.")


def _check_currency(code):
    try:
        Money(0, code)
    except ValueError:
        raise Invalid("A currency has three capital letters, e.g. EUR.") from None


def showtime_filter(given):
    """The query's filter from the input; none: everything."""
    if given is None:
        return showtime_queries.ShowtimeFilter()
    return showtime_queries.ShowtimeFilter(
        given.movie_id, given.cinema_id, given.auditorium_id, given.city, given.from_, given.to, given.format,
        text(given.status),
    )  # fmt: skip


def booking_filter(given):
    """The query's filter from the input; none: everything."""
    if given is None:
        return booking_queries.BookingFilter()
    return booking_queries.BookingFilter(
        given.search, text(given.status), given.cinema_id, given.movie_id, given.showtime_id, given.user_id,
        given.from_, given.to,
    )  # fmt: skip
