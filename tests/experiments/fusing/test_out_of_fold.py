"""Stacking that is fitted to what members' cross-validations say, and to a lexicon's hits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bioweave.bundle import FusedBundle, open_bundle, write_fused_bundle
from bioweave.cli.main import app
from bioweave.errors import BundleError, ConfigurationError
from bioweave.experiments import evaluate, open_model
from bioweave.experiments.fusing import fuse
from bioweave.experiments.runs import read_marginals
from bioweave.experiments.runs.out_of_fold import Marginals, write_marginals
from bioweave.fusion import StackingPool
from bioweave.lexicon import Lexicon
from bioweave.whole_files import read_json, write_json

pytestmark = [
    # transformers, torch and scikit-learn about themselves.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def stacked(
    pair: Any, lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("stacked")
    own = folder / "own.lexicon"
    shutil.copyfile(lexicon.path, own)
    report = fuse(
        list(pair.bundles.values()),
        ["sample"],
        out_of_fold={name: [path] for name, path in pair.folds.items()},
        lexicon=own,
        method="stacking",
        out=folder / "fused",
    )
    own.unlink()
    return folder / "fused", report


def test_what_was_measured_is_what_the_bundle_does_without_its_lexicon(
    stacked: tuple[Path, dict[str, Any]],
) -> None:
    out, report = stacked
    told = report["dev"]["corpora"]["sample"]["methods"]["stacking"]
    # Fitted to train alone, the pools measured on dev are those that were written.
    measured = evaluate(open_model(str(out)), "sample", "dev")
    assert told["mentions"] == measured["mentions"]
    assert measured["mentions"]["strict"]["f1"] > 0.3


def test_the_bundle_takes_its_dictionary_along(stacked: tuple[Path, dict[str, Any]]) -> None:
    out, report = stacked
    bundle = open_bundle(out)
    assert isinstance(bundle, FusedBundle)
    assert bundle.featurizer is not None
    # A name begins or goes on, of each of the members' labels; genes are none of theirs.
    assert [pool.n_hits for pool in bundle.pools if isinstance(pool, StackingPool)] == [4, 4]
    assert bundle.featurizer.settings.dictionary == ("Disease", "Chemical")
    assert bundle.manifest.licences["names of Disease.tsv"] == "Disease terms"
    told = bundle.manifest.provenance["fusion"]["stacking"]
    assert told == report["evidence"]["stacking"]
    assert told["out_of_fold"] == {"sample": 40}
    assert {one["name"] for one in told["dictionary"]} >= {"Disease.tsv", "Chemical.tsv"}


def test_pools_without_the_dictionary_that_they_read_are_refused(
    stacked: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    bundle = open_bundle(stacked[0])
    assert isinstance(bundle, FusedBundle)
    members = [stacked[0] / "members" / str(place) for place in range(2)]
    write_fused_bundle(tmp_path / "bare", bundle.manifest, members=members, pools=bundle.pools)
    with pytest.raises(BundleError, match="4 columns of dictionary hits, and its dictionary"):
        open_bundle(tmp_path / "bare")


def test_hits_are_heard(pair: Any, lexicon: Lexicon, stacked: Any) -> None:
    bundle = open_bundle(stacked[0])
    assert isinstance(bundle, FusedBundle)
    pool = bundle.pools[0]
    assert isinstance(pool, StackingPool)
    # Two members' odds of two tags, as they are and squashed; the last columns of a word are hits.
    width = pool.matrix.shape[0] // 5
    of_hits = pool.matrix.reshape(5, width, -1)[:, -4:]
    assert np.abs(of_hits).max() > 0.01


def test_the_command(pair: Any, tmp_path: Path) -> None:
    words = ["fuse", *map(str, pair.bundles.values()), "--corpus", "sample", "--json"]
    for name, path in pair.folds.items():
        words += ["--out-of-fold", f"{name}={path}"]
    done = CliRunner().invoke(app, [*words, "--keep", str(tmp_path / "kept")])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["evidence"]["stacking"] == {"out_of_fold": {"sample": 40}, "dictionary": []}
    assert report == read_json(tmp_path / "kept" / "summary.json")
    wrong = CliRunner().invoke(app, [*words, "--out-of-fold", "nothing"])
    assert wrong.exit_code == 2
    assert "expected MEMBER=FOLDER" in " ".join(wrong.output.split())


def refused(pair: Any, folds: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        fuse(list(pair.bundles.values()), ["sample"], out_of_fold=folds)


def test_members_without_a_fitting_cross_validation_are_refused(pair: Any, tmp_path: Path) -> None:
    apart, together = pair.folds["apart"], pair.folds["together"]
    refused(pair, {"apart": [apart]}, "apart has sample, and together has none")
    refused(pair, {"apart": [apart], "else": [apart]}, "no member has that name; they are apart")
    refused(pair, {"apart": [apart, apart]}, "given two cross-validations on sample")
    refused(pair, {"apart": [tmp_path]}, "no finished cross-validation")
    swapped = {"apart": [together], "together": [apart]}
    refused(pair, swapped, "not of apart: recipe 'together' was cross-validated")


def other_fold(folder: Path) -> None:
    record = read_json(folder / "runs" / "fold-2" / "run.json")
    record["corpora"]["sample"]["fold"]["number"] = 1
    write_json(folder / "runs" / "fold-2" / "run.json", record)


def other_splits(folder: Path) -> None:
    record = read_json(folder / "runs" / "fold-1" / "run.json")
    record["corpora"]["sample"]["trained_on"] = ["train", "dev"]
    write_json(folder / "runs" / "fold-1" / "run.json", record)


def stands_on_the_corpus(folder: Path) -> None:
    record = read_json(folder / "runs" / "fold-1" / "run.json")
    learned = {"sample": {"trained_on": ["train"], "labels": ["Disease"]}}
    record["started_from"] = {"name": "knowing", "corpora": learned}
    write_json(folder / "runs" / "fold-1" / "run.json", record)


def other_corpora(folder: Path) -> None:
    for number in (1, 2):
        record = read_json(folder / "runs" / f"fold-{number}" / "run.json")
        record["corpora"]["bc5cdr"] = {"trained_on": ["train"], "labels": ["Disease"]}
        write_json(folder / "runs" / f"fold-{number}" / "run.json", record)


def rewritten(folder: Path, change: Any) -> None:
    said = read_marginals(folder / "out-of-fold.npz")
    documents = change(list(said.documents))
    kept = Marginals(said.corpus, said.heads, said.tags, tuple(documents))
    write_marginals(folder / "out-of-fold.npz", kept)


def one_less(folder: Path) -> None:
    rewritten(folder, lambda documents: documents[1:])


def in_the_other_fold(folder: Path) -> None:
    from dataclasses import replace

    rewritten(folder, lambda them: [replace(them[0], fold=3 - them[0].fold), *them[1:]])


def other_words(folder: Path) -> None:
    from dataclasses import replace

    rewritten(folder, lambda them: [replace(them[0], words=them[0].words + 1), *them[1:]])


def half_written(folder: Path) -> None:
    path = folder / "out-of-fold.npz"
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_fold, r"may have learned from what it speaks of \(leakage\)"),
        (other_splits, r"folds of sample train\+dev.*leakage"),
        (stands_on_the_corpus, r"stands on knowing, which may have learned from all of sample"),
        (other_corpora, r"corpora 'bc5cdr, sample' was cross-validated"),
        (one_less, r"not of the same documents of sample: .* is in one of them alone"),
        (in_the_other_fold, r"was held out in fold .* the corpus has changed"),
        (other_words, r"has other words now"),
        (half_written, r"not whole"),
    ],
)
def test_what_may_leak_or_does_not_match_is_refused(
    change: Any, words: str, pair: Any, tmp_path: Path
) -> None:
    shutil.copytree(pair.folds["together"], tmp_path / "changed")
    change(tmp_path / "changed")
    folds = {"apart": [pair.folds["apart"]], "together": [tmp_path / "changed"]}
    refused(pair, folds, words)
