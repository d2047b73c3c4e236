"""Merging and splitting shoppers: nothing is lost, nothing counts twice, the stricter no wins."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import HouseholdId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.merge import (
    AttributeSaid,
    Facts,
    Thing,
    Undo,
    merge,
    split,
)

NAMES = st.sampled_from(["wine", "beer", "meat"])
THINGS = st.builds(Thing, st.sampled_from(["purchase", "identity"]), st.sampled_from("abcdef"))
SAID = st.builds(AttributeSaid, st.integers(0, 5), number=st.floats(0, 9))


def facts(things: st.SearchStrategy[Thing] = THINGS) -> st.SearchStrategy[Facts]:
    return st.builds(
        Facts,
        household=st.none() | st.sampled_from([HouseholdId("h-1"), HouseholdId("h-2")]),
        language=st.sampled_from(["en", "es"]),
        staff=st.booleans(),
        channels=st.frozensets(NAMES),
        excluded=st.frozensets(NAMES),
        attributes=st.dictionaries(NAMES, SAID),
        words=st.dictionaries(st.sampled_from(Purpose), st.booleans()),
        things=st.frozensets(things),
    )


# A thing belongs to one shopper at a time: those of two shoppers are never the same.
ANN = facts(THINGS.map(lambda one: Thing(one.kind, f"ann-{one.id}")))
BOB = facts(THINGS.map(lambda one: Thing(one.kind, f"bob-{one.id}")))


@given(ANN, BOB)
def test_a_split_gives_back_exactly_what_was_merged(ann: Facts, bob: Facts) -> None:
    assert split(merge(ann, bob), Undo(ann, bob)) == (ann, bob)


@given(ANN, BOB, facts(THINGS.map(lambda one: Thing(one.kind, f"cy-{one.id}"))))
def test_nested_merges_are_taken_back_in_turn(ann: Facts, bob: Facts, cy: Facts) -> None:
    both = merge(ann, bob)

    outer, last = split(merge(both, cy), Undo(both, cy))

    assert last == cy
    assert split(outer, Undo(ann, bob)) == (ann, bob)


@given(ANN, BOB)
def test_a_no_of_either_is_a_no_and_silence_is_none(ann: Facts, bob: Facts) -> None:
    one = merge(ann, bob)

    for purpose in Purpose:
        said = [words[purpose] for words in (ann.words, bob.words) if purpose in words]
        assert one.words.get(purpose) == (all(said) if said else None)


@given(ANN, BOB)
def test_every_thing_belongs_to_one_of_them_before_and_after(ann: Facts, bob: Facts) -> None:
    one = merge(ann, bob)
    since = Thing("purchase", "since")

    kept, absorbed = split(replace(one, things=one.things | {since}), Undo(ann, bob))

    assert kept.things | absorbed.things == one.things | {since}
    assert not kept.things & absorbed.things
    assert since in kept.things


@given(ANN, BOB, st.sampled_from(Purpose))
def test_a_no_said_as_one_counts_for_both(ann: Facts, bob: Facts, purpose: Purpose) -> None:
    one = merge(ann, bob)
    now = replace(one, words={**one.words, purpose: False})

    kept, absorbed = split(now, Undo(ann, bob))

    if one.words.get(purpose) is not False:
        assert (kept.words[purpose], absorbed.words[purpose]) == (False, False)


@given(ANN, BOB, st.sampled_from(Purpose))
def test_a_yes_said_as_one_counts_for_the_kept_alone(
    ann: Facts, bob: Facts, purpose: Purpose
) -> None:
    one = merge(ann, bob)
    now = replace(one, words={**one.words, purpose: True})

    kept, absorbed = split(now, Undo(ann, bob))

    assert absorbed.words == bob.words
    if one.words.get(purpose) is not True:
        assert kept.words[purpose]


@given(ANN, BOB, facts())
def test_what_was_said_since_stays_with_the_kept(ann: Facts, bob: Facts, since: Facts) -> None:
    one = merge(ann, bob)
    newer = {name: said._replace(at_ms=99) for name, said in since.attributes.items()}
    now = replace(one, attributes={**one.attributes, **newer}, language="ru")

    kept, absorbed = split(now, Undo(ann, bob))

    assert newer.items() <= kept.attributes.items()
    assert kept.language == "ru"
    assert (absorbed.attributes, absorbed.language) == (bob.attributes, bob.language)


@given(ANN, BOB)
def test_an_exclusion_taken_back_as_one_is_gone_for_both(ann: Facts, bob: Facts) -> None:
    now = replace(merge(ann, bob), excluded=frozenset({"new"}))

    kept, absorbed = split(now, Undo(ann, bob))

    assert (kept.excluded, absorbed.excluded) == (frozenset({"new"}), frozenset({"new"}))


def test_the_attribute_said_last_counts() -> None:
    old, new = AttributeSaid(1, text="old"), AttributeSaid(2, text="new")

    for first, second in ((old, new), (new, old)):
        assert merge(
            Facts(attributes={"city": first}), Facts(attributes={"city": second})
        ).attributes == {"city": new}
