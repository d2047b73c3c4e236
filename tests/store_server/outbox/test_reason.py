"""Every reason is said in three languages, and documented word for word."""

from pathlib import Path

import pytest

from store_server.outbox.reason import DeliveryReason, delivery_reason_text

PAGE = (Path(__file__).parents[3] / "docs" / "deliveries.md").read_text()


@pytest.mark.parametrize("reason", DeliveryReason)
def test_a_reason_is_a_sentence_of_its_own_in_each_language(reason: DeliveryReason) -> None:
    said = [delivery_reason_text(reason, language) for language in ("en", "es", "ru")]

    assert len(set(said)) == 3
    assert all(text.endswith(".") and text[0].isupper() for text in said)


@pytest.mark.parametrize("reason", DeliveryReason)
def test_a_reason_is_documented(reason: DeliveryReason) -> None:
    assert f"| `{reason}` | {delivery_reason_text(reason)} |" in PAGE
