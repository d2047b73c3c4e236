"""The adapters that the settings ask for, and what the rooms are told of them."""

from pathlib import Path

from store_server.entrypoints.deliveries import open_webhook_channel, resolve, system_ms
from store_server.errors import ConfigError
from store_server.outbox.channel_setup import STAFF, ChannelSetup
from store_server.outbox.channels import Channel
from store_server.outbox.channels.routing import RoutedChannels
from store_server.outbox.channels.staff import StaffChannel
from store_server.outbox.lane import LaneLimits
from store_server.settings import Settings


def open_channels(settings: Settings) -> tuple[RoutedChannels, ChannelSetup]:
    """Every adapter behind one port, and what is set up.

    Raises:
        ConfigError: a file of a secret cannot be read, or an extra is not installed.
    """
    others: dict[str, Channel] = {}
    limits: dict[str, LaneLimits] = {}
    staff_address = ""
    if settings.staff.url_file is not None:
        staff = settings.staff
        staff_address = _staff_url(settings.staff.url_file)
        others[STAFF] = StaffChannel(
            resolve=resolve, now_system_ms=system_ms, timeout_s=staff.timeout_s
        )
        limits[STAFF] = LaneLimits(staff.concurrency, staff.rate_per_s)
    webhook = open_webhook_channel(
        timeout_s=settings.webhook.timeout_s, development=settings.webhook.development
    )
    return RoutedChannels(webhook, others), ChannelSetup(limits, staff_address)


def longest_try_s(settings: Settings) -> float:
    """How long a try of any channel may take: a lease outlives it."""
    return max(settings.webhook.timeout_s, settings.staff.timeout_s)


def secret_lines(file: Path, *, where: str) -> list[str]:
    """The lines of a secret's file that say something; the text never gets into an error.

    Raises:
        ConfigError: it cannot be read, or says nothing.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where} {file}: cannot be read: {type(error).__name__}") from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise ConfigError(f"{where} {file}: is empty; must hold one secret a line")
    return found


def _staff_url(file: Path) -> str:
    url = secret_lines(file, where="[staff] url_file")[0]
    if not url.startswith(("https://", "http://")):
        raise ConfigError(
            f"[staff] url_file {file}: is no http or https URL; must be the incoming webhook of a "
            "chat service"
        )
    return url
