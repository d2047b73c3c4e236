from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.purchase_rhythm import PurchaseRhythm, rhythm_of
from store_server.learning.rfm import Bands, band, edges_of
from store_server.shoppers.profile import Rfm


def a_rhythm(*, gap: int, money: int) -> PurchaseRhythm:
    rhythm = rhythm_of([(1_000 - gap * number, money) for number in range(4)])
    assert rhythm is not None
    return rhythm


@given(st.lists(st.integers(0, 1_000), min_size=1))
def test_bands_grow_with_the_value_and_are_one_to_five(values: list[int]) -> None:
    edges = edges_of(map(float, values))

    bands = [band(value, edges) for value in sorted(values)]

    assert bands == sorted(bands)
    assert set(bands) <= {1, 2, 3, 4, 5}


def test_different_values_make_even_fifths() -> None:
    edges = edges_of(float(value) for value in range(1_000))

    bands = [band(value, edges) for value in range(1_000)]

    assert [bands.count(one) for one in (1, 2, 3, 4, 5)] == [200] * 5


def test_of_nobody_there_is_only_the_lowest_band() -> None:
    assert band(10**12, edges_of([])) == 1
    assert Bands.of([], today=1_000).value == edges_of([])


def test_best_and_worst_shopper_stand_at_the_ends() -> None:
    everybody = [
        a_rhythm(gap=gap, money=gap_money)
        for gap, gap_money in zip(range(1, 101), range(100, 0, -1), strict=True)
    ]

    bands = Bands.of(everybody, today=1_000)

    assert bands.rfm(everybody[0], today=1_000) == Rfm(5, 5, 5)
    assert bands.rfm(everybody[-1], today=1_000).monetary == 1
    assert bands.value_band(everybody[0], today=1_000) == 5
    assert bands.rfm(everybody[0], today=1_500).recency == 1
