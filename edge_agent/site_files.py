"""What an enrolment writes on the gateway: its secret, an authority, and the settings.

Every file is 0600 and is there whole or not at all. Of a settings file that exists only the keys
that an enrolment decides are changed, line by line, so that comments and everything else stay;
the result is read back before anything is written, and a file whose form is too clever for that
is refused.
"""

import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

from edge_agent.errors import ConfigError

Section = Mapping[str, str | int | bool | None]

_HEADER = re.compile(r"^\s*\[\s*(\w+)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"^\s*(\w+)\s*=")
NEW_FILE = (
    "# Settings of one gateway, begun by `edge-agent enrol`; every key: docs/operations_edge.md\n"
    "\n[health]\nprometheus_port = 9464\n"
)


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all, and have it on the disk.

    Raises:
        ConfigError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written: {error.strerror}; run enrol as the user who owns the "
            "folder, or name a file elsewhere with --config"
        ) from error


def read_if_there(path: Path) -> str | None:
    """The settings file; None when there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None


def with_settings(text: str | None, sections: Mapping[str, Section], *, where: str) -> str:
    """The settings file with these keys in it; a key that is None is taken out.

    Args:
        text: as it is; None for a new file.
        sections: by section and key.
        where: its name, for the message.

    Raises:
        ConfigError: it is no TOML, or its form is not the plain one.
    """
    text = NEW_FILE if text is None else text
    before, lines = _parsed(text, where=where), text.splitlines()
    for name, keys in sections.items():
        lines = _with_section(lines, name, keys)
    changed = "\n".join(lines) + "\n"
    wanted: dict[str, object] = dict(before)
    for name, keys in sections.items():
        known = before.get(name, {})
        merged = {**(known if isinstance(known, dict) else {}), **keys}
        wanted[name] = {key: value for key, value in merged.items() if value is not None}
    try:
        fits = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        fits = False
    if not fits:
        raise ConfigError(
            f"{where}: [gateway] and [mqtt] are not written in the plain form, one `key = value` "
            "a line under its section; move the file aside and run enrol again"
        )
    return changed


def _parsed(text: str, *, where: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: not TOML: {error}") from None


def _with_section(lines: list[str], name: str, keys: Section) -> list[str]:
    """The lines with the keys of one section replaced; the section is made when it is not there."""
    written = [f"{key} = {_toml(value)}" for key, value in keys.items() if value is not None]
    result: list[str] = []
    inside = found = False
    for line in lines:
        header = _HEADER.match(line)
        if header:
            inside = header[1] == name
        key = _KEY.match(line)
        if inside and key and key[1] in keys:
            continue
        result.append(line)
        if header and inside and not found:
            result += written
            found = True
    return result if found else [*result, "", f"[{name}]", *written]


def _toml(value: str | int | bool | None) -> str:
    """A value as TOML writes it; a basic string of TOML is one of JSON without DEL."""
    return json.dumps(value, ensure_ascii=True)
