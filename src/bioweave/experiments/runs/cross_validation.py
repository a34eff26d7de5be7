"""k taggers, each measured on the part of a corpus that it did not learn from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.completing import spent_seconds
from bioweave.experiments.runs.cross_validation_page import cross_validation_page
from bioweave.experiments.runs.measuring import MARGINALS, PREDICTIONS
from bioweave.experiments.runs.out_of_fold import joined, read_marginals, write_marginals
from bioweave.experiments.runs.running import run_trials
from bioweave.experiments.runs.scores import TrialScores
from bioweave.experiments.runs.trials import Trial, TrialsFolder
from bioweave.scoring import bootstrap_interval
from bioweave.whole_files import write_json, write_whole

if TYPE_CHECKING:
    from bioweave.training import Recipe
    from bioweave.training.watcher import Watcher

COMMAND = "cross-validate"
RESAMPLES = 1000
OUT_OF_FOLD = "out-of-fold"
PAGE = "cross-validation.md"


def cross_validate(
    recipe_path: Path,
    out: Path,
    *,
    folds: int = 5,
    seed: int = 0,
    corpus: str | None = None,
    overrides: Iterable[str] = (),
    jobs: int = 1,
    keep_weights: bool = False,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Train on all folds but one, for each in turn; returns what `summary.json` then holds.

    Folds are of documents, never of sentences (`corpus.fold_numbers`), and follow from `seed`.
    Nothing is chosen on a fold that is held out: each run keeps the weights that it ends with, and
    never stops early. Other corpora of the recipe are learned from whole. `out-of-fold.jsonl` has
    every document as the run found it that had not seen it, `out-of-fold.npz` its words' marginals
    (`out_of_fold`). Goes on where an earlier call with the same settings was interrupted.

    Raises ConfigurationError where the recipe has several corpora and none is named, or has none
    of that name.
    """
    from bioweave.training import load_recipe
    from bioweave.training.watcher import NoWatcher

    recipe = load_recipe(recipe_path, overrides)
    chosen = _chosen(recipe, corpus)
    folder = TrialsFolder(out)
    settings = {"corpus": chosen, "folds": folds, "seed": seed}
    with folder.claimed(recipe, COMMAND, settings):
        trials = [
            Trial(f"fold-{number}", _held_out(recipe, chosen, folds, number, seed))
            for number in range(1, folds + 1)
        ]
        scores = run_trials(
            folder,
            trials,
            jobs=jobs,
            keep_weights=keep_weights,
            keep_predictions=True,
            watcher=watcher or NoWatcher(),
        )
        _gather(folder, trials, _order(recipe, chosen))
        summary = {
            "command": COMMAND,
            "recipe": recipe.name,
            **settings,
            **summarise(scores),
            "seconds": spent_seconds(scores),
            "trials": {name: one.to_json() for name, one in scores.items()},
        }
        write_cross_validation([summary], out)
        write_json(folder.summary, summary)
    return summary


def write_cross_validation(summaries: Sequence[Mapping[str, Any]], out: Path) -> None:
    """Write the page of cross-validations, from their summaries alone."""
    write_whole(out / PAGE, cross_validation_page(summaries).encode())


def summarise(scores: Mapping[str, TrialScores]) -> dict[str, Any]:
    """The folds' mean and deviation, and all folds' documents in one pot.

    "deviation" is the standard deviation of a fold, from all folds (n - 1). "out_of_fold" counts
    every document once; its interval is a percentile bootstrap over documents.
    """
    rows = [_row(one) for one in scores.values()]
    counts = np.array([row for one in scores.values() for row in one.by_document.values()])
    interval = bootstrap_interval(counts, resamples=RESAMPLES)
    pooled = pool(list(scores.values()))
    return {
        "mean": {name: float(np.mean([row[name] for row in rows])) for name in rows[0]},
        "deviation": {name: float(np.std([row[name] for row in rows], ddof=1)) for name in rows[0]},
        "out_of_fold": {
            "documents": len(counts),
            **pooled.figures(),
            "confidence_interval": {
                "strict_f1": [interval.low, interval.high],
                "resamples": interval.resamples,
            },
        },
    }


def pool(folds: Sequence[TrialScores]) -> TrialScores:
    """The folds' documents of one corpus as if one run had been measured on them."""
    from bioweave.experiments.runs.scores import CorpusScores

    (name,) = folds[0].corpora
    parts = [fold.corpora[name] for fold in folds]
    words = [part.words for part in parts if part.words is not None]
    return TrialScores(
        {
            name: CorpusScores(
                parts[0].labels,
                tuple(document for part in parts for document in part.documents),
                np.concatenate([part.strict for part in parts]),
                sum(words[1:], words[0]) if words else None,
            )
        }
    )


def _row(one: TrialScores) -> dict[str, float]:
    strict, words = one.strict, one.words
    figures = {"precision": strict.precision, "recall": strict.recall, "f1": strict.f1}
    return {**figures, "accuracy": words.accuracy if words is not None else 0.0}


def _chosen(recipe: Recipe, corpus: str | None) -> str:
    names = [choice.name for choice in recipe.corpora]
    if corpus is None and len(names) > 1:
        raise ConfigurationError(
            f"recipe {recipe.name!r} has the corpora {', '.join(names)}: say with --corpus which "
            "is to be cross-validated"
        )
    if corpus is not None and corpus not in names:
        raise ConfigurationError(
            f"recipe {recipe.name!r} has no corpus {corpus!r}; it has {', '.join(names)}"
        )
    return corpus or names[0]


def _held_out(recipe: Recipe, corpus: str, folds: int, number: int, seed: int) -> tuple[str, ...]:
    return (
        f"corpora.{corpus}.fold={{of={folds}, number={number}, seed={seed}}}",
        *(
            f"corpora.{choice.name}.evaluate={'true' if choice.name == corpus else 'false'}"
            for choice in recipe.corpora
        ),
        'training.keep="last"',
        "training.patience=0",
    )


def _order(recipe: Recipe, corpus: str) -> list[str]:
    """The ids of the documents that folds are made of, as the corpus has them."""
    from bioweave.corpus import load

    (choice,) = (choice for choice in recipe.corpora if choice.name == corpus)
    return [document.id for split in choice.train_on for document in load(corpus, split)]


def _gather(folder: TrialsFolder, trials: Sequence[Trial], order: Sequence[str]) -> None:
    """What each run says of its fold, in two files for the whole corpus."""
    runs = [folder.run(trial.name) for trial in trials]
    kept = joined([read_marginals(run / MARGINALS) for run in runs], order)
    write_marginals(folder.path / f"{OUT_OF_FOLD}.npz", kept)
    lines = {
        json.loads(line)["id"]: line
        for run in runs
        for line in (run / PREDICTIONS).read_text(encoding="utf-8").splitlines()
    }
    text = "".join(f"{lines[one.document]}\n" for one in kept)
    write_whole(folder.path / f"{OUT_OF_FOLD}.jsonl", text.encode())
