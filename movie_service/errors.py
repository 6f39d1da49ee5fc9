"""Failures of this service: stable codes and words that are safe to show."""

from __future__ import annotations

from chassis.errors import NotFound, Refusal


class MovieNotFound(NotFound):
    """No film has this id."""

    message = "There is no film under this id."


class BadField(Refusal):
    """One field of a form can't be as it is; the code says which rule."""

    code = "FIELD_INVALID"


class MovieHasShowtimes(Refusal):
    """Showtimes of the film are still planned."""

    code = "MOVIE_HAS_SHOWTIMES"
    message = "Showtimes of this film are still planned. Cancel them first, or archive the film."


class MovieHasTickets(Refusal):
    """Tickets are sold for showtimes of the film that are not over: it can't be archived."""

    code = "MOVIE_HAS_TICKETS"
    message = "Tickets are sold for showtimes of this film. Cancel the showtimes first."


class StarsOutOfRange(Refusal):
    """A rating is one to five stars."""

    code = "STARS_OUT_OF_RANGE"
    message = "Give one to five stars."


class CommentTooLong(Refusal):
    """A review's text is longer than is kept."""

    code = "COMMENT_TOO_LONG"
    message = "A comment has at most 2,000 characters."


class NotSeen(Refusal):
    """The viewer has no confirmed booking for a showtime of the film that is over."""

    code = "MOVIE_NOT_SEEN"
    message = "You can rate a film once you have seen it here: after a showtime that you had booked."


class PictureRefused(Refusal):
    """An uploaded file can't become a poster; the code says why."""

    code = "PICTURE_INVALID"
