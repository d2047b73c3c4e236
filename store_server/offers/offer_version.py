"""Which wording and terms of an offer somebody was promised: a name that follows from them."""

import json

from store_server.ids import natural_id
from store_server.offers.document import write_offer
from store_server.offers.offer import Offer

_CHARACTERS = 12


def version_of(offer: Offer) -> str:
    """12 characters that two versions of an offer share only when nothing promised differs."""
    promised = {key: one for key, one in write_offer(offer).items() if key != "tags"}
    written = json.dumps(promised, sort_keys=True)
    return natural_id("offer version", offer.id, written)[:_CHARACTERS]
