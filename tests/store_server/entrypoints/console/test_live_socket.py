"""The live socket: who may open it, what comes over it, and when it is closed."""

import json
import struct

import pytest
from starlette.testclient import WebSocketTestSession

from tests.store_server.entrypoints.web_builders import WebStore


def closing_code(socket: WebSocketTestSession) -> int:
    """With which code the server closes, after whatever it sends before."""
    for _ in range(100):
        message = socket.receive()
        if message["type"] == "websocket.close":
            return int(message["code"])
    raise AssertionError("the server goes on and on")


def test_without_a_session_the_socket_is_closed(web: WebStore) -> None:
    headers = {"origin": "http://testserver"}

    with web.client().websocket_connect("/live/socket", headers=headers) as socket:
        assert closing_code(socket) == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil"])
def test_a_page_of_another_site_sees_nothing(web: WebStore, origin: str) -> None:
    browser = web.manager()
    browser.headers.pop("sec-fetch-site")

    with browser.websocket_connect("/live/socket", headers={"origin": origin}) as socket:
        assert closing_code(socket) == 4403


def test_the_socket_brings_dots_as_bytes_and_numbers_as_text(web: WebStore) -> None:
    web.place("ann", 5, 5)

    with web.manager().websocket_connect("/live/socket") as socket:
        frame = socket.receive_bytes()
        board = json.loads(socket.receive_text())
        socket.send_text("enough")
        closing_code(socket)

    assert board["in_store"] == 1
    assert {zone["id"]: zone["count"] for zone in board["zones"]}["entrance"] == 1
    assert frame[0] == 2
    assert struct.unpack(">HH", frame[5:9]) == pytest.approx((500, 500), abs=150)


def test_whoever_talks_to_the_socket_is_shown_out(web: WebStore) -> None:
    with web.manager().websocket_connect("/live/socket") as socket:
        socket.send_text("hello")

        assert closing_code(socket) == 1008
