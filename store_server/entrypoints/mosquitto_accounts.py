"""Accounts of an external Mosquitto, kept by this server: its `passwd` and `acl`, and the signal.

Mosquitto reads both files anew at SIGHUP, drops whoever is gone or has a new password, and leaves
others connected (measured with 2.0.11, `per_listener_settings` true and false: 6 to 100 ms). The
signal goes to the process that the pid file names; a server that may not send it (another user,
the hardened unit) leaves that to systemd, which watches `acl`: it is written last.

Several processes write: the server, and commands beside it. Each takes the lock first and writes
what the secrets say then, so the last one is right.
"""

import contextlib
import fcntl
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import structlog

from store_server.entrypoints.broker_accounts import Account, mosquitto_files
from store_server.errors import ConfigError

log = structlog.get_logger(__name__)

# Mosquitto is run by another user, to whose group the folder belongs; nobody else may look.
MODE = 0o640
WITHOUT_SIGNAL = "else leave the setting out and enable beaconry-mosquitto.path"


class MosquittoAccounts:
    """Keeps Mosquitto's files of accounts as the secrets are.

    Args:
        folder: where `passwd` and `acl` lie.
        pid_file: names Mosquitto's process; None: somebody else has it read its files.
        accounts: asked at each change for everyone who may connect.
    """

    def __init__(
        self, folder: Path, *, pid_file: Path | None, accounts: Callable[[], Sequence[Account]]
    ) -> None:
        self._folder = folder
        self._pid_file = pid_file
        self._accounts = accounts

    def keep(self) -> None:
        """Write both files, then have Mosquitto read them.

        Raises:
            ConfigError: a file cannot be written, or Mosquitto cannot be told.
        """
        with _alone(self._folder):
            files = mosquitto_files(self._accounts(), listen="", folder=str(self._folder))
            for name in ("passwd", "acl"):
                write_for_broker(self._folder / name, files[name])
            if self._pid_file is not None:
                os.kill(self._signalled(self._pid_file), signal.SIGHUP)

    def tell(self) -> bool:
        """As `keep`; where that fails, False and a line in the log."""
        try:
            self.keep()
        except ConfigError as error:
            log.error("mosquitto was not told", error=str(error))
            return False
        return True

    def check(self) -> list[str]:
        """What would keep `keep` from working; nothing is written and nobody is told."""
        wrong = []
        if not self._folder.is_dir():
            wrong.append(f"[mqtt] mosquitto_dir {self._folder} is no folder; {_hint(self._folder)}")
        elif not os.access(self._folder, os.W_OK | os.X_OK):
            wrong.append(
                f"[mqtt] mosquitto_dir {self._folder} cannot be written; {_hint(self._folder)}"
            )
        if self._pid_file is not None:
            try:
                self._signalled(self._pid_file)
            except ConfigError as error:
                wrong.append(str(error))
        return wrong

    def _signalled(self, pid_file: Path) -> int:
        """The process id of a Mosquitto that takes our signals.

        Raises:
            ConfigError: there is none.
        """
        where = f"[mqtt] mosquitto_pid_file {pid_file}"
        try:
            pid = int(pid_file.read_text())
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError as error:
            raise ConfigError(
                f"{where}: {error.strerror}; must name a Mosquitto that runs (`pid_file` in its "
                f"configuration) and that this user can see; {WITHOUT_SIGNAL}"
            ) from error
        except ValueError:
            raise ConfigError(f"{where} holds no number; must name a Mosquitto's process") from None
        if name != "mosquitto":
            raise ConfigError(f"{where} names process {pid}, which is {name!r} and no mosquitto")
        try:
            os.kill(pid, 0)
        except PermissionError:
            raise ConfigError(
                f"{where} names process {pid}, which this user may not signal; {WITHOUT_SIGNAL}"
            ) from None
        return pid


def write_for_broker(path: Path, text: str) -> None:
    """Replace a file at once by one that its owner and the group of its folder can read.

    Raises:
        ConfigError: it cannot be written, or not be given to the group.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            group = path.parent.stat().st_gid
            if os.fstat(descriptor).st_gid != group:
                os.fchown(descriptor, -1, group)
            os.fchmod(descriptor, MODE)
            os.fsync(descriptor)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ConfigError(
            f"{path}: cannot be written: {error.strerror}; {_hint(path.parent)}"
        ) from error


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time.

    Raises:
        ConfigError: the folder is not there, or cannot be read.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ConfigError(
            f"[mqtt] mosquitto_dir {folder}: {error.strerror}; {_hint(folder)}"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hint(folder: Path) -> str:
    return f"make it with `sudo install -d -o beaconry -g mosquitto -m 2750 {folder}`"
