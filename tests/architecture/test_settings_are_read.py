"""A setting that nothing reads is a promise that nobody keeps."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from store_server.settings import Settings

SERVER = Path(__file__).resolve().parents[2] / "store_server"
SOURCES = [path.read_text() for path in SERVER.rglob("*.py") if path.name != "open_store.py"]
KEYS = [
    (section, key)
    for section, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    for key in field.annotation.model_fields
]


@pytest.mark.parametrize(("section", "key"), KEYS, ids=lambda part: part)
def test_every_setting_is_read_somewhere(section: str, key: str) -> None:
    assert any(re.search(rf"\.{key}\b(?!\s*=[^=])", source) for source in SOURCES), section
