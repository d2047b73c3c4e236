"""One sentence says what to do, in every language, for every finding."""

import pytest

from store_server.decisions.plural import LANGUAGES, Language
from store_server.reports.advice import Advice, Finding, say
from store_server.reports.proportions import Interval

A_GAIN = Interval(0.0312, 0.0104, 0.052)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("finding", Finding)
def test_every_finding_is_a_sentence_in_every_language(
    finding: Finding, language: Language
) -> None:
    said = say(Advice(finding, A_GAIN, 120, 0.0004, 0.041), language=language)

    assert said.endswith(".")
    assert "{" not in said
    assert said != say(Advice(finding, A_GAIN, 120, 0.0004, 0.041), language=_another(language))


@pytest.mark.parametrize(
    ("language", "part"),
    [
        ("en", "+3.1 points (+1.0 to +5.2)"),
        ("es", "+3,1 puntos (de +1,0 a +5,2)"),
        ("ru", "+3,1 п. п. (от +1,0 до +5,2)"),
    ],
)
def test_numbers_are_written_as_the_language_does(language: Language, part: str) -> None:
    assert part in say(Advice(Finding.SELLS_MORE, A_GAIN), language=language)


def test_what_was_not_seen_says_what_would_have_been() -> None:
    assert "4.1 points or more" in say(Advice(Finding.NOTHING_SEEN, A_GAIN, visible=0.041))


def _another(language: Language) -> Language:
    return "es" if language == "en" else "en"
