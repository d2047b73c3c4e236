"""Calls of the repositories of profiles, events and merges: see `repository_calls.py`."""

from collections.abc import Callable
from typing import Any

from store_server.shoppers.profile import LifeStage, Standing
from tests.store_server.offers.builders import NOON

Call = Callable[[Any], object]
ANN: Any = "ann"

PROFILE_READS: dict[str, Call] = {
    "PurchaseRepository.spending": lambda r: r.spending(),
    "PurchaseRepository.shoppers_after": lambda r: r.shoppers_after("", limit=9),
}

PROFILE_WRITES: dict[str, Call] = {
    "ProfilePartRepository.set_standings": lambda r: r.set_standings(
        {ANN: Standing(LifeStage.LOST)}, at=NOON
    ),
    "ProfilePartRepository.set_excluded": lambda r: r.set_excluded(ANN, ["wine"], at=NOON),
    "ProfilePartRepository.set_open_complaints": lambda r: r.set_open_complaints(ANN, 7, at=NOON),
}
