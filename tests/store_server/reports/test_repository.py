"""What the report counts, in rows of all rooms; only of its own store and span."""

from datetime import datetime
from typing import Any

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.ids import ShopperId, scope
from store_server.outbox.repository import OutboxRepository
from store_server.redemptions.attribution import Credit, CreditKind
from store_server.redemptions.repository import BasketRepository, CouponRepository
from store_server.reports.lift import UnitOutcome
from store_server.reports.repository import ReportRepository
from tests.store_server.outbox.builders import (
    ANN,
    BOB,
    NOON,
    SCOPE,
    a_decision,
    a_notification,
    minutes,
)
from tests.store_server.redemptions.builders import issue

Uow = UnitOfWork[Any]


def a_credit(decision: str, *, basket: str = "b", in_window: bool = True, units: int = 1) -> Credit:
    return Credit(
        decision, basket, CreditKind.PROMOTED_BOUGHT, NOON, "BREAD", units, 300, 150, in_window
    )


def outcomes(
    uow: Uow, *, since: datetime | None = None, until: datetime | None = None
) -> list[UnitOutcome]:
    return ReportRepository(uow.session, SCOPE).unit_outcomes(since=since, until=until)


def test_a_unit_counts_from_its_first_decision_only(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [a_decision("first"), a_decision("second", at=NOON + minutes(5))]
    )
    BasketRepository(uow.session, SCOPE).credit([a_credit("second")])

    assert outcomes(uow) == [UnitOutcome(treated=True, bought=False, margin_minor=0)]


def test_a_household_is_one_unit(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [
            a_decision("a", shopper=ANN, household="h1", outcome=Outcome.HELD_OUT),
            a_decision("b", shopper=BOB, household="h1", outcome=Outcome.HELD_OUT),
            a_decision("c", shopper=ShopperId("cy")),
        ]
    )

    assert sorted(one.treated for one in outcomes(uow)) == [False, True]


def test_nothing_and_ghosts_without_an_offer_are_no_units(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [
            a_decision("a", outcome=Outcome.NOTHING, offer=None),
            a_decision("b", outcome=Outcome.HELD_OUT, offer=None),
        ]
    )

    assert outcomes(uow) == []


def test_the_margin_of_every_basket_in_the_window_is_added(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])
    late = a_credit("a", basket="b3", in_window=False)
    BasketRepository(uow.session, SCOPE).credit(
        [a_credit("a", basket="b1"), a_credit("a", basket="b2", units=0), late]
    )

    assert outcomes(uow) == [UnitOutcome(treated=True, bought=True, margin_minor=300)]


def test_a_credit_is_written_once(uow: Uow) -> None:
    baskets = BasketRepository(uow.session, SCOPE)

    assert baskets.credit([a_credit("a"), a_credit("b")]) == 2
    assert baskets.credit([a_credit("a")]) == 0


def test_only_the_span_is_reported(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])

    assert len(outcomes(uow, since=NOON, until=NOON + minutes(1))) == 1
    assert outcomes(uow, until=NOON) == []
    assert outcomes(uow, since=NOON + minutes(1)) == []


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
    assert other.unit_outcomes(since=None, until=None) == []
    assert other.deliveries(limit=9, state=None, before=None) == []


def test_a_decision_for_nothing_is_lost_by_its_first_reason(uow: Uow) -> None:
    nothing = a_decision(outcome=Outcome.NOTHING, offer=None)
    DecisionRepository(uow.session, SCOPE).add([nothing])

    counts = ReportRepository(uow.session, SCOPE).counts(since=None, until=None)

    assert counts.reasons == {"unknown": 1}
