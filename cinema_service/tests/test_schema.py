"""The graph of cinema_service: shapes, refusals and batches."""

import pytest
from sqlalchemy import event

from chassis.testing import as_user
from cinema_service import seed
from cinema_service.commands.auditoriums import create_auditorium
from cinema_service.commands.cinemas import create_cinema
from cinema_service.tests.builders import a_cinema_form, an_auditorium_form, cinema_input
from cinema_service.tests.test_commands import ADMIN, plan_showtime

CREATE_CINEMA = """mutation($input: CinemaInput!) { createCinema(input: $input) {
  cinema { id name address city countryCode timeZone currency location { latitude longitude } phone facilities
           auditoriums { id } capacity distanceKm }
  userErrors { code message field } } }"""
UPDATE_CINEMA = """mutation($id: ID!, $input: CinemaInput!) { updateCinema(id: $id, input: $input) {
  cinema { name phone } userErrors { code field } } }"""
ROOM = """auditorium { id name cinema { id name } formats capacity layoutVersion
  seats { id row number category x y } rows { row places numberFrom rightToLeft } } userErrors { code message field }"""
CREATE_ROOM = "mutation($input: AuditoriumInput!) { createAuditorium(input: $input) { " + ROOM + " } }"
UPDATE_ROOM = (
    "mutation($id: ID!, $input: AuditoriumInput!) { updateAuditorium(id: $id, input: $input) { "
    + ROOM
    + " } }"
)
DELETE_ROOM = "mutation($id: ID!) { deleteAuditorium(id: $id) { done userErrors { code } } }"
DELETE_CINEMA = "mutation($id: ID!) { deleteCinema(id: $id) { done userErrors { code } } }"


@pytest.fixture
def selects(runtime):
    """SELECTs that the service runs, as they come."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    return seen


@pytest.fixture
def cinema(runtime):
    return create_cinema(runtime, ADMIN, a_cinema_form())


def room_input(cinema_id, *places, **changes):
    rows = [{"row": chr(65 + index), "places": line} for index, line in enumerate(places or ("SS",))]
    return {"cinemaId": cinema_id, "name": "Salle 1", "rows": rows, **changes}


def test_an_admin_opens_a_cinema(service):
    answer = service.data(CREATE_CINEMA, {"input": cinema_input()}, caller=ADMIN)["createCinema"]

    cinema = answer["cinema"]
    assert answer["userErrors"] == []
    assert cinema == {
        **cinema_input(),
        "id": cinema["id"],
        "phone": None,
        "auditoriums": [],
        "capacity": 0,
        "distanceKm": None,
    }


def test_a_faulty_cinema_is_refused_field_by_field(service):
    wrong = cinema_input(timeZone="Europe/Nowhere", location={"latitude": 200, "longitude": 0})

    answer = service.data(CREATE_CINEMA, {"input": wrong}, caller=ADMIN)["createCinema"]

    assert answer["cinema"] is None
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [
        ("TIME_ZONE_UNKNOWN", ["input", "timeZone"]),
        ("LOCATION_OUT_OF_RANGE", ["input", "location"]),
    ]


def test_roles_are_asked_for(service, cinema):
    own = as_user("m", "MANAGER", (cinema.id,))
    update = {"id": cinema.id, "input": cinema_input(name="Renamed")}

    assert service.error_codes(CREATE_CINEMA, {"input": cinema_input()}) == ["UNAUTHENTICATED"]
    assert service.error_codes(CREATE_CINEMA, {"input": cinema_input()}, caller=own) == ["FORBIDDEN"]
    assert service.error_codes(UPDATE_CINEMA, update, caller=as_user("x", "MANAGER", ("other",))) == [
        "FORBIDDEN"
    ]
    answer = service.data(UPDATE_CINEMA, update, caller=own)["updateCinema"]
    assert answer == {"cinema": {"name": "Renamed", "phone": "+33 1 99 00 18 95"}, "userErrors": []}


def test_a_field_that_is_left_out_stays_and_one_set_to_null_goes(service, runtime):
    cinema = create_cinema(runtime, ADMIN, a_cinema_form(phone="+33 1 99 00 18 95", facilities=("Bar",)))
    room = create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, formats=("IMAX",)))
    sent = cinema_input(phone=None)
    del sent["facilities"]

    service.data(UPDATE_CINEMA, {"id": cinema.id, "input": sent}, caller=ADMIN)
    service.data(UPDATE_ROOM, {"id": room.id, "input": room_input(cinema.id, "SSSS")}, caller=ADMIN)

    query = "query($id: ID!) { cinema(id: $id) { phone facilities auditoriums { formats capacity } } }"
    assert service.data(query, {"id": cinema.id})["cinema"] == {
        "phone": None,
        "facilities": ["Bar"],
        "auditoriums": [{"formats": ["IMAX"], "capacity": 4}],
    }


def test_an_auditorium_is_drawn_from_its_rows(service, cinema):
    rows = [
        {"row": "a", "places": "S_S"},
        {"row": "B", "places": "PP", "numberFrom": 5, "rightToLeft": True},
        {"row": "C", "places": "AC", "numberFrom": None, "rightToLeft": None},
    ]

    answer = service.data(CREATE_ROOM, {"input": room_input(cinema.id, rows=rows)}, caller=ADMIN)[
        "createAuditorium"
    ]

    room = answer["auditorium"]
    assert answer["userErrors"] == []
    assert room["cinema"] == {"id": cinema.id, "name": "Le Grand Bleu"}
    assert (room["capacity"], room["layoutVersion"], room["formats"]) == (6, 1, ["2D"])
    assert [(seat["id"], seat["category"], seat["x"], seat["y"]) for seat in room["seats"]] == [
        ("A1", "STANDARD", 0.0, 0.0),
        ("A2", "STANDARD", 2.0, 0.0),
        ("B6", "PREMIUM", 0.0, 1.0),
        ("B5", "PREMIUM", 1.0, 1.0),
        ("C1", "ACCESSIBLE", 0.0, 2.0),
        ("C2", "COMPANION", 1.0, 2.0),
    ]
    assert room["rows"][1] == {"row": "B", "places": "PP", "numberFrom": 5, "rightToLeft": True}


@pytest.mark.parametrize(
    ("rows", "code", "field"),
    [
        ([], "LAYOUT_EMPTY", ["input", "rows"]),
        ([{"row": "A", "places": "____"}], "LAYOUT_EMPTY", ["input", "rows"]),
        ([{"row": "A", "places": "SZS"}], "PLACE_UNKNOWN", ["input", "rows", "0", "places"]),
        (
            [{"row": "A", "places": "S"}, {"row": "A", "places": "S"}],
            "ROW_REPEATED",
            ["input", "rows", "1", "row"],
        ),
        ([{"row": "1", "places": "S"}], "ROW_NAME", ["input", "rows", "0", "row"]),
        ([{"row": "A", "places": "S", "numberFrom": 0}], "SEAT_NUMBER", ["input", "rows", "0", "numberFrom"]),
        ([{"row": chr(65 + i), "places": "S" * 51} for i in range(12)], "TOO_MANY_SEATS", ["input", "rows"]),
    ],
)
def test_a_plan_that_can_not_be_built_is_refused_with_a_code(service, cinema, rows, code, field):
    answer = service.data(CREATE_ROOM, {"input": room_input(cinema.id, rows=rows)}, caller=ADMIN)[
        "createAuditorium"
    ]

    assert answer["auditorium"] is None
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [(code, field)]


def test_another_plan_has_another_version_and_capacity(service, runtime, cinema):
    room = create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, "SS"))
    changed = {"id": room.id, "input": room_input(cinema.id, "SSS_L")}

    answer = service.data(UPDATE_ROOM, changed, caller=ADMIN)["updateAuditorium"]["auditorium"]

    assert (answer["layoutVersion"], answer["capacity"]) == (2, 4)


def test_places_with_showtimes_are_kept_with_a_code(service, runtime, cinema):
    room = create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id))
    plan_showtime(runtime, cinema.id, room.id)

    refused = [
        service.data(DELETE_ROOM, {"id": room.id}, caller=ADMIN)["deleteAuditorium"],
        service.data(DELETE_CINEMA, {"id": cinema.id}, caller=ADMIN)["deleteCinema"],
    ]

    assert refused == [
        {"done": False, "userErrors": [{"code": "AUDITORIUM_HAS_SHOWTIMES"}]},
        {"done": False, "userErrors": [{"code": "CINEMA_HAS_SHOWTIMES"}]},
    ]


def test_places_without_showtimes_are_deleted(service, runtime, cinema):
    room = create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id))

    assert service.data(DELETE_ROOM, {"id": room.id}, caller=ADMIN)["deleteAuditorium"]["done"]
    assert service.data(DELETE_CINEMA, {"id": cinema.id}, caller=ADMIN)["deleteCinema"]["done"]
    assert service.data("{ cinemas { totalCount } }")["cinemas"]["totalCount"] == 0


def test_what_does_not_exist_is_not_found(service):
    missing = {"id": "nothing", "input": cinema_input()}

    assert service.error_codes('{ cinema(id: "nothing") { id } }') == ["NOT_FOUND"]
    assert service.error_codes('{ auditorium(id: "nothing") { id } }') == ["NOT_FOUND"]
    assert service.error_codes(UPDATE_CINEMA, missing, caller=ADMIN) == ["NOT_FOUND"]
    assert service.error_codes(DELETE_ROOM, missing, caller=ADMIN) == ["NOT_FOUND"]
    assert service.error_codes(CREATE_ROOM, {"input": room_input("nothing")}, caller=ADMIN) == ["NOT_FOUND"]


def test_guests_find_the_nearest_cinemas(service, runtime):
    seed.run(runtime)
    query = """{ cinemas(near: {point: {latitude: 48.85, longitude: 2.35}, radiusKm: 600}) {
      nodes { name distanceKm capacity auditoriums { name capacity cinema { name } } } totalCount } cities }"""

    answer = service.data(query)

    assert [cinema["name"] for cinema in answer["cinemas"]["nodes"]] == [
        "Le Faubourg",
        "The Gaslight",
        "Kino Limmat",
    ]
    first = answer["cinemas"]["nodes"][0]
    assert 1 < first["distanceKm"] < 2
    assert first["capacity"] == sum(room["capacity"] for room in first["auditoriums"])
    assert first["auditoriums"][0]["cinema"]["name"] == "Le Faubourg"
    assert answer["cities"][0] == "Berlin"


def test_near_reaches_fifty_kilometres_unless_said_otherwise(service, runtime):
    seed.run(runtime)

    for radius in ("", ", radiusKm: null"):
        query = f"{{ cinemas(near: {{point: {{latitude: 48.85, longitude: 2.35}}{radius}}}) {{ nodes {{ name }} }} }}"
        assert service.data(query)["cinemas"]["nodes"] == [{"name": "Le Faubourg"}]


@pytest.mark.parametrize(
    "arguments",
    [
        "first: 0",
        "first: 101",
        "first: null",
        'after: "x"',
        "near: {point: {latitude: 91, longitude: 0}}",
        "near: {point: {latitude: 1, longitude: 0}, radiusKm: -1}",
        'near: {point: {latitude: 1, longitude: 0}}, after: "WyJ4Il0"',
    ],
)
def test_a_bad_page_is_the_caller_s_fault(service, arguments):
    assert service.error_codes(f"{{ cinemas({arguments}) {{ totalCount }} }}") == ["BAD_USER_INPUT"]


def test_a_list_of_cinemas_with_everything_takes_six_reads(service, runtime, selects):
    seed.run(runtime)
    selects.clear()

    service.data(
        """{ cinemas { nodes { name capacity auditoriums { name seats { id } cinema { id capacity } } }
                       totalCount } }"""
    )

    # count, cinemas, capacities, auditoriums, their cinemas and those's capacities
    assert len(selects) == 6


def test_entities_come_in_one_batch_each(service, runtime, selects):
    seed.run(runtime)
    places = seed.places()
    wanted = [{"__typename": "Cinema", "id": place["id"]} for place in places]
    wanted += [
        {"__typename": "Auditorium", "id": room["id"]} for place in places for room in place["auditoriums"]
    ]
    wanted.append({"__typename": "Cinema", "id": "nothing"})
    query = """query($of: [_Any!]!) { _entities(representations: $of) {
      ... on Cinema { name capacity } ... on Auditorium { name capacity cinema { name } } } }"""
    selects.clear()

    answer = service.data(query, {"of": wanted})["_entities"]

    assert [found["name"] for found in answer[:7]] == [place["name"] for place in places]
    assert answer[7]["cinema"]["name"] == places[0]["name"]
    assert answer[-1] is None
    assert len(selects) == 4


@pytest.mark.parametrize(
    "query",
    [
        '{ cinemas(near: {point: {latitude: "x", longitude: 0}}) { totalCount } }',
        "{ cinemas(near: {}) { totalCount } }",
        'mutation { createAuditorium(input: {cinemaId: "x", name: "y"}) { auditorium { id } } }',
    ],
)
def test_wrong_types_are_refused_before_anything_runs(service, query):
    assert set(service.error_codes(query, caller=ADMIN)) == {"GRAPHQL_VALIDATION_FAILED"}
