"""Recordings of ASTERIX: data blocks one after the other, or datagrams that each follow their length.

A data block is category (1 byte), length (2 bytes, big-endian, with these three), records (EUROCONTROL
SUR.ET1.ST05.2000-STD-01, Part 1, section 4.3). How a recording is framed is told by its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from typing import IO

__all__ = ["HEAD_BYTES", "Framing", "blocks", "datagrams", "framing_of"]

HEAD_BYTES = 65_538
"""So much of a recording's beginning tells its framing: the longest block, after a prefix."""
LARGEST = 65_535
_CATEGORIES = frozenset(range(1, 256))


class Framing(IntEnum):
    """How datagrams follow each other; the value is the number of bytes of the length before each."""

    BLOCKS = 0
    LENGTH_2 = 2
    LENGTH_4 = 4


def blocks(datagram: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield category and records of each data block.

    Raises
    ------
    ValueError : what is left is no whole block; those before it have been yielded
    """
    at = 0
    while at < len(datagram):
        length = int.from_bytes(datagram[at + 1 : at + 3], "big") if at + 3 <= len(datagram) else 0
        if length <= 3 or at + length > len(datagram):
            raise ValueError(f"no whole data block at byte {at}")
        yield datagram[at], datagram[at + 3 : at + length]
        at += length


def framing_of(head: bytes) -> Framing | None:
    """Return how a recording that begins with ``head`` is framed, or None where it is no ASTERIX.

    Text in which every byte passes for a category and every two for a length can look framed; a brace first
    is JSON: category 123 is none, and no datagram is as long as the two bytes would say.
    """
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return None
    whole = len(head) < HEAD_BYTES
    return next((framing for framing in Framing if _fits(head, framing, whole)), None)


def _fits(head: bytes, framing: Framing, whole: bool) -> bool:
    """Return whether the frames in ``head``, a hundred of them at most, are of such a framing."""
    at = count = 0
    while at < len(head) and count < 100:
        length = _length(head[at : at + max(int(framing), 3)], framing)
        start, end = at + framing, at + framing + length
        if end > len(head) and not whole and count:
            break
        if length <= 3 or end > len(head):
            return count > 1  # a recording may be cut at its end
        if framing:
            try:
                for category, _ in blocks(head[start:end]):
                    if category not in _CATEGORIES:
                        return False
            except ValueError:
                return False
        elif head[at] not in _CATEGORIES:
            return False
        at, count = end, count + 1
    return count > 0


def _length(start: bytes, framing: Framing) -> int:
    if framing:
        return int.from_bytes(start[:framing], "big") if len(start) >= framing else 0
    return int.from_bytes(start[1:3], "big") if len(start) >= 3 else 0


def datagrams(file: IO[bytes], framing: Framing, refused: Counter[tuple[str, str]]) -> Iterator[bytes]:
    """Yield the datagrams of a recording, one in memory at a time.

    A recording goes on only as far as its lengths are right: past a wrong one there is no way to tell where
    the next begins. What is left is counted in ``refused``.
    """
    header = framing or 3
    while True:
        start = file.read(header)
        if not start:
            return
        length = _length(start, framing)
        left = length if framing else length - 3
        body = file.read(left) if 0 < left <= LARGEST else b""
        if len(start) < header or not body or len(body) < left:
            refused["", "the rest of a recording, after a length that is wrong"] += 1
            return
        yield body if framing else start + body
