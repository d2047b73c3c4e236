"""The simulator's feed: adverts and ticks on a local Unix datagram socket.

Datagrams are JSON: `{"adverts": [[heard_at_ms, address, ad_hex, rssi_dbm], ...]}` (up to 200) or
`{"tick_at_ms": int}`. Such a socket queues only about ten datagrams and then blocks the
sender, so it is emptied before anything is worked on. Anybody who may write to the socket
may write anything: what is not understood is counted and forgotten.
"""

import asyncio
import contextlib
import logging
import socket
import stat
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge_agent.advert import Burst, Tick
from edge_agent.errors import SourceError
from proximity_wire.messages import EpochMs

logger = logging.getLogger(__name__)

# 200 adverts of 255 bytes are about 110 kB of JSON; a datagram that is longer is cut and refused.
_MOST_BYTES = 256 * 1024
_Address = Annotated[str, Meta(max_length=17)]
_AdHex = Annotated[str, Meta(max_length=510)]


class _Datagram(Struct, frozen=True):
    adverts: Annotated[list[tuple[EpochMs, _Address, _AdHex, int]], Meta(max_length=1_000)] = []
    tick_at_ms: EpochMs | None = None


_DECODER = msgspec.json.Decoder(_Datagram, strict=True)


def read_datagram(payload: bytes) -> Burst | None:
    """The burst that a datagram carries, or None when it is not understood; never raises."""
    try:
        datagram = _DECODER.decode(payload)
        if datagram.tick_at_ms is not None:
            return Tick(datagram.tick_at_ms)
        return [
            (heard_at_ms, address, bytes.fromhex(ad_hex), rssi_dbm)
            for heard_at_ms, address, ad_hex, rssi_dbm in datagram.adverts
        ]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


class FeedSource:
    """Adverts and ticks from a Unix datagram socket that this process binds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.dropped: Counter[str] = Counter()
        self.radio = None

    async def bursts(self) -> AsyncIterator[Burst]:
        """One burst a datagram, in order.

        Raises:
            SourceError: the socket cannot be bound.
        """
        feed = self._bound()
        try:
            loop = asyncio.get_running_loop()
            while True:
                payload = await loop.sock_recv(feed, _MOST_BYTES)
                burst = read_datagram(payload)
                if burst is None:
                    self._count_garbage(payload)
                elif burst:
                    yield burst
        finally:
            feed.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _bound(self) -> socket.socket:
        feed = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and stat.S_ISSOCK(self._path.stat().st_mode):
                self._remove_left_behind()
            feed.bind(str(self._path))
            self._path.chmod(0o600)
            feed.setblocking(False)
        except SourceError:
            feed.close()
            raise
        except OSError as error:
            feed.close()
            raise SourceError(
                f"feed socket {self._path} cannot be bound: {error.strerror or error}; "
                "[source] socket must be a path of at most 107 bytes in a folder of ours"
            ) from error
        return feed

    def _remove_left_behind(self) -> None:
        """Remove the socket of a killed agent; a living one's answers, and is left alone."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(str(self._path))
            except ConnectionRefusedError:
                self._path.unlink()
                return
        raise SourceError(
            f"feed socket {self._path} is in use by another process; stop that one, "
            "or give this one a [source] socket of its own"
        )

    def _count_garbage(self, payload: bytes) -> None:
        if not self.dropped["feed_garbage"]:
            logger.warning("datagram on the feed not understood: bytes=%d", len(payload))
        self.dropped["feed_garbage"] += 1
