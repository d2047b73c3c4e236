"""What was decided in the shop is decided again years later, whatever has changed since."""

import pytest

from store_server.database import Database, read_only
from store_server.decisions.replay import Replay
from store_server.errors import Conflict, NotFound
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.replay_decision import replay_decision
from store_server.flows.rooms import Policy
from store_server.flows.save_campaign import save_campaign
from store_server.ids import ShopperId
from store_server.offers.campaign_document import write_campaign
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger


def replayed(shop: Shop, decision_id: str) -> Replay:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        return replay_decision(uow, shop.rooms, now=shop.now, decision_id=decision_id)


def pause(shop: Shop) -> None:
    with shop.transaction() as uow:
        save_campaign(
            uow,
            shop.rooms,
            now=shop.now,
            campaign_id="bakery",
            document=write_campaign(a_campaign()) | {"state": "paused"},
            by="ops",
        )


def test_offers_ghosts_and_nothing_come_out_the_same(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=5000))
    made = shop.decide(
        *(a_trigger(f"e{n}{who}", shopper=who) for n in range(3) for who in ("ann", "bob", "eve"))
    )
    made.append(shop.pull("r9").decision)

    assert {one.outcome.value for one in made} == {"offered", "held_out", "nothing"}
    assert all(replayed(shop, one.id).is_same for one in made)


def test_it_is_decided_by_the_campaign_as_it_was(database: Database) -> None:
    shop = a_shop(database)
    (decision,) = shop.decide(a_trigger())

    pause(shop)
    (later,) = shop.decide(a_trigger("e2", shopper="bob"))

    assert replayed(shop, decision.id).is_same
    assert replayed(shop, later.id).again.outcome.value == "nothing"
    assert replayed(shop, later.id).is_same


def test_the_ground_is_known_to_be_kept_only_after_the_commit(database: Database) -> None:
    shop = a_shop(database)

    with shop.transaction() as uow:
        decide_triggers(uow, shop.rooms, now=shop.now, triggers=[a_trigger()])
        before = set(shop.rooms.grounds.kept)
    for action in uow.actions:
        action()

    assert before == set()
    assert len(shop.rooms.grounds.kept) == 2


def test_a_forgotten_shoppers_decision_cannot_be_made_again(database: Database) -> None:
    shop = a_shop(database)
    (decision,) = shop.decide(a_trigger())
    with shop.transaction() as uow:
        forget_shopper(uow, shop.rooms, now=shop.now, shopper=ShopperId("ann"))

    with pytest.raises(Conflict, match="its shopper was forgotten"):
        replayed(shop, decision.id)


def test_an_unknown_decision_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no decision 'nosuch'"):
        replayed(a_shop(database), "nosuch")
