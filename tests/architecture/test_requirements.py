"""What is installed is pinned by hash, and every dependency has its licence listed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(path: Path) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==(\S+)", path.read_text(), re.M)
    )


def test_each_program_has_its_requirements() -> None:
    names = ["demo", "dev", "edge", "nicegui", "oracle", "peers", "runtime"]

    assert [path.stem for path in FILES] == names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_pin_has_a_hash_and_no_file_an_address(path: Path) -> None:
    text = path.read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)

    assert all("--hash=sha256:" in block for block in blocks if "==" in block.split("\n")[0])
    assert not re.search(r"https?://|--\w+-url|--find-links", text)


def test_the_gateway_installs_no_server() -> None:
    names = pinned(ROOT / "requirements" / "edge.txt")

    assert {"bleak", "paho-mqtt", "msgspec"} <= set(names)
    assert not {"fastapi", "sqlalchemy", "cryptography", "numpy"} & set(names)


def test_every_dependency_has_its_licence_listed() -> None:
    listed = set(
        re.findall(r"^\| ([a-z0-9._-]+) \|", (ROOT / "docs/licences.md").read_text(), re.M)
    )
    needed = set(pinned(ROOT / "requirements" / "demo.txt"))

    assert needed - listed == set()
