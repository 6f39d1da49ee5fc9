"""Where migrations are a job of their own: servers and workers wait for it, and older ones work on."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from chassis import migrations
from chassis.database import Database
from deploy import container
from tests.architecture.sources import ROOT

SERVICE = "coupon_service"


@pytest.fixture
def database_url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/coupon.db"
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def test_who_waits_goes_on_as_soon_as_the_database_is_migrated(database_url):
    waiting = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"from deploy.container import await_migration; await_migration({SERVICE!r}, 60)",
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(timeout=5)
        container.migrate(SERVICE)
        assert waiting.wait(timeout=60) == 0
    finally:
        waiting.kill()
        waiting.wait()


def test_who_waits_in_vain_says_for_what(database_url, monkeypatch):
    monkeypatch.setattr(container, "LOOK_AGAIN_SECONDS", 0.01)

    with pytest.raises(SystemExit, match="coupon_service: its database has not been migrated for 0 s"):
        container.await_migration(SERVICE, 0.1)

    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://nobody@127.0.0.1:1/coupon_db")
    with pytest.raises(SystemExit, match=r"could not be asked \(OperationalError\)"):
        container.await_migration(SERVICE, 0.1)


def test_an_older_replica_does_not_wait_for_a_database_that_is_ahead_of_it(database_url):
    database = Database(database_url)
    migrations.upgrade(database, SERVICE)
    assert not migrations.is_behind(database, SERVICE)

    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    container.await_migration(SERVICE, 60)
    assert not migrations.is_behind(database, SERVICE)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert migrations.is_behind(database, SERVICE)
    database.close()


@pytest.mark.parametrize(("told", "apart"), [("0", True), ("1", False), (None, False)])
def test_only_where_it_is_asked_for_somebody_else_migrates(monkeypatch, told, apart):
    if told is None:
        monkeypatch.delenv("MIGRATE_AT_START", raising=False)
    else:
        monkeypatch.setenv("MIGRATE_AT_START", told)

    assert container.migrates_apart() is apart
