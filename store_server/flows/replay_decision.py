"""Flow (read): a decision is made again from what was kept of its making."""

import json
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.asked import read_asked
from store_server.decisions.decide import AllRefusals, refusals_of
from store_server.decisions.decision import Decision
from store_server.decisions.ground import Documents, parts_of, read_catalogue, read_policy
from store_server.decisions.replay import Replay, replay
from store_server.decisions.repository import DecisionRepository, GroundRepository
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreLive, StoreRooms


def replay_decision(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    decision_id: str,
) -> Replay:
    """The decision as it stands and as it comes out now.

    Raises:
        NotFound: no decision of this id in this store.
        Conflict: it cannot be made again: its shopper was forgotten, it is older than what is
            kept, or it was made by a version whose rules ask for more.
    """
    stored, asked, documents = _kept(uow, rooms, decision_id)
    try:
        return replay(stored, asked, documents, scope=rooms.scope)
    except (KeyError, ValueError) as fault:
        raise _changed(fault) from fault


def show_refusals(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    decision_id: str,
) -> AllRefusals:
    """What every gate said to the question of a decision, also those that it did not come to.

    Raises:
        NotFound, Conflict: as `replay_decision` does.
    """
    stored, asked, documents = _kept(uow, rooms, decision_id)
    try:
        found = read_asked(asked, stored, rooms.scope)
        policy = read_policy(found.policy, documents)
        catalogue = read_catalogue(found.catalogue, documents)
    except (KeyError, ValueError) as fault:
        raise _changed(fault) from fault
    return refusals_of(found.request, policy, catalogue=catalogue)


def _kept(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, decision_id: str
) -> tuple[Decision, str, Documents]:
    repository = DecisionRepository(uow.session, rooms.scope)
    stored = repository.find(decision_id)
    if stored is None:
        raise NotFound(f"there is no decision {decision_id[:40]!r} here", code="unknown_decision")
    asked = repository.asked(decision_id)
    if asked is None:
        raise Conflict(
            "what this decision was made from is not kept: its shopper was forgotten, or it is "
            "older than this version",
            code="not_replayable",
        )
    named = json.loads(asked)
    grounds = GroundRepository(uow.session, rooms.scope)
    documents = grounds.of([named["policy"], named["catalogue"]])
    documents |= grounds.of(parts_of(documents.get(named["catalogue"], "[]")))
    return stored, asked, documents


def _changed(fault: Exception) -> Conflict:
    return Conflict(f"the rules have changed since: {type(fault).__name__}", code="not_replayable")
