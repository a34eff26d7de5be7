"""What members said is kept, and whoever kills the command loses nothing of that."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bioweave import corpus
from bioweave.corpus import SplitName
from bioweave.experiments.fusing import asking, fuse
from bioweave.experiments.fusing.asking import Asking
from bioweave.experiments.fusing.keeping import answers_key
from bioweave.experiments.fusing.members import open_members

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
SCRIPT = Path(__file__).parents[2] / "support" / "killed_commands.py"
N_KILLS = 4
# Each goes on from where the one before was: late moments would find it at its end.
LATEST = 0.5


def without_seconds(value: Any) -> Any:
    """What a command came to, whatever it took."""
    if isinstance(value, dict):
        return {key: without_seconds(one) for key, one in value.items() if key != "seconds"}
    return [without_seconds(one) for one in value] if isinstance(value, list) else value


def test_answers_come_back_as_they_were(pair: Any, tmp_path: Path) -> None:
    (member, _) = open_members(list(pair.runs.values()))
    documents = corpus.load("sample", "dev")
    split = SplitName("sample", "dev")
    told = Asking()(member, split, documents)
    Asking(tmp_path)(member, split, documents)
    again = Asking(tmp_path)(member, split, documents)
    assert any(one.spans for one in told)
    for one, other in zip(told, again, strict=True):
        assert other.prepared.document == one.prepared.document
        assert other.prepared.words == one.prepared.words
        assert (other.spans, other.candidates) == (one.spans, one.candidates)
        for chain, kept in zip(one.chains, other.chains, strict=True):
            np.testing.assert_array_equal(kept.marginals, chain.marginals)
            np.testing.assert_array_equal(kept.pairs, chain.pairs)
        for table, kept_table in zip(one.marginals, other.marginals, strict=True):
            np.testing.assert_array_equal(kept_table, table)


def test_nobody_is_asked_twice(pair: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = list(pair.runs.values())
    first = fuse(paths, ["sample"], keep=tmp_path / "kept")

    def refuse(*_: Any) -> Any:
        raise AssertionError("asked again")

    monkeypatch.setattr(asking, "_ask", refuse)
    again = fuse(paths, ["sample"], keep=tmp_path / "kept")
    assert without_seconds(again) == without_seconds(first)
    # Another model of that name, other texts, or a file that is not whole: asked anew.
    kept = tmp_path / "kept" / "answers" / "apart.sample.dev.npz"
    kept.write_bytes(kept.read_bytes()[:-100])
    with pytest.raises(AssertionError, match="asked again"):
        fuse(paths, ["sample"], keep=tmp_path / "kept")


def test_a_key_is_of_the_weights_and_the_texts(pair: Any) -> None:
    apart, together = open_members(list(pair.bundles.values()))
    documents = corpus.load("sample", "dev")
    keys = {
        answers_key(apart, documents),
        answers_key(together, documents),
        answers_key(apart, documents[1:]),
        answers_key(open_members(list(pair.runs.values()))[0], documents),
    }
    assert len(keys) == 4
    assert answers_key(apart, documents) in keys


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="killed processes are forked here")
def test_a_killed_fusion_comes_to_the_same(pair: Any, tmp_path: Path) -> None:
    command = ["fuse", *map(str, pair.bundles.values()), "--corpus", "sample", "--test"]
    for name, path in pair.folds.items():
        command += ["--out-of-fold", f"{name}={path}"]
    command += ["--keep", "OUT", "-o", "OUT/fused"]
    whole, left = tmp_path / "whole", tmp_path / "left"
    seed = random.SystemRandom().randrange(10**6)
    done = subprocess.run(
        [
            sys.executable,
            str(SCRIPT),
            *(str(seed), str(N_KILLS), str(LATEST), str(whole), str(left)),
            *command,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    print(f"seed {seed}: {told}")  # shown where the test fails
    assert told["statuses"][0] == told["statuses"][-1] == 0
    assert set(told["statuses"]) <= {0, -9}
    assert -9 in told["statuses"]
    summaries = [json.loads((path / "summary.json").read_text()) for path in (whole, left)]
    assert without_seconds(summaries[0]) == without_seconds(summaries[1])
    pools = [(path / "fused" / "fusion.npz").read_bytes() for path in (whole, left)]
    assert pools[0] == pools[1]
    assert not list(left.rglob("*.partial"))
