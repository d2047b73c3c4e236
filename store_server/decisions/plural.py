"""The languages that Beaconry explains itself in, and a counted noun in each.

Source of the rules: Unicode CLDR, "Language Plural Rules", as Babel carries them. Russian has
three forms for whole numbers (1 день, 2 дня, 5 дней), and 21 takes the first again.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, get_args

from babel import Locale

Language = Literal["en", "es", "ru"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

# Forms by CLDR category; "other" must be there.
Forms = Mapping[str, str]


def spoken(language: str) -> Language:
    """The one of LANGUAGES nearest to a language tag; English for those that are not spoken.

    Example:
        >>> spoken("ru-KZ"), spoken("de")
        ('ru', 'en')
    """
    base = language.replace("_", "-").partition("-")[0].lower()
    return next((one for one in LANGUAGES if one == base), "en")


def counted(number: int, forms: Forms, *, language: Language) -> str:
    """The form that goes with `number`, with `{n}` in it filled.

    Example:
        >>> counted(22, {"one": "{n} день", "few": "{n} дня", "other": "{n} дней"}, language="ru")
        '22 дня'
    """
    form = _locale(language).plural_form(abs(number))
    return forms.get(form, forms["other"]).replace("{n}", str(number))


@cache
def _locale(language: Language) -> Locale:
    return Locale(language)
