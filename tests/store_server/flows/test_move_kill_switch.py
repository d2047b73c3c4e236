"""The kill switch silences push, pull and what waits to be sent, until it is off again."""

import pytest

from store_server.database import Database
from store_server.decisions.kill_switch import KillSwitch
from store_server.decisions.reason import Reason
from store_server.errors import Unprocessable
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.replay_decision import replay_decision
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import NOON, a_trigger


def move(shop: Shop, *, is_on: bool, note: str = "") -> KillSwitch:
    with shop.transaction() as uow:
        return move_kill_switch(uow, shop.rooms, now=shop.now, is_on=is_on, note=note)


def test_the_next_decision_goes_by_it_and_can_be_replayed(database: Database) -> None:
    shop = a_shop(database)

    move(shop, is_on=True)
    (silent,) = shop.decide(a_trigger("e1"))
    move(shop, is_on=False)
    (spoken,) = shop.decide(a_trigger("e2"))

    assert silent.reasons == (Reason.KILL_SWITCH,)
    assert spoken.outcome.value == "offered"
    with shop.transaction() as uow:
        assert replay_decision(uow, shop.rooms, now=shop.now, decision_id=silent.id).is_same


def test_an_open_offer_is_not_shown_again_while_it_is_on(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "visit-1")
    shop.decide(a_trigger())

    move(shop, is_on=True)

    assert shop.pull().reason == "kill_switch"


def test_moved_to_where_it_stands_it_keeps_its_instant_and_note(database: Database) -> None:
    shop = a_shop(database)
    first = move(shop, is_on=True, note="wrong price")
    shop.now = NOON.replace(hour=13)

    assert move(shop, is_on=True) == first == KillSwitch(True, NOON, "wrong price")


@pytest.mark.parametrize("note", ["x" * 201, "two\nlines"])
def test_a_note_is_short_and_printable(database: Database, note: str) -> None:
    with pytest.raises(Unprocessable, match="at most 200"):
        move(a_shop(database), is_on=True, note=note)
