"""Where bioweave keeps what it fetches and promotes."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder for models and caches: `BIOWEAVE_HOME`, else the platform's own data folder.

    Read anew at each call, so that a test can point it elsewhere. The folder need not exist.
    """
    named = os.environ.get("BIOWEAVE_HOME")
    if named:
        return Path(named).expanduser()
    # Imported here: most runs set the variable or never ask.
    from platformdirs import user_data_path

    return user_data_path("bioweave", appauthor=False)
