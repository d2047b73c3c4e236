"""What each day brought, out of decisions and redemptions, on either engine."""

from datetime import timedelta
from typing import Any

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.ids import CampaignId, ShopperId
from store_server.reports.repository import DailyLogRepository
from store_server.reports.repository.unit_log import Span
from tests.store_server.outbox.builders import NOON, SCOPE, a_decision

Uow = UnitOfWork[Any]


def test_decisions_are_counted_by_hour_and_campaign(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [
            a_decision("a"),
            a_decision("b", outcome=Outcome.HELD_OUT),
            a_decision("c", at=NOON + timedelta(days=1)),
            a_decision("d", shopper=ShopperId("simulated:eva")),
        ]
    )
    log = DailyLogRepository(uow.session, SCOPE)

    found = log.hours(Span())
    none = log.hours(Span(campaign=CampaignId("other")))

    assert sorted((one.offered, one.held_out) for one in found) == [(1, 0), (1, 1)]
    assert none == []
