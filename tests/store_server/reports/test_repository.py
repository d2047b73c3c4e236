"""What the report counts, in rows of all rooms; only of its own store and span."""

from typing import Any

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.ids import ShopperId, scope
from store_server.outbox.repository import OutboxRepository
from store_server.redemptions.repository import CouponRepository
from store_server.reports.repository import ReportRepository, UnitRepository
from store_server.reports.repository.unit_log import Span
from tests.store_server.outbox.builders import (
    NOON,
    SCOPE,
    a_decision,
    a_notification,
    minutes,
)
from tests.store_server.redemptions.builders import issue

Uow = UnitOfWork[Any]


def test_everything_is_counted_where_it_happened(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])
    OutboxRepository(uow.session, SCOPE).add(
        [a_notification("a"), a_notification("b", channel="pull")]
    )
    OutboxRepository(uow.session, SCOPE).expire(now=NOON + minutes(9))
    issue(CouponRepository(uow.session, SCOPE), decision="a")

    here = ReportRepository(uow.session, SCOPE).counts(since=None, until=None)

    assert (here.outcomes["offered"], here.notified, here.delivered, here.issued) == (1, 2, 1, 1)
    assert here.undelivered == {"expired no_endpoint": 1}
    assert here.unused == {"coupon_issued": 1}


def test_another_store_has_nothing_to_report(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])
    OutboxRepository(uow.session, SCOPE).add([a_notification("a")])
    issue(CouponRepository(uow.session, SCOPE), decision="a")
    other = ReportRepository(uow.session, scope("acme", "other"))

    there = other.counts(since=None, until=None)

    assert (sum(there.outcomes.values()), there.notified, there.issued) == (0, 0, 0)
    assert other.deliveries(limit=9, state=None, before=None) == []


def test_a_decision_for_nothing_is_lost_by_its_first_reason(uow: Uow) -> None:
    nothing = a_decision(outcome=Outcome.NOTHING, offer=None)
    DecisionRepository(uow.session, SCOPE).add([nothing])

    counts = ReportRepository(uow.session, SCOPE).counts(since=None, until=None)

    assert counts.reasons == {"unknown": 1}


def test_who_is_walked_by_hand_counts_in_a_simulated_store_alone(uow: Uow) -> None:
    walked = ShopperId("simulated:eva")
    DecisionRepository(uow.session, SCOPE).add([a_decision("a", shopper=walked), a_decision("b")])
    issue(CouponRepository(uow.session, SCOPE), decision="a", shopper=walked)

    real = ReportRepository(uow.session, SCOPE).counts(since=None, until=None)
    all_of_it = ReportRepository(uow.session, SCOPE, simulated=True).counts(since=None, until=None)

    assert (real.outcomes["offered"], real.issued) == (1, 0)
    assert (all_of_it.outcomes["offered"], all_of_it.issued) == (2, 1)
    assert len(UnitRepository(uow.session, SCOPE).promotions(Span())) == 1
    assert len(UnitRepository(uow.session, SCOPE, simulated=True).promotions(Span())) == 2
