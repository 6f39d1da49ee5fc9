"""Figures of a report in the shape of the graph: each part is computed when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from booking_service.queries import reports
from chassis.database import Database
from chassis.money import Money

Line = dict[str, Any]


class Report:
    """A sales report that reads what is asked of it, each part once."""

    def __init__(self, database: Database, scope: reports.Scope) -> None:
        self._database = database
        self._scope = scope

    @property
    def currency(self) -> str:
        """ISO 4217 code of all its amounts."""
        return self._scope.currency

    @cached_property
    def whole(self) -> Line:
        """Revenue, refunded, bookings and tickets of all days together."""
        return self._line(self._read(reports.sold))

    @cached_property
    def occupancy(self) -> float:
        """Tickets sold over seats offered, 0 to 1."""
        return self._read(reports.occupancy)

    def by_day(self) -> list[Line]:
        """A line a day."""
        return [{**self._line(line), "day": line.key} for line in self._read(reports.by_day)]

    def by_movie(self) -> list[Line]:
        """A line a film."""
        found = self._read(reports.by_movie)
        return [{**self._line(line), "movie_id": line.key, "movie_title": line.name} for line in found]

    def by_cinema(self) -> list[Line]:
        """A line a cinema."""
        found = self._read(reports.by_cinema)
        return [{**self._line(line), "cinema_id": line.key, "cinema_name": line.name} for line in found]

    def by_hour(self) -> list[Line]:
        """A line an hour of the day."""
        return [{**self._line(line), "hour": line.key} for line in self._read(reports.by_hour)]

    def occupancy_by_hour(self) -> list[Line]:
        """A cell for each auditorium, weekday and hour."""
        names = ("auditorium_id", "auditorium_name", "weekday", "hour", "occupancy")
        return [dict(zip(names, cell, strict=True)) for cell in self._read(reports.occupancy_by_hour)]

    def _read(self, query: Callable[[Session, reports.Scope], Any]) -> Any:
        return self._database.read(lambda session: query(session, self._scope))

    def _line(self, figures: reports.Figures) -> Line:
        return {
            "revenue": Money(figures.revenue, self.currency),
            "refunded": Money(figures.refunded, self.currency),
            "bookings": figures.bookings,
            "tickets": figures.tickets,
            "occupancy": figures.occupancy,
        }
