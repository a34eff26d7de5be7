"""Annotated mentions -> what a reranker learns from: candidates, and which of them are right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.document import Document, Mention
from bioweave.linking import LearnedNames
from bioweave.linking.evidence import Evidence
from bioweave.linking.learned import LabelNames, names_of
from bioweave.linking.linker import gather_evidence
from bioweave.linking.meanings import WordMeanings
from bioweave.linking.thesaurus import LexiconNames, Thesaurus
from bioweave.scoring import concept_groups
from bioweave.text.short_forms import LongForms
from bioweave.training.linking.settings import LinkerTraining


@dataclass(frozen=True, slots=True)
class LinkingExample:
    """A mention's candidates, [candidates, features], and which answers are right."""

    rows: npt.NDArray[np.float32]
    is_right: npt.NDArray[np.float32]  # [candidates + 1]; the last: nothing fits


def linking_examples(
    documents: Sequence[Document],
    label: str,
    names: LexiconNames | None,
    settings: LinkerTraining,
    meanings: WordMeanings | None = None,
) -> Iterator[LinkingExample]:
    """The mentions of one label as they look to a linker that never saw their document.

    Some are shown without the lexicon's names (`names`), as the settings say.
    """
    shown = np.random.default_rng(settings.seed)
    for fold in range(settings.folds):
        others = [one for i, one in enumerate(documents) if i % settings.folds != fold]
        learned = LearnedNames.from_documents(others, [label]).labels.get(label, LabelNames())
        thesauri = [Thesaurus(label, learned, own, meanings) for own in (names, None)]
        for document in documents[fold :: settings.folds]:
            long_forms = LongForms(document.text)
            for mention in document.mentions:
                long_form = long_forms.at(mention.text, mention.start)
                if mention.label != label or not names_of(mention.text, long_form):
                    continue
                bare = names is None or shown.random() < settings.share_without_lexicon
                thesaurus = thesauri[bare]
                evidence = gather_evidence(mention.text, long_form, thesaurus)
                yield LinkingExample(evidence.rows, _is_right(evidence, mention, thesaurus))


def _is_right(
    evidence: Evidence, mention: Mention, thesaurus: Thesaurus
) -> npt.NDArray[np.float32]:
    groups = [frozenset(map(thesaurus.canonical, group)) for group in concept_groups(mention)]
    right = np.zeros(len(evidence.candidates) + 1, np.float32)
    for place, ids in enumerate(evidence.candidates):
        given = set(ids)
        right[place] = (
            bool(groups)
            and all(group & given for group in groups)
            and given <= frozenset().union(*groups)
        )
    right[-1] = not right.any()
    return right
