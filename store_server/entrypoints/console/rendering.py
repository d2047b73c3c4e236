"""Templates into pages: one Jinja2 environment for each language, autoescaped and strict."""

import re
from functools import cache
from pathlib import Path

from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from store_server.entrypoints.console.assets import asset_url
from store_server.entrypoints.console.languages import OWN_NAMES, locale_of, words_of
from store_server.entrypoints.console.refusal_text import refusal_text
from store_server.entrypoints.console.spelling import FILTERS, NOT_KNOWN
from store_server.entrypoints.console.stacked_tables import with_labels

_INDENT = re.compile(r"\n\s+")
TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment(language: str) -> Environment:
    """The environment of a language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    words = words_of(language)
    install = made.install_gettext_callables  # type: ignore[attr-defined] # the extension adds it
    install(words.gettext, words.ngettext, newstyle=True)
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(FILTERS)
    made.globals.update(
        asset=asset_url,
        language=language,
        locale=str(locale_of(language)),
        own_names=OWN_NAMES,
        refusal_text=refusal_text,
        not_known=NOT_KNOWN,
    )
    return made


def render(template: str, language: str, **values: object) -> str:
    """The text of a template."""
    return environment(language).get_template(template).render(**values)


def html(template: str, language: str, *, status: int = 200, **values: object) -> Response:
    """A page as an answer."""
    text = with_labels(render(template, language, **values))
    if "<pre" not in text and "<textarea" not in text:
        # The templates' indentation is a fifth of a page, and pages are not packed.
        text = _INDENT.sub("\n", text)
    headers = {"content-language": language}
    return Response(text, status, headers, "text/html; charset=utf-8")
