"""A number and its noun agree in each language."""

import pytest

from store_server.decisions.plural import Forms, counted, spoken

RUSSIAN: Forms = {"one": "{n} другое", "few": "{n} других", "other": "{n} иных"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 иных"),
        (1, "1 другое"),
        (2, "2 других"),
        (5, "5 иных"),
        (11, "11 иных"),
        (21, "21 другое"),
    ],
)
def test_russian_takes_its_three_forms(number: int, text: str) -> None:
    assert counted(number, RUSSIAN, language="ru") == text


def test_spanish_millions_without_a_form_of_their_own_take_the_plural() -> None:
    assert (
        counted(1_000_000, {"one": "{n} día", "other": "{n} días"}, language="es") == "1000000 días"
    )


@pytest.mark.parametrize(
    ("tag", "language"), [("es-MX", "es"), ("ru_RU", "ru"), ("EN", "en"), ("de", "en"), ("", "en")]
)
def test_a_language_that_is_not_spoken_is_answered_in_english(tag: str, language: str) -> None:
    assert spoken(tag) == language
