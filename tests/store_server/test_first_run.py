import threading
from pathlib import Path

import pytest

from store_server.errors import ConfigError
from store_server.first_run import SERVER, Secrets
from store_server.ids import scope

HERE = scope("acme", "demo")


def test_secrets_are_made_once(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)

    assert secrets.prepare()
    key, webhook = secrets.data_key(), secrets.webhook_secret()

    assert not Secrets(tmp_path).prepare()
    assert (Secrets(tmp_path).data_key(), Secrets(tmp_path).webhook_secret()) == (key, webhook)
    assert len(key) == 32
    assert webhook.startswith("whsec_")


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.prepare()
    secrets.broker_user("gw-1", scope=HERE)
    secrets.api_key("till", lambda: "bk_1")
    secrets.write_login_link("http://x/login/1")

    modes = {path.stat().st_mode & 0o777 for path in secrets.folder.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in secrets.folder.rglob("*") if path.is_dir()}

    assert modes == {0o600}
    assert folders == {0o700}


def test_the_coupon_key_before_is_still_known(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    (before,) = secrets.coupon_secrets()
    secrets.path("coupon.key").rename(secrets.path("coupon.previous.key"))

    today, earlier = secrets.coupon_secrets()

    assert earlier == before != today
    assert len(today) == 32


def test_a_damaged_coupon_key_is_refused(tmp_path: Path) -> None:
    Secrets(tmp_path).prepare()
    Secrets(tmp_path).path("coupon.key").write_text("short")

    with pytest.raises(ConfigError, match="64 hex digits"):
        Secrets(tmp_path).coupon_secrets()


@pytest.mark.parametrize(("name", "mode"), [("data.key", 0o644), (".", 0o755)])
def test_a_secret_that_others_could_read_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    secrets = Secrets(tmp_path)
    secrets.prepare()
    (secrets.folder / name).chmod(mode)

    with pytest.raises(ConfigError, match="chmod"):
        secrets.data_key()


@pytest.mark.parametrize("content", ["", "abc", "00" * 31])
def test_a_damaged_data_key_is_refused(tmp_path: Path, content: str) -> None:
    secrets = Secrets(tmp_path)
    secrets.prepare()
    secrets.path("data.key").write_text(content)

    with pytest.raises(ConfigError, match="restore it from the backup"):
        secrets.data_key()


def test_an_account_is_named_after_its_place(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)

    gateway = secrets.broker_user("gw-1", scope=HERE)
    server = secrets.broker_user(SERVER, scope=HERE)

    assert (gateway.user, server.user) == ("acme.demo.gw-1", "acme.demo")
    assert gateway.password != server.password
    assert [one.name for one in secrets.broker_users(scope=HERE)] == [SERVER, "gw-1"]


def test_a_new_login_link_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)

    secrets.write_login_link("http://x/login/1")
    path = secrets.write_login_link("http://x/login/2")

    assert path.read_text() == "http://x/login/2\n"


def test_of_two_that_start_at_once_both_have_the_same_secret(tmp_path: Path) -> None:
    found: list[bytes] = []
    starters = [
        threading.Thread(target=lambda: found.append(Secrets(tmp_path).data_key()))
        for _ in range(8)
    ]

    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["data.key"]


def test_the_folder_must_be_ours(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file")

    with pytest.raises(ConfigError, match="the server must own it"):
        Secrets(blocked).prepare()
