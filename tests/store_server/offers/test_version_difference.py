"""Two versions side by side: what differs, and which there are when one is not there."""

import pytest

from store_server.errors import NotFound
from store_server.offers.version_difference import Difference, difference_of

VERSIONS = {
    1: {"name": "Bread", "cap_per_day": 1, "state": "live"},
    2: {"name": "Bread", "cap_per_day": 2, "tags": ["new"], "state": "draft"},
}


def test_what_differs_is_told_by_field_and_a_state_is_no_content() -> None:
    assert difference_of(VERSIONS, 1, 2, named="campaign bread") == [
        Difference("cap_per_day", 1, 2),
        Difference("tags", None, ["new"]),
    ]


def test_a_version_has_nothing_otherwise_than_itself() -> None:
    assert difference_of(VERSIONS, 2, 2, named="campaign bread") == []


@pytest.mark.parametrize(("before", "after"), [(1, 9), (9, 1)])
def test_a_version_that_is_not_there_is_refused_with_those_that_are(
    before: int, after: int
) -> None:
    with pytest.raises(NotFound, match=r"^campaign bread has no version 9; it has 1, 2$"):
        difference_of(VERSIONS, before, after, named="campaign bread")
