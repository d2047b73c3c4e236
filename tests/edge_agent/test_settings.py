"""Settings: what is read, and what whoever edits the file is told."""

from pathlib import Path

import pytest

from edge_agent.errors import ConfigError
from edge_agent.settings import SECTIONS, load_settings

GATEWAY = '[gateway]\norg = "acme"\nstore = "s1"\ngateway = "gw-1"\n'


def load(folder: Path, text: str, **environ: str) -> object:
    path = folder / "edge.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ=environ)


def test_a_gateway_section_is_all_that_is_needed(tmp_path: Path) -> None:
    (tmp_path / "edge.toml").write_text(GATEWAY)

    settings = load_settings(tmp_path / "edge.toml", environ={})

    assert (settings.gateway.gateway, settings.source.kind) == ("gw-1", "bluez")
    assert (settings.window.seconds, settings.health.interval_s) == (1.0, 15.0)


def test_the_example_in_configs_is_sound() -> None:
    assert load_settings(Path("configs/edge.toml"), environ={}).gateway.store == "demo"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "edge.toml").write_text(GATEWAY + "[mqtt]\nport = 1000\n")
    environ = {
        "BEACONRY_MQTT__PORT": "2000",
        "BEACONRY_MQTT__TLS": "true",
        "BEACONRY_GATEWAY__GATEWAY": "7",
        "BEACONRY_STORE__ORG": "another program's",
        "PATH": "/bin",
    }

    settings = load_settings(tmp_path / "edge.toml", environ=environ)

    assert (settings.mqtt.port, settings.mqtt.tls) == (2000, True)
    assert settings.gateway.gateway == "7"


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "edge.toml").write_text(GATEWAY + '[spool]\npath = "x/edge.spool"\n')

    settings = load_settings(tmp_path / "edge.toml", environ={})

    assert settings.spool.path == str(tmp_path / "x" / "edge.spool")


def test_a_credential_of_systemd_is_found_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "edge.toml").write_text(
        GATEWAY + '[mqtt]\npassword_file = "credential:mqtt.password"\n'
    )

    settings = load_settings(
        tmp_path / "edge.toml", environ={"CREDENTIALS_DIRECTORY": "/run/credentials/x"}
    )

    assert settings.mqtt.password_file == "/run/credentials/x/mqtt.password"


def test_a_credential_without_systemd_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"LoadCredential=mqtt\.user:PATH, or name the file"):
        load(tmp_path, GATEWAY + '[mqtt]\nusername_file = "credential:mqtt.user"\n')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[window]\nseconds = 0\n", "[window] seconds is 0; must be 0.5..60"),
        ("[window]\nseconds = nan\n", "[window] seconds is nan; must be 0.5..60"),
        ("[window]\nseconds = true\n", "[window] seconds is True; must be 0.5..60"),
        ("[window]\nsecond = 1\n", "[window] second is unknown; did you mean seconds?"),
        ("[windows]\nseconds = 1\n", "section [windows] is unknown; did you mean window?"),
        ("[mqtt]\nport = 1.5\n", "[mqtt] port is 1.5; must be a whole number in 1..65535"),
        ("[mqtt]\ntls = 1\n", "[mqtt] tls is 1; must be true or false"),
        ("[mqtt]\nhost = 1\n", "[mqtt] host is 1; must be text"),
        ('[source]\nkind = "udp"\n', '[source] kind is "udp"; must be one of "bluez", "feed"'),
        ('[source]\nkind = "feed"\n', "[source] socket is missing"),
        ('[source]\nkind = "replay"\n', "[source] file is missing"),
        ("[mqtt]\nclient_id_from_user = true\n", "needs [mqtt] username"),
        ('[mqtt]\nca_file = "ca.pem"\n', "need tls = true"),
        ('[mqtt]\ntls = true\nkey_file = "k"\n', "cert_file and key_file must be set together"),
        ('[mqtt]\nusername = "a"\nusername_file = "b"\n', "are both set; keep one"),
        ("stray = 1\n", "not TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, GATEWAY + ("[[x" if "stray" in text else text))

    assert message in str(raised.value)
    assert str(tmp_path / "edge.toml") in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "[gateway] org is missing; set it there or as BEACONRY_GATEWAY__ORG"),
        ("stray = 1\n" + GATEWAY, "stray stands outside a section"),
        (GATEWAY.replace("gw-1", "GW 1"), '[gateway] gateway is "GW 1"; must be text that'),
        (GATEWAY.replace("gw-1", "gw-1\\n"), "[gateway] gateway is"),
    ],
)
def test_a_gateway_must_be_named_soundly(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, text)

    assert message in str(raised.value)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BEACONRY_MQTT__PROT is unknown; did you mean port"):
        load(tmp_path, GATEWAY, BEACONRY_MQTT__PROT="1")


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", environ={})


def test_every_setting_is_in_the_installers_page() -> None:
    page = Path("docs/operations_edge.md").read_text(encoding="utf-8")

    for section, structure in SECTIONS.items():
        for key in structure.__struct_fields__:
            assert f"`[{section}] {key}`" in page


def test_a_scan_that_hears_resting_tags_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "edge.toml").write_text(GATEWAY)

    # BlueZ tells an advert that says nothing new to active scans alone (bluez issue 647).
    assert load_settings(tmp_path / "edge.toml", environ={}).source.scan == "active"
