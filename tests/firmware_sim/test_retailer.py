from datetime import timedelta
from pathlib import Path

import pytest

from firmware_sim.events import AppReport, Happening, RangedBeacon
from firmware_sim.journal import Journal
from firmware_sim.ports import Json, Webhook
from firmware_sim.retail_data import ZONE_OF
from firmware_sim.retailer import Retailer
from firmware_sim.shopper_response import Taste
from tests.firmware_sim.builders import START, a_cast, a_scenario
from tests.firmware_sim.fakes import FakeStore

NOW_MS = round(START.timestamp() * 1000)
SURE = Taste({"s-1": dict.fromkeys(ZONE_OF, 0.97)}, seed=1)
OPENED = next(f"d-{n}" for n in range(99) if SURE.opening("s-1", f"d-{n}").opens)
CLOSED = next(f"d-{n}" for n in range(99) if not SURE.opening("s-1", f"d-{n}").opens)


class Shop:
    """A retailer with one shopper, who buys nearly everything."""

    def __init__(self, folder: Path) -> None:
        self.store = FakeStore()
        self.journal = Journal(folder)
        self.retailer = Retailer(
            self.store,
            SURE,
            shoppers=a_cast(a_scenario(tag=1)),
            offers=[{"id": "cheese", "category": "CHEESE"}],
            promoted={category: (f"p-{category}",) for category in ZONE_OF},
            prices={},
            journal=self.journal,
        )
        self.retailer.sign_in()

    def webhook(self, decision: str, *, life_s: int = 300) -> None:
        body = {
            "notification_id": f"n-{decision}",
            "decision_id": decision,
            "shopper_id": "s-1",
            "offer_id": "cheese",
            "coupon_code": "C-1",
            "trigger_at": START.isoformat(),
            "expires_at": (START + timedelta(seconds=life_s)).isoformat(),
        }
        message: Json = {"type": "offer.notification", "data": body}
        self.retailer.receive([Webhook(f"w-{decision}", message, 1.0)])

    def pay(self) -> dict[str, object]:
        paid = Happening(NOW_MS + 120_000, "paid", "s-1", 1)
        self.retailer.live(NOW_MS + 120_000, [paid])
        basket = self.store.said("basket")[-1]
        assert isinstance(basket, dict)
        return basket


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_an_opened_offer_is_told_and_its_coupon_shown_at_the_till(shop: Shop) -> None:
    shop.webhook(OPENED)
    shop.retailer.live(NOW_MS + 20_000, [])

    basket = shop.pay()

    assert [one for one in shop.store.said("opened") if f"n-{OPENED}" in str(one)]
    assert basket["coupon_codes"] == ["C-1"]
    assert shop.retailer.counts.redeemed == 1


def test_an_offer_that_nobody_opens_is_not_redeemed(shop: Shop) -> None:
    shop.webhook(CLOSED)
    shop.retailer.live(NOW_MS + 20_000, [])

    assert shop.pay()["coupon_codes"] == []


def test_an_offer_that_has_expired_is_not_opened(shop: Shop) -> None:
    shop.webhook(OPENED, life_s=1)

    shop.retailer.live(NOW_MS + 20_000, [])

    assert shop.store.said("opened") == []


def test_coupons_are_forgotten_when_the_shopper_has_left(shop: Shop) -> None:
    shop.webhook(OPENED)
    shop.retailer.live(NOW_MS + 20_000, [Happening(NOW_MS + 20_000, "left", "s-1", 1)])

    assert shop.pay()["coupon_codes"] == []


def test_a_basket_that_the_server_did_not_take_is_posted_again_once(shop: Shop) -> None:
    shop.store.down = True
    shop.retailer.live(NOW_MS, [Happening(NOW_MS, "paid", "s-1", 1)])
    assert shop.retailer.unpaid == 1

    shop.store.down = False
    shop.retailer.live(NOW_MS + 1000, [])
    shop.retailer.live(NOW_MS + 2000, [])

    assert len(shop.store.said("basket")) == 1
    assert shop.retailer.unpaid == 0


def test_a_report_that_fails_is_counted_and_lost(shop: Shop) -> None:
    report = AppReport("s-1", NOW_MS, (RangedBeacon("u:1:1", -70, NOW_MS, -59, 1),))
    shop.store.down = True

    shop.retailer.report([report], in_order=False)

    assert shop.retailer.counts.reports_failed == 1


def test_a_webhook_of_another_type_is_no_notification(shop: Shop) -> None:
    shop.retailer.receive([Webhook("w-1", {"type": "endpoint.test", "data": {}}, 1.0)])

    assert shop.retailer.counts.webhooks == 0


def test_an_offer_on_asking_is_seen_at_once_and_its_coupon_shown_at_the_till(shop: Shop) -> None:
    offer: Json = {"offer_id": "cheese", "coupon_code": "C-2", "expires_at": START.isoformat()}
    shop.store.pulled = {"decision_id": "d-pull", "offer": offer}
    shop.retailer.live(NOW_MS, [Happening(NOW_MS, "asked", "s-1", 1)])

    basket = shop.pay()

    assert shop.store.said("pull") == ["ask-s-1-1"]
    assert basket["coupon_codes"] == ["C-2"]


def test_an_app_that_is_shown_nothing_goes_on_shopping(shop: Shop) -> None:
    shop.retailer.live(NOW_MS, [Happening(NOW_MS, "asked", "s-1", 1)])

    assert shop.pay()["coupon_codes"] == []
    assert (shop.retailer.counts.asked, shop.retailer.counts.shown) == (1, 0)


def test_who_is_led_by_hand_opens_and_pays_for_themselves(shop: Shop) -> None:
    shop.retailer.welcome("s-1", "token-of-hand")
    shop.webhook(OPENED)
    shop.retailer.live(NOW_MS + 60_000, ())

    assert shop.store.said("opened") == []
    assert shop.retailer.counts.webhooks == 1
