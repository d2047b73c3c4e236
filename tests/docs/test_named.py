"""What a user can meet is named in the docs: settings, commands, topics, reasons, data path."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from proximity_wire.topics import Channel
from store_server.decisions.reason import Reason
from store_server.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def text_of(*names: str) -> str:
    return "\n".join((DOCS / name).read_text() for name in names)


def settings_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for section, found in model.model_fields.items():
        keys = found.annotation
        assert isinstance(keys, type)
        assert issubclass(keys, BaseModel)
        for key in keys.model_fields:
            yield section, key


def test_every_setting_of_the_server_is_documented() -> None:
    rows = [line for line in text_of("operations.md").splitlines() if line.startswith("| `[")]
    documented = {
        (section, key)
        for row in rows
        for section, keys in [re.match(r"\| `\[(\w+)\] (.+?) \|", row).groups()]  # type: ignore[union-attr] # a row without a key is a fault
        for key in re.findall(r"\w+", keys)
    }

    assert set(settings_of(Settings)) - documented == set()


def test_every_setting_of_the_server_stands_in_the_example() -> None:
    example = (ROOT / "configs" / "store.toml").read_text()

    missing = [key for _, key in settings_of(Settings) if not re.search(rf"\b{key} = ", example)]
    assert missing == []


def test_every_reason_code_is_documented() -> None:
    documented = text_of("decisions.md")

    assert [reason.value for reason in Reason if f"`{reason.value}`" not in documented] == []


def test_every_topic_is_documented() -> None:
    documented = text_of("wire_formats.md") + text_of("asyncapi.yaml")

    assert [channel.value for channel in Channel if channel.value not in documented] == []


def commands_of(module: str) -> list[str]:
    app = __import__(module, fromlist=["app"]).app
    group = typer.main.get_command(app)
    return sorted(group.commands)  # type: ignore[attr-defined] # a Typer app with commands is a group


@pytest.mark.parametrize(
    ("module", "program", "page"),
    [
        ("store_server.cli", "store-server", "operations.md"),
        ("firmware_sim.cli", "firmware-sim", "simulator.md"),
    ],
)
def test_every_command_is_documented(module: str, program: str, page: str) -> None:
    documented = text_of(page)

    missing = [name for name in commands_of(module) if f"`{program} {name}" not in documented]
    assert missing == []


def steps() -> list[tuple[str, str]]:
    """(file, name) of everything that docs/data_path.md names as `file.py:name`."""
    return re.findall(r"`([\w/]+\.py):(\w+)`", text_of("data_path.md"))


def test_the_data_path_is_told_step_by_step() -> None:
    assert len(steps()) >= 20


@pytest.mark.parametrize(("file", "name"), steps(), ids=lambda part: part)
def test_each_step_of_the_data_path_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text())

    defined = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assert name in defined


def links() -> Iterator[tuple[Path, str]]:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                yield page, target


def test_no_link_leads_nowhere() -> None:
    broken = [(page.name, to) for page, to in links() if not (page.parent / to).exists()]

    assert broken == []
