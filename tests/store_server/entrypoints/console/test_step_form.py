"""The form says the step that a campaign has, and every mistake of it beside its field."""

from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.step_form import read_step_form, step_fields
from store_server.offers.step_document import write_step
from tests.store_server.flows.wait_builders import CALL, a_journey, a_step

OFFERS = ["rye", "milk"]


def test_what_a_campaign_says_the_form_says_again() -> None:
    for step in (a_step(), a_step(on_timeout=CALL), a_step(for_s=None, at_minute=18 * 60)):
        campaign, errors = a_journey(step=step), dict[str, str]()

        again = read_step_form(Sent(step_fields(campaign)), OFFERS, errors, campaign)

        assert (again, errors) == (write_step(step), {})


def test_a_campaign_that_does_not_wait_has_no_step() -> None:
    assert read_step_form(Sent({}), OFFERS, {}, None) is None


def test_every_mistake_stands_beside_its_field() -> None:
    sent = {
        "waits": "yes",
        "step_event": "app_event",
        "step_minutes": "soon",
        "step_at": "25:00",
        "step_timeout_do": "staff",
    }
    errors = dict[str, str]()

    read_step_form(Sent({name: (value,) for name, value in sent.items()}), OFFERS, errors, None)

    assert set(errors) == {"step_named", "step_minutes", "step_at", "step_timeout_message"}
