"""The adapters that the settings ask for, and what the rooms are told of them.

What an optional extra brings is imported only where a section asks for it; what is missing, or a
file that does not hold what it should, is told before anything is started.
"""

from dataclasses import dataclass, field
from pathlib import Path

from store_server.channel_settings import EmailSection, LaneSection
from store_server.entrypoints.deliveries import open_webhook_channel, resolve, system_ms
from store_server.errors import ConfigError
from store_server.first_run import Secrets
from store_server.outbox.channel_setup import SCREEN, STAFF, ChannelSetup
from store_server.outbox.channels import Channel
from store_server.outbox.channels.apprise_service import AppriseChannel
from store_server.outbox.channels.routing import RoutedChannels
from store_server.outbox.channels.screen import Publish, ScreenChannel
from store_server.outbox.channels.staff import StaffChannel
from store_server.outbox.channels.web_push import WebPushChannel
from store_server.outbox.lane import LaneLimits
from store_server.settings import Settings

VAPID_KEY = "vapid.pem"


@dataclass(slots=True)
class _Opened:
    adapters: dict[str, Channel] = field(default_factory=dict)
    staff_address: str = ""
    push_key: str = ""


def open_channels(settings: Settings, *, publish: Publish) -> tuple[RoutedChannels, ChannelSetup]:
    """Every adapter behind one port, and what is set up.

    Args:
        settings: of the server.
        publish: how a screen's message gets to the broker.

    Raises:
        ConfigError: a file of a secret cannot be read, or an extra is not installed.
    """
    opened = _Opened()
    _open_staff(settings, opened)
    _open_email(settings, opened)
    _open_sms(settings, opened)
    _open_web_push(settings, opened)
    if settings.screens.zones:
        timeout_s = settings.screens.timeout_s
        opened.adapters[SCREEN] = ScreenChannel(
            publish, now_system_ms=system_ms, timeout_s=timeout_s
        )
    webhook = open_webhook_channel(
        timeout_s=settings.webhook.timeout_s, development=settings.webhook.development
    )
    setup = ChannelSetup(
        limits={name: _limits(settings, name) for name in opened.adapters},
        staff_address=opened.staff_address,
        screens=settings.screens.zones,
        public_url=settings.http.public_url or "",
        push_key=opened.push_key,
    )
    return RoutedChannels(webhook, opened.adapters), setup


def longest_try_s(settings: Settings) -> float:
    """How long a try of any channel may take: a lease outlives it."""
    return max(
        settings.webhook.timeout_s,
        settings.staff.timeout_s,
        settings.email.timeout_s,
        settings.sms.timeout_s,
        settings.web_push.timeout_s,
        settings.screens.timeout_s,
    )


def vapid_file(settings: Settings) -> Path:
    """Where the private key of web push lies."""
    return settings.web_push.key_file or Secrets(settings.state_dir).path(VAPID_KEY)


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


def _limits(settings: Settings, name: str) -> LaneLimits:
    sections: dict[str, LaneSection] = {
        STAFF: settings.staff,
        "email": settings.email,
        "sms": settings.sms,
        "web": settings.web_push,
        SCREEN: settings.screens,
    }
    section = sections[name]
    return LaneLimits(section.concurrency, section.rate_per_s)


def _open_staff(settings: Settings, opened: _Opened) -> None:
    section = settings.staff
    if section.url_file is None:
        return
    urls = secret_lines(section.url_file, where="[staff] url_file")
    if len(urls) == 1 and urls[0].startswith(("https://", "http://")):
        opened.staff_address = urls[0]
        opened.adapters[STAFF] = StaffChannel(
            resolve=resolve, now_system_ms=system_ms, timeout_s=section.timeout_s
        )
    else:
        opened.staff_address = STAFF
        opened.adapters[STAFF] = AppriseChannel(
            urls, now_system_ms=system_ms, timeout_s=section.timeout_s, to_all=True
        )


def _open_email(settings: Settings, opened: _Opened) -> None:
    section = settings.email
    if section.host is None:
        return
    if not (settings.http.public_url or "").startswith("https://"):
        raise ConfigError(
            "[email] needs [http] public_url, an https URL: the link to unsubscribe leads there"
        )
    try:
        from store_server.outbox.channels.email import EmailChannel, Relay  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError(
            "[email] needs aiosmtplib; install it: pip install 'beaconry[email]'"
        ) from None
    username, password = _login(section)
    relay = Relay(
        host=section.host,
        port=section.port,
        security=section.security,
        sender=section.sender or "",
        sender_name=section.sender_name,
        username=username,
        password=password,
    )
    opened.adapters["email"] = EmailChannel(
        relay, resolve=resolve, now_system_ms=system_ms, timeout_s=section.timeout_s
    )


def _login(section: EmailSection) -> tuple[str | None, str | None]:
    if section.username_file is None or section.password_file is None:
        return None, None
    return (
        secret_lines(section.username_file, where="[email] username_file")[0],
        secret_lines(section.password_file, where="[email] password_file")[0],
    )


def _open_sms(settings: Settings, opened: _Opened) -> None:
    section = settings.sms
    if section.urls_file is None:
        return
    urls = secret_lines(section.urls_file, where="[sms] urls_file")
    if not all("{to}" in one for one in urls):
        raise ConfigError(
            f"[sms] urls_file {section.urls_file}: a line has no {{to}}; must be a URL of apprise "
            "such as twilio://SID:TOKEN@+34600000000/{to}"
        )
    opened.adapters["sms"] = AppriseChannel(
        urls, now_system_ms=system_ms, timeout_s=section.timeout_s
    )


def _open_web_push(settings: Settings, opened: _Opened) -> None:
    section = settings.web_push
    if section.contact is None:
        return
    from store_server.outbox.channels.push_crypto import open_push_crypto  # noqa: PLC0415 - an extra

    crypto = open_push_crypto(vapid_file(settings), contact=section.contact)
    opened.push_key = crypto.public_key
    opened.adapters["web"] = WebPushChannel(
        crypto,
        resolve=resolve,
        now_system_ms=system_ms,
        timeout_s=section.timeout_s,
        development=settings.webhook.development,
    )
