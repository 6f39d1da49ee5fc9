"""Cinemas, auditoriums and seats as the graph shows them, loaded in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from chassis.federation import key, shareable
from chassis.graphql_types import connection_type, required_list
from chassis.loaders import Batch
from cinema_service import models, queries
from cinema_service.geography import Point


class SeatCategory(graphene.Enum):
    STANDARD = "STANDARD"
    PREMIUM = "PREMIUM"
    RECLINER = "RECLINER"
    LOVESEAT = "LOVESEAT"
    ACCESSIBLE = "ACCESSIBLE"
    COMPANION = "COMPANION"


class GeoPoint(graphene.ObjectType):
    latitude = graphene.Float(required=True)
    longitude = graphene.Float(required=True)


@shareable
class Seat(graphene.ObjectType):
    id = graphene.ID(required=True, description="Row and number, unique in the auditorium: A1, A2, AA12.")
    row = graphene.String(required=True)
    number = graphene.Int(required=True)
    category = SeatCategory(required=True)
    x = graphene.Float(
        required=True,
        description="Grid position for drawing, in seat widths from the front left corner.",
    )
    y = graphene.Float(required=True)

    def resolve_category(parent, info):
        return parent.category


class SeatRow(graphene.ObjectType):
    """One row of a seating plan as it was written, for editing."""

    row = graphene.String(required=True)
    places = graphene.String(required=True)
    number_from = graphene.Int(required=True)
    right_to_left = graphene.Boolean(required=True)


@key("id")
class Cinema(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    address = graphene.String(required=True)
    city = graphene.String(required=True)
    country_code = graphene.String(required=True)
    time_zone = graphene.String(
        required=True, description="IANA name, e.g. Europe/Paris: local showtimes are told in it."
    )
    currency = graphene.String(required=True, description="ISO 4217: all prices of this cinema are in it.")
    location = graphene.Field(GeoPoint, required=True)
    phone = graphene.String()
    facilities = required_list(graphene.String)
    auditoriums = required_list(lambda: Auditorium)
    capacity = graphene.Int(required=True)
    distance_km = graphene.Float(
        description="Great-circle distance to the point asked for in cinemas(near:), kilometres; null otherwise."
    )

    def resolve_auditoriums(parent, info):
        return parent.batch.load("auditoriums", parent.id, lambda ids: _rooms(info, ids, parent.batch), [])

    def resolve_capacity(parent, info):
        return parent.batch.load(
            "capacity", parent.id, lambda ids: _read(info, queries.capacities_of, ids), 0
        )

    @classmethod
    def resolve_references(cls, representations, info):
        return cinemas_of(info, [str(item["id"]) for item in representations])


@key("id")
class Auditorium(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    cinema = graphene.Field(Cinema, required=True)
    formats = required_list(graphene.String, description="Formats it can show, e.g. 2D, 3D, IMAX.")
    capacity = graphene.Int(required=True)
    seats = required_list(Seat)
    layout_version = graphene.Int(required=True, description="Grows with every change of the seating plan.")
    rows = required_list(SeatRow, description="The seating plan as it was written, front to back.")

    def resolve_cinema(parent, info):
        return parent.cinemas.load("cinema", parent.cinema_id, lambda ids: _by_id(cinemas_of(info, ids)))

    def resolve_seats(parent, info):
        return queries.seats_of(parent.record)

    def resolve_rows(parent, info):
        return queries.rows_of(parent.record)

    @classmethod
    def resolve_references(cls, representations, info):
        return auditoriums_of(info, [str(item["id"]) for item in representations])


CinemaConnection = connection_type("CinemaConnection", Cinema)


@dataclass(eq=False)
class CinemaNode:
    """A cinema as the graph shows it; `batch` holds the ids of those that came with it."""

    id: str
    name: str
    address: str
    city: str
    country_code: str
    time_zone: str
    currency: str
    location: Point
    phone: str | None
    facilities: list[str]
    distance_km: float | None
    batch: Batch


@dataclass(eq=False)
class AuditoriumNode:
    """An auditorium as the graph shows it; `cinemas` holds the cinemas of those that came with it."""

    id: str
    name: str
    cinema_id: str
    formats: list[str]
    capacity: int
    layout_version: int
    record: models.Auditorium
    cinemas: Batch


def cinema_nodes(
    cinemas: Sequence[models.Cinema], distances: Sequence[float | None] | None = None
) -> list[CinemaNode]:
    """Cinemas that come together, in the same order, with their distances if any were asked for."""
    batch = Batch(cinema.id for cinema in cinemas)
    return [
        CinemaNode(
            id=cinema.id,
            name=cinema.name,
            address=cinema.address,
            city=cinema.city,
            country_code=cinema.country_code,
            time_zone=cinema.time_zone,
            currency=cinema.currency,
            location=Point(cinema.latitude, cinema.longitude),
            phone=cinema.phone,
            facilities=cinema.facilities,
            distance_km=distance,
            batch=batch,
        )
        for cinema, distance in zip(cinemas, distances or [None] * len(cinemas), strict=True)
    ]


def room_nodes(rooms: Sequence[models.Auditorium], cinemas: Batch | None = None) -> list[AuditoriumNode]:
    """Auditoriums that come together; those of listed cinemas share the batch of these."""
    cinemas = cinemas or Batch(room.cinema_id for room in rooms)
    return [
        AuditoriumNode(
            id=room.id,
            name=room.name,
            cinema_id=room.cinema_id,
            formats=room.formats,
            capacity=room.capacity,
            layout_version=room.layout_version,
            record=room,
            cinemas=cinemas,
        )
        for room in rooms
    ]


def cinemas_of(info: Any, ids: Sequence[str]) -> list[CinemaNode | None]:
    """The cinemas of these ids, in one read; None for unknown ones."""
    found = _by_id(cinema_nodes(list(_read(info, queries.cinemas_by_ids, ids).values())))
    return [found.get(cinema_id) for cinema_id in ids]


def auditoriums_of(info: Any, ids: Sequence[str]) -> list[AuditoriumNode | None]:
    """The auditoriums of these ids, in one read; None for unknown ones."""
    found = _by_id(room_nodes(list(_read(info, queries.auditoriums_by_ids, ids).values())))
    return [found.get(auditorium_id) for auditorium_id in ids]


def _rooms(info: Any, cinema_ids: Iterable[str], cinemas: Batch) -> dict[str, list[AuditoriumNode]]:
    rooms = _read(info, queries.auditoriums_of, cinema_ids)
    nodes = _by_id(room_nodes([room for several in rooms.values() for room in several], cinemas))
    return {cinema_id: [nodes[room.id] for room in several] for cinema_id, several in rooms.items()}


def _by_id(nodes: Iterable[Any]) -> dict[str, Any]:
    return {node.id: node for node in nodes if node is not None}


def _read(info: Any, query: Any, keys: Iterable[str]) -> Any:
    return info.context.runtime.database.read(lambda session: query(session, keys))
