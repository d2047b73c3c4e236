"""Windows: what one identity's adverts become."""

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.advert import Advert
from edge_agent.windows import IdentityKey, WindowTable
from proximity_wire.messages import SightingRow
from tests.edge_agent.builders import NOON_MS

KEY: IdentityKey = ("eid", "37840884ab38cceb")
OTHER: IdentityKey = ("uid", "0" * 32)


def a_table(*, most: int = 100) -> WindowTable:
    return WindowTable(window_ms=1000, forget_ms=10_000, most=most)


def hear(
    table: WindowTable, at_ms: int, *, key: IdentityKey = KEY, rssi_dbm: int = -60
) -> list[SightingRow]:
    table.hear(table.voice(key, measured_power_dbm=-59), Advert(NOON_MS + at_ms, "", b"", rssi_dbm))
    return table.take_due()


def test_a_first_sighting_is_a_row_at_once() -> None:
    (row,) = hear(a_table(), 0, rssi_dbm=-70)

    assert (row.kind, row.identity, row.count) == ("eid", "37840884ab38cceb", 1)
    assert row.first_at_ms == row.last_at_ms == NOON_MS
    assert row.rssi_mean_dbm == row.rssi_max_dbm == -70
    assert row.band == "near"


def test_later_adverts_wait_for_their_window_to_close() -> None:
    table = a_table()
    hear(table, 0)

    assert hear(table, 100, rssi_dbm=-60) == []
    assert hear(table, 700, rssi_dbm=-64) == []
    assert table.close_due(NOON_MS + 1099) == []
    (row,) = table.close_due(NOON_MS + 1100)

    assert (row.first_at_ms - NOON_MS, row.last_at_ms - NOON_MS, row.count) == (100, 700, 2)
    assert (row.rssi_mean_dbm, row.rssi_max_dbm) == (-62, -60)


def test_an_advert_out_of_order_widens_its_window() -> None:
    table = a_table()
    hear(table, 0)
    hear(table, 500)
    hear(table, 450)

    (row,) = table.close_all()

    assert (row.first_at_ms - NOON_MS, row.last_at_ms - NOON_MS) == (450, 500)


def test_an_identity_back_after_the_forget_time_is_new() -> None:
    table = a_table()
    hear(table, 0)

    assert hear(table, 9_999) == []
    assert len(hear(table, 20_000)) == 2


def test_windows_close_in_the_order_in_which_they_opened() -> None:
    table = a_table()
    for key in (KEY, OTHER):
        hear(table, 0, key=key)
    hear(table, 100, key=OTHER)
    hear(table, 101, key=KEY)

    assert [row.kind for row in table.close_all()] == ["uid", "eid"]


def test_windows_that_are_over_are_given_in_pieces() -> None:
    table = a_table()
    keys: list[IdentityKey] = [("uid", f"{number:032x}") for number in range(5)]
    for at_ms in (0, 100):
        for key in keys:
            hear(table, at_ms, key=key)

    pieces = [table.close_due(NOON_MS + 1100, most=2) for _ in range(4)]

    assert [len(rows) for rows in pieces] == [2, 2, 1, 0]
    assert [row.identity for rows in pieces for row in rows] == [key[1] for key in keys]


def test_the_table_is_bounded_and_says_what_it_evicted() -> None:
    table = a_table(most=2)
    keys: list[IdentityKey] = [("eid", f"{number:016x}") for number in range(5)]
    for key in keys:
        hear(table, 0, key=key)

    assert len(table) == 2
    assert table.evicted == 3


def test_an_evicted_identity_loses_no_advert() -> None:
    table = a_table(most=1)
    hear(table, 0)
    hear(table, 10)

    rows = hear(table, 20, key=OTHER)

    assert [(row.kind, row.count) for row in rows] == [("eid", 1), ("uid", 1)]


def test_silent_identities_make_room_first() -> None:
    table = a_table(most=2)
    hear(table, 0, key=OTHER)
    hear(table, 15_000)

    hear(table, 15_001, key=("eid", "f" * 16))

    assert table.evicted == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 60_000), st.integers(0, 6), st.integers(-100, -20), st.booleans()),
        max_size=200,
    )
)
def test_counts_add_up_to_the_adverts_heard(
    heard: list[tuple[int, int, int, bool]],
) -> None:
    table = a_table(most=4)
    rows: list[SightingRow] = []
    for at_ms, number, rssi_dbm, closes in heard:
        rows += hear(table, at_ms, key=("eid", f"{number:016x}"), rssi_dbm=rssi_dbm)
        if closes:
            rows += table.close_due(NOON_MS + at_ms)
    rows += table.forget_all()

    assert sum(row.count for row in rows) == len(heard)
    assert all(row.first_at_ms <= row.last_at_ms for row in rows)
    assert all(row.rssi_mean_dbm <= row.rssi_max_dbm for row in rows)
    assert len(table) == 0


def test_two_payloads_of_one_identity_share_its_window() -> None:
    table = a_table()
    voices = [table.voice(KEY, measured_power_dbm=power) for power in (-59, None)]

    for number in range(4):
        table.hear(voices[number % 2], Advert(NOON_MS + number, "", b"", -60))

    assert [row.count for row in table.take_due()] == [1]
    assert [(row.count, row.measured_power_dbm) for row in table.close_all()] == [(3, None)]


def test_a_voice_finds_its_identity_again_after_it_was_forgotten() -> None:
    table = a_table(most=1)
    voices = [table.voice(key, measured_power_dbm=None) for key in (KEY, OTHER, KEY)]

    for number, voice in enumerate(voices * 2):
        table.hear(voice, Advert(NOON_MS + number, "", b"", -60))

    # The last of the first round and the first of the second are one identity, heard twice.
    assert [row.kind for row in table.take_due()] == ["eid", "uid", "eid", "eid", "uid", "eid"]
    assert (table.evicted, len(table)) == (4, 1)
