"""Settings: the store and its hours, privacy, system, one's language; house rules are read."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.channel_view import CHANNEL_TEXTS
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.field_texts import Reading
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.console.setup_form import read_hours
from store_server.entrypoints.console.visit import (
    LANGUAGE_COOKIE,
    PageRoute,
    Visit,
    Visitor,
    seen_other,
)
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal, Unprocessable
from store_server.flows.audited import audited
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.save_profile import save_profile
from store_server.flows.save_user import choose_language
from store_server.flows.show_progress import show_progress
from store_server.flows.show_settings import show_store
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

ZONE_KIND_TEXTS = {
    "exit": N_("Exit"),
    "entrance": N_("Entrance"),
    "checkout": N_("Checkout"),
    "service": N_("Service"),
    "sales": N_("Sales floor"),
}
A_YEAR_S = 31_536_000


@router.get("/settings")
async def show_store_settings(visit: Visitor, context: Context) -> Response:
    """What the store is, when it is open, and the house rules of its offers."""
    return await _store(visit, context)


@router.post("/settings/store")
async def set_name_and_hours(visit: Visitor, request: Request, context: Context) -> Response:
    """Call the store something else, or open it at other hours."""
    sent = await sent_form(request)
    reading = Reading(sent, visit.timezone, visit.currency)
    name, hours = reading.text("name", longest=80), read_hours(reading)
    if reading.errors:
        return await _store(visit, context, sent=sent, errors=reading.errors)
    noted = entry(visit, Deed.STORE_SAVED, at=context.system_now(), subject=name)
    await context.write(
        Priority.APP, audited, entry=noted, act=save_profile, name=name, hours=hours
    )
    return seen_other("/settings")


@router.get("/settings/privacy")
async def show_privacy(visit: Visitor, context: Context) -> Response:
    """What is kept of whom, how long, and who may look."""
    return visit.page("settings_privacy.html", privacy=context.settings.privacy)


@router.get("/settings/languages")
async def show_languages(visit: Visitor, context: Context) -> Response:
    """The languages of the console and of offers."""
    offers = context.rooms.live.catalogue.offers.values()
    spoken = {
        name: sum(1 for one in offers if one.creative_in(name) is not None) for name in OWN_NAMES
    }
    return visit.page(
        "settings_languages.html",
        spoken=spoken,
        offers=len(offers),
        default=context.rooms.policy.default_language,
    )


@router.post("/settings/language")
async def set_language(visit: Visitor, request: Request, context: Context) -> Response:
    """Speak another language to this user, here and wherever they log in."""
    language = (await sent_form(request)).text("language", longest=8)
    if language not in OWN_NAMES:
        raise Unprocessable(f"language must be one of {', '.join(OWN_NAMES)}", code="bad_language")
    await context.write(Priority.APP, choose_language, name=visit.caller.name, language=language)
    answer = seen_other("/settings/languages")
    answer.set_cookie(LANGUAGE_COOKIE, language, path="/", samesite="strict", max_age=A_YEAR_S)
    return answer


@router.get("/settings/system")
async def show_system(visit: Visitor, context: Context) -> Response:
    """How the server is set up, how it does, and the kill switch."""
    return await _system(visit, context)


@router.post("/settings/system/kill-switch")
async def set_kill_switch(visit: Visitor, request: Request, context: Context) -> Response:
    """Silence the store, or let it speak again."""
    form = await sent_form(request)
    is_on, note = form.text("is_on") == "yes", form.text("note", longest=400)
    noted = entry(
        visit,
        Deed.KILL_SWITCH,
        at=context.system_now(),
        subject="on" if is_on else "off",
        reason=note[:200],
    )
    try:
        await context.write(
            Priority.APP, audited, entry=noted, act=move_kill_switch, is_on=is_on, note=note
        )
    except Refusal as refusal:
        return await _system(visit, context, refusal=refusal, note=note)
    return seen_other("/settings/system")


async def _store(
    visit: Visit,
    context: ServerContext,
    *,
    sent: Sent | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    store = await context.read(show_store)
    if sent is None and store is not None:
        hours = {"opens": f"{store.opens:%H:%M}", "closes": f"{store.closes:%H:%M}"}
        sent = Sent({name: (text,) for name, text in {"name": store.name, **hours}.items()})
    return visit.page(
        "settings_store.html",
        status=422 if errors else 200,
        store=store,
        sent=sent,
        errors=errors or {},
        rules=context.settings.decisions,
        zone_kinds=ZONE_KIND_TEXTS,
        channel_texts=CHANNEL_TEXTS,
    )


async def _system(
    visit: Visit, context: ServerContext, *, refusal: Refusal | None = None, note: str = ""
) -> Response:
    return visit.page(
        "settings_system.html",
        status=refusal.http_status if refusal else 200,
        progress=await context.read(show_progress),
        settings=context.settings,
        database=context.settings.database_url.partition(":")[0].partition("+")[0],
        refusal=refusal,
        note=note,
    )
