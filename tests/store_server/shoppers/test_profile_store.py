from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import ShopperId
from store_server.shoppers.attributes import GREATEST_NUMBER, AttributeValue
from store_server.shoppers.profile import LifeStage, Profile, Rfm, Standing
from store_server.shoppers.profile_store import MOST_SHARED_TEXTS, ProfileStore

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
BANDS = st.integers(1, 5)
NUMBERS = st.floats(-GREATEST_NUMBER, GREATEST_NUMBER)
STANDINGS = st.builds(
    Standing,
    stage=st.none() | st.sampled_from(LifeStage),
    churn_risk=st.none() | st.floats(0, 1),
    next_visit_days=st.none() | st.floats(0, 4_000),
    rfm=st.none() | st.builds(Rfm, BANDS, BANDS, BANDS),
    value_band=st.none() | BANDS,
    lifetime_value_minor=st.none() | st.integers(0, 2**40),
)
PROFILES = st.builds(
    Profile,
    shopper=st.sampled_from(["ann", "bob", "cy"]),
    household=st.none() | TEXTS,
    language=st.sampled_from(["en", "de-AT"]),
    attributes=st.dictionaries(TEXTS, TEXTS | NUMBERS | st.booleans() | st.dates(), max_size=5),
    standing=STANDINGS,
    channels=st.frozensets(TEXTS, max_size=3),
    excluded=st.frozensets(TEXTS, max_size=3),
    open_complaints=st.integers(0, 9),
    staff=st.booleans(),
    random_bucket=st.integers(0, 9_999),
)


@given(st.lists(PROFILES, min_size=1))
def test_the_newest_profile_of_each_shopper_comes_back_as_it_was(profiles: list[Profile]) -> None:
    store = ProfileStore(profiles)

    newest = {one.shopper: one for one in profiles}

    assert {name: store.get(name) for name in newest} == newest
    assert len(store) == len(newest)


def test_values_keep_their_types() -> None:
    values: dict[str, AttributeValue] = {"a": True, "b": 1.0, "c": "1", "d": date(2024, 2, 29)}
    store = ProfileStore([Profile(ShopperId("ann"), attributes=values)])

    found = store.get("ann")

    assert found is not None
    assert [type(found.attributes[name]) for name in values] == [bool, float, str, date]


def test_texts_beyond_the_shared_ones_are_kept_too() -> None:
    ann = Profile(ShopperId("ann"))
    many = [replace(ann, attributes={"city": f"c{n}"}) for n in range(MOST_SHARED_TEXTS + 2)]
    store = ProfileStore(many)

    assert store.get("ann") == many[-1]


def test_a_forgotten_profile_is_gone() -> None:
    store = ProfileStore([Profile(ShopperId("ann"))])

    assert store.forget("ann")
    assert not store.forget("ann")
    assert store.get("ann") is None
