"""How an offer is said: title and body with plain placeholders, never a template language.

Allowed are {offer}, {value} and {zone}. `str.format` is not used: it reads attributes and
indexes of what it is given ("{offer.__class__}"), and a marketer's text is not a program.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from store_server.offers.field_checks import require, require_text

PLACEHOLDERS = ("offer", "value", "zone")

# What a lock screen shows of a notification; longer text is cut by the phone anyway.
TITLE_LIMIT = 80
BODY_LIMIT = 400
VALUE_LIMIT = 60

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Creative:
    """Title and body in one language, before the placeholders are filled."""

    title: str
    body: str

    def __post_init__(self) -> None:
        for name, text, longest in (
            ("title", self.title, TITLE_LIMIT),
            ("body", self.body, BODY_LIMIT),
        ):
            require_text(text, where=f"creative: {name}", longest=longest, code="bad_creative")
            _require_placeholders(name, text)


@dataclass(frozen=True, slots=True)
class RenderedCreative:
    """Title and body as a shopper reads them; within TITLE_LIMIT and BODY_LIMIT."""

    title: str
    body: str


def render(creative: Creative, values: Mapping[str, str]) -> RenderedCreative:
    """The creative with its placeholders filled, once: a value is never read as a placeholder.

    Args:
        creative: the text.
        values: a text for each of PLACEHOLDERS; a missing one becomes empty. Control characters
            are dropped and each value is cut at VALUE_LIMIT.

    Example:
        >>> render(Creative("{offer}", "{value} off"), {"offer": "Rye", "value": "0.50"}).body
        '0.50 off'
    """
    clean = {name: _clean(values.get(name, "")) for name in PLACEHOLDERS}
    return RenderedCreative(
        title=_fill(creative.title, clean, longest=TITLE_LIMIT),
        body=_fill(creative.body, clean, longest=BODY_LIMIT),
    )


def creative_for(language: str, creatives: Mapping[str, Creative]) -> Creative | None:
    """The creative in `language`, or in its base language ("es-MX" reads "es"), or None."""
    wanted = language.replace("_", "-").lower()
    return creatives.get(wanted) or creatives.get(wanted.partition("-")[0])


def _require_placeholders(field: str, text: str) -> None:
    for name in _PLACEHOLDER.findall(text):
        require(
            name in PLACEHOLDERS,
            where=f"creative: {field} placeholder",
            value=f"{{{name}}}",
            expected="one of {offer}, {value}, {zone}",
            code="bad_creative",
        )
    bare = _PLACEHOLDER.sub("", text)
    require(
        "{" not in bare and "}" not in bare,
        where=f"creative: {field}",
        value=text,
        expected="text with braces only around {offer}, {value} or {zone}",
        code="bad_creative",
    )


def _fill(text: str, values: Mapping[str, str], *, longest: int) -> str:
    filled = _PLACEHOLDER.sub(lambda match: values[match.group(1)], text)
    return filled if len(filled) <= longest else filled[: longest - 1] + "…"


def _clean(value: str) -> str:
    """Without control and format characters: a right-to-left override turns a price around."""
    kept = "".join(c for c in value if unicodedata.category(c)[0] != "C")
    return kept[:VALUE_LIMIT]
