"""Somebody who may open the console: name, role, language; the password is not here."""

import re
from dataclasses import dataclass
from datetime import datetime

from store_server.errors import Unprocessable
from store_server.shop.roles import Role

# In addresses, logs and the audit log: plain letters, so that two names cannot look the same.
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class ConsoleUser:
    """One person. `language` None: as the browser asks; `disabled_at` None: may come in."""

    name: str
    role: Role
    created_at: datetime
    language: str | None = None
    disabled_at: datetime | None = None
    has_password: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise Unprocessable(
                f"user name {self.name[:40]!r}: must be 1 to 32 small letters, digits, dots, "
                "hyphens or underlines, the first a letter or digit",
                code="bad_user_name",
            )


def role_of(text: str) -> Role:
    """The role of this name.

    Raises:
        Unprocessable: there is none.
    """
    try:
        return Role(text)
    except ValueError:
        raise Unprocessable(
            f"role {text[:40]!r}: must be one of {', '.join(Role)}", code="bad_role"
        ) from None
