from pathlib import Path

import pytest
from sqlalchemy import make_url

from store_server.errors import ConfigError
from store_server.flows.rooms import Policy
from store_server.presence.policy import PresencePolicy
from store_server.settings import Settings, load_settings

STORE_TOML = Path(__file__).parents[2] / "configs" / "store.toml"
WHO = {"BEACONRY_STORE__ORG": "acme", "BEACONRY_STORE__STORE": "demo"}


def from_environment(**values: str) -> Settings:
    return load_settings(None, environ=WHO | {f"BEACONRY_{key}": v for key, v in values.items()})


def test_the_shipped_settings_are_the_defaults() -> None:
    shipped = load_settings(STORE_TOML, environ={})

    assert shipped == from_environment()
    assert (shipped.mqtt.embedded, shipped.decisions.holdout_bp) == (True, 1000)


def test_the_shipped_file_names_every_key() -> None:
    text = STORE_TOML.read_text()

    for section, field in Settings.model_fields.items():
        keys = getattr(field.annotation, "model_fields", {})
        assert f"[{section}]" in text
        assert [key for key in keys if f"{key} = " not in text] == []


def test_the_defaults_are_those_of_the_rules() -> None:
    settings, policy = from_environment(), Policy()

    presence = settings.presence.model_dump(exclude={"engine"})
    assert {key: getattr(PresencePolicy(), key) for key in presence} == presence
    for key, value in settings.decisions.model_dump().items():
        assert getattr(policy, key) == value


def test_the_environment_is_put_over_the_file() -> None:
    settings = load_settings(
        STORE_TOML,
        environ={
            "BEACONRY_HTTP__PORT": "9",
            "BEACONRY_PRESENCE__DWELL_MARKS_S": "[20]",
            "PATH": "",
        },
    )

    assert settings.http.port == 9
    assert settings.presence.dwell_marks_s == (20,)
    assert settings.store.org == "acme"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("HTTP__PORT", "99999", "[http] port is '99999'; must be 0..65535"),
        ("HTTP__PROT", "1", "[http] prot is unknown; did you mean port?"),
        ("HTPP__PORT", "1", "BEACONRY_HTPP__PORT is unknown; must be BEACONRY_<SECTION>__<KEY>"),
        ("PORT", "1", "BEACONRY_PORT is unknown"),
        ("STORE__ORG", "Acme Inc", "[store] org is 'Acme Inc'; must match"),
        ("CLOCK__MODE", "evnt", "[clock] mode is 'evnt'; must be 'system' or 'event'"),
        ("CLOCK__MODE", "event", 'mode "event" needs start_at'),
        ("CLOCK__START_AT", "2026-03-02T08:00:00", "start_at"),
        ("MQTT__BROKER", "tcp://x", 'must be "embedded" or a URL'),
        ("MQTT__BROKER", "mqtt://u:secret@x", "must not carry a password"),
        ("DATABASE__URL", "postgresql+psycopg://u:s@x/db", "must not carry a password"),
        ("DATABASE__URL", "postgresql://x/db?password=s", "must not carry a password"),
        ("DATABASE__PASSWORD_FILE", "/f", "password_file goes with a url like postgresql"),
        ("WEBHOOK__TIMEOUT_S", "nan", "[webhook] timeout_s"),
        ("DECISIONS__HOLDOUT_BP", "10000", "must be 0..5000"),
        ("PRESENCE__DWELL_MARKS_S", "[0]", "greater than or equal to 1"),
        ("PRIVACY__RAW_HOURS", "25", "[privacy] raw_hours is '25'"),
    ],
)
def test_a_wrong_setting_is_refused_in_plain_words(key: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        from_environment(**{key: value})

    assert message in str(refused.value)


def test_every_wrong_key_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        from_environment(HTTP__PORT="x", HTTP__HSOT="y")

    assert len(str(refused.value).splitlines()) == 2


def test_a_missing_section_is_told() -> None:
    with pytest.raises(ConfigError, match=r"\[store\] is missing"):
        load_settings(None, environ={})


@pytest.mark.parametrize(
    ("broker", "address", "tls"),
    [
        ("mqtt://b.example", ("b.example", 1883), False),
        ("mqtts://b.example", ("b.example", 8883), True),
        ("mqtt://b.example:1", ("b.example", 1), False),
        ("embedded", ("127.0.0.1", 1883), False),
    ],
)
def test_a_broker_is_named_by_url(broker: str, address: tuple[str, int], tls: bool) -> None:
    mqtt = from_environment(MQTT__BROKER=broker).mqtt

    assert (mqtt.address(), mqtt.tls) == (address, tls)


def test_rows_lie_in_the_state_folder_unless_a_database_is_named() -> None:
    assert from_environment(STORE__STATE_DIR="/s").database_url == "sqlite:////s/store.sqlite"
    assert from_environment(DATABASE__URL="postgresql://x").database_url == "postgresql://x"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("MQTT__BROKER", "mqtt://u:hidden@x"),
        ("DATABASE__URL", "postgresql+psycopg://u:hidden@x/db"),
        ("DATABASE__URL", "postgresql+psycopg://u:hid@den@x/db"),
        ("DATABASE__URL", "postgresql://x/db?user=u&password=hidden"),
    ],
)
def test_a_password_that_is_refused_is_not_repeated(key: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        from_environment(**{key: value})

    assert "hid" not in str(refused.value)


def test_the_password_of_the_database_comes_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss/w:rd\n")
    url = "postgresql+psycopg://beaconry@db.example/beaconry"

    settings = from_environment(DATABASE__URL=url, DATABASE__PASSWORD_FILE=str(file))

    assert make_url(settings.database_url).password == "p@ss/w:rd"
    assert make_url(settings.database_url).host == "db.example"
    assert "p@ss" not in repr(settings)


def test_a_password_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = from_environment(
        DATABASE__URL="postgresql://u@h/n", DATABASE__PASSWORD_FILE=str(tmp_path / "gone")
    )

    with pytest.raises(ConfigError, match="gone: cannot be read"):
        _ = settings.database_url
