"""The dots as bytes: who is where, in centimetres, under a name that tells nothing."""

import struct

import pytest

from store_server.clock import to_ms
from store_server.entrypoints.console.dot_frame import STALE_BIT, Mark, dot_id, encode_dots
from store_server.flows.rooms import StoreLive
from store_server.offers.catalogue import EMPTY
from store_server.presence.engine import Estimate
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.shoppers.identity import IdentityTable
from tests.store_server.entrypoints.web_builders import HERE, PLAN
from tests.store_server.offers.builders import NOON

T = NOON.timestamp()


class OneDevice(NearestAnchor):
    """An engine that believes one thing of one shopper."""

    def __init__(self, believed: Estimate | None) -> None:
        super().__init__(PLAN, scope=HERE)
        self.believed = believed

    def devices(self) -> tuple[str, ...]:
        return ("ann",)

    def estimate(self, device: str, t: float) -> Estimate | None:
        return self.believed


def frame_of(believed: Estimate | None, *, mark: Mark = Mark.IN_STORE) -> bytes:
    live = StoreLive(PLAN, OneDevice(believed), IdentityTable.build([], to_ms(NOON)), EMPTY)
    return encode_dots(live, scope=HERE, at_t=T, marks={"ann": mark})


BELIEF = Estimate("ann", T, PLAN.zones[0].id, 4.5, 2.25, 0.8, 3.0, T)


def test_a_dot_is_nine_bytes_after_the_version() -> None:
    frame = frame_of(BELIEF, mark=Mark.OFFERED)

    assert frame[0] == 1
    assert struct.unpack(">IHHB", frame[1:]) == (dot_id(HERE, "ann"), 450, 225, 1)


def test_a_shopper_who_was_not_heard_for_a_while_is_marked() -> None:
    frame = frame_of(BELIEF._replace(last_seen_t=T - 20), mark=Mark.REDEEMED)

    assert frame[-1] == STALE_BIT | Mark.REDEEMED


@pytest.mark.parametrize(("x", "y", "seen"), [(-3.0, 99.0, (0, 2000)), (31.0, -1.0, (3000, 0))])
def test_a_dot_stays_within_the_walls(x: float, y: float, seen: tuple[int, int]) -> None:
    frame = frame_of(BELIEF._replace(x=x, y=y))

    assert struct.unpack(">HH", frame[5:9]) == seen


@pytest.mark.parametrize("belief", [None, BELIEF._replace(x=None), BELIEF._replace(zone=None)])
def test_where_nothing_honest_can_be_said_there_is_no_dot(belief: Estimate | None) -> None:
    assert frame_of(belief) == b"\x01"


def test_a_dot_does_not_carry_the_shoppers_name() -> None:
    assert b"ann" not in frame_of(BELIEF)
    assert dot_id(HERE, "ann") != dot_id(HERE, "bob")
