import random

from firmware_sim.air import Air, Ether, Link
from firmware_sim.events import RangedBeacon
from firmware_sim.firmware.ranging import BackgroundPhone, OpenPhone, PocketPhone, RangingPhone
from tests.firmware_sim.builders import START, a_floor

BEACONS = a_floor().beacons
Reports = dict[int, tuple[RangedBeacon, ...]]
NOW_MS = round(START.timestamp() * 1000)


def reports(phone: RangingPhone, seconds: int, *, x: float = 5.0) -> Reports:
    link = Link(Ether(Air(), BEACONS, seed="1"), rng=random.Random(2))
    link.stand(x, 5, heading_rad=None)
    stepped = {second: phone.step(NOW_MS + 1000 * second, link) for second in range(seconds)}
    return {second: report for second, report in stepped.items() if report}


def seconds_heard(found: Reports) -> set[int]:
    return {(one.at_ms - NOW_MS) // 1000 for report in found.values() for one in report}


def test_an_open_app_hears_every_second_and_reports_every_third() -> None:
    found = reports(OpenPhone(BEACONS, rng=random.Random(1)), 30)

    assert len(seconds_heard(found)) >= 28
    assert {second % 3 for second in found} == {next(iter(found)) % 3}


def test_a_phone_in_the_pocket_hears_about_ten_seconds_of_each_wake() -> None:
    heard = seconds_heard(reports(PocketPhone(BEACONS[:1], rng=random.Random(1)), 600))

    assert 5 <= len(heard) <= 10
    assert max(heard) - min(heard) <= 10


def test_a_phone_in_the_pocket_wakes_again_when_it_has_left_a_region() -> None:
    phone = PocketPhone(BEACONS[:1], rng=random.Random(1))
    reports(phone, 120)

    link = Link(Ether(Air(), BEACONS, seed="1"), rng=random.Random(2))
    link.stand(5000, 5, heading_rad=None)
    awake = [
        second
        for second in range(120, 180)
        if phone._is_awake(NOW_MS + 1000 * second, phone._hear(NOW_MS + 1000 * second, link))
    ]

    assert 20 <= awake[0] - 119 <= 31
    assert len(awake) == 10


def test_a_phone_in_the_background_scans_now_and_then() -> None:
    heard = seconds_heard(reports(BackgroundPhone(BEACONS, rng=random.Random(1)), 600))

    assert 20 <= len(heard) <= 120


def test_a_phone_far_from_every_beacon_reports_nothing() -> None:
    assert reports(OpenPhone(BEACONS, rng=random.Random(1)), 30, x=5000.0) == {}
