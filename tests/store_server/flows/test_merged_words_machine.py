"""Whatever names a person has had, and whatever was said under them: nothing goes out against a no.

The checker knows no ledger and no merge rule. It keeps what was said, and by whom it was meant:

- a no is meant by everybody who was one person then, and stands for each of them when they are two;
- a yes is meant by them as long as they are one, after a split by the one who was kept alone;
- a no of anybody who is one person now stands until they say yes as that person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from store_server.database import unit_of_work
from store_server.flows.keep_contact import record_channel_consent, save_contact
from store_server.flows.merge_shoppers import merge_shoppers, split_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.unsubscribe import unsubscribe, unsubscribe_url
from store_server.ids import ShopperId
from store_server.outbox.attempt import Claim
from store_server.outbox.notification import Channel
from store_server.shoppers.consent import Purpose
from store_server.shoppers.contact import ContactChannel
from tests.store_server.flows.contact_builders import ALL_CHANNELS, claimed, queue
from tests.store_server.machine_database import unflushed_copy
from tests.store_server.outbox.builders import NOON, know, run, some_rooms

EMAIL = ContactChannel.EMAIL
WORDS = {"source": "app", "text_version": "1"}
NAMES = tuple(map(ShopperId, ("ann", "bob", "cy")))
NAME = st.sampled_from(NAMES)
TOPIC = st.sampled_from(["offers", "email"])


@dataclass
class Said:
    """One word: on what, when, of whom, and who spoke for them."""

    topic: str
    granted: bool
    place: int
    of: set[ShopperId]
    by: ShopperId


class Words(RuleBasedStateMachine):
    """Three shoppers who turn out to be one or two, and say yes and no under any of their names."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.database = unflushed_copy(self.template)
        self.rooms = some_rooms()
        self.rooms.channels = ALL_CHANNELS
        self.step = 0
        self.people = {name: name for name in NAMES}
        self.merges: list[tuple[str, dict[ShopperId, ShopperId], set[ShopperId]]] = []
        self.said: list[Said] = []
        self.flying: list[Claim] = []
        with unit_of_work(self.database.write, self.rooms.live) as uow:
            know(uow, shoppers=dict.fromkeys(NAMES), purposes=())
        run(self.database, self.rooms, register_endpoint, url="https://app.example/")
        for name in NAMES:
            address = f"{name}@shop.example"
            told = {"shopper": name, "channel": EMAIL, "address": address}
            run(self.database, self.rooms, save_contact, **told)  # type: ignore[arg-type] # passed on

    @initialize(silent=st.sets(NAME, max_size=1))
    def agree(self, silent: set[ShopperId]) -> None:
        """Most agree to everything: then it is the noes that matter."""
        for name in NAMES:
            if name not in silent:
                self.say(name, "offers", granted=True)
                self.say(name, "email", granted=True)

    @rule(name=NAME, topic=TOPIC, granted=st.booleans())
    def say(self, name: ShopperId, topic: str, *, granted: bool) -> None:
        """Somebody says yes or no, under whatever name."""
        word = {"shopper": name, "granted": granted, **WORDS}
        now = self._next()
        if topic == "offers":
            word["purpose"] = Purpose.OFFERS
            run(self.database, self.rooms, record_consent, now=now, **word)
        else:
            word["channel"] = EMAIL
            run(self.database, self.rooms, record_channel_consent, now=now, **word)
        self._note(name, topic, granted=granted)

    @rule(name=NAME)
    def click(self, name: ShopperId) -> None:
        """Somebody follows the link in an e-mail of whenever."""
        token = unsubscribe_url(self.rooms, name, EMAIL).rpartition("/")[2]
        run(self.database, self.rooms, unsubscribe, now=self._next(), token=token)
        self._note(name, "email", granted=False)

    @rule(kept=NAME, absorbed=NAME)
    def merge(self, kept: ShopperId, absorbed: ShopperId) -> None:
        """Two turn out to be one."""
        if kept == absorbed or {self.people[kept], self.people[absorbed]} != {kept, absorbed}:
            return
        pair = {"kept": kept, "absorbed": absorbed}
        done = run(self.database, self.rooms, merge_shoppers, now=self._next(), **pair)
        gone = {name for name, now in self.people.items() if now == absorbed}
        self.merges.append((done.id, dict(self.people), gone))
        self.people |= dict.fromkeys(gone, kept)

    @rule()
    def split(self) -> None:
        """The last merge is taken back."""
        if not self.merges:
            return
        merge_id, before, gone = self.merges.pop()
        run(self.database, self.rooms, split_shoppers, now=self._next(), merge_id=merge_id)
        self.people = before
        for word in self.said:
            if word.granted and word.by not in gone:
                word.of -= gone

    @rule(name=NAME, way=st.sampled_from(["email", "webhook"]))
    def offer(self, name: ShopperId, way: Channel) -> None:
        """Something is to be sent."""
        if self.people[name] == name:
            now = self._next()
            queue(self.database, self.rooms, way, first=self.step, shopper=name, at=now)

    @rule(fresh=st.booleans())
    def claim(self, *, fresh: bool) -> None:
        """A delivery thread takes what is due, also what has just been decided about everybody."""
        for name in NAMES if fresh else ():
            self.offer(name, "email")
            self.offer(name, "webhook")
        found = claimed(self.database, self.rooms, after=self._next() - NOON)
        for one in found:
            assert '"consent.changed"' in one.body or not self._forbidden(one), self.said
        self.flying += [one for one in found if '"consent.changed"' not in one.body]

    @rule()
    def leave(self) -> None:
        """What was taken leaves, as far as nobody called it back."""
        taken, self.flying = self.flying, []
        for one in taken:
            flight = self.rooms.flights.begin(one.shopper, ticket=one.ticket)
            if flight is not None:
                assert not self._forbidden(one), self.said
                self.rooms.flights.end(flight)

    def teardown(self) -> None:
        """Close the database."""
        self.database.close()

    def _forbidden(self, claim: Claim) -> bool:
        topics = ("offers", "email") if claim.endpoint == "email" else ("offers",)
        return any(self.forbids(claim.shopper, topic) for topic in topics)

    def forbids(self, shopper: ShopperId, topic: str) -> bool:
        """Whether the person that goes by this name must not be told."""
        person = {name for name, now in self.people.items() if now == self.people[shopper]}
        words = [word for word in self.said if word.topic == topic and word.of & person]
        yeses = [word for word in words if word.granted]
        return not yeses or any(
            not any(yes.place > no.place and name in yes.of for yes in yeses)
            for no in words
            if not no.granted
            for name in no.of & person
        )

    def _note(self, name: ShopperId, topic: str, *, granted: bool) -> None:
        current = self.people[name]
        whose = {one for one, now in self.people.items() if now == current}
        self.said.append(Said(topic, granted, self.step, whose, current))

    def _next(self) -> datetime:
        self.step += 1
        return NOON + timedelta(seconds=self.step)


def these(template: Path) -> type[Words]:
    made: type[Words] = type("TheseWords", (Words,), {"template": template})
    return made


def test_no_order_of_words_and_merges_sends_against_a_no(sqlite_template: Path) -> None:
    few = settings(max_examples=15, stateful_step_count=25, deadline=None)

    run_state_machine_as_test(these(sqlite_template), settings=few)


def test_what_everybody_agrees_to_is_sent_under_every_name(sqlite_template: Path) -> None:
    """The machine is not right by sending nothing."""
    words = these(sqlite_template)()
    for name in NAMES:
        words.say(name, "offers", granted=True)
        words.say(name, "email", granted=True)
    words.offer(NAMES[0], "email")
    words.offer(NAMES[1], "webhook")
    words.merge(NAMES[2], NAMES[0])
    words.merge(NAMES[2], NAMES[1])

    words.claim(fresh=False)

    assert sorted(one.shopper for one in words.flying) == ["ann", "bob"]
    words.click(NAMES[0])
    assert words.forbids(NAMES[2], "email")
    words.teardown()
