"""The line that an installer pastes."""

import shlex

import pytest

from edge_agent.cli import _parser
from store_server.entrypoints.enrol_command import enrol_command, unreachable_warning

CODE = "7Q2RK-M4D0X-ABCDE-FGHJK-MNPQR"


def test_the_line_is_one_that_the_agent_understands() -> None:
    typed, _, rest = enrol_command("http://192.0.2.10:8080", code=CODE).partition(" | sudo ")

    words = shlex.split(rest)
    asked = _parser().parse_args(words[1:])

    assert (typed, words[0]) == (f"echo {CODE}", "edge-agent")
    assert (asked.server, asked.code) == ("http://192.0.2.10:8080", "-")
    assert str(asked.config) == "/etc/beaconry/edge.toml"


def test_the_code_is_no_argument_of_a_program() -> None:
    assert CODE not in enrol_command("http://192.0.2.10:8080", code=CODE).partition("|")[2]


@pytest.mark.parametrize("server", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])
def test_an_address_of_this_machine_alone_is_warned_of(server: str) -> None:
    assert "this machine alone" in (unreachable_warning(server) or "")


@pytest.mark.parametrize("server", ["http://192.0.2.10:8080", "https://store.example"])
def test_an_address_that_others_reach_is_not(server: str) -> None:
    assert unreachable_warning(server) is None
