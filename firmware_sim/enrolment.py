"""Makes the simulated shoppers known to the store as a retailer's backend would: by API only."""

from collections.abc import Iterable

from firmware_sim.cast import EXPONENT, SimShopper
from firmware_sim.events import DeviceKind
from firmware_sim.ports import Json, StoreApi, WebhookInbox

CONSENT_TEXT = "demo-2017-11"
LANGUAGE = "en"


def enrol(
    api: StoreApi, shoppers: Iterable[SimShopper], *, inbox: WebhookInbox, at_ms: int
) -> None:
    """Register the webhook receiver, then every shopper with device and consents.

    Raises:
        OutletError: the store refuses something.
    """
    inbox.trust(api.add_endpoint(inbox.url, description="simulated retailer app"))
    for one in shoppers:
        enrol_one(api, one, at_ms=at_ms)


def enrol_one(api: StoreApi, one: SimShopper, *, at_ms: int) -> str:
    """Register one shopper with device and consents of the day before; the app's token.

    Raises:
        OutletError: the store refuses something.
    """
    api.put_shopper(
        one.shopper,
        household=one.household,
        language=LANGUAGE,
        identities=[_identity(one)] if one.kind.advertises else [],
    )
    for purpose, granted in (
        ("location", one.allows_location),
        ("offers", one.allows_offers),
        ("profile", True),
    ):
        api.put_consent(
            one.shopper,
            purpose,
            granted=granted,
            at_ms=at_ms - 86_400_000,
            source="app-onboarding",
            text=CONSENT_TEXT,
        )
    token = api.mint_token(one.shopper)
    api.install_app(token, platform=one.platform)
    return token


def _identity(one: SimShopper) -> Json:
    if one.kind is DeviceKind.FOB:
        return {
            "identity_id": "fob-1",
            "kind": "static_ibeacon",
            "identity": one.static_identity,
            "label": "tag",
        }
    return {
        "identity_id": f"{one.kind}-1".replace("_", "-"),
        "kind": "eid",
        "key_hex": one.key.hex(),
        "exponent": EXPONENT,
        "clock_offset_s": one.clock_offset_s,
        "label": "tag" if one.kind is DeviceKind.TAG else "phone",
    }
