"""The worked examples of docs/till.md are true: each is sold, and brought back, by our rules."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from store_server.redemptions.basket_return import (
    PaidLine,
    ReturnedLine,
    is_given_up,
    left_of,
    refunds_of,
)
from store_server.redemptions.discount import spread, tax_of

Json = dict[str, Any]
PAGE = (Path(__file__).parents[3] / "docs" / "till.md").read_text()
EXAMPLES: list[Json] = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.S)[0])


def sold(example: Json) -> tuple[list[int], list[list[tuple[int, int]]]]:
    """(what is paid for each line, what each coupon took off which line)."""
    left = [line["amount_minor"] for line in example["lines"]]
    shares = []
    for coupon in example["coupons"]:
        meant = [number in coupon["meant"] for number in range(len(left))]
        parts = spread(min(coupon["face_value_minor"], sum(left)), left, meant=meant)
        left = [one - part for one, part in zip(left, parts, strict=True)]
        shares.append([(line, part) for line, part in enumerate(parts) if part])
    return left, shares


def paid_lines(example: Json) -> list[PaidLine]:
    return [
        PaidLine("p", line["quantity"], line["amount_minor"], line.get("tax_bp"), off)
        for line, off in zip(
            example["lines"],
            (
                line["amount_minor"] - paid
                for line, paid in zip(example["lines"], sold(example)[0], strict=True)
            ),
            strict=True,
        )
    ]


def test_there_are_examples_of_every_kind() -> None:
    assert len(EXAMPLES) >= 8
    assert sum("returns" in one for one in EXAMPLES) >= 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["name"])
def test_an_example_is_paid_as_it_says(example: Json) -> None:
    included = example.get("prices_include_tax", True)

    paid, _ = sold(example)
    rates = [line.get("tax_bp") for line in example["lines"]]
    taxes = [
        None if rate is None else tax_of(one, rate, included=included)
        for one, rate in zip(paid, rates, strict=True)
    ]

    assert paid == example["paid_minor"]
    assert taxes == example["tax_minor"]
    on_top = 0 if included else sum(tax or 0 for tax in taxes)
    assert sum(paid) + on_top == example["total_minor"]


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if "returns" in one], ids=lambda one: one["name"]
)
def test_an_example_is_brought_back_as_it_says(example: Json) -> None:
    lines, shares = paid_lines(example), sold(example)[1]
    back: dict[int, int] = {}
    for one in example["returns"]:
        named = one["lines"] or list(left_of(lines, back).items())
        wanted = [ReturnedLine(*line) for line in named]
        included = example.get("prices_include_tax", True)
        refunds = refunds_of(wanted, lines, back, tax_included=included)
        for line in wanted:
            back[line.line] = back.get(line.line, 0) + line.quantity

        taxes = [refund.tax_minor for refund in refunds if refund.tax_minor is not None]
        assert sum(refund.refund_minor for refund in refunds) == one["refund_minor"]
        assert (sum(taxes) if taxes else None) == one["tax_minor"]
        assert any(is_given_up(share, lines, back) for share in shares) == one["reversed"]
