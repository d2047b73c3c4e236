"""A network for webhooks that goes nowhere private, ends in time, and lets go when told to.

httpcore asks it for connections. A host name is resolved here, every address of it is checked,
and what was checked is connected to: there is no second look-up that could differ. An address that
cannot be reached is followed by the next; none may use up the time of those behind it. The
certificate is still checked against the name. The try under way (`trying`) brings its flight and
its deadline: whatever is waited for (name, connection, answer) ends with either.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import httpcore

from store_server.outbox.endpoint import is_denied
from store_server.outbox.flights import LOOK_EVERY_S, Flight, Recalled

Resolve = Callable[[str, int], list[str]]
"""The IP addresses of a host name; raises OSError when there are none."""

T = TypeVar("T")
_UNREACHED = (OSError, httpcore.ConnectError, httpcore.ConnectTimeout)
# What may block for long (names, handshakes) does so here, where nobody has to wait for it: as
# many threads as there can be tries, and some for names that the system does not give up on.
ASIDE_THREADS = 192


class TimeUsedUp(Exception):
    """The try has taken as long as it may."""


class Refused(Exception):
    """The address must not be spoken to; the text says why."""


@dataclass(frozen=True, slots=True)
class _Trying:
    flight: Flight
    until: float

    def slice_s(self) -> float:
        """How long to wait before looking again.

        Raises:
            Recalled: hang up.
            TimeUsedUp: it has taken as long as it may.
        """
        if self.flight.is_recalled:
            raise Recalled
        left_s = self.until - time.monotonic()
        if left_s <= 0:
            raise TimeUsedUp("no answer in time")
        return min(LOOK_EVERY_S, left_s)

    def left_s(self) -> float:
        """What is left of its time, for what can only be told so at its start."""
        return max(LOOK_EVERY_S, self.until - time.monotonic())


_TRYING: ContextVar[_Trying] = ContextVar("trying")


@contextmanager
def trying(flight: Flight, *, timeout_s: float) -> Iterator[None]:
    """What is done inside, on this thread, belongs to `flight` and ends after `timeout_s`."""
    token = _TRYING.set(_Trying(flight, time.monotonic() + timeout_s))
    try:
        yield
    finally:
        _TRYING.reset(token)


class GuardedNetwork(httpcore.NetworkBackend):
    """Connections to public addresses, or in development to any."""

    def __init__(
        self,
        *,
        resolve: Resolve,
        development: bool,
        beneath: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._resolve = resolve
        self._development = development
        self._beneath = beneath or httpcore.SyncBackend()
        self._aside = ThreadPoolExecutor(ASIDE_THREADS, thread_name_prefix="webhook-aside")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the try's own deadline rules
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of those that were checked which can be reached."""
        now = _TRYING.get()
        addresses = self._checked_addresses(host, port, now)
        for behind, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            connected = self._aside.submit(
                self._beneath.connect_tcp,
                address,
                port,
                now.left_s() / (behind + 1),
                local_address,
                socket_options,
            )
            try:
                return WatchedStream(_opened(connected, now), self._aside)
            except _UNREACHED:
                if not behind:
                    raise
        raise AssertionError("a checked name has an address")

    def close(self) -> None:
        """Take no more work; what hangs is not waited for."""
        self._aside.shutdown(wait=False, cancel_futures=True)

    def _checked_addresses(self, host: str, port: int, now: _Trying) -> list[str]:
        """The addresses of the host, when every one of them may be spoken to."""
        addresses = _result(self._aside.submit(self._resolve, host, port), now)
        if not addresses:
            raise Refused(f"{host} has no address")
        if not self._development and any(is_denied(one) for one in addresses):
            raise Refused(f"{host} leads to a private or special address")
        return addresses


class WatchedStream(httpcore.NetworkStream):
    """A connection that a recall or the deadline of its try cuts short."""

    def __init__(self, stream: httpcore.NetworkStream, aside: ThreadPoolExecutor) -> None:
        self._stream = stream
        self._aside = aside

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        """What comes, looking up every fifth of a second whether it is still wanted."""
        now = _TRYING.get()
        while True:
            slice_s = now.slice_s()
            try:
                return self._stream.read(max_bytes, slice_s)
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        """Hand bytes to the socket, unless the flight was recalled."""
        now = _TRYING.get()
        with now.flight.leaving():
            self._stream.write(buffer, now.slice_s())

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        """TLS on top, certificate checked against the name; nothing of the notification yet."""
        now = _TRYING.get()
        spoken = self._aside.submit(
            self._stream.start_tls, ssl_context, server_hostname, now.left_s()
        )
        return WatchedStream(_opened(spoken, now), self._aside)

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        """What the connection says of itself."""
        return self._stream.get_extra_info(info)


def _result(future: "Future[T]", now: _Trying) -> T:
    """What comes of the future, as long as the try may wait for it."""
    while True:
        try:
            return future.result(now.slice_s())
        except StillWaiting:
            if future.done():
                raise


def _opened(future: "Future[httpcore.NetworkStream]", now: _Trying) -> httpcore.NetworkStream:
    """The connection; one that comes too late is closed again."""
    try:
        return _result(future, now)
    except (Recalled, TimeUsedUp):
        future.add_done_callback(_hang_up)
        raise


def _hang_up(future: "Future[httpcore.NetworkStream]") -> None:
    if not future.cancelled() and future.exception() is None:
        future.result().close()
