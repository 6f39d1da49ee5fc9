"""Who may do what with cinemas: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least

ADMIN = at_least(Role.ADMIN)
MANAGER = at_least(Role.MANAGER, "their cinemas; ADMIN all")

PERMISSIONS = Permissions(
    operations={
        "cinemas": anybody(),
        "cinema": anybody(),
        "auditorium": anybody(siblings=("booking_service",)),
        "cities": anybody(),
        "createCinema": ADMIN,
        "updateCinema": MANAGER,
        "createAuditorium": MANAGER,
        "updateAuditorium": MANAGER,
        "deleteAuditorium": MANAGER,
        "createSeatingPlanImport": MANAGER,
        "deleteCinema": ADMIN,
    },
    entities={"Cinema": anybody(), "Auditorium": anybody()},
)
