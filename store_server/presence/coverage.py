"""A site in squares for a map: how many gateways hear a device there, and how far off a look is."""

from typing import NamedTuple

import numpy as np

from store_server.errors import ConfigError
from store_server.presence.radio_map import RadioMap
from store_server.presence.site_check import ENOUGH, HEARD_DBM, bounds_m
from store_server.presence.state_space import StateSpace

SQUARE_M = 2.0


class Square(NamedTuple):
    """A square by its lower left corner: mean error bound of a look, and whether it is heard."""

    x_m: float
    y_m: float
    error_m: float
    heard: bool


def squares_of(space: StateSpace, radio: RadioMap) -> tuple[Square, ...]:
    """The floor in squares of `SQUARE_M`; heard is one of which most is heard by three.

    Raises:
        ConfigError: its states have no places.
    """
    if space.cells is None:
        raise ConfigError("coverage needs a floor with places; this site has only labels")
    heard = (radio.mean_dbm >= HEARD_DBM).sum(axis=0) >= ENOUGH
    bound = bounds_m(space, radio)
    corners = np.floor(space.xy / SQUARE_M).astype(int)
    found, owner = np.unique(corners, axis=0, return_inverse=True)
    owner = owner.reshape(-1)
    count = np.bincount(owner)
    errors, shares = (np.bincount(owner, weights=one) / count for one in (bound, heard))
    return tuple(
        Square(float(x * SQUARE_M), float(y * SQUARE_M), float(error), bool(share >= 0.5))
        for (x, y), error, share in zip(found, errors, shares, strict=True)
    )
