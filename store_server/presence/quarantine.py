"""What is known of a message that was refused: where it came in and what it hashes to.

Never the payload: it may hold anything. The same message sent again is one entry that counts.
"""

import hashlib
from dataclasses import dataclass

from proximity_wire.errors import MessageError
from proximity_wire.topics import parse_gateway_topic
from store_server.ids import Scope, natural_id

# A gateway that speaks another version for a night must not fill the disk.
KEPT_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused message. `topic` is the topic if it follows the grammar, else `sha256:...`."""

    topic: str
    payload_sha256: str
    size_bytes: int
    reason: str

    def entry_id(self, scope: Scope) -> str:
        """The name of the entry: the same for the same message and reason."""
        return natural_id(
            "quarantine", scope.org, scope.store, self.topic, self.payload_sha256, self.reason
        )


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A refused message as it is kept."""

    refused: Refused
    first_at_ms: int
    last_at_ms: int
    times: int


def refuse(topic: str, payload: bytes, *, reason: str) -> Refused:
    """What to remember of this message.

    Example:
        >>> refuse("evil", b"", reason="bad_topic").topic[:7]
        'sha256:'
    """
    try:
        parse_gateway_topic(topic)
    except MessageError:
        topic = "sha256:" + _sha256(topic.encode(errors="surrogatepass"))
    return Refused(topic, _sha256(payload), len(payload), reason)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
