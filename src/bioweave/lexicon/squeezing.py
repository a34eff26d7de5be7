"""Keys without their spaces, as numbers that are quick to find."""

from __future__ import annotations

import hashlib


def squeezed_number(squeezed: str) -> int:
    """A number of 64 bits for a key without spaces; the same everywhere and always."""
    digest = hashlib.blake2b(squeezed.encode("utf-8", errors="surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "little")
