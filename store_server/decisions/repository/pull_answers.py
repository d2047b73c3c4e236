"""Which decisions answered which request of an app, in the database."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.decisions.tables import PullAnswerRow
from store_server.ids import Scope, ShopperId

# A shopper and the app's own name of a question.
Question = tuple[ShopperId, str]

# Asked for every pull: prepared once.
_FIND = select(
    col(PullAnswerRow.shopper), col(PullAnswerRow.request_id), col(PullAnswerRow.decision)
).where(
    col(PullAnswerRow.org) == bindparam("org"),
    col(PullAnswerRow.store) == bindparam("store"),
    col(PullAnswerRow.shopper).in_(bindparam("shoppers", expanding=True)),
    col(PullAnswerRow.request_id).in_(bindparam("requests", expanding=True)),
)


class Answer(NamedTuple):
    """Which decisions answered a question, in order, and where it was shown."""

    shopper: ShopperId
    request_id: str
    placement: str
    decisions: tuple[str, ...]


class PullAnswerRepository:
    """The answers that apps of one store were given."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def find(self, questions: Collection[Question]) -> dict[Question, tuple[str, ...]]:
        """The decisions that answered those of these questions that were answered."""
        asked = {
            "org": self._scope.org,
            "store": self._scope.store,
            "shoppers": [shopper for shopper, _ in questions],
            "requests": [request for _, request in questions],
        }
        rows = self._session.connection().execute(_FIND, asked)
        found = {(ShopperId(who), request): tuple(names.split()) for who, request, names in rows}
        return {question: found[question] for question in questions if question in found}

    def add(self, answers: Iterable[Answer], *, at: datetime) -> int:
        """Keep answers; how many were new."""
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "store": self._scope.store,
                "shopper": one.shopper,
                "request_id": one.request_id,
                "decision": " ".join(one.decisions),
                "placement": one.placement,
                "at_ms": to_ms(at),
            }
            for one in answers
        ]
        return insert_new(self._session, PullAnswerRow, rows)
