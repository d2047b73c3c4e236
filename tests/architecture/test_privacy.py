"""Private by construction: what must not exist does not, and logs have no word for a person."""

import ast
import re
from pathlib import Path

import pytest

from store_server import schema

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for package in ("proximity_wire", "edge_agent", "store_server", "firmware_sim")
    for path in (ROOT / package).rglob("*.py")
)
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
PERSONAL = re.compile(
    r"^(shopper|shopper_id|household|address|identity|identity_key|key|token|eid|payload|coupon_code|password|secret)$"
)


def log_calls(path: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and ast.unparse(node.func.value) in {"log", "logger", "_log", "LOG"}
    ]


def test_there_are_log_lines_to_look_at() -> None:
    assert sum(len(log_calls(path)) for path in SOURCES) > 10


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_log_line_has_a_field_for_a_person(path: Path) -> None:
    fields = [
        keyword.arg
        for call in log_calls(path)
        for keyword in call.keywords
        if keyword.arg and PERSONAL.match(keyword.arg)
    ]

    assert fields == []


def test_no_table_keeps_an_irk_or_an_address_of_a_device() -> None:
    columns = [
        f"{table.name}.{column.name}"
        for table in schema.metadata().tables.values()
        for column in table.columns
        if re.search(r"irk|mac|bd_addr|device_address", column.name)
    ]

    assert columns == []
