"""What every test stands on: one thread, no network, a home of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Read by libraries when they are first imported, hence before anything else.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest
from hypothesis import settings

# Shared machines stall now and then; how long an example takes says nothing here.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure() -> None:
    """A model promoted in the developer's own home must not decide what tests see."""
    if "BIOWEAVE_HOME" not in os.environ:
        os.environ["BIOWEAVE_HOME"] = tempfile.mkdtemp(prefix="bioweave-tests-")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder with the corpora; the test is skipped where there is none."""
    folder = os.environ.get("BIOWEAVE_CORPORA")
    if not folder:
        pytest.skip("BIOWEAVE_CORPORA is not set: it names the folder with the corpora")
    return Path(folder)
