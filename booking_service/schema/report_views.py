"""Figures of a report in the shape of the graph."""

from __future__ import annotations

from typing import Any

from booking_service.queries import reports
from chassis.money import Money


def report(session: Any, scope: reports.Scope) -> dict[str, Any]:
    """A whole sales report."""
    whole = _line(reports.totals(session, scope), scope)
    return {
        **whole,
        "currency": scope.currency,
        "by_day": [{**_line(line, scope), "day": line.key} for line in reports.by_day(session, scope)],
        "by_movie": [
            {**_line(line, scope), "movie_id": line.key, "movie_title": line.name}
            for line in reports.by_movie(session, scope)
        ],
        "by_cinema": [
            {**_line(line, scope), "cinema_id": line.key, "cinema_name": line.name}
            for line in reports.by_cinema(session, scope)
        ],
        "by_hour": [{**_line(line, scope), "hour": line.key} for line in reports.by_hour(session, scope)],
        "occupancy_by_hour": [
            {
                "auditorium_id": key,
                "auditorium_name": name,
                "weekday": weekday,
                "hour": hour,
                "occupancy": share,
            }
            for key, name, weekday, hour, share in reports.occupancy_by_hour(session, scope)
        ],
    }


def _line(figures: reports.Figures, scope: reports.Scope) -> dict[str, Any]:
    return {
        "revenue": Money(figures.revenue, scope.currency),
        "refunded": Money(figures.refunded, scope.currency),
        "bookings": figures.bookings,
        "tickets": figures.tickets,
        "occupancy": figures.occupancy,
    }
