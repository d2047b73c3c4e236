"""Ballast: disk space that is held in good times and dropped when the disk is full.

A full disk refuses even the small writes that deleting needs. Dropping the ballast makes room at
once for some minutes of batches; it is taken up again when the disk has twice as much free.
"""

import os
from pathlib import Path

SUFFIX = ".ballast"


class Ballast:
    """The file beside a spool whose only use is its size."""

    def __init__(self, spool_path: Path, *, size_bytes: int) -> None:
        """Take it up when the disk has room; 0 bytes are none."""
        self._path = spool_path.with_name(spool_path.name + SUFFIX)
        self._size_bytes = size_bytes
        self.take_up()

    def take_up(self) -> bool:
        """Hold the space again, when the disk has twice as much free; whether it is held now."""
        if self._held():
            return True
        space = os.statvfs(self._path.parent)
        if not self._size_bytes or space.f_bavail * space.f_frsize < 2 * self._size_bytes:
            return False
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._size_bytes)
            finally:
                os.close(descriptor)
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        return True

    def drop(self) -> bool:
        """Give the space to the disk; False when there was none to give."""
        if not self._held():
            return False
        self._path.unlink(missing_ok=True)
        return True

    def _held(self) -> bool:
        return self._path.exists() and self._path.stat().st_size >= self._size_bytes > 0
