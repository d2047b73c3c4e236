import pytest

from store_server.errors import Unprocessable
from store_server.shoppers.complaint import MOST_EXCLUSIONS, check_exclusions, check_topic


@pytest.mark.parametrize("topic", ["", "Ann waited an hour", "x" * 65, "Über"])
def test_a_topic_is_a_word_and_no_sentence(topic: str) -> None:
    assert check_topic("delivery-late") == "delivery-late"

    with pytest.raises(Unprocessable, match="a word of your own list"):
        check_topic(topic)


@pytest.mark.parametrize(
    "names", [{""}, {"x" * 81}, {"a\x00"}, {str(n) for n in range(MOST_EXCLUSIONS + 1)}]
)
def test_exclusions_are_some_ids(names: set[str]) -> None:
    assert check_exclusions(frozenset({"WINE", "offer-1"})) == {"WINE", "offer-1"}

    with pytest.raises(Unprocessable, match="excluded has"):
        check_exclusions(frozenset(names))
