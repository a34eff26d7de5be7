"""`benchmarks/peers.py`: both systems on the same documents, by the same rules."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_tagger import write_tiny_bundle

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_it_trains_its_peer_and_measures_both(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "bundle")
    command = [sys.executable, str(ROOT / "benchmarks" / "peers.py"), "--model", str(bundle)]
    command += ["--corpus", "sample", "--spacy-steps", "60", "--cache", str(tmp_path / "peers")]
    command += ["--words", "1000", "--passes", "1", "--json"]
    environment = {**os.environ, "BIOWEAVE_CORPORA": str(ROOT / "tests" / "data" / "corpora")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    [trained] = (tmp_path / "peers").iterdir()
    assert trained.name.startswith("spacy-")
    result = json.loads(done.stdout)
    assert (result["documents"], result["labels"]) == (10, ["Disease", "Chemical", "Gene"])
    ours, theirs = result["systems"]
    assert str(bundle) in ours["name"] and "spaCy" in theirs["name"]
    # Random weights on our side; theirs learned documents that repeat themselves.
    assert ours["strict_f1"] < 0.2 < 0.4 < theirs["strict_f1"] <= 1
    for n_processes, ratio in result["ratio"].items():
        speeds = [one["words_per_second"][n_processes] for one in (ours, theirs)]
        assert ratio == pytest.approx(speeds[0] / speeds[1])
    assert result["ratio"].keys() == {"1", "2"}


def test_a_trained_peer_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import spacy_ner

    n_trained = 0

    def train(corpus: str, labels: tuple[str, ...], max_steps: int, scratch: Path) -> Path:
        nonlocal n_trained
        n_trained += 1
        folder = scratch / "model-best"
        folder.mkdir()
        (folder / "meta.json").write_text(f"{corpus} {max_steps}")
        return folder

    monkeypatch.setattr(spacy_ner, "_train", train)
    cache = tmp_path / "not" / "yet"
    short, again = (spacy_ner.trained_ner("sample", ("Gene",), 9, cache) for _ in range(2))
    longer = spacy_ner.trained_ner("sample", ("Gene",), 10, cache)
    assert short == again != longer
    assert (longer / "meta.json").read_text() == "sample 10"
    assert n_trained == 2
    assert set(cache.iterdir()) == {short, longer}
