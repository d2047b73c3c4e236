"""What is sent and answered about merges of shoppers."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, ShopperName


class MergeBody(Body):
    """Who turned out to be the shopper of the address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"absorbed_id": "s-2077"}]})

    absorbed_id: ShopperName


class MergeAnswer(Answer):
    """A merge; `split_at` null while it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "merge_id": "kvprs7ckpx4m73t5lobum6wut4",
                    "kept_id": "s-1042",
                    "absorbed_id": "s-2077",
                    "merged_at": "2026-03-02T09:30:00Z",
                    "split_at": None,
                }
            ]
        }
    )

    merge_id: str
    kept_id: str
    absorbed_id: str
    merged_at: At
    split_at: At | None


class MergeListAnswer(Answer):
    """Every merge that a shopper took part in, the newest first."""

    merges: list[MergeAnswer]
