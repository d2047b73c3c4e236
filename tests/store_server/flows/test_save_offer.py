"""An edit of an offer is a new version; what was promised under an older one stays."""

import json
from dataclasses import replace

import pytest
from sqlmodel import col, select, update

from store_server.database import Database
from store_server.decisions.decision import Decision
from store_server.errors import NotFound
from store_server.flows.load_seed import load_offers
from store_server.flows.replay_decision import replay_decision
from store_server.flows.save_offer import save_offer
from store_server.flows.show_coupons import show_coupons
from store_server.flows.show_offer import show_offer_difference, show_offer_versions
from store_server.flows.take_basket import BasketTaken, take_basket
from store_server.flows.use_coupon import CouponShown, reserve_coupon
from store_server.ids import OfferId, ShopperId
from store_server.offers.document import read_offer, write_offer
from store_server.offers.offer import Offer
from store_server.offers.offer_version import OfferVersion, version_of
from store_server.offers.repository import OfferVersionRepository
from store_server.redemptions.basket import Basket, BasketLine
from store_server.redemptions.coupon import Coupon, binding_of
from store_server.redemptions.repository import CouponRepository
from store_server.redemptions.tables import CouponRow, CreditRow
from store_server.shop.repository import ProductRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer
from tests.store_server.redemptions.builders import BREAD, MILK

ANN = ShopperId("ann")


def save(shop: Shop, *, by: str = "ops", **changes: object) -> Offer:
    document = {**write_offer(an_offer()), **changes}
    with shop.transaction() as uow:
        return save_offer(uow, shop.rooms, now=shop.now, offer_id="rye", document=document, by=by)


def versions(shop: Shop) -> list[OfferVersion]:
    with shop.transaction() as uow:
        return show_offer_versions(uow, shop.rooms, now=shop.now, offer_id="rye")


def offered(shop: Shop) -> tuple[Decision, Coupon]:
    """Ann is offered the bread; the decision and her coupon."""
    (decision,) = shop.decide(a_trigger(shopper="ann"))
    with shop.transaction() as uow:
        (coupon,) = CouponRepository(uow.session, HERE).of_shopper(ANN)
    return decision, coupon


def paid(shop: Shop, code: str) -> BasketTaken:
    """Bread and milk, 3.00 and 1.20, with a coupon."""
    lines = (BasketLine("p1", 1, 300), BasketLine("p2", 1, 120))
    with shop.transaction() as uow:
        ProductRepository(uow.session, HERE).save([BREAD, MILK])
    basket = Basket("b-1", "till-1", NOON, ANN, lines, (code,), None, ())
    with shop.transaction() as uow:
        return take_basket(uow, shop.rooms, now=NOON, basket=basket, idempotency_key="k-1")


def turn_into_milk(shop: Shop) -> None:
    """The offer takes less off, and off something else."""
    save(shop, face_value_minor=20, product_ids=["p2"], category="MILK", name="Milk")


def test_an_edit_of_an_offer_is_a_new_version_that_says_by_whom(database: Database) -> None:
    shop = a_shop(database)

    changed = save(shop, face_value_minor=70, by="eve")

    assert (changed.version, shop.rooms.live.catalogue.offers[changed.id]) == (2, changed)
    found = versions(shop)
    assert [(one.offer.version, one.offer.face_value_minor) for one in found] == [(1, 50), (2, 70)]
    assert [(one.saved_by, one.saved_at) for one in found] == [(None, None), ("eve", shop.now)]


def test_the_same_again_is_no_new_version(database: Database) -> None:
    shop = a_shop(database)
    first = save(shop, face_value_minor=70)

    assert save(shop, face_value_minor=70, by="eve") == first
    assert save(shop, face_value_minor=70, version=9) == first
    assert [one.saved_by for one in versions(shop)] == [None, "ops"]


def test_tags_promise_nothing_and_are_kept_without_a_new_version(database: Database) -> None:
    shop = a_shop(database)

    tagged = save(shop, tags=["spring"])

    assert (tagged.version, tagged.tags) == (1, frozenset({"spring"}))
    assert shop.rooms.live.catalogue.offers[OfferId("rye")] == tagged


def test_words_that_come_back_get_a_number_of_their_own(database: Database) -> None:
    shop = a_shop(database)
    save(shop, face_value_minor=70)

    assert save(shop).version == 3


def test_an_offer_of_a_file_is_a_new_version_where_it_changed(database: Database) -> None:
    shop = a_shop(database)
    for offer in (an_offer(), an_offer(), an_offer(face_value_minor=70)):
        with shop.transaction() as uow:
            load_offers(uow, shop.rooms, now=shop.now, offers=[offer], campaigns=[a_campaign()])

    assert [(one.offer.version, one.saved_by) for one in versions(shop)] == [
        (1, "seed"),
        (2, "seed"),
    ]


def test_two_versions_are_compared_field_by_field(database: Database) -> None:
    shop = a_shop(database)
    save(shop, face_value_minor=70, tags=["spring"])

    with shop.transaction() as uow:
        found = show_offer_difference(
            uow, shop.rooms, now=shop.now, offer_id="rye", before=1, after=2
        )
        with pytest.raises(NotFound, match="offer rye has no version 9; it has 1, 2"):
            show_offer_difference(uow, shop.rooms, now=shop.now, offer_id="rye", before=1, after=9)

    assert found == [("face_value_minor", 50, 70)]


def test_decision_and_coupon_name_the_version_that_was_chosen(database: Database) -> None:
    shop = a_shop(database)
    save(shop, face_value_minor=70)

    decision, coupon = offered(shop)

    assert (decision.offer_version, coupon.offer_version) == (2, "2")


def test_an_old_decision_replays_by_the_version_it_was_made_with(database: Database) -> None:
    shop = a_shop(database)
    decision, _ = offered(shop)

    turn_into_milk(shop)

    with shop.transaction() as uow:
        again = replay_decision(uow, shop.rooms, now=shop.now, decision_id=decision.id)
    assert (again.is_same, again.again.offer_version, again.again.face_value_minor) == (True, 1, 50)


def test_the_till_goes_by_the_terms_that_the_coupon_was_issued_under(database: Database) -> None:
    shop = a_shop(database)
    _, coupon = offered(shop)
    turn_into_milk(shop)

    taken = paid(shop, coupon.code).answer

    assert [line.discount_minor for line in taken.lines] == [50, 0]


def test_a_purchase_is_credited_to_what_was_promised_then(database: Database) -> None:
    shop = a_shop(database)
    decision, coupon = offered(shop)
    turn_into_milk(shop)

    paid(shop, coupon.code)

    with shop.transaction() as uow:
        found = uow.session.exec(select(CreditRow.decision, CreditRow.category)).all()
    assert list(found) == [(decision.id, "BREAD")]


@pytest.mark.parametrize("named", ["number", "digest"])
def test_a_till_is_told_what_was_promised_not_what_is_promised_by_now(
    database: Database, named: str
) -> None:
    shop = a_shop(database)
    _, coupon = offered(shop)
    if named == "digest":
        coupon = from_before_numbers(shop, coupon)
    turn_into_milk(shop)

    with shop.transaction() as uow:
        shown = CouponShown(coupon.code, "till-1")
        told = reserve_coupon(uow, shop.rooms, now=NOON, shown=shown, idempotency_key="k")
        (to_show,) = show_coupons(uow, shop.rooms, now=NOON, shopper=ANN)

    answer = json.loads(told.text)
    assert (answer["status"], answer["face_value_minor"], to_show.name) == (
        "reserved",
        50,
        "rye bread",
    )
    offer = answer["offer"]
    assert (offer["version"], offer["name"], offer["product_ids"]) == (1, "rye bread", ["p1"])


def from_before_numbers(shop: Shop, coupon: Coupon) -> Coupon:
    """The coupon as a release before numbers issued it: named by what was promised."""
    read = read_offer(write_offer(an_offer()))
    old = replace(coupon, offer_version=version_of(read), binding=None)
    again = update(CouponRow).where(col(CouponRow.code) == coupon.code)
    with shop.transaction() as uow:
        key = shop.rooms.coupon_keys.signing
        uow.session.connection().execute(
            again.values(offer_version=old.offer_version, binding=binding_of(old, key=key))
        )
    return old


def test_versions_are_the_organisations_own(database: Database) -> None:
    shop = a_shop(database)

    with shop.transaction() as uow:
        repository = OfferVersionRepository(uow.session, HERE)
        assert repository.add(OfferVersion(an_offer(), "ops", NOON))
        assert not repository.add(OfferVersion(an_offer(face_value_minor=70), "eve", NOON))

        assert repository.of_all([OfferId("rye"), OfferId("oat")]) == {"rye": [an_offer()]}
