"""What people send: inputs, and the forms that commands take."""

from __future__ import annotations

from typing import Any

import graphene

from cinema_service import queries
from cinema_service.geography import Point
from cinema_service.seating import SeatRow as PlanRow


class GeoPointInput(graphene.InputObjectType):
    latitude = graphene.Float(required=True)
    longitude = graphene.Float(required=True)


class NearInput(graphene.InputObjectType):
    point = GeoPointInput(required=True)
    radius_km = graphene.Float(default_value=50)


class CinemaInput(graphene.InputObjectType):
    name = graphene.String(required=True)
    address = graphene.String(required=True)
    city = graphene.String(required=True)
    country_code = graphene.String(required=True)
    time_zone = graphene.String(required=True)
    currency = graphene.String(required=True)
    location = GeoPointInput(required=True)
    phone = graphene.String()
    facilities = graphene.List(graphene.NonNull(graphene.String))


class SeatRowInput(graphene.InputObjectType):
    row = graphene.String(required=True)
    places = graphene.String(
        required=True,
        description="One character a place, left to right: S standard, P premium, R recliner, L loveseat, "
        "A accessible, C companion, _ gap.",
    )
    number_from = graphene.Int(default_value=1)
    right_to_left = graphene.Boolean(default_value=False)


class AuditoriumInput(graphene.InputObjectType):
    cinema_id = graphene.ID(required=True)
    name = graphene.String(required=True)
    formats = graphene.List(graphene.NonNull(graphene.String))
    rows = graphene.List(graphene.NonNull(SeatRowInput), required=True)


def circle_of(near: Any) -> queries.Near:
    """The circle asked for; 50 km around the point when no radius is given."""
    radius = near.get("radius_km")
    return queries.Near(_point(near["point"]), 50.0 if radius is None else radius)


def _point(point: Any) -> Point:
    return Point(point["latitude"], point["longitude"])


def cinema_fields(input: Any) -> dict[str, Any]:
    """CinemaForm's fields that were given; null empties a list."""
    given = {**input, "location": _point(input["location"])}
    if "facilities" in given:
        given["facilities"] = tuple(given["facilities"] or ())
    return given


def auditorium_fields(input: Any) -> dict[str, Any]:
    """AuditoriumForm's fields that were given; null empties the formats."""
    rows = (
        PlanRow(line["row"], line["places"], _or(line.get("number_from"), 1), bool(line.get("right_to_left")))
        for line in input["rows"]
    )
    given = {**input, "cinema_id": str(input["cinema_id"]), "rows": tuple(rows)}
    if "formats" in given:
        given["formats"] = tuple(given["formats"] or ())
    return given


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
