"""The bytes of a part, read through passing troubles of disks and networks, with their checksum."""

from __future__ import annotations

import hashlib
import io
import time
from contextlib import suppress
from typing import Any, BinaryIO

from bioweave.cluster.shards import Part
from bioweave.cluster.storage import is_url, open_at
from bioweave.errors import BioweaveError, FormatError, Place

# Before another attempt at the same place: a network that blinks is back within these.
SECONDS_BEFORE_ATTEMPTS = (1.0, 5.0, 25.0)
# What waiting does not mend.
_LASTING = (
    FileNotFoundError,
    PermissionError,
    IsADirectoryError,
    NotADirectoryError,
    BioweaveError,
)
_BLOCK = 1 << 20


class UnreadableError(FormatError):
    """A file could not be read for reasons that lie outside of it; another time it may be."""


class ChangedError(FormatError):
    """A file is not what it was when the run began."""


class PartStream(io.RawIOBase):
    """A part's bytes. `error` is what ended them early, once all attempts were in vain."""

    def __init__(self, part: Part) -> None:
        self.name = part.path
        self.error: UnreadableError | None = None
        self._part = part
        self._file: BinaryIO | None = None
        self._position = part.start
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises OSError once all attempts were in vain."""
        if self.error is not None:
            raise OSError(self.error.message)
        size, end = len(buffer), self._part.end
        if end is not None:
            size = min(size, end - self._position)
        data = self._read(size) if size > 0 else b""
        buffer[: len(data)] = data
        self._digest.update(data)
        self._position += len(data)
        return len(data)

    def finish(self) -> str:
        """Read what nobody asked for; the SHA-256 of all bytes.

        Raises UnreadableError, and ChangedError where there are more bytes or fewer than when the
        part was listed.
        """
        with suppress(OSError):
            while self.read(_BLOCK):
                pass
        if self.error is not None:
            raise self.error
        # Some stores do not tell how much there is.
        if self._part.n_bytes and self._position - self._part.start != self._part.n_bytes:
            raise changed(self.name)
        return self._digest.hexdigest()

    def close(self) -> None:
        """Let go of the file."""
        self._let_go()
        super().close()

    def _read(self, size: int) -> bytes:
        for seconds in (*SECONDS_BEFORE_ATTEMPTS, None):
            try:
                return self._read_once(size)
            except MemoryError:
                raise
            except Exception as error:  # stores raise what their libraries do
                self._let_go()
                if seconds is None or isinstance(error, _LASTING):
                    self.error = unreadable(self.name, error)
                    raise OSError(self.error.message) from error
                time.sleep(seconds)
        raise AssertionError("the last attempt returns or raises")

    def _read_once(self, size: int) -> bytes:
        if self._file is None:
            self._file = open_at(self.name, self._position)
        data = self._file.read(size)
        n_left = self._part.start + self._part.n_bytes - self._position
        if not data and n_left > 0 and is_url(self.name):
            raise OSError(f"the connection ended {n_left} bytes too early")
        return data

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(Exception):
                file.close()


def changed(path: str) -> ChangedError:
    """What to say of a file that another content has been found in."""
    return ChangedError("changed while the run was at work; begin anew with --force", Place(path))


def unreadable(path: str, error: Exception) -> UnreadableError:
    """What to say of a file that an error of the system, or of a store, keeps from being read."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreadableError(f"cannot be read: {reason}", Place(path))


def checksum_of(part: Part) -> str:
    """The SHA-256 of a part's bytes. Raises UnreadableError and ChangedError."""
    with PartStream(part) as stream:
        return stream.finish()
