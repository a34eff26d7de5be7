"""Names that speak for a mention: a lexicon's in the text, and those met in training."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from bioweave.bundle.parts import LINKING_NAME, has_part
from bioweave.explanation.record import DictionaryHit, LearnedName
from bioweave.explanation.subject import Subject
from bioweave.lexicon import Lexicon, Matcher
from bioweave.lexicon.candidates import CandidateIndex
from bioweave.linking import LearnedNames
from bioweave.linking.learned import LabelNames, names_of
from bioweave.linking.linker import LEARNED_NAME

_MOST_CONCEPTS = 3
N_LEARNED = 3


class LexiconHits:
    """The names of a lexicon that touch a span, whatever their label."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._lexicon)

    def __call__(self, subject: Subject) -> Iterator[DictionaryHit]:
        """Each longest name, with the first few concepts that have it."""
        start = subject.words[subject.sentence.start].start
        end = subject.words[subject.sentence.stop - 1].end
        text = subject.document.text[start:end]
        for match in self._matcher.find(text):
            if not start + match.start < subject.end or not subject.start < start + match.end:
                continue
            concepts = self._matcher.concepts(match)[:_MOST_CONCEPTS].tolist()
            yield DictionaryHit(
                start + match.start,
                start + match.end,
                text[match.start : match.end],
                match.label,
                tuple(
                    (self._lexicon.concept_id(index), self._lexicon.concept_name(index))
                    for index in concepts
                ),
            )


class TrainingNames:
    """The names with concepts that a bundle's linker met in its training corpora.

    They are names alone: a bundle keeps no sentences. Labels that it was not taught to link have
    none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._indices: dict[str, tuple[list[str], CandidateIndex]] = {}

    def __call__(self, text: str, long_form: str | None, label: str) -> Iterator[LearnedName]:
        """The nearest by their character n-grams, the likest first; looked up by a long form."""
        names, keys = self._labels.get(label), names_of(text, long_form)
        if names is None or not names.by_key or not keys:
            return
        if label not in self._indices:
            known = sorted(names.by_key)
            self._indices[label] = known, CandidateIndex.build(known)
        known, index = self._indices[label]
        for found in index.search(keys[0], N_LEARNED):
            counts = names.counts(known[found.key])
            ids = max(counts, key=lambda one: counts[one])
            yield LearnedName(
                known[found.key], tuple(ids), sum(counts.values()), min(found.cosine, 1.0)
            )

    @cached_property
    def _labels(self) -> dict[str, LabelNames]:
        if self._folder is None or not has_part(self._folder, LINKING_NAME):
            return {}
        path = self._folder / LINKING_NAME / LEARNED_NAME
        return dict(LearnedNames.load(path).labels)
