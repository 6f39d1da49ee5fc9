"""What the dashboard's queries cost with very many bookings: `make bench-dashboard`.

Fills a database of each engine with made-up sales (tools.many_sales), asks each query of the dashboard and of the search
for bookings a number of times in turn, and prints the median and the p95 in milliseconds, beside the aim. --explain
shows how each engine finds the rows. The databases are thrown away afterwards.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from booking_service.queries import reports
from booking_service.queries.attention import attention
from booking_service.queries.bookings import BookingFilter, bookings
from chassis import migrations
from chassis.database import Database
from chassis.identity import Caller, Role
from tools.many_sales import Made, fill

AIM_MILLISECONDS = 300
ADMIN = Caller("admin", Role.ADMIN)
MYSQL_URL = os.environ.get("TEST_DATABASE_URL", "mysql+pymysql://root@127.0.0.1:3306/")
Query = Callable[[Session], Any]


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one query over all its rounds; `worked`: of this processor alone.

    SQLite works inside this process, MySQL in its own.
    """

    name: str
    median: float
    p95: float
    worked: float


def queries_of(made: Made) -> dict[str, Query]:
    """What the page asks, by name: for one cinema and for all, of today, of the weekday before, and of a month."""
    today, found = made.last_day, {}
    spans = {
        "today": (today, today),
        "a week before": (today - timedelta(days=7),) * 2,
        "30 days": (today - timedelta(days=29), today),
    }
    parts: tuple[Callable[[Session, reports.Scope], Any], ...] = (
        reports.sold, reports.occupancy, reports.by_hour, reports.by_movie, reports.by_cinema, reports.by_day,
        reports.occupancy_by_hour,
    )  # fmt: skip
    for whose, cinemas in (("one cinema", made.cinemas[:1]), ("all cinemas", None)):
        for when, (first, last) in spans.items():
            scope = reports.Scope(first, last, "EUR", cinemas, None)
            for part in parts:
                found[f"{part.__name__}, {when}, {whose}"] = _asking(part, scope)
    for name, value in (
        ("code", made.reference),
        ("mail", made.email),
        ("phone", made.phone),
        ("seat", "C7"),
        ("name", "org 49 30 00004711"),
    ):
        found[f"search by {name}"] = _searching(BookingFilter(search=value))
    found["search by seat, one cinema"] = _searching(BookingFilter(search="C7", cinema_id=made.cinemas[0]))
    found["newest bookings"] = _searching(BookingFilter())
    found["newest bookings, one cinema"] = _searching(BookingFilter(cinema_id=made.cinemas[0]))
    found["attention"] = lambda session: attention(session, ADMIN, None)
    return found


def _asking(part: Callable[[Session, reports.Scope], Any], scope: reports.Scope) -> Query:
    return lambda session: part(session, scope)


def _searching(wanted: BookingFilter) -> Query:
    return lambda session: bookings(session, wanted, ADMIN, 20, None)


def measure(database: Database, queries: dict[str, Query], rounds: int) -> list[Timing]:
    """Each query `rounds` times, all in turn, so that a bad moment of the machine hits all alike; two rounds to warm up."""
    took: dict[str, list[float]] = {name: [] for name in queries}
    worked: dict[str, list[float]] = {name: [] for name in queries}
    for number in range(rounds + 2):
        for name, query in queries.items():
            begun, cpu = time.perf_counter(), time.process_time()
            database.read(query)
            if number > 1:
                took[name].append((time.perf_counter() - begun) * 1000)
                worked[name].append((time.process_time() - cpu) * 1000)
    return [
        Timing(
            name,
            statistics.median(times),
            sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)],
            statistics.median(worked[name]),
        )
        for name, times in took.items()
    ]


def explain(database: Database, query: Query) -> list[str]:
    """How the engine finds the rows of each statement of the query, a line a step."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    database.read(query)
    event.remove(database.engine, "before_cursor_execute", note)
    word = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    lines = []
    with database.engine.connect() as connection:
        for statement, parameters in seen:
            lines += [
                str(tuple(row)) for row in connection.exec_driver_sql(f"{word} {statement}", parameters)
            ]
    return lines


@contextmanager
def sqlite() -> Iterator[Database]:
    """A database in a file that goes away."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'booking.sqlite'}")
        yield database
        database.close()


@contextmanager
def mysql() -> Iterator[Database]:
    """A database on the server that goes away."""
    name = f"bench_dashboard_{os.getpid()}"
    server = create_engine(MYSQL_URL)
    with server.begin() as connection:
        connection.execute(text(f"CREATE DATABASE `{name}`"))
    database = Database(server.url.set(database=name).render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.close()
        with server.begin() as connection:
            connection.execute(text(f"DROP DATABASE `{name}`"))
        server.dispose()


def main() -> int:
    """Measure on the engines that were asked for; the exit status: 1 when a p95 misses the aim."""
    parser = argparse.ArgumentParser(description="Cost of the dashboard's queries.")
    parser.add_argument("--bookings", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--engines", default="sqlite,mysql", help="of sqlite, mysql")
    parser.add_argument("--explain", metavar="WORD", help="show the plans of the queries whose name has WORD")
    choice = parser.parse_args()
    slow = 0
    for engine in choice.engines.split(","):
        with {"sqlite": sqlite, "mysql": mysql}[engine]() as database:
            migrations.upgrade(database, "booking_service")
            begun = time.perf_counter()
            made = fill(database, bookings=choice.bookings)
            took = time.perf_counter() - begun
            rows = f"{made.bookings} bookings, {made.tickets} tickets, {made.showtimes} showtimes"
            print(f"\n{engine}: {rows}, filled in {took:.0f} s; load average {os.getloadavg()[0]:.1f}")
            queries = queries_of(made)
            for timing in measure(database, queries, choice.rounds):
                slow += timing.p95 > AIM_MILLISECONDS
                mark = "  over the aim" if timing.p95 > AIM_MILLISECONDS else ""
                figures = f"p50 {timing.median:8.1f}  p95 {timing.p95:8.1f}  worked {timing.worked:6.1f} ms"
                print(f"{timing.name:<48} {figures}{mark}", flush=True)
            for name in queries if choice.explain else ():
                if choice.explain in name:
                    print(f"\n{name}", *explain(database, queries[name]), sep="\n  ")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
