"""How an offer is said: title and body, with plain placeholders or in Liquid under limits.

Plain text takes {offer}, {value} and {zone}. `str.format` is not used: it reads attributes and
indexes of what it is given ("{offer.__class__}"), and a marketer's text is not a program. Liquid
(`liquid_text`) takes the same names and `shopper.<attribute>`, with conditions and short lists.

Creatives of an offer are kept by language, or by language and channel: "es", "es@receipt". Words
that only an arm of an experiment says carry the variant's name behind it: "es~bold",
"es@receipt~bold".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from store_server.errors import Unprocessable
from store_server.offers.banned_words import NOTHING_BANNED, BannedWords
from store_server.offers.channel import FORMS, ChannelForm, ReadingChannel, clean_value
from store_server.offers.field_checks import require, require_text
from store_server.offers.liquid_text import (
    SOURCE_LIMIT,
    TemplateRefused,
    Value,
    check_liquid,
    fill_liquid,
)

CODE = "bad_creative"
PLACEHOLDERS = ("offer", "value", "zone")

# Of plain text as it is written; each channel has limits of its own for text as it is read.
TITLE_LIMIT = 80
BODY_LIMIT = 400

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KEY = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*(?:@([a-z]+))?(?:~([a-z0-9][a-z0-9_-]{0,31}))?")


class Wording(StrEnum):
    """In which form a creative is written."""

    PLAIN = "plain"
    LIQUID = "liquid"


@dataclass(frozen=True, slots=True)
class Creative:
    """Title and body in one language, before they are filled."""

    title: str
    body: str
    wording: Wording = Wording.PLAIN

    def __post_init__(self) -> None:
        plain = self.wording is Wording.PLAIN
        for name, text, longest in (
            ("title", self.title, TITLE_LIMIT),
            ("body", self.body, BODY_LIMIT),
        ):
            limit = longest if plain else SOURCE_LIMIT
            require_text(text, where=f"creative: {name}", longest=limit, code=CODE)
            if plain:
                _require_placeholders(name, text)
            else:
                check_liquid(text)


@dataclass(frozen=True, slots=True)
class RenderedCreative:
    """Title and body as a shopper reads them, within the limits of the channel.

    is_cut: something was longer than the channel shows, and lost its end.
    """

    title: str
    body: str
    is_cut: bool = False


def render(
    creative: Creative,
    values: Mapping[str, str],
    *,
    shopper: Mapping[str, Value] | None = None,
    form: ChannelForm = FORMS[ReadingChannel.PUSH],
) -> RenderedCreative:
    """The creative with its placeholders filled, once: a value is never read as a placeholder.

    Args:
        creative: the text.
        values: a text for each of PLACEHOLDERS; a missing one becomes empty. Each is cleaned and
            capped (`channel.clean_value`).
        shopper: the shopper's attributes for Liquid, cleaned likewise; None or a missing one is
            undefined there.
        form: what the channel shows.

    Raises:
        TemplateRefused: Liquid only: a name is not there, or the text grows past its limits.

    Example:
        >>> render(Creative("{offer}", "{value} off"), {"offer": "Rye", "value": "0.50"}).body
        '0.50 off'
    """
    clean = {name: clean_value(values.get(name, ""), markup=form.markup) for name in PLACEHOLDERS}
    if creative.wording is Wording.PLAIN:
        title, body = (_fill(text, clean) for text in (creative.title, creative.body))
    else:
        given: dict[str, Value | Mapping[str, Value]] = {**clean}
        given["shopper"] = {
            name: clean_value(value, markup=form.markup) if isinstance(value, str) else value
            for name, value in (shopper or {}).items()
        }
        title, body = (
            " ".join(fill_liquid(text, given).split()) for text in (creative.title, creative.body)
        )
    return _cut(title, body, form)


def creative_for(
    language: str,
    creatives: Mapping[str, Creative],
    channel: ReadingChannel | None = None,
    variant: str | None = None,
) -> Creative | None:
    """The creative in `language` or its base language ("es-MX" reads "es"), or None.

    Words of the variant go first; then those written for the channel, in either language; then
    those for all.
    """
    exact = language.replace("_", "-").lower()
    base = exact.partition("-")[0]
    places = [f"{exact}@{channel}", f"{base}@{channel}"] if channel is not None else []
    places += [exact, base]
    varied = [f"{place}~{variant}" for place in places] if variant is not None else []
    return next((creatives[key] for key in (*varied, *places) if key in creatives), None)


def say(
    creative: Creative,
    values: Mapping[str, str],
    *,
    shopper: Mapping[str, Value] | None = None,
    form: ChannelForm = FORMS[ReadingChannel.PUSH],
    banned: BannedWords = NOTHING_BANNED,
) -> RenderedCreative:
    """The words for a shopper who was promised the offer: as written, or else the bare promise.

    The decision stands by now; a name that this one profile lacks, or a word that its values bring
    in, must not lose it. Then title and body are the offer's name and what it is worth.
    """
    try:
        said = render(creative, values, shopper=shopper, form=form)
    except TemplateRefused:
        said = None
    if said is not None and not banned.found_in(f"{said.title} {said.body}"):
        return said
    return render(_BARE, values, form=form)


class CreativeKey(NamedTuple):
    """For whom a creative is: None: every channel, everybody."""

    language: str
    channel: ReadingChannel | None
    variant: str | None


def split_key(key: str) -> CreativeKey:
    """Language, channel and variant of a creative's key.

    Raises:
        Unprocessable: it is no language in lower case, with a channel after "@" or without, and a
            variant after "~" or without.
    """
    found = _KEY.fullmatch(key)
    channel = found.group(1) if found is not None else None
    if found is None or (channel is not None and channel not in set(ReadingChannel)):
        raise Unprocessable(
            f"creatives: {key!r}; must be a language in lower case such as en or pt-br, or one "
            f"with a channel such as en@receipt or a variant such as en~bold; channels are "
            f"{', '.join(ReadingChannel)}",
            code="bad_offer",
        )
    language = key.partition("~")[0].partition("@")[0]
    place = ReadingChannel(channel) if channel is not None else None
    return CreativeKey(language, place, found.group(2))


def _require_placeholders(field: str, text: str) -> None:
    for name in _PLACEHOLDER.findall(text):
        require(
            name in PLACEHOLDERS,
            where=f"creative: {field} placeholder",
            value=f"{{{name}}}",
            expected="one of {offer}, {value}, {zone}",
            code=CODE,
        )
    bare = _PLACEHOLDER.sub("", text)
    require(
        "{" not in bare and "}" not in bare,
        where=f"creative: {field}",
        value=text,
        expected="text with braces only around {offer}, {value} or {zone}",
        code=CODE,
    )


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def _cut(title: str, body: str, form: ChannelForm) -> RenderedCreative:
    limits = ((title, form.title_limit), (body, form.body_limit))
    shown = [text if len(text) <= most else f"{text[: most - 1]}…" for text, most in limits]
    return RenderedCreative(shown[0], shown[1], is_cut=shown != [title, body])


_BARE = Creative("{offer}", "{offer} {value}")
