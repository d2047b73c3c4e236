"""Where a retailer's backend listens, and which addresses a store server may post to.

A webhook makes the server send requests where a customer says; that must never be its own
network. Outside development only https is taken, and every address a name resolves to must be
public. The caller pins the address that was checked, so that a second look-up cannot differ.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6052 (NAT64), RFC 3056
(6to4), RFC 4380 (Teredo): ranges that carry a private IPv4 address inside a public-looking one.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import httpx

from store_server.outbox.lane import DEFAULT_LIMITS, LaneLimits

MAX_URL = 2_000
_DENIED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; 169.254.169.254 gives cloud credentials away
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


class EndpointState(StrEnum):
    """Whether an endpoint is sent to."""

    ACTIVE = "active"
    DISABLED = "disabled"
    REMOVED = "removed"


class Payload(StrEnum):
    """What a webhook about an offer carries."""

    THIN = "thin"  # ids; the receiver fetches the rest
    FULL = "full"  # words and coupon as well


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One receiver of an organisation; its secret is not part of this value.

    `previous_until` is when a former secret stops to sign beside the new one; None when it has.
    """

    id: str
    url: str
    description: str
    state: EndpointState
    reason: str | None
    created_at: datetime
    limits: LaneLimits = DEFAULT_LIMITS
    previous_until: datetime | None = None
    payload: Payload = Payload.THIN


@dataclass(frozen=True, slots=True)
class Destination:
    """An active endpoint as a try needs it: secrets still sealed, newest first."""

    url: str
    sealed_secrets: tuple[bytes, ...]
    limits: LaneLimits
    payload: Payload = Payload.FULL


def secret_context(org: str, endpoint: str) -> str:
    """What an endpoint's secret is sealed for: it opens for no other endpoint."""
    return f"webhook/{org}/{endpoint}"


def problem_with_url(url: str, *, development: bool) -> str | None:
    """What is wrong with an endpoint's URL, for people; None when it can be taken.

    Addresses are checked at every send, because a name may point elsewhere tomorrow.
    """
    if len(url) > MAX_URL:
        return f"url has {len(url)} characters; at most {MAX_URL} are taken"
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        return f"url cannot be read: {error}"
    return _problem_with_parts(parsed) or _problem_with_scheme(parsed, development=development)


def is_denied(address: str) -> bool:
    """Whether posting to this IP address would reach into a private or special network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return any(parsed.version == denied.version and parsed in denied for denied in _DENIED)


def _problem_with_parts(url: httpx.URL) -> str | None:
    if not url.host:
        return "url names no host; must be such as https://app.example.com/hooks"
    if url.userinfo or url.fragment:
        return "url carries a user, a password or a fragment; leave them out"
    return None


def _problem_with_scheme(url: httpx.URL, *, development: bool) -> str | None:
    if url.scheme == "https":
        return None
    if not development:
        return "url must be https; plain http to loopback needs [webhook] development = true"
    if url.scheme == "http" and _is_loopback(url.host):
        return None
    return "url must be https, or http to a loopback address ([webhook] development is on)"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
