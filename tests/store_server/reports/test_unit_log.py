"""Which units there are, and what their receipts say, in the rows of all rooms."""

from typing import Any

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.ids import CampaignId, ShopperId, scope
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.redemptions.attribution import Credit, CreditKind
from store_server.redemptions.basket import Basket
from store_server.redemptions.repository import BasketRepository
from store_server.redemptions.repository.baskets import NewBasket
from store_server.reports.attribution_table import Credited
from store_server.reports.repository import ReceiptRepository, UnitRepository
from store_server.reports.repository.unit_log import Span
from store_server.reports.unit_ledger import Promotion, Receipt
from store_server.shop.repository import ProductRepository
from tests.store_server.outbox.builders import ANN, BOB, NOON, SCOPE, a_decision, know, minutes
from tests.store_server.redemptions.builders import BREAD, MILK, a_basket, a_line

Uow = UnitOfWork[Any]
EVER = Span()


def a_credit(decision: str, *, basket: str = "b", in_window: bool = True, units: int = 1) -> Credit:
    return Credit(
        decision, basket, CreditKind.PROMOTED_BOUGHT, NOON, "BREAD", units, 300, 150, in_window
    )


def promotions(uow: Uow, span: Span = EVER) -> list[Promotion]:
    return UnitRepository(uow.session, SCOPE).promotions(span)


def take(uow: Uow, basket: Basket, *, paid_minor: int, off_minor: int = 0) -> None:
    off = [off_minor] + [0] * (len(basket.lines) - 1)
    new = NewBasket(basket, basket.id, basket.shopper, "{}", paid_minor, off)
    BasketRepository(uow.session, SCOPE).add([new], taken_at=NOON)


def test_a_unit_counts_from_its_first_decision_only(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [a_decision("first"), a_decision("second", at=NOON + minutes(5))]
    )
    BasketRepository(uow.session, SCOPE).credit([a_credit("second")])

    assert [(one.decision, one.bought_units) for one in promotions(uow)] == [("first", 0)]


def test_a_household_is_one_unit_with_all_who_live_there(uow: Uow) -> None:
    know(uow, shoppers={ANN: "h1", BOB: "h1", ShopperId("cy"): None})
    DecisionRepository(uow.session, SCOPE).add(
        [
            a_decision("a", shopper=ANN, household="h1", outcome=Outcome.HELD_OUT),
            a_decision("c", shopper=ShopperId("cy")),
        ]
    )

    found = {one.unit: (one.treated, one.members) for one in promotions(uow)}
    assert found == {
        "household h1": (False, ("ann", "bob")),
        "shopper cy": (True, ("cy",)),
    }


def test_nothing_and_ghosts_without_an_offer_are_no_units(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [
            a_decision("a", outcome=Outcome.NOTHING, offer=None),
            a_decision("b", outcome=Outcome.HELD_OUT, offer=None),
        ]
    )

    assert promotions(uow) == []


def test_what_was_bought_in_every_basket_of_the_window_is_added(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])
    late = a_credit("a", basket="b3", in_window=False)
    BasketRepository(uow.session, SCOPE).credit(
        [a_credit("a", basket="b1"), a_credit("a", basket="b2", units=2), late]
    )

    assert [one.bought_units for one in promotions(uow)] == [3]


def test_only_the_span_and_the_campaign_are_reported(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])

    assert len(promotions(uow, Span(NOON, NOON + minutes(1), CampaignId("bakery")))) == 1
    assert promotions(uow, Span(until=NOON)) == []
    assert promotions(uow, Span(since=NOON + minutes(1))) == []
    assert promotions(uow, Span(campaign=CampaignId("another"))) == []


def test_a_unit_of_a_span_knows_its_first_decision_of_all(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [a_decision("first"), a_decision("second", at=NOON + minutes(5))]
    )

    (found,) = promotions(uow, Span(since=NOON + minutes(1)))

    assert (found.decision, found.first_ever_ms) == ("second", round(NOON.timestamp() * 1000))


def test_a_receipt_has_what_was_paid_and_the_margin_of_all_its_lines(uow: Uow) -> None:
    ProductRepository(uow.session, SCOPE).save([BREAD, MILK])
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])
    lines = [a_line(), a_line("p2", amount_minor=120), a_line("unknown", amount_minor=50)]
    take(uow, a_basket(lines=lines), paid_minor=470)
    take(uow, a_basket("others", shopper=BOB), paid_minor=300)
    take(uow, a_basket("before", at=NOON - minutes(5)), paid_minor=300)

    promoted = UnitRepository(uow.session, SCOPE).promotions(Span(), {"rye": "BREAD"})
    found = ReceiptRepository(uow.session, SCOPE).after(promoted)

    at_ms = round((NOON + minutes(10)).timestamp() * 1000)
    assert found == {"shopper ann": [Receipt(at_ms, 470, 150 + 15, 300, 0, 120 + 50)]}


def test_a_discount_that_no_coupon_of_ours_covers_comes_off_the_margin_as_well(uow: Uow) -> None:
    ProductRepository(uow.session, SCOPE).save([BREAD, MILK])
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])
    take(uow, a_basket(given=[("YAKMVS9-EDD1RCR-G0FQ8WX", 50)]), paid_minor=250, off_minor=50)

    (found,) = ReceiptRepository(uow.session, SCOPE).after(promotions(uow))["shopper ann"]

    assert (found.paid_minor, found.margin_minor) == (250, 150 - 50)


def test_earlier_purchases_are_those_of_the_organisation_before_the_decision(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a"), a_decision("b", shopper=BOB)])
    bread = PurchaseLine("p1", "BREAD", 1, 300)
    PurchaseRepository(uow.session, SCOPE).add(
        [
            Purchase("other-store/1", ANN, NOON - minutes(60), (bread, bread)),
            Purchase("demo/2", ANN, NOON + minutes(60), (bread,)),
            Purchase("demo/3", ShopperId("cy"), NOON - minutes(60), (bread,)),
        ]
    )

    found = ReceiptRepository(uow.session, SCOPE).before(promotions(uow))

    at_ms = round((NOON - minutes(60)).timestamp() * 1000)
    assert found == {"shopper ann": [Receipt(at_ms, 600, 0)]}


def test_what_was_credited_to_offered_decisions_is_summed_by_kind(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add(
        [a_decision("a"), a_decision("ghost", shopper=BOB, outcome=Outcome.HELD_OUT)]
    )
    BasketRepository(uow.session, SCOPE).credit(
        [a_credit("a", basket="b1"), a_credit("a", basket="b2"), a_credit("ghost", basket="b3")]
    )

    found = UnitRepository(uow.session, SCOPE).credited(Span())

    assert found == {"promoted_bought": Credited(2, 600)}


def test_another_store_has_no_units(uow: Uow) -> None:
    DecisionRepository(uow.session, SCOPE).add([a_decision("a")])

    assert UnitRepository(uow.session, scope("acme", "other")).promotions(Span()) == []
