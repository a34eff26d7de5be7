"""What a key looks like, and what is kept of it.

    bw_k7q2mzx4n3vd_A8d0...43 characters...x1Qz6RtB
    |  |            |                         |
    |  id           secret, 256 bits          checksum: CRC-32 of all before it

The prefix and the checksum are for scanners of repositories and logs: they find a leaked key by its
form, without asking anybody, and a mistyped one never gets as far as the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LETTERS = string.ascii_lowercase + "234567"
_ID_LENGTH = 12
# 62 ** 43 is a little more than 2 ** 256.
_SECRET_LENGTH = 43
_CHECKSUM_LENGTH = 6
PATTERN = re.compile(
    rf"bw_(?P<id>[a-z2-7]{{{_ID_LENGTH}}})_(?P<secret>[0-9A-Za-z]{{{_SECRET_LENGTH}}})"
    rf"(?P<checksum>[0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})",
    re.ASCII,
)


class NotAKey(ValueError):  # noqa: N818 - it says what the text is
    """A text has not the form of a key."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A key that was read: which one it says it is, and the hash of what proves it."""

    key_id: str
    hash: str

    def opens(self, kept_hash: str) -> bool:
        """Whether it is the secret of which this hash was kept; takes as long either way."""
        return hmac.compare_digest(self.hash.encode(), kept_hash.encode())


def new_key_id() -> str:
    """An id of its own for a key; it is no secret."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))


def new_key(key_id: str) -> str:
    """A key with this id and a fresh secret.

    >>> key = new_key("k7q2mzx4n3vd")
    >>> read_key(key).key_id, len(key)
    ('k7q2mzx4n3vd', 65)
    """
    secret = "".join(secrets.choice(_LETTERS) for _ in range(_SECRET_LENGTH))
    before = f"bw_{key_id}_{secret}"
    return before + _checksum(before)


def read_key(text: str) -> Secret:
    """The id and the hashed secret of a key. Raises NotAKey where it has not the form of one.

    The hash is one plain SHA-256. What makes hashes of passwords slow and salted is that people
    choose passwords which can be guessed; this secret is 256 random bits, of which nobody can try a
    noticeable part, however fast, and no two are the same. So a slow hash would protect nothing
    and let anyone keep the service busy by asking with wrong keys.
    """
    found = PATTERN.fullmatch(text)
    if found is None:
        raise NotAKey("a key is bw_, an id, and a secret")
    if _checksum(text[: -len(found["checksum"])]) != found["checksum"]:
        raise NotAKey("its checksum is wrong: it was not copied whole")
    return Secret(found["id"], hash_of(text))


def hash_of(key: str) -> str:
    """What is kept of a key: its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()


def _checksum(text: str) -> str:
    left = zlib.crc32(text.encode())
    letters = []
    for _ in range(_CHECKSUM_LENGTH):
        left, place = divmod(left, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(reversed(letters))
