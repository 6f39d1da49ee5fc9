"""Real servers for tests: private databases, a Redis database and queue names, dropped afterwards.

They are looked for at their default local ports or at TEST_DATABASE_URL, TEST_REDIS_URL and TEST_AMQP_URL.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import pika
import pika.exceptions
import pymysql
import redis
from sqlalchemy.engine import URL, make_url

from tools.launcher.fleet import SERVICES

DATABASE_URL = "mysql+pymysql://root@127.0.0.1:3306/test"
REDIS_URL = "redis://127.0.0.1:6379/9"
REDIS_DATABASE = 15
AMQP_URL = "amqp://guest:guest@127.0.0.1:5672/%2F"


@dataclass(frozen=True)
class RealEngines:
    """Addresses of three servers, and the private name under which one run uses them."""

    database: URL
    redis_url: str
    amqp_url: str
    name: str

    @classmethod
    def found(cls) -> RealEngines | str:
        """The servers, or words about the one that does not answer."""
        engines = cls(
            make_url(os.environ.get("TEST_DATABASE_URL") or DATABASE_URL),
            # The rooms' own tests empty the named database; a running system beside them needs another one.
            urlsplit(os.environ.get("TEST_REDIS_URL") or REDIS_URL)
            ._replace(path=f"/{REDIS_DATABASE}")
            .geturl(),
            os.environ.get("TEST_AMQP_URL") or AMQP_URL,
            f"test_lc_{secrets.token_hex(3)}",
        )
        try:
            engines._connect().close()
        except pymysql.MySQLError:
            return "no MySQL or MariaDB answers at TEST_DATABASE_URL or its default port"
        try:
            redis.Redis.from_url(engines.redis_url).ping()
        except redis.RedisError:
            return "no Redis answers at TEST_REDIS_URL or its default port"
        try:
            pika.BlockingConnection(pika.URLParameters(engines.amqp_url)).close()
        except pika.exceptions.AMQPError:
            return "no RabbitMQ answers at TEST_AMQP_URL or its default port"
        return engines

    def make(self) -> dict[str, str]:
        """Make the databases; the environment that makes the launcher use all three servers."""
        with self._connect() as connection, connection.cursor() as cursor:
            for service in SERVICES:
                cursor.execute(f"CREATE DATABASE `{self.name}_{service.database}` CHARACTER SET utf8mb4")
        pattern = self.database.set(database=f"{self.name}_DATABASE")
        return {
            "LOBBYCARD_DATABASES": pattern.render_as_string(hide_password=False).replace(
                "DATABASE", "{database}"
            ),
            "REDIS_URL": self.redis_url,
            "BROKER_URL": self.amqp_url,
            "MESSAGE_PREFIX": self.name,
        }

    def drop(self) -> None:
        """Remove everything of this run from the three servers."""
        with self._connect() as connection, connection.cursor() as cursor:
            for service in SERVICES:
                cursor.execute(f"DROP DATABASE IF EXISTS `{self.name}_{service.database}`")
        redis.Redis.from_url(self.redis_url).flushdb()
        connection = pika.BlockingConnection(pika.URLParameters(self.amqp_url))
        channel = connection.channel()
        for service in SERVICES:
            for queue in (f"{self.name}.events.{service.name}", f"{self.name}.events.dead.{service.name}"):
                channel.queue_delete(queue)
        for exchange in (f"{self.name}.events", f"{self.name}.events.dead"):
            channel.exchange_delete(exchange)
        connection.close()

    def _connect(self) -> pymysql.Connection[pymysql.cursors.Cursor]:
        return pymysql.connect(
            host=self.database.host or "127.0.0.1",
            port=self.database.port or 3306,
            user=self.database.username or "root",
            password=self.database.password or "",
            connect_timeout=3,
        )
