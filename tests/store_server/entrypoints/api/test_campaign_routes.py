"""A campaign on its way by the API: checklist, moves, versions, and who did what."""

from tests.store_server.entrypoints.web_builders import WebStore

DAIRY = {
    "name": "Dairy hour",
    "offers": ["rye"],
    "trigger": {"kind": "zone_dwell", "zone": "dairy", "dwell_s": 30},
    "goal": "margin",
    "smallest_effect_bp": 200,
    "ends_at": "2027-01-01T00:00:00Z",
}
ADDRESS = "/v1/campaigns/dairy-hour"


def move(web: WebStore, name: str, **more: str) -> dict[str, object]:
    answer = web.client("ops").post(f"{ADDRESS}/moves", json={"move": name, **more})
    return {"status": answer.status_code, **answer.json()}


def test_a_draft_goes_live_by_review_and_its_history_says_who(web: WebStore) -> None:
    ops = web.client("ops")
    assert ops.put(ADDRESS, json=DAIRY).json()["state"] == "draft"

    states = [move(web, name)["state"] for name in ("submit", "approve", "pause", "resume")]

    assert states == ["in_review", "live", "paused", "live"]
    events = ops.get(f"{ADDRESS}/events").json()["events"]
    assert [(one["action"], one["by"]) for one in events][:4] == [
        ("saved", "ops"),
        ("submit", "ops"),
        ("approve", "ops"),
        ("start", "clock"),
    ]


def test_the_checklist_says_what_is_missing_and_the_move_is_refused(web: WebStore) -> None:
    ops = web.client("ops")
    ops.put(ADDRESS, json={**DAIRY, "goal": None})

    found = ops.get(f"{ADDRESS}/checklist").json()
    refused = move(web, "submit")

    failed = [one["name"] for one in found["items"] if one["required"] and not one["passed"]]
    assert (found["is_ready"], failed) == (False, ["goal"])
    assert (refused["status"], refused["code"]) == (422, "checklist")
    assert "goal is missing" in str(refused["detail"])


def test_an_illegal_move_is_a_conflict_that_names_the_legal_ones(web: WebStore) -> None:
    web.client("ops").put(ADDRESS, json=DAIRY)

    refused = move(web, "resume")

    assert (refused["status"], refused["code"]) == (409, "illegal_move")
    assert web.client("ops").get(ADDRESS).json()["moves"] == ["submit"]


def test_versions_are_listed_and_compared(web: WebStore) -> None:
    ops = web.client("ops")
    ops.put(ADDRESS, json=DAIRY)
    ops.put(ADDRESS, json={**DAIRY, "cap_per_day": 2})

    versions = ops.get(f"{ADDRESS}/versions").json()["versions"]
    found = ops.get(f"{ADDRESS}/difference?before=1&after=2").json()["differences"]

    assert [one["campaign"]["version"] for one in versions] == [1, 2]
    assert found == [{"field": "cap_per_day", "before": 1, "after": 2}]
    assert ops.get(f"{ADDRESS}/difference?before=1&after=9").json()["code"] == "unknown_version"


def test_a_manager_moves_under_their_own_name_and_a_till_may_not(web: WebStore) -> None:
    web.client("ops").put(ADDRESS, json=DAIRY)

    moved = web.manager().post(f"{ADDRESS}/moves", json={"move": "submit", "note": "ready"})
    refused = web.client("till").post(f"{ADDRESS}/moves", json={"move": "approve"})

    last = web.client("ops").get(f"{ADDRESS}/events").json()["events"][-1]
    assert (moved.status_code, refused.status_code) == (200, 403)
    assert (last["by"], last["note"]) == ("manager", "ready")


def test_an_unknown_campaign_is_not_found(web: WebStore) -> None:
    for part in ("", "/checklist", "/versions", "/events", "/difference?before=1&after=2"):
        answer = web.client("ops").get(f"/v1/campaigns/nosuch{part}")

        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_campaign")


def test_a_dry_run_tells_what_a_draft_would_have_done(web: WebStore) -> None:
    web.client("ops").put(ADDRESS, json=DAIRY)
    period = {"since": "2026-03-03T00:00:00Z", "until": "2026-03-04T00:00:00Z"}

    told = web.client("ops").post(f"{ADDRESS}/dry-run", json=period)
    ahead = web.client("ops").post(
        f"{ADDRESS}/dry-run", json={**period, "until": "2030-01-01T00:00:00Z"}
    )

    assert (told.status_code, told.json()["asked"], told.json()["is_cut"]) == (200, 0, False)
    assert (ahead.status_code, ahead.json()["code"]) == (422, "bad_period")


def test_budgets_are_listed_with_what_is_used_of_them(web: WebStore) -> None:
    ops = web.client("ops")
    ops.put(ADDRESS, json={**DAIRY, "budget_minor": 500})

    (budget,) = ops.get("/v1/budgets").json()["budgets"]

    assert (budget["kind"], budget["name"], budget["limit_minor"]) == (
        "campaign",
        "dairy-hour",
        500,
    )
    assert budget["used"]["reserved_minor"] == 0
