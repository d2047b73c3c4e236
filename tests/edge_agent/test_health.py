"""Health: what the message says."""

import re
from collections import Counter
from pathlib import Path

from edge_agent.health import Heard, Machine, Running, UplinkStatus, compose_health, read_machine
from proximity_wire.messages import Health, decode, encode
from tests.edge_agent.builders import BOOT_ID, NOON_MS

HEARD = Heard(
    adverts=10,
    adverts_per_s=2.0,
    frames=Counter(eid=4),
    dropped=Counter(implausible_rssi=1, feed_garbage=0),
    live_identities=2,
)


def a_health(uplink: UplinkStatus) -> Health:
    return compose_health(
        org="acme",
        store="s1",
        gateway="gw-1",
        running=Running(BOOT_ID, "0.1.0", restarts=2, versions={"python": "3.11.2"}),
        sent_at_ms=NOON_MS,
        clock="free",
        clock_offset_ms=None,
        uptime_s=3.0,
        heard=HEARD,
        uplink=uplink,
        machine=Machine(None, None),
    )


def test_the_wire_takes_the_message_of_a_quiet_gateway() -> None:
    health = a_health(UplinkStatus(spool_id="a" * 32))

    assert decode(encode(health), Health) == health
    assert health.oldest_queued_s == 0.0


def test_all_that_was_dropped_stands_in_one_place_without_zeros() -> None:
    uplink = UplinkStatus(spool_id="a" * 32, noted=(("refused", 2), ("full", 0)))

    assert a_health(uplink).dropped == {"implausible_rssi": 1, "refused": 2}


def test_the_age_of_the_queue_is_that_of_its_oldest_batch() -> None:
    uplink = UplinkStatus(spool_id="a" * 32, queued=1, oldest_spooled_at_ms=NOON_MS - 90_000)

    assert a_health(uplink).oldest_queued_s == 90.0


def test_the_message_says_what_runs_and_how_often_it_was_started() -> None:
    health = a_health(UplinkStatus(spool_id="a" * 32, mqtt="5"))

    assert health.restarts == 2
    assert health.versions == {"python": "3.11.2", "mqtt": "5"}


def test_the_machine_tells_its_memory() -> None:
    rss_mb = read_machine().rss_mb

    assert rss_mb is None or 1 < rss_mb < 10_000


def test_every_field_and_reason_is_explained_to_the_installer() -> None:
    page = Path("docs/operations_edge.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in Path("edge_agent").rglob("*.py"))
    counted = r'(?:dropped|noted|given_up|faults)\["(\w+)"\]|reason="(\w+)"'
    reasons = {first or second for first, second in re.findall(counted, source)}

    assert len(reasons) > 15
    for name in {*Health.__struct_fields__, *reasons}:
        assert f"`{name}`" in page, name
