"""A document of ten megabytes is annotated to its end, in memory that stays in proportion."""

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_tagger import write_tiny_bundle

_MEGABYTES = 10
_SCRIPT = """
import resource, sys
from bioweave.annotator import Annotator
from bioweave.bundle import Bundle

sentence = "Volunteers tolerated the investigated compound throughout the observation period. "
text = sentence * ({megabytes} * 2**20 // len(sentence) + 1) + "alben-2 cor."
document = Annotator(Bundle.load(sys.argv[1]), n_threads=2)(text)
document.checked()
print(len(text), document.mentions[-1].end, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory was held")
def test_ten_megabytes_are_annotated_to_their_end(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny")
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(megabytes=_MEGABYTES), str(bundle)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "OMP_NUM_THREADS": "1"},
    )
    n_characters, last_end, peak_kilobytes = map(int, done.stdout.split())
    assert n_characters > _MEGABYTES * 2**20
    assert last_end > n_characters - 2000
    assert peak_kilobytes < 3 * 2**20
