"""SMS, and any of the hundred services that apprise speaks to: an optional extra.

The operator's file names the services by apprise's URLs, one a line; `{to}` in one is replaced by
the shopper's number. Apprise answers yes or no, so the status is read from what it logs meanwhile;
its log is kept out of ours, because it names the numbers.

Apprise speaks to the network itself, on a thread that nobody waits for longer than the time-out: a
recall before it begins holds it back, one that comes later ends our waiting, not what is out.
"""

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextvars import ContextVar
from typing import Protocol
from urllib.parse import quote

from store_server.errors import ConfigError
from store_server.outbox.answer_text import scrubbed
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, unanswered
from store_server.outbox.channels.message import message_of
from store_server.outbox.flights import LOOK_EVERY_S, Flight, Recalled

INSTALL = "install it: pip install 'beaconry[apprise]'"
MAX_TEXT = 1_000
THREADS = 32
_PASSING = frozenset({401, 403, 404, 408, 425, 429})
_STATUS = re.compile(r"error=(\d{3})\b")


class Service(Protocol):
    """apprise.Apprise, as far as it is used here."""

    def notify(self, body: str, title: str = "") -> object:
        """Send to every service; true where each of them took it."""
        ...


OpenService = Callable[[Sequence[str], float], Service]


def apprise_service(urls: Sequence[str], timeout_s: float) -> Service:
    """The services of these URLs.

    Raises:
        ConfigError: it is not installed, or it knows no such service.
    """
    try:
        import apprise  # noqa: PLC0415 - an extra, slow to import
    except ImportError:
        raise ConfigError(f"[sms] and other services need apprise; {INSTALL}") from None
    log = logging.getLogger("apprise")
    log.propagate, log.level = False, logging.WARNING
    if _OVERHEARD not in log.handlers:
        log.addHandler(_OVERHEARD)
    found = apprise.Apprise()
    for number, url in enumerate(urls, start=1):
        joined = f"{url}{'&' if '?' in url else '?'}cto={timeout_s:g}&rto={timeout_s:g}"
        if not found.add(joined):
            raise ConfigError(
                f"service {number} of the file is not known to apprise; must be one of its URLs, "
                "such as twilio://SID:TOKEN@+34600000000/{to}"
            )
    return found


class AppriseChannel:
    """The adapter; the claim's address takes the place of `{to}`."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        now_system_ms: Callable[[], int],
        timeout_s: float,
        open_service: OpenService = apprise_service,
    ) -> None:
        """Make it.

        Raises:
            ConfigError: apprise is not installed, or knows no such service.
        """
        open_service([one.replace("{to}", "34600000000") for one in urls], timeout_s)
        self._urls = tuple(urls)
        self._now_system_ms = now_system_ms
        self._timeout_s = timeout_s
        self._open_service = open_service
        self._aside = ThreadPoolExecutor(THREADS, thread_name_prefix="apprise")

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One message; see the port."""
        started = self._now_system_ms()
        hide = (*claim.personal, claim.address.lstrip("+"))
        try:
            message = message_of(claim.body)
            if len(message.title) + len(message.body) > MAX_TEXT:
                raise ValueError(f"the text is longer than {MAX_TEXT} characters")
            urls = [one.replace("{to}", quote(claim.address, safe="")) for one in self._urls]
            service = self._open_service(urls, self._timeout_s)
            with flight.leaving():
                told = self._aside.submit(
                    _notify, service, _body(message.body, message.coupon_code), message.title
                )
            taken, status, said = self._result(told, flight)
        except Recalled:
            return self._ended(started, "recalled", Verdict.RECALLED)
        except (ValueError, ConfigError) as error:
            return self._ended(started, scrubbed(str(error), hide=hide), Verdict.REFUSED)
        except TimeoutError:
            return self._ended(started, "TimeoutError: no answer in time", Verdict.TRY_AGAIN)
        verdict = Verdict.TAKEN if taken else _refusal(status)
        latency_ms = max(0, self._now_system_ms() - started)
        why = None if taken else scrubbed(said, hide=hide) or "apprise said no"
        return AttemptOutcome(verdict, started, latency_ms, status, why, "")

    def close(self) -> None:
        """Take no more work; what hangs is not waited for."""
        self._aside.shutdown(wait=False, cancel_futures=True)

    def _result(
        self, told: "Future[tuple[bool, int | None, str]]", flight: Flight
    ) -> tuple[bool, int | None, str]:
        waited_s = 0.0
        while waited_s < self._timeout_s:
            slice_s = min(LOOK_EVERY_S, self._timeout_s - waited_s)
            try:
                return told.result(slice_s)
            except StillWaiting:
                waited_s += slice_s
            if flight.is_recalled:
                raise Recalled
        raise TimeoutError

    def _ended(self, started: int, why: str, verdict: Verdict) -> AttemptOutcome:
        return unanswered(started, self._now_system_ms(), why, verdict=verdict)


class _Overheard(logging.Handler):
    """Keeps what apprise logs for the message in whose context it does."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        lines = _LINES.get()
        if lines is not None:
            lines.append(record.getMessage())


_LINES: ContextVar[list[str] | None] = ContextVar("apprise_lines", default=None)
_OVERHEARD = _Overheard(logging.WARNING)


def _notify(service: Service, body: str, title: str) -> tuple[bool, int | None, str]:
    """Whether it was taken; else with which status, and what apprise said of it."""
    lines: list[str] = []
    token = _LINES.set(lines)
    try:
        taken = bool(service.notify(body=body, title=title))
    finally:
        _LINES.reset(token)
    said = " ".join(lines)
    found = _STATUS.search(said)
    return taken, int(found.group(1)) if found else None, said


def _body(body: str, code: str) -> str:
    return f"{body} {code}".strip()


def _refusal(status: int | None) -> Verdict:
    for_good = status is not None and 400 <= status < 500 and status not in _PASSING
    return Verdict.REFUSED if for_good else Verdict.TRY_AGAIN
