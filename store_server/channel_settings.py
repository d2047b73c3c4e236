"""Settings of the channels beside webhooks; one is on when its section says where it leads.

Secrets are files. `store_server.bootstrap.open_channels` makes the adapters of them.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from store_server.documents import Strict

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Seconds = Annotated[float, Field(ge=0.1, le=60)]
Places = Annotated[int, Field(ge=1, le=12)]
Rate = Annotated[float, Field(ge=0.1, le=1_000)]
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class LaneSection(Strict):
    """How long a try may take, how many at once, and a second."""

    timeout_s: Seconds = 5.0
    concurrency: Places = 8
    rate_per_s: Rate = 100.0


class StaffSection(LaneSection):
    """Where alerts to staff go: the URLs in `url_file`; None = nowhere."""

    url_file: Path | None = None
    concurrency: Places = 4
    rate_per_s: Rate = 10.0


class EmailSection(LaneSection):
    """The retailer's mail relay; no `host` = no e-mail."""

    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str | None = None
    sender_name: Annotated[str, Field(max_length=80)] = ""
    username_file: Path | None = None
    password_file: Path | None = None
    timeout_s: Seconds = 10.0
    concurrency: Places = 4
    rate_per_s: Rate = 10.0

    @model_validator(mode="after")
    def _is_whole(self) -> "EmailSection":
        if self.host is None:
            return self
        if self.sender is None or "@" not in self.sender:
            raise ValueError("a host needs a sender, an address like offers@shop.example")
        if (self.username_file is None) != (self.password_file is None):
            raise ValueError("username_file and password_file go together")
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError('security "none" is for a relay on 127.0.0.1; use "starttls" or "tls"')
        return self


class SmsSection(LaneSection):
    """Services of apprise that take a phone number for {to}, one URL a line; None = no SMS."""

    urls_file: Path | None = None
    timeout_s: Seconds = 10.0
    concurrency: Places = 4
    rate_per_s: Rate = 5.0


class WebPushSection(LaneSection):
    """Web push: `contact` is whom a push service may write to; None = no web push."""

    contact: str | None = None
    key_file: Path | None = None

    @model_validator(mode="after")
    def _contact_is_one(self) -> "WebPushSection":
        if self.contact and not self.contact.startswith(("mailto:", "https://")):
            raise ValueError("contact must be mailto:NAME@HOST or an https URL")
        return self


class ScreensSection(LaneSection):
    """Which screen hangs in which zone; none = no screens."""

    zones: Annotated[dict[str, Name], Field(max_length=500)] = Field(default_factory=dict)
