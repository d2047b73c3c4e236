"""What the log may not say: the values that an error choked on, wherever it came from."""

import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store_server.cli.log_lines import LibraryLines, report_crashes, set_up_log
from store_server.database import Database, UnitOfWork, unit_of_work
from store_server.errors import fault_of
from store_server.writer import Priority, Writer
from tests.store_server.every_table import fill
from tests.store_server.presence.builders import SCOPE, some_rooms

SECRET = "ann-whose-name-must-not-be-told"


@pytest.fixture(autouse=True)
def log_set_up() -> Iterator[None]:
    hooks = sys.excepthook, threading.excepthook
    set_up_log()
    yield
    sys.excepthook, threading.excepthook = hooks
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, LibraryLines)]
    structlog.reset_defaults()


def choke(payload: str) -> None:
    held = {"shopper": payload}
    raise ValueError(f"cannot take {held}")


def a_fault() -> ValueError:
    with pytest.raises(ValueError, match=SECRET) as caught:
        choke(SECRET)
    return caught.value


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("how", ["exc_info", "error", "both"])
def test_a_line_about_an_exception_says_kind_and_place_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool, how: str
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    set_up_log()
    fault = a_fault()
    fields = {"exc_info": {"exc_info": fault}, "error": {"error": fault}}.get(how)

    structlog.get_logger("x").error("it broke", **(fields or {"error": fault, "exc_info": fault}))

    told = capsys.readouterr().err
    assert "it broke" in told
    assert "ValueError at" in told
    assert "choke" in told
    assert SECRET not in told


def test_exc_info_of_the_moment_is_told_alike(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        choke(SECRET)
    except ValueError:
        structlog.get_logger("x").exception("it broke")

    line = json.loads(capsys.readouterr().err)
    assert line["error"].startswith("ValueError at")
    assert SECRET not in str(line)


def test_what_a_library_logs_has_the_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("asyncio").error("never retrieved\nfuture: %s", SECRET, exc_info=a_fault())

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["library"], line["level"]) == (
        "never retrieved",
        "asyncio",
        "error",
    )
    assert SECRET not in str(line)


def test_a_thread_that_dies_says_kind_and_place_only(capsys: pytest.CaptureFixture[str]) -> None:
    report_crashes()
    doomed = threading.Thread(target=choke, args=(SECRET,))

    doomed.start()
    doomed.join()

    told = capsys.readouterr().err
    assert json.loads(told)["event"] == "crashed"
    assert SECRET not in told


def test_a_parameter_of_sql_does_not_reach_the_log(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(database.write, None) as uow:
        fill(uow.session, SCOPE, who=SECRET)
    row = text("INSERT INTO shopper (org, shopper, language, created_at_ms) VALUES (:o, :s, '', 0)")

    with pytest.raises(DBAPIError) as caught, unit_of_work(database.write, None) as uow:
        uow.session.connection().execute(row, {"o": SCOPE.org, "s": SECRET})
    structlog.get_logger("x").error("transaction failed", error=caught.value)

    told = capsys.readouterr().err
    assert "IntegrityError" in told
    assert SECRET not in told


def test_the_writer_tells_of_a_broken_action_without_its_values(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    rooms = some_rooms()
    writer = Writer(database.write, rooms)
    writer.start()

    def act(uow: UnitOfWork[object], _rooms: object, *, now: object) -> None:
        del now
        uow.after_commit(lambda: choke(SECRET))

    writer.submit(Priority.APP, act).result(timeout=5)
    writer.stop()

    told = capsys.readouterr().err
    assert "action after commit failed" in told
    assert SECRET not in told


def test_a_fault_names_its_causes_and_their_codes() -> None:
    error = OSError(28, SECRET)
    error.__cause__ = KeyError(SECRET)

    assert fault_of(error) == "OSError 28 from KeyError"
