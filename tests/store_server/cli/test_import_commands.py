"""Importing files of others, by the command line."""

import csv
import json
from pathlib import Path

from tests.store_server.cli.test_commands import Command, store_server

__all__ = ["store_server"]


def written(folder: Path, text: str) -> str:
    path = folder / "file.csv"
    path.write_text(text)
    return str(path)


def test_shoppers_are_imported_and_wrong_rows_named(store_server: Command, tmp_path: Path) -> None:
    file = written(tmp_path, "shopper_id,language\ns-1,en\nMrs Smith,en\n")
    errors = tmp_path / "errors.csv"

    answer = store_server("import-shoppers", file, "--errors", str(errors))

    assert answer.code == 1
    assert f"{file}:3: shopper_id must be 1 to 64" in answer.out
    assert "taken: 1\nrefused: 1" in answer.out
    rows = list(csv.reader(errors.open()))
    assert [row[:2] for row in rows] == [["file", "line"], ["file.csv", "3"]]


def test_a_sound_file_ends_with_0_and_says_so_for_programs(
    store_server: Command, tmp_path: Path
) -> None:
    file = written(tmp_path, "shopper_id\ns-1\ns-2\n")

    answer = store_server("import-shoppers", file, "--json")

    assert answer.code == 0, answer.err
    assert json.loads(answer.out) == {"taken": 2, "refused": 0, "resumed_after": 0, "errors": []}


def test_purchases_and_audiences_need_known_shoppers(store_server: Command, tmp_path: Path) -> None:
    columns = "shopper_id,basket_id,at,product_id,quantity,amount_minor"
    row = "s-1,b-1,2026-02-01T10:00:00Z,p-1,1,350"

    bought = store_server("import-purchases", written(tmp_path, f"{columns}\n{row}\n"))
    listed = store_server(
        "import-audience", written(tmp_path, "shopper_id\ns-1\n"), "--name", "vip"
    )

    for answer in (bought, listed):
        assert answer.code == 1
        assert ":2: shopper_id is not known; import or register the shopper first" in answer.out
