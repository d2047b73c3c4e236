"""One device at the end of a step: its belief, the zone told, and what silence will mean."""

from typing import NamedTuple

from store_server.presence.belief import Belief
from store_server.presence.zone_rule import Told

NEVER = float("-inf")


class Pane(NamedTuple):
    """A piece of a very large floor: the row and column of its lower left cell."""

    row: int
    column: int


class Carrier(NamedTuple):
    """The sender that is followed, and how often each was heard lately, at `t`; see `carrier`."""

    name: str = ""
    rates: tuple[tuple[str, float], ...] = ()
    t: float = NEVER


class Reading(NamedTuple):
    """An observation that waits for its step: `row` of the map, level, how many adverts.

    `sender` is which of a shopper's devices was heard, empty where nobody says.
    """

    t: float
    row: int
    dbm: float
    weight: int = 1
    power_dbm: float | None = None
    sender: str = ""


def by_time(reading: Reading) -> tuple[float, int, float, int, float, str]:
    """The order of readings; by all they say: two senders may be alike but for their power."""
    power = reading.power_dbm
    stated = NEVER if power is None else power
    return reading.t, reading.row, reading.dbm, reading.weight, stated, reading.sender


class Track(NamedTuple):
    """All that is known of one device; never changed, only replaced.

    `at_t` is the end of the last step, `last_t` the newest sighting, `gateway_t` and `beacon_t`
    the newest by each family; `heard` maps an anchor's row to its newest sighting. Nothing is
    told of times before `floor_t`. `belief` is None before the first step and after silence; its
    cells are those of `pane` (row, column of its lower left cell), None for the whole floor.
    """

    at_t: float
    last_t: float
    gateway_t: float = NEVER
    beacon_t: float = NEVER
    belief: Belief | None = None
    heard: tuple[tuple[int, float], ...] = ()
    told: Told = Told()
    entered_t: float = NEVER
    dwelled_s: float = 0.0
    floor_t: float = NEVER
    pane: Pane | None = None
    carrier: Carrier = Carrier()


class Device(NamedTuple):
    """A track and the readings of steps that are not over, in order of (t, row)."""

    track: Track
    pending: tuple[Reading, ...] = ()
