import pytest

from firmware_sim.air import Air


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("loss", 1.0),
        ("corrupt_share", -0.1),
        ("scan_window_share", 0.0),
        ("shadowing_length_m", 0.0),
        ("k_factor", 20.0),
        ("fading_sd_db", -1.0),
    ],
)
def test_a_constant_that_cannot_be_is_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        Air(**{name: value})
