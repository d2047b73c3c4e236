"""The settings of one store server: TOML sections, overridden by BEACONRY_<SECTION>__<KEY>.

Secrets are never values here: they are files, or live under `state_dir/secrets/`. Relative paths
are relative to the working directory.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import AwareDatetime, Field, field_validator, model_validator

from store_server.channel_settings import (
    EmailSection,
    ScreensSection,
    SmsSection,
    StaffSection,
    WebPushSection,
)
from store_server.decision_settings import DecisionsSection, PullSection
from store_server.documents import Document, Strict, check_document, read_toml
from store_server.errors import ConfigError
from store_server.ids import Scope, scope

PREFIX = "BEACONRY_"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Port = Annotated[int, Field(ge=0, le=65_535)]


class StoreSection(Strict):
    """Which store this is, and where it keeps its state."""

    org: Name
    store: Name
    state_dir: Path = Path("state")


class DatabaseSection(Strict):
    """Where the rows live; None is SQLite in `state_dir`."""

    url: str | None = None
    password_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, url: str | None) -> str | None:
        try:
            held = bool(url and (urlsplit(url).password or "password=" in urlsplit(url).query))
        except ValueError:
            raise ValueError("is no URL; must be postgresql+psycopg://USER@HOST/NAME") from None
        if held:
            raise ValueError("must not carry a password; name a password_file instead")
        return url

    @model_validator(mode="after")
    def _file_belongs_to_postgresql(self) -> "DatabaseSection":
        url = self.url or ""
        if self.password_file and not (url.startswith("postgresql") and "@" in url):
            raise ValueError(
                "password_file goes with a url like postgresql+psycopg://USER@HOST/NAME"
            )
        return self


class MqttSection(Strict):
    """The broker: "embedded" is a child process of ours, else mqtt://HOST:PORT or mqtts://."""

    broker: str = "embedded"
    host: str = "127.0.0.1"
    port: Port = 1883
    username_file: Path | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    mosquitto_dir: Path | None = None
    mosquitto_pid_file: Path | None = None

    @field_validator("broker")
    @classmethod
    def _check_broker(cls, broker: str) -> str:
        parts = urlsplit(broker)
        if broker != "embedded" and not (parts.scheme in ("mqtt", "mqtts") and parts.hostname):
            raise ValueError('must be "embedded" or a URL like mqtts://broker.example:8883')
        if parts.password:
            raise ValueError("must not carry a password; name a password_file instead")
        return broker

    @model_validator(mode="after")
    def _mosquitto_is_external(self) -> "MqttSection":
        if self.mosquitto_dir and self.embedded:
            raise ValueError(
                'mosquitto_dir goes with broker = "mqtt://HOST:PORT", not with the embedded one'
            )
        if self.mosquitto_pid_file and not self.mosquitto_dir:
            raise ValueError("mosquitto_pid_file goes with a mosquitto_dir")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the broker is a child process of this server."""
        return self.broker == "embedded"

    @property
    def tls(self) -> bool:
        """Whether the connection to an external broker is encrypted."""
        return self.broker.startswith("mqtts://")

    def address(self) -> tuple[str, int]:
        """Host and port of the broker; port 0 of an embedded one is to be chosen at start."""
        if self.embedded:
            return self.host, self.port
        parts = urlsplit(self.broker)
        return parts.hostname or "", parts.port or (8883 if self.tls else 1883)


class HttpSection(Strict):
    """Where the API and the console listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str | None = None


class WebhookSection(Strict):
    """How notifications leave; `development` allows http and loopback receivers."""

    development: bool = False
    timeout_s: Annotated[float, Field(ge=0.1, le=60)] = 5.0


class ClockSection(Strict):
    """What time rules go by: the wall clock, or the event clock of a simulated or replayed day."""

    mode: Literal["system", "event"] = "system"
    start_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _needs_start(self) -> "ClockSection":
        if self.mode == "event" and self.start_at is None:
            raise ValueError('mode "event" needs start_at, like 2026-03-02T08:00:00Z')
        return self


class PrivacySection(Strict):
    """What may be known of whom, and for how long."""

    raw_hours: Annotated[int, Field(ge=1, le=24)] = 24
    counting: bool = False


Seconds = Annotated[float, Field(ge=0.1, le=7_200)]
Decibels = Annotated[float, Field(ge=0, le=60)]


class PresenceSection(Strict):
    """How sightings become stays; but for `engine`, the names are those of `PresencePolicy`."""

    engine: Literal["bayes", "nearest"] = "bayes"
    smoothing_s: Seconds = 4.0
    margin_db: Decibels = 4.0
    family_margin_db: Decibels = 6.0
    hold_s: Seconds = 3.0
    first_hold_s: Seconds = 1.0
    silence_s: Seconds = 30.0
    beacon_silence_s: Seconds = 180.0
    path_loss_exponent: Annotated[float, Field(ge=1, le=6)] = 2.5
    dwell_marks_s: tuple[Annotated[float, Field(ge=1, le=3_600)], ...] = (30.0, 60.0)
    exit_gap_s: Seconds = 60.0
    visit_gap_s: Seconds = 300.0


class ReportsSection(Strict):
    """How results are counted; the names are those of `flows.rooms.Policy`."""

    window_hours: Annotated[int, Field(ge=1, le=720)] = 24


class TillSection(Strict):
    """How tills may use coupons; but for `drop_folder`, the names are those of `Policy`."""

    reserve_s: Annotated[int, Field(ge=10, le=86_400)] = 900
    offline_limit_minor: Annotated[int, Field(ge=0, le=10**9)] = 1_000
    drop_folder: Path | None = None


class Settings(Strict):
    """Everything that is set; one value, made once at start."""

    store: StoreSection
    database: DatabaseSection = DatabaseSection()
    mqtt: MqttSection = MqttSection()
    http: HttpSection = HttpSection()
    webhook: WebhookSection = WebhookSection()
    staff: StaffSection = StaffSection()
    email: EmailSection = EmailSection()
    sms: SmsSection = SmsSection()
    web_push: WebPushSection = WebPushSection()
    screens: ScreensSection = ScreensSection()
    clock: ClockSection = ClockSection()
    privacy: PrivacySection = PrivacySection()
    presence: PresenceSection = PresenceSection()
    decisions: DecisionsSection = DecisionsSection()
    reports: ReportsSection = ReportsSection()
    till: TillSection = TillSection()
    pull: PullSection = PullSection()

    @property
    def scope(self) -> Scope:
        """Whose data this server works on."""
        return scope(self.store.org, self.store.store)

    @property
    def state_dir(self) -> Path:
        """Where database, broker and secrets live."""
        return self.store.state_dir

    @property
    def database_url(self) -> str:
        """The database, SQLite under `state_dir` when none is named; with the file's password.

        Raises:
            ConfigError: the password file cannot be read.
        """
        url = self.database.url or f"sqlite:///{self.state_dir / 'store.sqlite'}"
        file = self.database.password_file
        if file is None:
            return url
        try:
            password = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"[database] password_file {file}: cannot be read: {error}") from None
        user, _, place = url.partition("@")
        return f"{user}:{quote(password, safe='')}@{place}"

    @property
    def start_at(self) -> datetime | None:
        """Where the event clock starts; None with the system clock."""
        return self.clock.start_at if self.clock.mode == "event" else None


def load_settings(path: Path | None, *, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file, overridden by the environment; all from the environment when None.

    Raises:
        ConfigError: the file cannot be read, a key is unknown or a value out of range; one line
            each.
    """
    document = read_toml(path) if path else {}
    environment = os.environ if environ is None else environ
    merged = overlay(document, environment)
    where = str(path) if path else "environment"
    return check_document(Settings, merged, where=where)


def overlay(document: Document, environ: Mapping[str, str]) -> dict[str, object]:
    """`document` with the values of `BEACONRY_<SECTION>__<KEY>` put over it.

    Raises:
        ConfigError: a variable with our prefix names no section and key.
    """
    merged = {
        name: dict(section) if isinstance(section, Mapping) else section
        for name, section in document.items()
    }
    for variable, value in sorted(environ.items()):
        if not variable.startswith(PREFIX):
            continue
        section, dots, key = variable.removeprefix(PREFIX).lower().partition("__")
        if not dots or section not in Settings.model_fields:
            raise ConfigError(
                f"environment: {variable} is unknown; must be {PREFIX}<SECTION>__<KEY> with one of "
                f"the sections {', '.join(Settings.model_fields)}"
            )
        keys = merged.setdefault(section, {})
        if isinstance(keys, dict):
            keys[key] = _value(value)
    return merged


def _value(text: str) -> object:
    """A list or object in JSON as such; everything else stays text for the model to read."""
    if text[:1] in "[{" and text:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
