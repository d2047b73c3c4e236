"""What an enrolment writes: private, whole, and nothing else is touched."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.errors import ConfigError
from edge_agent.site_files import Section, read_if_there, with_settings, write_private

SECTIONS: dict[str, Section] = {
    "gateway": {"org": "acme", "gateway": "gw-1"},
    "mqtt": {"host": "10.0.0.1", "port": 1883, "tls": False, "username_file": None},
}


def test_a_new_file_has_what_was_decided() -> None:
    text = with_settings(None, SECTIONS, where="edge.toml")

    assert tomllib.loads(text) == {
        "gateway": {"org": "acme", "gateway": "gw-1"},
        "mqtt": {"host": "10.0.0.1", "port": 1883, "tls": False},
        "health": {"prometheus_port": 9464},
    }


def test_everything_else_stays_as_it_was() -> None:
    before = (
        '# mine\n[mqtt] # broker\nhost = "old" # gone\nkeepalive_s = 9\nusername_file = "x"\n'
        '\n[log]\nlevel = "info"\n'
    )

    text = with_settings(before, SECTIONS, where="edge.toml")

    document = tomllib.loads(text)
    assert text.startswith("# mine\n[mqtt] # broker\n")
    assert document["mqtt"]["keepalive_s"] == 9
    assert "username_file" not in document["mqtt"]
    assert document["log"] == {"level": "info"}
    assert with_settings(text, SECTIONS, where="edge.toml") == text


@pytest.mark.parametrize(
    "text", ['mqtt.host = "x"\n', '[mqtt]\nhost = """\na = 1\n"""\n', 'mqtt = {host = "x"}\n', "="]
)
def test_a_form_that_is_too_clever_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"edge\.toml"):
        with_settings(text, SECTIONS, where="edge.toml")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_value_is_read_back_or_refused(org: str, host: str) -> None:
    sections: dict[str, Section] = {"gateway": {"org": org}, "mqtt": {"host": host}}

    try:
        text = with_settings("", sections, where="edge.toml")
    except (ConfigError, UnicodeError):
        return

    assert tomllib.loads(text) == {"gateway": {"org": org}, "mqtt": {"host": host}}


def test_a_written_file_is_private_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "mqtt.password"
    path.write_text("old")
    path.chmod(0o644)

    write_private(path, "new\n")

    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["mqtt.password"]


def test_what_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        write_private(tmp_path / "none" / "file", "x")


def test_a_file_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert read_if_there(tmp_path / "none") is None
    with pytest.raises(ConfigError, match="cannot be read"):
        read_if_there(tmp_path)
