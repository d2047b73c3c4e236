import json
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from store_server.cli import main

ROOT = Path(__file__).parents[3]
DEMO_PLAN = str(ROOT / "configs" / "demo" / "supermarket.toml")
SETTINGS = """
[store]
org = "acme"
store = "demo"
state_dir = "{state}"
"""


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str


class Command:
    """Runs `store-server` in this process on a state folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = folder / "store.toml"
        self.state = folder / "state"
        self.config.write_text(SETTINGS.format(state=self.state))
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Answer:
        at = arguments.index("--") if "--" in arguments else len(arguments)
        spelled = [*arguments[:at], "-c", str(self.config), *arguments[at:]]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["store-server", *spelled])
            with pytest.raises(SystemExit) as end:
                main()
        shown = self._capsys.readouterr()
        return Answer(int(end.value.code or 0), shown.out, shown.err)


@pytest.fixture
def store_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    yield Command(tmp_path, capsys)
    structlog.reset_defaults()


def test_init_makes_keys_and_prints_the_link_once(store_server: Command) -> None:
    first, again = store_server("init"), store_server("init")

    assert (first.code, again.code) == (0, 0)
    assert "console: http://127.0.0.1:8080/login/bl_" in first.out
    assert "console:" not in again.out
    assert (store_server.state / "secrets" / "keys" / "till.key").read_text().startswith("bk_")


def test_programs_read_where_the_keys_are_and_the_link(store_server: Command) -> None:
    first, again = (json.loads(store_server("init", "--json").out) for _ in range(2))

    assert first["console"].startswith("http://127.0.0.1:8080/login/bl_")
    assert again == {"keys": first["keys"], "console": None}
    assert {Path(path).read_text()[:3] for path in first["keys"].values()} == {"bk_"}


def test_a_seed_is_loaded_and_counted(store_server: Command) -> None:
    answer = store_server("seed", DEMO_PLAN, "--json")

    assert json.loads(answer.out) == {"zones": 6, "gateways": 6, "beacons": 12}
    assert store_server("seed", DEMO_PLAN).code == 0


def test_of_a_wrong_seed_nothing_is_loaded(store_server: Command, tmp_path: Path) -> None:
    bad = tmp_path / "shoppers.csv"
    bad.write_text("shopper_id,household_id,language\ns-1,,en\ns 2,,en\n")

    answer = store_server("seed", DEMO_PLAN, str(bad))

    assert answer.code == 1
    assert f"{bad}:3: shopper_id must be" in answer.err
    assert "Traceback" not in answer.err
    assert "there are none" in store_server("add-gateway", "gw-1").err


@pytest.mark.parametrize(
    ("content", "message"),
    [("[store]\norg = 1\n", "org is 1"), ("[[offers]]\nid = 'x'\n", "offers"), ("=", "TOML")],
)
def test_a_wrong_toml_is_told_and_ends_with_one(
    store_server: Command, tmp_path: Path, content: str, message: str
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(content)

    answer = store_server("seed", str(bad))

    assert answer.code == 1
    assert "bad.toml" in answer.err
    assert message in answer.err


def test_a_gateway_of_the_plan_gets_an_account(store_server: Command) -> None:
    store_server("seed", DEMO_PLAN)

    answer = json.loads(store_server("add-gateway", "gw-1", "--json").out)

    assert answer["user"] == "acme.demo.gw-1"
    assert len(Path(answer["password_file"]).read_text().strip()) >= 43
    assert answer["broker_told"] is False


def test_a_gateway_that_is_new_on_the_plan_needs_a_place(store_server: Command) -> None:
    store_server("seed", DEMO_PLAN)

    refused = store_server("add-gateway", "gw-7")
    placed = store_server("add-gateway", "gw-7", "--x", "25", "--y", "3")
    off_the_floor = store_server("add-gateway", "gw-8", "--x", "99", "--y", "3")

    assert (refused.code, placed.code, off_the_floor.code) == (1, 0, 1)
    assert "--x METRES" in refused.err
    assert "no zone" in off_the_floor.err


@pytest.mark.parametrize("name", ["GW 1", "-gw", "a/b", "x" * 33, "server"])
def test_a_gateway_has_a_name_that_can_stand_in_a_topic(store_server: Command, name: str) -> None:
    assert store_server("add-gateway", "--x", "1", "--y", "1", "--", name).code in (1, 2)


def test_mosquitto_gets_its_three_files(store_server: Command) -> None:
    store_server("seed", DEMO_PLAN)

    answer = store_server("broker-config", "--for", "mosquitto")

    assert answer.code == 0
    files = {path.name: path for path in (store_server.state / "mosquitto").iterdir()}
    assert set(files) == {"mosquitto.conf", "acl", "passwd"}
    assert files["acl"].read_text().count("user acme.demo.gw-") == 6
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o640}


def test_programs_read_which_files_a_broker_gets(store_server: Command) -> None:
    answer = store_server("broker-config", "--for", "mosquitto", "--json")

    files = [Path(path) for path in json.loads(answer.out)["files"]]
    assert {path.name for path in files} == {"mosquitto.conf", "acl", "passwd"}
    assert all(path.is_file() for path in files)


def test_results_are_shown_before_anything_happened(store_server: Command) -> None:
    assert "not enough data" in store_server("report").out.lower()
    assert json.loads(store_server("decisions", "--json").out) == []
    assert store_server("replay-decision", "nosuch").code == 1
    period = ("--since", "2026-01-01", "--until", "2026-01-02")
    assert store_server("dry-run", "nosuch", *period).code == 1


def test_a_new_link_takes_the_place_of_the_old_one(store_server: Command) -> None:
    first, second = store_server("login-link").out, store_server("login-link").out

    assert first != second
    assert (store_server.state / "secrets" / "login.link").read_text() == second


def test_usage_ends_with_two(store_server: Command) -> None:
    assert store_server("broker-config", "--for", "carrier-pigeon").code == 2
    assert store_server("decisions", "--limit", "0").code == 2
    assert store_server("replay-decision").code == 2
    assert store_server("no-such-command").code == 2


def test_a_wrong_setting_ends_with_one(store_server: Command) -> None:
    store_server.config.write_text("[store]\norg = 'acme'\nstroe = 'x'\n")

    answer = store_server("check-config")

    assert answer.code == 1
    assert "stroe is unknown; did you mean store?" in answer.err


def test_an_address_that_is_taken_ends_with_three(store_server: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        store_server.config.write_text(store_server.config.read_text() + f"[http]\nport = {port}\n")

        answer = store_server("serve")

    assert answer.code == 3
    assert str(port) in answer.err


@pytest.mark.parametrize("command", ["migrate", "report", "serve", "init"])
def test_a_database_that_does_not_answer_ends_with_three(
    store_server: Command, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        file = store_server.config.with_name("database.password")
        file.write_text("s3cr3t")
        url = f"postgresql+psycopg://ann@127.0.0.1:{port}/shop"
        monkeypatch.setenv("BEACONRY_DATABASE__URL", url)
        monkeypatch.setenv("BEACONRY_DATABASE__PASSWORD_FILE", str(file))

        answer = store_server(command)

    assert answer.code == 3
    assert f"127.0.0.1:{port}/shop does not answer" in answer.err
    assert len(answer.err.splitlines()) == 1
    assert "s3cr3t" not in answer.err


def test_looking_at_a_store_of_another_version_changes_nothing(store_server: Command) -> None:
    store_server("init")
    path = store_server.state / "store.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '0003'")

    answer = store_server("report")

    assert answer.code == 1
    assert "store-server migrate" in answer.err
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)


def test_the_meter_is_calibrated_once_for_a_shape_of_data(store_server: Command) -> None:
    first, again = (store_server("calibrate-meter", "--campaigns", "200") for _ in range(2))

    assert "v2-u2000-c1000-r20-s15-f3: Right in 9" in first.out
    assert "calibrated already" in again.out
    assert "meter: Right in 9" in store_server("report").out


def test_a_report_is_written_as_files(store_server: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    csv = store_server("export-report", "funnel", "--out", str(tmp_path))
    parquet = store_server(
        "export-report",
        "lift",
        "--out",
        str(tmp_path),
        "--format",
        "parquet",
        "--since",
        "2026-03-01",
    )
    printed = store_server("print-report", "--out", str(page), "--language", "es")

    assert (csv.code, parquet.code, printed.code) == (0, 0, 0)
    assert (tmp_path / "funnel.csv").read_text().startswith("step,reason,count,share_of_before")
    assert (tmp_path / "lift.parquet").read_bytes()[:4] == b"PAR1"
    assert "Aún no hay datos suficientes" in page.read_text()
    assert "there is no report" in store_server("export-report", "gold", "--out", "x").err


def test_units_that_are_not_there_make_no_files(store_server: Command, tmp_path: Path) -> None:
    exported = store_server("export-units", "--out", str(tmp_path))

    assert "no unit was offered anything yet" in exported.out
