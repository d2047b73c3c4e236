"""Payloads as a gateway would write them, with one thing changed."""

import json
from typing import Any

from tests.proximity_wire.vectors import VECTORS

_COLUMNS = (
    "kind",
    "identity",
    "first_at_ms",
    "last_at_ms",
    "count",
    "rssi_mean_dbm",
    "rssi_max_dbm",
    "measured_power_dbm",
    "band",
    "extras",
)


def golden(name: str) -> bytes:
    """The payload of that name as version 1 wrote it."""
    return (VECTORS / "messages_v1" / f"{name}.json").read_bytes()


def a_payload(*, without: str | None = None, **changes: Any) -> bytes:
    """The golden batch without its rows and losses, changed."""
    batch = json.loads(golden("sighting_batch")) | {"rows": [], "lost": []} | changes
    return json.dumps({name: value for name, value in batch.items() if name != without}).encode()


def a_row(**changes: Any) -> list[Any]:
    """One valid row, changed in some columns."""
    row = dict(zip(_COLUMNS, json.loads(golden("sighting_batch"))["rows"][0], strict=True))
    return list((row | changes).values())
