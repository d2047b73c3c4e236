"""`store-server push-config`: kept while no server runs, refused with reasons."""

import json
from pathlib import Path

import pytest

from tests.store_server.cli.test_commands import DEMO_PLAN, Command
from tests.store_server.cli.test_commands import store_server as store_server  # noqa: PLC0414


def test_a_configuration_is_kept_while_no_server_runs(
    store_server: Command, tmp_path: Path
) -> None:
    store_server("seed", DEMO_PLAN)
    file = tmp_path / "gateway.toml"
    file.write_text('window_s = 2.0\nlog_level = "debug"\n')

    first = json.loads(store_server("push-config", "gw-1", str(file), "--json").out)
    second = store_server("push-config", "gw-1", str(file))

    assert first == {"published": False, "gateway_id": "gw-1", "version": 1}
    assert "gw-1: version 2 is kept" in second.out


@pytest.mark.parametrize("text", ["window_s = 0.1\n", "broker = 'x'\n", "window_s ="])
def test_what_cannot_be_set_ends_with_1(store_server: Command, tmp_path: Path, text: str) -> None:
    store_server("seed", DEMO_PLAN)
    file = tmp_path / "gateway.toml"
    file.write_text(text)

    assert store_server("push-config", "gw-1", str(file)).code == 1


def test_an_unknown_gateway_or_file_ends_with_1(store_server: Command, tmp_path: Path) -> None:
    store_server("seed", DEMO_PLAN)
    file = tmp_path / "gateway.toml"
    file.write_text("window_s = 2.0\n")

    assert store_server("push-config", "gw-77", str(file)).code == 1
    assert store_server("push-config", "gw-1", str(tmp_path / "none")).code == 1
