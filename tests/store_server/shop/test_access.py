import time
from datetime import UTC, datetime, timedelta

import pytest

from store_server.errors import NotAllowed, NotAuthenticated, Unprocessable
from store_server.ids import OrgId, ShopperId
from store_server.shop import access
from store_server.shop.access import Caller


def a_caller(*scopes: access.KeyScope, shopper: str | None = None) -> Caller:
    kind: access.CallerKind = "shopper" if shopper else "key"
    named = ShopperId(shopper) if shopper else None
    return Caller(kind, frozenset(scopes), OrgId("acme"), named, "till 1")


def test_a_key_reaches_as_far_as_its_scopes() -> None:
    a_caller("till").require("till")

    with pytest.raises(NotAllowed, match="scope 'backend'"):
        a_caller("till").require("backend")


def test_a_shopper_token_speaks_for_its_shopper_alone() -> None:
    assert a_caller(shopper="s-1").require_shopper() == "s-1"

    with pytest.raises(NotAllowed, match="shopper token"):
        a_caller("backend").require_shopper()


def test_tokens_are_never_the_same_and_say_what_they_are() -> None:
    tokens = {access.new_token("shopper") for _ in range(100)}

    assert len(tokens) == 100
    assert all(access.is_token(token, "shopper") for token in tokens)
    assert not any(access.is_token(token, "key") for token in tokens)


def test_what_is_kept_of_a_token_is_its_sha256() -> None:
    assert access.hash_token("abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_a_token_is_over_at_its_last_instant() -> None:
    ends = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)

    access.check_alive(expires_at=ends, now=ends - timedelta(milliseconds=1))
    with pytest.raises(NotAuthenticated, match="over"):
        access.check_alive(expires_at=ends, now=ends)


def test_a_password_verifies_against_its_own_hash_only() -> None:
    hashed = access.hash_password("correct horse battery")

    assert "correct" not in hashed
    assert access.verify_password("correct horse battery", hashed)
    assert not access.verify_password("correct horse batterz", hashed)
    assert not access.verify_password("correct horse battery", None)


def work_s(*, hashed: str | None) -> float:
    """How much processor time a refusal took."""
    before = time.process_time()
    assert not access.verify_password("correct horse batterz", hashed)
    return time.process_time() - before


def test_a_user_who_is_nobody_takes_as_much_work_as_a_wrong_password() -> None:
    hashed = access.hash_password("correct horse battery")

    assert work_s(hashed=None) > work_s(hashed=hashed) / 3


@pytest.mark.parametrize("password", ["short", "x" * 257])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(Unprocessable, match="12 to 256"):
        access.hash_password(password)
