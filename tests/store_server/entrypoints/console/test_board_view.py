"""The board in words: the store's own clock, tints, and dashes for what is not known."""

import json

from store_server.decisions.decision import Outcome
from store_server.entrypoints.console.board_view import BoardView, board_view
from store_server.entrypoints.console.languages import words_of
from store_server.flows.show_fleet import GatewayLine, GatewayStanding
from store_server.flows.show_live import DecisionLine, LiveBoard, ZoneCount
from store_server.flows.show_people import Believed
from store_server.ids import ZoneId, scope
from tests.store_server.offers.builders import NOON

SILENT = GatewayLine(
    "gw-1", "bakery", GatewayStanding.SILENT, None, None, None, None, None, 0, 0, 0
)
DECISION = DecisionLine("d1", NOON, "bakery", Outcome.HELD_OUT, "Shown nothing on purpose.")
PEOPLE = (
    Believed("bob", None, None, None, None, 0.0, 31.9),
    Believed("ann", ZoneId("z0"), 4.0, 2.0, 2.35, 0.814, 0.4),
)


def a_view(*counts: int) -> BoardView:
    zones = tuple(
        ZoneCount(f"z{n}", f"Zone {n}", count, count * 0.75) for n, count in enumerate(counts)
    )
    board = LiveBoard(
        "Demo", "Europe/Madrid", NOON, PEOPLE, 3, 1, zones, (SILENT,), (DECISION,), {"ann": 1}
    )
    return board_view(
        board,
        scope=scope("acme", "demo"),
        lift="No difference can be seen.",
        words=words_of("en"),
        language="en",
    )


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


def test_whoever_has_no_place_is_in_the_store_all_the_same() -> None:
    view = a_view(1)

    assert (view.in_store, view.unplaced) == (2, 1)
    assert view.zones[0].expected == "0.8"


def test_the_table_of_everybody_says_how_sure_each_place_is() -> None:
    ann, bob = a_view(1).people

    assert (ann.place, ann.accuracy, ann.sure, ann.heard) == ("Zone 0", "2.4 m", "81%", "now")
    assert (bob.place, bob.accuracy, bob.sure, bob.heard) == ("Not known", "-", "-", "31 s ago")
    assert (ann.offer, bob.offer) == ("Got one", "-")
    assert "ann" not in ann.code
