"""A tree that cannot stand is refused by its path, before it is kept."""

from typing import Any

import pytest

from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.segments.check import (
    MOST_LEVELS,
    MOST_NODES,
    TREE,
    BadSegment,
    check_tree,
    check_users,
    read_tree,
)
from store_server.shoppers.segments.tree import SegmentTree

Json = dict[str, Any]
SCHEMA = {
    "city": Attribute("city", AttributeType.TEXT),
    "tier": Attribute("tier", AttributeType.CHOICE, ("gold", "silver")),
}


def nested(levels: int) -> Json:
    tree: Json = {"kind": "staff"}
    for _ in range(levels - 1):
        tree = {"kind": "not", "of": tree}
    return tree


def named(name: str) -> Json:
    return {"kind": "segment", "id": name}


def wide(*parts: Json) -> SegmentTree:
    return TREE.validate_python({"kind": "any", "of": list(parts)})


def refusal(document: object) -> list[tuple[str, str]]:
    with pytest.raises(BadSegment) as refused:
        check_tree("new", read_tree(document), schema=SCHEMA, segments={})
    return [(one.where, one.code) for one in refused.value.problems]


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 40, 5_000])
def test_depth_is_bounded_whatever_is_sent(levels: int) -> None:
    assert read_tree(nested(MOST_LEVELS))

    assert refusal(nested(levels)) == [("tree", "too_deep")]


def test_size_is_bounded() -> None:
    parts = [{"kind": "any", "of": [{"kind": "staff"}] * 49}] * 4

    assert read_tree({"kind": "all", "of": parts[:3]})
    assert sum(50 for _ in parts) + 1 > MOST_NODES
    assert refusal({"kind": "all", "of": parts}) == [("tree", "too_large")]


def test_every_mistake_is_told_by_its_path_without_the_names_of_kinds() -> None:
    tree = {
        "kind": "all",
        "of": [
            {"kind": "not", "of": {"kind": "bucket", "below": 10_001}},
            {"kind": "text", "name": "city", "op": "is", "values": [7]},
            {"kind": "tally", "facts": {"source": "purchases", "shop": 1}, "op": "ge", "value": 1},
        ],
    }

    assert [where for where, _ in refusal(tree)] == [
        "tree.of.0.of.below",
        "tree.of.1.values.0",
        "tree.of.2.facts.shop",
    ]


@pytest.mark.parametrize(
    ("leaf", "where", "code"),
    [
        ({"kind": "known", "name": "shoe"}, "tree.of.name", "unknown_attribute"),
        ({"kind": "bool", "name": "city", "value": True}, "tree.of.kind", "wrong_type"),
        (
            {"kind": "choice", "name": "tier", "op": "is", "values": ["gold", "tin"]},
            "tree.of.values.1",
            "unknown_choice",
        ),
        (named("nobody"), "tree.of.id", "unknown_segment"),
        (named("new"), "tree.of.id", "unknown_segment"),
    ],
)
def test_what_a_leaf_names_must_exist_and_fit(leaf: Json, where: str, code: str) -> None:
    assert refusal({"kind": "not", "of": leaf}) == [(where, code)]


def test_a_circle_is_told_with_its_way() -> None:
    segments = {"a": wide(named("b")), "b": wide(named("c")), "c": wide({"kind": "staff"})}

    with pytest.raises(BadSegment, match="c > a > b > c"):
        check_tree("c", wide(named("a")), schema=SCHEMA, segments=segments)


def doubling(levels: int) -> dict[str, SegmentTree]:
    """Each segment names the one before twice: 2^n nodes, in n short trees."""
    segments = {"s0": wide({"kind": "staff"})}
    for number in range(1, levels):
        segments[f"s{number}"] = wide(named(f"s{number - 1}"), named(f"s{number - 1}"))
    return segments


def test_what_references_come_to_is_bounded_and_counted_in_no_time() -> None:
    with pytest.raises(BadSegment, match="nodes with the segments that it names"):
        check_tree("new", wide(named("s59")), schema=SCHEMA, segments=doubling(60))


def test_a_segment_that_others_name_cannot_grow_beyond_their_bounds() -> None:
    segments = doubling(6)
    check_users("s0", segments)
    large = wide(*[{"kind": "staff"}] * 30)

    with pytest.raises(BadSegment, match="segment 's5' names this one"):
        check_users("s0", {**segments, "s0": large})


@pytest.mark.parametrize("junk", [None, 7, [], "all", {}, {"kind": []}, {"kind": "all", "of": {}}])
def test_what_is_no_tree_is_refused(junk: object) -> None:
    with pytest.raises(BadSegment):
        read_tree(junk)
