"""Codes let a gateway in once and in time; a revoked gateway is told nothing is taken of it."""

from datetime import timedelta

import pytest

from proximity_wire.enrolment import key_id_of, make_request, read_code
from store_server.database import Database
from store_server.errors import Conflict, NotAllowed, NotFound, Refusal
from store_server.flows.enrol_gateway import (
    CODE_LIFE,
    Enrolled,
    MintedCode,
    enrol_gateway,
    make_enrolment_code,
)
from store_server.flows.revoke_gateway import readmit_gateway, revoke_gateway, show_revoked
from store_server.flows.take_gateway_state import take_gateway_state
from store_server.flows.take_sightings import take_sightings
from tests.store_server.presence.builders import T0_MS, Shop, a_batch, a_row, a_shop, a_state
from tests.store_server.shoppers.builders import MONDAY

SECRET, NONCE = bytes(range(32)), bytes(16)


def a_code(shop: Shop, gateway: str = "gw-1") -> MintedCode:
    return shop.run(make_enrolment_code, gateway=gateway, made_by="manager", system_now=MONDAY)


def come_in(shop: Shop, code: str, *, after: timedelta = timedelta(minutes=1)) -> Enrolled:
    request = make_request(read_code(code), secret=SECRET, nonce=NONCE)
    return shop.run(enrol_gateway, request=request, system_now=MONDAY + after)


def revoke(shop: Shop, gateway: str = "gw-1") -> None:
    shop.run(revoke_gateway, gateway=gateway, system_now=MONDAY)


def test_whoever_has_the_code_comes_in_with_the_secret_made_on_site(database: Database) -> None:
    shop = a_shop(database)

    enrolled = come_in(shop, a_code(shop).code)

    assert (enrolled.gateway, enrolled.key_id) == ("gw-1", key_id_of(SECRET))
    assert enrolled.password == SECRET.hex()


@pytest.mark.parametrize(
    ("after", "reason"), [(CODE_LIFE, "code_over"), (CODE_LIFE - timedelta(seconds=1), None)]
)
def test_a_code_is_good_for_a_quarter_of_an_hour(
    database: Database, after: timedelta, reason: str | None
) -> None:
    shop = a_shop(database)
    code = a_code(shop).code

    try:
        come_in(shop, code, after=after)
        refused = None
    except NotAllowed as refusal:
        refused = refusal.code

    assert refused == reason


def test_a_code_works_once_also_for_the_same_words(database: Database) -> None:
    shop = a_shop(database)
    code = a_code(shop).code
    come_in(shop, code)

    with pytest.raises(Conflict, match="used already"):
        come_in(shop, code)


@pytest.mark.parametrize("change", ["another code", "a newer one", "revoked"])
def test_a_code_that_does_not_stand_says_only_that_it_is_wrong(
    database: Database, change: str
) -> None:
    shop = a_shop(database)
    code = a_code(shop).code
    if change == "a newer one":
        a_code(shop)
    elif change == "revoked":
        revoke(shop)
    else:
        code = code[:-1] + ("A" if code[-1] != "A" else "B")

    with pytest.raises(NotAllowed, match="code is wrong"):
        come_in(shop, code)


def test_only_a_gateway_of_the_plan_gets_a_code(database: Database) -> None:
    shop = a_shop(database)

    with pytest.raises(NotFound, match="no such gateway"):
        a_code(shop, "gw-99")
    with pytest.raises(NotFound, match="no such gateway"):
        revoke(shop, "gw-99")


def test_of_a_revoked_gateway_nothing_is_taken(database: Database) -> None:
    shop = a_shop(database)
    shop.run(take_gateway_state, state=a_state(), gateway="gw-1", received_at_ms=T0_MS)

    revoke(shop)

    taken = shop.run(take_sightings, batch=a_batch(rows=[a_row()]), received_at_ms=T0_MS)
    again = shop.run(take_gateway_state, state=a_state(), gateway="gw-1", received_at_ms=T0_MS)
    assert (taken.quarantined, taken.observations) == ("gateway_revoked", 0)
    assert not again
    assert not shop.rooms.live.gateways["gw-1"].online
    assert shop.run(show_revoked) == frozenset({"gw-1"})


def test_it_comes_in_again_by_a_code_or_by_hand(database: Database) -> None:
    shop = a_shop(database)
    for let_in in (lambda: come_in(shop, a_code(shop).code), lambda: by_hand(shop)):
        revoke(shop)
        assert shop.rooms.live.revoked == frozenset({"gw-1"})

        let_in()

        assert shop.rooms.live.revoked == frozenset()


def by_hand(shop: Shop) -> None:
    assert shop.run(readmit_gateway, gateway="gw-1")
    assert not shop.run(readmit_gateway, gateway="gw-1")


def test_no_refusal_repeats_a_code(database: Database) -> None:
    shop = a_shop(database)
    minted = a_code(shop)
    come_in(shop, minted.code)

    with pytest.raises(Refusal) as refused:
        come_in(shop, minted.code)

    assert minted.code not in str(refused.value) + repr(minted) + repr(refused.value)
