"""The leaves of a segment's tree: what it asks of a shopper in the end."""

from collections.abc import Iterator, Mapping

from store_server.shoppers.segments.tree import (
    All,
    Any,
    InSegment,
    Leaf,
    Not,
    Recency,
    SegmentTree,
    Tally,
)


def leaves_of(tree: SegmentTree, segments: Mapping[str, SegmentTree]) -> Iterator[Leaf]:
    """Every leaf that a tree asks, also by the segments that it names."""
    match tree:
        case All() | Any():
            for one in tree.of:
                yield from leaves_of(one, segments)
        case Not():
            yield from leaves_of(tree.of, segments)
        case InSegment():
            yield from leaves_of(segments[tree.id], segments)
        case _:
            yield tree


def counts_facts(tree: SegmentTree, segments: Mapping[str, SegmentTree]) -> bool:
    """Whether a tree looks at purchases or events; the others ask the profile and the place."""
    return any(isinstance(leaf, Tally | Recency) for leaf in leaves_of(tree, segments))
