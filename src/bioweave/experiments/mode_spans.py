"""Every span that some mode may take, of a corpus's dev split, and whether it is right.

The tagger runs once; then any threshold and any rule can be judged in no time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bioweave.corpus import info
from bioweave.document import Document, Span
from bioweave.errors import ConfigurationError
from bioweave.experiments.learning import saw
from bioweave.experiments.measurement import Progress
from bioweave.experiments.splits import hold_out

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.annotator.inference import Annotation
    from bioweave.annotator.modes import Mode
    from bioweave.annotator.rule_files import RuleSet
    from bioweave.annotator.selection import Selection, Standing

# No mode that is of any use goes below.
FLOOR = 0.02
_SPLIT = "dev"


@dataclass(frozen=True, slots=True, eq=False)
class TaggedCorpus:
    """A dev split with what the tagger said of it, and what was made of that before any threshold.

    `saw_dev` is whether the model learned from the split, None where it does not say.
    """

    name: str
    labels: tuple[str, ...]
    gold: tuple[Document, ...]
    annotations: tuple[Annotation, ...]
    standing: tuple[Standing, ...]
    saw_dev: bool | None

    def with_standing(self, selection: Selection) -> TaggedCorpus:
        """The same with what another selection lets stand."""
        return replace(self, standing=tuple(map(selection.standing, self.annotations)))

    def predicted(self, selection: Selection) -> list[Document]:
        """The documents with the mentions that the selection makes of what stands."""
        return [
            Document(document.id, document.text).with_mentions(
                selection.mentions(annotation, standing)
            )
            for document, annotation, standing in zip(
                self.gold, self.annotations, self.standing, strict=True
            )
        ]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSpans:
    """A corpus's spans of the labels that it annotates, an array element each.

    `label` counts in `labels`; `is_found` is false for what the most probable tagging left out.
    `n_gold` [labels] counts the annotated mentions.
    """

    corpus: str
    labels: tuple[str, ...]
    n_gold: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    is_found: npt.NDArray[np.bool_]
    is_known: npt.NDArray[np.bool_]
    is_right: npt.NDArray[np.bool_]


def tag_corpus(
    annotator: Annotator, corpus: str, *, progress: Progress | None = None
) -> TaggedCorpus:
    """Run the tagger of an annotator, made for recall, over a corpus's dev split.

    For a corpus that publishes none it is what training parts from train. Raises CorpusError where
    the corpus cannot be read, and ConfigurationError where it annotates none of the labels.
    """
    labels = tuple(label for label in info(corpus).labels if label in annotator.labels)
    if not labels:
        raise ConfigurationError(f"{corpus} annotates none of {', '.join(annotator.labels)}")
    provenance = annotator.bundle.manifest.provenance
    held_out = hold_out(corpus, _SPLIT, provenance)
    bare = (Document(one.id, one.text, passages=one.passages) for one in held_out.documents)
    annotations: list[Annotation] = []
    for annotation in annotator.annotations(bare, floor=FLOOR):
        annotations.append(annotation)
        if progress:
            progress(len(annotations), len(held_out.documents))
    return TaggedCorpus(
        name=corpus,
        labels=labels,
        gold=held_out.documents,
        annotations=tuple(annotations),
        standing=tuple(map(annotator.selection.standing, annotations)),
        saw_dev=saw(provenance, corpus, _SPLIT, is_carved=held_out.carved_with is not None),
    )


def selection_for(selection: Selection, mode: Mode, rules: RuleSet) -> Selection:
    """The selection with another mode and other rules; what a lexicon says stays."""
    from bioweave.annotator.rules import RulesOfMode

    own = RulesOfMode(rules.rules, mode.name, selection.labels)
    return replace(selection, mode=mode, rules=own)


def judge(tagged: TaggedCorpus, selection: Selection) -> JudgedSpans:
    """The spans of a corpus as the selection's rules leave them, whatever its thresholds."""
    rows: list[tuple[int, float, bool, bool, bool]] = []
    places: Mapping[str, int] = {label: place for place, label in enumerate(tagged.labels)}
    n_gold = np.zeros(len(places), dtype=np.int64)
    for document, annotation, standing in zip(
        tagged.gold, tagged.annotations, tagged.standing, strict=True
    ):
        gold = {
            (one.start, one.end, one.label)
            for one in document.mentions
            if one.label in places and not one.is_discontinuous
        }
        for one in {(one.span, one.fragments, one.label) for one in document.mentions}:
            if one[2] in places:
                n_gold[places[one[2]]] += 1
        words, text = annotation.prepared.words, document.text
        taken: set[tuple[int, int, str]] = set()
        for spans, is_found in ((standing.found, True), (standing.others, False)):
            for span in spans:
                if span.label not in places:
                    continue
                extent = Span(words[span.word_start].start, words[span.word_end - 1].end)
                changed = selection.rules.apply(text, span.label, extent)
                if changed is None or (*changed, span.label) in taken:
                    continue
                mention = (*changed, span.label)
                taken.add(mention)
                names = selection.names
                is_known = names is not None and names(text[slice(*extent)], span.label)
                rows.append(
                    (places[span.label], span.confidence, is_found, is_known, mention in gold)
                )
    return _table(tagged, n_gold, rows)


def _table(
    tagged: TaggedCorpus,
    n_gold: npt.NDArray[np.int64],
    rows: Sequence[tuple[int, float, bool, bool, bool]],
) -> JudgedSpans:
    columns: Sequence[Sequence[float]] = list(zip(*rows, strict=True)) or [()] * 5
    return JudgedSpans(
        corpus=tagged.name,
        labels=tagged.labels,
        n_gold=n_gold,
        label=np.array(columns[0], dtype=np.int64),
        confidence=np.array(columns[1], dtype=np.float64),
        is_found=np.array(columns[2], dtype=np.bool_),
        is_known=np.array(columns[3], dtype=np.bool_),
        is_right=np.array(columns[4], dtype=np.bool_),
    )
