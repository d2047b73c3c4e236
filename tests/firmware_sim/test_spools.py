import sqlite3
from pathlib import Path

import pytest

from firmware_sim.errors import OutletError
from firmware_sim.spools import SpoolState, read_spool, read_spools


def a_spool(path: Path, *, emitted: int, pending: int) -> Path:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE about (key TEXT, value TEXT)")
    connection.execute("CREATE TABLE batch (seq INTEGER)")
    connection.execute("INSERT INTO about VALUES ('last_seq', ?)", (str(emitted),))
    connection.executemany("INSERT INTO batch VALUES (?)", [(n,) for n in range(pending)])
    connection.commit()
    connection.close()
    return path


def test_spools_are_added_up(tmp_path: Path) -> None:
    one = a_spool(tmp_path / "a", emitted=10, pending=1)
    two = a_spool(tmp_path / "b", emitted=5, pending=0)

    assert read_spools([one, two]) == SpoolState(15, 1)


def test_a_missing_spool_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(OutletError, match="cannot be read"):
        read_spool(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_spool_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("not a database at all, but long enough to look like one" * 20)

    with pytest.raises(OutletError, match="cannot be read"):
        read_spool(tmp_path / "x")
