"""A segment as a Python function: the reading for one shopper, in microseconds."""

from collections.abc import Callable, Mapping

from store_server.shoppers.segments.leaf_test import Test, leaf_test
from store_server.shoppers.segments.subject import SegmentSubject
from store_server.shoppers.segments.tree import All, Any, InSegment, Not, SegmentTree

Membership = Callable[[SegmentSubject], bool]


def compile_tree(tree: SegmentTree, segments: Mapping[str, SegmentTree]) -> Membership:
    """Whether a shopper belongs, as a function.

    Args:
        tree: checked (`check.check_references`): its references exist and form no circle.
        segments: the trees of all segments, for references.
    """
    return _Compiler(segments).test(tree)


class _Compiler:
    """Compiles each referenced segment once."""

    def __init__(self, segments: Mapping[str, SegmentTree]) -> None:
        self._segments = segments
        self._made: dict[str, Test] = {}

    def test(self, node: SegmentTree) -> Test:
        match node:
            case All():
                return _every(tuple(self.test(one) for one in node.of))
            case Any():
                return _some(tuple(self.test(one) for one in node.of))
            case Not():
                inner = self.test(node.of)
                return lambda subject: not inner(subject)
            case InSegment():
                return self._referenced(node.id)
            case _:
                return leaf_test(node)

    def _referenced(self, name: str) -> Test:
        if name not in self._made:
            self._made[name] = self.test(self._segments[name])
        return self._made[name]


def _every(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 2:  # the usual case, and twice as fast
        first, second = tests
        return lambda subject: first(subject) and second(subject)

    return lambda subject: all(test(subject) for test in tests)


def _some(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda subject: first(subject) or second(subject)

    return lambda subject: any(test(subject) for test in tests)
