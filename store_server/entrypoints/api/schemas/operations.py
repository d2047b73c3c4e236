"""What an operator reads: progress, deliveries, the report, what was quarantined."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, Flag, Text200


class GatewayProgress(Answer):
    """How far one gateway's batches are taken."""

    online: bool
    spool_id: str | None
    through_seq: int
    last_sent_at_ms: int | None
    applied_batches: int
    duplicates: int
    quarantined: int


class CountsAnswer(Answer):
    """What was counted since the store's first day; further counts stand beside the named ones."""

    model_config = ConfigDict(frozen=True, extra="allow")

    decisions: dict[str, int]
    reasons: dict[str, int]


class KillSwitchBody(Body):
    """Whether the store is to be silent, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"on": True, "note": "wrong price on the bread"}]}
    )

    on: Flag
    note: Text200 = ""


class KillSwitchAnswer(Answer):
    """Where the switch stands; `since` null: it was never moved."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"on": True, "since": "2026-03-02T09:30:00Z", "note": "wrong price"}]
        }
    )

    on: bool
    since: At | None
    note: str


class ProgressAnswer(Answer):
    """How far the store has come."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event_now_ms": 1772443800000,
                    "clock": "event",
                    "gateways": {
                        "gw-1": {
                            "online": True,
                            "spool_id": "0123456789abcdef0123456789abcdef",
                            "through_seq": 1804,
                            "last_sent_at_ms": 1772443800000,
                            "applied_batches": 1804,
                            "duplicates": 0,
                            "quarantined": 0,
                        }
                    },
                    "pending_observations": 0,
                    "writer_waiting": 0,
                    "outbox": {"queued": 0, "sending": 0, "delivered": 12},
                    "counts": {
                        "sightings": 5210,
                        "decisions": {"offered": 12, "held_out": 2, "nothing": 31},
                        "reasons": {"cap_day": 9},
                    },
                    "kill_switch": {"on": False, "since": None, "note": ""},
                }
            ]
        }
    )

    event_now_ms: int
    clock: str
    gateways: dict[str, GatewayProgress]
    pending_observations: int
    writer_waiting: int
    outbox: dict[str, int]
    counts: CountsAnswer
    kill_switch: KillSwitchAnswer


class QuarantineEntryAnswer(Answer):
    """A message that was refused: where it came in, the hash of what it said, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "topic": "beaconry/v1/acme/demo/gw-1/up/sightings",
                    "payload_sha256": "9f86d081884c7d65...",
                    "size_bytes": 17,
                    "reason": "bad_payload",
                    "times": 2,
                    "first_at": "2026-03-02T09:30:00Z",
                    "last_at": "2026-03-02T09:30:01Z",
                }
            ]
        }
    )

    topic: str
    payload_sha256: str
    size_bytes: int
    reason: str
    times: int
    first_at: At
    last_at: At


class QuarantineAnswer(Answer):
    """The newest refused messages."""

    entries: list[QuarantineEntryAnswer]


class HealthAnswer(Answer):
    """The server answers, and how much waits for its writer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ok", "writer_waiting": 0}]}
    )

    status: str
    writer_waiting: int
