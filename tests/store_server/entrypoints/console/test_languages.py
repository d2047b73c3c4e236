"""What the console says: every message in every language, and nothing beside the catalogues."""

import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from store_server.database import Database, open_database
from store_server.entrypoints.console.languages import CATALOGUES, PSEUDO, wanted, words_of
from store_server.entrypoints.console.visit import LANGUAGE_COOKIE
from tests.browser.every_page import PAGES
from tests.browser.lively_store import enliven
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store

ROOT = Path(__file__).resolve().parents[4]
FILLED_IN = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "use", "image"}


def messages() -> set[str | tuple[str, ...]]:
    """Every message that templates and code mark."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    options = {
        one["pattern"]: {k: v for k, v in one.items() if k not in ("pattern", "method")}
        for one in mappings
    }
    keywords = {"N_": None, "say": None, "gettext": None, "ngettext": (1, 2), "_": None}
    found = extract_from_dir(
        str(ROOT / "store_server"),
        [(pattern.removeprefix("store_server/"), method) for pattern, method in methods],
        {name.removeprefix("store_server/"): one for name, one in options.items()},
        keywords=keywords,
    )
    return {message for _, _, message, _, _ in found}


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def sides(message: Message) -> Iterator[tuple[str, str]]:
    """(English, translation) for each form; the longer English form for the rest."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    for number, text in enumerate(texts):
        yield ids[min(number, len(ids) - 1)], text


@pytest.mark.parametrize("language", ["es", "ru"])
def test_every_message_is_translated_with_its_values(language: str) -> None:
    known = {message.id: message for message in catalogue(language) if message.id}

    assert set(known) == messages()
    assert [one.id for one in known.values() if one.fuzzy] == []
    wrong = [
        (english, text)
        for message in known.values()
        for english, text in sides(message)
        if not text or set(FILLED_IN.findall(english)) != set(FILLED_IN.findall(text))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1 день назад"), (3, "3 дня назад"), (11, "11 дней назад")]
)
def test_russian_counts_as_russians_do(number: int, text: str) -> None:
    said = words_of("ru").ngettext("%(num)s day ago", "%(num)s days ago", number)

    assert said % {"num": number} == text


@pytest.mark.parametrize(
    ("chosen", "accepted", "spoken"),
    [
        ("ru", "es", "ru"),
        (None, "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "de;q=0.9, ru;q=0.4", "ru"),
        (None, "de", "en"),
        ("<b>", ";;q=nan,,", "en"),
    ],
)
def test_a_browser_is_answered_in_its_language(
    chosen: str | None, accepted: str, spoken: str
) -> None:
    assert wanted(chosen, accepted) == spoken


class Untranslated(HTMLParser):
    """Texts of a page that are neither translated nor marked as nobody's language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ("aria-label", "placeholder", "alt"):
            self._look(given.get(name) or "")
        if tag not in VOID:
            own = tag in ("script", "style") or given.get("translate") == "no"
            self.open.append(own or (tag != "html" and "lang" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self._look(data)

    def _look(self, text: str) -> None:
        outside = re.sub(r"⟦[^⟦⟧]*⟧", "", re.sub(r"⟦[^⟦⟧]*⟧", "", text))
        words = re.findall(r"[A-Za-z]{4,}", re.sub(r"\S*\d\S*|https?://\S+", "", outside))
        self.found += [word for word in words if word not in NAMES]


# Months as CLDR writes them, and what a label quotes of the store.
NAMES = {"Beaconry", "Demo", "supermarket", "manager", "bakery", "bread"}


@pytest.fixture(scope="module")
def lively(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebStore]:
    path = tmp_path_factory.mktemp("lively") / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    database: Database = open_database(f"sqlite:///{path}")
    with a_web_store(database, simulated=True) as web:
        enliven(web)
        yield web
    database.close()


def test_every_text_of_every_page_can_be_translated(lively: WebStore) -> None:
    browser = lively.manager()
    browser.cookies.set(LANGUAGE_COOKIE, PSEUDO)
    left: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        answer = browser.get(path)
        assert answer.status_code == 200, path
        parser = Untranslated()
        parser.feed(answer.text)
        if parser.found:
            left[name] = parser.found

    assert left == {}
