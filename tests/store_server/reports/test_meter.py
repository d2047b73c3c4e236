"""The shape of the data, and the sentence beside a result."""

import pytest

from store_server.decisions.plural import LANGUAGES, Language
from store_server.reports.lift import Question
from store_server.reports.meter import (
    read_calibration,
    say_meter,
    say_no_meter,
    write_calibration,
)
from store_server.reports.meter_shape import shape_of
from tests.store_server.report_calls import A_CALIBRATION
from tests.store_server.reports.builders import units


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "Right in 95.1 % of 2000 known cases; cannot see effects under 3.2 points here.",
        ),
        (
            "es",
            "Acierta en el 95,1 % de 2000 casos conocidos; aquí no puede ver efectos de menos de "
            "3,2 puntos.",
        ),
        (
            "ru",
            "Верно в 95,1 % из 2000 известных случаев; эффекты меньше 3,2 п. п. здесь не видны.",
        ),
    ],
)
def test_one_sentence_says_how_far_to_trust_it(language: Language, sentence: str) -> None:
    assert say_meter(A_CALIBRATION, language=language) == sentence


def test_what_was_not_proved_says_so_in_every_language() -> None:
    assert all("`store-server calibrate-meter`" in say_no_meter(language=one) for one in LANGUAGES)


def test_a_calibration_survives_being_kept() -> None:
    assert read_calibration(write_calibration(A_CALIBRATION)) == A_CALIBRATION


def test_few_units_take_the_shape_of_a_usual_campaign() -> None:
    shape = shape_of(units(treated=True, bought=1, of=9), Question(1_000))

    assert shape is not None
    assert shape.key == "v2-u2000-c1000-r20-s15-f3"


def test_many_units_have_their_own_shape() -> None:
    outcomes = units(treated=True, bought=450, of=900) + units(treated=False, bought=45, of=100)

    shape = shape_of(outcomes, Question(1_000, ended=True))

    assert shape is not None
    assert shape == (1_000, 1_000, 0.5, 1.0, 0.0)


def test_without_a_holdout_there_is_nothing_to_prove() -> None:
    assert shape_of([], Question(0)) is None
