import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware_sim.demo_config import edge_config, plan_where_it_is_ten, socket_folder, store_config
from tests.firmware_sim.builders import a_scenario


def test_the_store_runs_on_free_loopback_ports_and_event_time() -> None:
    config = tomllib.loads(store_config(a_scenario(), state=Path("/s")))

    assert (config["http"]["host"], config["http"]["port"]) == ("127.0.0.1", 0)
    assert config["clock"] == {"mode": "event", "start_at": "2017-11-11T15:00:00Z"}


def test_an_edge_is_fed_by_its_socket_and_knows_its_password_by_a_file_only() -> None:
    text = edge_config(
        a_scenario(),
        gateway="gw-1",
        folder=Path("/f"),
        socket=Path("/f/gw-1.sock"),
        broker=("127.0.0.1", 1883),
        credentials=(Path("/s/gw-1.user"), Path("/s/gw-1.password")),
    )

    config = tomllib.loads(text)
    assert config["source"] == {"kind": "feed", "socket": "/f/gw-1.sock"}
    assert config["mqtt"]["password_file"] == "/s/gw-1.password"


def test_sockets_get_a_short_path_however_deep_the_folder_is(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)

    assert len(str(socket_folder(deep))) < 60


@pytest.mark.parametrize("hour", range(24))
def test_a_shop_behind_radios_lies_where_it_is_past_ten(tmp_path: Path, hour: int) -> None:
    plan, now = tmp_path / "plan.toml", datetime(2026, 3, 1, hour, 30, tzinfo=UTC)
    plan.write_text('[store]\ntimezone = "America/New_York"\nname = "x"\n')

    copy = plan_where_it_is_ten(plan, tmp_path / "copy.toml", now=now)

    zone = tomllib.loads(copy.read_text())["store"]["timezone"]
    assert now.astimezone(ZoneInfo(zone)).hour == 10
