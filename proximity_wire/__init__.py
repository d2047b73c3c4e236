"""What the programs say to each other: air frames, rotating ids, MQTT messages and topics.

No I/O, no clock. msgspec and the standard library only; AES lives in `rotating_id`,
which is not imported here, so that a gateway never needs `cryptography`.
"""
