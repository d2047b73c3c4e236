"""examples/app_backend as a process: what the delivery threads post it verifies and forwards."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn

from store_server.database import Database, unit_of_work
from store_server.entrypoints.deliveries import open_webhook_channel
from store_server.flows.register_endpoint import register_endpoint
from store_server.outbox.endpoint import Payload
from store_server.outbox.notification import thin_body, webhook_body
from store_server.outbox.repository import OutboxRepository
from store_server.outbox.signature import sign
from tests.store_server.entrypoints.test_deliveries import delivering, states
from tests.store_server.entrypoints.web_builders import HERE, KEYS, WebStore, a_web_store
from tests.store_server.outbox.builders import SECRET, a_notification, run
from tests.store_server.outbox.receiver import a_receiver
from tests.store_server.redemptions.builders import a_shop

PROGRAM = Path(__file__).parents[3] / "examples" / "app_backend" / "app_backend.py"


@contextmanager
def an_app_backend(
    secret_file: Path, forward: str, *, port: int = 0, more: tuple[str, ...] = ()
) -> Iterator[str]:
    """The URL of the running example."""
    options = ["--secret-file", str(secret_file), "--forward", forward, "--port", str(port), *more]
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
        registered = run(
            sqlite_database,
            rooms,
            register_endpoint,
            url=first,
            development=True,
            payload=Payload.FULL,
        )
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


@contextmanager
def served(web: WebStore) -> Iterator[str]:
    """The API on a free loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(web.app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join(20)


def test_what_a_thin_webhook_leaves_out_is_fetched_from_the_store(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (secret_file := tmp_path / "whsec.txt").write_text(SECRET)
    (key_file := tmp_path / "backend.key").write_text(KEYS["backend"])
    note = a_notification(lives=timedelta(days=36_500))
    thin = thin_body(webhook_body(note, HERE)).encode()
    with a_web_store(sqlite_database) as web, served(web) as store, a_receiver() as push:
        with unit_of_work(sqlite_database.write, web.context.rooms.live) as uow:
            OutboxRepository(uow.session, HERE).add([note])
        more = ("--store", store, "--key-file", str(key_file))
        with an_app_backend(secret_file, push.url, more=more) as url:
            signed = sign(thin, webhook_id=note.id, at=datetime.now(UTC), secrets=[SECRET])
            with httpx.Client(trust_env=False) as client:
                assert client.post(url, content=thin, headers=signed).status_code == 204
            push.wait()

    assert b"title" not in thin
    assert json.loads(push.received[0].body)["title"] == "rye bread"


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
