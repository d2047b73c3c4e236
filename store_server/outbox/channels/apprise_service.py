"""SMS, and any of the hundred services that apprise speaks to: an optional extra.

The operator's file names the services by apprise's URLs, one a line; `{to}` in one is replaced by
the shopper's number. Each is asked by itself, and one that took the message is enough: a second try
would repeat it there. To a shopper the others are only asked when the one before them failed; staff
hear it by all. Apprise answers yes or no, so the status is read from what it logs meanwhile; its
log is kept out of ours, because it names the numbers.

Apprise speaks to the network itself, on a thread that nobody waits for longer than the time-out: a
recall or the time-out holds back what has not begun, and ends our waiting, not what is out.
"""

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
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
        """Send; true where it was taken."""
        ...


OpenService = Callable[[str, float], Service]


def apprise_service(url: str, timeout_s: float) -> Service:
    """The service of this URL.

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
    joined = f"{url}{'&' if '?' in url else '?'}cto={timeout_s:g}&rto={timeout_s:g}"
    if not found.add(joined):
        raise ConfigError(
            "a service of the file is not known to apprise; must be one of its URLs, "
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
        to_all: bool = False,
        open_service: OpenService = apprise_service,
    ) -> None:
        """Make it. `to_all`: by every service, not only by the first that takes it.

        Raises:
            ConfigError: apprise is not installed, or knows no such service; says which line.
        """
        # One after another: none may use up the time of those behind it.
        self._each_s = timeout_s if to_all else timeout_s / max(1, len(urls))
        for number, one in enumerate(urls, start=1):
            try:
                open_service(one.replace("{to}", "34600000000"), self._each_s)
            except ConfigError as error:
                raise ConfigError(f"service {number}: {error}") from None
        self._to_all = to_all
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
            services = [self._open_service(one, self._each_s) for one in urls]
            asked = _Asking(flight, _body(message.body, message.coupon_code), message.title)
            self._ask(services, asked)
        except Recalled:
            return self._ended(started, "recalled", Verdict.RECALLED)
        except (ValueError, ConfigError) as error:
            return self._ended(started, scrubbed(str(error), hide=hide), Verdict.REFUSED)
        except TimeoutError:
            return self._ended(started, "TimeoutError: no answer in time", Verdict.TRY_AGAIN)
        latency_ms = max(0, self._now_system_ms() - started)
        return _outcome(tuple(asked.said), started, latency_ms, hide=hide)

    def close(self) -> None:
        """Take no more work; what hangs is not waited for."""
        self._aside.shutdown(wait=False, cancel_futures=True)

    def _ask(self, services: Sequence[Service], asked: "_Asking") -> None:
        """Until every service answered; for ever enough when one took it.

        Raises:
            Recalled, TimeoutError: that came first, and none had taken it.
        """
        chains = [[one] for one in services] if self._to_all else [list(services)]
        with asked.flight.leaving():
            jobs = [self._aside.submit(asked.ask, chain) for chain in chains]
        try:
            self._wait(jobs, asked.flight)
        except (Recalled, TimeoutError):
            if not any(one.taken for one in tuple(asked.said)):
                raise
        finally:
            asked.is_over = True
            for job in jobs:
                job.cancel()

    def _wait(self, jobs: Sequence["Future[None]"], flight: Flight) -> None:
        waited_s = 0.0
        while waited_s < self._timeout_s:
            slice_s = min(LOOK_EVERY_S, self._timeout_s - waited_s)
            if not wait(jobs, slice_s).not_done:
                for job in jobs:
                    job.result()
                if flight.is_recalled:
                    raise Recalled
                return
            waited_s += slice_s
            if flight.is_recalled:
                raise Recalled
        raise TimeoutError

    def _ended(self, started: int, why: str, verdict: Verdict) -> AttemptOutcome:
        return unanswered(started, self._now_system_ms(), why, verdict=verdict)


class _Said(NamedTuple):
    """What one service answered; `status` and `text` as far as apprise logged them."""

    taken: bool
    status: int | None
    text: str


@dataclass(slots=True)
class _Asking:
    """One message, and what services said of it so far; those yet to come see that it is over."""

    flight: Flight
    body: str
    title: str
    said: list[_Said] = field(default_factory=list)
    is_over: bool = False

    def ask(self, services: Sequence[Service]) -> None:
        """One after another, until one takes it or nobody waits any more."""
        for service in services:
            if self.is_over or self.flight.is_recalled:
                return
            said = _notify(service, self.body, self.title)
            self.said.append(said)
            if said.taken:
                return


class _Overheard(logging.Handler):
    """Keeps what apprise logs for the message in whose context it does."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        lines = _LINES.get()
        if lines is not None:
            lines.append(record.getMessage())


_LINES: ContextVar[list[str] | None] = ContextVar("apprise_lines", default=None)
_OVERHEARD = _Overheard(logging.WARNING)


def _notify(service: Service, body: str, title: str) -> _Said:
    lines: list[str] = []
    token = _LINES.set(lines)
    try:
        taken = bool(service.notify(body=body, title=title))
    finally:
        _LINES.reset(token)
    said = " ".join(lines)
    found = _STATUS.search(said)
    return _Said(taken, int(found.group(1)) if found else None, said)


def _outcome(
    said: Sequence[_Said], started: int, latency_ms: int, *, hide: Sequence[str]
) -> AttemptOutcome:
    """Taken where one took it; for good refused where each did so."""
    taken = [one for one in said if one.taken]
    failed = [one for one in said if not one.taken]
    why = scrubbed(" ".join(one.text for one in failed), hide=hide)
    if taken:
        part = f"{len(taken)} of {len(said)} services took it: {why}" if failed else ""
        return AttemptOutcome(Verdict.TAKEN, started, latency_ms, taken[0].status, None, part)
    passing = [one for one in failed if _refusal(one.status) is Verdict.TRY_AGAIN]
    status = (passing or failed)[0].status
    verdict = Verdict.TRY_AGAIN if passing else Verdict.REFUSED
    return AttemptOutcome(verdict, started, latency_ms, status, why or "apprise said no", "")


def _body(body: str, code: str) -> str:
    return f"{body} {code}".strip()


def _refusal(status: int | None) -> Verdict:
    for_good = status is not None and 400 <= status < 500 and status not in _PASSING
    return Verdict.REFUSED if for_good else Verdict.TRY_AGAIN
