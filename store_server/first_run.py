"""The secrets of an installation: made once, kept as files that only their owner can read.

    state_dir/secrets/                 0700
        data.key                       seals identity keys and webhook secrets in the database
        webhook.secret                 signs webhooks whose endpoint has no secret of its own
        coupon.key                     signs the coupons of this store; an offline till needs it too
        coupon.previous.key            the one before: its coupons are still taken
        keys/{till,backend,ops}.key    API keys; the database has only their hashes
        broker/server.{user,password}  the store server's account at the broker
        broker/GATEWAY.{user,password} a gateway's account
        login.link                     the console's one-time link; void once it was used

Each file is written under another name, flushed, then linked to its own: it is there whole or
not at all, and of two processes that start at once both use the same secret.
"""

import base64
import os
import re
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from store_server.errors import ConfigError
from store_server.ids import Scope

# The file name of the store server's own account, which no gateway may have.
SERVER = "server"
# Before the name of a screen among the broker's users; no gateway's name has a dot.
SCREEN = "screen."


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """An account at the broker; `name` is "server", the gateway's, or a screen's with SCREEN."""

    name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets under one `state_dir`; each is made when it is first asked for."""

    state_dir: Path

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.state_dir / "secrets"

    def prepare(self) -> bool:
        """Make the folder and every secret that does not depend on gateways; False if all stood.

        Raises:
            ConfigError: the folder is open to others, or cannot be written.
        """
        fresh = not (self.folder / "data.key").exists()
        self.data_key()
        self.webhook_secret()
        self.coupon_secrets()
        return fresh

    def data_key(self) -> bytes:
        """The 32 bytes that seal secrets in the database.

        Raises:
            ConfigError: the file is damaged.
        """
        text = self.take("data.key", lambda: secrets.token_hex(32))
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise ConfigError(
                f"{self.folder / 'data.key'}: must hold 64 hex digits; restore it from the "
                "backup: without it sealed keys cannot be opened"
            )
        return key

    def coupon_secrets(self) -> tuple[bytes, ...]:
        """The keys of this store's coupons: today's, then the one before if it is still there.

        Raises:
            ConfigError: a file is damaged.
        """
        names = ["coupon.key"]
        names += [name for name in ("coupon.previous.key",) if self.path(name).exists()]
        return tuple(self._coupon_secret(name) for name in names)

    def _coupon_secret(self, name: str) -> bytes:
        text = self.take(name, lambda: secrets.token_hex(32))
        if re.fullmatch(r"[0-9a-f]{64}", text) is None:
            raise ConfigError(
                f"{self.path(name)}: must hold 64 hex digits; restore it from the backup: without "
                "it the coupons that are out count as forged"
            )
        return bytes.fromhex(text)

    def webhook_secret(self) -> str:
        """The default signing secret, as Standard Webhooks spells it: `whsec_` and base64."""
        return self.take(
            "webhook.secret",
            lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        )

    def api_key(self, name: str, mint: Callable[[], str]) -> str:
        """The API key of the till, the backend or operations; `mint` makes it at first."""
        return self.take(f"keys/{name}.key", mint)

    def broker_user(self, name: str, *, scope: Scope, password: str | None = None) -> BrokerUser:
        """The account of the server ("server"), a gateway or a screen; made when it is new.

        The user name binds the account to its topics: `org.store` or `org.store.gateway`. A new
        one gets `password`; None: one that is made here.
        """
        spelled = f"{scope.org}.{scope.store}" + ("" if name == SERVER else f".{name}")
        user = self.take(f"broker/{name}.user", lambda: spelled)
        kept = self.take(f"broker/{name}.password", lambda: password or secrets.token_urlsafe(32))
        return BrokerUser(name, user, kept)

    def replace_broker_user(self, name: str, *, password: str, scope: Scope) -> BrokerUser:
        """The account of a gateway with this password, in the place of the one before."""
        self.drop_broker_user(name)
        user = self.broker_user(name, scope=scope, password=password)
        if user.password != password:
            raise ConfigError(f"{self.path(f'broker/{name}.password')}: somebody else wrote it")
        return user

    def drop_broker_user(self, name: str) -> None:
        """Have no account of this name any more."""
        for kind in ("password", "user"):
            self.path(f"broker/{name}.{kind}").unlink(missing_ok=True)

    def broker_users(self, *, scope: Scope) -> tuple[BrokerUser, ...]:
        """Every account that was made: the server's first, gateways by name."""
        names = {path.stem for path in (self.folder / "broker").glob("*.password")} - {SERVER}
        return tuple(self.broker_user(name, scope=scope) for name in (SERVER, *sorted(names)))

    def path(self, name: str) -> Path:
        """The file of a secret, for whoever has to be told where it is."""
        return self.folder / name

    def write_login_link(self, url: str) -> Path:
        """Keep the console's one-time link; the one before is replaced."""
        path = self.folder / "login.link"
        path.unlink(missing_ok=True)
        self.take("login.link", lambda: url)
        return path

    def take(self, name: str, mint: Callable[[], str]) -> str:
        """The secret in a file, made by `mint` when it is not there.

        Raises:
            ConfigError: it is empty, open to others, or cannot be read or written.
        """
        path = self.folder / name
        try:
            self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            _private_folder(self.folder)
            _private_folder(path.parent)
            if not path.exists():
                _write_once(path, mint())
            _check_private(path, allowed=0o600)
            text = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}; the server must own it") from error
        if not text:
            raise ConfigError(f"{path}: is empty; restore it from the backup")
        return text


def _private_folder(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_private(path, allowed=0o700)


def _check_private(path: Path, *, allowed: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~allowed:
        raise ConfigError(
            f"{path}: its mode is {mode:04o}; must be {allowed:04o}, others could read secrets: "
            f"run chmod {allowed:o} {path}"
        )


def _write_once(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all; the first of two writers wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
