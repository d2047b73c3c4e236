import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import natural_id, pseudonym, scope

parts = st.lists(st.text(max_size=8), max_size=4)


@given(parts, parts)
def test_different_keys_have_different_ids(one: list[str], other: list[str]) -> None:
    assert (natural_id("visit", *one) == natural_id("visit", *other)) == (one == other)


def test_the_kind_is_part_of_the_key() -> None:
    assert natural_id("visit", "a") != natural_id("trigger", "a")


def test_an_id_is_the_same_on_every_machine_for_ever() -> None:
    assert natural_id("visit", "acme", "s1", 7) == "agiieck727cxaz4ytnvv6jng5y"


def test_a_pseudonym_is_short_and_not_the_shopper() -> None:
    name = pseudonym(org="acme", shopper="shopper-1")

    assert len(name) == 8
    assert name != pseudonym(org="other", shopper="shopper-1")


def test_a_scope_is_its_two_names() -> None:
    assert (scope("acme", "s1").org, scope("acme", "s1").store) == ("acme", "s1")


def test_a_name_is_base32_of_the_hash() -> None:
    digest = hashlib.blake2b(digest_size=16)
    for part in (b"visit", b"acme", b"7"):
        digest.update(len(part).to_bytes(4, "big") + part)

    expected = base64.b32encode(digest.digest()).decode().rstrip("=").lower()

    assert natural_id("visit", "acme", 7) == expected
