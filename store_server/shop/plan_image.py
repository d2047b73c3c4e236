"""The picture under a plan: what it may be, how large it is, and its name in the plan folder."""

import hashlib
import math
import re
import struct
from typing import Literal

from store_server.errors import ConfigError
from store_server.shop.floor_plan import PlanImage, Point

MOST_BYTES = 10 * 1024 * 1024
MOST_PX = 10_000
PICTURE_NAME = r"plan-[0-9a-f]{16}\.(png|jpg)"
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
_NAME = re.compile(PICTURE_NAME)
_PNG = b"\x89PNG\r\n\x1a\n"
# JPEG frame headers (they tell the size), less DHT, JPG and DAC, which share their numbers.
# Source: ITU-T T.81, table B.1.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def read_image(
    content: bytes, *, where: str, metres_per_pixel: float, corner: Point = (0.0, 0.0)
) -> PlanImage:
    """A picture that may lie under the plan.

    Args:
        content: the file.
        where: its name, first in every message.
        metres_per_pixel: its scale.
        corner: where its lower left corner lies on the plan, metres.

    Raises:
        ConfigError: it is neither PNG nor JPEG, is cut off, or too large.
    """
    if len(content) > MOST_BYTES:
        raise ConfigError(
            f"{where}: is {len(content) / 2**20:.1f} MiB; at most {MOST_BYTES // 2**20}"
        )
    kind, wide, high = _size(content, where=where)
    if not (1 <= wide <= MOST_PX and 1 <= high <= MOST_PX):
        raise ConfigError(f"{where}: is {wide} x {high} pixels; at most {MOST_PX} each way")
    if not 0 < metres_per_pixel <= 10:
        raise ConfigError(f"{where}: one pixel would be {metres_per_pixel:g} m; check the scale")
    name = f"plan-{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
    return PlanImage(name, wide, high, metres_per_pixel, *corner)


def is_picture_name(name: str) -> bool:
    """Whether a file of the plan folder may be called so.

    Example:
        >>> is_picture_name("plan-0123456789abcdef.png"), is_picture_name("../store.db")
        (True, False)
    """
    return _NAME.fullmatch(name) is not None


def scale_of(one: Point, other: Point, *, apart_m: float) -> float:
    """Metres per pixel, from two points of the picture and how far apart they really are.

    Raises:
        ConfigError: the points are the same, or the distance is none.
    """
    apart_px = math.dist(one, other)
    if apart_px < 1 or apart_m <= 0:
        raise ConfigError("the two points must be a pixel or more and some metres apart")
    return apart_m / apart_px


def _size(content: bytes, *, where: str) -> tuple[Literal["png", "jpg"], int, int]:
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        if b"IEND" not in content[-16:]:
            raise ConfigError(f"{where}: the PNG is cut off; export it again")
        wide, high = struct.unpack(">II", content[16:24])
        return "png", wide, high
    if content.startswith(b"\xff\xd8\xff"):
        if b"\xff\xd9" not in content[-64:]:
            raise ConfigError(f"{where}: the JPEG is cut off; export it again")
        return "jpg", *_jpeg_size(content, where=where)
    raise ConfigError(
        f"{where}: is neither PNG nor JPEG; export the drawing as PNG (an SVG may carry scripts)"
    )


def _jpeg_size(content: bytes, *, where: str) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in _FRAMES:
            high, wide = struct.unpack(">HH", content[at + 5 : at + 9])
            return wide, high
        at += 2 + max(2, length)
    raise ConfigError(f"{where}: the JPEG does not tell its size; export it again")
