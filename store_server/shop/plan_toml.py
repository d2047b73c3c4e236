"""A plan document as TOML: a seed file that people go on writing."""

import json
from collections.abc import Mapping

from store_server.documents import Document

_LISTS = ("zones", "gateways", "beacons", "walls")


def plan_toml(document: Document) -> str:
    """The text of a plan document (`plan_document.write_plan`); reading it gives the same plan."""
    parts = [_table("[store]", document["store"])]
    if (image := document.get("image")) is not None:
        parts.append(_table("[image]", image))
    for name in _LISTS:
        entries = document.get(name, ())
        if isinstance(entries, list):
            parts.extend(_table(f"[[{name}]]", entry) for entry in entries)
    return "\n".join(parts)


def _table(head: str, entry: object) -> str:
    if not isinstance(entry, Mapping):
        raise TypeError(f"{head} must be a table")
    lines = [f"{key} = {_value(value)}" for key, value in entry.items()]
    return "\n".join((head, *lines, ""))


def _value(value: object) -> str:
    """What JSON writes for texts, numbers and lists is TOML too, but for one letter."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
