"""Wrong settings and seed files, and brokers that are not there, as an operator meets them.

What each command says of each mistake is tried in tests/store_server/cli and tests/edge_agent;
here it is the installed commands: their exit code, one clear line, never a traceback.
"""

import subprocess
from pathlib import Path

import pytest

from tests.faults.seed import PLAN, write_store_config
from tests.faults.state_template import BIN
from tests.ports import free_port

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(120),
]

SHOPPERS = "shopper_id,household_id,language\ns-1,h-1,en\ns 2,h-1,en\ns-3,h-1,english please\n"
EDGE = '[gateway]\norg = "acme"\nstore = "s1"\ngateway = "gw-1"\n'


def run(command: str, *arguments: str | Path) -> tuple[int, str]:
    """Exit code and what is said on the standard error output."""
    argv = [str(BIN / command), *map(str, arguments)]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in ended.stderr + ended.stdout
    return ended.returncode, ended.stderr


def test_a_misspelt_key_is_named_with_the_right_one(tmp_path: Path) -> None:
    store, edge = tmp_path / "store.toml", tmp_path / "edge.toml"
    store.write_text('[store]\norg = "acme"\nstroe = "s1"\n')
    edge.write_text(EDGE + '[source]\nkind = "feed"\nsokcet = "a.sock"\n')

    for command, path, key in (("store-server", store, "store"), ("edge-agent", edge, "socket")):
        code, said = run(command, "check-config", "--config", path)
        assert code == 1
        assert str(path) in said
        assert f"did you mean {key}" in said.replace('"', "").replace("'", "")


@pytest.mark.parametrize("text", ["[store\n", 'org = "acme"\n', "\ufeff\x00"])
def test_a_file_that_is_no_toml_or_no_settings_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)

    for command in ("store-server", "edge-agent"):
        code, said = run(command, "check-config", "--config", path)
        assert code == 1
        assert str(path) in said


def test_every_bad_row_is_named_by_line_field_value_and_what_was_expected(tmp_path: Path) -> None:
    config = write_store_config(tmp_path, broker_port=0)
    plan, shoppers = tmp_path / "plan.toml", tmp_path / "shoppers.csv"
    plan.write_text(PLAN)
    shoppers.write_text(SHOPPERS)

    code, said = run("store-server", "seed", "--config", config, plan, shoppers)

    assert code == 1
    assert f"{shoppers}:3: shopper_id" in said
    assert f"{shoppers}:4: language" in said
    assert "language is 'english please'; must be a tag like" in said
    # An id may be an address by mistake: it is pointed at, never repeated.
    assert "s 2" not in said


@pytest.mark.parametrize("command", ["store-server", "edge-agent", "firmware-sim"])
def test_a_command_that_does_not_exist_is_usage(command: str) -> None:
    assert run(command, "no-such-command")[0] == 2


def test_an_address_that_cannot_be_bound_is_unreachable(tmp_path: Path) -> None:
    config = write_store_config(tmp_path, broker_port=free_port())
    text = config.read_text().replace("[http]\nport = 0", '[http]\nhost = "192.0.2.1"\nport = 1')
    config.write_text(text)

    code, said = run("store-server", "serve", "--config", config)

    assert code == 3
    assert "192.0.2.1" in said


def test_a_broker_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    path = tmp_path / "edge.toml"
    path.write_text(f'{EDGE}[mqtt]\nhost = "127.0.0.1"\nport = {free_port()}\n')

    code, said = run("edge-agent", "check-config", "--reach", "--config", path)

    assert code == 3
    assert "127.0.0.1" in said
