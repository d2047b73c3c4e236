"""What the simulator needs of the world outside: small ports, spoken by `outlets/`.

All calls are synchronous and block until the other side has answered; a driver thread owns
them. Instants are simulated UTC milliseconds, as in `events`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from firmware_sim.events import HeardAdvert, RangedBeacon

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery with a good signature; `received_s` is time.monotonic() of its receipt."""

    webhook_id: str
    body: Json
    received_s: float


class GatewayFeed(Protocol):
    """The datagram socket of one edge agent. False: nobody listens, the gateway is deaf."""

    def send_adverts(self, adverts: Sequence[HeardAdvert]) -> bool:
        """Hand over adverts in order, in datagrams of at most 200."""
        ...

    def send_tick(self, at_ms: int) -> bool:
        """Say that simulated time has reached `at_ms`."""
        ...

    def close(self) -> None:
        """Let go of the socket."""
        ...


class StoreApi(Protocol):
    """The store server's HTTP API as the retailer's app backend, the apps and the tills use it.

    Every method raises OutletError when the server refuses or does not answer; the text holds
    method, path, status and the problem's `code` and `detail`, never a key or token.
    """

    def put_shopper(
        self, shopper: str, *, household: str | None, language: str, identities: list[Json]
    ) -> None:
        """Register a shopper with enrolled identities."""
        ...

    def put_consent(
        self, shopper: str, purpose: str, *, granted: bool, at_ms: int, source: str, text: str
    ) -> None:
        """Write one entry of the consent ledger; `text` is the version of the words shown."""
        ...

    def mint_token(self, shopper: str) -> str:
        """A short-lived token for that shopper's app."""
        ...

    def install_app(self, token: str, *, platform: str) -> None:
        """Tell of an installed app."""
        ...

    def add_endpoint(self, url: str, *, description: str) -> str:
        """Register the retailer's webhook receiver; the answer is the signing secret."""
        ...

    def post_sightings(self, token: str, sightings: Sequence[RangedBeacon]) -> Json:
        """Report ranged beacons: {accepted, refused}."""
        ...

    def post_opened(self, token: str, notification: str, *, at_ms: int) -> None:
        """Tell that a notification was opened."""
        ...

    def pull_decision(self, token: str, *, request_id: str, placement: str) -> Json:
        """Ask for an offer now."""
        ...

    def post_basket(self, basket: Json, *, idempotency_key: str) -> Json:
        """Post a till receipt: {coupons, total_minor}."""
        ...

    def get(self, path: str) -> Mapping[str, object]:
        """Read a back-office JSON resource such as /v1/ops/progress or /v1/report."""
        ...

    def shopper_data(self, shopper: str) -> Mapping[str, object]:
        """All that is kept of a shopper, as the shopper may download it."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class WebhookInbox(Protocol):
    """The retailer's app backend, listening on loopback."""

    @property
    def url(self) -> str:
        """Where webhooks are to be sent."""
        ...

    def trust(self, secret: str) -> None:
        """Accept only what is signed with `secret`; before that everything is answered 401."""
        ...

    def drain(self) -> list[Webhook]:
        """Deliveries since the last call, in order of receipt, each webhook id once."""
        ...

    @property
    def refused(self) -> int:
        """Deliveries whose signature did not hold."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...
