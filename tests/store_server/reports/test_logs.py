"""Visits and tastes out of the rows of other rooms."""

from datetime import timedelta
from typing import Any

from store_server.database import UnitOfWork
from store_server.ids import ShopperId, ZoneId
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit, ZoneStay
from store_server.reports.own_categories import Bought
from store_server.reports.repository import TasteLogRepository, VisitLogRepository
from store_server.reports.traffic import SeenStay
from tests.store_server.outbox.builders import ANN, NOON, SCOPE, minutes

Uow = UnitOfWork[Any]


def test_visits_come_with_their_stays(uow: Uow) -> None:
    stay = ZoneStay(ZoneId("bakery"), NOON, NOON + minutes(5))
    PresenceRepository(uow.session, SCOPE).save_visits([Visit("v", ANN, NOON, None, (stay,))])

    log = VisitLogRepository(uow.session, SCOPE)
    (found,) = log.visits(since=NOON, until=NOON + minutes(1))

    at_ms = round(NOON.timestamp() * 1000)
    assert (found.shopper, found.started_ms, found.ended_ms) == ("ann", at_ms, None)
    assert found.stays == (SeenStay("bakery", at_ms, at_ms + 300_000),)
    assert log.visits(since=NOON + minutes(1), until=NOON + minutes(2)) == []


def test_visits_of_who_is_walked_by_hand_begin_in_a_simulated_store_alone(uow: Uow) -> None:
    walked = ShopperId("simulated:eva")
    visits = [Visit("v", ANN, NOON, None, ()), Visit("w", walked, NOON + minutes(1), None, ())]
    PresenceRepository(uow.session, SCOPE).save_visits(visits)

    span = {"since": NOON, "until": NOON + minutes(2)}

    assert VisitLogRepository(uow.session, SCOPE).began(**span) == [NOON]
    assert len(VisitLogRepository(uow.session, SCOPE, simulated=True).began(**span)) == 2


def test_a_category_is_bought_here_when_one_of_our_tills_sold_it_lately(uow: Uow) -> None:
    bread, milk = (PurchaseLine(name, name, 1, 100) for name in ("BREAD", "MILK"))
    PurchaseRepository(uow.session, SCOPE).add(
        [
            Purchase("demo/1", ANN, NOON - timedelta(days=1), (bread, bread)),
            Purchase("demo/2", ANN, NOON - timedelta(days=90), (bread, milk)),
            Purchase("other/3", ANN, NOON - timedelta(days=1), (milk,)),
            Purchase("demo/4", ANN, NOON - timedelta(days=400), (milk,)),
        ]
    )

    found = TasteLogRepository(uow.session, SCOPE).bought(until=NOON)

    assert sorted(found) == [Bought("ann", "BREAD", 2, True), Bought("ann", "MILK", 2, False)]
