"""Names for texts and documents that tell nothing of them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bioweave.errors import ConfigurationError

_N_BYTES = 32


class Identity:
    """Keyed hashes (HMAC-SHA256): the same text has the same, and only with the key can be tried.

    A plain hash of a short note, or of a document's id, is found by trying all likely ones. The key
    is apart from the database: whoever has that alone cannot try.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def kept_in(cls, path: Path) -> Identity:
        """With the key in a file, which is made where there is none, for its owner alone.

        Raises ConfigurationError where the file holds something else.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
        if len(key) != _N_BYTES:
            raise ConfigurationError(
                f"{path}: expected a key of {_N_BYTES} bytes; remove it to have a new one, by "
                f"which documents that were corrected before count as others"
            )
        return cls(key)

    def of_text(self, text: str) -> str:
        """64 hexadecimal digits for a text."""
        return self._of(b"text", text)

    def of_document(self, document_id: str) -> str:
        """64 hexadecimal digits for a document's id."""
        return self._of(b"document", document_id)

    def _of(self, kind: bytes, value: str) -> str:
        encoded = value.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, kind + b"\0" + encoded, hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_bytes(_N_BYTES))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        # Of two services that start at once the first one's key stays.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
