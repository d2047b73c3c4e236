"""The drop folder: files are taken whole, wrong rows come back with their line, twice is once."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from store_server.database import Database, read_only
from store_server.entrypoints.till_drop import TillDrop
from store_server.redemptions.repository import BasketRepository
from tests.store_server.entrypoints.web_builders import HERE, a_web_store

HEAD = "basket_id,till,at,shopper_id,product_id,gtin,quantity,amount_minor,coupon_codes"
GOOD = [
    "r1,till-1,2026-03-04T11:00:00Z,ann,p1,,1,300,NONSENSE",
    "r1,till-1,2026-03-04T11:00:00Z,ann,,4006381333931,2,198,",
    "r2,till-1,2026-03-04T11:05:00Z,,p1,,1,300,",
]


class Folder:
    """A drop folder whose server looks when it is told to."""

    def __init__(self, path: Path, database: Database, drop: TillDrop) -> None:
        self.path, self._database, self.look = path, database, drop.look

    def put(self, name: str, *rows: str, head: str = HEAD) -> None:
        (self.path / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

    def taken(self) -> list[str]:
        with read_only(self._database.read, None) as uow:
            repository = BasketRepository(uow.session, HERE)
            found = repository.taken(keys=[], baskets=["r1", "r2", "r3"])
        return sorted(one.id for one in found)

    def names(self, place: str) -> list[str]:
        return sorted(one.name for one in (self.path / place).iterdir())

    def rejected(self, name: str) -> list[dict[str, str]]:
        with (self.path / "rejected" / name).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def folder(sqlite_database: Database, tmp_path: Path) -> Iterator[Folder]:
    drop = tmp_path / "drop"
    drop.mkdir()
    with a_web_store(sqlite_database) as web:
        yield Folder(drop, sqlite_database, TillDrop(drop, web.context.writer))


def test_a_file_is_taken_and_moved_to_done(folder: Folder) -> None:
    folder.put("day.csv", *GOOD)

    assert folder.look() == 1

    assert folder.taken() == ["r1", "r2"]
    assert (folder.names("done"), folder.names("rejected")) == (["day.csv"], [])


def test_a_receipt_with_a_wrong_row_comes_back_whole_and_the_others_are_taken(
    folder: Folder,
) -> None:
    wrong = "r1,till-1,2026-03-04T11:00:00Z,ann,,4006381333932,x,198,"
    folder.put("day.csv", GOOD[0], wrong, GOOD[2])

    folder.look()

    assert folder.taken() == ["r2"]
    first, second = folder.rejected("day.csv")
    assert (first["line"], first["error"], second["line"]) == ("2", "", "3")
    assert "check digit" in second["error"]


def test_what_the_store_refuses_stands_beside_its_row(folder: Folder) -> None:
    bad = GOOD[1].replace(",2,198,", ",0,198,").replace("ann,,", "ann,,")
    folder.put("day.csv", GOOD[0], bad)

    folder.look()

    first, second = folder.rejected("day.csv")
    assert (first["error"], second["error"]) == ("", "quantity must be 1 to 100000")


def test_rejected_rows_that_are_mended_are_dropped_again(folder: Folder) -> None:
    folder.put("day.csv", GOOD[0].replace("2026-03-04T11:00:00Z", "noon"), GOOD[2])
    folder.look()
    text = (folder.path / "rejected" / "day.csv").read_text()

    (folder.path / "mended.csv").write_text(text.replace("noon", "2026-03-04T11:00:00Z", 1))
    folder.look()

    assert folder.taken() == ["r1", "r2"]
    assert folder.names("done") == ["day.csv", "mended.csv"]


def test_a_file_that_comes_again_changes_nothing(folder: Folder) -> None:
    folder.put("day.csv", *GOOD)
    folder.look()

    folder.put("day.csv", *GOOD)
    folder.put("other-name.csv", *GOOD)
    folder.look()

    assert folder.taken() == ["r1", "r2"]
    assert folder.names("done") == ["day.csv", "other-name.csv"]
    assert folder.names("rejected") == []


def test_another_file_of_the_same_name_replaces_none(folder: Folder) -> None:
    folder.put("day.csv", GOOD[2])
    folder.look()
    folder.put("day.csv", *GOOD[:2])
    folder.look()

    assert folder.names("done") == ["day-1.csv", "day.csv"]


def test_a_file_without_the_needed_columns_is_rejected_whole(folder: Folder) -> None:
    folder.put("day.csv", "r1", head="basket_id")

    folder.look()

    assert folder.names("rejected") == ["day.csv", "day.error.txt"]
    note = (folder.path / "rejected" / "day.error.txt").read_text()
    assert note == (
        "day.csv lacks the column till, at, quantity, amount_minor, product_id or gtin; "
        "see docs/till.md\n"
    )


def test_bytes_that_are_no_text_are_rejected_whole(folder: Folder) -> None:
    (folder.path / "day.csv").write_bytes(b"\xff\xfe\x00")

    folder.look()

    assert folder.names("rejected") == ["day.csv", "day.error.txt"]


def test_what_is_still_being_written_is_left_alone(folder: Folder) -> None:
    (folder.path / "day.csv.part").write_text(HEAD)
    (folder.path / ".day.csv").write_text(HEAD)

    assert folder.look() == 0
