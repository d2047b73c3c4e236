"""Everybody as bytes: where in centimetres, how sure, under a name that tells nothing."""

import struct
from dataclasses import replace

import pytest

from store_server.entrypoints.console.dot_frame import (
    STALE_BIT,
    UNKNOWN,
    Mark,
    StillDot,
    dot_id,
    encode_dots,
    still_dots,
)
from store_server.flows.show_people import Believed
from store_server.ids import ZoneId
from tests.store_server.entrypoints.web_builders import HERE, PLAN

ANN = Believed("ann", PLAN.zones[1].id, 4.5, 2.25, 3.2, 0.8, 1.7)


def frame_of(*people: Believed, mark: Mark = Mark.IN_STORE) -> bytes:
    return encode_dots(people, plan=PLAN, scope=HERE, marks={"ann": mark})


def fields(person: Believed, *, mark: Mark = Mark.IN_STORE) -> tuple[int, ...]:
    return struct.unpack(">IHHBHBBH", frame_of(person, mark=mark)[1:])


def test_a_person_is_fifteen_bytes_after_the_version() -> None:
    assert frame_of(ANN)[0] == 2
    assert fields(ANN, mark=Mark.OFFERED) == (dot_id(HERE, "ann"), 450, 225, 1, 320, 204, 1, 1)
    assert len(frame_of(ANN, replace(ANN, device="bob"))) == 31


def test_a_shopper_who_was_not_heard_for_a_while_is_marked() -> None:
    assert fields(replace(ANN, age_s=20), mark=Mark.REDEEMED)[3] == STALE_BIT | Mark.REDEEMED
    assert fields(replace(ANN, age_s=4000))[6] == 255


@pytest.mark.parametrize(("x", "y", "seen"), [(-3.0, 99.0, (0, 2000)), (31.0, -1.0, (3000, 0))])
def test_a_dot_stays_within_the_walls(x: float, y: float, seen: tuple[int, int]) -> None:
    assert fields(replace(ANN, x=x, y=y))[1:3] == seen


def test_a_place_that_is_not_known_is_not_made_up() -> None:
    lost = Believed("ann", None, None, None, None, 0.0, 40.0)

    assert fields(lost)[1:3] == (UNKNOWN, UNKNOWN)
    assert (fields(lost)[4], fields(lost)[7]) == (UNKNOWN, UNKNOWN)


def test_a_zone_without_a_point_is_told_without_a_point() -> None:
    zoned = replace(ANN, x=None, y=None, radius_m=None, zone=ZoneId("drinks"))

    assert fields(zoned)[1:3] == (UNKNOWN, UNKNOWN)
    assert PLAN.zones[fields(zoned)[7]].id == "drinks"


def test_a_dot_does_not_carry_the_shoppers_name() -> None:
    assert b"ann" not in frame_of(ANN)
    assert dot_id(HERE, "ann") != dot_id(HERE, "bob")


def test_a_dot_that_stands_is_drawn_downwards_and_only_where_it_is_known() -> None:
    lost = Believed("bob", None, None, None, None, 0.0, 40.0)
    unsure = replace(ANN, device="cid", confidence=0.3, age_s=40.0)

    dots = still_dots(frame_of(ANN, lost, unsure, mark=Mark.OFFERED), height_cm=2000)

    assert dots == (
        StillDot(450, 1775, mark=1, stale=False, unsure=False),
        StillDot(450, 1775, mark=0, stale=True, unsure=True),
    )
