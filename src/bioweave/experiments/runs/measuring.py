"""A finished run, read against its own dev documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.document import Document
from bioweave.experiments.measurement import measure
from bioweave.experiments.runs.out_of_fold import marginals_of, write_marginals
from bioweave.experiments.runs.scores import CorpusScores, TrialScores, corpus_scores
from bioweave.scoring import TokenScores
from bioweave.whole_files import write_json, write_whole

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.annotator.inference import Annotation
    from bioweave.training.data import RunCorpus

SCORES = "scores.json"
PREDICTIONS = "predictions.jsonl"
MARGINALS = "marginals.npz"


def measure_run(run: Path, record: dict[str, Any], *, keeps_predictions: bool) -> TrialScores:
    """Have a finished run annotate its dev documents, and write `scores.json` into its folder.

    It annotates as a user would have it: with the recipe's thresholds, short forms and rules.
    With `keeps_predictions`, for a run on one corpus, what it found is written as well.
    """
    from bioweave.annotator import Annotator
    from bioweave.training import load_recipe, load_run
    from bioweave.training.data import load_corpora

    measured_on = [one for one in load_corpora(load_recipe(run / "recipe.toml")) if one.dev]
    # One thread: what batches are made of, and so the last bits, are then the same everywhere.
    annotator = Annotator(load_run(run), n_threads=1)
    corpora: dict[str, CorpusScores] = {}
    seconds = 0.0
    for one in measured_on:
        model = _Remembering(annotator)
        measured = measure(model, one.choice.name, "dev", documents=one.dev)
        corpora[one.choice.name] = corpus_scores(measured)
        seconds += measured.seconds
        if keeps_predictions:
            _write_predictions(run, one, model, measured.predicted)
    spent = {"training": float(record["seconds"]), "measuring": seconds}
    scores = TrialScores(corpora, dict(record["dev"]), spent)
    write_json(run / SCORES, scores.to_json())
    return scores


@dataclass(frozen=True, slots=True, eq=False)
class _Remembering:
    """An annotator that keeps what it said of each word."""

    annotator: Annotator
    said: list[Annotation] = field(default_factory=list)

    @property
    def labels(self) -> Sequence[str]:
        return self.annotator.labels

    def score(self, documents: Iterable[Document]) -> Iterator[tuple[Document, TokenScores]]:
        from bioweave.annotator.word_scores import word_scores

        heads = self.annotator.bundle.manifest.heads
        selection = self.annotator.selection
        for annotation in self.annotator.annotations(
            documents, floor=selection.mode.floor, with_marginals=True
        ):
            self.said.append(annotation)
            yield selection(annotation), word_scores(annotation, heads, self.labels)


def _write_predictions(
    run: Path, one: RunCorpus, model: _Remembering, predicted: Sequence[Document]
) -> None:
    from bioweave.formats import document_to_json

    fold = one.choice.fold.number if one.choice.fold is not None else 0
    heads = model.annotator.bundle.manifest.heads
    write_marginals(run / MARGINALS, marginals_of(one.choice.name, fold, heads, model.said))
    lines = (json.dumps(document_to_json(found), ensure_ascii=False) for found in predicted)
    write_whole(run / PREDICTIONS, "".join(f"{line}\n" for line in lines).encode())
