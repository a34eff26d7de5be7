"""What a model gets wrong on a named corpus, by kind: what `bioweave errors` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bioweave.document import Document, Mention
from bioweave.experiments.learning import provenance_of, saw
from bioweave.experiments.measurement import Progress, ScoringModel, measure
from bioweave.experiments.splits import hold_out
from bioweave.scoring import (
    LONG_WORDS,
    MistakeKind,
    SortedMistake,
    Tally,
    score_mentions,
    sort_mistakes,
    tally,
)

EXAMPLES = 5
_CONTEXT = 80  # characters on either side of a mistake


def analyse_errors(
    model: ScoringModel,
    corpus: str,
    split: str = "dev",
    *,
    name: str = "",
    long_words: int = LONG_WORDS,
    examples: int = EXAMPLES,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Every mistake of `model` on a corpus, sorted by kind, in the shape of `errors --json`.

    `name` is what stands under "model", `long_words` the number of words from which a mention is
    long, `examples` how many mistakes of each kind are shown, spread evenly over the split.
    Raises what `evaluate` raises.
    """
    provenance = provenance_of(model)
    held_out = hold_out(corpus, split, provenance)
    is_carved = held_out.carved_with is not None
    measured = measure(model, corpus, split, documents=held_out.documents, progress=progress)
    strict = score_mentions(measured.gold, measured.predicted, measured.labels).strict
    n_right = int(strict.by_document[:, 0].sum())
    mistakes = sort_mistakes(
        measured.gold,
        measured.predicted,
        measured.labels,
        training=held_out.training,
        long_words=long_words,
    )
    tallies = tally(mistakes, n_right)
    annotated = [mention for one in held_out.training for mention in one.mentions]
    return {
        "model": name,
        "corpus": corpus,
        "split": split,
        "carved_with_seed": held_out.carved_with,
        "saw_split": saw(provenance, corpus, split, is_carved=is_carved),
        "documents": len(measured.gold),
        "labels": list(measured.labels),
        "not_scored": list(measured.not_scored),
        "long_words": long_words,
        "training_mentions": sum(mention.label in measured.labels for mention in annotated),
        "strict": strict.overall._asdict(),
        "right": n_right,
        "mistakes": len(mistakes),
        "misses": sum(one.n_misses for one in tallies),
        "false_alarms": sum(one.n_false_alarms for one in tallies),
        "kinds": [
            _kind_json(one, _spread(_of(mistakes, one.kind), examples), measured.gold)
            for one in tallies
        ],
        "by_label": {label: _label_json(mistakes, label) for label in measured.labels},
    }


def _kind_json(
    one: Tally, examples: Sequence[SortedMistake], gold: Sequence[Document]
) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "meaning": one.kind.meaning,
        "mistakes": one.n_mistakes,
        "misses": one.n_misses,
        "false_alarms": one.n_false_alarms,
        "share": one.share,
        "f1_gain": one.f1_gain,
        "bearing": one.n_bearing,
        "tags": dict(Counter(one.tags).most_common()),
        "labels": dict(one.labels),
        "examples": [
            _example_json(example, gold[example.mistake.document]) for example in examples
        ],
    }


def _label_json(mistakes: Sequence[SortedMistake], label: str) -> dict[str, int]:
    counts = Counter(one.kind for one in mistakes if one.mistake.mention.label == label)
    return {kind.value: counts[kind] for kind in MistakeKind}


def _example_json(example: SortedMistake, document: Document) -> dict[str, Any]:
    mistake = example.mistake
    start = max(0, mistake.start - _CONTEXT)
    return {
        "document": document.id,
        "tags": [str(tag) for tag in example.tags],
        "gold": _mention_json(mistake.gold),
        "predicted": _mention_json(mistake.predicted),
        "context": document.text[start : mistake.end + _CONTEXT],
        "context_start": start,
    }


def _mention_json(mention: Mention | None) -> dict[str, Any] | None:
    if mention is None:
        return None
    bare = {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "label": mention.label,
    }
    return bare if mention.confidence is None else {**bare, "confidence": mention.confidence}


def _of(mistakes: Sequence[SortedMistake], kind: MistakeKind) -> list[SortedMistake]:
    return [one for one in mistakes if one.kind is kind]


def _spread(mistakes: Sequence[SortedMistake], n: int) -> list[SortedMistake]:
    """At most `n` of them, evenly spaced: the first ones would all be of a few documents."""
    if len(mistakes) <= n:
        return list(mistakes)
    return [mistakes[place * len(mistakes) // n] for place in range(n)]
