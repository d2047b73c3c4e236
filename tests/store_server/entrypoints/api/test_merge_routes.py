"""Merging shoppers over HTTP, and taking it back."""

from tests.store_server.entrypoints.web_builders import WebStore


def test_a_merge_is_made_listed_and_taken_back(web: WebStore) -> None:
    backend = web.client("backend")
    for name in ("s-1", "s-2"):
        backend.put(f"/v1/shoppers/{name}", json={})

    merge = backend.post("/v1/shoppers/s-1/merges", json={"absorbed_id": "s-2"}).json()
    listed = backend.get("/v1/shoppers/s-2/merges").json()["merges"]
    split = backend.delete(f"/v1/merges/{merge['merge_id']}").json()

    assert (merge["kept_id"], merge["absorbed_id"], merge["split_at"]) == ("s-1", "s-2", None)
    assert listed == [merge]
    assert split["split_at"] is not None
    assert backend.get("/v1/shoppers/s-2/data").status_code == 200


def test_what_cannot_be_merged_says_why(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/s-1", json={})

    unknown = backend.post("/v1/shoppers/s-1/merges", json={"absorbed_id": "s-9"})
    same = backend.post("/v1/shoppers/s-1/merges", json={"absorbed_id": "s-1"})
    none = backend.delete("/v1/merges/none")

    assert [(one.status_code, one.json()["code"]) for one in (unknown, same, none)] == [
        (404, "unknown_shopper"),
        (422, "same_shopper"),
        (404, "unknown_merge"),
    ]
