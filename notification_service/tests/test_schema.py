"""What people and staff see and do through the graph."""

import threading

import pytest

from chassis import migrations
from chassis.identity import VISITOR
from chassis.testing import as_peer, as_user
from notification_service import seed
from notification_service.app import create_app
from notification_service.tests.builders import (
    ANA,
    BOOKING,
    CHOOSE_CHANNELS,
    CINEMA,
    DEVICE,
    REGISTER_DEVICE,
    runtime_with,
)

BEN = "01938f2e-7c00-7abc-8def-000000000002"
OWNER, OTHER, ADMIN = as_user(ANA), as_user(BEN), as_user("admin", "ADMIN")
STAFF, ELSEWHERE = as_user("staff", "STAFF", (CINEMA,)), as_user("staff2", "STAFF", ("another",))
PARTS = "id kind channel recipient subject status attempts booking { id } user { id } createdAt sentAt readAt"
MINE = f"query ($unreadOnly: Boolean) {{ myNotifications(unreadOnly: $unreadOnly) {{ nodes {{ {PARTS} }} totalCount }} }}"
ALL = f"query ($filter: NotificationFilter) {{ notifications(filter: $filter) {{ nodes {{ {PARTS} }} totalCount }} }}"
READ = "mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) { done } }"
RESEND = "mutation ($id: ID!) { resendNotification(id: $id) { notification { status attempts } userErrors { code } } }"
PREFERENCES = "{ myNotificationPreferences { kind channels offered } }"


@pytest.fixture
def told(post):
    """Ana's booking was confirmed, and everything is sent."""
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    post.deliver()
    return {row.channel: row for row in post.told()}


def test_the_inbox_holds_what_was_told_in_the_app_until_it_is_read(told, service):
    page = service.data(MINE, {"unreadOnly": True}, caller=OWNER)["myNotifications"]
    assert page["totalCount"] == 1
    message = page["nodes"][0]
    assert (message["channel"], message["status"], message["booking"], message["user"]) == (
        "IN_APP", "SENT", {"id": "b1"}, {"id": ANA},
    )  # fmt: skip

    assert service.data(READ, {"ids": [message["id"]]}, caller=OWNER)["markNotificationsRead"]["done"] is True

    assert service.data(MINE, {"unreadOnly": True}, caller=OWNER)["myNotifications"]["totalCount"] == 0
    read = service.data(MINE, {}, caller=OWNER)["myNotifications"]["nodes"][0]
    assert read["status"] == "READ"
    assert read["readAt"] == "2026-11-21T12:00:00+00:00"


def test_a_visitor_has_no_inbox_and_others_an_empty_one(told, service):
    assert service.error_codes(MINE, caller=VISITOR) == ["UNAUTHENTICATED"]
    assert service.data(MINE, caller=OTHER)["myNotifications"]["totalCount"] == 0


def test_messages_of_others_are_not_found(told, service, post):
    wanted = {"ids": [told["IN_APP"].id]}

    assert service.error_codes(READ, wanted, caller=OTHER) == ["NOT_FOUND"]
    assert post.told(channel="IN_APP")[0].read_at is None


@pytest.mark.parametrize(
    ("caller", "count"), [(ADMIN, 2), (STAFF, 2), (ELSEWHERE, 0), (as_user("m", "MANAGER", (CINEMA,)), 2)]
)
def test_staff_see_the_messages_of_their_cinemas_bookings(told, service, caller, count):
    assert service.data(ALL, caller=caller)["notifications"]["totalCount"] == count


def test_staff_do_not_see_messages_that_are_not_about_bookings(post, service):
    post.happen(
        "user.registered",
        {"userId": ANA, "email": "a@example.org", "name": "A", "phone": None, "locale": "en"},
    )

    assert service.data(ALL, caller=STAFF)["notifications"]["totalCount"] == 0
    assert service.data(ALL, caller=ADMIN)["notifications"]["totalCount"] == 2


def test_guests_may_not_look_through_all_messages(service):
    assert service.error_codes(ALL, caller=OWNER) == ["FORBIDDEN"]
    assert service.error_codes(ALL, caller=VISITOR) == ["UNAUTHENTICATED"]
    assert service.error_codes(RESEND, {"id": "x"}, caller=OWNER) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"bookingId": "b1"}, 2), ({"bookingId": "b2"}, 0), ({"channel": "EMAIL"}, 1), ({"status": "SENT"}, 2),
        ({"status": "FAILED"}, 0), ({"kind": "booking.confirmed", "userId": ANA}, 2), ({"userId": BEN}, 0),
        ({"from": "2026-11-21T12:00:01+00:00"}, 0), ({"to": "2026-11-21T12:00:00+00:00"}, 2),
    ],
)  # fmt: skip
def test_the_log_of_messages_can_be_narrowed(told, service, wanted, count):
    assert service.data(ALL, {"filter": wanted}, caller=ADMIN)["notifications"]["totalCount"] == count


def test_an_address_is_shown_to_its_owner_and_masked_for_staff(told, service):
    ask = f"query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on Notification {{ {PARTS} }} }} }}"
    wanted = {
        "r": [
            {"__typename": "Notification", "id": told["EMAIL"].id},
            {"__typename": "Notification", "id": "x"},
        ]
    }

    assert service.data(ask, wanted, caller=OWNER)["_entities"][0]["recipient"] == "ana@example.org"
    assert service.data(ask, wanted, caller=STAFF)["_entities"][0]["recipient"] == "a•••@example.org"
    assert service.data(ask, wanted, caller=OTHER)["_entities"] == [None, None]
    assert service.data(ask, wanted, caller=ELSEWHERE)["_entities"] == [None, None]
    assert service.data(ask, wanted, caller=VISITOR)["_entities"] == [None, None]


USERS = """
query ($r: [_Any!]!, $after: String) {
  _entities(representations: $r) {
    ... on User { id notifications(first: 1, after: $after) { nodes { channel } totalCount pageInfo { endCursor } } }
  }
}"""


def test_everything_a_person_was_told_is_for_the_person_and_administrators(told, service):
    wanted = {"r": [{"__typename": "User", "id": ANA}, {"__typename": "User", "id": BEN}]}

    own = service.data(USERS, wanted, caller=OWNER)["_entities"]
    assert own[0]["notifications"]["totalCount"] == 2
    assert own[1]["notifications"] is None
    both = service.data(USERS, wanted, caller=ADMIN)["_entities"]
    assert [person["notifications"]["totalCount"] for person in both] == [2, 0]
    assert service.data(USERS, wanted, caller=STAFF)["_entities"][0]["notifications"] is None


def test_the_messages_of_a_person_come_in_pages(told, service):
    wanted = {"r": [{"__typename": "User", "id": ANA}]}

    first = service.data(USERS, wanted, caller=OWNER)["_entities"][0]["notifications"]
    rest = service.data(USERS, {**wanted, "after": first["pageInfo"]["endCursor"]}, caller=OWNER)[
        "_entities"
    ][0]

    assert {first["nodes"][0]["channel"], rest["notifications"]["nodes"][0]["channel"]} == {"EMAIL", "IN_APP"}


def test_each_kind_tells_the_channels_it_can_travel_on(service):
    offered = {
        entry["kind"]: entry["offered"]
        for entry in service.data(PREFERENCES, caller=OWNER)["myNotificationPreferences"]
    }

    assert offered["booking.confirmed"] == ["EMAIL", "SMS", "PUSH", "IN_APP"]
    assert offered["booking.expired"] == ["IN_APP"]


def test_preferences_begin_with_what_is_usual_and_follow_the_choice(service):
    before = {
        entry["kind"]: entry["channels"]
        for entry in service.data(PREFERENCES, caller=OWNER)["myNotificationPreferences"]
    }
    wanted = {
        "input": [
            {"kind": "coupon.granted", "channels": []},
            {"kind": "booking.confirmed", "channels": ["SMS", "EMAIL"]},
        ]
    }

    answer = service.data(CHOOSE_CHANNELS, wanted, caller=OWNER)["setNotificationPreferences"]

    after = {entry["kind"]: entry["channels"] for entry in answer["preferences"]}
    assert before["booking.confirmed"] == ["EMAIL", "PUSH", "IN_APP"]
    assert after["coupon.granted"] == []
    assert after["booking.confirmed"] == ["EMAIL", "SMS"]
    assert after["showtime.cancelled"] == before["showtime.cancelled"]
    assert "password.reset_requested" not in after
    assert service.error_codes(PREFERENCES, caller=VISITOR) == ["UNAUTHENTICATED"]


def test_a_choice_that_is_not_offered_changes_nothing(service):
    wanted = {"input": [
        {"kind": "coupon.granted", "channels": []}, {"kind": "booking.expired", "channels": ["EMAIL"]},
        {"kind": "no.such", "channels": []},
    ]}  # fmt: skip

    answer = service.data(CHOOSE_CHANNELS, wanted, caller=OWNER)["setNotificationPreferences"]

    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [
        ("CHANNEL_NOT_OFFERED", ["input", "1", "channels"]), ("KIND_UNKNOWN", ["input", "2", "kind"]),
    ]  # fmt: skip
    kept = {
        entry["kind"]: entry["channels"]
        for entry in service.data(PREFERENCES, caller=OWNER)["myNotificationPreferences"]
    }
    assert kept["coupon.granted"] == ["EMAIL", "PUSH", "IN_APP"]


def test_a_browser_registers_for_push_with_the_published_key(service):
    key = service.data("{ pushKey { publicKey } }", caller=VISITOR)["pushKey"]["publicKey"]

    assert len(key) == 87
    assert service.data(REGISTER_DEVICE, DEVICE, caller=OWNER)["registerPushDevice"]["done"] is True
    assert service.data(REGISTER_DEVICE, DEVICE, caller=OWNER)["registerPushDevice"]["done"] is True
    wrong = service.data(REGISTER_DEVICE, {**DEVICE, "endpoint": "http://127.0.0.1/x"}, caller=OWNER)[
        "registerPushDevice"
    ]
    assert (wrong["done"], wrong["userErrors"][0]["code"]) == (False, "PUSH_ENDPOINT_INVALID")
    assert service.error_codes(REGISTER_DEVICE, DEVICE, caller=VISITOR) == ["UNAUTHENTICATED"]


def test_the_browser_belongs_to_who_registered_it_last(post, service):
    post.a_person()
    service.data(REGISTER_DEVICE, DEVICE, caller=OWNER)
    service.data(REGISTER_DEVICE, DEVICE, caller=OTHER)

    post.happen("booking.confirmed", BOOKING)

    assert post.channels() == ["EMAIL", "IN_APP"]


def test_staff_send_a_message_once_more(told, service, post):
    answer = service.data(RESEND, {"id": told["EMAIL"].id}, caller=STAFF)["resendNotification"]
    assert answer == {"notification": {"status": "QUEUED", "attempts": 1}, "userErrors": []}

    post.deliver()

    twice = service.data(RESEND, {"id": told["EMAIL"].id}, caller=STAFF)["resendNotification"]
    assert twice["notification"] == {"status": "QUEUED", "attempts": 2}

    assert len(post.mailbox()) == 2
    assert {mail.notification_id for mail in post.mailbox()} == {told["EMAIL"].id}
    assert service.error_codes(RESEND, {"id": told["EMAIL"].id}, caller=ELSEWHERE) == ["NOT_FOUND"]
    assert service.error_codes(RESEND, {"id": "x"}, caller=ADMIN) == ["NOT_FOUND"]


def test_a_message_with_a_link_that_works_once_is_not_sent_again(post, service):
    post.happen("password.reset_requested", {
        "userId": ANA, "email": "ana@example.org", "name": "Ana", "locale": "en", "link": "http://localhost:5000/x?token=t",
        "expiresAt": "2026-11-21T12:10:00+00:00",
    })  # fmt: skip
    post.deliver()

    answer = service.data(RESEND, {"id": post.told()[0].id}, caller=ADMIN)["resendNotification"]

    assert answer["userErrors"] == [{"code": "NOT_RESENDABLE"}]


def test_an_open_page_hears_of_a_message_when_it_is_told(post, service, runtime):
    post.a_person()
    query = "subscription { notificationReceived { kind channel } }"
    answer = service.post(
        "/graphql", json={"query": query}, headers={**service.headers(OWNER), "Accept": "text/event-stream"}, buffered=False
    )  # fmt: skip
    heard: list[bytes] = []
    arrived = threading.Event()

    def listen():
        for chunk in answer.response:
            heard.append(chunk)
            if b"event: next" in chunk:
                arrived.set()
                return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    post.happen("booking.confirmed", BOOKING)
    post.deliver()

    assert arrived.wait(20), heard
    assert b'"kind":"booking.confirmed","channel":"IN_APP"' in heard[-1]
    thread.join(5)
    answer.close()


def test_a_visitor_has_no_stream(service):
    query = {"query": "subscription { notificationReceived { kind } }"}

    answer = service.post("/graphql", json=query, headers=service.headers(VISITOR))

    assert answer.get_json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_mailbox_s_pages_show_what_would_have_been_sent(told, service, post):
    mail = post.mailbox()[0]

    listed = service.get("/dev/mailbox")
    one = service.get(f"/dev/mailbox/{mail.id}")
    html = service.get(f"/dev/mailbox/{mail.id}/html")
    found = service.get("/dev/mailbox?to=ana@example.org", headers={"Accept": "application/json"}).get_json()

    assert f"/dev/mailbox/{mail.id}" in listed.text
    assert "K7QM-2ZPX" in one.text
    assert "script" not in html.headers["Content-Security-Policy"]
    assert html.mimetype == "text/html"
    assert [message["recipient"] for message in found["messages"]] == ["ana@example.org"]
    assert service.get("/dev/mailbox/x").status_code == 404


def test_production_has_no_mailbox_page(told, runtime):
    live = create_app(runtime=runtime_with(runtime, environment="production")).test_client()

    assert live.get("/dev/mailbox").status_code == 404


def test_siblings_ask_what_is_held_about_somebody(told, service):
    ask = "query ($id: ID!) { notificationPersonalData(userId: $id) }"

    held = service.data(ask, {"id": ANA}, caller=as_peer("user_service"))["notificationPersonalData"]

    assert "ana@example.org" in held
    assert service.error_codes(ask, {"id": ANA}, caller=ADMIN) == ["NOT_FOUND"]


def test_the_models_and_the_migrations_agree(runtime):
    assert migrations.differences(runtime.database, "notification_service") == []


def test_there_is_nothing_to_seed(runtime, post):
    seed.run(runtime)

    assert post.told() == []
