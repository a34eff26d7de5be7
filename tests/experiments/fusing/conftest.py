"""Members that train in a second or two, and what cross-validation says of their training split."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tiny_encoders import write_tiny_encoder

from bioweave import corpus
from bioweave.experiments.runs import cross_validate
from bioweave.lexicon import Lexicon, SourceSettings, build_lexicon
from bioweave.training import export_run, train

SAMPLE = Path(__file__).parents[2] / "data" / "corpora"
NO_ENCODER = """
name = "{name}"
labels = ["Disease", "Chemical"]
seed = 3
{more}
corpora = [{{name = "sample"}}]

[model]
encoder = "none"
templates = true
template_buckets = 2048

[training]
epochs = 3
batch_size = 8
head_learning_rate = 1e-2
precision = "fp32"
"""
TWO_ENCODERS = """
name = "both"
labels = ["Disease", "Chemical"]
seed = 3
corpora = [{{name = "sample"}}]

[model]
encoder = "{first}"
second_encoder = "{second}"

[windows]
max_pieces = 64
second_max_pieces = 64

[training]
epochs = 2
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""
# Two ways of saying the same: heads for each label, and one for both in other tags.
KINDS = {"apart": "", "together": 'scheme = "BIOES"\nheads = "joint"'}


class Pair(NamedTuple):
    """Two members, by their names: recipes, runs, bundles, cross-validations."""

    recipes: dict[str, Path]
    runs: dict[str, Path]
    bundles: dict[str, Path]
    folds: dict[str, Path]


@contextmanager
def _meanwhile_on_sample() -> Iterator[None]:
    """For what is made once, whichever test comes first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))
        yield


@pytest.fixture(scope="module", autouse=True)
def _on_sample() -> Iterator[None]:
    # Not for longer: other rooms' tests want other corpora.
    with _meanwhile_on_sample():
        yield


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Two members without encoders."""
    folder = tmp_path_factory.mktemp("pair")
    pair = Pair({}, {}, {}, {})
    for name, more in KINDS.items():
        pair.recipes[name] = folder / f"{name}.toml"
        pair.recipes[name].write_text(NO_ENCODER.format(name=name, more=more))
        pair.runs[name] = folder / "runs" / name
        pair.bundles[name] = folder / "bundles" / name
        pair.folds[name] = folder / "folds" / name
        with _meanwhile_on_sample():
            train(pair.recipes[name], pair.runs[name])
            export_run(pair.runs[name], pair.bundles[name], quantised=False)
            cross_validate(pair.recipes[name], pair.folds[name], folds=2)
    return pair


@pytest.fixture(scope="session")
def joint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two encoders inside one tagger, of which one is cased."""
    folder = tmp_path_factory.mktemp("joint")
    texts = [document.text for document in corpus.load("sample", "train", SAMPLE)]
    recipe = folder / "both.toml"
    recipe.write_text(
        TWO_ENCODERS.format(
            first=write_tiny_encoder(folder / "cased", texts, "cased"),
            second=write_tiny_encoder(folder / "uncased", texts, "uncased"),
        )
    )
    with _meanwhile_on_sample():
        train(recipe, folder / "both-13")
    return folder / "both-13"


@pytest.fixture(scope="session")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """Some of the sample's names."""
    folder = tmp_path_factory.mktemp("lexicon")
    names = {
        "Disease": "X:1\tvelmar syndrome\nX:2\tretinal calvosis\n",
        "Chemical": "Y:1\tdolumide\nY:2\tnorbexazole\n",
        "Gene": "Z:1\tNUD-5\n",
    }
    sources = []
    for label, lines in names.items():
        (folder / f"{label}.tsv").write_text(lines)
        terms = f"{label} terms"
        sources.append(SourceSettings(folder / f"{label}.tsv", label=label, licence=terms))
    return build_lexicon(sources, folder / "names.lexicon")
