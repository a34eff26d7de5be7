"""A service that asks for keys, and a way to make some."""

from datetime import timedelta
from pathlib import Path

from bioweave.service import ServiceSettings
from bioweave.service.keys import Scope, new_key, read_key
from bioweave.service.keys.form import new_key_id
from bioweave.service.storage import Database, KeyStore


class KeyedService:
    """The settings of a service whose data lie in a folder, and its keys."""

    def __init__(self, folder: Path, **settings) -> None:
        url = f"sqlite:///{folder / 'service.sqlite'}"
        self.database = Database(url)
        self.store = KeyStore(self.database)
        self.key(*Scope)
        self.settings = ServiceSettings(
            hosts=("testserver",), data=folder, database=url, needs_keys=True, **settings
        )

    def key(self, *scopes: Scope, kept: timedelta | None = None) -> dict[str, str]:
        """The header field of a new key."""
        text = new_key(new_key_id())
        secret = read_key(text)
        self.store.add(secret.key_id, "somebody", scopes, secret.hash, kept=kept)
        return {"Authorization": f"Bearer {text}"}


def key_id(headers: dict[str, str]) -> str:
    """Of which key the header field is."""
    return headers["Authorization"].split("_")[1]
