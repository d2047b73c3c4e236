"""Flow: apps ask "what is there for me, here and now?"; many at once are answered together.

The same question (`request_id`) gets the same answer. And the choice of a visit is the same in
every channel: while an offer of this visit is open, or its ghost is, a pull answers it and does
not draw again. A dismissal closes it: then the pull chooses anew.

Nothing is kept from one transaction to the next: tokens, consents, caps and budgets are read for
all who ask in a handful of queries, so that a no counts from the moment it was committed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from store_server.database import UnitOfWork
from store_server.errors import Refusal
from store_server.flows.pull_answer import Answered, PullAnswer, PullAsked
from store_server.flows.pull_round import PullRound
from store_server.flows.reservations import ReservationLost
from store_server.flows.rooms import StoreLive, StoreRooms


class PullGivenUp(Exception):
    """The app does not wait for one of the questions any more: nothing of the round is written."""


class WaitingPulls(Protocol):
    """Questions that wait at the door."""

    def take(self) -> Sequence[PullAsked]:
        """The next ones, of shoppers who differ."""
        ...

    def seal(self) -> None:
        """From here on they are answered.

        Raises:
            PullGivenUp: one of them is not waited for any more.
        """
        ...


def answer_waiting(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, waiting: WaitingPulls
) -> list[Answered]:
    """What those are offered who wait by now; the last thing in its group, so that it is committed.

    Raises:
        PullGivenUp: the deadline of one of them passed meanwhile.
    """
    asked = waiting.take()
    answers = answer_pulls(uow, rooms, now=now, asked=asked) if asked else []
    waiting.seal()
    return answers


def answer_pull(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, asked: PullAsked
) -> PullAnswer:
    """What this shopper is offered here and now.

    Raises:
        Refusal: it cannot be answered.
    """
    (answered,) = answer_pulls(uow, rooms, now=now, asked=[asked])
    if isinstance(answered, Refusal):
        raise answered
    return answered


def answer_pulls(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, asked: Sequence[PullAsked]
) -> list[Answered]:
    """What each of these shoppers is offered here and now, in the order of the questions.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant that rules go by.
        asked: of shoppers who differ: what one is told counts for what the next is told.

    Raises:
        ValueError: two questions are of the same shopper.
    """
    if len({one.shopper for one in asked}) < len(asked):
        raise ValueError("two questions of one shopper; ask them one after the other")
    try:
        return _round(uow, rooms, now=now, asked=asked, is_grouped=True)
    except ReservationLost:
        pass  # another server was quicker: each asks the database itself
    return _round(uow, rooms, now=now, asked=asked, is_grouped=False)


def _round(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    asked: Sequence[PullAsked],
    is_grouped: bool,
) -> list[Answered]:
    """All of it, or nothing was written."""
    attempt = UnitOfWork(uow.session, uow.live)
    with uow.session.begin_nested():
        answers = PullRound(attempt, rooms, now=now, asked=asked, is_grouped=is_grouped).answers()
    uow.live = attempt.live
    uow.actions.extend(attempt.actions)
    return answers
