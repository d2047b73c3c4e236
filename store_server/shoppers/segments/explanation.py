"""Why one shopper is in a segment or not: which leaves decided, and what was found.

A leaf decides when turning it would help to turn the whole: every part of an `all` that holds,
the failing parts of one that does not, and the other way round for `any`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.profile import Profile
from store_server.shoppers.segments.closure import compile_tree
from store_server.shoppers.segments.counting import last_at_ms, tallied
from store_server.shoppers.segments.subject import LiveFacts, SegmentSubject
from store_server.shoppers.segments.tree import (
    All,
    Any,
    AttributeLeaf,
    Band,
    Bucket,
    Channel,
    Figure,
    InHousehold,
    InSegment,
    Language,
    Leaf,
    LiveDwell,
    LiveLeaf,
    LiveVisit,
    LiveVisited,
    LiveZone,
    Not,
    Recency,
    SegmentTree,
    Staff,
    Stage,
    Tally,
)
from store_server.shoppers.segments.window import DAY_MS

Found = AttributeValue | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class LeafVerdict:
    """One leaf: where it stands, what was found of the shopper, whether it held and decided.

    `found` is None where nothing is known. `path` goes through named segments
    ("tree.of.0>regulars.of.1").
    """

    path: str
    leaf: Leaf
    held: bool
    decided: bool
    found: Found


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a shopper belongs, and every leaf that was asked."""

    belongs: bool
    leaves: tuple[LeafVerdict, ...]

    @property
    def deciding(self) -> tuple[LeafVerdict, ...]:
        """Those that decided."""
        return tuple(one for one in self.leaves if one.decided)


def explain(
    tree: SegmentTree, subject: SegmentSubject, segments: Mapping[str, SegmentTree]
) -> Verdict:
    """Why a shopper belongs or does not; agrees with `compile_tree` by construction.

    Args:
        tree: checked.
        subject: the shopper.
        segments: the trees of all segments, for references.
    """
    judge = _Judge(subject, segments)
    judge.visit(tree, "tree", decides=True)
    return Verdict(judge.holds(tree), tuple(judge.leaves))


class _Judge:
    """Goes through a tree for one shopper."""

    def __init__(self, subject: SegmentSubject, segments: Mapping[str, SegmentTree]) -> None:
        self._subject = subject
        self._segments = segments
        self.leaves: list[LeafVerdict] = []

    def holds(self, tree: SegmentTree) -> bool:
        return compile_tree(tree, self._segments)(self._subject)

    def visit(self, tree: SegmentTree, path: str, *, decides: bool) -> None:
        match tree:
            case All() | Any():
                held = self.holds(tree)
                for number, one in enumerate(tree.of):
                    with_it = self.holds(one) is held
                    self.visit(one, f"{path}.of.{number}", decides=decides and with_it)
            case Not():
                self.visit(tree.of, f"{path}.of", decides=decides)
            case InSegment():
                self.visit(self._segments[tree.id], f"{path}>{tree.id}", decides=decides)
            case _:
                found = found_of(tree, self._subject)
                self.leaves.append(LeafVerdict(path, tree, self.holds(tree), decides, found))


def found_of(leaf: Leaf, subject: SegmentSubject) -> Found:
    """What is known of the shopper that a leaf asks for; None for nothing."""
    if isinstance(leaf, AttributeLeaf):
        return subject.profile.attributes.get(leaf.name)
    if isinstance(leaf, LiveLeaf):
        return None if subject.live is None else _live(leaf, subject.live)
    match leaf:
        case Tally():
            return tallied(leaf)(subject)
        case Recency():
            at_ms = last_at_ms(leaf)(subject)
            return None if at_ms is None else (subject.moment.at_ms - at_ms) / DAY_MS
        case Band() | Figure() | Stage():
            return _standing(leaf, subject.profile)
        case _:
            return _profile(leaf, subject.profile)


def _live(leaf: LiveLeaf, live: LiveFacts) -> Found:
    match leaf:
        case LiveZone():
            return live.zone
        case LiveVisited():
            return tuple(sorted(live.visited))
        case LiveDwell():
            return live.dwell_s
        case LiveVisit():
            return live.visit_s
        case _:
            assert_never(leaf)


def _standing(leaf: Band | Figure | Stage, profile: Profile) -> Found:
    if isinstance(leaf, Stage):
        return profile.standing.stage
    if leaf.of == "open_complaints":
        return profile.open_complaints
    of: object = profile.standing.rfm
    if isinstance(leaf, Figure) or leaf.of == "value":
        of = profile.standing
    name = "value_band" if leaf.of == "value" else leaf.of
    number: float | None = getattr(of, name, None)
    return number


def _profile(leaf: Leaf, profile: Profile) -> Found:
    match leaf:
        case Language():
            return profile.language
        case InHousehold():
            return profile.household is not None
        case Channel():
            return tuple(sorted(profile.channels))
        case Bucket():
            return profile.random_bucket
        case Staff():
            return profile.staff
        case _:
            return None
