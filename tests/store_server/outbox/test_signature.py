"""Signatures: the published vector, exchange of secrets, and nothing that makes verify raise."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.outbox.signature import secret_text, sign, verify

# Facts of github.com/standard-webhooks/standard-webhooks, spec and libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SIGNATURE_ED25519 = (
    "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
)
MALFORMED = ["", "v1", "x", "v1,", "v1,a,b", "v1,é", "v1,####", "v2,AAAA"]
AT = datetime.fromtimestamp(TIMESTAMP, UTC)
OTHER = "whsec_" + "b3RoZXIh" * 4


def the_headers(signature: str = SIGNATURE, **changed: str) -> dict[str, str]:
    named = {"id": WEBHOOK_ID, "timestamp": str(TIMESTAMP), "signature": signature} | changed
    return {f"webhook-{name}": value for name, value in named.items()}


def is_taken(headers: Mapping[str, str], *, now: datetime = AT, body: bytes = BODY) -> bool:
    return verify(body, headers, secrets=[SECRET], now=now)


def test_the_published_signature_is_made() -> None:
    headers = sign(BODY, webhook_id=WEBHOOK_ID, at=AT, secrets=[SECRET])

    assert headers == the_headers()


def test_the_published_signature_is_taken() -> None:
    assert is_taken(the_headers())


@pytest.mark.parametrize("signature", [*MALFORMED, SIGNATURE_ED25519])
def test_what_is_no_signature_of_ours_is_refused(signature: str) -> None:
    assert not is_taken(the_headers(signature))


def test_an_unknown_version_beside_a_good_signature_is_passed_over() -> None:
    assert is_taken(the_headers(f"v1,#### {SIGNATURE_ED25519} {SIGNATURE}"))


def test_header_names_may_be_written_in_any_case() -> None:
    assert is_taken({name.title(): value for name, value in the_headers().items()})


@pytest.mark.parametrize("off_s", [-301, 301])
def test_an_old_or_early_webhook_is_refused(off_s: int) -> None:
    assert is_taken(the_headers(), now=AT + timedelta(seconds=off_s - off_s // 301))

    assert not is_taken(the_headers(), now=AT + timedelta(seconds=off_s))


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "²", "1614265330.0", "9" * 400])
def test_a_timestamp_that_is_no_number_is_refused(timestamp: str) -> None:
    assert not is_taken(the_headers(timestamp=timestamp))


def test_a_changed_body_or_id_is_refused() -> None:
    assert not is_taken(the_headers(), body=BODY + b" ")

    assert not is_taken(the_headers(id="msg_other"))


def test_either_secret_verifies_while_they_are_exchanged() -> None:
    headers = sign(BODY, webhook_id="m", at=AT, secrets=[OTHER, SECRET])

    assert verify(BODY, headers, secrets=[SECRET], now=AT)
    assert verify(BODY, headers, secrets=[OTHER], now=AT)


def test_an_unreadable_secret_matches_nothing_and_hides_no_good_one() -> None:
    assert not verify(BODY, the_headers(), secrets=["whsec_#"], now=AT)

    assert verify(BODY, the_headers(), secrets=["whsec_#", SECRET], now=AT)


@given(st.dictionaries(st.sampled_from(list(the_headers())), st.text()), st.binary())
def test_no_headers_make_it_raise(headers: dict[str, str], body: bytes) -> None:
    assert not verify(body, headers, secrets=[SECRET, "é"], now=AT)


def test_a_short_secret_is_not_made() -> None:
    assert secret_text(b"x" * 24).startswith("whsec_")

    with pytest.raises(ValueError, match="24 to 512"):
        secret_text(b"x" * 23)
