"""Sends an e-mail through the retailer's relay, one connection for each try.

What the server speaks is asyncio (aiosmtplib), the port is not: each try runs a small loop of its
own on its delivery thread. Every byte goes out through a socket that asks the flight first
(`WatchedSocket`), so nothing leaves after the shopper's no; and whoever waits looks up every fifth
of a second.

Only an enhanced code that says so (`_NOBODY_THERE`) means that nobody is reached at an address. Any
other 5xx refuses this message and leaves the contact alone: a bare 550 is just as often about us
(relaying denied, sender rejected). 4xx and silence are tried again. A bounce that comes later, by
mail, goes to the retailer's own bounce address and is not seen here.

Source: RFC 5321 sections 4.2 and 4.5.3; RFC 3463 section 3.2 (enhanced status codes); RFC 7505.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import aiosmtplib

from store_server.outbox.answer_text import error_text, log_text
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, unanswered
from store_server.outbox.channels.guarded_http import Unsendable
from store_server.outbox.channels.guarded_network import Resolve
from store_server.outbox.channels.mail_text import mail_of
from store_server.outbox.channels.message import message_of
from store_server.outbox.flights import LOOK_EVERY_S, Flight, Recalled

MAX_MAIL_BYTES = 100_000
# Bad mailbox, bad system, bad syntax, moved without an address, null MX.
_NOBODY_THERE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_ENHANCED = re.compile(r"\A\d\.\d{1,3}\.\d{1,3}\b")
_FAULTS = (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError, Unsendable)


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes what we send; `security` "none" is for a relay on loopback."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    sender: str
    sender_name: str = ""
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port}, {self.security})"


class WatchedSocket(socket.socket):
    """A socket that sends nothing any more once its flight was recalled."""

    flight: Flight | None = None

    def send(self, data: object, flags: int = 0) -> int:
        """Hand bytes to the system, unless the flight was recalled."""
        if self.flight is None:
            return super().send(data, flags)  # type: ignore[arg-type] # any buffer
        try:
            with self.flight.leaving():
                return super().send(data, flags)  # type: ignore[arg-type] # any buffer
        except Recalled:
            raise ConnectionAbortedError("recalled") from None


class EmailChannel:
    """The adapter; the claim's address is the mailbox."""

    def __init__(
        self,
        relay: Relay,
        *,
        resolve: Resolve,
        now_system_ms: Callable[[], int],
        timeout_s: float,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._relay = relay
        self._resolve = resolve
        self._now_system_ms = now_system_ms
        self._timeout_s = timeout_s
        self._ssl_context = ssl_context or ssl.create_default_context()
        self._aside = ThreadPoolExecutor(16, thread_name_prefix="mail-aside")

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One e-mail; see the port."""
        started = self._now_system_ms()
        hide = (*claim.personal, self._relay.password or "")
        try:
            mail = self._write(claim, started)
            # A loop that asks our socket for each send; uvloop would go around it.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                code, said = runner.run(self._converse(claim, mail, flight))
        except aiosmtplib.SMTPResponseException as error:
            code, said = error.code, error.message
            verdict = _verdict(error)
        except aiosmtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[0].code, error.recipients[0].message
            verdict = _verdict(error.recipients[0])
        except _FAULTS as error:
            verdict = Verdict.REFUSED if isinstance(error, Unsendable) else Verdict.TRY_AGAIN
            why = error_text(error, hide=hide)
            return self._ended(started, flight, why=why, verdict=verdict)
        else:
            verdict = Verdict.TAKEN
        if flight.is_recalled and verdict is not Verdict.TAKEN:
            return self._ended(started, flight, why="recalled", verdict=Verdict.RECALLED)
        latency_ms = max(0, self._now_system_ms() - started)
        text = log_text(said.encode(errors="replace"), hide=hide)
        return AttemptOutcome(verdict, started, latency_ms, code, None, text)

    def close(self) -> None:
        """Take no more work."""
        self._aside.shutdown(wait=False, cancel_futures=True)

    def _ended(self, started: int, flight: Flight, *, why: str, verdict: Verdict) -> AttemptOutcome:
        if flight.is_recalled:
            why, verdict = "recalled", Verdict.RECALLED
        return unanswered(started, self._now_system_ms(), why, verdict=verdict)

    def _write(self, claim: Claim, at_ms: int) -> bytes:
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        relay = self._relay
        mail = mail_of(
            claim, message_of(claim.body), sender=relay.sender, sender_name=relay.sender_name, at=at
        ).as_bytes()
        if len(mail) > MAX_MAIL_BYTES:
            raise Unsendable(f"the mail has {len(mail)} bytes; at most {MAX_MAIL_BYTES} are sent")
        return mail

    async def _converse(self, claim: Claim, mail: bytes, flight: Flight) -> tuple[int, str]:
        """Deliver, unless the time or the shopper's patience is over first."""
        talk = asyncio.ensure_future(self._deliver(claim, mail, flight))
        try:
            async with asyncio.timeout(self._timeout_s):
                while not talk.done():
                    if flight.is_recalled:
                        raise ConnectionAbortedError("recalled")
                    await asyncio.wait((talk,), timeout=LOOK_EVERY_S)
                return await talk
        except TimeoutError:
            raise TimeoutError("no answer in time") from None
        finally:
            talk.cancel()
            await asyncio.wait((talk,), timeout=LOOK_EVERY_S)

    async def _deliver(self, claim: Claim, mail: bytes, flight: Flight) -> tuple[int, str]:
        relay = self._relay
        client = aiosmtplib.SMTP(
            hostname=relay.host,
            sock=await self._connect(flight),
            port=None,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            username=relay.username,
            password=relay.password,
            tls_context=None if relay.security == "none" else self._ssl_context,
            timeout=self._timeout_s,
            local_hostname=relay.sender.rpartition("@")[2],
        )
        try:
            await client.connect()
            await client.mail(relay.sender)
            await client.rcpt(claim.address)
            done = await client.data(mail)
        finally:
            client.close()
        return done.code, done.message

    async def _connect(self, flight: Flight) -> socket.socket:
        loop = asyncio.get_running_loop()
        host, port = self._relay.host, self._relay.port
        addresses = await loop.run_in_executor(self._aside, self._resolve, host, port)
        fault: OSError = OSError(f"{host} has no address")
        for address in addresses:
            try:
                # One that keeps silent leaves time for those behind it.
                async with asyncio.timeout(self._timeout_s / len(addresses)):
                    return await _connected(address, port, flight)
            except TimeoutError:
                fault = TimeoutError("no answer in time")
            except OSError as error:
                fault = error
        raise fault


async def _connected(address: str, port: int, flight: Flight) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = WatchedSocket(family, socket.SOCK_STREAM)
    opened.flight = flight
    opened.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except BaseException:
        opened.close()
        raise
    return opened


def _verdict(error: aiosmtplib.SMTPResponseException) -> Verdict:
    """What a refusal means; wrong credentials are the operator's to mend, meanwhile we try."""
    if not 500 <= error.code < 600 or isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Verdict.TRY_AGAIN
    enhanced = _ENHANCED.match(error.message)
    of_recipient = isinstance(error, aiosmtplib.SMTPRecipientRefused)
    gone = of_recipient and enhanced is not None and enhanced.group() in _NOBODY_THERE
    return Verdict.CONTACT_GONE if gone else Verdict.REFUSED
