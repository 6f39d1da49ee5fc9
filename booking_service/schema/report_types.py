"""Figures and files for the house."""

from __future__ import annotations

import graphene

from booking_service.schema import views
from booking_service.schema.booking_types import Booking
from booking_service.schema.enums import AttentionKind, ExportFormat, ExportKind, ExportStatus
from booking_service.schema.showtime_types import Cinema, Movie
from chassis.graphql_types import Date, DateTime, Money
from chassis.money import Money as MoneyValue


class Export(graphene.ObjectType):
    """A file made on the server in the background; its link is signed for the person who asked and lives for seven days."""

    id = graphene.Field(graphene.NonNull(graphene.ID))
    status = graphene.Field(graphene.NonNull(ExportStatus))
    progress = graphene.Field(graphene.NonNull(graphene.Float))
    rows = graphene.Field(graphene.Int)
    url = graphene.Field(graphene.String)
    kind = graphene.Field(graphene.NonNull(ExportKind))
    format = graphene.Field(graphene.NonNull(ExportFormat))
    created_at = graphene.Field(graphene.NonNull(DateTime))
    expires_at = graphene.Field(
        graphene.NonNull(DateTime), description="When the file is deleted, and with it this export."
    )

    def resolve_expires_at(root, info):
        return root.created_at + views.EXPORT_LIFE

    def resolve_status(root, info):
        return root.state

    def resolve_rows(root, info):
        return root.row_count

    def resolve_url(root, info):
        return views.export_link(root, info)


class OccupancyCell(graphene.ObjectType):
    """weekday 1 Monday to 7 Sunday; hour of the start, in the cinema's time zone."""

    auditorium_id = graphene.Field(graphene.NonNull(graphene.ID))
    auditorium_name = graphene.Field(graphene.NonNull(graphene.String))
    weekday = graphene.Field(graphene.NonNull(graphene.Int))
    hour = graphene.Field(graphene.NonNull(graphene.Int))
    occupancy = graphene.Field(graphene.NonNull(graphene.Float))


class SalesByDay(graphene.ObjectType):
    day = graphene.Field(graphene.NonNull(Date))
    revenue = graphene.Field(graphene.NonNull(Money))
    tickets = graphene.Field(graphene.NonNull(graphene.Int))
    occupancy = graphene.Field(graphene.NonNull(graphene.Float))


class SalesByMovie(graphene.ObjectType):
    movie_id = graphene.Field(graphene.NonNull(graphene.ID))
    movie_title = graphene.Field(graphene.NonNull(graphene.String))
    movie = graphene.Field(lambda: Movie)
    revenue = graphene.Field(graphene.NonNull(Money))
    tickets = graphene.Field(graphene.NonNull(graphene.Int))
    occupancy = graphene.Field(graphene.NonNull(graphene.Float))

    def resolve_movie(root, info):
        return views.parent_of(root, "movie_id")


class SalesByCinema(graphene.ObjectType):
    cinema_id = graphene.Field(graphene.NonNull(graphene.ID))
    cinema_name = graphene.Field(graphene.NonNull(graphene.String))
    cinema = graphene.Field(lambda: Cinema)
    revenue = graphene.Field(graphene.NonNull(Money))
    tickets = graphene.Field(graphene.NonNull(graphene.Int))
    occupancy = graphene.Field(graphene.NonNull(graphene.Float))

    def resolve_cinema(root, info):
        return views.parent_of(root, "cinema_id")


class SalesByHour(graphene.ObjectType):
    """Hour of the day of the sale, 0 to 23, in the cinema's time zone."""

    hour = graphene.Field(graphene.NonNull(graphene.Int))
    revenue = graphene.Field(graphene.NonNull(Money))
    tickets = graphene.Field(graphene.NonNull(graphene.Int))


class SalesReport(graphene.ObjectType):
    """Figures in one currency."""

    currency = graphene.Field(graphene.NonNull(graphene.String))
    revenue = graphene.Field(graphene.NonNull(Money))
    refunded = graphene.Field(graphene.NonNull(Money))
    bookings = graphene.Field(graphene.NonNull(graphene.Int))
    tickets = graphene.Field(graphene.NonNull(graphene.Int))
    occupancy = graphene.Field(
        graphene.NonNull(graphene.Float), description="Tickets sold over seats offered, 0 to 1."
    )
    by_day = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: SalesByDay))))
    by_movie = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: SalesByMovie))))
    by_cinema = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: SalesByCinema))))
    by_hour = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: SalesByHour))))
    occupancy_by_hour = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(lambda: OccupancyCell)))
    )

    def resolve_revenue(root, info):
        return root.whole["revenue"]

    def resolve_refunded(root, info):
        return root.whole["refunded"]

    def resolve_bookings(root, info):
        return root.whole["bookings"]

    def resolve_tickets(root, info):
        return root.whole["tickets"]

    def resolve_by_day(root, info):
        return root.by_day()

    def resolve_by_movie(root, info):
        return root.by_movie()

    def resolve_by_cinema(root, info):
        return root.by_cinema()

    def resolve_by_hour(root, info):
        return root.by_hour()

    def resolve_occupancy_by_hour(root, info):
        return root.occupancy_by_hour()


class AttentionItem(graphene.ObjectType):
    """What does not settle by itself and wants a person: how much money, since when."""

    kind = graphene.Field(graphene.NonNull(AttentionKind))
    booking = graphene.Field(graphene.NonNull(lambda: Booking))
    amount = graphene.Field(graphene.NonNull(Money))
    since = graphene.Field(graphene.NonNull(DateTime))
    detail = graphene.Field(graphene.String)

    def resolve_amount(root, info):
        return MoneyValue(root["amount"], root["booking"].currency)
