"""Whether a tree can stand: well-formed, within bounds, naming what exists, in no circle.

Every mistake is told by its path in the tree (`tree.of.1.value`), all of them at once. The bounds
keep a segment explainable, and its SQL below what SQLite takes (1,000 levels of an expression,
32,766 values), also after the segments that it names are put in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from store_server.errors import Unprocessable
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.segments.tree import (
    All,
    Anniversary,
    Any,
    AttributeLeaf,
    ChoiceIs,
    DateIs,
    DateWithin,
    FlagIs,
    InSegment,
    Known,
    Not,
    NumberIs,
    SegmentTree,
    TextIs,
)

TREE: TypeAdapter[SegmentTree] = TypeAdapter(SegmentTree)

MOST_LEVELS = 10
MOST_NODES = 200
# With the segments that it names put in; what a node lists (zones, products) counts too.
MOST_LEVELS_IN_ALL = 20
MOST_NODES_IN_ALL = 600
MOST_VALUES_IN_ALL = 5_000
_MOST_TOLD = 20
# JSON may nest deeper than any tree that is taken: lists and objects of facts below a leaf.
_MOST_NESTING = 2 * MOST_LEVELS + 6
_EXPECTED: Mapping[type, AttributeType] = {
    TextIs: AttributeType.TEXT,
    ChoiceIs: AttributeType.CHOICE,
    NumberIs: AttributeType.NUMBER,
    FlagIs: AttributeType.BOOL,
    DateIs: AttributeType.DATE,
    DateWithin: AttributeType.DATE,
    Anniversary: AttributeType.DATE,
}


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """One mistake: its path in the tree, a stable code, what is wrong and what is expected."""

    where: str
    code: str
    text: str


class BadSegment(Unprocessable):
    """A tree that cannot stand; `problems` names every mistake."""

    def __init__(self, problems: Iterable[TreeProblem]) -> None:
        self.problems = tuple(problems)[:_MOST_TOLD]
        told = "; ".join(f"{one.where}: {one.text}" for one in self.problems[:3])
        super().__init__(told, code="bad_segment")


def read_tree(document: object) -> SegmentTree:
    """The tree of a JSON document.

    Raises:
        BadSegment: it is no tree, or above `MOST_LEVELS` or `MOST_NODES`.
    """
    if _nests_deeper(document, _MOST_NESTING):
        raise BadSegment([TreeProblem("tree", "too_deep", _too_deep(MOST_LEVELS))])
    try:
        tree = TREE.validate_python(document)
    except ValidationError as error:
        raise BadSegment(_malformed(document, error)) from None
    nodes = list(walk(tree))
    if max(level for _, level, _ in nodes) > MOST_LEVELS:
        raise BadSegment([TreeProblem("tree", "too_deep", _too_deep(MOST_LEVELS))])
    if len(nodes) > MOST_NODES:
        text = f"has {len(nodes)} nodes; at most {MOST_NODES}: make segments of its parts"
        raise BadSegment([TreeProblem("tree", "too_large", text)])
    return tree


def check_tree(
    name: str,
    tree: SegmentTree,
    *,
    schema: Mapping[str, Attribute],
    segments: Mapping[str, SegmentTree],
) -> None:
    """Let pass a tree that can become segment `name`.

    Args:
        name: what it is to be called; "" for one that is only looked at.
        tree: from `read_tree`.
        schema: the declared attributes.
        segments: every segment that stands; an older `name` among them does not count.

    Raises:
        BadSegment: attributes or segments that do not exist, values that cannot be, a circle, or
            bounds broken once the named segments are put in.
    """
    problems = [
        problem
        for path, _, node in walk(tree)
        for problem in _node_problems(path, node, schema=schema, known={*segments} - {name})
    ]
    if not problems:
        problems += _reference_problems(name, tree, segments)
    if problems:
        raise BadSegment(problems)


def check_users(name: str, segments: Mapping[str, SegmentTree]) -> None:
    """Let pass a new `name` with which every segment that names it stays within the bounds.

    Raises:
        BadSegment: one of them would become too large; it is named.
    """
    for user, tree in segments.items():
        if user != name and (problems := _bounds_broken(tree, segments)):
            text = f"segment {user!r} names this one, and then {problems[0].text}"
            raise BadSegment([TreeProblem("tree", "too_large", text)])


def walk(
    tree: SegmentTree, path: str = "tree", level: int = 1
) -> Iterator[tuple[str, int, SegmentTree]]:
    """Every node with its path and level, the root first at level 1."""
    yield path, level, tree
    if isinstance(tree, All | Any):
        for number, one in enumerate(tree.of):
            yield from walk(one, f"{path}.of.{number}", level + 1)
    elif isinstance(tree, Not):
        yield from walk(tree.of, f"{path}.of", level + 1)


def _node_problems(
    path: str, node: SegmentTree, *, schema: Mapping[str, Attribute], known: set[str]
) -> Iterator[TreeProblem]:
    if isinstance(node, InSegment) and node.id not in known:
        # Naming itself is told as a circle only where the segment is named by others.
        there = ", ".join(sorted(known)[:20]) or "none yet"
        text = f"{node.id!r} is no other segment; there are: {there}"
        yield TreeProblem(f"{path}.id", "unknown_segment", text)
    if isinstance(node, AttributeLeaf):
        yield from _attribute_problems(path, node, schema.get(node.name), schema)


def _attribute_problems(
    path: str,
    leaf: AttributeLeaf,
    attribute: Attribute | None,
    schema: Mapping[str, Attribute],
) -> Iterator[TreeProblem]:
    if attribute is None:
        declared = ", ".join(sorted(schema)[:20]) or "none yet"
        text = f"{leaf.name!r} is not declared; declared are: {declared}"
        yield TreeProblem(f"{path}.name", "unknown_attribute", text)
        return
    if isinstance(leaf, Known):
        return
    wanted = _EXPECTED[type(leaf)]
    if attribute.type is not wanted:
        kind = f"{leaf.name!r} is of type {attribute.type}, this node compares a {wanted}"
        yield TreeProblem(f"{path}.kind", "wrong_type", kind)
    elif isinstance(leaf, ChoiceIs):
        for number, value in enumerate(leaf.values):
            if value not in attribute.choices:
                text = f"must be one of {', '.join(attribute.choices[:20])}"
                yield TreeProblem(f"{path}.values.{number}", "unknown_choice", text)


@dataclass(frozen=True, slots=True)
class _Size:
    """A tree with the segments that it names put in."""

    levels: int = 0
    nodes: int = 0
    values: int = 0


def _reference_problems(
    name: str, tree: SegmentTree, segments: Mapping[str, SegmentTree]
) -> list[TreeProblem]:
    circle = _circle(name, {**segments, name: tree})
    if circle is not None:
        text = f"names itself by way of {' > '.join(circle)}; take one of these references out"
        return [TreeProblem("tree", "circle", text)]
    return _bounds_broken(tree, segments)


def _bounds_broken(tree: SegmentTree, segments: Mapping[str, SegmentTree]) -> list[TreeProblem]:
    size = _size(tree, segments, {})
    told = (
        (size.levels, MOST_LEVELS_IN_ALL, "levels"),
        (size.nodes, MOST_NODES_IN_ALL, "nodes"),
        (size.values, MOST_VALUES_IN_ALL, "listed values"),
    )
    return [
        TreeProblem(
            "tree",
            "too_large",
            f"has {found} {what} with the segments that it names; at most {most}",
        )
        for found, most, what in told
        if found > most
    ]


def _circle(name: str, segments: Mapping[str, SegmentTree]) -> tuple[str, ...] | None:
    """The way from `name` back to itself; what others do among themselves was checked before."""
    ways: dict[str, tuple[str, ...]] = {name: (name,)}
    waiting = [name]
    while waiting:
        here = waiting.pop()
        for _, _, node in walk(segments[here]):
            if isinstance(node, InSegment):
                if node.id == name:
                    return (*ways[here], name)
                if node.id not in ways:
                    ways[node.id] = (*ways[here], node.id)
                    waiting.append(node.id)
    return None


def _size(tree: SegmentTree, segments: Mapping[str, SegmentTree], known: dict[str, _Size]) -> _Size:
    levels = nodes = values = 0
    for _, level, node in walk(tree):
        size = _Size(1, 1, _listed(node))
        if isinstance(node, InSegment):
            if node.id not in known:
                known[node.id] = _size(segments[node.id], segments, known)
            size = known[node.id]
        levels = max(levels, level - 1 + size.levels)
        nodes, values = nodes + size.nodes, values + size.values
    return _Size(levels, nodes, values)


def _listed(node: SegmentTree) -> int:
    """How many values a node binds, about: those that it lists, and a few of its own."""
    own = node.model_dump(exclude={"of"})
    lists = [*own.values(), *own.get("facts", {}).values()]
    return 2 + sum(len(one) for one in lists if isinstance(one, tuple))


def _nests_deeper(document: object, most: int) -> bool:
    """Whether lists and objects nest deeper than `most`; without recursion, whatever is sent."""
    layer = [document]
    for _ in range(most):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not layer:
            return False
    return any(isinstance(one, dict | list) for one in layer)


def _malformed(document: object, error: ValidationError) -> list[TreeProblem]:
    """What pydantic found; a list is not too short because what is in it cannot be."""
    found = [
        TreeProblem(_path(document, one["loc"]), one["type"], one["msg"])
        for one in error.errors(include_url=False, include_input=False)
    ]
    return [
        one
        for one in found
        if one.code != "too_short"
        or not any(other.where.startswith(f"{one.where}.") for other in found)
    ]


def _path(document: object, loc: Sequence[int | str]) -> str:
    """Where a mistake stands in the document; pydantic's names of kinds are left out of the way."""
    path, here = "tree", document
    for number, part in enumerate(loc):
        if isinstance(here, dict) and (part in here or number == len(loc) - 1):
            here = here.get(part)
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        path = f"{path}.{part}"
    return path


def _too_deep(most: int) -> str:
    return f"nests deeper than {most} levels; make segments of its parts and name them"
