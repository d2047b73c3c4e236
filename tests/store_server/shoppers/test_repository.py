from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store_server.database import UnitOfWork
from store_server.errors import Conflict
from store_server.ids import HouseholdId, ShopperId, scope
from store_server.shoppers.consent import Purpose
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import (
    ConsentRepository,
    IdentityRepository,
    ShopperRepository,
)
from store_server.shoppers.shopper import Install, Shopper
from tests.store_server.shoppers.builders import MONDAY, a_key, a_word, an_identity

HERE = scope("acme", "demo")
STRANGERS = scope("globex", "demo")
VAULT = KeyVault(bytes(32))


def a_shopper(name: str = "s-1", *, household: str | None = "h-1") -> Shopper:
    home = HouseholdId(household) if household else None
    return Shopper(ShopperId(name), home, "en", MONDAY)


def test_a_shopper_keeps_the_day_of_the_first_word(uow: UnitOfWork[None]) -> None:
    shoppers = ShopperRepository(uow.session, HERE)
    shoppers.save([a_shopper()])

    shoppers.save([replace(a_shopper(household="h-2"), created_at=MONDAY + timedelta(days=1))])

    assert shoppers.get("s-1") == a_shopper(household="h-2")
    assert shoppers.count() == 1


def test_an_organisation_knows_its_own_shoppers_only(uow: UnitOfWork[None]) -> None:
    ShopperRepository(uow.session, HERE).save([a_shopper()])
    IdentityRepository(uow.session, HERE, VAULT).enrol(an_identity())
    ConsentRepository(uow.session, HERE).add(a_word(), recorded_at=MONDAY)

    assert ShopperRepository(uow.session, STRANGERS).get("s-1") is None
    assert ShopperRepository(uow.session, STRANGERS).count() == 0
    assert IdentityRepository(uow.session, STRANGERS, VAULT).all() == ()
    assert ConsentRepository(uow.session, STRANGERS).entries("s-1") == ()


def test_an_identity_comes_back_as_it_was_enrolled(uow: UnitOfWork[None]) -> None:
    identities = IdentityRepository(uow.session, HERE, VAULT)
    phone = an_identity("s-1", key=a_key(7), clock_offset_s=-5)
    fob = an_identity("s-2", kind="static_uid", identity="ab" * 16)

    identities.enrol(phone)
    identities.enrol(fob)

    assert set(identities.all()) == {phone, fob}
    assert identities.of("s-2") == (fob,)


def test_no_key_lies_open_in_the_database(uow: UnitOfWork[None]) -> None:
    IdentityRepository(uow.session, HERE, VAULT).enrol(an_identity(key=a_key(0xC0FFEE)))

    row = uow.session.connection().execute(text("SELECT * FROM identity")).one()

    assert a_key(0xC0FFEE) not in bytes(row.sealed_key)
    assert a_key(0xC0FFEE).hex() not in repr(tuple(row))


def test_a_key_of_one_shopper_is_refused_to_another(uow: UnitOfWork[None]) -> None:
    identities = IdentityRepository(uow.session, HERE, VAULT)
    identities.enrol(an_identity("s-1", key=a_key(7)))

    with pytest.raises(Conflict, match="another shopper"):
        identities.enrol(an_identity("s-2", key=a_key(7)))

    assert len(identities.all()) == 1


def test_the_id_of_an_identity_is_the_shoppers_own(uow: UnitOfWork[None]) -> None:
    identities = IdentityRepository(uow.session, HERE, VAULT)
    for number in (1, 2):
        identities.enrol(an_identity(f"s-{number}", key=a_key(number), identity_id="phone-1"))

    assert [one.shopper for one in identities.all()] == ["s-1", "s-2"]
    assert IdentityTable.build(identities.all(), 0).with_identity(
        an_identity("s-1", key=a_key(3), identity_id="phone-1")
    ) == IdentityTable.build(
        [*identities.of("s-2"), an_identity("s-1", key=a_key(3), identity_id="phone-1")], 0
    )


def test_an_identity_enrolled_anew_has_its_new_key(uow: UnitOfWork[None]) -> None:
    identities = IdentityRepository(uow.session, HERE, VAULT)
    identities.enrol(an_identity(key=a_key(7)))
    identities.all()

    identities.enrol(an_identity(key=a_key(8)))

    assert [one.key for one in identities.all()] == [a_key(8)]


def test_every_word_of_consent_is_kept(uow: UnitOfWork[None]) -> None:
    ledger = ConsentRepository(uow.session, HERE)
    words = (a_word(), a_word(granted=False, after_s=5), a_word(after_s=9))

    assert [ledger.add(word, recorded_at=MONDAY) for word in words] == [True, True, True]

    assert ledger.entries("s-1") == words


def test_a_word_that_is_repeated_is_one_word(uow: UnitOfWork[None]) -> None:
    ledger = ConsentRepository(uow.session, HERE)
    ledger.add(a_word(), recorded_at=MONDAY)

    assert not ledger.add(a_word(), recorded_at=MONDAY + timedelta(seconds=1))
    assert len(ledger.entries("s-1")) == 1


def test_a_batch_is_asked_for_consent_at_once(uow: UnitOfWork[None]) -> None:
    ledger = ConsentRepository(uow.session, HERE)
    ledger.add(a_word(shopper="s-1"), recorded_at=MONDAY)
    ledger.add(a_word(shopper="s-2"), recorded_at=MONDAY)
    ledger.add(a_word(shopper="s-2", granted=False, after_s=1), recorded_at=MONDAY)
    ledger.add(a_word(shopper="s-3", purpose=Purpose.PROFILE), recorded_at=MONDAY)

    at = MONDAY + timedelta(seconds=1)
    allowed = ledger.allowed_among(["s-1", "s-2", "s-3", "s-4"], Purpose.OFFERS, at=at)

    assert allowed == {"s-1"}


def test_nobody_changes_a_word_of_consent(uow: UnitOfWork[None]) -> None:
    ConsentRepository(uow.session, HERE).add(a_word(granted=False), recorded_at=MONDAY)
    connection = uow.session.connection()

    with pytest.raises(DBAPIError, match="append-only"), connection.begin_nested():
        connection.execute(text("UPDATE consent SET granted = true"))

    assert not ConsentRepository(uow.session, HERE).entries("s-1")[0].granted


def test_a_forgotten_shopper_leaves_no_row(uow: UnitOfWork[None]) -> None:
    shoppers = ShopperRepository(uow.session, HERE)
    shoppers.save([a_shopper("s-1"), a_shopper("s-2")])
    shoppers.add_install(Install("i-1", ShopperId("s-1"), "ios", "1.0", True, MONDAY))
    IdentityRepository(uow.session, HERE, VAULT).enrol(an_identity("s-1"))
    ConsentRepository(uow.session, HERE).add(a_word(shopper="s-1"), recorded_at=MONDAY)

    assert shoppers.forget_shopper("s-1") == 4

    assert shoppers.get("s-1") is None
    assert shoppers.installs("s-1") == ()
    assert shoppers.get("s-2") is not None
