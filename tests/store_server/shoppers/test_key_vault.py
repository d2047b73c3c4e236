import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.errors import StoreServerError
from store_server.shoppers.key_vault import KeyVault, Unsealable

VAULT = KeyVault(bytes(range(32)))


@given(st.binary(max_size=64))
def test_what_was_sealed_opens_again(secret: bytes) -> None:
    assert VAULT.open(VAULT.seal(secret, context="a"), context="a") == secret


def test_a_sealed_secret_shows_nothing_and_never_looks_the_same() -> None:
    secret = b"sixteen byte key"

    first, second = VAULT.seal(secret), VAULT.seal(secret)

    assert secret not in first
    assert first != second


def test_a_sealed_secret_cannot_be_moved_to_another_row() -> None:
    sealed = VAULT.seal(b"key", context="identity/acme/1")

    with pytest.raises(Unsealable):
        VAULT.open(sealed, context="identity/acme/2")


def test_another_data_key_opens_nothing() -> None:
    with pytest.raises(Unsealable, match=r"data\.key"):
        KeyVault(bytes(32)).open(VAULT.seal(b"key"))


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_a_damaged_secret_is_refused(position: int) -> None:
    sealed = bytearray(VAULT.seal(b"key"))
    sealed[position] ^= 1

    with pytest.raises(Unsealable):
        VAULT.open(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12)])
def test_a_truncated_secret_is_refused(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        VAULT.open(sealed)


def test_a_data_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(StoreServerError, match="must be 32"):
        KeyVault(bytes(16))


def test_fingerprints_are_equal_for_equal_secrets_of_one_installation() -> None:
    assert VAULT.fingerprint(b"key") == VAULT.fingerprint(b"key")
    assert VAULT.fingerprint(b"key") != VAULT.fingerprint(b"kez")
    assert VAULT.fingerprint(b"key") != KeyVault(bytes(32)).fingerprint(b"key")


def test_a_vault_does_not_print_its_key() -> None:
    assert repr(VAULT) == "KeyVault(...)"
