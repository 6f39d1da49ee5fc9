"""Every change that a person can make, made once: a day in the life of a house, told by what each leaves behind."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.hostile.people import an_admin, somebody
from tests.hostile.test_guessing import token_mailed_to
from tests.journeys.guests import LOGIN, Guest
from tests.system import RunningSystem, wait_until
from user_service import totp

NOW = datetime.now(UTC).replace(microsecond=0)
PASSWORD = "a password of some length"


@dataclass
class Deeds:
    """Request id and actor of each change, by the name of its mutation.

    `before` is told of each, by name and arguments, when all that it is about is there and nothing has happened yet.
    """

    system: RunningSystem
    done: dict[str, tuple[str, str]] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda _name, _arguments: None

    def do(self, who: Guest, name: str, arguments: str = "", selection: str = "") -> dict[str, Any]:
        """Carry out `name` as `who`; its payload. It has to succeed."""
        self.before(name, arguments)
        given = f"({arguments})" if arguments else ""
        answer = who.ask(f"mutation {{ it: {name}{given} {{ {selection} userErrors {{ code message }} }} }}")
        assert answer.errors == [], (name, answer.body)
        payload: dict[str, Any] = answer.data["it"]
        assert payload["userErrors"] == [], (name, payload)
        self.done[name] = (answer.request_id, who.id)
        return payload


def all_of_them(
    system: RunningSystem, before: Callable[[str, str], None] = lambda _name, _given: None
) -> Deeds:
    """Make every change once."""
    deeds, admin = Deeds(system, before=before), an_admin(system)
    house = a_house(deeds, admin)
    guest = somebody(system)
    a_ticket(deeds, admin, guest, house)
    the_programme(deeds, admin, house)
    the_catalogue(deeds, admin, guest)
    coupons(deeds, admin)
    messages(deeds, admin, guest)
    accounts(deeds, admin)
    return deeds


def a_house(deeds: Deeds, admin: Guest) -> dict[str, str]:
    """A cinema with a room, a film and a showtime that begins soon."""
    where = (
        'name: "House {0}", address: "1 Street", city: "Lisbon", countryCode: "PT", timeZone: "Europe/Lisbon", '
        'currency: "EUR", location: {{latitude: 38.7, longitude: -9.1}}'
    )
    mark = secrets.token_hex(3)
    cinema = deeds.do(admin, "createCinema", f"input: {{{where.format(mark)}}}", "cinema { id }")["cinema"][
        "id"
    ]
    deeds.do(
        admin, "updateCinema", f'id: "{cinema}", input: {{{where.format(mark)}, phone: "+351 21 000 0000"}}'
    )
    room = rooms(deeds, admin, cinema)
    spare = deeds.do(admin, "createCinema", f"input: {{{where.format(mark + 'x')}}}", "cinema { id }")[
        "cinema"
    ]["id"]
    deeds.do(admin, "deleteCinema", f'id: "{spare}"')
    deeds.do(
        admin, "setBookingPolicy", f'cinemaId: "{cinema}", input: {{gapRule: false, turnaroundMinutes: 0}}'
    )
    film = admin.ask("{ movies(first: 1, sort: TITLE) { nodes { id } } }").data["movies"]["nodes"][0]["id"]
    return {"cinema": cinema, "room": room, "film": film}


def rooms(deeds: Deeds, admin: Guest, cinema: str) -> str:
    plan = 'rows: [{row: "A", places: "SSSSSSSS"}, {row: "B", places: "SSSSSSSS"}]'

    def named(name: str) -> str:
        return f'input: {{cinemaId: "{cinema}", name: "{name}", {plan}}}'

    one = deeds.do(admin, "createAuditorium", named("One"), "auditorium { id }")["auditorium"]["id"]
    two = deeds.do(admin, "createAuditorium", named("Two"), "auditorium { id }")["auditorium"]["id"]
    deeds.do(admin, "updateAuditorium", f'id: "{one}", {named("Hall")}')
    deeds.do(admin, "deleteAuditorium", f'id: "{two}"')
    deeds.do(admin, "createSeatingPlanImport", f'cinemaId: "{cinema}"')
    return str(one)


def showtime_of(house: dict[str, str], starts_at: datetime, **more: str) -> str:
    prices = 'prices: [{category: STANDARD, ticketType: ADULT, price: {amount: 1000, currency: "EUR"}}]'
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    return (
        f'movieId: "{house["film"]}", auditoriumId: "{house["room"]}", startsAt: "{starts_at.isoformat()}", '
        f"{prices}{extra}"
    )


def a_ticket(deeds: Deeds, admin: Guest, guest: Guest, house: dict[str, str]) -> None:
    """Held, discounted, paid, changed, shown at the door, and given back."""
    wanted = showtime_of(house, NOW + timedelta(minutes=90), publish="true")
    show = deeds.do(admin, "scheduleShowtime", f"input: {{{wanted}}}", "showtime { id }")["showtime"]["id"]
    code = f"DEED{secrets.token_hex(4).upper()}"
    coupon = f'input: {{code: "{code}", kind: PERCENT, percent: 10}}'
    deeds.do(admin, "createCoupon", coupon, "coupon { id }")

    def hold(*seats: str) -> str:
        chosen = ", ".join(f'{{seatId: "{seat}"}}' for seat in seats)
        made = deeds.do(
            guest, "holdSeats", f'input: {{showtimeId: "{show}", seats: [{chosen}]}}', "booking { id }"
        )
        return str(made["booking"]["id"])

    def pay(booking: str) -> dict[str, Any]:
        key = secrets.token_hex(8)
        given = f'bookingId: "{booking}", method: CARD, paymentToken: "pm_success", idempotencyKey: "{key}"'
        shown = "booking { status payment { id } tickets { id code } }"
        paid: dict[str, Any] = deeds.do(guest, "payBooking", f"input: {{{given}}}", shown)["booking"]
        assert paid["status"] == "CONFIRMED"
        return paid

    booking = hold("A1")
    deeds.do(guest, "extendHold", f'bookingId: "{booking}"')
    deeds.do(guest, "applyCoupon", f'bookingId: "{booking}", code: "{code}"')
    deeds.do(guest, "removeCoupon", f'bookingId: "{booking}"')
    paid = pay(booking)
    deeds.do(
        guest,
        "changeSeats",
        f'bookingId: "{booking}", seats: [{{seatId: "A3"}}], idempotencyKey: "{booking}"',
    )
    tickets = guest.ask(f'{{ booking(id: "{booking}") {{ tickets {{ id code status }} }} }}').data["booking"][
        "tickets"
    ]
    ticket = next(one for one in tickets if one["status"] == "VALID")
    deeds.do(admin, "checkInTicket", f'code: "{ticket["code"]}"')
    deeds.do(admin, "undoCheckIn", f'ticketId: "{ticket["id"]}", reason: "wrong door"')
    late = f'{{code: "{ticket["code"]}", at: "{NOW.isoformat()}", door: "2"}}'
    deeds.do(admin, "syncCheckIns", f'showtimeId: "{show}", checkIns: [{late}]')
    deeds.do(admin, "overrideCheckIn", f'code: "{ticket["code"]}", reason: "was outside for a moment"')
    deeds.do(admin, "addBookingNote", f'bookingId: "{booking}", text: "called about the lift"')
    deeds.do(admin, "refundPayment", (
        f'input: {{paymentId: "{paid["payment"]["id"]}", amount: {{amount: 1, currency: "EUR"}}, reason: "sorry", '
        f'idempotencyKey: "{secrets.token_hex(8)}"}}'
    ))  # fmt: skip
    four_eyes(deeds, admin, house)
    deeds.do(guest, "cancelBooking", f'bookingId: "{hold("A5")}"')
    deeds.do(admin, "cancelBookings", f'ids: ["{hold("A7")}"], reason: "a test"')
    desk = f'input: {{showtimeId: "{show}", seats: [{{seatId: "B1"}}]}}, method: CASH'
    deeds.do(admin, "sellAtBoxOffice", desk)
    deeds.do(admin, "setSeatsBlocked", f'showtimeId: "{show}", seatIds: ["B8"], blocked: true')
    deeds.do(guest, "joinWaitingList", f'showtimeId: "{show}", seats: 20')
    deeds.do(guest, "leaveWaitingList", f'showtimeId: "{show}"')
    opens = NOW.isoformat()
    deeds.do(
        admin, "setWaitingRoom", f'input: {{showtimeId: "{show}", opensAt: "{opens}", rate: 100, open: true}}'
    )
    deeds.do(admin, "exportBookings", f'filter: {{showtimeId: "{show}"}}')
    days = f'from: "{NOW.date()}", to: "{NOW.date()}", cinemaId: "{house["cinema"]}"'
    deeds.do(admin, "exportPayments", days)
    deeds.do(admin, "exportSales", f'from: "{NOW.date()}", to: "{NOW.date()}", cinemaId: "{house["cinema"]}"')


def four_eyes(deeds: Deeds, admin: Guest, house: dict[str, str]) -> None:
    """Two refunds above the limit: one agreed to by somebody else, one refused."""
    manager = somebody(deeds.system, "MANAGER", (house["cinema"],))
    gala = showtime_of(house, NOW + timedelta(days=20), publish="true").replace(
        "amount: 1000", "amount: 60000"
    )
    show = deeds.do(admin, "scheduleShowtime", f"input: {{{gala}}}", "showtime { id }")["showtime"]["id"]
    desk = f'input: {{showtimeId: "{show}", seats: [{{seatId: "%s"}}]}}, method: CASH'
    for seat, name, more in (("B3", "approveRefund", ""), ("B5", "rejectRefund", ', reason: "no receipt"')):
        sold = deeds.do(admin, "sellAtBoxOffice", desk % seat, "booking { payment { id } }")["booking"]
        asked = (
            f'paymentId: "{sold["payment"]["id"]}", reason: "sorry", idempotencyKey: "{secrets.token_hex(8)}"'
        )
        waits = deeds.do(admin, "refundPayment", f"input: {{{asked}}}", "payment { refunds { id status } }")
        [refund] = waits["payment"]["refunds"]
        assert refund["status"] == "AWAITING_APPROVAL"
        deeds.do(manager, name, f'refundId: "{refund["id"]}"{more}')


def the_programme(deeds: Deeds, admin: Guest, house: dict[str, str]) -> None:
    """Scheduled, changed, moved, published, copied, called off."""
    first = NOW + timedelta(days=3)
    made = deeds.do(admin, "scheduleShowtime", f"input: {{{showtime_of(house, first)}}}", "showtime { id }")
    show = made["showtime"]["id"]
    changed = showtime_of(house, first, audioLanguage='"fr"')
    deeds.do(admin, "updateShowtime", f'id: "{show}", input: {{{changed}}}')
    later = (first + timedelta(hours=6)).isoformat()
    deeds.do(admin, "rescheduleShowtime", f'id: "{show}", startsAt: "{later}"')
    deeds.do(admin, "publishShowtimes", f'ids: ["{show}"]')
    several = (
        showtime_of(house, first)
        .replace("auditoriumId: ", "auditoriumIds: [")
        .replace(", startsAt: ", "], startsAt: [", 1)
    )
    several = several.replace(", prices", "], prices", 1).replace(
        first.isoformat(), (first + timedelta(days=1)).isoformat()
    )
    deeds.do(admin, "scheduleShowtimes", f"input: {{{several}}}")
    deeds.do(admin, "cancelShowtime", f'id: "{show}", reason: "no projector"')
    week = first.date() + timedelta(days=1)
    deeds.do(
        admin,
        "copyProgramme",
        f'cinemaId: "{house["cinema"]}", from: "{week}", to: "{week + timedelta(days=28)}"',
    )


def the_catalogue(deeds: Deeds, admin: Guest, guest: Guest) -> None:
    """A film from its entry to its end, and what somebody thought of it."""
    about = (
        'title: "{0}", synopsis: "s", durationMinutes: 90, genres: ["DRAMA"], releaseDate: "2026-11-21", '
        'originalLanguage: "en", ageRating: "0"'
    )
    film = deeds.do(admin, "createMovie", f"input: {{{about.format('Deeds')}}}", "movie { id }")["movie"][
        "id"
    ]
    deeds.do(admin, "updateMovie", f'id: "{film}", input: {{{about.format("Other deeds")}}}')
    deeds.do(admin, "setMovieStatus", f'ids: ["{film}"], status: ARCHIVED')
    deeds.do(admin, "createMovieImport", "dryRun: true")
    deeds.do(admin, "createPosterUpload", f'movieId: "{film}"')
    with sqlite3.connect(deeds.system.home / "databases" / "movie_db.sqlite", timeout=20) as database:
        # A poster to remove, and a showtime that is over: neither can be waited for.
        database.execute("UPDATE movies SET poster_file = 'x.png' WHERE id = ?", (film,))
        seen = (
            secrets.token_hex(16),
            film,
            "over",
            guest.id,
            "2026-11-01 12:00:00",
            1,
            False,
            "2026-11-01 12:00:00",
        )
        database.execute("INSERT INTO visits VALUES (?, ?, ?, ?, ?, ?, ?, ?)", seen)
    deeds.do(admin, "removePoster", f'movieId: "{film}"')
    deeds.do(guest, "wishForMovie", f'movieId: "{film}"')
    deeds.do(guest, "dropMovieWish", f'movieId: "{film}"')
    deeds.do(guest, "rateMovie", f'movieId: "{film}", stars: 4')
    deeds.do(admin, "deleteMovie", f'id: "{film}"')


def coupons(deeds: Deeds, admin: Guest) -> None:
    code = f"DEED{secrets.token_hex(4).upper()}"
    wanted = f'code: "{code}", kind: PERCENT, percent: {{0}}'
    made = deeds.do(admin, "createCoupon", f"input: {{{wanted.format(10)}}}", "coupon { id }")["coupon"]["id"]
    deeds.do(admin, "updateCoupon", f'id: "{made}", input: {{{wanted.format(20)}}}')
    deeds.do(admin, "setCouponsActive", f'ids: ["{made}"], active: false')
    deeds.do(admin, "deleteCoupon", f'id: "{made}"')
    prefix = secrets.token_hex(2).upper()
    deeds.do(admin, "createCouponBatch", f'input: {{{wanted.format(5)}}}, prefix: "{prefix}", count: 1')


def messages(deeds: Deeds, admin: Guest, guest: Guest) -> None:
    found: list[str] = []

    def arrived() -> bool:
        inbox = guest.ask("{ myNotifications(first: 1) { nodes { id } } }").data["myNotifications"]["nodes"]
        found[:] = [message["id"] for message in inbox]
        return bool(found)

    wait_until(arrived, "a message has come", 60)
    deeds.do(guest, "markNotificationsRead", f'ids: ["{found[0]}"]')
    deeds.do(guest, "setNotificationPreferences", 'input: [{kind: "booking.confirmed", channels: [EMAIL]}]')
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = base64.urlsafe_b64encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode()
    auth = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()
    address = f"https://push.example.org/{secrets.token_hex(8)}"
    deeds.do(guest, "registerPushDevice", f'endpoint: "{address}", p256dh: "{key}", auth: "{auth}"')
    deeds.do(admin, "resendNotification", f'id: "{found[0]}"')


def accounts(deeds: Deeds, admin: Guest) -> None:
    """An account from its making to its end."""
    system, email = deeds.system, f"{secrets.token_hex(6)}@example.org"
    visitor = Guest(system, "", email, "")
    wanted = f'input: {{email: "{email}", password: "{PASSWORD}", name: "Ana"}}'
    made = deeds.do(visitor, "register", wanted, "user { id } tokens { accessToken }")
    ana = Guest(system, made["user"]["id"], email, made["tokens"]["accessToken"])
    deeds.done["register"] = (deeds.done["register"][0], ana.id)

    def by_visitor(name: str, arguments: str) -> None:
        deeds.do(visitor, name, arguments)
        deeds.done[name] = (deeds.done[name][0], ana.id)

    def signed_in(password: str = PASSWORD) -> Guest:
        tokens = system.gql(LOGIN, {"input": {"email": email, "password": password}}).data["login"]["tokens"]
        return Guest(system, ana.id, email, tokens["accessToken"])

    by_visitor("verifyEmail", f'token: "{token_mailed_to(system, email, "verify-email")}"')
    deeds.do(ana, "updateProfile", f'input: {{name: "Ana Costa", email: "new.{email}"}}')
    deeds.do(ana, "requestEmailVerification")
    secret = deeds.do(ana, "enrolTotp", "", "secret")["secret"]
    code = totp.code_at(secret, totp.step_of(datetime.now(UTC)))
    deeds.do(ana, "confirmTotp", f'code: "{code}"')
    deeds.do(ana, "disableTotp", f'password: "{PASSWORD}"')
    deeds.do(ana, "exportMyData")
    changed = "another password of some length"
    deeds.do(ana, "changePassword", f'input: {{currentPassword: "{PASSWORD}", newPassword: "{changed}"}}')
    by_visitor("login", f'input: {{email: "{email}", password: "{changed}"}}')
    sessions = ana.ask("{ mySessions { id current } }").data["mySessions"]
    other = next(session["id"] for session in sessions if not session["current"])
    deeds.do(ana, "revokeSession", f'id: "{other}"')
    deeds.do(signed_in(changed), "logout")
    deeds.do(ana, "logoutEverywhere")
    system.gql("mutation($e: String!) { requestPasswordReset(email: $e) { done } }", {"e": email})
    chosen = token_mailed_to(system, email, "reset-password")
    by_visitor("resetPassword", f'input: {{token: "{chosen}", newPassword: "{PASSWORD}"}}')
    others(deeds, admin, ana)
    signed_in().ask("mutation { enrolTotp { secret } }")
    deeds.do(admin, "switchOffTotp", f'userId: "{ana.id}"')
    deeds.do(signed_in(), "deleteMyAccount", f'password: "{PASSWORD}"')


def others(deeds: Deeds, admin: Guest, ana: Guest) -> None:
    """What an administrator does with other people's accounts."""
    invited = (
        f'input: {{email: "{secrets.token_hex(6)}@example.org", name: "Sam", role: STAFF, cinemaIds: []}}'
    )
    sam = deeds.do(admin, "inviteUser", invited, "user { id }")["user"]["id"]
    deeds.do(admin, "setUserRole", f'input: {{userId: "{sam}", role: MANAGER, cinemaIds: []}}')
    deeds.do(admin, "setUserActive", f'userId: "{sam}", active: false')
    deeds.do(admin, "eraseUser", f'id: "{sam}"')
    deeds.do(admin, "replayDeadLetters", 'service: "movie_service"')
