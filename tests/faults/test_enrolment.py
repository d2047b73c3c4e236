"""A gateway comes in by a one-time code and is cut off again: server, broker and agent for real."""

import pytest

from tests.faults.enrolled_gateway import Site, settings_in
from tests.faults.enrolled_gateway import site as site  # noqa: PLC0414 - a fixture
from tests.faults.process import until

pytestmark = pytest.mark.xdist_group("enrolment")


def test_a_gateway_comes_in_by_its_code_and_delivers(site: Site) -> None:
    config = site.place_for("gw-1")

    done = site.enrol(site.new_code("gw-1").lower(), config=config)

    assert done.returncode == 0, done.stderr
    settings = settings_in(config)
    assert settings["gateway"] == {"org": "acme", "store": "s1", "gateway": "gw-1"}
    assert settings["mqtt"]["port"] == site.api.run()["mqtt_port"]
    assert settings["mqtt"]["reconnect_max_s"] == 0.5
    assert settings["mqtt"]["username_file"] == "mqtt.user"
    assert "# this gateway's own" in config.read_text()
    password = config.parent / "mqtt.password"
    files = (config, password, config.parent / "mqtt.user")
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert len(password.read_text().strip()) == 64
    assert password.read_text().strip() not in done.stdout + done.stderr + site.server.log()

    site.run_edge(config)
    until(lambda: site.line("gw-1").get("online"), what="the enrolled gateway is online")


def test_a_code_works_once(site: Site) -> None:
    config = site.place_for("once")
    code = site.new_code("gw-2")

    first = site.enrol(code, config=config)
    before = config.read_text(), (config.parent / "mqtt.password").read_text()
    again = site.enrol(code, config=config)

    assert (first.returncode, again.returncode) == (0, 1)
    assert "code_used" in again.stderr
    assert "Traceback" not in again.stderr
    assert (config.read_text(), (config.parent / "mqtt.password").read_text()) == before


def test_a_wrong_or_outdated_code_is_refused_and_changes_nothing(site: Site) -> None:
    config = site.place_for("wrong")
    before = config.read_text()
    outdated = site.new_code("gw-3")
    newest = site.new_code("gw-3")
    guessed = newest[:-1] + ("0" if newest[-1] != "0" else "1")

    for code in (outdated, guessed):
        done = site.enrol(code, config=config)
        assert done.returncode == 1
        assert "code_unknown" in done.stderr

    assert config.read_text() == before
    assert not (config.parent / "mqtt.password").exists()


def test_a_code_that_is_over_is_refused_and_changes_nothing(site: Site) -> None:
    config = site.place_for("over")
    before, code = config.read_text(), site.new_code("gw-3")
    site.let_codes_end()

    done = site.enrol(code, config=config)

    assert done.returncode == 1
    assert "code_over" in done.stderr
    assert config.read_text() == before
    assert not (config.parent / "mqtt.password").exists()


def test_what_is_no_code_or_no_server_ends_with_2_and_3(site: Site) -> None:
    config = site.place_for("usage")

    assert site.enrol("abc", config=config).returncode == 2
    code = site.new_code("gw-3")
    assert site.enrol(code, config=config, server="ftp://x").returncode == 2
    gone = site.enrol(code, config=config, server="http://127.0.0.1:9")
    assert gone.returncode == 3
    assert "cannot be reached" in gone.stderr
    assert site.enrol(code, config=config).returncode == 0


def test_a_revoked_gateway_is_cut_off_and_comes_in_by_a_new_code(site: Site) -> None:
    config = site.place_for("gw-3")
    assert site.enrol(site.new_code("gw-3"), config=config).returncode == 0
    edge = site.run_edge(config)
    until(lambda: site.line("gw-3").get("online"), what="gw-3 is online")

    site.api.ask(site.api.key("ops"), "POST", "/v1/gateways/gw-3/revocation").raise_for_status()
    until(lambda: "refuses" in edge.log(), what="the broker lets it in no more")

    assert site.store_server("revoke-gateway", "gw-3")["broker_told"] is True
    assert site.standing("gw-3") == "revoked"
    assert not list((site.folder / "state/secrets/broker").glob("gw-3.*"))
    assert edge.running

    assert site.enrol(site.new_code("gw-3"), config=config).returncode == 0
    until(lambda: site.line("gw-3").get("online"), what="gw-3 is back")
