"""The till's commands against a real server: verdicts by rule, and what offline tills gave."""

import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner

from store_server.cli import app
from store_server.clock import SystemClock
from store_server.database import Database, unit_of_work
from store_server.errors import Unreachable
from store_server.ids import CampaignId, OfferId, ShopperId
from store_server.redemptions.coupon_code import new_code
from store_server.redemptions.repository import CouponRepository
from tests.faults.process import until
from tests.store_server.entrypoints.web_builders import HERE, KEYS, a_web_store


@dataclass(frozen=True)
class Served:
    """A store that answers on loopback, two open coupons of it, and a till's key in a file."""

    url: str
    coupons: tuple[str, str]
    key_file: Path

    def conform(self, *more: str) -> tuple[int, str]:
        argv = ["till-conformance", "--url", self.url, "--key-file", str(self.key_file), *more]
        ended = CliRunner().invoke(app, argv)
        return ended.exit_code, ended.output


@pytest.fixture
def served(sqlite_database: Database, tmp_path: Path) -> Iterator[Served]:
    with a_web_store(sqlite_database) as web:
        web.context.rooms.clock = SystemClock()
        coupons = issue_two(sqlite_database, web.context.rooms.coupon_keys.signing)
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(web.app, log_config=None, lifespan="off", access_log=False)
        )
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        until(lambda: server.started, what="the server is up")
        key_file = tmp_path / "till.key"
        key_file.write_text(KEYS["till"])
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", coupons, key_file)
        server.should_exit = True
        thread.join()


def issue_two(database: Database, key: bytes) -> tuple[str, str]:
    rng, now = random.Random(3), datetime.now(UTC)
    first, second = new_code(rng, key=key), new_code(rng, key=key)
    with unit_of_work(database.write, None) as uow:
        for code in (first, second):
            CouponRepository(uow.session, HERE).issue(
                code,
                shopper=ShopperId("ann"),
                offer=OfferId("rye"),
                campaign=CampaignId("bakery"),
                decision=f"d-{code}",
                face_value_minor=50,
                issued_at=now,
                expires_at=now + timedelta(hours=1),
                offer_version="v1",
                key=key,
            )
    return first, second


def test_our_own_server_keeps_every_rule(served: Served) -> None:
    code, told = served.conform(*(x for one in served.coupons for x in ("--coupon", one)))

    assert code == 0, told
    assert "19 passed, 0 failed, 0 not run" in told


def test_rules_about_coupons_are_told_as_not_run_without_one(served: Served) -> None:
    code, told = served.conform()

    assert code == 0, told
    assert "15 passed, 0 failed, 4 not run" in told


def test_a_rule_that_fails_says_what_was_expected_and_what_came(served: Served) -> None:
    served.key_file.write_text("bk_not-a-key-of-this-store")

    code, told = served.conform()

    assert code == 1
    assert "FAIL    A basket id with other values under another key is 409 basket_taken" in told
    assert "expected (409, 'application/problem+json', 'basket_taken')" in told
    assert "came     (401, 'application/problem+json', 'unknown_token')" in told


def test_a_store_that_does_not_answer_is_no_verdict(tmp_path: Path) -> None:
    key_file = tmp_path / "till.key"
    key_file.write_text("bk_any")
    argv = ["till-conformance", "--url", "http://127.0.0.1:9", "--key-file", str(key_file)]

    ended = CliRunner().invoke(app, argv)

    assert isinstance(ended.exception, Unreachable)
    assert "is the test store running?" in str(ended.exception)
