"""Words that must not reach a shopper, found in the text as it is read.

Looked for after the placeholders are filled: a product's name can carry a word as well as a
marketer's text can. Both sides are folded the same way first, so that neither case, accents,
full-width letters, invisible characters, look-alikes of other alphabets, digits for letters, nor
dots between letters hide a word. Folding joins alphabets: a banned word also matches its
look-alike of another alphabet, which is what is wanted here.

Source: Unicode UAX 15 (NFKC, NFD), UTS 39 section 4 (confusables; the lower-case letters of
Cyrillic and Greek that read as Latin ones).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_LOOKALIKES = str.maketrans(
    "авгеёзіїјкмнорсԁԛѕтуһхьαβεηικνορτυχγωłøđ",
    "abreeziijkmhopcdqstyhxbabenikvoptuxywlod",
)
# Digits and signs that stand for letters; signs only inside a word or where they stand for s or a.
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LETTERS = re.compile(r"[^\W\d_]+")
_LEET_WORD = re.compile(r"[@$]*[^\W_]+(?:[@$!|]+[^\W_]+)*[@$]*")

Words = tuple[str, ...]


class BannedWords:
    """A list of words and phrases, ready to be looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._phrases: dict[Words, str] = {}
        for word in words:
            letters, leet = _readings(word)
            # "100 % free" must not ban "free": what has digits is looked for with them only.
            plain = () if any(c.isdigit() for c in word) else letters
            self._phrases |= {phrase: word for phrase in (plain, leet) if phrase}
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)
        self._first = {phrase[0] for phrase in self._phrases}

    def found_in(self, text: str) -> list[str]:
        """The banned words in `text`, as they stand in the list, each once, in their order.

        Example:
            >>> BannedWords(["free", "miracle cure"]).found_in("FR\u200bЕЕ bread, a Mirácle-Cure")
            ['free', 'miracle cure']
        """
        if not self._phrases:
            return []
        found: set[str] = set()
        for reading in _readings(text):
            for tokens in (reading, _joined(reading)):
                found.update(self._in(tokens))
        return [word for word in dict.fromkeys(self._phrases.values()) if word in found]

    def _in(self, tokens: Words) -> Iterable[str]:
        for place, token in enumerate(tokens):
            if token in self._first:
                for end in range(place + 1, place + self._longest + 1):
                    word = self._phrases.get(tokens[place:end])
                    if word is not None:
                        yield word


NOTHING_BANNED = BannedWords(())


@cache
def banned_words(words: Words) -> BannedWords:
    """The list of these words; the same words give the same list, built once."""
    return BannedWords(words)


def _readings(text: str) -> tuple[Words, Words]:
    """The folded words of `text`: of letters alone, and with digits and signs read as letters."""
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in unicodedata.normalize("NFKC", text)
        if unicodedata.category(c) != "Cf"
    )
    spread = unicodedata.normalize("NFD", visible.casefold())
    bare = "".join(c for c in spread if unicodedata.category(c) != "Mn").translate(_LOOKALIKES)
    return tuple(_LETTERS.findall(bare)), tuple(_unleet(one) for one in _LEET_WORD.findall(bare))


def _unleet(word: str) -> str:
    return word.translate(_LEET) if any(c.isalpha() for c in word) else word


def _joined(tokens: Words) -> Words:
    """Runs of single letters as one word: "f r e e" and "f.r.e.e" read "free"."""
    joined: list[str] = []
    was_single = False
    for token in tokens:
        single = len(token) == 1
        if single and was_single:
            joined[-1] += token
        else:
            joined.append(token)
        was_single = single
    return tuple(joined)
