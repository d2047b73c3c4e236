"""The slices of a result for people: what is cut by, what a part is called, how many it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store_server.entrypoints.console.frame import N_
from store_server.offers.channel import ReadingChannel
from store_server.reports.effect import Effect
from store_server.reports.outcomes import Cut
from store_server.reports.slices import Slice
from store_server.reports.small_cells import HIDDEN, Cell

# Of one campaign in one store, campaign and store cut nothing.
CUTS = (Cut.CHANNEL, Cut.VARIANT, Cut.SEGMENT, Cut.ZONE)
CUT_TEXTS = {
    Cut.CHANNEL: N_("Where it is read"),
    Cut.VARIANT: N_("Variant"),
    Cut.SEGMENT: N_("What they spent before"),
    Cut.ZONE: N_("Zone"),
}
PART_TEXTS: Mapping[Cut, Mapping[str, str]] = {
    Cut.CHANNEL: {
        ReadingChannel.PUSH: N_("Push message"),
        ReadingChannel.APP: N_("In the app"),
        ReadingChannel.SMS: N_("Text message"),
        ReadingChannel.EMAIL: N_("E-mail"),
        ReadingChannel.WEB: N_("Web page"),
        ReadingChannel.KIOSK: N_("Kiosk"),
        ReadingChannel.RECEIPT: N_("Receipt"),
        ReadingChannel.STAFF: N_("Told by a clerk"),
    },
    Cut.SEGMENT: {
        "spent_nothing_before": N_("Nothing yet"),
        "spent_little_before": N_("Little"),
        "spent_some_before": N_("Some"),
        "spent_much_before": N_("Much"),
    },
    Cut.ZONE: {"no_zone": N_("Whole store")},
}


@dataclass(frozen=True, slots=True)
class SliceView:
    """One part. `text` None: `name` is the store's own word; else it is to be translated.

    begins: it is the first part of its cut. effect None: too few to show.
    """

    cut: Cut
    begins: bool
    name: str
    text: str | None
    offered: Cell
    held_out: Cell
    effect: Effect | None
    stands_out: bool


def slice_views(slices: Sequence[Slice], *, zones: Mapping[str, str]) -> tuple[SliceView, ...]:
    """The parts in their order; `zones`: names of the plan by id."""
    before = [None, *(one.cut for one in slices)]
    return tuple(
        SliceView(
            cut=one.cut,
            begins=one.cut is not previous,
            name=zones.get(one.name, one.name) if one.cut is Cut.ZONE else one.name,
            text=PART_TEXTS.get(one.cut, {}).get(one.name),
            offered=one.offered,
            held_out=one.held_out,
            effect=one.effect,
            stands_out=one.stands_out,
        )
        for previous, one in zip(before, slices, strict=False)
    )


__all__ = ["CUTS", "CUT_TEXTS", "HIDDEN", "SliceView", "slice_views"]
