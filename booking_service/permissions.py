"""Who may do what with showtimes and bookings: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least, siblings

PUBLISHED = anybody("what is published; drafts to STAFF of the cinema, and to ADMIN")
OWN = at_least(Role.CUSTOMER, "their own")
OWN_OR_STAFF = at_least(Role.CUSTOMER, "their own; STAFF those of their cinemas; ADMIN all")
STAFF = at_least(Role.STAFF, "their cinemas; ADMIN all")
MANAGER = at_least(Role.MANAGER, "their cinemas; ADMIN all")

PERMISSIONS = Permissions(
    operations={
        "showtimes": PUBLISHED,
        "programme": anybody("what is published"),
        "showtimeDays": anybody("what is published"),
        "showtime": PUBLISHED,
        "myBookings": OWN,
        "booking": OWN_OR_STAFF,
        "bookingByReference": OWN_OR_STAFF,
        "bookings": STAFF,
        "export": OWN,
        "myExports": OWN,
        "salesReport": MANAGER,
        "attention": STAFF,
        "doorList": STAFF,
        "bookingPersonalData": siblings("user_service"),
        "holdSeats": at_least(Role.CUSTOMER, per_minute="holds_per_minute"),
        "applyCoupon": OWN,
        "removeCoupon": OWN,
        "payBooking": at_least(Role.CUSTOMER, "their own", per_minute="payments_per_minute"),
        "extendHold": OWN,
        "cancelBooking": OWN_OR_STAFF,
        # It may take money too, with a card that is tried out.
        "changeSeats": at_least(
            Role.CUSTOMER,
            "their own; STAFF those of their cinemas; ADMIN all",
            per_minute="payments_per_minute",
        ),
        "joinWaitingList": at_least(Role.CUSTOMER),
        "leaveWaitingList": OWN,
        "joinWaitingRoom": anybody(),
        "setWaitingRoom": MANAGER,
        "sellAtBoxOffice": STAFF,
        "checkInTicket": STAFF,
        "undoCheckIn": STAFF,
        "overrideCheckIn": MANAGER,
        "syncCheckIns": STAFF,
        "addBookingNote": STAFF,
        "scheduleShowtime": MANAGER,
        "scheduleShowtimes": MANAGER,
        "updateShowtime": MANAGER,
        "rescheduleShowtime": MANAGER,
        "publishShowtimes": MANAGER,
        "copyProgramme": MANAGER,
        "setBookingPolicy": MANAGER,
        "cancelShowtime": MANAGER,
        "cancelBookings": MANAGER,
        "exportBookings": MANAGER,
        "exportSales": MANAGER,
        "exportPayments": MANAGER,
        "setSeatsBlocked": MANAGER,
        "bookingChanged": STAFF,
        "seatChanged": PUBLISHED,
    },
    entities={
        "Auditorium": anybody(),
        "Booking": OWN_OR_STAFF,
        "Cinema": anybody(),
        "Movie": anybody(),
        "Showtime": PUBLISHED,
        "User": anybody("the id"),
    },
    fields={
        "Booking.timeline": STAFF,
        "Showtime.checkedIn": STAFF,
        "Showtime.ticketsSold": STAFF,
        "User.bookings": at_least(Role.CUSTOMER, "their own; ADMIN all"),
    },
)
