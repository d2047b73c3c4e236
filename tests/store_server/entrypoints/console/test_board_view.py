"""The board in words: the store's own clock, tints, and dashes for what is not known."""

import json

from store_server.decisions.decision import Outcome
from store_server.entrypoints.console.board_view import BoardView, board_view
from store_server.flows.show_fleet import GatewayLine, GatewayStanding
from store_server.flows.show_live import DecisionLine, LiveBoard, ZoneCount
from tests.store_server.offers.builders import NOON

SILENT = GatewayLine(
    "gw-1", "bakery", GatewayStanding.SILENT, None, None, None, None, None, 0, 0, 0
)
DECISION = DecisionLine("d1", NOON, "bakery", Outcome.HELD_OUT, "Shown nothing on purpose.")


def a_view(*counts: int) -> BoardView:
    zones = tuple(ZoneCount(f"z{n}", f"Zone {n}", count) for n, count in enumerate(counts))
    board = LiveBoard(
        "Demo", "Europe/Madrid", NOON, sum(counts), 3, 1, zones, (SILENT,), (DECISION,), {"ann": 1}
    )
    return board_view(board, lift="No difference can be seen.")


def test_clocks_are_the_stores_own() -> None:
    view = a_view(1)

    assert view.store_clock == "13:00:00"
    assert (view.decisions[0].clock, view.decisions[0].at) == ("13:00:00", "2026-03-04T12:00:00Z")


def test_a_tint_is_against_the_busiest_zone() -> None:
    view = a_view(0, 1, 5, 9)

    assert [zone.heat for zone in view.zones] == [0, 1, 2, 3]
    assert view.most == 9


def test_an_empty_store_has_no_tint_and_a_bar_to_fill() -> None:
    view = a_view(0, 0)

    assert [zone.heat for zone in view.zones] == [0, 0]
    assert view.most == 1


def test_what_is_not_known_is_a_dash() -> None:
    gateway = a_view(1).gateways[0]

    assert (gateway.state, gateway.state_text) == ("silent", "Silent")
    assert (gateway.adverts, gateway.queued) == ("-", "-")


def test_the_frame_names_no_shopper() -> None:
    frame = json.loads(a_view(2).to_json())

    assert frame["type"] == "board"
    assert "marks" not in frame
    assert "ann" not in json.dumps(frame)
