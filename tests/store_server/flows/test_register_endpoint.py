"""Endpoints: the secret is told once, a URL is replaced, what waited is sent."""

from datetime import timedelta
from typing import Any

import pytest

from store_server.database import Database, unit_of_work
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.deliver_notifications import claim_deliveries
from store_server.flows.register_endpoint import (
    EndpointRegistered,
    register_endpoint,
    remove_endpoint,
    rotate_secret,
    show_endpoints,
)
from store_server.flows.rooms import StoreRooms
from store_server.outbox.attempt import Claim
from store_server.outbox.repository import OutboxRepository
from tests.store_server.outbox.builders import a_notification, run
from tests.store_server.redemptions.builders import a_shop

URL = "https://app.example/hooks"


def register(
    database: Database, rooms: StoreRooms, url: str = URL, **more: Any
) -> EndpointRegistered:
    return run(database, rooms, register_endpoint, url=url, **more)


def claim(database: Database, rooms: StoreRooms, *, at_ms: int = 0) -> list[Claim]:
    room = {one.id: 10 for one in run(database, rooms, show_endpoints)}
    return run(database, rooms, claim_deliveries, now_system_ms=at_ms, lease_ms=5_000, room=room)


def add(database: Database, rooms: StoreRooms) -> None:
    with unit_of_work(database.write, rooms.live) as uow:
        OutboxRepository(uow.session, rooms.scope).add([a_notification()])


def test_the_secret_is_told_once_and_signs_what_is_sent(database: Database) -> None:
    rooms = a_shop(database)
    registered = register(database, rooms)
    add(database, rooms)

    (one,) = claim(database, rooms)

    assert one.secrets == (registered.secret,)
    assert registered.secret not in repr(registered)


def test_what_waited_for_an_endpoint_is_sent_to_the_first(database: Database) -> None:
    rooms = a_shop(database)
    add(database, rooms)
    assert claim(database, rooms) == []

    register(database, rooms)

    assert [one.address for one in claim(database, rooms)] == [URL]


def test_the_same_url_again_replaces_endpoint_and_secret(database: Database) -> None:
    rooms = a_shop(database)
    first = register(database, rooms)
    add(database, rooms)

    second = register(database, rooms)

    assert run(database, rooms, show_endpoints) == [second.endpoint]
    assert [one.secrets for one in claim(database, rooms)] == [(second.secret,)]
    assert first.secret != second.secret


def test_a_removed_endpoint_gets_nothing_and_is_removed_once(database: Database) -> None:
    rooms = a_shop(database)
    registered = register(database, rooms)
    add(database, rooms)

    run(database, rooms, remove_endpoint, endpoint=registered.endpoint.id)

    assert claim(database, rooms) == []
    with pytest.raises(NotFound):
        run(database, rooms, remove_endpoint, endpoint=registered.endpoint.id)


def test_http_is_taken_in_development_only(database: Database) -> None:
    rooms = a_shop(database)
    local = "http://127.0.0.1:9000/hooks"

    with pytest.raises(Unprocessable, match="https"):
        register(database, rooms, local)

    assert register(database, rooms, local, development=True).endpoint.url == local


def test_there_is_an_end_to_endpoints(database: Database) -> None:
    rooms = a_shop(database)
    for number in range(20):
        register(database, rooms, f"https://app.example/{number}")

    with pytest.raises(Conflict, match="remove one first"):
        register(database, rooms, "https://app.example/one-more")


def test_two_secrets_sign_until_the_former_one_is_over(database: Database) -> None:
    rooms = a_shop(database)
    first = register(database, rooms)
    add(database, rooms)

    second = run(
        database,
        rooms,
        rotate_secret,
        now_system_ms=0,
        endpoint=first.endpoint.id,
        overlap=timedelta(seconds=60),
    )

    assert [one.secrets for one in claim(database, rooms, at_ms=59_999)] == [(second, first.secret)]
    assert [one.secrets for one in claim(database, rooms, at_ms=65_000)] == [(second,)]


def test_a_removed_endpoint_gets_no_new_secret(database: Database) -> None:
    rooms = a_shop(database)
    gone = register(database, rooms).endpoint.id
    run(database, rooms, remove_endpoint, endpoint=gone)

    with pytest.raises(NotFound):
        run(database, rooms, rotate_secret, now_system_ms=0, endpoint=gone)
