"""Advert and Tick: the two values that every source yields.

An advert is what was heard: who said it, the bytes, how loud and when. The address is used
to print and to record; it never leaves the gateway.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Advert(NamedTuple):
    """One advertisement as it was heard; `heard_at_ms` is UTC milliseconds."""

    heard_at_ms: int
    address: str
    ad: bytes
    rssi_dbm: int


Heard = tuple[int, str, bytes, int]
"""The fields of an `Advert` as a plain tuple, which costs a third of it to make and to take apart:
what a busy radio hands over, thousands of times a second."""


class Tick(NamedTuple):
    """The feed's clock says that it is now `at_ms`: all that was heard before has been said."""

    at_ms: int


Burst = Sequence[Heard] | Tick
"""What a source yields at once: the adverts that were waiting, or a tick of its clock."""
