"""docs/operations.md: the settings that it shows are settings that the server takes."""

import re
import tomllib
from pathlib import Path

from store_server.channel_settings import LaneSection
from store_server.documents import check_document
from store_server.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
SHOWN = tomllib.loads("".join(re.findall(r"```toml\n(.*?)```", PAGE, re.S)))


def test_the_channels_that_the_page_sets_up_are_on() -> None:
    store = {"store": {"org": "acme", "store": "s1"}}

    settings = check_document(Settings, {**store, **SHOWN}, where="docs/operations.md")

    channels = {
        name: section
        for name, section in settings
        if isinstance(section, LaneSection) and name in SHOWN
    }
    assert set(channels) == {"email", "sms", "web_push", "screens", "staff"}
    assert all(section != type(section)() for section in channels.values())
