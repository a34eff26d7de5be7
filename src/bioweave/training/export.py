"""A run becomes a bundle: graph, tokenizer, CRF weights, and what they were measured to do."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioweave.bundle import Graph, OnnxGraph, write_bundle
from bioweave.bundle.quantise import quantise_graph
from bioweave.errors import CorpusError
from bioweave.model.export import export_onnx
from bioweave.training.data import load_corpora
from bioweave.training.development import DevelopmentSet
from bioweave.training.examples import ExampleMaker
from bioweave.training.loading import FinishedRun, open_run
from bioweave.training.torch_graph import chains_of

logger = logging.getLogger(__name__)


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
        if quantised:
            graphs["int8"] = Path(scratch, "int8.onnx")
            quantise_graph(graphs["fp32"], graphs["int8"])
        development = _development_set(finished)
        scores: dict[str, Any] = {}
        for precision, path in graphs.items():
            if development is not None:
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
        )
    return scores


def _development_set(finished: FinishedRun) -> DevelopmentSet | None:
    recipe = finished.recipe
    # Also what was trained on: the difference between two precisions shows there as well.
    choices = tuple(choice.model_copy(update={"evaluate": True}) for choice in recipe.corpora)
    recipe = recipe.model_copy(update={"corpora": choices})
    try:
        corpora = load_corpora(recipe)
    except CorpusError as error:
        logger.warning("what int8 costs was not measured: %s", error)
        return None
    maker = ExampleMaker(
        finished.tokenizer, recipe.windows, finished.tagger.heads.heads, finished.featurizer
    )
    # Training documents are not needed, only what is measured on.
    return DevelopmentSet(maker, [replace(one, train=()) for one in corpora])


def _name_of_scores(finished: FinishedRun) -> str:
    # Figures on what was learned from say what int8 costs, not how good the tagger is.
    seen = any("dev" in choice.train_on for choice in finished.recipe.corpora)
    return "dev (learned from)" if seen else "dev"
