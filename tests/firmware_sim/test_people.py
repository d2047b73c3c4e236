from dataclasses import replace

import pytest

from firmware_sim.people import check_people
from tests.firmware_sim.builders import some_people

GOOD = some_people(tag=1)


def test_the_people_of_the_tests_are_possible() -> None:
    check_people(GOOD)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kinds": {}}, "names no shopper"),
        ({"stops_least": 9, "stops_most": 3}, "stops_least"),
        ({"browsing_least_mps": 0}, "browsing_least_mps"),
        ({"visits_per_hour": 0}, "visits_per_hour is 0"),
        ({"companions_share": 1.1}, "companions_share is 1.1"),
        ({"party_mean": -1}, "party_mean is -1"),
    ],
)
def test_what_cannot_be_is_named(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_people(replace(GOOD, **change))  # type: ignore[arg-type]  # mixed on purpose
