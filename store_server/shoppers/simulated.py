"""Shoppers who are not real: somebody of the store walks them through a simulated shop.

The mark is a part of the name, `simulated:7kq2m4...`, so that it stands in every row, export and
log of what they did, and no table has to be asked. A store with real shoppers leaves them out
of its reports; one that is simulated as a whole counts them like everybody else.
"""

import base64
from collections.abc import Callable

from store_server.ids import ShopperId

PREFIX = "simulated:"
NAME_BYTES = 10


def is_simulated(shopper: str) -> bool:
    """Whether this name is of a shopper who is walked by hand."""
    return shopper.startswith(PREFIX)


def new_simulated(random_bytes: Callable[[int], bytes]) -> ShopperId:
    """A new such name.

    Args:
        random_bytes: as many random bytes as asked for, like `secrets.token_bytes`.
    """
    drawn = base64.b32encode(random_bytes(NAME_BYTES)).decode().lower()
    return ShopperId(f"{PREFIX}{drawn}")
