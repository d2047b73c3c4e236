"""Commands about channels: keys, screens, a test message to a real counterpart."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from store_server.cli import main
from tests.store_server.outbox.receiver import Answer, a_receiver


def settings(folder: Path, more: str = "") -> str:
    file = folder / "store.toml"
    file.write_text(
        f'[store]\norg = "acme"\nstore = "demo"\nstate_dir = "{folder / "state"}"\n{more}'
    )
    return str(file)


Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["store-server", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return run


def test_the_vapid_key_is_made_once(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = settings(tmp_path)

    codes = [run("make-vapid-keys", "--config", config, "--json") for _ in range(2)]
    lines = capsys.readouterr().out.splitlines()

    assert codes == [0, 0]
    assert lines[: len(lines) // 2] == lines[len(lines) // 2 :]
    key = tmp_path / "state" / "secrets" / "vapid.pem"
    assert key.stat().st_mode & 0o077 == 0
    assert "PRIVATE KEY" in key.read_text()


def test_a_screen_gets_an_account_of_its_own(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run("add-screen", "bakery-1", "--config", settings(tmp_path), "--json")

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["topic"] == "beaconry/v1/acme/demo/screens/bakery-1"
    assert Path(said["password_file"]).read_text().strip()


def test_a_channel_can_be_tried(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_receiver() as receiver:
        (tmp_path / "staff.url").write_text(receiver.url + "\n")
        config = settings(tmp_path, f'[staff]\nurl_file = "{tmp_path / "staff.url"}"\n')
        receiver.answers = [Answer(200), Answer(400)]

        codes = [run("try-channel", "staff", "--config", config) for _ in range(2)]

    assert codes == [0, 1]
    assert "This channel works" in receiver.received[0].body.decode()
    assert capsys.readouterr().out.startswith("taken\nnot taken (refused): 400")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[email]\nhost = "smtp.example"\n', "sender"),
        (
            '[email]\nhost = "smtp.example"\nsender = "a@b.example"\n',
            "[email] needs [http] public_url",
        ),
        ('[sms]\nurls_file = "/nowhere"\n', "[sms] urls_file /nowhere: cannot be read"),
        ('[web_push]\ncontact = "mailto:a@b.example"\n', "make-vapid-keys"),
        ('[web_push]\ncontact = "me"\n', "mailto:"),
        ('[staff]\nurl_file = "/nowhere"\n', "[staff] url_file /nowhere"),
        ("", "must be email, sms or staff"),
    ],
)
def test_what_does_not_fit_is_told(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, said: str
) -> None:
    assert run("try-channel", "email", "--config", settings(tmp_path, more)) == 1
    assert said in capsys.readouterr().err
