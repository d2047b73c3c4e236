from firmware_sim.cast import cast_shoppers, identity_key, plain_profiles
from firmware_sim.events import DeviceKind
from tests.firmware_sim.builders import some_people


def test_there_are_as_many_of_each_kind_as_the_scenario_says() -> None:
    people = some_people(tag=3, ios_pocket=2)

    kinds = [one.kind for one in cast_shoppers(people, profiles=plain_profiles(9), seed=1)]

    assert sorted(kinds) == [DeviceKind.IOS_POCKET] * 2 + [DeviceKind.TAG] * 3


def test_a_share_above_nothing_withholds_consent_of_at_least_one() -> None:
    cast = cast_shoppers(some_people(tag=5), profiles=plain_profiles(5), seed=1)

    assert sum(not one.allows_location for one in cast) == 1
    assert sum(not one.allows_offers for one in cast) == 1


def test_only_tags_have_a_clock_of_their_own() -> None:
    people = some_people(tag=5, android_eid=5)

    for one in cast_shoppers(people, profiles=plain_profiles(10), seed=1):
        assert (one.clock_offset_s > 0) == (one.kind is DeviceKind.TAG)


def test_every_shopper_has_a_key_of_its_own_in_every_seed() -> None:
    keys = {identity_key(seed, f"s-{number}") for seed in (1, 2) for number in range(50)}

    assert len(keys) == 100
