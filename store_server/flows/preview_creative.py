"""Flow (read): a creative as a sample of shoppers would read it, before anybody does.

The sample is fair and each time the same (by random bucket), and it always has one more reader of
whom nothing is known: whoever does not agree to `profile` reads the text so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.offer_words import attributes_for
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId, ShopperId
from store_server.offers.banned_words import banned_words
from store_server.offers.channel import FORMS, ReadingChannel
from store_server.offers.creative import Creative, render, split_key
from store_server.offers.document import read_creative
from store_server.offers.liquid_text import TemplateRefused, Value
from store_server.offers.offer import Offer
from store_server.outbox.notification import offer_values
from store_server.shoppers.repository import ShopperRepository

SAMPLE = 20
SAMPLE_MOST = 200

Reader = tuple[ShopperId | None, Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What one shopper would read; `shopper` None: one of whom nothing is known.

    error: why it cannot be said, then title and body are empty. banned: the words of the list.
    """

    shopper: ShopperId | None
    title: str
    body: str
    is_cut: bool
    banned: tuple[str, ...]
    error: str | None

    @property
    def stops(self) -> bool:
        """Whether this alone keeps a campaign from going live."""
        return self.error is not None or bool(self.banned)


@dataclass(frozen=True, slots=True)
class CreativePreview:
    """The lines of the sample, and what is wrong, each once."""

    offer: OfferId
    channel: ReadingChannel
    lines: tuple[PreviewLine, ...]
    problems: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether a campaign may go live with it."""
        return not any(line.stops for line in self.lines)


def preview_creative(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    offer_id: str,
    language: str,
    channel: ReadingChannel = ReadingChannel.PUSH,
    document: Mapping[str, object] | None = None,
    sample: int = SAMPLE,
) -> CreativePreview:
    """The creative as `sample` shoppers would read it.

    Args:
        uow: the read transaction.
        rooms: the store.
        now: whose consent stands is asked at this instant.
        offer_id: whose name and value fill it.
        language: which of the offer's creatives, when no document is given.
        channel: where it is read.
        document: a creative as in a seed file (title, body, wording); None = the offer's own.
        sample: 1..200 shoppers.

    Raises:
        NotFound: there is no such offer.
        Unprocessable: the document is no creative, or the offer has none in the language.
    """
    if not 1 <= sample <= SAMPLE_MOST:
        raise Unprocessable(f"sample is {sample}; must be 1..{SAMPLE_MOST}", code="bad_sample")
    offer = uow.live.catalogue.offers.get(OfferId(offer_id))
    if offer is None:
        raise NotFound(f"there is no offer {offer_id[:64]!r}", code="unknown_offer")
    own = offer.creative_in(language, channel)
    creative = own if document is None else read_creative(document)
    if creative is None:
        raise Unprocessable(
            f"offer {offer.id} has no creative in {language!r}; it has {sorted(offer.creatives)}",
            code="no_creative",
        )
    readers = _readers(uow, rooms, now=now, sample=sample)
    return _preview(uow.live, rooms, offer=offer, creative=creative, where=(channel, readers))


def require_words(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, offers: Iterable[Offer]
) -> None:
    """Nothing when every creative of these offers can be read by everybody in the sample.

    Raises:
        Unprocessable: one cannot be filled for somebody, or says a banned word.
    """
    for where, found in preview_offers(uow, rooms, now=now, offers=offers):
        if not found.is_ready:
            stopped = sum(line.stops for line in found.lines)
            raise Unprocessable(
                f"{where}: {found.problems[0]} "
                f"({stopped} of {len(found.lines)} readers); mend it before it goes live",
                code="bad_words",
            )


def preview_offers(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, offers: Iterable[Offer]
) -> list[tuple[str, CreativePreview]]:
    """Every creative of these offers as the sample would read it, each with where it stands."""
    readers = _readers(uow, rooms, now=now, sample=SAMPLE)
    return [
        (
            f"offer {offer.id}: creatives.{key}",
            _preview(
                uow.live,
                rooms,
                offer=offer,
                creative=creative,
                where=(split_key(key).channel or ReadingChannel.PUSH, readers),
            ),
        )
        for offer in offers
        for key, creative in offer.creatives.items()
    ]


def _readers(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, sample: int
) -> list[Reader]:
    shoppers = ShopperRepository(uow.session, rooms.scope).sample(sample)
    known = attributes_for(uow, rooms, now=now, shoppers=shoppers)
    return [*((one, known.get(one, {})) for one in shoppers), (None, {})]


def _preview(
    live: StoreLive,
    rooms: StoreRooms,
    *,
    offer: Offer,
    creative: Creative,
    where: tuple[ReadingChannel, list[Reader]],
) -> CreativePreview:
    channel, readers = where
    # The longest zone name is the one that may not fit.
    zone = max((one.name for one in live.plan.zones), key=len, default="")
    values = offer_values(offer, rooms.policy.currency, zone)
    banned = banned_words(rooms.policy.banned_words)
    lines = []
    for shopper, attributes in readers:
        try:
            said = render(creative, values, shopper=attributes, form=FORMS[channel])
        except TemplateRefused as refused:
            lines.append(PreviewLine(shopper, "", "", False, (), str(refused)))
            continue
        words = tuple(banned.found_in(f"{said.title} {said.body}"))
        lines.append(PreviewLine(shopper, said.title, said.body, said.is_cut, words, None))
    problems = dict.fromkeys(text for line in lines for text in _problems(line, channel))
    return CreativePreview(offer.id, channel, tuple(lines), tuple(problems))


def _problems(line: PreviewLine, channel: ReadingChannel) -> Iterable[str]:
    """What stops it first, then what is only cut."""
    if line.error is not None:
        yield line.error
    yield from (f"says {word!r}, which is banned" for word in line.banned)
    if line.is_cut:
        form = FORMS[channel]
        yield f"is cut: {channel} shows {form.title_limit} and {form.body_limit} characters"
