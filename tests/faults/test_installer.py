"""What an installer does on a gateway, with real server, broker and agent: the line that the
server prints, pasted as it is; the service that systemd starts; a batch that is acknowledged; the
gateway cut off again. On both brokers."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import BrokerKind
from tests.faults.enrolled_gateway import Site, settings_in, told_by
from tests.faults.process import until
from tests.faults.state_template import BIN
from tests.ports import free_port

pytestmark = pytest.mark.xdist_group("enrolment")


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, template: Path
) -> Iterator[Site]:
    kind: BrokerKind = request.param
    opened = Site(tmp_path_factory.mktemp(kind), template, kind=kind)
    try:
        opened.start()
        yield opened
    finally:
        opened.close()


def test_the_printed_line_brings_a_gateway_in_whose_batch_is_acknowledged(place: Site) -> None:
    config, port = place.place_for("gw-1"), free_port()
    config.write_text(
        config.read_text() + f"[health]\ninterval_s = 0.5\nprometheus_port = {port}\n"
    )

    done = place.paste(place.printed("gw-1"), config=config)
    assert done.returncode == 0, done.stderr
    place.run_service(config)
    until(lambda: place.line("gw-1").get("online"), what="the service is online")
    place.hear("gw-1", config=config.parent / "credentials" / "edge.toml")

    until(
        lambda: told_by(port, "beaconry_edge_acked_batches_total"), what="a batch is acknowledged"
    )
    assert place.line("gw-1")["applied_batches"] >= 1


def test_the_line_of_the_command_line_is_the_same(place: Site) -> None:
    told = place.store_server("enrolment-code", "gw-2")

    done = place.paste(told["command"], config=place.place_for("gw-2"))

    assert done.returncode == 0, done.stderr
    assert told["code"] in told["command"]
    assert "this machine alone" in told["warning"]


def test_a_pasted_line_works_once_and_says_so(place: Site) -> None:
    line, config = place.printed("gw-3"), place.place_for("gw-3")
    assert place.paste(line, config=config).returncode == 0

    again = place.paste(line, config=config)

    assert again.returncode == 1
    assert "code was used already" in again.stderr
    assert settings_in(config)["gateway"]["gateway"] == "gw-3"


def test_the_settings_are_good_for_whoever_asks_as_root(place: Site) -> None:
    config = place.place_for("doctor")
    assert place.paste(place.printed("gw-3"), config=config).returncode == 0

    argv = [str(BIN / "edge-agent"), "doctor", "--config", str(config), "--json"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)

    lines = {one["subject"]: one["standing"] for one in json.loads(done.stdout)}
    assert (lines["credentials"], lines["server"]) == ("OK", "OK")


def test_a_revoked_gateway_is_cut_off(place: Site) -> None:
    (service,) = place.edges

    place.api.ask(place.api.key("ops"), "POST", "/v1/gateways/gw-1/revocation").raise_for_status()

    until(lambda: "refuses" in service.log(), what="the broker lets it in no more")
    assert place.standing("gw-1") == "revoked"


def test_the_command_line_shows_the_fleet(place: Site) -> None:
    told = place.store_server("fleet")

    standing = {one["gateway_id"]: one["standing"] for one in told["gateways"]}
    assert standing["gw-1"] == "revoked"
    assert told["findings"] == []
