"""Sample payments: imported whole, once, onto both books."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from chassis import migrations
from chassis.testing import make_runtime
from payment_service import seed
from payment_service.daily_close import daily_close
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import ADMIN, LISBON, Till


def _sale(number, at, **parts):
    return {
        "paymentId": f"payment-{number}",
        "bookingId": f"booking-{number}",
        "userId": "ana",
        "cinemaId": LISBON,
        "method": "CARD",
        "amount": 1000,
        "currency": "EUR",
        "at": at.isoformat(),
        "refunded": 0,
    } | parts


@pytest.fixture
def shop(database_url, clock, tmp_path):
    path = tmp_path / "sales.jsonl"
    runtime = make_runtime("payment_service", PaymentSettings, database_url, clock, SEED_SALES_FILE=str(path))
    yield Till(runtime), path
    runtime.close()


def test_past_sales_stand_on_both_books_and_a_second_run_adds_nothing(shop, clock):
    till, path = shop
    at = clock.now() - timedelta(hours=5)
    sales = [
        _sale(1, at),
        _sale(2, at, refunded=1000),
        _sale(3, at, refunded=400),
        _sale(4, at, method="CASH"),
        _sale(5, at, refunded=True),
        _sale(6, at, userId=None),
    ]
    path.write_bytes(b"\n".join(orjson.dumps(sale) for sale in sales) + b"\n")

    seed.run(till.runtime)
    seed.run(till.runtime)

    close = daily_close(till.runtime, ADMIN, LISBON, at.date())
    lines = [
        (line.method, line.captured.amount, line.refunded.amount, line.count) for line in close.by_method
    ]
    assert lines == [("CARD", 5000, 2400, 5), ("CASH", 1000, 0, 1)]
    assert close.mismatches == []
    assert [line.provider_net.amount for line in close.by_method] == [2600, 1000]


def test_a_sale_of_the_past_can_be_refunded_like_any_other(shop, clock):
    till, path = shop
    path.write_bytes(orjson.dumps(_sale(1, clock.now() - timedelta(days=3), refunded=400)))
    seed.run(till.runtime)

    answer = till.refund("payment-1")

    assert answer["payment"]["status"] == "REFUNDED"


def test_without_a_file_there_is_nothing_to_do(shop):
    till, _ = shop

    seed.run(till.runtime)

    assert till.captured_by_provider() == 0


def test_the_migrated_database_is_what_the_models_say(till):
    assert migrations.differences(till.runtime.database, "payment_service") == []
