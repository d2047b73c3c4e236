"""The receiver's own verifier agrees with the published vector and fails safely."""

import tomllib
from pathlib import Path

import pytest

from firmware_sim.outlets.webhook_signature import TOLERANCE_S, holds, key_of

VECTOR = tomllib.loads((Path(__file__).parents[2] / "vectors/standard_webhooks.toml").read_text())


def check(
    *,
    body: str = VECTOR["body"],
    webhook_id: str = VECTOR["id"],
    timestamp: str = str(VECTOR["timestamp"]),
    signatures: str = VECTOR["signature"],
    late_s: float = 0.0,
) -> bool:
    return holds(
        body.encode(),
        webhook_id=webhook_id,
        timestamp=timestamp,
        signatures=signatures,
        key=key_of(VECTOR["secret"]),
        now_s=VECTOR["timestamp"] + late_s,
    )


def test_the_published_signature_holds() -> None:
    assert check()


def test_a_good_signature_among_unknown_ones_holds() -> None:
    assert check(signatures=f"{VECTOR['signature_ed25519']} v1,AAAA {VECTOR['signature']}")


@pytest.mark.parametrize(
    "signatures",
    [*VECTOR["must_be_refused_without_raising"], VECTOR["signature_ed25519"], "\udc80"],
)
def test_a_malformed_signature_does_not_hold(signatures: str) -> None:
    assert not check(signatures=signatures)


def test_what_was_changed_does_not_hold() -> None:
    assert not check(body=VECTOR["body"] + " ")
    assert not check(webhook_id=VECTOR["id"] + "x")
    assert not check(webhook_id="")
    assert not check(timestamp=str(VECTOR["timestamp"] + 1))


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "١٦١٤٢٦٥٣٣٠", "9" * 5000])
def test_a_malformed_timestamp_does_not_hold(timestamp: str) -> None:
    assert not check(timestamp=timestamp)


@pytest.mark.parametrize("late_s", [-TOLERANCE_S - 1, TOLERANCE_S + 1])
def test_an_old_or_early_signature_does_not_hold(late_s: float) -> None:
    assert check(late_s=late_s * 0.99)
    assert not check(late_s=late_s)


@pytest.mark.parametrize("secret", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_#!", "whsec_é"])
def test_a_malformed_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret") as caught:
        key_of(secret)

    assert "MfKQ" not in str(caught.value)
    assert "#!" not in str(caught.value)
