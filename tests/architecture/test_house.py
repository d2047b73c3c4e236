"""The rules of the house that a machine can check: names, sizes, docstrings, catch-alls."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("proximity_wire", "edge_agent", "store_server", "firmware_sim")
SOURCES = sorted(
    path
    for package in (*PACKAGES, "benchmarks")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
MIGRATIONS = sorted((ROOT / "store_server/migrations").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EMPTY_NAMES = re.compile(
    r"(^|_)(util|utils|helper|helpers|manager|common|misc|base|core|handler|process|data|info)(_|$)"
)
ALLOWED_NAMES = {"store_server/database.py", "firmware_sim/retail_data.py"}
# Whoever may catch everything, because a loop must outlive what one turn of it meets.
SUPERVISORS = {
    "edge_agent/agent.py",
    "store_server/writer.py",
    "store_server/entrypoints/mqtt_subscriber.py",
    "store_server/entrypoints/deliveries.py",
    "store_server/entrypoints/jobs.py",
    "store_server/entrypoints/embedded_broker.py",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature's first to the last, the docstring left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function):
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def test_there_is_a_house_to_check() -> None:
    assert len(SOURCES) > 40


@pytest.mark.parametrize("path", SOURCES + MIGRATIONS + TESTS, ids=name_of)
def test_no_file_is_longer_than_three_hundred_lines(path: Path) -> None:
    if "vectors" in path.parts:
        return

    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_name_says_what_it_knows(path: Path) -> None:
    assert name_of(path) in ALLOWED_NAMES or not EMPTY_NAMES.search(path.stem)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_function_is_longer_than_sixty_lines(path: Path) -> None:
    long = [f.name for f in functions(ast.parse(path.read_text())) if length(f) > 60]

    assert long == []


def test_functions_are_short() -> None:
    lengths = [length(f) for path in SOURCES for f in functions(ast.parse(path.read_text()))]

    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=10)[8] < 30


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_everything_is_caught_only_by_supervisors(path: Path) -> None:
    caught = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not any(isinstance(child, ast.Raise) for child in ast.walk(node))
    ]

    assert caught == [] or name_of(path) in SUPERVISORS


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_room_reads_only_its_own_tables(path: Path) -> None:
    name = name_of(path)
    parts = path.relative_to(ROOT).parts
    if parts[0] != "store_server" or path.name == "schema.py" or parts[1] == "reports":
        return
    imported = re.findall(r"^from store_server\.(\w+)\.tables import", path.read_text(), re.M)

    assert set(imported) <= {parts[1]}, name


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_flow_hashes_a_password(path: Path) -> None:
    # argon2 takes 50 to 100 ms on purpose; the writer may work 20.
    if "flows" in path.parts:
        assert not re.search(r"\b(hash_password|verify_password|pwdlib)\b", path.read_text())


def test_every_setting_file_and_decision_record_is_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]

    assert len(numbers) >= 5
    assert len(numbers) == len(set(numbers))
