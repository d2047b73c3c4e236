from datetime import timedelta

import pytest

from store_server.database import Database
from store_server.errors import NotAuthenticated, NotFound
from store_server.flows.adopt_keys import adopt_keys
from store_server.flows.authenticate import authenticate, authenticate_session
from store_server.flows.load_seed import load_shoppers
from store_server.flows.mint_token import mint_token
from store_server.flows.sign_in import (
    make_login_link,
    show_password_hash,
    sign_in_by_link,
    sign_in_by_password,
    sign_out,
)
from store_server.ids import ShopperId
from store_server.shop.access import new_token
from tests.store_server.flows.shopper_builders import a_known_shopper, a_quiet_shop
from tests.store_server.presence.builders import Shop
from tests.store_server.shoppers.builders import MONDAY

ANN = ShopperId("ann")
NOON = MONDAY.replace(hour=12)


def test_a_key_has_the_scope_it_was_made_for(database: Database) -> None:
    shop, token = a_quiet_shop(database), new_token("key")
    for _ in range(2):
        shop.run(adopt_keys, tokens={"till": token}, system_now=NOON)

    caller = shop.run(authenticate, token=token, system_now=NOON)

    assert (caller.kind, list(caller.scopes)) == ("key", ["till"])
    assert caller.shopper is None


def test_a_new_key_ends_the_one_before_it_and_no_other(database: Database) -> None:
    shop = a_quiet_shop(database)
    old, new, ops = (new_token("key") for _ in range(3))
    shop.run(adopt_keys, tokens={"till": old, "ops": ops}, system_now=NOON)

    shop.run(adopt_keys, tokens={"till": new, "ops": ops}, system_now=NOON)

    with pytest.raises(NotAuthenticated, match="revoked"):
        shop.run(authenticate, token=old, system_now=NOON)
    for token, scope in ((new, "till"), (ops, "ops")):
        assert list(shop.run(authenticate, token=token, system_now=NOON).scopes) == [scope]


def test_an_old_key_that_comes_back_stays_out_and_ends_nothing(database: Database) -> None:
    shop, old, new = a_quiet_shop(database), new_token("key"), new_token("key")
    for token in (old, new):
        assert shop.run(adopt_keys, tokens={"till": token}, system_now=NOON) == ()

    refused = shop.run(adopt_keys, tokens={"till": old}, system_now=NOON)

    assert refused == ("till",)
    assert shop.run(authenticate, token=new, system_now=NOON).name == "till"
    with pytest.raises(NotAuthenticated):
        shop.run(authenticate, token=old, system_now=NOON)


@pytest.mark.parametrize("token", ["", "bk_unknown", "bt_unknown", "x" * 5000, "bk_\u0000"])
def test_who_is_not_known_is_refused(database: Database, token: str) -> None:
    with pytest.raises(NotAuthenticated):
        a_quiet_shop(database).run(authenticate, token=token, system_now=NOON)
    with pytest.raises(NotAuthenticated):
        a_quiet_shop(database).run(authenticate_session, token=token, system_now=NOON)


def test_a_shoppers_token_lives_for_fifteen_minutes_of_system_time(database: Database) -> None:
    shop = a_quiet_shop(database)
    shop.run(load_shoppers, shoppers=[a_known_shopper("ann")])

    minted = shop.run(mint_token, shopper=ANN, system_now=NOON)
    caller = shop.run(authenticate, token=minted.token, system_now=NOON + timedelta(minutes=14))

    assert (caller.kind, caller.shopper) == ("shopper", "ann")
    assert not caller.scopes
    with pytest.raises(NotAuthenticated, match="over"):
        shop.run(authenticate, token=minted.token, system_now=NOON + timedelta(minutes=15))


def test_nobody_gets_a_token_for_a_stranger(database: Database) -> None:
    with pytest.raises(NotFound):
        a_quiet_shop(database).run(mint_token, shopper=ANN, system_now=NOON)


def test_a_link_lets_in_once_and_the_session_ends_on_the_server(database: Database) -> None:
    shop = a_quiet_shop(database)
    link = shop.run(make_login_link, system_now=NOON)

    signed_in = shop.run(sign_in_by_link, token=link.token, system_now=NOON)
    manager = shop.run(authenticate_session, token=signed_in.token, system_now=NOON)

    assert (manager.kind, list(manager.scopes), manager.name) == ("manager", ["ops"], "manager")
    with pytest.raises(NotAuthenticated, match="login-link"):
        shop.run(sign_in_by_link, token=link.token, system_now=NOON)
    shop.run(sign_out, token=signed_in.token)
    with pytest.raises(NotAuthenticated):
        shop.run(authenticate_session, token=signed_in.token, system_now=NOON)


def a_manager_with(shop: Shop, *, password_hash: str) -> None:
    link = shop.run(make_login_link, system_now=NOON)
    shop.run(sign_in_by_link, token=link.token, password_hash=password_hash, system_now=NOON)


def test_there_is_no_default_password(database: Database) -> None:
    shop = a_quiet_shop(database)
    shop.run(make_login_link, system_now=NOON)

    assert shop.run(show_password_hash, user_name="manager") is None


def test_a_link_keeps_the_password_that_was_chosen_with_it(database: Database) -> None:
    shop = a_quiet_shop(database)
    a_manager_with(shop, password_hash="a hash")

    link = shop.run(make_login_link, system_now=NOON)
    shop.run(sign_in_by_link, token=link.token, system_now=NOON)

    assert shop.run(show_password_hash, user_name="manager") == "a hash"


def test_a_password_changed_while_the_door_verified_it_lets_nobody_in(database: Database) -> None:
    shop = a_quiet_shop(database)
    a_manager_with(shop, password_hash="an old hash")
    manager = {"user_name": "manager", "system_now": NOON}
    shop.run(sign_in_by_password, verified_hash="an old hash", **manager)

    a_manager_with(shop, password_hash="a new hash")

    with pytest.raises(NotAuthenticated, match="do not fit"):
        shop.run(sign_in_by_password, verified_hash="an old hash", **manager)
    shop.run(sign_in_by_password, verified_hash="a new hash", **manager)


def test_a_session_is_over_after_twelve_hours(database: Database) -> None:
    shop = a_quiet_shop(database)
    link = shop.run(make_login_link, system_now=NOON)
    token = shop.run(sign_in_by_link, token=link.token, system_now=NOON).token

    with pytest.raises(NotAuthenticated, match="over"):
        shop.run(authenticate_session, token=token, system_now=NOON + timedelta(hours=12))
