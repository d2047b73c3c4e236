"""Settings: keys of programs and the receivers of webhooks; each secret is shown once."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.audited import audited
from store_server.flows.register_endpoint import (
    register_endpoint,
    remove_endpoint,
    show_endpoints,
)
from store_server.flows.save_key import make_key, revoke_key, show_keys
from store_server.shop.access import KEY_SCOPES
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

SCOPE_TEXTS = {
    "backend": N_("The retailer's backend: shoppers, consent, products"),
    "till": N_("Tills: baskets and coupons"),
    "ops": N_("Operations: everything in the back office"),
}


@router.get("/settings/keys")
async def show_key_settings(visit: Visitor, context: Context) -> Response:
    """Every API key, with its scope and last use."""
    return await _keys(visit, context)


@router.post("/settings/keys")
async def add_key(visit: Visitor, request: Request, context: Context) -> Response:
    """Make a key and show it, once."""
    form = await sent_form(request)
    name = form.text("name", longest=64)
    try:
        token = await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.KEY_MADE, at=context.system_now(), subject=name),
            act=make_key,
            name=name,
            scope=form.text("scope", longest=20),
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return await _keys(visit, context, refusal=refusal, sent=form)
    return await _keys(visit, context, token=token, made=name)


@router.post("/settings/keys/revocations")
async def end_key(visit: Visitor, request: Request, context: Context) -> Response:
    """End a key."""
    name = (await sent_form(request)).text("name", longest=64)
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.KEY_REVOKED, at=context.system_now(), subject=name),
            act=revoke_key,
            name=name,
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return await _keys(visit, context, refusal=refusal)
    return seen_other("/settings/keys")


@router.get("/settings/webhooks")
async def show_webhook_settings(visit: Visitor, context: Context) -> Response:
    """Where notifications are posted."""
    return await _webhooks(visit, context)


@router.post("/settings/webhooks")
async def add_webhook(visit: Visitor, request: Request, context: Context) -> Response:
    """Post notifications to an address from now on; its secret is shown, once."""
    form = await sent_form(request)
    url = form.text("url", longest=2_100)
    try:
        registered = await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.WEBHOOK_CHANGED, at=context.system_now(), subject=url),
            act=register_endpoint,
            url=url,
            description=form.text("description", longest=300),
            development=context.settings.webhook.development,
        )
    except Refusal as refusal:
        return await _webhooks(visit, context, refusal=refusal, sent=form)
    context.wake_deliveries()
    return await _webhooks(visit, context, secret=registered.secret, made=url)


@router.post("/settings/webhooks/removals")
async def end_webhook(visit: Visitor, request: Request, context: Context) -> Response:
    """Post nothing there any more."""
    name = (await sent_form(request)).text("endpoint", longest=64)
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.WEBHOOK_CHANGED, at=context.system_now(), subject=name),
            act=remove_endpoint,
            endpoint=name,
        )
    except Refusal as refusal:
        return await _webhooks(visit, context, refusal=refusal)
    return seen_other("/settings/webhooks")


async def _keys(
    visit: Visit,
    context: ServerContext,
    *,
    token: str = "",
    made: str = "",
    refusal: Refusal | None = None,
    sent: Sent | None = None,
) -> Response:
    return visit.page(
        "settings_keys.html",
        status=refusal.http_status if refusal else 200,
        keys=await context.read(show_keys),
        scopes=[(scope, SCOPE_TEXTS[scope]) for scope in KEY_SCOPES if scope in SCOPE_TEXTS],
        token=token,
        made=made,
        refusal=refusal,
        sent=sent or Sent({}),
    )


async def _webhooks(
    visit: Visit,
    context: ServerContext,
    *,
    secret: str = "",
    made: str = "",
    refusal: Refusal | None = None,
    sent: Sent | None = None,
) -> Response:
    return visit.page(
        "settings_webhooks.html",
        status=refusal.http_status if refusal else 200,
        endpoints=await context.read(show_endpoints),
        secret=secret,
        made=made,
        refusal=refusal,
        sent=sent or Sent({}),
    )
