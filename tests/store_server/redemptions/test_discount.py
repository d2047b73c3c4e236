"""Splitting money over lines: the parts always add up, and no line gives more than it has."""

from hypothesis import given
from hypothesis import strategies as st

from store_server.redemptions.discount import prorate, refund_of, spread, tax_of

AMOUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=20)


@given(AMOUNTS, st.data())
def test_parts_add_up_and_no_line_gives_more_than_it_has(
    left: list[int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(left)))

    parts = prorate(amount, left)

    assert sum(parts) == amount or sum(left) == 0
    assert all(0 <= part <= line for part, line in zip(parts, left, strict=True))


@given(AMOUNTS, st.data())
def test_a_discount_falls_on_the_promoted_lines_first(left: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(left)))
    meant = data.draw(st.lists(st.booleans(), min_size=len(left), max_size=len(left)))

    parts = spread(amount, left, meant=meant)

    promoted = sum(line for line, wanted in zip(left, meant, strict=True) if wanted)
    on_promoted = sum(part for part, wanted in zip(parts, meant, strict=True) if wanted)
    assert sum(parts) == amount
    assert on_promoted == min(amount, promoted)
    assert all(part <= line for part, line in zip(parts, left, strict=True))


@given(st.integers(0, 10_000), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_refunds_of_a_line_add_up_to_what_was_paid(total: int, pieces: list[int]) -> None:
    units = sum(pieces)
    before, refunded = 0, 0
    for piece in pieces:
        refunded += refund_of(total, back=piece, before=before, of=units)
        before += piece

    assert refunded == total


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_tax_is_the_nearest_whole_minor_unit(paid: int, rate_bp: int) -> None:
    inside = tax_of(paid, rate_bp, included=True)
    on_top = tax_of(paid, rate_bp, included=False)

    assert abs(inside * (10_000 + rate_bp) - paid * rate_bp) * 2 <= 10_000 + rate_bp
    assert abs(on_top * 10_000 - paid * rate_bp) * 2 <= 10_000
