"""A run of relations -> a bundle, with what 8-bit integers cost it."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bioweave.bundle.calibration import Inputs
from bioweave.bundle.graph import OnnxGraph
from bioweave.bundle.quantise import quantise_graph
from bioweave.bundle.relations import label_decisions, write_relation_bundle
from bioweave.errors import CorpusError
from bioweave.model.relation_export import export_relation_graph
from bioweave.relating import PairCutter
from bioweave.relating.batches import bucket_marked, pad_marked
from bioweave.relating.relater import with_ids
from bioweave.training.data import RunCorpus, load_corpora
from bioweave.training.relating.development import DevelopmentPairs
from bioweave.training.relating.loading import FinishedRelations, open_relations

logger = logging.getLogger(__name__)

# What int8 is fitted to: some ten thousand words, of many documents.
_SAMPLE_DOCUMENTS = 60
_SAMPLE_PAIRS = 4  # a document
_SAMPLE_PIECES = 2048  # a batch


def export_relations(run: Path, out: Path, quantised: bool = True) -> dict[str, Any]:
    """Write the run's tagger as a bundle into the folder `out`; returns its dev scores.

    As `bioweave.training.export_run` does for taggers of mentions. Curves and thresholds are chosen
    anew on dev by the scores of the graph itself, for each precision its own; they are the run's
    where its corpora are not at hand.
    """
    finished = open_relations(run)
    cutter = finished.cutter
    with tempfile.TemporaryDirectory(prefix="bioweave-") as scratch:
        graphs = {"fp32": Path(scratch, "fp32.onnx")}
        export_relation_graph(finished.tagger, graphs["fp32"])
        corpora = _corpora(finished)
        if quantised:
            graphs["int8"] = Path(scratch, "int8.onnx")
            quantise_graph(graphs["fp32"], graphs["int8"], _samples(cutter, corpora))
        development = DevelopmentPairs(cutter, corpora)
        scores: dict[str, Any] = {}
        deciding = finished.deciding
        for precision, path in graphs.items():
            if development.corpora:
                measured = development.score(OnnxGraph(path))
                scores[precision], deciding = measured.figures, measured.deciding
                logger.info("%s: dev %s", precision, scores[precision])
        precision = "int8" if quantised else "fp32"
        manifest = finished.manifest.model_copy(
            update={
                "precision": precision,
                "labels": label_decisions(finished.tasks, deciding),
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "scores": {"dev": scores} if scores else {},
            }
        )
        write_relation_bundle(out, manifest, graph=graphs[precision], tokenizer=finished.tokenizer)
    return scores


def _corpora(finished: FinishedRelations) -> tuple[RunCorpus, ...]:
    """The run's corpora as it measured them; none where they are not at hand."""
    kept = {task.name for task in finished.tasks}
    is_kept = [choice.name in kept for choice in finished.recipe.tasks]
    try:
        loaded = load_corpora(finished.recipe)
    except CorpusError as error:
        logger.warning("int8 is made without samples, and its cost not measured: %s", error)
        return ()
    # Without the tasks that a bundle leaves out.
    fitted = (
        replace(
            one,
            trains=tuple(
                trains for trains, is_one in zip(one.trains, is_kept, strict=True) if is_one
            ),
        )
        for one in loaded
    )
    return tuple(one for one in fitted if any(one.trains))


def _samples(cutter: PairCutter, corpora: Sequence[RunCorpus]) -> Iterator[Inputs]:
    """The graph's inputs for some pairs that were learned from, of each corpus as many."""
    for one in corpora:
        windows = []
        for number, document in enumerate(one.train[: -(-_SAMPLE_DOCUMENTS // len(corpora))]):
            cut = cutter.cut(number, cutter.segmented(with_ids(document)))
            windows += [window for pair in islice(cut, _SAMPLE_PAIRS) for window in pair.windows]
        for shape, indices in bucket_marked(windows, _SAMPLE_PIECES):
            yield pad_marked([windows[index] for index in indices], shape)
