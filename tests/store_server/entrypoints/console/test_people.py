"""People, keys and the audit log: what is shown once, what is kept, and who did it."""

import re
from datetime import timedelta

from store_server.entrypoints.console.cursor import read_cursor
from tests.store_server.entrypoints.web_builders import OWN_PAGE, WebStore

LINK = re.compile(r"http://testserver(/login/bl_[\w-]+)")


def test_somebody_new_comes_in_by_the_link_that_an_admin_was_shown(web: WebStore) -> None:
    admin, new = web.manager(), web.client()
    new.headers.update(OWN_PAGE)

    page = admin.post("/settings/people/invitations", data={"name": "eva", "role": "analyst"}).text
    link = LINK.findall(page)[0]
    new.post(link, data={"password": "a long enough password"})

    assert new.get("/").status_code == 200
    assert new.get("/settings/people").status_code == 403
    assert not LINK.search(admin.get("/settings/people").text)


def test_a_name_that_cannot_be_is_refused_and_stays_in_the_form(web: WebStore) -> None:
    answer = web.manager().post(
        "/settings/people/invitations", data={"name": "Eva <b>", "role": "analyst"}
    )

    assert answer.status_code == 422
    assert 'value="Eva &lt;b&gt;"' in answer.text
    assert 'role="alert"' in answer.text


def test_a_key_is_shown_once_works_and_ends(web: WebStore) -> None:
    admin = web.manager()

    page = admin.post("/settings/keys", data={"name": "till 4", "scope": "till"}).text
    token = re.findall(r"bk_[\w-]{40,}", page)[0]
    held = web.client(token=token)
    before = held.post("/v1/till/baskets", json={}).status_code
    admin.post("/settings/keys/revocations", data={"name": "till 4"})

    assert (before, held.post("/v1/till/baskets", json={}).status_code) == (422, 401)
    assert token not in admin.get("/settings/keys").text


def test_when_a_key_was_used_last_is_shown(web: WebStore) -> None:
    admin = web.manager()
    never = admin.get("/settings/keys").text.count("never")
    web.client("backend").get("/v1/webhook-endpoints")

    # Written by the writer's thread; the next write comes after it.
    admin.post("/settings/language", data={"language": "en"})

    assert admin.get("/settings/keys").text.count("never") == never - 1


def test_the_secret_of_a_webhook_is_shown_once(web: WebStore) -> None:
    admin = web.manager()

    page = admin.post("/settings/webhooks", data={"url": "https://app.example.com/hooks"}).text

    assert len(re.findall(r"whsec_[\w+/=]+", page)) == 1
    assert "whsec_" not in admin.get("/settings/webhooks").text
    assert "app.example.com" in admin.get("/settings/webhooks").text


def test_every_deed_is_in_the_audit_log(web: WebStore) -> None:
    admin = web.manager()
    admin.post("/settings/keys", data={"name": "till 4", "scope": "till"})
    web.later(timedelta(minutes=1))
    admin.post("/settings/system/kill-switch", data={"is_on": "yes", "note": "wrong price"})

    page = admin.get("/activity/audit").text

    deeds = re.findall(r"<td[^>]*>(Logged in|Made a key|Moved the kill switch)</td>", page)
    assert deeds[0] == "Moved the kill switch"
    assert set(deeds) == {"Moved the kill switch", "Made a key", "Logged in"}
    assert "wrong price" in page


def test_a_refused_deed_leaves_no_entry(web: WebStore) -> None:
    admin = web.manager()

    admin.post("/settings/keys", data={"name": "", "scope": "till"})

    assert "Made a key" not in admin.get("/activity/audit").text


def test_the_log_goes_on_page_by_page(web: WebStore) -> None:
    admin = web.manager()
    for number in range(60):
        admin.post("/settings/keys", data={"name": f"key {number:02}", "scope": "till"})

    first = admin.get("/activity/audit").text
    older = re.findall(r'href="(/activity/audit\?before=[^"]+)"', first)[0]
    second = admin.get(older).text

    named = [re.findall(r">key (\d\d)<", page) for page in (first, second)]
    assert min(len(named[0]), len(named[1])) >= 10
    assert sorted(named[0] + named[1]) == [f"{number:02}" for number in range(60)]
    assert read_cursor(older.partition("before=")[2]) is not None


def test_a_place_in_a_list_that_is_none_is_refused_on_a_page(web: WebStore) -> None:
    manager = web.manager()

    for cursor in ("nonsense", "9" * 40 + ".a", "1.\x00"):
        answer = manager.get("/activity/audit", params={"before": cursor})
        assert answer.status_code == 422, cursor
        assert "Begin at the newest" in answer.text
