"""Documents (TOML, JSON): read, checked against a pydantic model, refused in plain words.

A refusal names the file, the key, the value, what is expected, and for an unknown key the known
one that looks like it: `configs/store.toml: [http] prot is unknown; did you mean port?`.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from store_server.errors import ConfigError

Document = Mapping[str, object]
M = TypeVar("M", bound=BaseModel)

_MAX_SHOWN = 60


class Strict(BaseModel):
    """Base of every document model: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


def read_toml(path: Path) -> dict[str, object]:
    """The document in a TOML file.

    Raises:
        ConfigError: the file is not there, not UTF-8 or not TOML; with line and column.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; give the path of a TOML file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML: {error}") from None


def read_json(content: bytes, *, where: str, expected: str = "a JSON object") -> dict[str, object]:
    """The object in a JSON file.

    Args:
        content: the file.
        where: its name, first in every message.
        expected: what it must be, as "a GeoJSON FeatureCollection".

    Raises:
        ConfigError: it is not JSON, or nested too deep, or not an object.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: cannot be read as JSON: {error}") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{where}: must be {expected}")
    return document


def check_document(model: type[M], document: Document, *, where: str) -> M:
    """`document` as a `model`.

    Args:
        model: what is expected.
        document: plain dicts, lists and values.
        where: the file's name, first in every message.

    Raises:
        ConfigError: one line for each thing that is wrong.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        lines = [explain(model, one, where=where) for one in error.errors(include_url=False)]
        raise ConfigError("\n".join(dict.fromkeys(lines))) from None


def explain(model: type[BaseModel], error: ErrorDetails, *, where: str) -> str:
    """One line about one thing that pydantic refused."""
    path = [part for part in error["loc"] if not _is_union_branch(part)]
    key = spell_key(path)
    if error["type"] == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        return f"{where}: {key} is unknown; {hint}"
    expected = _expected(error, model, path)
    if error["type"] == "missing":
        return f"{where}: {key} is missing; {_wanted(model, path) or 'it must be given'}"
    if isinstance(error["input"], dict):
        return f"{where}: {key}: {expected}"
    return f"{where}: {key} is {_shown(error['input'])}; {expected}"


def spell_key(path: list[str | int]) -> str:
    """A path as TOML readers know it: `[http] port`, `[[zones]] 2 polygon`."""
    if not path:
        return "the document"
    head, rest = path[0], path[1:]
    if not rest:
        return f"[{head}]"
    if isinstance(rest[0], int):
        return " ".join([f"[[{head}]]", f"number {rest[0] + 1}", *map(str, rest[1:])]).strip()
    return f"[{head}] " + ".".join(map(str, rest))


def _is_union_branch(part: str | int) -> bool:
    return isinstance(part, str) and ("[" in part or part in ("str", "int", "float", "none"))


def _expected(error: ErrorDetails, model: type[BaseModel], path: list[str | int]) -> str:
    match error["type"]:
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return _range(model, path) or "must be " + error["msg"].removeprefix("Input should be ")
        case "value_error":
            return str(error.get("ctx", {}).get("error", error["msg"]))
        case _:
            return re.sub(r"^\w+ should ", "must ", error["msg"])


def _range(model: type[BaseModel], path: list[str | int]) -> str | None:
    """`must be LEAST..MOST`, when the field has both bounds of its own."""
    here = _model_at(model, path[:-1])
    field = here.model_fields.get(str(path[-1])) if here else None
    metadata = field.metadata if field else []
    least = next((bound.ge for bound in metadata if isinstance(bound, Ge)), None)
    most = next((bound.le for bound in metadata if isinstance(bound, Le)), None)
    return None if least is None or most is None else f"must be {least}..{most}"


def _wanted(model: type[BaseModel], path: list[str | int]) -> str | None:
    here = _model_at(model, path[:-1])
    found = here.model_fields.get(str(path[-1])) if here else None
    return f"it is {found.description}" if found and found.description else None


def _known_keys(model: type[BaseModel], path: list[str | int]) -> list[str]:
    here = _model_at(model, path)
    return [info.alias or name for name, info in here.model_fields.items()] if here else []


def _model_at(model: type[BaseModel], path: list[str | int]) -> type[BaseModel] | None:
    here: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int):
            continue
        field = here.model_fields.get(part) if here else None
        here = _model_in(field.annotation) if field else None
    return here


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model in `Model`, `list[Model]`, `Model | None`, `dict[str, Model]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [_model_in(part) for part in getattr(annotation, "__args__", ())]
    return next((model for model in inner if model), None)


def _shown(value: object) -> str:
    # A refused URL may be refused because of the password in it.
    text = re.sub(r"(://)[^'\"]*@", r"\1...@", repr(value))
    text = re.sub(r"(password=)[^&'\"]*", r"\1...", text)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."
