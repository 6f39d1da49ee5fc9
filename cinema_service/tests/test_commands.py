"""Changing places: what is saved, told and written into the audit trail, and by whom."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from sqlalchemy import select

from chassis.errors import Forbidden, Refusals, Unauthenticated
from chassis.events import Envelope
from chassis.identity import VISITOR
from chassis.tables import OUTBOX
from chassis.testing import as_user
from cinema_service import queries, seed
from cinema_service.commands.auditoriums import create_auditorium, delete_auditorium, update_auditorium
from cinema_service.commands.cinemas import create_cinema, delete_cinema, update_cinema
from cinema_service.errors import (
    AuditoriumHasShowtimes,
    AuditoriumNotFound,
    AuditoriumStays,
    CinemaHasShowtimes,
    CinemaNotFound,
    NameTaken,
    SeatingPlanChanged,
)
from cinema_service.models import Auditorium, Cinema
from cinema_service.seating import SeatRow
from cinema_service.tests.builders import a_cinema_form, an_auditorium_form, showtime_payload
from cinema_service.worker import build_worker

ADMIN = as_user("ada", "ADMIN")


def told(runtime, name):
    """Payloads of the events of that name, oldest first."""
    rows = runtime.database.read(
        lambda session: session.execute(
            select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq)
        ).all()
    )
    return [orjson.loads(payload) for (payload,) in rows]


def stored(runtime, kind, object_id):
    return runtime.database.read(lambda session: session.get(kind, object_id))


def plan_showtime(runtime, cinema_id, auditorium_id):
    build_worker(runtime).handle(Envelope("showtime.scheduled", showtime_payload(cinema_id, auditorium_id)))


@pytest.fixture
def cinema(runtime):
    return create_cinema(runtime, ADMIN, a_cinema_form())


@pytest.fixture
def room(runtime, cinema):
    return create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id))


def test_a_new_cinema_is_saved_told_and_audited(runtime, cinema):
    assert stored(runtime, Cinema, cinema.id).name == "Le Grand Bleu"
    assert told(runtime, "cinema.changed") == [
        {
            "cinemaId": cinema.id,
            "name": "Le Grand Bleu",
            "city": "Paris",
            "timeZone": "Europe/Paris",
            "currency": "EUR",
        }
    ]
    (entry,) = told(runtime, "audit.recorded")
    assert (entry["action"], entry["actorId"], entry["objectId"]) == ("cinema.create", "ada", cinema.id)


def test_only_an_admin_opens_and_closes_cinemas(runtime, cinema):
    for caller in (as_user("u"), as_user("s", "STAFF", (cinema.id,)), as_user("m", "MANAGER", (cinema.id,))):
        with pytest.raises(Forbidden):
            create_cinema(runtime, caller, a_cinema_form())
        with pytest.raises(Forbidden):
            delete_cinema(runtime, caller, cinema.id)
    with pytest.raises(Unauthenticated):
        create_cinema(runtime, VISITOR, a_cinema_form())


def test_a_manager_changes_the_cinemas_in_their_scope_only(runtime, cinema, room):
    own, other = as_user("m", "MANAGER", (cinema.id,)), as_user("n", "MANAGER", ("elsewhere",))
    staff = as_user("s", "STAFF", (cinema.id,))

    for caller in (other, staff, as_user("u")):
        for change in (
            lambda caller=caller: update_cinema(runtime, caller, cinema.id, a_cinema_form(name="Mine")),
            lambda caller=caller: create_auditorium(
                runtime, caller, an_auditorium_form(cinema.id, name="Salle 2")
            ),
            lambda caller=caller: update_auditorium(runtime, caller, room.id, an_auditorium_form(cinema.id)),
            lambda caller=caller: delete_auditorium(runtime, caller, room.id),
        ):
            with pytest.raises(Forbidden):
                change()

    assert update_cinema(runtime, own, cinema.id, a_cinema_form(name="Renamed")).name == "Renamed"
    create_auditorium(runtime, own, an_auditorium_form(cinema.id, name="Salle 2"))
    update_auditorium(runtime, own, room.id, an_auditorium_form(cinema.id, "SSSS"))
    delete_auditorium(runtime, own, room.id)


def test_a_faulty_cinema_is_not_saved_and_every_fault_is_told(runtime):
    with pytest.raises(Refusals) as refused:
        create_cinema(runtime, ADMIN, a_cinema_form(name="", time_zone="Nowhere", currency="FFF"))

    assert [fault.code for fault in refused.value.refusals] == [
        "REQUIRED",
        "TIME_ZONE_UNKNOWN",
        "CURRENCY_UNKNOWN",
    ]
    assert told(runtime, "cinema.changed") == []


def test_a_change_is_audited_with_what_differs_and_no_change_tells_nobody(runtime, cinema):
    update_cinema(runtime, ADMIN, cinema.id, a_cinema_form())
    assert len(told(runtime, "cinema.changed")) == len(told(runtime, "audit.recorded")) == 1

    update_cinema(runtime, ADMIN, cinema.id, a_cinema_form(city="Lyon"))

    entry = told(runtime, "audit.recorded")[-1]
    assert (orjson.loads(entry["before"]), orjson.loads(entry["after"])) == (
        {"city": "Paris"},
        {"city": "Lyon"},
    )
    assert told(runtime, "cinema.changed")[-1]["city"] == "Lyon"


def test_currency_and_time_zone_stay_while_showtimes_are_planned(runtime, cinema, room):
    plan_showtime(runtime, cinema.id, room.id)

    for change, field in (({"currency": "GBP"}, "currency"), ({"time_zone": "Europe/London"}, "timeZone")):
        with pytest.raises(CinemaHasShowtimes) as refused:
            update_cinema(runtime, ADMIN, cinema.id, a_cinema_form(**change))
        assert refused.value.field == ("input", field)
    update_cinema(runtime, ADMIN, cinema.id, a_cinema_form(name="Renamed"))


def test_an_auditorium_is_saved_with_its_plan_and_told(runtime, cinema):
    room = create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, "SS_S", "A_CP"))

    kept = stored(runtime, Auditorium, room.id)
    assert (kept.capacity, kept.layout_version) == (6, 1)
    assert [seat.id for seat in queries.seats_of(kept)] == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert told(runtime, "auditorium.changed") == [
        {"auditoriumId": room.id, "cinemaId": cinema.id, "name": "Salle 1", "layoutVersion": 1}
    ]


def test_a_plan_with_faults_is_not_saved(runtime, cinema):
    rows = (SeatRow("A", "SX"), SeatRow("A", "S"))

    with pytest.raises(Refusals) as refused:
        create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, rows=rows))

    assert [fault.code for fault in refused.value.refusals] == ["PLACE_UNKNOWN", "ROW_REPEATED"]
    assert told(runtime, "auditorium.changed") == []


def test_the_version_grows_with_the_plan_and_only_with_it(runtime, cinema, room):
    renamed = update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(cinema.id, name="Grande salle"))
    assert renamed.layout_version == 1

    rebuilt = update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(cinema.id, "SSSS"))
    assert (rebuilt.layout_version, rebuilt.capacity) == (2, 4)
    assert told(runtime, "auditorium.changed")[-1]["layoutVersion"] == 2


def test_a_plan_drawn_from_an_older_version_is_not_written_over_a_newer_one(runtime, cinema, room):
    update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(cinema.id, "SSSS"), drawn_from=1)

    with pytest.raises(SeatingPlanChanged):
        update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(cinema.id, "PP"), drawn_from=1)

    kept = update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(cinema.id, "SSSS"), drawn_from=2)
    assert (kept.layout_version, kept.capacity) == (2, 4)


def test_each_of_many_plans_saved_at_once_has_a_version_of_its_own(runtime, cinema, room):
    with ThreadPoolExecutor(4) as threads:
        saved = threads.map(
            lambda seats: update_auditorium(
                runtime, ADMIN, room.id, an_auditorium_form(cinema.id, "S" * seats)
            ),
            range(10, 18),
        )

        assert sorted(one.layout_version for one in saved) == list(range(2, 10))


def test_saving_an_auditorium_unchanged_tells_nobody(runtime, cinema, room):
    update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(cinema.id))

    assert len(told(runtime, "auditorium.changed")) == 1


def test_two_auditoriums_of_a_cinema_have_different_names(runtime, cinema, room):
    with pytest.raises(NameTaken):
        create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, name="SALLE 1"))

    second = create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, name="Salle 2"))
    with pytest.raises(NameTaken):
        update_auditorium(runtime, ADMIN, second.id, an_auditorium_form(cinema.id, name="salle 1"))
    other = create_cinema(runtime, ADMIN, a_cinema_form(name="Other"))
    create_auditorium(runtime, ADMIN, an_auditorium_form(other.id))


def test_of_many_who_give_one_name_at_once_one_is_served(runtime, cinema):
    def create(_number):
        try:
            create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, name="Salle 9"))
        except NameTaken:
            return "taken"
        return "created"

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(create, range(6)))

    assert outcomes == ["created", *["taken"] * 5]


def test_an_auditorium_stays_in_its_cinema(runtime, cinema, room):
    other = create_cinema(runtime, ADMIN, a_cinema_form(name="Other"))

    with pytest.raises(AuditoriumStays):
        update_auditorium(runtime, ADMIN, room.id, an_auditorium_form(other.id))


def test_a_place_with_showtimes_to_come_is_not_taken_away(runtime, cinema, room, clock):
    plan_showtime(runtime, cinema.id, room.id)

    with pytest.raises(AuditoriumHasShowtimes):
        delete_auditorium(runtime, ADMIN, room.id)
    with pytest.raises(CinemaHasShowtimes):
        delete_cinema(runtime, ADMIN, cinema.id)

    clock.advance(hours=11)
    delete_auditorium(runtime, ADMIN, room.id)
    delete_cinema(runtime, ADMIN, cinema.id)
    assert stored(runtime, Cinema, cinema.id) is None


def test_a_cinema_goes_with_its_auditoriums(runtime, cinema, room):
    delete_cinema(runtime, ADMIN, cinema.id)

    assert stored(runtime, Auditorium, room.id) is None
    assert told(runtime, "audit.recorded")[-1]["action"] == "cinema.delete"


def test_what_does_not_exist_is_not_found(runtime):
    with pytest.raises(CinemaNotFound):
        update_cinema(runtime, ADMIN, "nothing", a_cinema_form())
    with pytest.raises(CinemaNotFound):
        create_auditorium(runtime, ADMIN, an_auditorium_form("nothing"))
    with pytest.raises(AuditoriumNotFound):
        update_auditorium(runtime, ADMIN, "nothing", an_auditorium_form("nothing"))
    with pytest.raises(AuditoriumNotFound):
        delete_auditorium(runtime, ADMIN, "nothing")
    with pytest.raises(CinemaNotFound):
        delete_cinema(runtime, ADMIN, "nothing")


def test_the_sample_places_are_added_once_and_changes_to_them_stay(runtime):
    seed.run(runtime)
    place = seed.places()[0]
    delete_auditorium(runtime, ADMIN, place["auditoriums"][0]["id"])

    seed.run(runtime)

    assert stored(runtime, Auditorium, place["auditoriums"][0]["id"]) is None
    assert len(told(runtime, "cinema.changed")) == 7
    assert len(told(runtime, "auditorium.changed")) == 18
