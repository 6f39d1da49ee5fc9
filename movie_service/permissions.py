"""Who may do what with the catalogue: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least, siblings

MANAGER = at_least(Role.MANAGER)

PERMISSIONS = Permissions(
    operations={
        "movies": anybody(),
        "movie": anybody(siblings=("booking_service",)),
        "genres": anybody(),
        "moviePersonalData": siblings("user_service"),
        "createMovie": MANAGER,
        "updateMovie": MANAGER,
        "setMovieStatus": MANAGER,
        "createPosterUpload": MANAGER,
        "removePoster": MANAGER,
        "createMovieImport": MANAGER,
        "deleteMovie": MANAGER,
        "wishForMovie": at_least(Role.CUSTOMER, "for themselves"),
        "dropMovieWish": at_least(Role.CUSTOMER, "for themselves"),
        "rateMovie": at_least(Role.CUSTOMER, "films of showtimes they had tickets for"),
    },
    entities={"Movie": anybody()},
)
