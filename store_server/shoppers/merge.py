"""Two shoppers who turn out to be one person, and one who turns out to be two.

A merge puts together what is known of both; what each had before is kept beside it, so that a
split gives back exactly that, and what came since goes where it belongs:

- things (identities, installs, purchases, events, complaints) are moved, never copied: a purchase
  counts once. Those that came since stay with the shopper who is kept.
- of attributes the one said last counts; household and language are those of the kept, where known.
- consents, to purposes and to channels: the stricter wins. A no of either is a no; a yes counts
  when nobody said no.
- exclusions are those of both. A no or an exclusion said while they were one counts for both after
  a split: nobody knows which of them meant it.

Merges nest: the last one of a shopper is the first to be taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.contact import ContactChannel

T = TypeVar("T")
K = TypeVar("K")


class Thing(NamedTuple):
    """Something that belongs to one shopper at a time: its kind, like "purchase", and its id."""

    kind: str
    id: str


class AttributeSaid(NamedTuple):
    """One attribute: when it was said, and its value in the columns of the types."""

    at_ms: int
    text: str | None = None
    folded: str | None = None
    number: float | None = None
    flag: int | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one shopper.

    `words` are the last ones on each purpose, yes or no; `channel_words` those on each channel.
    """

    household: HouseholdId | None = None
    language: str = "en"
    staff: bool = False
    channels: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    attributes: Mapping[str, AttributeSaid] = field(default_factory=dict)
    words: Mapping[Purpose, bool] = field(default_factory=dict)
    channel_words: Mapping[ContactChannel, bool] = field(default_factory=dict)
    things: frozenset[Thing] = frozenset()


@dataclass(frozen=True, slots=True)
class Undo:
    """What both had before a merge."""

    kept: Facts
    absorbed: Facts


@dataclass(frozen=True, slots=True)
class MergeNotes:
    """What is needed to take a merge back: facts, when the absorbed was made, renamed identities.

    `renamed` says what identities of the absorbed were called, by what the kept calls them.
    """

    undo: Undo
    created_at_ms: int
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge; `split_at` None while it stands."""

    id: str
    absorbed: ShopperId
    kept: ShopperId
    notes: MergeNotes
    merged_at: datetime
    split_at: datetime | None = None


def merge(kept: Facts, absorbed: Facts) -> Facts:
    """What is known of the one person that both are."""
    return Facts(
        household=kept.household if kept.household is not None else absorbed.household,
        language=kept.language,
        staff=kept.staff or absorbed.staff,
        channels=kept.channels | absorbed.channels,
        excluded=kept.excluded | absorbed.excluded,
        attributes=_newest(kept.attributes, absorbed.attributes),
        words=_stricter(kept.words, absorbed.words),
        channel_words=_stricter(kept.channel_words, absorbed.channel_words),
        things=kept.things | absorbed.things,
    )


def split(now: Facts, undo: Undo) -> tuple[Facts, Facts]:
    """What is known of each of the two: (of the kept, of the absorbed).

    Args:
        now: what is known of the one by now.
        undo: what both had before.
    """
    merged = merge(undo.kept, undo.absorbed)
    fresh, gone = now.excluded - merged.excluded, merged.excluded - now.excluded
    kept = Facts(
        household=_unless_changed(now.household, merged.household, undo.kept.household),
        language=_unless_changed(now.language, merged.language, undo.kept.language),
        staff=_unless_changed(now.staff, merged.staff, undo.kept.staff),
        channels=_given_back(now.channels, merged.channels, undo.kept.channels),
        excluded=(undo.kept.excluded | fresh) - gone,
        attributes=_attributes_back(now.attributes, merged.attributes, undo.kept.attributes),
        words={**undo.kept.words, **_changed(now.words, merged.words)},
        channel_words={
            **undo.kept.channel_words,
            **_changed(now.channel_words, merged.channel_words),
        },
        things=now.things - (undo.absorbed.things - undo.kept.things),
    )
    absorbed = replace(
        undo.absorbed,
        excluded=(undo.absorbed.excluded | fresh) - gone,
        words={**undo.absorbed.words, **_noes(_changed(now.words, merged.words))},
        channel_words={
            **undo.absorbed.channel_words,
            **_noes(_changed(now.channel_words, merged.channel_words)),
        },
        things=undo.absorbed.things & now.things,
    )
    return kept, absorbed


def still_no(
    facts: Facts, *, words: Mapping[Purpose, bool], channel_words: Mapping[ContactChannel, bool]
) -> Facts:
    """These facts of one who was split off, with every no that they said themselves last.

    Args:
        facts: what `split` gave back: it does not see a no that changed nothing, because the other
            one had said no before.
        words: the last ones under the shopper's own name, but for what the merge wrote there.
        channel_words: the same on channels.
    """
    return replace(
        facts,
        words={**facts.words, **_noes(words)},
        channel_words={**facts.channel_words, **_noes(channel_words)},
    )


def _newest(
    first: Mapping[str, AttributeSaid], second: Mapping[str, AttributeSaid]
) -> dict[str, AttributeSaid]:
    """Of each attribute the one said last; `first` when both were said at once."""
    newer = {
        name: said
        for name, said in second.items()
        if name not in first or said.at_ms > first[name].at_ms
    }
    return {**first, **newer}


def _stricter(first: Mapping[K, bool], second: Mapping[K, bool]) -> dict[K, bool]:
    both = {**second, **first}
    return {one: first.get(one, True) and second.get(one, True) for one in both}


def _unless_changed(now: T, merged: T, before: T) -> T:
    return before if now == merged else now


def _given_back(
    now: frozenset[str], merged: frozenset[str], before: frozenset[str]
) -> frozenset[str]:
    """Those of before that are still there, and those that came since."""
    return (before & now) | (now - merged)


def _changed(now: Mapping[K, bool], merged: Mapping[K, bool]) -> dict[K, bool]:
    return {one: said for one, said in now.items() if merged.get(one) is not said}


def _noes(words: Mapping[K, bool]) -> dict[K, bool]:
    return {one: said for one, said in words.items() if not said}


def _attributes_back(
    now: Mapping[str, AttributeSaid],
    merged: Mapping[str, AttributeSaid],
    before: Mapping[str, AttributeSaid],
) -> dict[str, AttributeSaid]:
    """Attributes as before, except those that were said or taken away since."""
    since = {name: said for name, said in now.items() if merged.get(name) != said}
    still = {name: said for name, said in before.items() if name in now}
    return {**still, **since}
