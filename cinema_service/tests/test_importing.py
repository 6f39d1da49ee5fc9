"""A table of seating plans: an auditorium is written with all its rows or not at all."""

from __future__ import annotations

import io

import pytest

from chassis.testing import as_user
from cinema_service import queries
from cinema_service.commands.auditoriums import create_auditorium
from cinema_service.commands.cinemas import create_cinema
from cinema_service.tests.builders import a_cinema_form, an_auditorium_form

ASK = """mutation($id: ID!, $dry: Boolean) {
  createSeatingPlanImport(cinemaId: $id, dryRun: $dry) { uploadUrl userErrors { code } } }"""
HEADINGS = "auditorium,row,places,numberFrom,rightToLeft,formats"
ADMIN = as_user("ada", "ADMIN")


@pytest.fixture
def cinema(runtime):
    return create_cinema(runtime, ADMIN, a_cinema_form())


@pytest.fixture
def manager(cinema):
    return as_user("mia", "MANAGER", (cinema.id,))


def send(service, cinema, caller, *lines, dry=False):
    asked = {"id": cinema.id, "dry": dry}
    url = service.data(ASK, asked, caller=caller)["createSeatingPlanImport"]["uploadUrl"]
    form = {"file": (io.BytesIO("\n".join((HEADINGS, *lines)).encode()), "plans.csv")}
    path = url.removeprefix("http://localhost:5000")
    answer = service.post(
        path, data=form, content_type="multipart/form-data", headers=service.headers(caller)
    )
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def rooms(runtime, cinema):
    found = runtime.database.read(lambda session: queries.auditoriums_of(session, [cinema.id]))
    return {room.name: room for room in found.get(cinema.id, [])}


def test_auditoriums_are_made_and_given_their_new_plan(service, runtime, cinema, manager):
    first = send(
        service, cinema, manager, "Salle 1,A,SS_SS,,,2D|3D", "Salle 1,B,PPPP,11,yes,", "Salle 2,A,SSS,,,"
    )
    again = send(
        service, cinema, manager, "Salle 1,A,SS_SS,,,2D|3D", "Salle 1,B,PPPPP,11,yes,", "Salle 2,A,SSS,,,"
    )

    assert first == {"dryRun": False, "rows": 3, "created": 2, "updated": 0, "unchanged": 0, "refused": []}
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 1)
    one, two = rooms(runtime, cinema)["Salle 1"], rooms(runtime, cinema)["Salle 2"]
    assert (one.capacity, one.layout_version, one.formats) == (9, 2, ["2D", "3D"])
    assert one.plan[1] == {"row": "B", "places": "PPPPP", "numberFrom": 11, "rightToLeft": True}
    assert (two.capacity, two.layout_version) == (3, 1)


def test_a_fault_in_one_row_keeps_the_whole_auditorium_as_it_was(service, runtime, cinema, manager):
    create_auditorium(runtime, manager, an_auditorium_form(cinema.id, "SSS", name="Salle 1"))

    report = send(
        service, cinema, manager, "Salle 1,A,SSSS,,,", "Salle 2,A,SSS,,,", "Salle 1,B,SXS,,,", "Salle 3,A,SS,first,maybe,",
        ",A,SS,,,",
    )  # fmt: skip

    assert (report["rows"], report["created"], report["updated"]) == (5, 1, 0)
    assert [(fault["row"], fault["field"]) for fault in report["refused"]] == [
        (4, "places"), (5, "numberFrom"), (5, "rightToLeft"), (6, "name"),
    ]  # fmt: skip
    assert {name: room.capacity for name, room in rooms(runtime, cinema).items()} == {
        "Salle 1": 3,
        "Salle 2": 3,
    }


def test_a_dry_run_changes_nothing(service, runtime, cinema, manager):
    report = send(service, cinema, manager, "Salle 1,A,SSSS,,,", "Salle 2,A,,,,", dry=True)

    assert (report["created"], [fault["code"] for fault in report["refused"]]) == (1, ["LAYOUT_EMPTY"])
    assert rooms(runtime, cinema) == {}


def test_a_manager_of_another_cinema_gets_no_address_and_staff_neither(service, cinema):
    asked = {"id": cinema.id}

    for caller in (as_user("mo", "MANAGER", ("elsewhere",)), as_user("sam", "STAFF", (cinema.id,))):
        assert service.error_codes(ASK, asked, caller=caller) == ["FORBIDDEN"]


def test_who_lost_the_cinema_meanwhile_can_use_the_address_no_more(service, runtime, cinema, manager):
    url = service.data(ASK, {"id": cinema.id}, caller=manager)["createSeatingPlanImport"]["uploadUrl"]
    form = {"file": (io.BytesIO(f"{HEADINGS}\nSalle 1,A,SS,,,".encode()), "plans.csv")}

    moved = service.headers(as_user("mia", "MANAGER", ("elsewhere",)))
    path = url.removeprefix("http://localhost:5000")
    answer = service.post(path, data=form, content_type="multipart/form-data", headers=moved)

    assert answer.status_code == 403
    assert rooms(runtime, cinema) == {}
