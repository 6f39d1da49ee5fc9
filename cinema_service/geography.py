"""Distances on the globe, and the box of latitudes and longitudes that holds a circle."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0088
HALF_ROUND_KM = math.pi * EARTH_RADIUS_KM


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees north and east."""

    latitude: float
    longitude: float

    @property
    def is_on_earth(self) -> bool:
        """Whether both are numbers in range."""
        return -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180


@dataclass(frozen=True, slots=True)
class Box:
    """Latitudes from south to north; longitudes from west to east, which may cross the date line (west > east)."""

    south: float
    north: float
    west: float
    east: float


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance by the haversine formula; within 0.5 % of the true, flattened earth."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    chord = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


def box_around(centre: Point, radius_km: float) -> Box:
    """The smallest box of whole meridians and parallels that holds every point within `radius_km`."""
    reach = math.degrees(radius_km / EARTH_RADIUS_KM)
    south, north = centre.latitude - reach, centre.latitude + reach
    if south <= -90 or north >= 90:  # a pole lies inside: every longitude does
        return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    widest = math.sin(math.radians(reach)) / math.cos(math.radians(centre.latitude))
    across = math.degrees(math.asin(min(1.0, widest)))
    return Box(south, north, _turned(centre.longitude - across), _turned(centre.longitude + across))


def _turned(longitude: float) -> float:
    """The same meridian between -180 and 180."""
    return (longitude + 180) % 360 - 180 if not -180 <= longitude <= 180 else longitude
