"""Where posters are kept: a folder, or a bucket of a real S3 server; both keep what they are given alike."""

import io
import time

import boto3
import pytest
from moto.server import ThreadedMotoServer

from chassis.errors import Unavailable
from chassis.testing import ServiceClient, make_runtime
from movie_service.app import create_app
from movie_service.poster_store import Bucket, Folder
from movie_service.settings import MovieSettings
from movie_service.tests.builders import MANAGER, a_movie, a_picture
from movie_service.tests.test_posters import poster_path, send, upload_path

NAME = "A" * 30 + ".png"
REMOVE = "mutation($id: ID!) { removePoster(movieId: $id) { userErrors { code } } }"


@pytest.fixture(scope="module")
def s3():
    """Address of an S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch):
    """A bucket there, with keys where AWS's tools look for them."""
    for name, value in (("ACCESS_KEY_ID", "k"), ("SECRET_ACCESS_KEY", "s"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    client = boto3.client("s3", endpoint_url=s3)
    client.create_bucket(Bucket="pictures")
    yield "pictures"
    for item in client.list_objects_v2(Bucket="pictures").get("Contents", ()):
        client.delete_object(Bucket="pictures", Key=item["Key"])
    client.delete_bucket(Bucket="pictures")


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path, s3, bucket):
    return Folder(tmp_path / "posters") if request.param == "folder" else Bucket(bucket, s3)


def test_a_picture_is_there_until_it_is_removed(store):
    assert store.get(NAME) is None
    store.put(NAME, b"picture")

    assert store.get(NAME) == b"picture"
    assert store.stale(before=time.time() + 60) == [NAME]
    assert store.stale(before=time.time() - 60) == []
    store.remove(NAME)
    store.remove(NAME)
    store.remove(None)
    assert store.get(NAME) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "x.png", "A" * 30 + ".svg", "A" * 30 + ".png/../y", ""])
def test_a_name_that_is_not_ours_is_never_looked_for(store, name):
    store.put(NAME, b"picture")

    assert store.get(name) is None
    store.remove(name)
    assert store.get(NAME) == b"picture"


def test_an_upload_goes_to_the_bucket_and_is_shown_from_there(database_url, clock, tmp_path, s3, bucket):
    folder = tmp_path / "posters"
    runtime = make_runtime(
        "movie_service", MovieSettings, database_url, clock, POSTER_FOLDER=str(folder), POSTER_BUCKET=bucket,
        POSTER_S3_ENDPOINT=s3,
    )  # fmt: skip
    service, movie = ServiceClient(create_app(runtime=runtime)), a_movie(runtime)

    answer = send(service, upload_path(service, movie), a_picture())

    assert answer.status_code == 201, answer.text
    path = poster_path(service, movie)
    shown = service.get(path)
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert service.get(path, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    stored = boto3.client("s3", endpoint_url=s3).list_objects_v2(Bucket=bucket)["Contents"]
    assert [item["Key"] for item in stored] == ["posters/" + path.rsplit("/", 1)[1]]
    assert not folder.exists()
    service.data(REMOVE, {"id": movie.id}, caller=MANAGER)
    assert service.get(path).status_code == 404
    assert io.BytesIO(shown.data).read(4) == b"\x89PNG"
    runtime.close()


def test_a_store_that_is_away_is_told_as_such(bucket):
    away = Bucket(bucket, "http://127.0.0.1:9")

    with pytest.raises(Unavailable):
        away.get(NAME)
    with pytest.raises(Unavailable):
        away.put(NAME, b"picture")
