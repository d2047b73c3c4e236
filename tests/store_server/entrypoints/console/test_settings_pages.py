"""Settings of the store: its name and hours change here, and count from the next decision on."""

from datetime import time

from tests.store_server.entrypoints.web_builders import WebStore

FORM = {"name": "Acme by the river", "opens": "07:30", "closes": "24:00"}


def test_name_and_hours_change_at_once_and_it_is_written_down(web: WebStore) -> None:
    browser = web.manager()

    page = browser.post("/settings/store", data=FORM).text

    assert web.context.rooms.policy.hours == (time(7, 30), time(0))
    assert web.context.rooms.policy.currency == "EUR"
    assert web.context.rooms.live.plan.name == "Acme by the river"
    assert 'value="07:30"' in page
    assert "Acme by the river" in browser.get("/activity/audit").text


def test_every_mistake_is_told_at_once_and_nothing_changes(web: WebStore) -> None:
    answer = web.manager().post("/settings/store", data={"name": "", "opens": "7", "closes": ""})

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert web.context.rooms.live.plan.name == "Demo supermarket"
