"""What the console says in each language: gettext catalogues, read from their .po files.

English is the source and needs no catalogue. `en-XA` is a language that nobody speaks: every
message in brackets and with accents, so that a test (and an eye) finds what was never marked for
translation and what breaks when words grow longer.
"""

import io
import re
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from store_server.decisions.plural import LANGUAGES, spoken

CATALOGUES = Path(__file__).parent / "catalogues"
PSEUDO = "en-XA"
OWN_NAMES = {"en": "English", "es": "Español", "ru": "Русский"}

# What a translation may not touch: the names of what is filled in, and tags.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]+>|&\w+;|\{\w+\})")
_ACCENTED = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")


class Pseudo(NullTranslations):
    """English, dressed up as a foreign language."""

    def gettext(self, message: str) -> str:
        """The message in brackets."""
        parts = _KEPT.split(message)
        changed = [
            part if number % 2 else part.translate(_ACCENTED) for number, part in enumerate(parts)
        ]
        return f"⟦{''.join(changed)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of English for `n`, in brackets."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def words_of(language: str) -> NullTranslations:
    """The messages of a language; English for one that is not spoken."""
    if language == PSEUDO:
        return Pseudo()
    if language == "en" or language not in LANGUAGES:
        return NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@cache
def locale_of(language: str) -> Locale:
    """How numbers, dates and plurals go in a language."""
    return Locale("en") if language == PSEUDO else Locale(spoken(language))


def wanted(chosen: str | None, accepted: str) -> str:
    """The language to speak: the one that was chosen, else the best of Accept-Language.

    Example:
        >>> wanted(None, "ca;q=0.9, es-MX;q=0.8, en;q=0.1"), wanted("ru", "es")
        ('es', 'ru')
    """
    if chosen in LANGUAGES or chosen == PSEUDO:
        return str(chosen)
    weighed = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        weighed.append((-_share(weight), place, tag.partition("-")[0].lower()))
    return next((tag for _, _, tag in sorted(weighed) if tag in LANGUAGES), "en")


def _share(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
