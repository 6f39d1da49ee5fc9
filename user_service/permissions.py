"""Who may do what with people: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least, siblings

SIGNED_IN = at_least(Role.CUSTOMER, "their own")
ADMIN = at_least(Role.ADMIN)
_PRIVATE = anybody("the person; ADMIN; null to others")

PERMISSIONS = Permissions(
    operations={
        "me": anybody("the person; null for a visitor"),
        "mySessions": SIGNED_IN,
        "user": ADMIN,
        "users": ADMIN,
        "auditEntries": ADMIN,
        "systemStatus": ADMIN,
        "deadLetters": ADMIN,
        "replayDeadLetters": ADMIN,
        "userContact": siblings("booking_service", "notification_service"),
        "usersContacts": siblings("booking_service", "notification_service"),
        "userPersonalData": siblings("user_service"),
        "register": anybody(),
        "login": anybody(),
        "refreshTokens": anybody("who holds the token"),
        "logout": anybody("who holds a token of the session"),
        "logoutEverywhere": SIGNED_IN,
        "revokeSession": SIGNED_IN,
        "requestEmailVerification": SIGNED_IN,
        "verifyEmail": anybody("who holds the link"),
        "requestPasswordReset": anybody(),
        "resetPassword": anybody("who holds the link"),
        "changePassword": SIGNED_IN,
        "updateProfile": SIGNED_IN,
        "enrolTotp": SIGNED_IN,
        "confirmTotp": SIGNED_IN,
        "disableTotp": SIGNED_IN,
        "exportMyData": SIGNED_IN,
        "deleteMyAccount": SIGNED_IN,
        "inviteUser": ADMIN,
        "eraseUser": ADMIN,
        "setUserRole": ADMIN,
        "setUserActive": ADMIN,
        "switchOffTotp": ADMIN,
    },
    entities={"User": anybody("id and name")},
    fields={
        f"User.{name}": _PRIVATE
        for name in (
            "email", "phone", "role", "cinemaIds", "emailVerified", "totpEnabled", "active", "locale", "createdAt",
        )
    },
)  # fmt: skip
