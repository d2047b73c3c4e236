"""What every word of consent has in common: to a purpose, or to a channel.

A no is written down under every name of the person, so that it stays a no for each of them when
they are split again; a yes under the name of today alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.outbox.event import consent_changed
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.repository import MergeRepository, ShopperRepository

# Clocks of phones and backends may be ahead by this much.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class GivenWord:
    """A word as it was told: `at` is when it was said, None: now."""

    granted: bool
    source: str
    text_version: str
    at: datetime | None = None

    def check(self, now: datetime) -> None:
        """Refuse a word that cannot have been given so.

        Raises:
            Unprocessable: it was said in the future, or source or version are empty or too long.
        """
        if self.at is not None and self.at > now + AHEAD:
            raise Unprocessable(
                f"at is {self.at.isoformat()}, which is after the store's time {now.isoformat()}; "
                "leave it out to mean now",
                code="in_the_future",
            )
        for name, text in (("source", self.source), ("text_version", self.text_version)):
            if not (0 < len(text) <= 80 and text.isprintable()):
                raise Unprocessable(
                    f"{name} must be 1 to 80 printable characters", code="bad_consent"
                )

    def said_at(self, now: datetime, yeses: Iterable[datetime]) -> datetime:
        """When it counts from; a no is never overtaken by an earlier yes, whatever clocks say."""
        said = min(self.at or now, now)
        return said if self.granted else max([said, *yeses])


def current_of(uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId) -> ShopperId:
    """What the shopper is known as by now.

    Raises:
        NotFound: nobody of this name is known.
    """
    current = MergeRepository(uow.session, rooms.scope).current(shopper)
    if ShopperRepository(uow.session, rooms.scope).get(current) is None:
        raise NotFound("no such shopper; register it first", code="unknown_shopper")
    return current


def names_to_say(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, current: ShopperId, *, granted: bool
) -> list[ShopperId]:
    """The names under which a word is written down, that of today last."""
    if granted:
        return [current]
    others = MergeRepository(uow.session, rooms.scope).names(current) - {current}
    return [*map(ShopperId, sorted(others)), current]


def tell_word(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    shopper: ShopperId,
    purpose: str,
    granted: bool,
    source: str,
    at: datetime,
) -> None:
    """Tell the retailer's backend of a word (`consent.changed`)."""
    event = consent_changed(
        rooms.scope, shopper=shopper, purpose=purpose, granted=granted, source=source, at=at
    )
    if OutboxRepository(uow.session, rooms.scope).add_events([event]):
        uow.after_commit(rooms.wake_deliveries)
