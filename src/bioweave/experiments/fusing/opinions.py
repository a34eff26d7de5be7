"""What each member says of some documents, kept so that any pool can be tried on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.annotator import Annotator
from bioweave.annotator.fused_inference import (
    CONSIDERED,
    HeadChains,
    head_chains,
    pool_annotations,
)
from bioweave.annotator.word_scores import word_scores
from bioweave.document import Document, TagSet
from bioweave.experiments.fusing.members import Member
from bioweave.experiments.measurement import Progress
from bioweave.scoring import TokenScores
from bioweave.text import word_spans

if TYPE_CHECKING:
    from bioweave.annotator.inference import Annotation
    from bioweave.bundle import Bundle, FusedBundle


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """What `annotations[member][document]` is, and `chains[member][document]` by head.

    Annotations are with marginals and with what was considered; heads are those of the pool.
    `labels` are those that the documents' gold mentions were annotated with.
    """

    gold: tuple[Document, ...]
    labels: tuple[str, ...]
    annotations: tuple[tuple[Annotation, ...], ...]
    chains: tuple[tuple[HeadChains, ...], ...]

    def of(self, places: Iterable[int]) -> Opinions:
        """The same for some of the documents."""
        chosen = tuple(places)
        return replace(
            self,
            gold=tuple(self.gold[place] for place in chosen),
            annotations=tuple(tuple(own[place] for place in chosen) for own in self.annotations),
            chains=tuple(tuple(own[place] for place in chosen) for own in self.chains),
        )

    def marginals(self, head: int) -> list[Marginals]:
        """Each document's [members, n_words, tags] of the pool's head at this place."""
        return [
            np.stack([chains[head].marginals for chains in members])
            for members in zip(*self.chains, strict=True)
        ]

    def gold_tags(self, tag_set: TagSet) -> list[npt.NDArray[np.int64]]:
        """Each document's gold mentions of the head's labels as tags [n_words]."""
        tags = []
        for document, annotation in zip(self.gold, self.annotations[0], strict=True):
            words = annotation.prepared.words
            mentions = [one for one in document.mentions if one.label in tag_set.labels]
            spans, _ = word_spans(mentions, words)
            tags.append(np.array(tag_set.encode(spans, len(words)), dtype=np.int64))
        return tags


Marginals: TypeAlias = npt.NDArray[np.float64]


def ask(
    members: Sequence[Member],
    draft: FusedBundle,
    documents: Sequence[Document],
    labels: Sequence[str],
    *,
    progress: Progress | None = None,
) -> Opinions:
    """Have every member read the documents, which reach it without their gold mentions."""
    heads = draft.manifest.heads
    n_done, n_all = 0, len(members) * len(documents)
    answers, chains = [], []
    for member in members:
        annotator = Annotator(member.bundle)
        bare = [Document(one.id, one.text, passages=one.passages) for one in documents]
        own: list[Annotation] = []
        by_head: list[HeadChains] = []
        for annotation in annotator.annotations(
            bare, floor=CONSIDERED, with_marginals=True, with_chains=True
        ):
            by_head.append(head_chains(annotation, member.bundle.manifest.heads, heads))
            own.append(replace(annotation, chains=()))
            n_done += 1
            if progress:
                progress(n_done, n_all)
        answers.append(tuple(own))
        chains.append(tuple(by_head))
    return Opinions(tuple(documents), tuple(labels), tuple(answers), tuple(chains))


class HeardModel:
    """A tagger that has read the documents already: `score` only recalls what was said.

    Mentions are selected as its bundle says, so that it is measured as what a user would get.
    """

    def __init__(self, bundle: Bundle | FusedBundle, annotations: Iterable[Annotation]) -> None:
        self.bundle = bundle
        self._annotator = Annotator(bundle)
        self._annotations = list(annotations)

    @property
    def labels(self) -> tuple[str, ...]:
        """What it finds."""
        return self._annotator.labels

    def score(self, documents: Iterable[Document]) -> Iterator[tuple[Document, TokenScores]]:
        """Each document with its mentions; they must be those that were read, in order."""
        heads = self.bundle.manifest.heads
        for document, annotation in zip(documents, self._annotations, strict=True):
            if annotation.prepared.document.id != document.id:
                raise ValueError(f"{document.id} was not read at this place")
            yield (
                self._annotator.selection(annotation),
                word_scores(annotation, heads, self.labels),
            )


def pooled(bundle: FusedBundle, opinions: Opinions) -> list[Annotation]:
    """What the members say together."""
    return [
        pool_annotations(members, chains, bundle, with_marginals=True)
        for members, chains in zip(
            zip(*opinions.annotations, strict=True), zip(*opinions.chains, strict=True), strict=True
        )
    ]
