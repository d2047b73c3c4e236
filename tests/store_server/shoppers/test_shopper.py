import pytest

from store_server.errors import Unprocessable
from store_server.shoppers.shopper import check_language, check_shopper_name


@pytest.mark.parametrize("name", ["s-1", "2375", "A.b_c:d-e", "x" * 64])
def test_opaque_names_are_taken(name: str) -> None:
    assert check_shopper_name(name) == name


@pytest.mark.parametrize("name", ["", "jo@example.com", "Jo Doe", "../x", "-a", "x" * 65, "a\n"])
def test_what_could_be_a_person_or_a_path_is_refused(name: str) -> None:
    with pytest.raises(Unprocessable, match="opaque id"):
        check_shopper_name(name)


@pytest.mark.parametrize(("language", "good"), [("en", True), ("de-AT", True), ("English", False)])
def test_a_language_is_a_tag(language: str, good: bool) -> None:
    if good:
        assert check_language(language) == language
        return
    with pytest.raises(Unprocessable, match="de-AT"):
        check_language(language)
