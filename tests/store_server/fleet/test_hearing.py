from store_server.fleet.hearing import MAX_SUMS, SLOT_MS, BeaconRow, HearingKey, HearingTally


def a_row(
    at_ms: int, *, dbm: float = -60, battery_mv: float | None = None, identity: str = "b"
) -> BeaconRow:
    extras = None if battery_mv is None else {"battery_mv": battery_mv}
    return BeaconRow(identity, at_ms, 10, dbm, extras)


def test_adverts_weigh_alike_within_a_quarter_of_an_hour() -> None:
    tally = HearingTally()

    tally.add("gw-1", [a_row(1), a_row(2, dbm=-70), a_row(SLOT_MS)])

    sums, _ = tally.waiting()
    assert sums[HearingKey("gw-1", "b", 0)].mean_dbm == -65
    assert sums[HearingKey("gw-1", "b", SLOT_MS)].adverts == 10


def test_what_was_kept_is_not_kept_twice() -> None:
    tally = HearingTally()
    tally.add("gw-1", [a_row(1, battery_mv=3000)])

    tally.kept(tally.waiting()[0])

    assert tally.waiting() == ({}, [])


def test_the_newest_plausible_battery_counts() -> None:
    tally = HearingTally()

    tally.add(
        "gw-1", [a_row(5, battery_mv=2900), a_row(3, battery_mv=3000), a_row(9, battery_mv=0)]
    )

    assert [(one.at_ms, one.battery_mv) for one in tally.waiting()[1]] == [(5, 2900)]


def test_memory_is_bounded_whatever_clocks_say() -> None:
    tally = HearingTally()

    tally.add("gw-1", (a_row(number * SLOT_MS) for number in range(MAX_SUMS + 50)))

    assert len(tally.waiting()[0]) == MAX_SUMS
