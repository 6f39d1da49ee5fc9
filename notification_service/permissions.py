"""Who may do what with messages: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least, siblings

OWN = at_least(Role.CUSTOMER, "their own")
STAFF = at_least(Role.STAFF, "about bookings of their cinemas; ADMIN all")

PERMISSIONS = Permissions(
    operations={
        "myNotifications": OWN,
        "myNotificationPreferences": OWN,
        "pushKey": anybody(),
        "notifications": STAFF,
        "notificationPersonalData": siblings("user_service"),
        "markNotificationsRead": OWN,
        "setNotificationPreferences": OWN,
        "registerPushDevice": OWN,
        "resendNotification": STAFF,
        "notificationReceived": OWN,
    },
    entities={
        "Notification": at_least(Role.CUSTOMER, "their own; STAFF those of their cinemas; ADMIN all"),
        "User": anybody("the id"),
    },
    fields={
        "Notification.recipient": anybody("whole to its owner, masked to STAFF"),
        "User.notifications": at_least(Role.CUSTOMER, "their own; ADMIN all"),
    },
)
