"""RemoteSettings: what is tried, kept, refused and remembered."""

from pathlib import Path

import pytest

from edge_agent.agent_record import SUFFIX, AgentRecord
from edge_agent.remote_settings import ConfigStanding, RemoteSettings
from edge_agent.settings import EdgeSettings, GatewaySettings
from proximity_wire.errors import MessageError
from proximity_wire.messages import GatewayConfig, encode

OWN = EdgeSettings(gateway=GatewaySettings(org="acme", store="s1", gateway="gw-1"))


def a_config(version: int, *, gateway: str = "gw-1", window_s: float | None = 0.5) -> bytes:
    return encode(
        GatewayConfig(org="acme", store="s1", gateway=gateway, version=version, window_s=window_s)
    )


def started(folder: Path) -> RemoteSettings:
    """As after a start of the process on the same spool."""
    remote = RemoteSettings(AgentRecord(folder / "edge.spool"), own=OWN)
    remote.note_start()
    return remote


def test_without_a_configuration_the_file_rules(tmp_path: Path) -> None:
    remote = started(tmp_path)

    assert remote.effective() == OWN
    assert remote.standing == ConfigStanding(0, confirmed=True, refused_version=0)


def test_a_configuration_overrides_only_what_it_names(tmp_path: Path) -> None:
    remote = started(tmp_path)

    assert remote.take(a_config(1), heard_before=True)

    assert remote.effective().window.seconds == 0.5
    assert remote.effective().health == OWN.health
    assert remote.standing == ConfigStanding(1, confirmed=False, refused_version=0)


def test_a_confirmed_configuration_survives_a_start(tmp_path: Path) -> None:
    remote = started(tmp_path)
    remote.take(a_config(3), heard_before=True)
    remote.confirm()

    again = started(tmp_path)

    assert again.standing == ConfigStanding(3, confirmed=True, refused_version=0)
    assert (again.effective().window.seconds, again.restarts) == (0.5, 1)


def test_a_failed_trial_gives_back_what_was_kept(tmp_path: Path) -> None:
    remote = started(tmp_path)
    remote.take(a_config(3), heard_before=True)
    remote.confirm()
    remote.take(a_config(4, window_s=5.0), heard_before=True)

    remote.roll_back()

    assert remote.effective().window.seconds == 0.5
    assert remote.standing == ConfigStanding(3, confirmed=True, refused_version=4)


@pytest.mark.parametrize("version", [1, 3, 4])
def test_only_a_version_above_all_that_is_known_is_tried(tmp_path: Path, version: int) -> None:
    remote = started(tmp_path)
    remote.take(a_config(3), heard_before=True)
    remote.confirm()
    remote.take(a_config(4), heard_before=True)
    remote.roll_back()

    assert not remote.take(a_config(version), heard_before=True)
    assert remote.take(a_config(5), heard_before=True)


def test_a_trial_that_ends_two_processes_is_rolled_back(tmp_path: Path) -> None:
    started(tmp_path).take(a_config(1), heard_before=True)

    standings = [started(tmp_path).standing.confirmed for _ in range(2)]

    assert standings == [False, True]
    assert started(tmp_path).standing.refused_version == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"{",
        b"[" * 10_000,
        a_config(1, gateway="gw-2"),
        a_config(1).replace(b"0.5", b"0.1"),
        a_config(1).replace(b'"version":1', b'"version":0'),
        a_config(1).replace(b'"v":1', b'"v":2'),
    ],
)
def test_what_is_not_for_us_or_not_sound_changes_nothing(tmp_path: Path, payload: bytes) -> None:
    remote = started(tmp_path)

    with pytest.raises(MessageError):
        remote.take(payload, heard_before=True)

    assert remote.effective() == OWN


def test_a_message_that_was_taken_away_changes_nothing(tmp_path: Path) -> None:
    assert not started(tmp_path).take(b"", heard_before=True)


def test_a_process_that_was_killed_is_noticed_by_the_next_one(tmp_path: Path) -> None:
    first = started(tmp_path)
    after_a_kill = started(tmp_path)
    after_a_kill.note_end()
    after_a_goodbye = started(tmp_path)

    found = [one.was_killed for one in (first, after_a_kill, after_a_goodbye)]
    assert found == [False, True, False]


@pytest.mark.parametrize("text", ["", "{", '{"starts":"many"}', "\x00" * 20])
def test_a_broken_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / f"edge.spool{SUFFIX}").write_text(text)

    assert started(tmp_path).restarts == 0


def test_a_record_that_cannot_be_written_refuses_the_trial(tmp_path: Path) -> None:
    remote = RemoteSettings(AgentRecord(tmp_path / "gone" / "edge.spool"), own=OWN)

    assert not remote.take(a_config(1), heard_before=True)
