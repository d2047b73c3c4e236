"""A till's request is answered once: asked again by the same name it gets the same words."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from store_server.database import UnitOfWork
from store_server.errors import Conflict, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.redemptions.repository import TillAnswerRepository
from store_server.redemptions.repository.till_answers import KeptAnswer

Operation = Literal["reserve", "redeem", "release", "return"]
# A till that was offline asks again within days; baskets keep their answers for ever.
KEPT = timedelta(days=30)
_KEY = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a till is told, as the JSON that it gets; `replayed`: it was told before."""

    text: str
    replayed: bool


def answer_once(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    operation: Operation,
    idempotency_key: str,
    asked: Mapping[str, object],
    act: Callable[[], Mapping[str, object]],
) -> Told:
    """What `act` answers, or what it answered when this was asked before.

    Args:
        uow: the transaction: what is done and the answer are kept together.
        rooms: the store.
        now: the instant that rules go by.
        operation: what is asked; each has keys of its own.
        idempotency_key: the till's own name of the request.
        asked: every value of the request.
        act: does it and says what came of it.

    Raises:
        Unprocessable: `bad_idempotency_key`.
        Conflict: `idempotency_mismatch` when the key came with other values before;
            `in_flight` when the same request is being answered at this moment.
    """
    if not _KEY.fullmatch(idempotency_key):
        raise Unprocessable(
            "Idempotency-Key must be 1 to 100 visible ASCII characters", code="bad_idempotency_key"
        )
    values = json.dumps(asked, sort_keys=True, default=str)
    fingerprint = hashlib.sha256(values.encode()).hexdigest()
    answers = TillAnswerRepository(uow.session, rooms.scope)
    kept = answers.find(operation, idempotency_key)
    if kept is None:
        text = json.dumps(act(), separators=(",", ":"), ensure_ascii=False)
        if not answers.keep(operation, idempotency_key, kept=KeptAnswer(fingerprint, text), at=now):
            raise Conflict("the same request is being answered; ask again", code="in_flight")
        return Told(text, replayed=False)
    if kept.fingerprint != fingerprint:
        raise Conflict(
            "this Idempotency-Key came with another request before; use a new key for each",
            code="idempotency_mismatch",
        )
    return Told(kept.answer, replayed=True)
