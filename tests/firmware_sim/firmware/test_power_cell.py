from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.firmware.power_cell import CAPACITY_MAH, ROOM_C, CellKind, PowerCell

KINDS = st.sampled_from(CellKind)


@given(KINDS, st.floats(0, 2_000), st.floats(0, 500), st.floats(-30, 60))
def test_a_cell_never_gains_voltage_by_use(
    kind: CellKind, used: float, more: float, degrees: float
) -> None:
    before = PowerCell(kind, used, degrees).voltage_mv()

    assert PowerCell(kind, used + more, degrees).voltage_mv() <= before


@given(KINDS, st.floats(0, 2_000), st.floats(0, 20), st.floats(-30, 60))
def test_a_load_lowers_the_voltage_and_never_below_zero(
    kind: CellKind, used: float, load_ma: float, degrees: float
) -> None:
    cell = PowerCell(kind, used, degrees)

    assert 0 <= cell.voltage_mv(load_ma=load_ma) <= cell.voltage_mv()


def test_half_used_a_cr2032_still_shows_more_than_2900_mv() -> None:
    cell = PowerCell(CellKind.CR2032, CAPACITY_MAH[CellKind.CR2032] / 2)

    assert 2_900 < cell.voltage_mv() < 3_000


def test_in_the_cold_the_same_load_sags_the_same_cell_deeper() -> None:
    def sag(degrees: float) -> float:
        cell = PowerCell(CellKind.CR2032, 100, degrees)
        return cell.voltage_mv() - cell.voltage_mv(load_ma=8)

    assert sag(-20) > 3 * sag(ROOM_C)


def test_a_year_in_the_drawer_costs_one_percent() -> None:
    cell = PowerCell(CellKind.CR2477)

    cell.draw(0, over_s=365.25 * 86_400)

    assert abs(cell.used_mah - 10.0) < 1e-9
