"""Posters: a signed address takes one picture, written anew; without one the poster is drawn."""

import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from PIL import Image
from sqlalchemy import select

from chassis.tables import OUTBOX
from movie_service import poster_files
from movie_service.commands.catalogue import delete_movie
from movie_service.errors import PictureRefused
from movie_service.poster_art import poster_svg
from movie_service.poster_store import Folder
from movie_service.tests.builders import MANAGER, a_movie, a_picture

UPLOAD = "mutation($id: ID!) { createPosterUpload(movieId: $id) { uploadUrl userErrors { code } } }"
POSTER = "query($id: ID!) { movie(id: $id) { posterUrl } }"


def upload_path(service, movie):
    url = service.data(UPLOAD, {"id": movie.id}, caller=MANAGER)["createPosterUpload"]["uploadUrl"]
    assert url.startswith("http://localhost:5000/posters/upload?")
    return url.removeprefix("http://localhost:5000")


def send(service, path, picture, name="poster.png"):
    return service.post(path, data={"file": (io.BytesIO(picture), name)}, content_type="multipart/form-data")


def poster_path(service, movie):
    return urlsplit(service.data(POSTER, {"id": movie.id})["movie"]["posterUrl"]).path


def files_of(runtime):
    return sorted(path.name for path in Path(runtime.settings.posters).glob("*"))


@pytest.mark.parametrize(
    ("kind", "mimetype"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_an_uploaded_picture_becomes_the_poster_in_its_own_format(service, runtime, kind, mimetype):
    movie = a_movie(runtime)

    answer = send(service, upload_path(service, movie), a_picture(kind))

    assert answer.status_code == 201
    path = poster_path(service, movie)
    assert answer.get_json()["posterUrl"] == f"http://localhost:5000{path}"
    served = service.get(path)
    assert (served.status_code, served.mimetype) == (200, mimetype)
    assert "immutable" in served.headers["Cache-Control"]
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(served.data)).size == (40, 60)


def test_the_change_is_audited_for_the_one_who_asked_for_the_address(service, runtime):
    movie = a_movie(runtime)

    send(service, upload_path(service, movie), a_picture())

    rows = runtime.database.read(
        lambda session: session.execute(select(OUTBOX.c.payload).order_by(OUTBOX.c.seq)).all()
    )
    entry = orjson.loads(rows[-1][0])
    assert (entry["action"], entry["actorId"], entry["objectId"]) == ("movie.set_poster", "mia", movie.id)


def test_an_address_takes_one_picture_only(service, runtime):
    path = upload_path(service, a_movie(runtime))
    send(service, path, a_picture())

    again = send(service, path, a_picture(size=(50, 50)))

    assert again.status_code == 404
    assert len(files_of(runtime)) == 1


def test_an_address_runs_out_after_ten_minutes(service, runtime, clock):
    path = upload_path(service, a_movie(runtime))
    clock.advance(minutes=10, seconds=1)

    assert send(service, path, a_picture()).status_code == 404
    assert files_of(runtime) == []


@pytest.mark.parametrize(
    ("part", "forged"), [("signature", "0" * 64), ("subject", "another"), ("expires", "9999999999")]
)
def test_an_address_that_was_tampered_with_is_refused(service, runtime, part, forged):
    path = upload_path(service, a_movie(runtime))
    value = parse_qs(urlsplit(path).query)[part][0]

    assert send(service, path.replace(value, forged), a_picture()).status_code == 404
    assert send(service, "/posters/upload", a_picture()).status_code == 404
    assert send(service, path, a_picture()).status_code == 201


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"just text, not a picture", "PICTURE_UNREADABLE"),
        (b"", "PICTURE_UNREADABLE"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PICTURE_UNREADABLE"),
        (a_picture("GIF"), "PICTURE_UNREADABLE"),
        (a_picture("BMP"), "PICTURE_UNREADABLE"),
        (a_picture()[:60], "PICTURE_UNREADABLE"),
        (a_picture("JPEG", (300, 300))[:-200], "PICTURE_UNREADABLE"),
        (a_picture(size=(8, 60)), "PICTURE_TOO_SMALL"),
        (a_picture("PNG", (5001, 5000), "1"), "PICTURE_TOO_MANY_PIXELS"),
        (b"\x89PNG" + b"0" * (5 * 1024 * 1024), "PICTURE_TOO_LARGE"),
    ],
)
def test_what_is_not_a_good_picture_is_refused_and_the_address_stays_good(service, runtime, content, code):
    path = upload_path(service, a_movie(runtime))

    refused = send(service, path, content)

    assert (refused.status_code, refused.get_json()["errors"][0]["extensions"]["code"]) == (422, code)
    assert files_of(runtime) == []
    assert send(service, path, a_picture()).status_code == 201


def test_a_body_far_too_large_is_not_read(service, runtime):
    path = upload_path(service, a_movie(runtime))

    assert send(service, path, b"0" * (6 * 1024 * 1024)).status_code == 413


def test_only_one_file_in_a_form_is_taken(service, runtime):
    path = upload_path(service, a_movie(runtime))
    two = {"a": (io.BytesIO(a_picture()), "a.png"), "b": (io.BytesIO(a_picture()), "b.png")}

    assert service.post(path, data=two, content_type="multipart/form-data").status_code == 400
    assert service.post(path, data={"a": "b"}, content_type="multipart/form-data").status_code == 400
    assert service.post(path, data=a_picture(), content_type="image/png").status_code == 400


def test_what_a_file_carries_along_is_left_behind(tmp_path):
    picture = a_picture("JPEG", exif=b"Exif\x00\x00secret place", comment=b"<script>")

    stored = (tmp_path / poster_files.keep(Folder(tmp_path), picture)).read_bytes()

    assert b"secret" not in stored
    assert b"script" not in stored


def test_a_picture_lies_as_its_metadata_ask_and_as_it_is_when_they_are_broken(tmp_path):
    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: a quarter turn

    upright = poster_files.keep(Folder(tmp_path), a_picture("JPEG", exif=turned))
    untouched = poster_files.keep(Folder(tmp_path), a_picture("JPEG", exif=b"Exif\x00\x00XX\x00*"))

    assert Image.open(tmp_path / upright).size == (60, 40)
    assert Image.open(tmp_path / untouched).size == (40, 60)


def test_a_very_large_picture_is_made_smaller_and_keeps_its_shape(tmp_path):
    name = poster_files.keep(Folder(tmp_path), a_picture(size=(3000, 4500)))

    assert Image.open(tmp_path / name).size == (1600, 2400)


def test_transparency_is_kept(tmp_path):
    name = poster_files.keep(Folder(tmp_path), a_picture(mode="RGBA"))

    assert Image.open(tmp_path / name).mode == "RGBA"


def test_names_are_random_and_nothing_half_written_stays(tmp_path):
    names = {poster_files.keep(Folder(tmp_path), a_picture()) for _ in range(3)}

    assert {path.name for path in tmp_path.iterdir()} == names
    with pytest.raises(PictureRefused):
        poster_files.keep(Folder(tmp_path), b"no")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_new_poster_replaces_the_old_file(service, runtime):
    movie = a_movie(runtime)
    send(service, upload_path(service, movie), a_picture())
    first = poster_path(service, movie)

    send(service, upload_path(service, movie), a_picture("JPEG"))

    assert service.get(first).status_code == 404
    assert files_of(runtime) == [Path(poster_path(service, movie)).name]


def test_without_an_upload_the_poster_is_drawn_from_the_title(service, runtime):
    movie = a_movie(runtime, title="Häxan", genres=("Horror",), duration_minutes=105)

    answer = service.get(poster_path(service, movie))

    assert answer.mimetype == "image/svg+xml"
    assert answer.text == poster_svg(slug="haxan", title="Häxan", genre="Horror", minutes=105)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    unchanged = service.get(poster_path(service, movie), headers={"If-None-Match": answer.headers["ETag"]})
    assert unchanged.status_code == 304


def test_removing_a_poster_goes_back_to_the_drawn_one(service, runtime):
    movie = a_movie(runtime)
    send(service, upload_path(service, movie), a_picture())
    mutation = "mutation($id: ID!) { removePoster(movieId: $id) { movie { posterUrl } userErrors { code } } }"

    answer = service.data(mutation, {"id": movie.id}, caller=MANAGER)["removePoster"]

    assert answer["movie"]["posterUrl"].endswith(f"/posters/{movie.id}.svg")
    assert files_of(runtime) == []


def test_a_deleted_film_takes_its_poster_along(service, runtime):
    movie = a_movie(runtime)
    send(service, upload_path(service, movie), a_picture())

    delete_movie(runtime, MANAGER, movie.id)

    assert files_of(runtime) == []


@pytest.mark.parametrize(
    "path",
    ["/posters/nothing.svg", "/posters/nothing.png", "/posters/..%2f..%2fetc%2fpasswd", "/posters/.png"],
)
def test_there_is_nothing_else_to_get(service, path):
    assert service.get(path).status_code == 404
