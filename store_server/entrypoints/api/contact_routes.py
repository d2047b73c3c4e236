"""How shoppers are reached directly: told by the retailer's backend, or by their own app."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.backend import ConsentBody
from store_server.entrypoints.api.schemas.contacts import (
    ChannelConsentAnswer,
    ContactAnswer,
    ContactBody,
    ContactListAnswer,
    PushKeyAnswer,
)
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import BackendCaller, Context, ShopperCaller
from store_server.flows.keep_contact import (
    KnownContact,
    record_channel_consent,
    remove_contact,
    save_contact,
    show_contacts,
)
from store_server.ids import ShopperId
from store_server.shoppers.contact import ContactChannel
from store_server.writer import Priority

router = APIRouter(tags=["contacts"])

ShopperPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", examples=["s-1042"])
]
ChannelPath = Annotated[ContactChannel, Path(examples=["email"])]
_OF_SHOPPER, _MINE = "/v1/shoppers/{shopper_id}/contacts", "/v1/app/contacts"


@router.get(_OF_SHOPPER, responses={**READING, **refusals(404)})
async def list_contacts(
    shopper_id: ShopperPath, context: Context, _caller: BackendCaller
) -> ContactListAnswer:
    """How a shopper is reached, without addresses, and whether they agreed to each."""
    return await _list(context, ShopperId(shopper_id))


@router.put(_OF_SHOPPER + "/{channel}", responses={**CHANGING, **refusals(404)})
async def put_contact(
    shopper_id: ShopperPath,
    channel: ChannelPath,
    body: ContactBody,
    context: Context,
    _caller: BackendCaller,
) -> ContactAnswer:
    """Keep how a shopper is reached in a channel; it is sealed, never shown again, no consent."""
    return await _save(context, ShopperId(shopper_id), channel, body)


@router.put(_OF_SHOPPER + "/{channel}/consent", responses={**CHANGING, **refusals(404)})
async def put_channel_consent(
    shopper_id: ShopperPath,
    channel: ChannelPath,
    body: ConsentBody,
    context: Context,
    _caller: BackendCaller,
) -> ChannelConsentAnswer:
    """Write a shopper's word about one channel into the ledger; a no ends what waits there."""
    return await _say(context, ShopperId(shopper_id), channel, body)


@router.delete(_OF_SHOPPER + "/{channel}", status_code=204, responses={**CHANGING, **refusals(404)})
async def delete_contact(
    shopper_id: ShopperPath, channel: ChannelPath, context: Context, _caller: BackendCaller
) -> Response:
    """Forget how a shopper is reached in a channel."""
    return await _remove(context, ShopperId(shopper_id), channel)


@router.get(_MINE, responses={**READING, **refusals(404)})
async def list_my_contacts(context: Context, shopper: ShopperCaller) -> ContactListAnswer:
    """How the shopper is reached."""
    return await _list(context, shopper)


@router.put(_MINE + "/{channel}", responses={**CHANGING, **refusals(404)})
async def put_my_contact(
    channel: ChannelPath, body: ContactBody, context: Context, shopper: ShopperCaller
) -> ContactAnswer:
    """Say how one is reached, such as by this browser; it is no consent."""
    return await _save(context, shopper, channel, body)


@router.put(_MINE + "/{channel}/consent", responses={**CHANGING, **refusals(404)})
async def put_my_channel_consent(
    channel: ChannelPath, body: ConsentBody, context: Context, shopper: ShopperCaller
) -> ChannelConsentAnswer:
    """Say yes or no to one channel."""
    return await _say(context, shopper, channel, body)


@router.delete(_MINE + "/{channel}", status_code=204, responses={**CHANGING, **refusals(404)})
async def delete_my_contact(
    channel: ChannelPath, context: Context, shopper: ShopperCaller
) -> Response:
    """Have an address forgotten."""
    return await _remove(context, shopper, channel)


@router.get("/v1/app/push-key", responses=READING)
async def get_push_key(context: Context, _shopper: ShopperCaller) -> PushKeyAnswer:
    """What a browser subscribes to web push with."""
    return PushKeyAnswer(application_server_key=context.rooms.channels.push_key or None)


async def _list(context: ServerContext, shopper: ShopperId) -> ContactListAnswer:
    found = await context.read(show_contacts, shopper=shopper)
    return ContactListAnswer(contacts=[_answer(one) for one in found])


async def _save(
    context: ServerContext, shopper: ShopperId, channel: ContactChannel, body: ContactBody
) -> ContactAnswer:
    return _answer(
        await context.write(
            Priority.APP,
            save_contact,
            shopper=shopper,
            channel=channel,
            address=body.text(),
            development=context.settings.webhook.development,
        )
    )


async def _say(
    context: ServerContext, shopper: ShopperId, channel: ContactChannel, body: ConsentBody
) -> ChannelConsentAnswer:
    word = await context.write(
        Priority.APP,
        record_channel_consent,
        shopper=shopper,
        channel=channel,
        granted=body.granted,
        at=body.at,
        source=body.source,
        text_version=body.text_version,
    )
    return ChannelConsentAnswer(
        shopper_id=word.shopper, channel=word.channel, granted=word.granted, at=word.at
    )


async def _remove(context: ServerContext, shopper: ShopperId, channel: ContactChannel) -> Response:
    await context.write(Priority.APP, remove_contact, shopper=shopper, channel=channel)
    return Response(status_code=204)


def _answer(known: KnownContact) -> ContactAnswer:
    one = known.contact
    return ContactAnswer(
        channel=one.channel,
        hint=one.hint,
        state=one.state,
        agreed=known.agreed,
        changed_at=one.changed_at,
    )
