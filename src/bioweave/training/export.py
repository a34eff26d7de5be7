"""A run becomes a bundle: graph, tokenizer, CRF weights, and what they were measured to do."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioweave.bundle import Graph, OnnxGraph, write_bundle
from bioweave.bundle.calibration import Inputs
from bioweave.bundle.quantise import quantise_graph
from bioweave.errors import CorpusError
from bioweave.features.batches import bucket_windows, pad_windows
from bioweave.model.export import export_onnx
from bioweave.training.data import RunCorpus, load_corpora
from bioweave.training.development import DevelopmentSet
from bioweave.training.examples import ExampleMaker
from bioweave.training.loading import FinishedRun, open_run
from bioweave.training.torch_graph import chains_of

logger = logging.getLogger(__name__)

# What int8 is fitted to: twice as many documents change nothing that can be measured.
_SAMPLE_DOCUMENTS = 60
_SAMPLE_PIECES = 2048  # a batch


def export_run(run: Path, out: Path, quantised: bool = True) -> dict[str, Any]:
    """Write the run's tagger as a bundle into the folder `out`; returns its dev scores.

    Weights become int8 unless `quantised` is False; what that costs is measured on the dev splits
    of the run's corpora, where they are at hand, and kept in the manifest under `scores`.
    """
    finished = open_run(run)
    chains = chains_of(finished.tagger)
    with tempfile.TemporaryDirectory(prefix="bioweave-") as scratch:
        graphs = {"fp32": Path(scratch, "fp32.onnx")}
        export_onnx(finished.tagger, graphs["fp32"])
        corpora = _corpora(finished)
        maker = ExampleMaker(
            finished.tokenizer,
            finished.recipe.windows,
            finished.tagger.heads.heads,
            finished.featurizer,
            finished.second_tokenizer,
        )
        if quantised:
            graphs["int8"] = Path(scratch, "int8.onnx")
            quantise_graph(graphs["fp32"], graphs["int8"], _samples(maker, corpora))
        # Training documents are not needed, only what is measured on.
        development = DevelopmentSet(maker, [replace(one, train=()) for one in corpora])
        scores: dict[str, Any] = {}
        for precision, path in graphs.items():
            if development.corpora:
                graph: Graph = OnnxGraph(path)
                scores[precision] = development.score(graph, chains)
                logger.info("%s: dev %s", precision, scores[precision])
        precision = "int8" if quantised else "fp32"
        manifest = finished.manifest.model_copy(
            update={
                "precision": precision,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "scores": {_name_of_scores(finished): scores} if scores else {},
            }
        )
        write_bundle(
            out,
            manifest,
            graph=graphs[precision],
            tokenizer=finished.tokenizer,
            chains=chains,
            featurizer=finished.featurizer,
            second_tokenizer=finished.second_tokenizer,
            own_names=finished.own_names,
        )
    return scores


def _corpora(finished: FinishedRun) -> tuple[RunCorpus, ...]:
    """The run's corpora with their dev splits; none where they are not at hand."""
    recipe = finished.recipe
    # Also what was trained on: the difference between two precisions shows there as well.
    choices = tuple(choice.model_copy(update={"evaluate": True}) for choice in recipe.corpora)
    try:
        return load_corpora(recipe.model_copy(update={"corpora": choices}))
    except CorpusError as error:
        logger.warning("int8 is made without samples, and its cost not measured: %s", error)
        return ()


def _samples(maker: ExampleMaker, corpora: Sequence[RunCorpus]) -> Iterator[Inputs]:
    """The graph's inputs for some documents that were learned from, of each corpus as many."""
    for one in corpora:
        cut = maker.cut(one.train[: -(-_SAMPLE_DOCUMENTS // len(corpora))])
        pairs = [(window, of.features_of(window)) for of in cut for window in of.windows]
        for n_pieces, indices in bucket_windows([window for window, _ in pairs], _SAMPLE_PIECES):
            windows, features = zip(*(pairs[index] for index in indices), strict=True)
            yield pad_windows(windows, n_pieces, features)


def _name_of_scores(finished: FinishedRun) -> str:
    # Figures on what was learned from say what int8 costs, not how good the tagger is.
    seen = any("dev" in choice.train_on for choice in finished.recipe.corpora)
    return "dev (learned from)" if seen else "dev"
