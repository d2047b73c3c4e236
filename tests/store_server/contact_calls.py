"""Calls of the repository of contacts: see `repository_calls.py`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from store_server.shoppers.contact import ChannelWord, Contact, ContactChannel, ContactState
from tests.store_server.offers.builders import NOON

Call = Callable[[Any], object]
ANN: Any = "ann"
NAMES = {"ann": ANN}
EMAIL = ContactChannel.EMAIL
LATER = NOON + timedelta(days=9)

CONTACT_READS: dict[str, Call] = {
    "ContactRepository.of": lambda r: r.of(ANN),
    "ContactRepository.opened": lambda r: r.opened(ANN),
    "ContactRepository.addresses": lambda r: r.addresses(NAMES, EMAIL),
    "ContactRepository.usable": lambda r: r.usable(NAMES),
    "ContactRepository.words": lambda r: r.words(ANN),
    "ContactRepository.words_of": lambda r: r.words_of([ANN]),
}
CONTACT_WRITES: dict[str, Call] = {
    "ContactRepository.save": lambda r: r.save(
        Contact(ANN, EMAIL, ContactState.USABLE, "n***@x.example", LATER),
        address="new@x.example",
    ),
    "ContactRepository.remove": lambda r: r.remove(ANN, EMAIL),
    "ContactRepository.mark_bounced": lambda r: r.mark_bounced(ANN, EMAIL, at=LATER),
    "ContactRepository.say": lambda r: r.say(
        ChannelWord(ANN, EMAIL, False, LATER, "app", "2"), recorded_at=LATER
    ),
}
