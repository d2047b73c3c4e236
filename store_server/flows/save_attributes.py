"""Flows: an attribute is declared; a retailer's backend says what a shopper's attributes are."""

from collections.abc import Mapping
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.shoppers.attributes import (
    MOST_ATTRIBUTES,
    Attribute,
    AttributeType,
    AttributeValue,
    check_attribute,
    read_values,
)
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import (
    AttributeRepository,
    ConsentRepository,
    ShopperRepository,
)


def declare_attribute(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    attribute: Attribute,
) -> Attribute:
    """The declaration as it stands now. Choices can be added at any time, and labels changed.

    Raises:
        BadAttributes: it cannot be declared so.
        Conflict: it has another type already, a choice that is taken out is somebody's, or there
            are too many.
    """
    check_attribute(attribute)
    attributes = AttributeRepository(uow.session, rooms.scope)
    schema = attributes.schema()
    before = schema.get(attribute.name)
    if before is None and len(schema) >= MOST_ATTRIBUTES:
        raise Conflict(f"there are {MOST_ATTRIBUTES} attributes already", code="too_many")
    if before is not None and before.type is not attribute.type:
        raise Conflict(
            f"{attribute.name!r} is of type {before.type}; a type stays, declare another name",
            code="other_type",
        )
    if attribute.type is AttributeType.CHOICE and before is not None:
        lost = sorted(attributes.values_in_use(attribute.name) - {*attribute.choices})
        if lost:
            raise Conflict(
                f"shoppers have {', '.join(lost[:5])}; a choice in use stays", code="choice_in_use"
            )
    attributes.declare(attribute)
    return attribute


def save_attributes(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    given: Mapping[str, object],
) -> dict[str, AttributeValue]:
    """All attributes of the shopper as they stand now.

    Args:
        uow: the transaction.
        rooms: the store.
        now: when it was said.
        shopper: of whom.
        given: name -> value as JSON has it; null takes one away, others stay as they are.

    Raises:
        NotFound: the shopper is not known.
        Conflict: the shopper did not agree to a profile: nothing is stored.
        BadAttributes: a value or a name cannot be; every one is named.
    """
    if ShopperRepository(uow.session, rooms.scope).get(shopper) is None:
        raise NotFound("no such shopper; register it first", code="unknown_shopper")
    consents = ConsentRepository(uow.session, rooms.scope)
    if shopper not in consents.allowed_among([shopper], Purpose.PROFILE, at=now):
        raise Conflict(
            "the shopper did not agree to a profile; record that consent first, nothing was stored",
            code="no_consent_profile",
        )
    attributes = AttributeRepository(uow.session, rooms.scope)
    attributes.say({shopper: read_values(given, attributes.schema())}, at=now)
    return attributes.of([shopper]).get(shopper, {})
