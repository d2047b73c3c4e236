"""Sending a campaign's message to oneself, by one of the ways that are set up here.

Nothing of it is kept but a line in the audit log: who, which campaign, by what; no address.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from store_server.clock import to_ms
from store_server.entrypoints.console.channel_view import CHANNEL_TEXTS
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.visit import Visit
from store_server.entrypoints.context import ServerContext
from store_server.errors import Conflict
from store_server.flows.audited import note_deed
from store_server.flows.prepare_test_message import TYPED, prepare_test_message
from store_server.flows.register_endpoint import show_endpoints
from store_server.offers.channel import ReadingChannel
from store_server.outbox.attempt import Verdict
from store_server.outbox.channel_setup import SCREEN
from store_server.outbox.endpoint import EndpointState
from store_server.shop.audit import Deed
from store_server.writer import Priority

LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Way:
    """A way that a test may go. `text` is to be translated, `name` is the store's own word."""

    key: str
    text: str
    name: str = ""
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test; `said` is the receiver's answer or why there was none."""

    taken: bool
    status: int | None
    said: str


async def ways_of_test(context: ServerContext) -> tuple[Way, ...]:
    """The webhooks that are active, and the channels that are set up."""
    push = CHANNEL_TEXTS[ReadingChannel.PUSH]
    hooks = [
        Way(one.id, push, one.description or urlsplit(one.url).hostname or one.id)
        for one in await context.read(show_endpoints)
        if one.state is EndpointState.ACTIVE
    ]
    channels = [
        Way(name, CHANNEL_TEXTS[ReadingChannel(name)], typed=name in TYPED)
        for name in (*TYPED, SCREEN)
        if name in context.rooms.channels.limits
    ]
    return (*hooks, *channels)


async def send_test(visit: Visit, context: ServerContext, campaign: str, sent: Sent) -> Tried:
    """One try, now.

    Raises:
        Conflict: this server delivers nothing.
        NotFound: there is no such campaign or way.
        Unprocessable: the address is none, or no offer speaks the language.
    """
    if context.send_claim is None:
        raise Conflict("this server delivers nothing", code="no_deliveries")
    way = sent.text("way", longest=64)
    claim = await context.read(
        prepare_test_message,
        now_system_ms=to_ms(context.system_now()),
        campaign_id=campaign,
        language=sent.text("language", longest=8),
        to=(way, sent.text("address", longest=LONGEST_ADDRESS)),
        test_id=f"test_{uuid4().hex}",
    )
    noted = entry(
        visit, Deed.CAMPAIGN_TESTED, at=context.system_now(), subject=campaign, reason=way
    )
    await context.write(Priority.APP, note_deed, entry=noted)
    outcome = await asyncio.to_thread(context.send_claim, claim)
    return Tried(
        outcome.verdict is Verdict.TAKEN, outcome.status, (outcome.error or outcome.body)[:200]
    )
