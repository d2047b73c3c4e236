"""A door by the labels of its gateways."""

from store_server.presence.door_states import door_states
from store_server.presence.site import Site
from tests.store_server.presence.filtered import (
    CORNERS,
    LEFT,
    RIGHT,
    a_filter,
    a_floor,
    fed,
    levels_of,
    there_and_back,
)

LABELS = {name: LEFT if x < 6 else RIGHT for name, (x, _) in CORNERS.items()}


def test_each_labelled_gateway_is_a_state_of_its_zone() -> None:
    space, radio = door_states(a_floor(), {"a": LEFT, "d": RIGHT})

    assert space.membership.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert radio.mean_dbm.shape == (4, 2)


def test_walking_through_tells_both_crossings() -> None:
    space, radio = door_states(a_floor(), LABELS)
    site = Site(space, radio, door_zones=frozenset((LEFT, RIGHT)), step_s=0.25, fresh_s=0.25)

    events = fed(a_filter(site), levels_of(there_and_back()), until_s=120)

    zones = [one.zone for one in events if one.kind == "enter"]
    assert (zones[0], zones[-1]) == (LEFT, LEFT)
    assert RIGHT in zones
