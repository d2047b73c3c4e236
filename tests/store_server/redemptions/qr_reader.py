"""Reads the QR code in an SVG as a scanner does: modules, format, mask, codewords, characters.

Written from the standard and sharing nothing with the library that draws. Version 2 in one
block, alphanumeric mode: what a coupon is; nothing is corrected, the codewords must be flawless.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
FORMAT_MASK = 0x5412
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
ALPHANUMERIC = 0b0010
CHECK_CODEWORDS = 16  # version 2, level M

Modules = list[list[bool]]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner saw."""

    text: str
    level: str
    modules: int
    quiet: int


def scan(svg: str) -> Scan:
    """The text of the QR code, its level, size and the light modules around it."""
    canvas, quiet = _modules(svg)
    size = len(canvas) - 2 * quiet
    code = [row[quiet : quiet + size] for row in canvas[quiet : quiet + size]]
    level, mask = _format(code)
    bits = [code[y][x] ^ _masked(mask, y, x) for y, x in _path(size)]
    words = [_number(bits[start : start + 8]) for start in range(0, len(bits) - 7, 8)]
    assert not any(_syndromes(words)), "the check codewords do not fit"
    return Scan(_text(bits), level, size, quiet)


def _modules(svg: str) -> tuple[Modules, int]:
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    canvas = [[False] * side for _ in range(side)]
    (lines,) = [one.attrib["d"] for one in root.iter(f"{SVG}path") if "stroke" in one.attrib]
    x = y = 0.0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", lines):
        if step == "h":
            for at in range(int(x), int(x) + int(first)):
                canvas[int(y)][at] = True
            x += int(first)
        else:
            x, y = float(first) + x * (step == "m"), float(second) + y * (step == "m")
    dark = [at for row in canvas for at, is_dark in enumerate(row) if is_dark]
    return canvas, min(dark)


def _format(code: Modules) -> tuple[str, int]:
    along = [code[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)]
    bits = along + [code[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    told = (_number(bits) ^ FORMAT_MASK) >> 10
    return LEVELS[told >> 3], told & 7


def _masked(mask: int, i: int, j: int) -> bool:
    product = i * j
    return (
        (i + j) % 2,
        i % 2,
        j % 3,
        (i + j) % 3,
        (i // 2 + j // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((i + j) % 2 + product % 3) % 2,
    )[mask] == 0


def _path(size: int) -> Iterator[tuple[int, int]]:
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for y in range(size - 1, -1, -1) if upwards else range(size):
            yield from ((y, x) for x in (right, right - 1) if not _is_pattern(y, x, size))
        upwards = not upwards


def _is_pattern(y: int, x: int, size: int) -> bool:
    finder = (y <= 8 and (x <= 8 or x >= size - 8)) or (y >= size - 8 and x <= 8)
    aligning = size - 9 <= y <= size - 5 and size - 9 <= x <= size - 5
    return finder or aligning or 6 in (y, x)


def _syndromes(words: list[int]) -> Iterator[int]:
    """The codewords as a polynomial over GF(256), at the roots that the generator has."""
    root = 1
    for _ in range(CHECK_CODEWORDS):
        value = 0
        for word in words:
            value = _times(value, root) ^ word
        yield value
        root = _times(root, 2)


def _times(one: int, other: int) -> int:
    product = 0
    while other:
        product ^= one * (other & 1)
        one, other = (one << 1) ^ (0x11D if one & 0x80 else 0), other >> 1
    return product


def _text(bits: list[bool]) -> str:
    assert _number(bits[:4]) == ALPHANUMERIC
    left, at, text = _number(bits[4:13]), 13, ""
    while left > 1:
        pair = _number(bits[at : at + 11])
        text += CHARACTERS[pair // 45] + CHARACTERS[pair % 45]
        left, at = left - 2, at + 11
    return text + (CHARACTERS[_number(bits[at : at + 6])] if left else "")


def _number(bits: list[bool]) -> int:
    return int("".join(str(int(bit)) for bit in bits), 2)
