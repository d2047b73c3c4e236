"""Every reason code says something of its own in each language."""

import pytest

from store_server.decisions.plural import LANGUAGES, Language
from store_server.decisions.reason import Reason
from store_server.decisions.reason_text import as_clause, reason_text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_each_reason_is_one_sentence(reason: Reason, language: Language) -> None:
    text = reason_text(reason, language)

    assert text[0].isupper()
    assert text.endswith(".")
    assert text.count(".") == 1
    assert len(text) <= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_reasons_say_the_same(language: Language) -> None:
    assert len({reason_text(reason, language) for reason in Reason}) == len(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_russian_is_written_in_cyrillic_and_spanish_is_not_english(reason: Reason) -> None:
    russian, spanish = reason_text(reason, "ru"), reason_text(reason, "es")

    assert not any("a" <= c <= "z" for c in russian.lower())
    assert spanish != reason.description


def test_inside_a_sentence_it_has_no_capital_and_no_full_stop() -> None:
    assert as_clause(Reason.LOWER_VALUE) == "another offer is expected to bring more"
