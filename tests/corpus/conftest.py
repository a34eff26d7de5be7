from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def small(repository: Path) -> Path:
    """The folder with invented corpora, in the layouts of the real ones."""
    return repository / "tests" / "data" / "corpora"
