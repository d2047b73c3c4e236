"""A configuration that the server pushes, with real server, broker and agent: until the fleet says
that it is confirmed, or that the gateway has gone back by itself.

What could cut a gateway off (broker, adapter, spool) cannot be pushed at all; what goes wrong
here is that the gateway heard before the trial and hears nothing in it.
"""

from pathlib import Path

import pytest

from tests.faults.enrolled_gateway import Site
from tests.faults.enrolled_gateway import site as site  # noqa: PLC0414 - a fixture
from tests.faults.process import Process, until

pytestmark = pytest.mark.xdist_group("enrolment")


def an_enrolled(site: Site, gateway: str, *, confirm_s: int) -> tuple[Path, Process]:
    """A gateway that is online and has heard; a trial lasts `confirm_s`."""
    config = site.place_for(gateway)
    config.write_text(config.read_text() + f"[remote]\nconfirm_s = {confirm_s}\n")
    assert site.enrol(site.new_code(gateway), config=config).returncode == 0
    edge = site.run_edge(config)
    until(lambda: site.line(gateway).get("online"), what=f"{gateway} is online")
    site.hear(gateway, config=config)
    until(lambda: site.line(gateway).get("applied_batches"), what="its first batch is taken")
    return config, edge


def push(site: Site, gateway: str, text: str) -> None:
    file = site.folder / f"{gateway}.push.toml"
    file.write_text(text)
    assert site.store_server("push-config", gateway, str(file))["published"] is True


def test_a_pushed_configuration_is_tried_and_confirmed(site: Site) -> None:
    config, edge = an_enrolled(site, "gw-1", confirm_s=60)

    push(site, "gw-1", 'window_s = 0.5\nlog_level = "debug"\n')
    until(lambda: site.fleet_line("gw-1")["config"] == "trial", what="it is tried")
    site.hear("gw-1", config=config)

    until(lambda: site.fleet_line("gw-1")["config"] == "confirmed", what="it has proven itself")
    assert site.fleet_line("gw-1")["config_version"] == 1
    assert "configuration kept: version=1" in edge.log()


def test_a_configuration_with_which_it_is_deaf_is_rolled_back_by_the_gateway(site: Site) -> None:
    config, edge = an_enrolled(site, "gw-2", confirm_s=1)
    taken = site.line("gw-2")["applied_batches"]

    push(site, "gw-2", "window_s = 60.0\n")

    until(lambda: site.fleet_line("gw-2")["config"] == "refused", what="the fleet says: refused")
    assert site.fleet_line("gw-2")["config_version"] == 0
    assert "configuration rolled back" in edge.log()
    assert edge.running
    site.hear("gw-2", config=config)
    until(lambda: site.line("gw-2")["applied_batches"] > taken, what="it delivers as before")


def test_what_could_cut_a_gateway_off_is_not_pushed(site: Site) -> None:
    answer = site.api.ask(
        site.api.key("ops"), "PUT", "/v1/gateways/gw-3/config", json={"adapter": "hci9"}
    )

    assert answer.status_code == 422
    assert site.fleet_line("gw-3")["config"] == "own"
