"""What a walk has led to so far, as words and numbers for the page beside the plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from store_server.decisions.decision import Outcome
from store_server.entrypoints.console.board_view import heard
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import words_of
from store_server.entrypoints.console.plan_drawing import CM
from store_server.flows.show_people import Believed
from store_server.flows.show_walk import PhoneOffer, WalkState
from store_server.ids import ZoneId
from store_server.offers.catalogue import Catalogue
from store_server.shop.floor_plan import FloorPlan


@dataclass(frozen=True, slots=True)
class Circle:
    """Where the store believes the shopper to be, in centimetres of the drawing."""

    x: int
    y: int
    radius: int


@dataclass(frozen=True, slots=True)
class Bubble:
    """One offer on the phone."""

    notification: str
    title: str
    body: str
    code: str | None
    why: str
    face_value_minor: int | None
    is_opened: bool
    is_used: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from the radio to the report, and whether it was made."""

    text: str
    is_done: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What the campaign has given away: the report moves."""

    id: str
    name: str
    out: int
    redeemed: int
    spent_minor: int


@dataclass(frozen=True, slots=True)
class WalkView:
    """Everything beside the plan. `nothing`: why the phone is still dark, in one sentence."""

    belief: Circle | None
    place: str
    steps: tuple[Step, ...]
    bubbles: tuple[Bubble, ...]
    nothing: str
    moved: Moved | None


def walk_view(state: WalkState, *, plan: FloorPlan, offers: Catalogue, language: str) -> WalkView:
    """The view of a walk in a language."""
    say = words_of(language).gettext
    names = {zone.id: zone.name for zone in plan.zones}
    bubbles = tuple(_bubble(one) for one in state.offers)
    newest = state.decisions[0] if state.decisions else None
    made = newest is not None and newest.decision.outcome is Outcome.OFFERED
    nothing = "" if made or newest is None else newest.explanation
    return WalkView(
        belief=_circle(state.believed, plan),
        place=_place(state.believed, names, language),
        steps=(
            Step(say(N_("Heard by the gateways")), state.believed is not None or state.in_visit),
            Step(say(N_("Believed in a zone")), _in_zone(state), _zone(state, names)),
            Step(say(N_("Decided")), newest is not None, nothing),
            Step(say(N_("On the phone")), bool(bubbles)),
            Step(say(N_("Scanned at the till")), any(one.is_used for one in bubbles)),
        ),
        bubbles=bubbles,
        nothing=nothing,
        moved=_moved(state, offers),
    )


def _bubble(one: PhoneOffer) -> Bubble:
    item = one.item
    return Bubble(
        notification=item.notification,
        title=item.title,
        body=item.body,
        code=item.coupon_code,
        why=one.why,
        face_value_minor=item.face_value_minor,
        is_opened=item.opened_at is not None,
        is_used=one.is_used,
        is_over=one.is_over,
    )


def _circle(one: Believed | None, plan: FloorPlan) -> Circle | None:
    if one is None or one.x is None or one.y is None or one.radius_m is None:
        return None
    down_m = plan.height_m - one.y
    return Circle(round(one.x * CM), round(down_m * CM), round(one.radius_m * CM))


def _in_zone(state: WalkState) -> bool:
    return state.believed is not None and state.believed.zone is not None


def _zone(state: WalkState, names: Mapping[ZoneId, str]) -> str:
    zone = state.believed.zone if state.believed else None
    return names.get(zone, zone) if zone else ""


def _place(one: Believed | None, names: Mapping[ZoneId, str], language: str) -> str:
    """The belief as a sentence."""
    say = words_of(language).gettext
    if one is None:
        return say(N_("The store does not hear the phone yet."))
    ago = heard(one.age_s, say)
    if one.zone is None:
        return say(N_("The store hears the phone (%(ago)s) and is not sure of a zone.")) % {
            "ago": ago
        }
    return say(N_("The store believes: %(zone)s, %(sure)s sure, heard %(ago)s.")) % {
        "zone": names.get(one.zone, one.zone),
        "sure": f"{one.confidence:.0%}",
        "ago": ago,
    }


def _moved(state: WalkState, offers: Catalogue) -> Moved | None:
    if state.campaign is None or state.use is None:
        return None
    campaign = offers.campaigns.get(state.campaign)
    return Moved(
        id=state.campaign,
        name=campaign.name if campaign else state.campaign,
        out=state.use.out,
        redeemed=state.use.redeemed,
        spent_minor=state.use.spent_minor,
    )
