"""How good a relation tagger is on a named corpus, on gold mentions and concepts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bioweave.annotator.processors import available_processors
from bioweave.corpus import Part, SplitName, info, load, merge, scored_relations
from bioweave.document import Document
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments.evaluation import RESAMPLES, RUN_RECORD
from bioweave.experiments.measurement import Progress
from bioweave.scoring import bootstrap_interval, calibrate, judged_relations, score_relations

if TYPE_CHECKING:
    from bioweave.bundle.relations import RelationBundle


def finds_relations(path: str) -> bool:
    """Whether a bundle or a run finds relations. What is neither finds none."""
    from bioweave.bundle.relations import finds_relations as bundle_does

    folder = Path(path)
    if (folder / RUN_RECORD).is_file():
        from bioweave.training.relating.loading import is_relation_run

        return is_relation_run(folder)
    return bundle_does(folder)


def open_relations(path: str) -> RelationBundle:
    """The relation tagger at `path`: a bundle's folder or that of a run, which needs PyTorch."""
    from bioweave.bundle.relations import RelationBundle

    if (Path(path) / RUN_RECORD).is_file():
        from bioweave.training.relating.loading import load_relations

        return load_relations(Path(path))
    return RelationBundle.load(path)


def evaluate_relations(
    bundle: RelationBundle,
    corpus: str,
    split: str = "test",
    *,
    name: str = "",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The scores on a corpus, as `evaluate --json` prints them for relations.

    Mentions and concepts are the gold ones, and mentions are known by their ids, as in the tasks'
    own scripts. Scored are the labels that the corpus's task scores; relations of those that the
    model lacks, "unknown_labels", count as missed. "seen_elsewhere" counts documents of the split
    that the model learned from in another corpus. Raises CorpusError for a corpus that cannot be
    read and ConfigurationError where no label is shared.
    """
    # A run's tagger has threads of its own, in torch.
    n_threads = available_processors() if bundle.path is not None else 1
    relater = bundle.relater(n_threads=n_threads)
    annotated = scored_relations(corpus, info(corpus).relations)
    unknown = [label for label in annotated if label not in relater.labels]
    if len(unknown) == len(annotated):
        raise ConfigurationError(
            f"{corpus} annotates {', '.join(annotated) or 'no relations'}, and the model finds "
            f"{', '.join(relater.labels)}: there is nothing to score"
        )
    gold = load(corpus, split)
    if not gold:
        raise CorpusError(f"{corpus} {split} has no documents")
    predicted: list[Document] = []
    started = perf_counter()
    bare = (Document(one.id, one.text, one.mentions, passages=one.passages) for one in gold)
    for document in relater.pipe(bare):
        predicted.append(document)
        if progress:
            progress(len(predicted), len(gold))
    seconds = perf_counter() - started
    scores = score_relations(gold, predicted, annotated, mentions_by="id")
    interval = bootstrap_interval(scores.by_document, resamples=RESAMPLES)
    judged = judged_relations(gold, predicted, annotated, mentions_by="id")
    return {
        "model": name,
        "corpus": corpus,
        "split": split,
        **_learned(bundle.manifest.provenance, corpus, split, gold),
        "documents": len(gold),
        "pairs": relater.tally.n_pairs,
        "unknown_labels": unknown,
        "relations": {
            **scores.overall._asdict(),
            "labels": {label: score._asdict() for label, score in scores.by_label.items()},
        },
        "confidence_interval": {
            "f1": [interval.low, interval.high],
            "resamples": interval.resamples,
        },
        "calibration": {"expected_error": calibrate(*judged).expected_error},
        "warnings": list(relater.tally.warnings()),
        "seconds": seconds,
    }


def _learned(
    provenance: Mapping[str, Any], corpus: str, split: str, gold: list[Document]
) -> dict[str, Any]:
    """What the model learned from of this corpus, and of this split by way of others."""
    learned: Mapping[str, Any] | None = provenance.get("corpora")
    if learned is None:
        return dict.fromkeys(("trained_on", "trained_splits", "saw_split", "seen_elsewhere"))
    splits = list(learned.get(corpus, {}).get("trained_on", ()))
    return {
        "trained_on": bool(splits),
        "trained_splits": splits,
        "saw_split": split in splits,
        "seen_elsewhere": _seen_elsewhere(learned, corpus, provenance, gold),
    }


def _seen_elsewhere(
    learned: Mapping[str, Any],
    corpus: str,
    provenance: Mapping[str, Any],
    gold: list[Document],
) -> int | None:
    """How many of these documents other corpora taught; None where those are not at hand."""
    dropped = {
        (row["corpus"], document)
        for row in provenance.get("dropped", ())
        for document in row["documents"]
    }
    others: list[Part] = []
    try:
        for name, told in learned.items():
            for split in told.get("trained_on", ()) if name != corpus else ():
                documents = [one for one in load(name, split) if (name, one.id) not in dropped]
                others.append(Part(SplitName(name, split), documents))
    except CorpusError:
        return None
    _, drops = merge([Part(SplitName(corpus, "measured"), gold)], others)
    return sum(drop.is_held_out for drop in drops)
