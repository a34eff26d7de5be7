"""How good a model is on a named corpus: what `bioweave evaluate` prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bioweave.corpus import corpus_names
from bioweave.document import TagScheme
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments.measurement import Measurement, Progress, ScoringModel, measure
from bioweave.scoring import (
    RuleScores,
    TokenReport,
    bootstrap_interval,
    calibrate,
    judged_confidences,
    score_mentions,
    score_token_ranking,
    score_tokens,
)

RESAMPLES = 1000
RUN_RECORD = "run.json"


def open_model(path: str, *, mode: str = "balanced") -> ScoringModel:
    """The model at `path`: a bundle's folder, `default`, or the folder of a run.

    Raises BundleError for what is neither. A run needs PyTorch, a bundle does not.
    """
    from bioweave.annotator import Annotator

    if (Path(path) / RUN_RECORD).is_file():
        from bioweave.training import load_run

        return Annotator(load_run(Path(path)), mode=mode)
    from bioweave.bundle import Bundle

    return Annotator(Bundle.load(path), mode=mode)


def evaluate(
    model: ScoringModel,
    corpus: str,
    split: str = "test",
    *,
    name: str = "",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The scores of `model` on a corpus, in the shape of `evaluate --json`.

    `name` is what stands under "model". Labels that the corpus annotates and the model lacks
    are listed under "not_scored". Raises CorpusError if the corpus cannot be read and
    ConfigurationError if it annotates none of the model's labels.
    """
    measured = measure(model, corpus, split, progress=progress)
    return {"model": name, "corpus": corpus, "split": split, **report(measured)}


def evaluate_all(
    model: ScoringModel,
    split: str = "test",
    *,
    name: str = "",
    progress: Callable[[str], Progress] | None = None,
) -> dict[str, Any]:
    """The scores on every corpus that is there, has the split and annotates one of the labels.

    The others are listed under "skipped", with the reason. `progress` is asked for each
    corpus's own. Raises CorpusError if no corpus is left.
    """
    results: list[dict[str, Any]] = []
    skipped: list[dict[str, str]] = []
    for corpus in corpus_names():
        shown = progress(corpus) if progress else None
        try:
            results.append(evaluate(model, corpus, split, name=name, progress=shown))
        except (CorpusError, ConfigurationError) as error:
            skipped.append({"corpus": corpus, "reason": str(error)})
    if not results:
        reasons = "; ".join(dict.fromkeys(one["reason"] for one in skipped))
        raise CorpusError(f"no corpus to evaluate on: {reasons}")
    return {"model": name, "split": split, "results": results, "skipped": skipped}


def report(measured: Measurement) -> dict[str, Any]:
    """What a measurement comes to: "documents" and all that follows in `evaluate --json`."""
    mentions = score_mentions(measured.gold, measured.predicted, measured.labels)
    rules = {"strict": mentions.strict, "relaxed": mentions.relaxed}
    if mentions.alternatives is not None:
        rules["alternatives"] = mentions.alternatives
    interval = bootstrap_interval(mentions.strict.by_document, resamples=RESAMPLES)
    calibration = calibrate(*judged_confidences(measured.gold, measured.predicted, measured.labels))
    tokens = score_tokens(measured.gold_tags, measured.predicted_tags)
    ranking = score_token_ranking(measured.gold_tags, measured.probabilities)
    return {
        "documents": len(measured.gold),
        "not_scored": list(measured.not_scored),
        "mentions": {rule: _rule_json(scores) for rule, scores in rules.items()},
        "tokens": {**_tokens_json(tokens), "roc_auc": ranking._asdict()},
        "confidence_interval": {
            "strict_f1": [interval.low, interval.high],
            "resamples": interval.resamples,
        },
        "calibration": {"expected_error": calibration.expected_error},
        "words": len(measured.gold_tags),
        "seconds": measured.seconds,
    }


def _rule_json(scores: RuleScores) -> dict[str, Any]:
    by_label = {label: score._asdict() for label, score in scores.by_label.items()}
    return {**scores.overall._asdict(), "labels": by_label}


def _tokens_json(tokens: TokenReport) -> dict[str, Any]:
    return {
        "scheme": TagScheme.BIO.value,
        **{name: score._asdict() for name, score in tokens.classes.items()},
        "accuracy": tokens.accuracy,
        "macro": tokens.macro._asdict(),
        "weighted": tokens.weighted._asdict(),
    }
