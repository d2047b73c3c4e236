"""What a plan of beacons makes hard is said, and the labels carry what the installer needs."""

from dataclasses import replace

from store_server.fleet.beacon_labels import label_sheet
from store_server.fleet.beacon_plan import plan_warnings, regions_needed
from tests.store_server.entrypoints.web_builders import PLAN, UUID

BEACON = PLAN.beacons[0]


def test_a_usual_plan_has_no_warning() -> None:
    assert list(plan_warnings(PLAN)) == []
    assert regions_needed(PLAN) == 1


def test_more_regions_than_ios_watches_are_warned_of() -> None:
    many = tuple(
        replace(BEACON, id=f"b-{n}", identity=f"{UUID}:{n}:1", x=float(n)) for n in range(21)
    )
    spread = tuple(replace(one, x=1.6 * n) for n, one in enumerate(many))

    (warning,) = plan_warnings(replace(PLAN, beacons=spread))

    assert "20 regions" in warning
    assert "need 21" in warning


def test_two_uuids_a_number_too_large_and_a_crowd_are_warned_of() -> None:
    other = replace(BEACON, id="b-x", identity=f"{UUID[::-1]}:70000:1", x=BEACON.x + 1)

    warnings = " | ".join(plan_warnings(replace(PLAN, beacons=(BEACON, other))))

    assert "2 UUIDs" in warnings
    assert "end at 65535" in warnings
    assert "less than 1.5 m apart" in warnings


def test_each_label_says_which_one_and_where() -> None:
    evil = replace(BEACON, id="b-e")
    plan = replace(PLAN, name="<script>", beacons=(BEACON, evil))

    sheet = label_sheet(plan)

    assert sheet.count("<li>") == 2
    assert f"UUID {UUID}<br>major 1 minor 0" in sheet
    assert "Entrance, 2.0 m / 2.0 m, 2.5 m high" in sheet
    assert "<script" not in sheet
