from dataclasses import replace

from firmware_sim.events import DeviceKind, Tick
from firmware_sim.journal import event_line
from firmware_sim.outage import Outage, OutageKind
from firmware_sim.scenario import Scenario
from firmware_sim.world import World
from proximity_wire.frames import EddystoneEid, decode_advert
from tests.firmware_sim.builders import a_cast, a_scenario, some_people


def ticks(scenario: Scenario, number: int = 200) -> list[Tick]:
    world = World(scenario, a_cast(scenario))
    return [world.step() for _ in range(number)]


def log(scenario: Scenario, number: int = 120) -> bytes:
    return b"".join(event_line(tick) for tick in ticks(scenario, number))


def test_the_same_seed_gives_the_same_event_log_byte_for_byte() -> None:
    assert log(a_scenario(seed=5)) == log(a_scenario(seed=5))


def test_another_seed_gives_another_event_log() -> None:
    assert log(a_scenario(seed=5)) != log(a_scenario(seed=6))


def test_a_tick_holds_the_adverts_of_its_second_in_order() -> None:
    for tick in ticks(a_scenario(), 60):
        for heard in tick.heard.values():
            times = [one.heard_at_ms for one in heard]
            assert times == sorted(times)
            assert all(tick.at_ms - 1000 < at <= tick.at_ms for at in times)


def test_every_advert_is_a_frame_that_the_wire_knows() -> None:
    seen = {
        type(decode_advert(bytes.fromhex(one.ad_hex))).__name__
        for tick in ticks(a_scenario())
        for heard in tick.heard.values()
        for one in heard
    }

    assert seen == {"IBeacon", "EddystoneTlm", "EddystoneEid", "ServiceToken"}


def test_only_phones_that_range_report_and_only_when_near() -> None:
    scenario = a_scenario()
    kinds = {one.shopper: one.kind for one in a_cast(scenario)}

    for tick in ticks(scenario):
        near = {one.shopper for one in tick.truth}
        for report in tick.reports:
            assert kinds[report.shopper].ranges
            assert report.shopper in near


def test_everybody_arrives_pays_and_leaves_in_this_order() -> None:
    scenario = a_scenario(seconds=60)
    happenings = [one for tick in ticks(scenario, 600) for one in tick.happenings]

    for shopper in {one.shopper for one in happenings}:
        ways = [one.what for one in happenings if one.shopper == shopper and one.visit == 1]
        assert [one for one in ways if one != "asked"] == ["arrived", "paid", "left"]


def test_somebody_is_in_the_shop_within_twenty_simulated_seconds() -> None:
    first = [one for tick in ticks(a_scenario(), 20) for one in tick.truth if one.zone]

    assert first


def test_one_more_shopper_does_not_change_the_others() -> None:
    few, more = a_scenario(tag=2), a_scenario(tag=3)

    def path(scenario: Scenario) -> list[tuple[float, float]]:
        world = World(scenario, a_cast(scenario))
        person = next(one for one in world.people if one.name == "s-1")
        while person.itinerary is None:
            world.step()
        return [leg.end for leg in person.itinerary.legs[:3]]

    assert path(few) == path(more)


def test_an_android_phone_is_heard_more_often_than_a_tag() -> None:
    def sent(kind: DeviceKind) -> int:
        people = some_people(**{kind.value: 1})
        return sum(tick.adverts_sent for tick in ticks(replace(a_scenario(), people=people)))

    assert sent(DeviceKind.ANDROID_EID) > sent(DeviceKind.TAG) > sent(DeviceKind.IOS_POCKET)


def test_a_deaf_gateway_hears_nothing_and_one_without_net_still_does() -> None:
    outages = (
        Outage("gw-1", OutageKind.RADIO, from_s=20, for_s=30),
        Outage("gw-2", OutageKind.POWER, from_s=20, for_s=30),
        Outage("gw-3", OutageKind.NET, from_s=20, for_s=30),
    )

    heard = [tick.heard for tick in ticks(replace(a_scenario(), outages=outages), 60)]

    silent = {gateway for gateway in heard[0] if not any(one[gateway] for one in heard[20:48])}
    assert silent == {"gw-1", "gw-2"}
    assert all(any(one[gateway] for one in heard[50:]) for gateway in silent)


def test_staff_are_heard_all_day_by_an_id_that_no_shopper_has() -> None:
    people = replace(some_people(ios_pocket=1), staff=1)

    found = ticks(replace(a_scenario(), people=people), 30)

    assert all("staff-1" in {one.shopper for one in tick.truth} for tick in found)
    eids = {
        one.ad_hex
        for tick in found
        for heard in tick.heard.values()
        for one in heard
        if isinstance(decode_advert(bytes.fromhex(one.ad_hex)), EddystoneEid)
    }
    assert len(eids) == 1


def test_with_bluetooth_off_a_phone_neither_hears_nor_is_heard() -> None:
    people = replace(some_people(android_eid=4), bluetooth_off_share=1.0)

    found = ticks(replace(a_scenario(), people=people), 120)

    assert sum(len(tick.truth) for tick in found) > 100
    assert not any(tick.reports for tick in found)
    beacons_only = ticks(replace(a_scenario(), people=some_people(ios_pocket=4)), 120)
    assert sum(t.adverts_sent for t in found) == sum(t.adverts_sent for t in beacons_only)


def test_an_app_that_is_ended_falls_silent_in_mid_visit() -> None:
    people = replace(some_people(android_eid=1), app_killed_share=1.0)

    found = ticks(replace(a_scenario(), people=people), 400)

    seen = [tick.at_ms for tick in found if tick.truth]
    reported = [tick.at_ms for tick in found if tick.reports]
    assert seen[0] < reported[-1] < seen[-1] - 20_000
