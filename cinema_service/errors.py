"""Failures of this service: stable codes and words that are safe to show."""

from __future__ import annotations

from chassis.errors import NotFound, Refusal


class CinemaNotFound(NotFound):
    """No cinema has this id."""

    message = "There is no cinema under this id."


class AuditoriumNotFound(NotFound):
    """No auditorium has this id."""

    message = "There is no auditorium under this id."


class BadField(Refusal):
    """One field of a form can't be as it is; the code says which rule."""

    code = "FIELD_INVALID"


class BadSeatingPlan(Refusal):
    """A seating plan can't be built; the code says which rule."""

    code = "LAYOUT_INVALID"


class NameTaken(Refusal):
    """Another auditorium of the cinema has this name."""

    code = "NAME_TAKEN"
    message = "This cinema already has an auditorium of that name."


class AuditoriumStays(Refusal):
    """An auditorium can't move to another cinema."""

    code = "AUDITORIUM_STAYS"
    message = "An auditorium stays in its cinema. Create a new one in the other cinema."


class SeatingPlanChanged(Refusal):
    """Somebody else saved another plan since this one was read."""

    code = "SEATING_PLAN_CHANGED"
    message = "Somebody saved another version of this seating plan meanwhile. Nothing was written."


class AuditoriumHasShowtimes(Refusal):
    """Showtimes are still planned here."""

    code = "AUDITORIUM_HAS_SHOWTIMES"
    message = "Showtimes are still planned in this auditorium. Cancel or move them first."


class CinemaHasShowtimes(Refusal):
    """Showtimes are still planned here."""

    code = "CINEMA_HAS_SHOWTIMES"
    message = "Showtimes are still planned in this cinema. Cancel or move them first."
