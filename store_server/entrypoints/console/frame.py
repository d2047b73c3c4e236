"""What stands around every page: the seven groups, their pages, and who may see which."""

from collections.abc import Iterable
from dataclasses import dataclass

from store_server.entrypoints.route_rights import right_for
from store_server.shop.access import Caller


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a text for translation where it stands; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Place:
    """A page that one can go to."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """One of the seven groups; the first of its places is where its name leads."""

    icon: str
    label: str
    places: tuple[Place, ...]

    @property
    def url(self) -> str:
        """Where the group begins."""
        return self.places[0].url


GROUPS: tuple[Group, ...] = (
    Group("overview", N_("Overview"), (Place("/", N_("Overview")),)),
    Group(
        "live",
        N_("Live"),
        (Place("/live", N_("Live store")), Place("/live/walk", N_("Walk it yourself"))),
    ),
    Group(
        "campaigns",
        N_("Campaigns"),
        (
            Place("/campaigns", N_("Campaigns")),
            Place("/campaigns/offers", N_("Offers")),
            Place("/campaigns/creatives", N_("Creatives")),
            Place("/campaigns/segments", N_("Segments")),
            Place("/campaigns/experiments", N_("Experiments")),
            Place("/campaigns/metrics", N_("What the numbers mean")),
        ),
    ),
    Group(
        "shoppers",
        N_("Shoppers"),
        (
            Place("/shoppers", N_("Shoppers")),
            Place("/shoppers/why", N_("Why did I get this?")),
        ),
    ),
    Group(
        "store",
        N_("Store"),
        (
            Place("/store", N_("Map")),
            Place("/store/devices", N_("Gateways and beacons")),
            Place("/store/survey", N_("Survey")),
            Place("/store/signals", N_("Signals")),
        ),
    ),
    Group(
        "activity",
        N_("Activity"),
        (
            Place("/activity", N_("Decisions")),
            Place("/activity/deliveries", N_("Deliveries")),
            Place("/activity/tasks", N_("Tasks")),
            Place("/activity/audit", N_("Audit log")),
        ),
    ),
    Group(
        "settings",
        N_("Settings"),
        (
            Place("/settings", N_("Store")),
            Place("/settings/people", N_("People and roles")),
            Place("/settings/keys", N_("API keys")),
            Place("/settings/webhooks", N_("Webhooks")),
            Place("/settings/privacy", N_("Privacy")),
            Place("/settings/languages", N_("Languages")),
            Place("/settings/system", N_("System")),
        ),
    ),
)


def groups_for(caller: Caller) -> tuple[Group, ...]:
    """The groups with the places that the caller may see; a group without any is left out."""
    shown = [Group(one.icon, one.label, tuple(_seen(one.places, caller))) for one in GROUPS]
    return tuple(one for one in shown if one.places)


def group_at(path: str) -> Group:
    """The group that a path belongs to."""
    first = path.strip("/").partition("/")[0]
    return next((one for one in GROUPS[1:] if one.icon == first), GROUPS[0])


def place_at(path: str, places: Iterable[Place]) -> Place | None:
    """The place that a path belongs to: the longest address that it begins with."""
    fitting = [
        one for one in places if path == one.url or path.startswith(f"{one.url.rstrip('/')}/")
    ]
    return max(fitting, key=lambda one: len(one.url), default=None)


def _seen(places: Iterable[Place], caller: Caller) -> list[Place]:
    return [one for one in places if right_for("GET", one.url) in caller.rights]
