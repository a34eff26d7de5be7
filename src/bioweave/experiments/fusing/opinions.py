"""What each member says of some documents, kept so that any pool can be tried on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bioweave.annotator import Annotator
from bioweave.annotator.fused_inference import HeadChains, head_chains, pool_annotations
from bioweave.annotator.word_scores import word_scores
from bioweave.corpus import Part
from bioweave.document import Document
from bioweave.experiments.fusing.evidence import Evidence
from bioweave.experiments.fusing.members import Member
from bioweave.scoring import TokenScores

if TYPE_CHECKING:
    from bioweave.annotator.inference import Annotation
    from bioweave.bundle import Bundle, FusedBundle


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """What `annotations[member][document]` is, and `chains[member][document]` by head.

    Annotations are with marginals and with what was considered; heads are those of the pool.
    `labels` are those that the documents' gold mentions were annotated with.
    """

    corpus: str
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

    @property
    def evidence(self) -> Evidence:
        """What of it pools are fitted to."""
        documents = list(zip(*self.chains, strict=True))
        n_heads = len(documents[0][0]) if documents else 0
        return Evidence(
            self.corpus,
            self.gold,
            self.labels,
            tuple(one.prepared.words for one in self.annotations[0]),
            tuple(
                tuple(np.stack([chains[head].marginals for chains in one]) for one in documents)
                for head in range(n_heads)
            ),
        )


def opinions_of(
    members: Sequence[Member],
    draft: FusedBundle,
    part: Part,
    labels: Sequence[str],
    answers: Sequence[Sequence[Annotation]],
) -> Opinions:
    """The members' answers, an annotation with chains for each document, by the pool's heads."""
    heads = draft.manifest.heads
    return Opinions(
        part.name.corpus,
        tuple(part.documents),
        tuple(labels),
        tuple(tuple(replace(one, chains=()) for one in own) for own in answers),
        tuple(
            tuple(head_chains(one, member.bundle.manifest.heads, heads) for one in own)
            for member, own in zip(members, answers, strict=True)
        ),
    )


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
