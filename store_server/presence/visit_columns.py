"""How a visit is kept: instants as UTC milliseconds, its stays as one JSON text."""

from datetime import UTC, datetime
from typing import cast

import msgspec

from store_server.ids import ShopperId, ZoneId
from store_server.presence.engine import EventKind, ExitReason, ZoneEvent
from store_server.presence.visit import Visit, ZoneStay

_Stays = list[tuple[str, int, int | None]]


def event_columns(event: ZoneEvent, visit: str | None) -> dict[str, object]:
    """What is kept of a zone event, by column."""
    return {
        "event_id": event.id,
        "shopper": event.device,
        "zone": event.zone,
        "kind": event.kind,
        "at_ms": round(event.t * 1000),
        "entered_at_ms": round(event.entered_at_t * 1000),
        "dwell_ms": round(event.dwell_s * 1000),
        "reason": event.reason,
        "visit": visit,
    }


def event_from(
    name: str,
    shopper: str,
    *,
    kind: str,
    zone: str,
    at_ms: int,
    entered_at_ms: int,
    dwell_ms: int,
    reason: str | None,
) -> ZoneEvent:
    """The zone event that `event_columns` kept."""
    return ZoneEvent(
        name,
        cast("EventKind", kind),
        shopper,
        ZoneId(zone),
        at_ms / 1000,
        entered_at_ms / 1000,
        dwell_ms / 1000,
        cast("ExitReason | None", reason),
    )


def visit_columns(visit: Visit) -> dict[str, object]:
    """What is kept of a visit, by column."""
    stays = [(stay.zone, _ms(stay.entered_at), _ms(stay.left_at)) for stay in visit.zones]
    return {
        "visit": visit.id,
        "shopper": visit.shopper,
        "started_at_ms": _ms(visit.started_at),
        "ended_at_ms": _ms(visit.ended_at),
        "zones": msgspec.json.encode(stays).decode(),
    }


def visit_from(
    name: str, shopper: str, *, started_at_ms: int, ended_at_ms: int | None, zones: str
) -> Visit:
    """The visit that `visit_columns` kept."""
    stays = msgspec.json.decode(zones, type=_Stays)
    return Visit(
        name,
        ShopperId(shopper),
        _at(started_at_ms),
        None if ended_at_ms is None else _at(ended_at_ms),
        tuple(
            ZoneStay(ZoneId(zone), _at(entered), None if left is None else _at(left))
            for zone, entered, left in stays
        ),
    )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
