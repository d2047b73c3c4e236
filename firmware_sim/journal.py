"""The logs of a run: what happened in the world, the truth, and how shoppers answered.

`events.jsonl` is the world's own and follows from scenario and seed, byte for byte: one line a
tick, until it is full. `truth.jsonl` holds whereabouts by second. `responses.jsonl` depends on the
server.
"""

from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from firmware_sim.events import Tick

EVENTS, TRUTH, RESPONSES = "events.jsonl", "truth.jsonl", "responses.jsonl"
# A demo left running overnight must not fill the disk: about 4 simulated hours are kept.
MOST_EVENT_BYTES = 256 * 1024 * 1024


def event_line(tick: Tick) -> bytes:
    """One tick as a line of the event log; times as differences to its end keep it short."""
    adverts = {
        gateway: [
            (one.heard_at_ms - tick.at_ms, one.address, one.ad_hex, one.rssi_dbm) for one in heard
        ]
        for gateway, heard in tick.heard.items()
        if heard
    }
    document = {
        "tick_at_ms": tick.at_ms,
        "sent": tick.adverts_sent,
        "happenings": tick.happenings,
        "reports": tick.reports,
        "adverts": adverts,
    }
    return msgspec.json.encode(document, order="deterministic") + b"\n"


def truth_line(tick: Tick) -> bytes:
    """Where everybody is at the end of a tick; positions in centimetres."""
    people = [(one.shopper, round(100 * one.x), round(100 * one.y), one.zone) for one in tick.truth]
    return msgspec.json.encode({"at_ms": tick.at_ms, "people": people}) + b"\n"


class Journal:
    """Writes the logs of one run into a folder; a context manager."""

    def __init__(self, folder: Path, *, most_event_bytes: int = MOST_EVENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._room_bytes = most_event_bytes
        self._events: IO[bytes] = (folder / EVENTS).open("wb")
        self._truth: IO[bytes] = (folder / TRUTH).open("wb")
        self._responses: IO[bytes] = (folder / RESPONSES).open("wb")

    def tick(self, tick: Tick) -> None:
        """Write down one second of the world."""
        line = event_line(tick)
        self._room_bytes -= len(line)
        if self._room_bytes >= 0:
            self._events.write(line)
        self._truth.write(truth_line(tick))

    def response(self, what: str, **fields: str | int | float | bool | None) -> None:
        """Write down one answer of a shopper or till."""
        self._responses.write(msgspec.json.encode({"what": what, **fields}) + b"\n")

    def close(self) -> None:
        """Finish the files."""
        for file in (self._events, self._truth, self._responses):
            file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
