"""What can be wrong with something heard or received.

    WireError
    +-- FrameError        an air frame cannot be built from these values
    +-- RotatingIdError   a key, exponent or instant is not usable for a rotating id
    +-- MessageError      an MQTT payload or topic does not follow docs/wire_formats.md

Decoding bytes from the air never raises: it answers None. Encoding our own values and
decoding MQTT payloads may raise, because there somebody is to be told.
"""


class WireError(ValueError):
    """Root of every error of proximity_wire."""


class FrameError(WireError):
    """An air frame cannot be built from the given values."""


class RotatingIdError(WireError):
    """A key, rotation exponent or instant is out of range."""


class MessageError(WireError):
    """An MQTT payload or topic does not follow the contract; the text says where."""
