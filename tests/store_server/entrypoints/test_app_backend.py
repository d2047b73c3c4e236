"""examples/app_backend as a process: what the delivery threads post it verifies and forwards."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from store_server.database import Database, unit_of_work
from store_server.entrypoints.deliveries import open_webhook_channel
from store_server.flows.register_endpoint import register_endpoint
from store_server.outbox.repository import OutboxRepository
from tests.store_server.entrypoints.test_deliveries import delivering, states
from tests.store_server.outbox.builders import a_notification, run
from tests.store_server.outbox.receiver import a_receiver
from tests.store_server.redemptions.builders import a_shop

PROGRAM = Path(__file__).parents[3] / "examples" / "app_backend" / "app_backend.py"


@contextmanager
def an_app_backend(secret_file: Path, forward: str, *, port: int = 0) -> Iterator[str]:
    """The URL of the running example."""
    options = ["--secret-file", str(secret_file), "--forward", forward, "--port", str(port)]
    argv = [sys.executable, str(PROGRAM), *options]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/beaconry"
        finally:
            process.kill()


def test_what_is_posted_is_verified_and_forwarded_once(
    sqlite_database: Database, tmp_path: Path
) -> None:
    rooms, secret_file = a_shop(sqlite_database), tmp_path / "whsec.txt"
    secret_file.touch()
    now = datetime.now(UTC)
    with a_receiver() as push:
        # The secret is known once the endpoint is registered, the port once the backend runs.
        with an_app_backend(secret_file, push.url) as first:
            pass
        registered = run(sqlite_database, rooms, register_endpoint, url=first, development=True)
        secret_file.write_text(registered.secret)
        with an_app_backend(secret_file, push.url, port=httpx.URL(first).port or 0):
            with unit_of_work(sqlite_database.write, rooms.live) as uow:
                lives = now - datetime(2026, 3, 4, 12, tzinfo=UTC) + timedelta(hours=1)
                OutboxRepository(uow.session, rooms.scope).add([a_notification(lives=lives)])
            channel = open_webhook_channel(timeout_s=5, development=True)
            with delivering(sqlite_database, rooms, channel):
                push.wait()
            channel.close()

    (pushed,) = push.received
    message = json.loads(pushed.body)
    assert (message["to"], message["title"]) == ("ann", "rye bread")
    assert states(sqlite_database, rooms) == ["delivered"]


def test_what_is_not_genuine_is_refused_and_forwarded_nowhere(tmp_path: Path) -> None:
    secret_file = tmp_path / "whsec.txt"
    secret_file.write_text("whsec_" + "c2VjcmV0" * 4)
    with (
        a_receiver() as push,
        an_app_backend(secret_file, push.url) as url,
        httpx.Client(trust_env=False) as client,
    ):
        answers = [
            client.post(url, content=b"{}", headers=headers).status_code
            for headers in (
                {},
                {"webhook-id": "n", "webhook-timestamp": "x", "webhook-signature": "v1,"},
                {"webhook-id": "n", "webhook-timestamp": "1", "webhook-signature": "v1,A"},
            )
        ]

    assert answers == [401, 401, 401]
    assert push.received == []
