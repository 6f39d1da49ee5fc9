"""mysql-init, run on a real server: each service's user may do its own work and nothing beside it."""

import os
import secrets
import subprocess

import pymysql
import pytest
from sqlalchemy.engine import make_url

from chassis import migrations
from chassis.database import Database
from tests.architecture.sources import SERVICES
from tests.deployment.compose import INIT, database_of

USUAL_URL = "mysql+pymysql://root@127.0.0.1:3306/"
PASSWORDS = {
    f"{service.removesuffix('_service').upper()}_DB_PASSWORD": f"of-{service}-only" for service in SERVICES
}


class Server:
    """A real server on which the script was run, all names behind a prefix of this run."""

    def __init__(self, prefix):
        self.url = make_url(os.environ.get("TEST_DATABASE_URL") or USUAL_URL)
        self.prefix = prefix

    def connect(self, user=None, password=None, database=None):
        return pymysql.connect(
            host=self.url.host or "127.0.0.1",
            port=self.url.port or 3306,
            user=user or self.url.username,
            password=(self.url.password or "") if password is None else password,
            database=database,
        )

    def as_service(self, service, database=None):
        password = PASSWORDS[f"{service.removesuffix('_service').upper()}_DB_PASSWORD"]
        return self.connect(f"{self.prefix}{service}", password, database)

    def url_of(self, service):
        url = self.url.set(
            username=f"{self.prefix}{service}",
            password=PASSWORDS[f"{service.removesuffix('_service').upper()}_DB_PASSWORD"],
            database=f"{self.prefix}{database_of(service)}",
        )
        return url.render_as_string(hide_password=False)

    def run(self, statements):
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def printed(**environment):
    return subprocess.run(
        ["bash", str(INIT), "--print"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def server():
    made = Server(f"test_{secrets.token_hex(3)}_")
    script = printed(DATABASE_PREFIX=made.prefix, **PASSWORDS)
    assert script.returncode == 0, script.stderr
    made.run(line.rstrip(";") for line in script.stdout.splitlines() if line)
    yield made
    made.run(f"DROP USER `{made.prefix}{service}`@'%'" for service in SERVICES)
    made.run(f"DROP DATABASE `{made.prefix}{database_of(service)}`" for service in SERVICES)


@pytest.mark.real("mariadb")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_makes_and_uses_tables_of_its_own_database(server, service):
    with server.as_service(service, f"{server.prefix}{database_of(service)}") as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE kept (id INT PRIMARY KEY)")
        cursor.execute("CREATE TABLE bound (kept_id INT, FOREIGN KEY (kept_id) REFERENCES kept (id))")
        cursor.execute("INSERT INTO kept VALUES (1)")
        cursor.execute("ALTER TABLE kept ADD COLUMN name VARCHAR(10)")
        cursor.execute("CREATE INDEX by_name ON kept (name)")
        cursor.execute("UPDATE kept SET name = 'a'")
        cursor.execute("SELECT name FROM kept FOR UPDATE")

        assert cursor.fetchall() == (("a",),)

        cursor.execute("DELETE FROM bound")
        cursor.execute("DROP TABLE bound")
        cursor.execute("DROP TABLE kept")


@pytest.mark.real("mariadb")
@pytest.mark.parametrize("service", SERVICES)
def test_the_rights_of_a_service_are_enough_for_its_migrations(server, service):
    database = Database(server.url_of(service))

    migrations.upgrade(database, service)

    assert migrations.is_current(database, service)
    migrations.downgrade(database, service)
    database.close()


@pytest.mark.real("mariadb")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sees_no_database_of_another(server, service):
    own = f"{server.prefix}{database_of(service)}"

    with server.as_service(service) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        shown = {name for (name,) in cursor.fetchall() if name.startswith(server.prefix)}
        assert shown == {own}
        for other in SERVICES:
            if other != service:
                with pytest.raises(pymysql.err.OperationalError, match="denied"):
                    cursor.execute(f"USE `{server.prefix}{database_of(other)}`")


@pytest.mark.real("mariadb")
@pytest.mark.parametrize(
    "statement",
    ["CREATE DATABASE {prefix}more", "CREATE USER {prefix}more", "SELECT * FROM mysql.user", "SHUTDOWN"],
)
def test_a_service_has_no_power_over_the_server(server, statement):
    with server.as_service("booking_service") as connection, connection.cursor() as cursor:
        with_power = statement.format(prefix=server.prefix)

        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            cursor.execute(with_power)


@pytest.mark.real("mariadb")
def test_an_underscore_in_a_name_opens_no_similar_database(server):
    similar = f"{server.prefix}bookingXdb"
    server.run([f"CREATE DATABASE `{similar}`"])

    try:
        with (
            server.as_service("booking_service") as connection,
            pytest.raises(pymysql.err.OperationalError, match="denied"),
        ):
            connection.select_db(similar)
    finally:
        server.run([f"DROP DATABASE `{similar}`"])


def test_a_missing_password_stops_the_script_before_it_says_a_word_to_the_server():
    script = printed(**{name: word for name, word in PASSWORDS.items() if name != "COUPON_DB_PASSWORD"})

    assert script.returncode != 0
    assert "COUPON_DB_PASSWORD" in script.stderr
    assert script.stdout == ""


def test_a_password_that_would_break_out_of_its_quotes_is_refused():
    script = printed(**{**PASSWORDS, "USER_DB_PASSWORD": "x'; DROP DATABASE user_db; -- "})

    assert script.returncode != 0
    assert script.stdout == ""
