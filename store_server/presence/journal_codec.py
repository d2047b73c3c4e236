"""How checkpoint and journal are kept: msgpack, in which a float comes back to the last bit."""

from collections.abc import Mapping

import msgspec

from store_server.presence.journal import Checkpoint, Step
from store_server.presence.observation import Observation

_ENCODER = msgspec.msgpack.Encoder()
_STEPS = msgspec.msgpack.Decoder(Step)
_OBSERVATIONS = msgspec.msgpack.Decoder(tuple[Observation, ...])


def step_payload(step: Step) -> bytes:
    """A step as it is kept."""
    return _ENCODER.encode(step)


def step_from(payload: bytes) -> Step:
    """The step that `step_payload` kept.

    Raises:
        ValueError: the bytes are none.
    """
    return _STEPS.decode(payload)


def checkpoint_columns(checkpoint: Checkpoint) -> dict[str, object]:
    """What is kept of a checkpoint, by column."""
    waiting = {name: _ENCODER.encode(getattr(checkpoint, name)) for name in ("pending", "late")}
    return {**checkpoint._asdict(), **waiting}


def checkpoint_from(columns: Mapping[str, object]) -> Checkpoint:
    """The checkpoint that `checkpoint_columns` kept.

    Raises:
        ValueError: the bytes of what waited are none.
    """
    kept = msgspec.convert(columns, _Columns, strict=False)
    return Checkpoint(
        kept.seq,
        kept.event_now_ms,
        kept.written_at_ms,
        kept.engine,
        _OBSERVATIONS.decode(kept.pending),
        _OBSERVATIONS.decode(kept.late),
    )


class _Columns(msgspec.Struct):
    seq: int
    event_now_ms: int
    written_at_ms: int
    engine: bytes
    pending: bytes
    late: bytes
