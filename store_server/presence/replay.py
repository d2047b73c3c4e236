"""A recording through the engine: lines of sightings and ticks in, lines of answers out.

Lines come in the order of their arrival; a tick asks for one estimate of every live device.
The engine is the live one: a tick promises that all up to `reorder_s` before it was told.
Stamps of gateways whose clocks are off are corrected before the engine sees them.
"""

import math
from collections.abc import Iterator

import msgspec

from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import Estimate, ZoneEvent
from store_server.presence.gateway_clock import RecordedClocks, Stamped
from store_server.presence.observation import Observation
from store_server.shop.floor_plan import gateway_anchor

Answer = dict[str, object]


class Line(msgspec.Struct):
    """One line of a recording: a sighting, or a tick."""

    t: float
    tick: bool = False
    gateway: str | None = None
    device: str | None = None
    rssi: float | None = None
    tx_power: float | None = None


class BadLine(ValueError):
    """A line that is neither a sighting nor a tick; the text says why."""


def read_line(text: bytes) -> Line:
    """The line as a value.

    Raises:
        BadLine: it is not JSON, or lacks what it must have.
    """
    try:
        line = msgspec.json.decode(text, type=Line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadLine(str(error)) from None
    if not math.isfinite(line.t):
        raise BadLine("t must be a finite number of seconds")
    if not line.tick and (line.gateway is None or line.device is None or line.rssi is None):
        raise BadLine('must have gateway, device and rssi, or "tick": true')
    return line


class Replay:
    """Feeds one engine; `unknown_gateways` counts sightings of gateways the site does not have."""

    def __init__(self, engine: BayesFilter, *, gateways: frozenset[str], reorder_s: float) -> None:
        self._engine = engine
        self._gateways = gateways
        self._reorder_s = reorder_s
        self._clocks = RecordedClocks()
        self.unknown_gateways = 0

    def take(self, line: Line) -> Iterator[Answer]:
        """The answers to one line: events that are certain now, then the estimates of a tick."""
        if not line.tick:
            yield from map(_event_answer, self._hear(line))
            return
        self._clocks.tick(line.t)
        events = self._engine.advance(line.t - self._reorder_s)
        yield from map(_event_answer, events)
        for device in self._engine.devices():
            estimate = self._engine.estimate(device, line.t)
            if estimate is not None:
                yield _estimate_answer(estimate)

    def _hear(self, line: Line) -> list[ZoneEvent]:
        assert line.gateway is not None
        assert line.device is not None
        assert line.rssi is not None
        if line.gateway not in self._gateways:
            self.unknown_gateways += 1
            return []
        power = None if line.tx_power is None else round(line.tx_power)
        t = self._clocks.corrected_t(Stamped(line.device, line.t, line.gateway))
        return self._engine.observe(
            Observation(
                line.device,
                gateway_anchor(line.gateway),
                t,
                line.rssi,
                1,
                power,
            )
        )


def _estimate_answer(estimate: Estimate) -> Answer:
    return {
        "type": "estimate",
        "t": estimate.t,
        "device": estimate.device,
        "zone": estimate.zone,
        "x": None if estimate.x is None else round(estimate.x, 3),
        "y": None if estimate.y is None else round(estimate.y, 3),
        "confidence": round(estimate.confidence, 4),
        "radius": None if estimate.radius_m is None else round(estimate.radius_m, 2),
    }


def _event_answer(event: ZoneEvent) -> Answer:
    answer: Answer = {
        "type": event.kind,
        "t": event.t,
        "device": event.device,
        "zone": event.zone,
        "id": event.id,
    }
    if event.kind == "dwell":
        answer["dwell_s"] = event.dwell_s
    if event.reason is not None:
        answer["reason"] = event.reason
    return answer
