"""Versions of what is installed, without importlib.metadata, and as it tells them."""

from importlib import metadata
from pathlib import Path

import pytest

from edge_agent.installed_versions import installed_version


@pytest.mark.parametrize("name", ["beaconry", "bleak", "paho_mqtt"])
def test_a_version_is_what_python_says(name: str) -> None:
    assert installed_version(name) == metadata.version(name)


def test_what_is_not_installed_has_none(tmp_path: Path) -> None:
    (tmp_path / "bleak_more-1.0.dist-info").mkdir()

    assert installed_version("bleak", folders=[str(tmp_path), str(tmp_path / "none")]) is None
