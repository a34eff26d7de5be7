"""API keys: what one looks like, what it opens, and who holds one that is asked with."""

from bioweave.service.keys.first_key import refuse_without_keys
from bioweave.service.keys.form import NotAKey, Secret, new_key, read_key
from bioweave.service.keys.ring import Holder, KeyRefused, KeyRing
from bioweave.service.keys.scopes import Scope

__all__ = [
    "Holder",
    "KeyRefused",
    "KeyRing",
    "NotAKey",
    "Scope",
    "Secret",
    "new_key",
    "read_key",
    "refuse_without_keys",
]
