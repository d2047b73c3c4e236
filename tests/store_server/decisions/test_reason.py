"""Reason codes are stable, in gate order, and each is explained."""

from pathlib import Path

import pytest

from store_server.decisions.reason import Reason, in_gate_order

DOCS = Path(__file__).parents[3] / "docs" / "decisions.md"


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_stands_in_the_docs_with_its_sentence(reason: Reason) -> None:
    text = " ".join(DOCS.read_text().split())

    assert f"| `{reason.value}` | {reason.description} |" in text


def test_the_docs_list_the_gates_in_their_order() -> None:
    text = DOCS.read_text()

    places = [text.index(f"| `{reason.value}` |") for reason in Reason]

    assert places == sorted(places)


def test_reasons_are_put_in_gate_order() -> None:
    assert in_gate_order({Reason.LOWER_VALUE, Reason.NO_CONSENT_OFFERS, Reason.CAP_DAY}) == (
        Reason.NO_CONSENT_OFFERS,
        Reason.CAP_DAY,
        Reason.LOWER_VALUE,
    )
