"""A segment as SQL with bound parameters: the reading for all shoppers at once.

One row of `SegmentRelation` for each shopper, with a column for everything that the trees ask:
attributes are pivoted, facts counted in one pass for all leaves together. Columns are NULL where
something is not known, and a comparison with NULL is NULL in SQL, and so is its NOT. Therefore
every leaf is `coalesce(comparison, false)`: what is above the leaves has two values only.
"""

from collections.abc import Mapping
from typing import assert_never

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from store_server.shoppers.attributes import fold
from store_server.shoppers.repository.segment_relation import SegmentRelation
from store_server.shoppers.segments.subject import Moment
from store_server.shoppers.segments.tree import (
    All,
    Anniversary,
    Any,
    AttributeLeaf,
    Band,
    Bucket,
    Channel,
    ChoiceIs,
    Compare,
    DateIs,
    DateWithin,
    Everyone,
    FactLeaf,
    Figure,
    FlagIs,
    InHousehold,
    InSegment,
    Known,
    Language,
    Leaf,
    LiveDwell,
    LiveLeaf,
    LiveVisit,
    LiveVisited,
    LiveZone,
    Not,
    NumberIs,
    ProfileLeaf,
    Recency,
    SegmentTree,
    Staff,
    Stage,
    Tally,
    TextIs,
)
from store_server.shoppers.segments.window import anniversaries, reach, since_ms

Condition = ColumnElement[bool]


class SegmentConditions:
    """Trees as conditions on the columns of one relation."""

    def __init__(
        self, relation: SegmentRelation, segments: Mapping[str, SegmentTree], *, moment: Moment
    ) -> None:
        self._relation = relation
        self._segments = segments
        self._moment = moment

    def of(self, tree: SegmentTree) -> Condition:
        """Whether the shopper of a row belongs: true or false, never NULL."""
        match tree:
            case All():
                return and_(*(self.of(one) for one in tree.of))
            case Any():
                return or_(*(self.of(one) for one in tree.of))
            case Not():
                return not_(self.of(tree.of))
            case InSegment():
                return self.of(self._segments[tree.id])
            case Everyone():
                return true()
            case _:
                return func.coalesce(self._leaf(tree), false(), type_=Boolean())

    def _leaf(self, leaf: Leaf) -> Condition:
        """The comparison of a leaf: NULL where something is not known."""
        if isinstance(leaf, AttributeLeaf):
            return self._attribute(leaf)
        if isinstance(leaf, ProfileLeaf):
            return self._profile(leaf)
        if isinstance(leaf, FactLeaf):
            return self._facts(leaf)
        assert isinstance(leaf, LiveLeaf)
        return self._live(leaf)

    def _attribute(self, leaf: AttributeLeaf) -> Condition:
        column = self._relation.attribute
        match leaf:
            case TextIs():
                return self._text(leaf)
            case ChoiceIs():
                listed = column(leaf.name, "text_value").in_(leaf.values)
                return listed if leaf.op == "is" else not_(listed)
            case NumberIs():
                return compared(
                    column(leaf.name, "number_value"), leaf.op, literal(leaf.value, Double())
                )
            case FlagIs():
                return column(leaf.name, "flag_value") == int(leaf.value)
            case DateIs() | DateWithin() | Anniversary():
                return self._date(leaf)
            case Known():
                return column(leaf.name, "name").is_not(None)
            case _:
                assert_never(leaf)

    def _text(self, leaf: TextIs) -> Condition:
        folded = self._relation.attribute(leaf.name, "folded")
        wanted = [fold(value) for value in leaf.values]
        match leaf.op:
            case "is":
                return folded.in_(wanted)
            case "is_not":
                return folded.not_in(wanted)
            case "contains":
                return or_(*(folded.contains(value, autoescape=True) for value in wanted))
            case "starts_with":
                return or_(*(folded.startswith(value, autoescape=True) for value in wanted))
            case _:
                assert_never(leaf.op)

    def _date(self, leaf: DateIs | DateWithin | Anniversary) -> Condition:
        # ISO dates of four-digit years stand in the order of their texts.
        column, today = self._relation.attribute(leaf.name, "date_value"), self._moment.today
        match leaf:
            case DateIs():
                op = {"before": Compare.LT, "on": Compare.EQ, "after": Compare.GT}[leaf.op]
                return compared(column, op, leaf.day.isoformat())
            case DateWithin():
                first, last = reach(today, direction=leaf.direction, days=leaf.days)
                return column.between(first.isoformat(), last.isoformat())
            case Anniversary():
                return self._anniversary(func.substr(column, 6, 5), leaf.days)
            case _:
                assert_never(leaf)

    def _anniversary(self, day: ColumnElement[str], days: int) -> Condition:
        wanted = anniversaries(self._moment.today, days)
        if wanted.first <= wanted.last:
            return day.between(wanted.first, wanted.last)
        return or_(day >= wanted.first, day <= wanted.last)

    def _profile(self, leaf: ProfileLeaf) -> Condition:  # noqa: PLR0911 - one for each kind
        shopper, standing = self._relation.shopper, self._relation.standing
        match leaf:
            case Language():
                regions = [shopper.language.startswith(f"{one}-") for one in leaf.values]
                return or_(shopper.language.in_(leaf.values), *regions)
            case InHousehold():
                return shopper.household.is_not(None)
            case Stage():
                return standing("stage").in_([one.value for one in leaf.values])
            case Band():
                return compared(standing(f"{leaf.of}_band"), leaf.op, leaf.value)
            case Figure():
                return compared(self._figure(leaf), leaf.op, literal(leaf.value, Double()))
            case Channel():
                return self._relation.said("channels").contains(
                    f'"{leaf.channel}"', autoescape=True
                )
            case Staff():
                return self._relation.said("staff").is_(True)
            case Bucket():
                return and_(shopper.random_bucket >= leaf.first, shopper.random_bucket < leaf.below)
            case _:
                assert_never(leaf)

    def _figure(self, leaf: Figure) -> ColumnElement[object]:
        if leaf.of == "open_complaints":
            return func.coalesce(self._relation.said("open_complaints"), 0)
        return self._relation.standing(leaf.of)

    def _facts(self, leaf: FactLeaf) -> Condition:
        match leaf:
            case Tally():
                count = func.coalesce(self._relation.counted(leaf), 0)
                return compared(count, leaf.op, literal(leaf.value, BigInteger()))
            case Recency():
                last, since = self._relation.counted(leaf), since_ms(self._moment.at_ms, leaf.days)
                return last > since if leaf.op == "within" else last <= since
            case _:
                assert_never(leaf)

    def _live(self, leaf: LiveLeaf) -> Condition:
        live = self._relation.live
        match leaf:
            case LiveZone():
                return live("zone").in_(leaf.zones)
            case LiveVisited():
                seen = live("visited")
                return or_(*(seen.contains(f"|{zone}|", autoescape=True) for zone in leaf.zones))
            case LiveDwell():
                return compared(live("dwell_s"), leaf.op, leaf.seconds)
            case LiveVisit():
                return compared(live("visit_s"), leaf.op, leaf.seconds)
            case _:
                assert_never(leaf)


def compared(column: ColumnElement[object], op: Compare, value: object) -> Condition:
    """A comparison as SQL makes it: NULL when the column is.

    A number comes as a literal of its own type: bound in the column's, PostgreSQL would round it.
    """
    match op:
        case Compare.EQ:
            return column == value
        case Compare.NE:
            return column != value
        case Compare.LT:
            return column < value
        case Compare.LE:
            return column <= value
        case Compare.GT:
            return column > value
        case Compare.GE:
            return column >= value
        case _:
            assert_never(op)
