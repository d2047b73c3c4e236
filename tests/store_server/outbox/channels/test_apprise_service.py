"""Several services of apprise behind one channel: who is asked, and when no more."""

import threading
from collections.abc import Callable

import pytest

from store_server.errors import ConfigError
from store_server.outbox.attempt import AttemptOutcome, Verdict
from store_server.outbox.channels.apprise_service import AppriseChannel
from store_server.outbox.flights import Flight
from tests.store_server.outbox.builders import ANN, a_claim
from tests.store_server.outbox.counterparts import TIMEOUT_S, now_system_ms
from tests.store_server.outbox.receiver import Answer, a_receiver

BODY = (
    '{"data":{"org":"acme","store":"demo","title":"rye bread","body":"half price",'
    '"expires_at":"2026-03-04T12:02:00Z"}}'
)


class Services:
    """A service for each URL: what it does when it is asked, and who was asked."""

    def __init__(self, **does: Callable[[], bool]) -> None:
        self._does = does
        self.asked: list[str] = []
        self.given_s: set[float] = set()

    def open(self, url: str, timeout_s: float) -> "Service":
        self.given_s.add(timeout_s)
        return Service(self, url)

    def ask(self, url: str) -> bool:
        self.asked.append(url)
        return self._does[url]()


class Service:
    """One of them, as apprise has it."""

    def __init__(self, services: Services, url: str) -> None:
        self._services = services
        self._url = url

    def notify(self, body: str, title: str = "") -> bool:
        assert (body, title) == ("half price", "rye bread")
        return self._services.ask(self._url)


def sent(
    services: Services, *urls: str, to_all: bool = False, flight: Flight | None = None
) -> AttemptOutcome:
    channel = AppriseChannel(
        urls,
        now_system_ms=now_system_ms,
        timeout_s=TIMEOUT_S,
        to_all=to_all,
        open_service=services.open,
    )
    outcome = channel.send(a_claim(address="+34600123456", body=BODY), flight or Flight(ANN))
    channel.close()
    return outcome


def all_threads_rest() -> None:
    for one in threading.enumerate():
        if one.name.startswith("apprise"):
            one.join(10)


def yes() -> bool:
    return True


def no() -> bool:
    return False


def test_a_shopper_hears_it_by_the_first_service_that_takes_it() -> None:
    services = Services(a=no, b=yes, c=yes)

    outcome = sent(services, "a", "b", "c")

    assert outcome.verdict is Verdict.TAKEN
    assert services.asked == ["a", "b"]


def test_staff_hear_it_by_all_and_one_that_fails_repeats_nothing() -> None:
    services = Services(a=no, b=yes, c=yes)

    outcome = sent(services, "a", "b", "c", to_all=True)

    assert outcome.verdict is Verdict.TAKEN
    assert "2 of 3 services" in outcome.body
    assert sorted(services.asked) == ["a", "b", "c"]


@pytest.mark.parametrize(("to_all", "share"), [(False, 1 / 3), (True, 1.0)])
def test_a_silent_service_leaves_time_for_those_behind_it(*, to_all: bool, share: float) -> None:
    services = Services(a=no, b=no, c=no)

    sent(services, "a", "b", "c", to_all=to_all)

    assert services.given_s == {TIMEOUT_S * share}


def test_none_that_takes_it_is_tried_again() -> None:
    assert sent(Services(a=no, b=no), "a", "b").verdict is Verdict.TRY_AGAIN


def test_real_services_one_broken_and_one_that_refuses_for_good_are_tried_again() -> None:
    with a_receiver() as broken, a_receiver() as strict:
        broken.answers, strict.answers = [Answer(503)], [Answer(400)]
        urls = [one.url.replace("http:", "json:") for one in (broken, strict)]
        channel = AppriseChannel(urls, now_system_ms=now_system_ms, timeout_s=5)
        outcome = channel.send(a_claim(address="+34600123456", body=BODY), Flight(ANN))
        channel.close()

    assert (outcome.verdict, outcome.status) == (Verdict.TRY_AGAIN, 503)


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    let_go = threading.Event()
    services = Services(a=lambda: let_go.wait(10) and False, b=yes)

    outcome = sent(services, "a", "b")
    let_go.set()
    all_threads_rest()

    assert outcome.verdict is Verdict.TRY_AGAIN
    assert services.asked == ["a"]


def test_a_service_that_hangs_does_not_take_back_what_another_took() -> None:
    let_go = threading.Event()
    services = Services(a=lambda: let_go.wait(10), b=yes)

    outcome = sent(services, "a", "b", to_all=True)
    let_go.set()
    all_threads_rest()

    assert outcome.verdict is Verdict.TAKEN


def test_a_no_between_two_services_keeps_the_second_from_beginning() -> None:
    flight = Flight(ANN)

    def fail_and_recall() -> bool:
        flight.recall()
        return False

    services = Services(a=fail_and_recall, b=yes)

    outcome = sent(services, "a", "b", flight=flight)

    assert outcome.verdict is Verdict.RECALLED
    assert services.asked == ["a"]


def test_a_service_that_apprise_does_not_know_is_named_by_its_line() -> None:
    with pytest.raises(ConfigError, match="service 2: "):
        AppriseChannel(
            ["json://localhost/{to}", "no-such://x"], now_system_ms=now_system_ms, timeout_s=1
        )
