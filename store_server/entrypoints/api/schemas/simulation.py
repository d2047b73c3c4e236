"""Bodies of the simulator's own door."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer


class WalkAnswer(Answer):
    """One shopper who is walked by hand; without a place the shopper stands outside."""

    shopper_id: str
    x_m: float | None
    y_m: float | None


class WalksAnswer(Answer):
    """All of them; ask again with this `revision`. Who is missing has left."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "revision": 7,
                    "walks": [{"shopper_id": "simulated:7kq2m4ax", "x_m": 12.5, "y_m": 4.0}],
                }
            ]
        }
    )

    revision: int
    walks: list[WalkAnswer]
