"""ConfigTrial on a clock that the test moves: when a trial is kept, and when it is over."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_agent.agent_record import AgentRecord
from edge_agent.config_trial import ConfigTrial
from edge_agent.health import UplinkStatus
from edge_agent.hearing import Hearing
from edge_agent.remote_settings import ConfigStanding, RemoteSettings
from edge_agent.settings import EdgeSettings, GatewaySettings
from edge_agent.windows import WindowTable
from proximity_wire.messages import GatewayConfig, encode
from tests.edge_agent.builders import an_advert

OWN = EdgeSettings(gateway=GatewaySettings(org="acme", store="s1", gateway="gw-1"))
STARTED_S = 1_000.0
A_MINUTE_S = OWN.remote.confirm_s
CONFIG = encode(GatewayConfig(org="acme", store="s1", gateway="gw-1", version=1, window_s=0.5))


def a_trial(folder: Path, *, connected: bool, hears: bool) -> tuple[ConfigTrial, RemoteSettings]:
    """A configuration on trial since `STARTED_S`, by the default settings."""
    remote = RemoteSettings(AgentRecord(folder / "edge.spool"), own=OWN)
    remote.take(CONFIG, heard_before=True)
    hearing = Hearing(WindowTable(window_ms=500, forget_ms=10_000, most=100))
    if hears:
        hearing.hear([an_advert()])
    trial = ConfigTrial(remote, hearing=hearing, confirm_s=A_MINUTE_S, started_s=STARTED_S)
    status = UplinkStatus(spool_id="a" * 32, connected=connected)
    port = SimpleNamespace(uplink=SimpleNamespace(status=status, publish_state=lambda: None))
    trial.uplink = port.uplink
    return trial, remote


def test_by_default_a_trial_has_a_minute() -> None:
    assert A_MINUTE_S == 60.0


@pytest.mark.parametrize(("connected", "hears"), [(False, True), (True, False), (False, False)])
def test_a_trial_that_does_not_prove_itself_ends_after_a_minute_and_not_before(
    tmp_path: Path, connected: bool, hears: bool
) -> None:
    trial, remote = a_trial(tmp_path, connected=connected, hears=hears)

    early = [trial.asks_for_new_start(STARTED_S + after_s) for after_s in (0.0, 30.0, 59.99)]

    assert early == [False] * 3
    assert remote.standing == ConfigStanding(1, confirmed=False)
    assert trial.asks_for_new_start(STARTED_S + A_MINUTE_S)
    assert remote.standing == ConfigStanding(0, confirmed=True, refused_version=1)
    assert remote.effective() == OWN


def test_a_trial_that_connects_and_hears_is_kept_at_once(tmp_path: Path) -> None:
    trial, remote = a_trial(tmp_path, connected=True, hears=True)

    assert not trial.asks_for_new_start(STARTED_S)

    assert remote.standing == ConfigStanding(1, confirmed=True)
    assert not trial.asks_for_new_start(STARTED_S + 2 * A_MINUTE_S)
