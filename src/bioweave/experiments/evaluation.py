"""How good a model is on a named corpus: what `bioweave evaluate` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.corpus import corpora_folder, corpus_names, files, info
from bioweave.document import TagScheme
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments.concept_report import LinkingModel, concept_report
from bioweave.experiments.learning import Learned, learned_from, provenance_of
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

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.bundle import Bundle, FusedBundle

RESAMPLES = 1000
RUN_RECORD = "run.json"
# Which split to measure on where the wanted one is missing.
_BY_WORTH = ("test", "dev", "train")


def open_model(
    path: str,
    *,
    mode: str = "balanced",
    link: bool = False,
    lexicon: Path | None = None,
    rules: Path | None = None,
) -> Annotator:
    """The model at `path`: a bundle's folder, `default`, or the folder of a run.

    A compiled lexicon speaks for mentions whose names it has, and a file of rules goes on top of
    the package's own. With `link` mentions get concepts, by what the bundle learned and by the
    lexicon. Raises BundleError for what is neither, and ConfigurationError where it cannot link. A
    run needs PyTorch, a bundle does not.
    """
    from bioweave.annotator import Annotator
    from bioweave.bundle import open_bundle

    bundle: Bundle | FusedBundle
    if (Path(path) / RUN_RECORD).is_file():
        from bioweave.training import load_run

        bundle = load_run(Path(path))
    else:
        bundle = open_bundle(path)
    linker = None
    if link:
        from bioweave.annotator.links import open_linker

        linker = open_linker(bundle.path, lexicon)
    return Annotator(bundle, mode=mode, linker=linker, lexicon=lexicon, rules=rules)


def evaluate(
    model: ScoringModel,
    corpus: str,
    split: str = "test",
    *,
    name: str = "",
    progress: Progress | None = None,
    linker: LinkingModel | None = None,
) -> dict[str, Any]:
    """The scores of `model` on a corpus, in the shape of `evaluate --json`.

    With `linker`, the one that the model itself links with, concepts are scored as well.
    `name` is what stands under "model". Labels that the corpus annotates and the model lacks
    are listed under "not_scored", those that learned from it under "trained_labels" (and under
    "taught_labels" those that only a teacher did). Raises CorpusError if the corpus cannot be
    read and ConfigurationError if it annotates none of the model's labels.
    """
    measured = measure(model, corpus, split, progress=progress)
    learned = learned_from(provenance_of(model), corpus)
    return {
        "model": name,
        "corpus": corpus,
        "split": split,
        **_learned_json(learned, split, measured.labels),
        **report(measured),
        **({"concepts": concept_report(measured, linker)} if linker is not None else {}),
    }


def evaluate_all(
    model: ScoringModel,
    split: str = "test",
    *,
    name: str = "",
    progress: Callable[[str], Progress] | None = None,
    linker: LinkingModel | None = None,
) -> dict[str, Any]:
    """The scores on every corpus that is there and annotates one of the labels.

    Those that the model never learned from are among them. Where a corpus lacks the split, another
    one that was not learned from takes its place (test, then dev, then train), if the model's
    provenance tells; a result says its split. The others are listed under "skipped", with the
    reason. `progress` is asked for each corpus's own. Raises CorpusError if no corpus is left.
    """
    results: list[dict[str, Any]] = []
    skipped: list[dict[str, str]] = []
    for corpus in _all_names():
        shown = progress(corpus) if progress else None
        try:
            chosen = _split_for(model, corpus, split)
            results.append(
                evaluate(model, corpus, chosen, name=name, progress=shown, linker=linker)
            )
        except (CorpusError, ConfigurationError) as error:
            skipped.append({"corpus": corpus, "reason": str(error)})
    if not results:
        reasons = "; ".join(dict.fromkeys(one["reason"] for one in skipped))
        raise CorpusError(f"no corpus to evaluate on: {reasons}")
    return {"model": name, "split": split, "results": results, "skipped": skipped}


def _all_names() -> Iterator[str]:
    """The catalogue's corpora, then folders of one's own beside them."""
    yield from corpus_names()
    try:
        beside = sorted(path.name for path in corpora_folder().iterdir() if path.is_dir())
    except CorpusError:  # each corpus will say so
        return
    for name in beside:
        if name not in corpus_names() and _is_corpus(name):
            yield name


def _is_corpus(name: str) -> bool:
    try:
        return bool(files(name))
    except CorpusError:
        return False


def _split_for(model: ScoringModel, corpus: str, split: str) -> str:
    splits = info(corpus).splits
    learned = learned_from(provenance_of(model), corpus)
    if split in splits or learned is None or learned.taught != ():
        return split
    unseen = [other for other in _BY_WORTH if other in splits and other not in learned.splits]
    return unseen[0] if unseen else split


def _learned_json(learned: Learned | None, split: str, labels: Sequence[str]) -> dict[str, Any]:
    """Whether the corpus was learned from, and by which of the labels that are scored.

    What the model does not say of itself, or of its teachers, is None.
    """
    if learned is None:
        names = ("trained_on", "trained_splits", "trained_labels", "taught_labels", "saw_split")
        return dict.fromkeys(names)
    return {
        "trained_on": bool(learned.splits),
        "trained_splits": list(learned.splits),
        "trained_labels": [label for label in labels if label in learned.labels],
        "taught_labels": None
        if learned.taught is None
        else [label for label in labels if label in learned.taught],
        "saw_split": split in learned.splits,
    }


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
