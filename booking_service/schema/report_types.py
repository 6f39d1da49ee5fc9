"""Figures and files for the house."""

from __future__ import annotations

import graphene

from booking_service.schema import views
from booking_service.schema.enums import ExportStatus
from booking_service.schema.showtime_types import Cinema, Movie
from chassis.graphql_types import Date, Money


class Export(graphene.ObjectType):
    """A file made on the server in the background; its link is signed for the person who asked and lives for seven days."""

    id = graphene.Field(graphene.NonNull(graphene.ID))
    status = graphene.Field(graphene.NonNull(ExportStatus))
    progress = graphene.Field(graphene.NonNull(graphene.Float))
    rows = graphene.Field(graphene.Int)
    url = graphene.Field(graphene.String)

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
