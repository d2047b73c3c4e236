"""A mail server on loopback (aiosmtpd) that keeps what it takes and refuses when it is told to."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


class Mailbox:
    """`refusals` are used up one by one at RCPT; then it takes everything."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.mails: list[EmailMessage] = []
        self.heard: Callable[[], object] | None = None
        self.port = 0
        self._over = threading.Event()

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.refusals and (said := self.refusals.pop(0)):
            return said
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        if self.heard is not None:
            self.heard()
            while not self._over.is_set():
                await asyncio.sleep(0.01)
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(found)
        return "250 taken"

    @contextmanager
    def hushed(self, heard: Callable[[], object]) -> Iterator[None]:
        """Answer no mail from now on, and call `heard` when one comes."""
        self.heard = heard
        try:
            yield
        finally:
            self._over.set()


@contextmanager
def a_mailbox() -> Iterator[Mailbox]:
    """A mail server on a free loopback port."""
    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
