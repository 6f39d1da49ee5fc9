"""Accounts and roles: invited, given work, switched off, erased; the last administrator stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House, Person
from tests.browser.test_staff_bookings import denied, written

ID = "query($search: String!) { users(search: $search) { nodes { id role cinemaIds active totpEnabled } } }"
ROLE = "mutation($input: SetUserRoleInput!) { setUserRole(input: $input) { userErrors { code } } }"
ME = "query { me { id } }"


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def user(house: House, email: str) -> dict[str, Any]:
    """The account with this address."""
    answer = house.system.gql(ID, {"search": email}, token=house.staff("admin").token)
    (found,) = answer.data["users"]["nodes"]
    return dict(found)


def test_somebody_is_invited_found_and_given_another_role(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    staff("admin")
    email = house.new_email()
    page.goto("/admin/users")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one cinema")
    page.get_by_label("Name").fill("Ines Steward")
    page.get_by_label("E-mail").fill(email)
    page.locator("#invite-cinemaIds input").first.check()
    page.get_by_role("button", name="Send invitation").click()

    expect(page.get_by_role("heading", level=1, name="Ines Steward")).to_be_visible()
    made = user(house, email)
    assert (made["role"], len(made["cinemaIds"])) == ("STAFF", 1)
    page.get_by_label("Role", exact=True).select_option("MANAGER")
    page.locator("#role-cinemaIds input").nth(1).check()
    page.get_by_role("button", name="Save role").click()
    expect(page.get_by_text("The role holds from now on.")).to_be_visible()
    changed = user(house, email)
    assert (changed["role"], len(changed["cinemaIds"])) == ("MANAGER", 2)
    actions = written(house, made["id"], "User")
    assert [actions.count(one) for one in ("user.invite", "user.set_role")] == [1, 1]
    page.goto(f"/admin/users?q={email}&role=MANAGER&active=yes")
    expect(page.get_by_role("rowheader")).to_have_text(["Ines Steward"])
    page.goto("/admin/users/new")
    page.get_by_label("Name").fill("Ines again")
    page.get_by_label("E-mail").fill("staff@lobbycard.example")
    page.locator("#invite-cinemaIds input").first.check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "There is an account with this address already. Find it"
    )


def test_an_account_is_switched_off_which_ends_its_sessions_and_on_again_and_erased(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    guest = house.new_guest()
    staff("admin")
    account = user(house, guest.email)["id"]
    page.goto(f"/admin/users/{account}")

    page.get_by_role("button", name="Switch account off").click()
    page.get_by_role("dialog").get_by_role("button", name="Switch account off").click()
    expect(page.get_by_text("its sessions have ended")).to_be_visible()
    expect(page.locator(".detail-head .tag")).to_have_text("Switched off")
    assert house.system.gql(ME, {}, token=guest.token).codes == ["UNAUTHENTICATED"]
    page.get_by_role("button", name="Switch account on").click()
    expect(page.locator(".detail-head .tag")).to_have_text("Active")
    page.get_by_role("button", name="Erase account").click()
    page.get_by_role("dialog").get_by_role("button", name="Erase account").click()

    expect(page.get_by_role("heading", level=1, name="People")).to_be_visible()
    actions = written(house, account, "User")
    assert (actions.count("user.set_active"), actions.count("user.erase")) == (2, 1)


def test_the_last_administrator_stays_and_the_own_account_has_no_way_out(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    admin = house.staff("admin")
    own = user(house, admin.email)["id"]
    refused = house.system.gql(ROLE, {"input": {"userId": own, "role": "CUSTOMER"}}, token=admin.token)
    assert refused.refusals("setUserRole") == ["LAST_ADMIN"]
    staff("admin")
    page.goto(f"/admin/users/{own}")

    expect(page.get_by_text("This is your own account.")).to_be_visible()
    for name in ("Switch account off", "Erase account", "Switch codes off"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_label("Role", exact=True).select_option("CUSTOMER")
    page.get_by_role("button", name="Save role").click()

    expect(page.get_by_role("alert")).to_contain_text("This is the last administrator")


def test_what_a_person_sees_can_be_read_and_nothing_done_there(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    guest = house.new_guest()
    booking = house.paid(guest, 1)
    staff("admin")
    page.goto(f"/admin/users/{user(house, guest.email)['id']}")
    expect(page.get_by_role("link", name=booking["reference"])).to_be_visible()

    page.get_by_role("link", name="See their account").click()

    expect(page.get_by_role("heading", level=1, name=re.compile("^Account of"))).to_be_visible()
    main = page.locator("main")
    expect(main.get_by_text(booking["reference"], exact=True)).to_be_visible()
    expect(main.get_by_text("You can only read it.")).to_be_visible()
    expect(main.locator("button, form, a[href^='/bookings']")).to_have_count(0)


def test_managers_see_no_people_and_stewards_no_payments_and_the_services_say_no_as_well(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    manager, steward = house.staff("manager"), house.staff("staff")
    assert denied(house.system.gql(ID, {"search": "a"}, token=manager.token)) == ["FORBIDDEN"]
    payments = "query { payments(first: 1) { totalCount } }"
    assert denied(house.system.gql(payments, {}, token=steward.token)) == ["FORBIDDEN"]
    staff("staff")

    for path in ("/admin/users", "/admin/users/new", "/admin/payments", "/admin/coupons", "/admin/movies"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()
