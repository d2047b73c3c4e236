"""Mosquitto's accounts as the server keeps them: files, modes, the signal, and what is told."""

import getpass
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from store_server.entrypoints.broker_accounts import accounts_of
from store_server.entrypoints.mosquitto_accounts import MosquittoAccounts, write_for_broker
from store_server.errors import ConfigError
from store_server.first_run import BrokerUser
from tests.brokers import HERE, mosquitto_binary
from tests.faults.process import until
from tests.ports import free_port

USERS = [BrokerUser("server", "acme.demo", "s3cret"), BrokerUser("gw-1", "acme.demo.gw-1", "pass")]


def kept(
    folder: Path, *, pid_file: Path | None = None, users: list[BrokerUser] | None = None
) -> MosquittoAccounts:
    known = USERS if users is None else users
    return MosquittoAccounts(
        folder, pid_file=pid_file, accounts=lambda: accounts_of(known, scope=HERE)
    )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A Mosquitto on the folder's files; the folder and its log."""
    binary = mosquitto_binary()
    assert binary, "mosquitto is not installed: run make system-packages"
    kept(tmp_path).keep()
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(
        f"listener {free_port()} 127.0.0.1\npassword_file {tmp_path}/passwd\n"
        f"acl_file {tmp_path}/acl\npid_file {tmp_path}/pid\nuser {getpass.getuser()}\n"
    )
    log = tmp_path / "log"
    with log.open("wb") as output:
        child = subprocess.Popen([binary, "-c", str(conf)], stdout=output, stderr=output)
    try:
        until(lambda: "running" in log.read_text(), what="mosquitto runs")
        yield tmp_path, log
    finally:
        child.terminate()
        child.wait(10)


def test_mosquitto_is_told_by_the_signal(running: tuple[Path, Path]) -> None:
    folder, log = running
    users = list(USERS)
    accounts = kept(folder, pid_file=folder / "pid", users=users)
    users.pop()

    accounts.keep()

    assert "acme.demo.gw-1" not in (folder / "acl").read_text() + (folder / "passwd").read_text()
    until(lambda: "Reloading config" in log.read_text(), what="mosquitto reads them anew")
    assert accounts.check() == []


def test_the_files_are_for_the_owner_and_the_group_of_the_folder(tmp_path: Path) -> None:
    group = max(os.getgroups()) if os.getuid() else 12_345
    os.chown(tmp_path, -1, group)

    kept(tmp_path).keep()

    for name in ("passwd", "acl"):
        found = (tmp_path / name).stat()
        assert (found.st_mode & 0o777, found.st_gid) == (0o640, group)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acl", "passwd"]


def test_a_process_that_is_no_mosquitto_is_left_alone(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(f"{os.getpid()}\n")
    accounts = kept(tmp_path, pid_file=pid_file)

    with pytest.raises(ConfigError, match="no mosquitto"):
        accounts.keep()

    assert "acme.demo.gw-1" in (tmp_path / "acl").read_text()
    assert accounts.tell() is False
    assert "no mosquitto" in accounts.check()[0]


@pytest.mark.parametrize(("text", "told"), [(None, "No such file"), ("x", "holds no number")])
def test_a_pid_file_that_names_nobody_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    pid_file = tmp_path / "pid"
    if text is not None:
        pid_file.write_text(text)

    with pytest.raises(ConfigError, match=told):
        kept(tmp_path, pid_file=pid_file).keep()


def test_a_folder_that_is_not_there_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    accounts = kept(tmp_path / "none")

    with pytest.raises(ConfigError, match="install -d"):
        accounts.keep()

    assert "is no folder" in accounts.check()[0]


def test_a_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "acl").mkdir()

    with pytest.raises(ConfigError, match="cannot be written"):
        write_for_broker(tmp_path / "acl", "text")

    assert [path.name for path in tmp_path.iterdir()] == ["acl"]
