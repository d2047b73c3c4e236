from store_server.decisions.plural import Language
from store_server.decisions.reason import Reason
from store_server.entrypoints.console.loss_text import OTHER_TEXTS, loss_text
from store_server.outbox.reason import DeliveryReason

LANGUAGES: tuple[Language, ...] = ("en", "es", "ru")


def test_every_code_of_the_funnel_has_words_in_every_language() -> None:
    ways = [f"expired {reason}" for reason in DeliveryReason]
    codes = [*map(str, Reason), *ways, *OTHER_TEXTS]

    for code in codes:
        said = {loss_text(code, language) for language in LANGUAGES}
        assert code not in said
        assert len(said) == len(LANGUAGES), code


def test_a_code_that_nobody_knows_stands_for_itself() -> None:
    assert loss_text("weather", "en") == "weather"
