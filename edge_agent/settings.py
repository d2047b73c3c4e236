"""Every setting of the agent, with its range and meaning; read from TOML and environment.

The structures below are the one place where a setting is declared: the reader checks by
them, and docs/operations_edge.md lists them (a test compares). Secrets are paths, never
values. A path that is not absolute starts at the folder of the configuration file; one that
starts with `credential:` names a credential of systemd, in $CREDENTIALS_DIRECTORY.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from edge_agent.errors import ConfigError
from edge_agent.setting_checks import check_section, environment_sections, unknown_name

TopicName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class GatewaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[gateway]: which gateway of which shop this is."""

    org: TopicName
    store: TopicName
    gateway: TopicName


class SourceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[source]: where adverts come from."""

    kind: Literal["bluez", "feed", "replay"] = "bluez"
    adapter: str = ""
    # A passive scan of BlueZ is always without duplicates: a tag that rests would fall silent.
    scan: Literal["auto", "passive", "active"] = "active"
    silent_after_s: Annotated[float, Meta(ge=5, le=3600)] = 60.0
    socket: str = ""
    file: str = ""
    speed: Annotated[float, Meta(ge=0.01, le=1000)] = 1.0


class WindowSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[window]: how adverts become sightings."""

    seconds: Annotated[float, Meta(ge=0.5, le=60)] = 1.0
    forget_s: Annotated[float, Meta(ge=1, le=3600)] = 10.0
    max_identities: Annotated[int, Meta(ge=100, le=1_000_000)] = 20_000
    counting: bool = False


class SpoolSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[spool]: what is kept until the server has it."""

    path: str = "/var/lib/beaconry/edge.spool"
    max_mb: Annotated[float, Meta(ge=0.01, le=100_000)] = 256.0
    ballast_mb: Annotated[float, Meta(ge=0, le=1_000)] = 4.0


class MqttSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[mqtt]: the broker and how batches are delivered through it."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 1883
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    username: str = ""
    username_file: str = ""
    password_file: str = ""
    client_id_prefix: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,40}$")] = ""
    client_id_from_user: bool = False
    tls: bool = False
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    keepalive_s: Annotated[int, Meta(ge=5, le=600)] = 15
    reconnect_max_s: Annotated[float, Meta(ge=0.1, le=600)] = 15.0
    refused_retry_s: Annotated[float, Meta(ge=0.1, le=3600)] = 30.0
    ack_timeout_s: Annotated[float, Meta(ge=0.1, le=600)] = 5.0
    refuse_after: Annotated[int, Meta(ge=2, le=1000)] = 8
    in_flight: Annotated[int, Meta(ge=1, le=1000)] = 32


class HealthSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[health]: the message that says how the gateway is."""

    interval_s: Annotated[float, Meta(ge=0.1, le=3600)] = 15.0
    prometheus_port: Annotated[int, Meta(ge=0, le=65_535)] = 0


class RemoteConfigSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[remote]: settings that the server sends."""

    confirm_s: Annotated[float, Meta(ge=1, le=600)] = 60.0


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[log]: what is written to stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class EdgeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All sections."""

    gateway: GatewaySettings
    source: SourceSettings = field(default_factory=SourceSettings)
    window: WindowSettings = field(default_factory=WindowSettings)
    spool: SpoolSettings = field(default_factory=SpoolSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    remote: RemoteConfigSettings = field(default_factory=RemoteConfigSettings)
    log: LogSettings = field(default_factory=LogSettings)


SECTIONS: Mapping[str, type[Struct]] = {
    "gateway": GatewaySettings,
    "source": SourceSettings,
    "window": WindowSettings,
    "spool": SpoolSettings,
    "mqtt": MqttSettings,
    "health": HealthSettings,
    "remote": RemoteConfigSettings,
    "log": LogSettings,
}
_CREDENTIAL = "credential:"
_PATHS = {
    "source": ("socket", "file"),
    "spool": ("path",),
    "mqtt": ("username_file", "password_file", "ca_file", "cert_file", "key_file"),
}


def load_settings(path: Path, *, environ: Mapping[str, str]) -> EdgeSettings:
    """The settings in the TOML file `path`, overridden by `BEACONRY_<SECTION>__<KEY>`.

    Raises:
        ConfigError: the file cannot be read, or a setting is missing, unknown or out of range.
    """
    sections = _read_toml(path)
    for name, values in environment_sections(environ, SECTIONS).items():
        sections[name] = {**sections.get(name, {}), **values}
    for name, values in sections.items():
        structure = SECTIONS.get(name)
        if structure is None:
            raise ConfigError(unknown_name(f"{path}: section [{name}]", name, known=SECTIONS))
        check_section(name, values, structure=structure, where=str(path))
    if "gateway" not in sections:
        check_section("gateway", {}, structure=GatewaySettings, where=str(path))
    full = _with_full_paths(sections, path.parent, environ.get("CREDENTIALS_DIRECTORY", ""))
    settings = msgspec.convert(full, EdgeSettings)
    _check_together(settings, where=str(path))
    return settings


def unreadable_files(settings: EdgeSettings) -> list[str]:
    """What is wrong with the files that the settings name, one line each; empty when all is well.

    Not part of `load_settings`: secrets may be put in place after the agent has started.
    """
    mqtt = settings.mqtt
    named = {f"[mqtt] {key}": getattr(mqtt, key) for key in _PATHS["mqtt"]}
    if settings.source.kind == "replay":
        named["[source] file"] = settings.source.file
    faults = []
    for key, path in named.items():
        try:
            if path:
                Path(path).open("rb").close()
        except OSError as error:
            faults.append(f"{key} {path} cannot be read: {error.strerror}")
    return faults


def _read_toml(path: Path) -> dict[str, dict[str, object]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}; name another file with --config"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    for name, values in document.items():
        if not isinstance(values, dict):
            raise ConfigError(
                f"{path}: {name} stands outside a section; put it under one of "
                + ", ".join(f"[{known}]" for known in SECTIONS)
            )
    return document


def _with_full_paths(
    sections: Mapping[str, Mapping[str, object]], folder: Path, credentials: str
) -> dict[str, dict[str, object]]:
    full: dict[str, dict[str, object]] = {}
    for name, values in sections.items():
        full[name] = dict(values)
        for key in _PATHS.get(name, ()):
            if value := str(values.get(key) or ""):
                credential = value.removeprefix(_CREDENTIAL)
                if credential == value:
                    full[name][key] = os.path.normpath(folder.absolute() / value)
                elif credentials:
                    full[name][key] = os.path.normpath(Path(credentials) / credential)
                else:
                    raise ConfigError(
                        f"[{name}] {key} is {value}, but there is no $CREDENTIALS_DIRECTORY; start "
                        f"by systemd with LoadCredential={credential}:PATH, or name the file itself"
                    )
    return full


def _check_together(settings: EdgeSettings, *, where: str) -> None:
    """What one key asks of another."""
    source, mqtt = settings.source, settings.mqtt
    if source.kind == "feed" and not source.socket:
        raise ConfigError(f'{where}: [source] socket is missing; kind = "feed" needs its path')
    if source.kind == "replay" and not source.file:
        raise ConfigError(f'{where}: [source] file is missing; kind = "replay" needs its path')
    if mqtt.username and mqtt.username_file:
        raise ConfigError(f"{where}: [mqtt] username and username_file are both set; keep one")
    if mqtt.client_id_from_user and not (mqtt.username or mqtt.username_file):
        raise ConfigError(
            f"{where}: [mqtt] client_id_from_user needs [mqtt] username or username_file"
        )
    if not mqtt.tls and (mqtt.ca_file or mqtt.cert_file or mqtt.key_file):
        raise ConfigError(f"{where}: [mqtt] ca_file, cert_file and key_file need tls = true")
    if bool(mqtt.cert_file) != bool(mqtt.key_file):
        raise ConfigError(f"{where}: [mqtt] cert_file and key_file must be set together")
