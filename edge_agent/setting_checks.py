"""Checks of settings against their declaration, with messages for whoever edits the file.

A message says what is wrong, where, and what was expected:
`configs/edge.toml: [window] seconds is 0; must be 0.5..60`.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct, inspect

from edge_agent.errors import ConfigError

ENVIRONMENT_PREFIX = "BEACONRY_"


def check_section(
    name: str, values: Mapping[str, object], *, structure: type[Struct], where: str
) -> None:
    """Check all `values` of section `name`.

    Raises:
        ConfigError: a key is unknown, missing, of another type or out of range.
    """
    fields = {known.name: known for known in _fields(structure)}
    for key, value in values.items():
        if key not in fields:
            raise ConfigError(unknown_name(f"{where}: [{name}] {key}", key, known=fields))
        fault = _fault(value, fields[key].type)
        if fault:
            raise ConfigError(f"{where}: [{name}] {key} is {_shown(value)}; must be {fault}")
    for key, known in fields.items():
        if known.required and key not in values:
            raise ConfigError(
                f"{where}: [{name}] {key} is missing; set it there or as "
                f"{ENVIRONMENT_PREFIX}{name.upper()}__{key.upper()}"
            )


def unknown_name(subject: str, name: str, *, known: Iterable[str]) -> str:
    """The message for a name that nobody knows, with the likely one."""
    import difflib  # noqa: PLC0415 (wanted only by who has made a mistake; 0.2 MB of memory)

    names = list(known)
    close = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(names)
    return f"{subject} is unknown; {hint}"


def environment_sections(
    environ: Mapping[str, str], sections: Mapping[str, type[Struct]]
) -> dict[str, dict[str, object]]:
    """Settings from `BEACONRY_<SECTION>__<KEY>`, by section; values in their declared type.

    Sections of other programs of the same machine are passed over.

    Raises:
        ConfigError: the section is ours, but the key is unknown or the text does not fit.
    """
    found: dict[str, dict[str, object]] = {}
    for variable, text in environ.items():
        section, separator, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("__")
        if not variable.startswith(ENVIRONMENT_PREFIX) or not separator:
            continue
        structure = sections.get(section)
        if structure is None:
            continue
        fields = {known.name: known for known in _fields(structure)}
        if key not in fields:
            raise ConfigError(unknown_name(f"environment: {variable}", key, known=fields))
        found.setdefault(section, {})[key] = _from_text(text, fields[key].type)
    return found


def expected(kind: inspect.Type) -> str:
    """What a setting of this type must be, in words: range, choices or type."""
    match kind:
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(f'"{value}"' for value in values)
        case inspect.BoolType():
            return "true or false"
        case inspect.FloatType(ge=least, le=most):
            return "a number" if least is None else f"{least:g}..{most:g}"
        case inspect.IntType(ge=least, le=most):
            return "a whole number" if least is None else f"a whole number in {least}..{most}"
        case inspect.StrType(pattern=str(pattern)):
            return f"text that matches {pattern}"
        case _:
            return "text"


def _fields(structure: type[Struct]) -> tuple[inspect.Field, ...]:
    declared = inspect.type_info(structure)
    assert isinstance(declared, inspect.StructType)
    return declared.fields


def _fault(value: object, kind: inspect.Type) -> str | None:
    """None when `value` fits `kind`, else what was expected."""
    match kind:
        case inspect.LiteralType(values=values):
            sound = isinstance(value, str) and value in values
        case inspect.BoolType():
            sound = isinstance(value, bool)
        case inspect.FloatType(ge=least, le=most):
            sound = _is_number(value, float | int) and _within(value, least, most)
        case inspect.IntType(ge=least, le=most):
            sound = _is_number(value, int) and _within(value, least, most)
        case inspect.StrType(pattern=pattern):
            sound = isinstance(value, str) and (not pattern or bool(re.fullmatch(pattern, value)))
        case _:
            sound = isinstance(value, str)
    return None if sound else expected(kind)


def _is_number(value: object, kind: object) -> bool:
    # bool is an int in Python, and `seconds = true` is a slip.
    return isinstance(value, kind) and not isinstance(value, bool)  # type: ignore[arg-type]  # a union


def _within(value: object, least: float | None, most: float | None) -> bool:
    assert isinstance(value, int | float)
    return (least is None or value >= least) and (most is None or value <= most)


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _from_text(text: str, kind: inspect.Type) -> object:
    """The value that `text` means; the text itself when it does not fit, to be refused later."""
    match kind:
        case inspect.BoolType():
            return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
        case inspect.FloatType() | inspect.IntType():
            try:
                return msgspec.json.decode(text)
            except msgspec.DecodeError:
                return text
        case _:
            return text
