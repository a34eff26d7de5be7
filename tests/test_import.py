"""The front door: quick to open, and nothing heavy behind it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import bioweave

FORBIDDEN = (
    "accelerate",
    "gensim",
    "matplotlib",
    "pandas",
    "polars",
    "pyarrow",
    "scipy",
    "sklearn",
    "torch",
    "transformers",
)
BASE_ROOMS = (
    "annotator",
    "bundle",
    "cli.annotate",
    "cli.annotation",
    "cli.main",
    "corpus",
    "document",
    "experiments",
    "features",
    "formats",
    "scoring",
    "text",
)


def run_python(code: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return finished.stdout.strip()


def best_of_three(code: str) -> float:
    return min(float(run_python(code)) for _ in range(3))


def test_import_takes_less_than_three_tenths_of_a_second():
    # Of processor time: others may be busy on the same machine.
    seconds = best_of_three(
        "from time import process_time as now; began = now(); import bioweave; print(now() - began)"
    )
    assert seconds < 0.3


def test_help_takes_less_than_half_a_second():
    # Of processor time: others may be busy on the same machine.
    seconds = best_of_three(
        "from time import process_time as now; began = now()\n"
        "import io, contextlib\n"
        "from bioweave.cli.main import app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    app(['--help'])\n"
        "print(now() - began)"
    )
    assert seconds < 0.5


@pytest.mark.parametrize("room", BASE_ROOMS)
def test_base_rooms_import_no_optional_library(room):
    loaded = run_python(
        f"import sys, bioweave.{room}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    )
    assert not set(FORBIDDEN) & set(loaded.split())


def test_every_public_name_resolves_to_its_own_module():
    for name in bioweave.__all__:
        assert getattr(bioweave, name) is not None
    assert bioweave.Document.__module__ == "bioweave.document.document"
    assert set(bioweave.__all__) <= set(dir(bioweave))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Dokument'"):
        _ = bioweave.Dokument


def test_version_is_the_installed_one():
    assert bioweave.__version__ == version("bioweave")
