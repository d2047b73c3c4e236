"""`edge-agent enrol`: the gateway makes its secret on site and comes in by a one-time code.

The code proves both sides to each other (`proximity_wire.enrolment`): this works over plain HTTP
in the shop's network, and an answer of anybody but the server that made the code is refused. The
settings are checked before the code is used, and changed only after the server has said yes.
"""

import secrets
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from ssl import SSLContext, SSLError, create_default_context
from urllib.parse import urlsplit

import msgspec

from edge_agent.errors import ConfigError, EnrolmentRefused, ServerUnreachable, UsageError
from edge_agent.site_files import Section, read_if_there, with_settings, write_private
from proximity_wire.enrolment import (
    MAX_ANSWER_BYTES,
    SECRET_BYTES,
    Code,
    EnrolmentRecord,
    EnrolmentRequest,
    key_id_of,
    make_request,
    open_answer,
    password_of,
    read_code,
)
from proximity_wire.errors import MessageError

# The names under which configs/systemd/beaconry-edge.service loads them as credentials.
USER_FILE, PASSWORD_FILE, CA_FILE = "mqtt.user", "mqtt.password", "mqtt-ca.pem"
_TIMEOUT_S = 15.0


class _Problem(msgspec.Struct):
    """What a refusal says (RFC 9457)."""

    detail: str = ""
    code: str = ""


def enrol(server: str, *, code: str, config: Path, ca_file: Path | None = None) -> EnrolmentRecord:
    """Come in, and write user, password, authority and settings beside and into `config`.

    The settings name the files by names alone, which start at the folder of the settings file: so
    they are good where they lie and where systemd puts them ($CREDENTIALS_DIRECTORY).

    Args:
        server: address of the store server, http:// or https://.
        code: as the installer typed it.
        config: the settings file; made when it is not there.
        ca_file: authority of the server's certificate; None: the system's.

    Raises:
        UsageError: an argument is wrong; nothing was sent.
        ConfigError: a file cannot be read or written; nothing was sent.
        EnrolmentRefused: the server says no, or is not the one that made the code.
        ServerUnreachable: nobody answers there.
    """
    known = _checked_code(code)
    url, host = _address(server)
    trusted = _trusted(ca_file)
    text = read_if_there(config)
    secret, nonce = secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(16)
    with_settings(text, _sections(_rehearsal(host), host=host), where=str(config))
    _check_folder(config)
    request = make_request(known, secret=secret, nonce=nonce)
    payload = _ask(url, request, trusted=trusted)
    try:
        record = open_answer(payload, code=known, nonce=nonce)
    except MessageError as error:
        raise EnrolmentRefused(f"{server}: {error}") from None
    if record.key_id != key_id_of(secret):
        raise EnrolmentRefused(f"{server}: the answer is for another gateway's secret")
    write_private(config.parent / USER_FILE, record.user + "\n")
    write_private(config.parent / PASSWORD_FILE, password_of(secret) + "\n")
    if record.ca_pem:
        write_private(config.parent / CA_FILE, record.ca_pem.strip() + "\n")
    sections = _sections(record, host=host)
    write_private(config, with_settings(text, sections, where=str(config)))
    return record


def _checked_code(code: str) -> Code:
    try:
        return read_code(code)
    except MessageError as error:
        raise UsageError(f"--code: {error}") from None


def _address(server: str) -> tuple[str, str]:
    """The address to ask, and the host in it."""
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.username:
        raise UsageError(
            f"--server is {server!r}; must be the console's address, like http://192.0.2.10:8080"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/v1/enrolments", host


def _trusted(ca_file: Path | None) -> SSLContext:
    try:
        return create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, SSLError) as error:
        raise ConfigError(f"--ca {ca_file}: cannot be used: {error}") from None


def _check_folder(config: Path) -> None:
    """Find out that nothing can be written before the code is used up."""
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{config.parent}: cannot be made: {error.strerror}") from None
    trial = config.parent / f".{PASSWORD_FILE}.trial"
    write_private(trial, "")
    trial.unlink(missing_ok=True)


def _ask(url: str, request: EnrolmentRequest, *, trusted: SSLContext) -> bytes:
    """The server's answer. Proxies of the environment are not asked: the server is in the shop."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
    )
    asked = urllib.request.Request(  # noqa: S310 - _address lets http and https pass alone
        url, data=msgspec.json.encode(request), headers={"Content-Type": "application/json"}
    )
    try:
        with opener.open(asked, timeout=_TIMEOUT_S) as answer:
            return bytes(answer.read(MAX_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            told = error.read(MAX_ANSWER_BYTES)
        raise EnrolmentRefused(_refusal(url, error.code, told)) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ServerUnreachable(
            f"{url} cannot be reached: {reason}; look at --server, and whether the store server "
            "runs. The code was not used, unless the connection broke after it was sent"
        ) from None


def _refusal(url: str, status: int, told: bytes) -> str:
    try:
        problem = msgspec.json.decode(told, type=_Problem)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        problem = _Problem()
    if not problem.code:
        return f"{url} answers {status}: this is no Beaconry store server; look at --server"
    return f"the store server refuses ({problem.code}): {problem.detail[:500]}"


def _rehearsal(host: str) -> EnrolmentRecord:
    """Any record: enough to see whether the settings file can be changed."""
    return EnrolmentRecord(
        org="a",
        store="a",
        gateway="a",
        user="a",
        key_id="0" * 16,
        mqtt_host=host,
        mqtt_port=1883,
        tls=False,
        ca_pem=None,
        client_id_from_user=False,
        enrolled_at_ms=0,
    )


def _sections(record: EnrolmentRecord, *, host: str) -> dict[str, Section]:
    """The settings that an enrolment decides; None takes a key out."""
    return {
        "gateway": {"org": record.org, "store": record.store, "gateway": record.gateway},
        "mqtt": {
            "host": record.mqtt_host or host,
            "port": record.mqtt_port,
            "username": None,
            "username_file": USER_FILE,
            "password_file": PASSWORD_FILE,
            "client_id_from_user": record.client_id_from_user,
            "tls": record.tls,
            "ca_file": CA_FILE if record.ca_pem else None,
            "cert_file": None,
            "key_file": None,
        },
    }
