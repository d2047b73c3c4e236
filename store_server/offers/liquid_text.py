"""Marketer's text in Liquid: conditions and short lists, with bounds on time, memory and output.

A template is not a program here. Only the tags and filters named below exist; there are no
includes, captures, dates (a width in a format string allocates what it likes) or replacements (a
chain of them grows like a power). What is left is bounded by counts:

- the source by SOURCE_LIMIT characters, so that no more than that many steps stand in it,
- loops by LOOP_LIMIT rounds in all of their nesting together,
- variables and what a filter takes or gives by TEXT_LIMIT, LIST_LIMIT and NUMBER_LIMIT,
- output by OUTPUT_LIMIT bytes, nesting by DEPTH_LIMIT.

Undefined names are errors; `default` alone may stand in for one. Whatever goes wrong comes out as
`TemplateRefused`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps

import liquid
from liquid.exceptions import LiquidError

from store_server.errors import Unprocessable

SOURCE_LIMIT = 2000
LOOP_LIMIT = 50
OUTPUT_LIMIT = 8000
TEXT_LIMIT = 4000
LIST_LIMIT = 50
NUMBER_LIMIT = 10**12
DEPTH_LIMIT = 8
# One variable of TEXT_LIMIT characters at 4 bytes, with room for a few short ones.
LOCALS_LIMIT = 32_000
COMPILED_KEPT = 512

TAGS = frozenset({"assign", "break", "case", "comment", "content", "continue", "for", "if"}) | {
    "illegal",
    "output",
    "unless",
}
FILTERS = frozenset(
    {"abs", "append", "at_least", "at_most", "capitalize", "ceil", "default", "divided_by"}
    | {"downcase", "escape", "first", "floor", "join", "last", "minus", "modulo", "plus"}
    | {"prepend", "round", "size", "slice", "split", "strip", "times", "truncate"}
    | {"truncatewords", "upcase"}
)

Value = str | int | float | bool | None
Values = Mapping[str, "Value | Mapping[str, Value]"]

# What python-liquid lets through beside its own errors: filters meet values they did not expect,
# parsers meet depths they did not expect (found by the fuzz test).
_FAULTS = (
    LiquidError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class TemplateRefused(Unprocessable):
    """A Liquid text that cannot be read or filled; the text says why."""

    def __init__(self, text: str) -> None:
        super().__init__(f"creative: {text}", code="bad_creative")


def check_liquid(source: str) -> None:
    """Nothing when `source` can be read.

    Raises:
        TemplateRefused: it is too long, nests too deep, or uses what is not allowed here.
    """
    _compiled(source)


def fill_liquid(source: str, values: Values) -> str:
    """The text with its values; they must be clean already (`channel.clean_value`).

    Raises:
        TemplateRefused: it cannot be read, names what is not there, or grows past its limits.

    Example:
        >>> fill_liquid("{% if n > 1 %}{{ n }} left{% endif %}", {"n": 3})
        '3 left'
    """
    try:
        return str(_compiled(source).render(**values))
    except _FAULTS as fault:
        raise TemplateRefused(f"cannot be filled: {_told(fault)}") from fault


class _Bounded(liquid.Environment):
    block_nesting_limit = DEPTH_LIMIT
    context_depth_limit = DEPTH_LIMIT
    loop_iteration_limit = LOOP_LIMIT
    local_namespace_limit = LOCALS_LIMIT
    output_stream_limit = OUTPUT_LIMIT


@lru_cache(maxsize=COMPILED_KEPT)
def _compiled(source: str) -> liquid.BoundTemplate:
    if len(source) > SOURCE_LIMIT:
        raise TemplateRefused(f"has {len(source)} characters; must have at most {SOURCE_LIMIT}")
    try:
        return _ENVIRONMENT.from_string(source)
    except _FAULTS as fault:
        raise TemplateRefused(f"cannot be read: {_told(fault)}") from fault


def _environment() -> liquid.Environment:
    environment = _Bounded(undefined=liquid.StrictDefaultUndefined, strict_filters=True)
    for name in set(environment.tags) - TAGS:
        del environment.tags[name]
    for name in set(environment.filters) - FILTERS:
        del environment.filters[name]
    for name, function in list(environment.filters.items()):
        environment.filters[name] = _bounded(function)
    return environment


def _bounded(function: Callable[..., object]) -> Callable[..., object]:
    """The filter, refusing to take or give more than the limits."""

    @wraps(function)
    def limited(*args: object, **kwargs: object) -> object:
        for given in (*args, *kwargs.values()):
            _require_small(given)
        found = function(*args, **kwargs)
        _require_small(found)
        return found

    return limited


def _require_small(value: object) -> None:
    # An undefined raises at every question, also at `isinstance`; `default` must get it unasked.
    if issubclass(type(value), liquid.Undefined):
        return
    match value:
        case str():
            small = len(value) <= TEXT_LIMIT
        case int() | float():
            small = abs(value) <= NUMBER_LIMIT
        case list() | tuple() | range():
            small = len(value) <= LIST_LIMIT
        case _:
            return
    if not small:
        raise ValueError(
            f"a value is larger than {TEXT_LIMIT} characters, {LIST_LIMIT} entries "
            f"or {NUMBER_LIMIT}"
        )


def _told(fault: BaseException) -> str:
    return (str(fault).splitlines() or [""])[0][:160] or type(fault).__name__


_ENVIRONMENT = _environment()
