"""A shopper, as the retailer names them: an opaque id, a household, a language. Nothing else."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from store_server.errors import Unprocessable
from store_server.ids import HouseholdId, ShopperId

# What a retailer may call a shopper or a household: no blanks, so that it fits in a URL, and no
# e-mail address or name by accident ("@" and spaces are refused).
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class Shopper:
    """Someone with an account at the retailer; `language` is a BCP 47 tag like "en" or "de-AT"."""

    id: ShopperId
    household: HouseholdId | None
    language: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Install:
    """The retailer's app on one phone of a shopper; `push_capable` is its own statement."""

    install_id: str
    shopper: ShopperId
    platform: Literal["android", "ios"]
    app_version: str
    push_capable: bool
    registered_at: datetime


def check_shopper_name(name: str, *, what: str = "shopper_id") -> str:
    """`name` itself, when a shopper or household may be called so.

    Raises:
        Unprocessable: it has blanks, "@" or other signs, or more than 64 characters.
    """
    if not _NAME.fullmatch(name):
        raise Unprocessable(
            f"{what} must be 1 to 64 of letters, digits and . _ : -, starting with a letter or "
            "digit; use an opaque id, never a name or an address",
            code="bad_name",
        )
    return name


def check_language(language: str) -> str:
    """`language` itself, when it is a tag like "en" or "de-AT".

    Raises:
        Unprocessable: it is not.
    """
    if not _LANGUAGE.fullmatch(language):
        raise Unprocessable(
            f'language is {language[:20]!r}; must be a tag like "en" or "de-AT"',
            code="bad_language",
        )
    return language
