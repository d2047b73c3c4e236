"""What every channel must do, asked of each of them against a real counterpart."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from store_server.ids import ShopperId
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, settlement_of
from store_server.outbox.flights import Flight
from store_server.outbox.notification import DeliveryState
from tests.store_server.outbox.builders import NOON, a_claim, minutes
from tests.store_server.outbox.counterparts import COUNTERPARTS, NAMES, Counterpart

ANN = ShopperId(NAMES[0])
FOR_GOOD = (Verdict.REFUSED, Verdict.CONTACT_GONE, Verdict.ENDPOINT_GONE)


@pytest.fixture(params=COUNTERPARTS)
def there(request: pytest.FixtureRequest) -> Iterator[Counterpart]:
    with COUNTERPARTS[request.param]() as counterpart:
        yield counterpart
        counterpart.channel.close()


def the_claim(there: Counterpart, *, words: str = "rye bread", address: str = "") -> Claim:
    data = {
        "notification_id": "notification-1",
        "shopper_id": ANN,
        "org": "acme",
        "store": "demo",
        "zone": "bakery",
        "title": words,
        "body": f"Take {words} home",
        "coupon_code": "ABCDEFG-HJKMNPQ-RSTVWXY",
        "expires_at": (NOON + minutes(2)).isoformat(),
    }
    body = json.dumps({"type": "offer.notification", "timestamp": "", "data": data})
    claim = a_claim(address=address or there.address, secrets=there.secrets, body=body)
    return replace(claim, shopper=ANN)


def sent(there: Counterpart, claim: Claim, flight: Flight | None = None) -> AttemptOutcome:
    return there.channel.send(claim, flight or Flight(ANN))


def test_what_is_taken_arrived_with_its_words(there: Counterpart) -> None:
    outcome = sent(there, the_claim(there))

    assert (outcome.verdict, outcome.error) == (Verdict.TAKEN, None)
    (got,) = there.got()
    assert "rye bread" in got.words


def test_a_no_for_good_is_told_from_one_that_may_pass(there: Counterpart) -> None:
    there.says("never")
    never = sent(there, the_claim(there))
    there.says("not now")
    later = sent(there, the_claim(there))

    assert never.verdict in FOR_GOOD
    assert later.verdict is Verdict.TRY_AGAIN
    claim = the_claim(there)
    after = [settlement_of(claim, o, now=NOON, now_system_ms=0).state for o in (never, later)]
    assert after == [DeliveryState.DEAD, DeliveryState.QUEUED]


def test_what_may_pass_expires_with_its_moment(there: Counterpart) -> None:
    there.says("not now")
    claim = the_claim(there)

    after = settlement_of(claim, sent(there, claim), now=claim.expires_at, now_system_ms=0)

    assert (after.state, after.reason) == (DeliveryState.EXPIRED, "moment_over")


def test_silence_has_its_time_and_may_pass(there: Counterpart) -> None:
    with there.hush(lambda: None) as address:
        outcome = sent(there, the_claim(there, address=address))

    assert (outcome.verdict, outcome.status) == (Verdict.TRY_AGAIN, None)
    assert "in time" in str(outcome.error)


def test_what_is_too_long_is_refused_and_not_sent(there: Counterpart) -> None:
    outcome = sent(there, the_claim(there, words="x" * (there.longest + 1)))

    assert outcome.verdict in FOR_GOOD
    assert there.got() == []


def test_what_was_revoked_before_it_begins_is_not_sent(there: Counterpart) -> None:
    flight = Flight(ANN)
    flight.recall()

    outcome = sent(there, the_claim(there), flight)

    assert outcome.verdict is Verdict.RECALLED
    assert there.got() == []


def test_what_is_revoked_while_it_waits_is_hung_up_on(there: Counterpart) -> None:
    flight = Flight(ANN)

    with there.hush(flight.recall) as address:
        outcome = sent(there, the_claim(there, address=address), flight)

    assert outcome.verdict is Verdict.RECALLED


def test_a_second_try_has_the_same_id(there: Counterpart) -> None:
    there.says("not now")
    claim = the_claim(there)
    sent(there, claim)

    sent(there, replace(claim, number=2))

    assert {one.id for one in there.got()} == {"notification-1"}
    assert len({one.words for one in there.got()}) == 1


def test_nothing_of_a_person_gets_into_log_or_outcome(
    there: Counterpart, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for answer in ("yes", "never", "not now"):
        there.says(answer)
        outcome = sent(there, the_claim(there))
        told += [str(outcome.error), outcome.body]
    with there.hush(lambda: None) as address:
        told.append(str(sent(there, the_claim(there, address=address)).error))

    # The mail server of the test keeps a log of its own.
    lines = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    text = "\n".join((*told, *lines))
    assert [one for one in there.hide if one in text] == []
