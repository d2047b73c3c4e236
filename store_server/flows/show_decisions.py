"""Flow (read): decisions for people: the newest ones by page, or one with its explanation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.explain import explain
from store_server.decisions.plural import Language, spoken
from store_server.decisions.repository import DecisionRepository
from store_server.errors import NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.repository import WaitRepository
from store_server.offers.trigger import TriggerKind
from store_server.offers.wait_text import wait_text

PAGE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class ExplainedDecision:
    """A decision, and why in one sentence."""

    decision: Decision
    explanation: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Newest first; `before` continues after the last one, None at the end."""

    decisions: tuple[ExplainedDecision, ...]
    before: str | None


def show_decisions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    limit: int = 50,
    outcome: str | None = None,
    shopper: ShopperId | None = None,
    before: str | None = None,
    language: str = "en",
) -> DecisionPage:
    """A page of decisions of the store.

    Args:
        uow: the read transaction.
        rooms: the store.
        now: unused; every flow is given it.
        limit: 1..500.
        outcome: offered, held_out or nothing only.
        shopper: of this shopper only.
        before: from the page before.
        language: of the explanations; English for one that is not spoken.

    Raises:
        Unprocessable: limit, outcome or before cannot be.
    """
    if not 1 <= limit <= PAGE_LIMIT:
        raise Unprocessable(f"limit is {limit}; must be 1..{PAGE_LIMIT}", code="bad_limit")
    found = DecisionRepository(uow.session, rooms.scope).page(
        limit=limit + 1,
        outcome=_outcome(outcome),
        shopper=shopper,
        before=_place(before),
    )
    shown = found[:limit]
    more = f"{to_ms(shown[-1].at)}.{shown[-1].id}" if len(found) > limit else None
    said = spoken(language)
    return DecisionPage(tuple(_explained(uow, rooms, shown, said)), more)


def show_decision(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    decision_id: str,
    language: str = "en",
) -> ExplainedDecision:
    """One decision of the store, explained in `language` (English for one that is not spoken).

    Raises:
        NotFound: no decision of this id in this store.
    """
    decision = DecisionRepository(uow.session, rooms.scope).find(decision_id)
    if decision is None:
        raise NotFound(f"there is no decision {decision_id[:40]!r} here", code="unknown_decision")
    return _explained(uow, rooms, [decision], spoken(language))[0]


def _explained(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, decisions: Sequence[Decision], language: Language
) -> list[ExplainedDecision]:
    """Each with its sentence; at the end of a step, with what was waited for before it."""
    live = uow.live
    stepped = [one.id for one in decisions if one.trigger_kind is TriggerKind.STEP]
    waits = WaitRepository(uow.session, rooms.scope).of_decisions(stepped) if stepped else {}
    local = ZoneInfo(rooms.policy.timezone)
    names = {str(zone.id): zone.name for zone in live.plan.zones}
    found = []
    for one in decisions:
        said = explain(one, live.catalogue.offers, language)
        wait = waits.get(one.id)
        if wait is not None:
            awaited = wait.step.awaited
            zone = names.get(str(awaited.zone), "") if awaited is not None else ""
            said = f"{wait_text(wait, language, local=local, zone=zone)} {said}"
        found.append(ExplainedDecision(one, said))
    return found


def _outcome(text: str | None) -> Outcome | None:
    if text is None:
        return None
    try:
        return Outcome(text)
    except ValueError:
        raise Unprocessable(
            f"outcome is {text!r}; must be one of {', '.join(Outcome)}", code="bad_outcome"
        ) from None


def _place(before: str | None) -> tuple[int, str] | None:
    if before is None:
        return None
    at_ms, _, name = before.partition(".")
    if not (at_ms.isascii() and at_ms.isdigit() and len(at_ms) <= 15 and name.isalnum()):
        raise Unprocessable("before must be what the page before gave", code="bad_cursor")
    return int(at_ms), name
