"""A step as part of its campaign's document; every mistake in it is told at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from store_server.errors import Unprocessable
from store_server.ids import CampaignId, OfferId, ZoneId
from store_server.offers.document_fields import Document, without_none
from store_server.offers.opening import clock_text
from store_server.offers.step import (
    CODE,
    LONGEST_S,
    MESSAGE_LIMIT,
    NOTHING,
    OF_OFFERS,
    Awaited,
    AwaitedKind,
    Branch,
    Does,
    Step,
)

E = TypeVar("E", bound=StrEnum)
STEP_KEYS = ("event", "for_s", "at", "on_event", "on_timeout")
EVENT_KEYS = ("kind", "zone", "category", "campaign", "name")
BRANCH_KEYS = ("do", "offers", "message")


@dataclass(slots=True)
class Mistakes:
    """What is wrong with a step, by the path of the field: path -> what must be there."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, path: str, value: object, expected: str) -> None:
        """Keep the first mistake of a field."""
        self.found.setdefault(path, f"{path} is {value!r}; must be {expected}")

    def raise_any(self) -> None:
        """Nothing when there are none.

        Raises:
            Unprocessable: `bad_step`, with every mistake.
        """
        if self.found:
            raise Unprocessable("; ".join(self.found.values()), code=CODE)


def read_step(document: Document, *, offers: Iterable[OfferId]) -> Step | None:
    """The step under `step`, None when there is none.

    Args:
        document: of a campaign.
        offers: of the campaign; the step makes no others.

    Raises:
        Unprocessable: `bad_step`; the text names every mistake.
    """
    entry = document.get("step")
    if entry is None:
        return None
    mistakes = Mistakes()
    step = step_of(entry, offers=offers, mistakes=mistakes)
    mistakes.raise_any()
    return step


def step_of(entry: object, *, offers: Iterable[OfferId], mistakes: Mistakes) -> Step:
    """The step as far as it can be read; what cannot is noted."""
    table = _table(entry, "step", STEP_KEYS, mistakes)
    awaited = _awaited(table, mistakes)
    for_s = _whole(table, "step.for_s", 1, LONGEST_S, mistakes)
    at_minute = _minute(table, mistakes)
    if "for_s" not in table and "at" not in table:
        mistakes.note("step.for_s", None, "given, or `at` a time of day: every wait has an end")
    ours = tuple(offers)
    if awaited is None and "event" not in table and "on_event" in table:
        mistakes.note("step.on_event", table["on_event"], "absent: the step waits for no event")
    on_event = _branch(table, "on_event", ours, mistakes)
    on_timeout = _branch(table, "on_timeout", ours, mistakes)
    if on_event.does is Does.NOTHING and on_timeout.does is Does.NOTHING and not mistakes.found:
        mistakes.note("step.on_timeout", "nothing", "offer or staff on one of the two ways")
    return Step(awaited, for_s, at_minute, on_event, on_timeout)


def write_step(step: Step | None) -> dict[str, object] | None:
    """The document of a step; `read_step` gives the same step back."""
    if step is None:
        return None
    awaited = step.awaited
    event = awaited and without_none(
        kind=awaited.kind.value,
        zone=awaited.zone,
        category=awaited.category,
        campaign=awaited.campaign,
        name=awaited.name,
    )
    return without_none(
        event=event,
        for_s=step.for_s,
        at=None if step.at_minute is None else clock_text(step.at_minute),
        on_event=_written(step.on_event) if awaited else None,
        on_timeout=_written(step.on_timeout),
    )


def _written(branch: Branch) -> dict[str, object]:
    offers = list(branch.offers) or None
    return without_none(do=branch.does.value, offers=offers, message=branch.message)


def _awaited(table: Document, mistakes: Mistakes) -> Awaited | None:
    if "event" not in table:
        return None
    event = _table(table["event"], "step.event", EVENT_KEYS, mistakes)
    kind = _one_of(event.get("kind"), "step.event.kind", AwaitedKind, mistakes)
    if kind is None:
        return None
    allowed = {
        AwaitedKind.ZONE_ENTER: "zone",
        AwaitedKind.PURCHASE: "category",
        AwaitedKind.APP_EVENT: "name",
    }.get(kind, "campaign" if kind in OF_OFFERS else "")
    for key in EVENT_KEYS[1:]:
        if key != allowed and event.get(key) is not None:
            mistakes.note(f"step.event.{key}", event[key], f"absent for kind {kind}")
    said = _text(event, allowed, "step.event", 80, mistakes)
    if kind is AwaitedKind.APP_EVENT and said is None:
        mistakes.note("step.event.name", None, "the kind of an event that apps report")
    return Awaited(
        kind,
        zone=ZoneId(said) if said is not None and allowed == "zone" else None,
        category=said if allowed == "category" else None,
        campaign=CampaignId(said) if said is not None and allowed == "campaign" else None,
        name=said if allowed == "name" else None,
    )


def _branch(table: Document, key: str, ours: tuple[OfferId, ...], mistakes: Mistakes) -> Branch:
    if key not in table:
        return NOTHING
    path = f"step.{key}"
    entry = _table(table[key], path, BRANCH_KEYS, mistakes)
    does = _one_of(entry.get("do"), f"{path}.do", Does, mistakes)
    message = _text(entry, "message", path, MESSAGE_LIMIT, mistakes)
    if does is Does.STAFF and message is None:
        mistakes.note(f"{path}.message", None, f"1..{MESSAGE_LIMIT} characters for the staff")
    if does is not Does.STAFF and message is not None:
        mistakes.note(f"{path}.message", message, "absent: only the staff read it")
    offers = _offers(entry, ours if does is Does.OFFER else (), path, mistakes)
    return Branch(does or Does.NOTHING, offers, message)


def _offers(
    entry: Mapping[str, object], ours: tuple[OfferId, ...], path: str, mistakes: Mistakes
) -> tuple[OfferId, ...]:
    """The offers of a branch; `ours` are those that it may make, none when it makes none."""
    names = entry.get("offers", [])
    if isinstance(names, list | tuple) and all(one in ours for one in names):
        return tuple(OfferId(str(one)) for one in names)
    expected = f"some of {', '.join(ours)}" if ours else "absent: it makes no offer"
    mistakes.note(f"{path}.offers", names, expected)
    return ()


def _table(
    entry: object, path: str, keys: tuple[str, ...], mistakes: Mistakes
) -> Mapping[str, object]:
    if not isinstance(entry, Mapping):
        mistakes.note(path, entry, "a table")
        return {}
    for key in entry:
        if key not in keys:
            near = get_close_matches(str(key), keys, n=1)
            hint = f"absent; did you mean {near[0]}?" if near else f"one of {', '.join(keys)}"
            mistakes.note(f"{path}.{key}", entry[key], hint)
    return {key: value for key, value in entry.items() if value is not None}


def _one_of(value: object, path: str, kinds: type[E], mistakes: Mistakes) -> E | None:
    if isinstance(value, str) and value in set(kinds):
        return kinds(value)
    mistakes.note(path, value, f"one of {', '.join(kinds)}")
    return None


def _text(
    table: Mapping[str, object], key: str, path: str, longest: int, mistakes: Mistakes
) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, str) and value.isprintable() and value.strip() and len(value) <= longest:
        return value
    mistakes.note(f"{path}.{key}", value, f"1..{longest} printable characters")
    return None


def _whole(
    table: Mapping[str, object], path: str, least: int, most: int, mistakes: Mistakes
) -> int | None:
    value = table.get(path.rpartition(".")[2])
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    mistakes.note(path, value, f"{least}..{most} seconds")
    return None


def _minute(table: Mapping[str, object], mistakes: Mistakes) -> int | None:
    value = table.get("at")
    if value is None:
        return None
    hour, colon, minute = value.partition(":") if isinstance(value, str) else ("", "", "")
    digits = (hour + minute).isascii() and (hour + minute).isdigit() and len(value) == 5  # type: ignore[arg-type] # digits: it is text
    if colon and digits and int(hour) < 24 and int(minute) < 60:
        return int(hour) * 60 + int(minute)
    mistakes.note("step.at", value, 'a time of day, such as "18:00"')
    return None
