import pytest

from proximity_wire.rotating_id import derive_eid
from store_server.clock import to_ms
from store_server.shoppers.identity import IdentityTable
from tests.store_server.shoppers.builders import MONDAY, a_key, an_identity

NOW_MS = to_ms(MONDAY)
PERIOD_MS = 1024 * 1000


def shown(key: bytes, at_ms: int, *, offset_s: int = 0) -> str:
    return derive_eid(key, t_s=at_ms // 1000 + offset_s, exponent=10).hex()


@pytest.mark.parametrize("kind", ["eid", "token"])
@pytest.mark.parametrize("periods_off", [-1, 0, 1])
def test_ids_of_the_previous_current_and_next_period_resolve(kind: str, periods_off: int) -> None:
    table = IdentityTable.build([an_identity("s-1", key=a_key(7))], NOW_MS)

    found = table.resolve(kind, shown(a_key(7), NOW_MS + periods_off * PERIOD_MS), NOW_MS)

    assert found is not None
    assert (found.shopper, found.cloneable) == ("s-1", False)


@pytest.mark.parametrize("periods_off", [-3, -2, 2, 3])
def test_an_id_that_was_recorded_and_replayed_names_nobody(periods_off: int) -> None:
    table = IdentityTable.build([an_identity(key=a_key(7))], NOW_MS)

    assert table.resolve("eid", shown(a_key(7), NOW_MS + periods_off * PERIOD_MS), NOW_MS) is None


@pytest.mark.parametrize("offset_s", [-7_000_000, -300, 1, 1024, 5000])
def test_a_device_whose_clock_is_off_resolves_by_its_own_time(offset_s: int) -> None:
    one = an_identity(key=a_key(7), clock_offset_s=offset_s)
    table = IdentityTable.build([one], NOW_MS)

    for at_ms in range(NOW_MS - PERIOD_MS, NOW_MS + PERIOD_MS, 100_000):
        heard = shown(a_key(7), at_ms, offset_s=offset_s)
        assert table.resolve("eid", heard, NOW_MS) is not None


def test_a_roll_goes_with_the_clock() -> None:
    enrolled = [an_identity(key=a_key(7))]
    table = IdentityTable.build(enrolled, NOW_MS)
    later_ms = NOW_MS + 2 * PERIOD_MS

    assert not table.due(NOW_MS)
    assert table.due(later_ms)
    rolled = table.roll(enrolled, later_ms)

    assert not rolled.due(later_ms)
    assert rolled.resolve("eid", shown(a_key(7), later_ms + PERIOD_MS), later_ms) is not None


def test_late_sightings_resolve_by_the_time_at_which_they_were_heard() -> None:
    enrolled = [an_identity(key=a_key(7))]
    table = IdentityTable.build(enrolled, NOW_MS)
    for step in range(1, 5):
        table = table.roll(enrolled, NOW_MS + step * PERIOD_MS)

    assert table.resolve("eid", shown(a_key(7), NOW_MS), NOW_MS) is not None


def test_a_table_made_after_the_outage_can_reach_back() -> None:
    hours_ago_ms = NOW_MS - 5 * 3_600_000
    table = IdentityTable.build([an_identity(key=a_key(7))], NOW_MS)
    heard = shown(a_key(7), hours_ago_ms)

    assert table.resolve("eid", heard, hours_ago_ms) is None
    assert table.reaching_back(hours_ago_ms).resolve("eid", heard, hours_ago_ms) is not None


def test_two_shoppers_with_the_same_key_are_neither() -> None:
    twins = [an_identity("s-1", key=a_key(7)), an_identity("s-2", key=a_key(7))]
    table = IdentityTable.build(twins, NOW_MS)
    heard = shown(a_key(7), NOW_MS)

    assert table.resolve("eid", heard, NOW_MS) is None
    assert table.is_contested("eid", heard, NOW_MS)
    assert table.collisions == 3


def test_twins_are_found_out_when_the_second_is_enrolled_later() -> None:
    table = IdentityTable.build([an_identity("s-1", key=a_key(7))], NOW_MS)

    table = table.with_identity(an_identity("s-2", key=a_key(7)))

    assert table.resolve("eid", shown(a_key(7), NOW_MS), NOW_MS) is None


def test_one_shopper_may_carry_the_same_key_twice() -> None:
    phone = an_identity("s-1", key=a_key(7))
    again = an_identity("s-1", key=a_key(7), identity_id="phone-restored")
    table = IdentityTable.build([phone, again], NOW_MS)

    assert table.resolve("eid", shown(a_key(7), NOW_MS), NOW_MS) is not None
    assert table.collisions == 0


def test_static_ids_resolve_and_are_cloneable() -> None:
    fob = an_identity("s-1", kind="static_uid", identity="ab" * 16)
    card = an_identity("s-2", kind="static_ibeacon", identity="u:1:2")
    table = IdentityTable.build([fob, card], NOW_MS)

    found = table.resolve("uid", "ab" * 16, NOW_MS)

    assert found is not None
    assert (found.shopper, found.cloneable) == ("s-1", True)
    assert table.resolve("ibeacon", "u:1:2", NOW_MS) is not None
    assert table.resolve("uid", "u:1:2", NOW_MS) is None


@pytest.mark.parametrize("kind", ["eid", "static_uid"])
def test_an_identity_added_later_resolves_like_one_built_in(kind: str) -> None:
    one = an_identity("s-1", key=a_key(7))
    more = (
        an_identity("s-2", key=a_key(8))
        if kind == "eid"
        else an_identity("s-2", kind="static_uid", identity="cd" * 16)
    )

    grown = IdentityTable.build([one], NOW_MS).with_identity(more)

    assert grown == IdentityTable.build([one, more], NOW_MS)


def test_an_identity_enrolled_anew_drops_its_old_key() -> None:
    table = IdentityTable.build([an_identity("s-1", key=a_key(7))], NOW_MS)

    table = table.with_identity(an_identity("s-1", key=a_key(8)))

    assert table.resolve("eid", shown(a_key(7), NOW_MS), NOW_MS) is None
    assert table.resolve("eid", shown(a_key(8), NOW_MS), NOW_MS) is not None


def test_a_forgotten_shopper_is_nobody() -> None:
    table = IdentityTable.build([an_identity("s-1", key=a_key(7))], NOW_MS)

    assert table.without_shopper("s-1").resolve("eid", shown(a_key(7), NOW_MS), NOW_MS) is None
    assert len(table.without_shopper("s-1")) == 0


@pytest.mark.parametrize("identity", ["", "zz", "00", "ab" * 40])
def test_garbage_names_nobody(identity: str) -> None:
    table = IdentityTable.build([an_identity()], NOW_MS)

    assert table.resolve("eid", identity, NOW_MS) is None
    assert table.resolve("altbeacon", identity, NOW_MS) is None


def test_an_identity_does_not_print_its_key() -> None:
    assert a_key(7).hex() not in repr(an_identity(key=a_key(7)))
    assert repr(a_key(7)) not in repr(an_identity(key=a_key(7)))
