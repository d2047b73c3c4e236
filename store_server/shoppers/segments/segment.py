"""A segment as it is kept, and all of them as they stand at one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store_server.shoppers.segments.closure import Membership, compile_tree
from store_server.shoppers.segments.leaves import counts_facts
from store_server.shoppers.segments.subject import SegmentSubject
from store_server.shoppers.segments.tree import SegmentTree


@dataclass(frozen=True, slots=True)
class Segment:
    """One version of one segment; a change makes the next version."""

    id: str
    name: str
    tree: SegmentTree
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentBook:
    """The newest version of every segment; only replaced. Each is compiled once."""

    segments: Mapping[str, Segment] = field(default_factory=dict)
    _compiled: dict[str, Membership] = field(default_factory=dict, compare=False, repr=False)
    _counting: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def trees(self) -> dict[str, SegmentTree]:
        """The tree of each segment."""
        return {name: one.tree for name, one in self.segments.items()}

    def holds(self, name: str, subject: SegmentSubject) -> bool:
        """Whether a shopper belongs; nobody belongs to a segment that does not exist."""
        if name not in self.segments:
            return False
        membership = self._compiled.get(name)
        if membership is None:
            membership = self._compiled[name] = compile_tree(self.segments[name].tree, self.trees)
        return membership(subject)

    def count_facts(self, names: Iterable[str]) -> bool:
        """Whether one of these segments looks at purchases or events of a shopper."""
        return any(self._counts_facts(name) for name in names if name in self.segments)

    def _counts_facts(self, name: str) -> bool:
        known = self._counting.get(name)
        if known is None:
            known = self._counting[name] = counts_facts(self.segments[name].tree, self.trees)
        return known

    def with_segment(self, segment: Segment) -> "SegmentBook":
        """The book with one more segment or version; others may name it, so all compile anew."""
        return SegmentBook({**self.segments, segment.id: segment})


def book_of(segments: Iterable[Segment]) -> SegmentBook:
    """The book of these segments, the newest version of each."""
    ordered = sorted(segments, key=lambda one: one.version)
    return SegmentBook({one.id: one for one in ordered})
