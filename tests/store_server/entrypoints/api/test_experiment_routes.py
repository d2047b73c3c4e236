"""An experiment by the API: every mistake at once, audited, measured."""

from typing import Any

from tests.store_server.entrypoints.web_builders import WebStore

WHERE = {
    "name": "Where it is read",
    "campaigns": ["bakery"],
    "varies": [
        {"factor": "channel", "levels": [{"name": "push"}, {"name": "inbox", "value": "app"}]}
    ],
    "ends_at": "2027-01-01T00:00:00Z",
}
ADDRESS = "/v1/experiments/where"


def begun(web: WebStore) -> dict[str, Any]:
    ops = web.client("ops")
    assert ops.put(ADDRESS, json=WHERE).status_code == 200
    answer = ops.post(f"{ADDRESS}/start")
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_draft_is_started_reweighted_stopped_and_listed(web: WebStore) -> None:
    ops = web.client("ops")

    started = begun(web)
    changed = ops.post(f"{ADDRESS}/weights", json={"weights": [[1, 3]]}).json()
    stopped = ops.post(f"{ADDRESS}/stop").json()

    assert (started["state"], started["arms"]) == ("running", ["push", "inbox"])
    assert changed["phases"][-1]["weights"] == changed["weights"] == [[1, 3]]
    assert (stopped["state"], ops.get(ADDRESS).json()) == ("stopped", stopped)
    assert ops.get("/v1/experiments").json() == {"experiments": [stopped]}


def test_every_mistake_is_told_at_once_by_its_place(web: WebStore) -> None:
    bad = {**WHERE, "campaigns": ["bakery", "gone"], "weights": [[0, 1]]}

    refused = web.client("ops").put(ADDRESS, json=bad)

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_experiment")
    assert [one["where"] for one in refused.json()["errors"]] == [
        "body.campaigns.1",
        "body.weights.0",
    ]


def test_a_result_says_how_long_it_needs_and_a_draft_has_none(web: WebStore) -> None:
    ops = web.client("ops")
    ops.put(ADDRESS, json=WHERE)
    draft = ops.get(f"{ADDRESS}/results")
    ops.post(f"{ADDRESS}/start")

    found = ops.get(f"{ADDRESS}/results", params={"language": "es"}).json()

    assert (draft.status_code, draft.json()["code"]) == (409, "experiment_draft")
    assert (found["finding"], found["ratio_p"]) == ("too_few", 1.0)
    assert found["verdict"].startswith("Aún no hay hogares suficientes")
    assert [one["level"] for one in found["comparisons"]] == ["inbox"]
    assert found["power_sentence"].endswith("efecto mayor.")


def test_deeds_are_audited_under_the_name_of_who_did_them(web: WebStore) -> None:
    begun(web)

    manager = web.manager()
    stopped = manager.post(f"{ADDRESS}/stop")

    page = manager.get("/activity/audit").text
    assert stopped.status_code == 200
    for text in ("Saved an experiment", "Started an experiment", "Stopped an experiment"):
        assert text in page


def test_a_till_may_not_look_and_an_unknown_one_is_not_there(web: WebStore) -> None:
    assert web.client("till").get("/v1/experiments").status_code == 403
    gone = web.client("ops").post("/v1/experiments/gone/start")

    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_experiment")
