"""Debian's Chromium, started once, and a console with people in it for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from store_server import schema
from store_server.database import open_database
from tests.browser.chromium import CHROMIUM, QUIET
from tests.browser.walked_store import Served, served
from tests.store_server.entrypoints.web_builders import a_web_store


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; ended with its file, because its loop stands in the way of other tests'."""
    assert shutil.which(CHROMIUM), f"{CHROMIUM} is not installed; run `make system-packages`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Served]:
    """A simulated store in which forty shoppers walk."""
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    schema.create_tables(database.write)
    with a_web_store(database, simulated=True) as web, served(web) as running:
        yield running
    database.close()
