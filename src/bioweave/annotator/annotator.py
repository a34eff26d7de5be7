"""The annotator: text or documents in, documents with mentions out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bioweave.annotator.inference import Annotation, Inference
from bioweave.annotator.preparation import cut_chunks, prepare
from bioweave.annotator.processors import available_processors
from bioweave.annotator.selection import annotated
from bioweave.annotator.word_scores import word_scores
from bioweave.bundle import Bundle
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.scoring import TokenScores

if TYPE_CHECKING:
    from bioweave.linking import Linker

# The least confidence of a mention where the bundle's manifest says nothing of a mode and label.
DEFAULT_THRESHOLDS = {"precision": 0.8, "balanced": 0.0, "recall": 0.0}

# One chunk in the graph while the next is prepared and the one before is decoded.
_CHUNKS_UNDER_WAY = 2


class Annotator:
    """Finds mentions with the tagger of a bundle.

    Made once and used from as many threads as you like; picklable. `n_threads` is how many
    batches run through the graph side by side, by default as many as there are processors. With a
    `linker` mentions get their concepts. A document's mentions are the same whatever stands
    before, behind or beside it.

    >>> import bioweave
    >>> annotator = bioweave.load()
    >>> for document in annotator.pipe(["Aspirin helps.", "She had gout."]):
    ...     print([mention.text for mention in document.mentions])
    ['Aspirin']
    ['gout']
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        n_threads: int | None = None,
        labels: Sequence[str] | None = None,
        mode: str = "balanced",
        linker: Linker | None = None,
    ) -> None:
        if n_threads is not None and n_threads < 1:
            raise ConfigurationError(f"an annotator needs at least 1 thread, not {n_threads}")
        if mode not in DEFAULT_THRESHOLDS:
            raise ConfigurationError(
                f"unknown mode {mode!r}: it is one of {', '.join(DEFAULT_THRESHOLDS)}"
            )
        self.bundle = bundle
        self.mode = mode
        self.linker = linker
        self.labels = _chosen_labels(bundle.manifest.labels, labels)
        self.n_threads = n_threads or available_processors()
        given = bundle.manifest.thresholds.get(mode, {})
        self.thresholds = {
            label: given.get(label, DEFAULT_THRESHOLDS[mode]) for label in self.labels
        }

    def __call__(self, document: str | Document) -> Document:
        """The document with the mentions found in it, ordered by where they start.

        Mentions and relations that it came with are gone; its id, text, passages and metadata
        stay. A text becomes a document with the id "1".
        """
        [found] = self.pipe([document])
        return found

    def pipe(self, documents: Iterable[str | Document]) -> Iterator[Document]:
        """Each document with its mentions, in order, read as they are needed.

        Faster than one at a time: the windows of many documents run in batches. A text gets its
        place in the stream, from 1, as its id.
        """
        for annotation in self._annotations(documents, with_marginals=False):
            yield self._annotated(annotation)

    def score(self, documents: Iterable[str | Document]) -> Iterator[tuple[Document, TokenScores]]:
        """As `pipe`, with the probabilities of each word's tags, which no threshold touches."""
        heads = self.bundle.manifest.heads
        for annotation in self._annotations(documents, with_marginals=True):
            document = self._annotated(annotation)
            yield document, word_scores(annotation, heads, self.labels)

    def _annotated(self, annotation: Annotation) -> Document:
        short_forms = self.bundle.manifest.short_forms
        found = annotated(annotation, self.labels, self.thresholds, short_forms)
        return self.linker(found) if self.linker is not None else found

    def _annotations(
        self, documents: Iterable[str | Document], *, with_marginals: bool
    ) -> Iterator[Annotation]:
        under_way: deque[Inference] = deque()
        for chunk in cut_chunks(_as_documents(documents)):
            prepared = prepare(chunk, self.bundle)
            under_way.append(
                Inference(prepared, self.bundle, self._executor, n_threads=self.n_threads)
            )
            if len(under_way) > _CHUNKS_UNDER_WAY:
                yield from under_way.popleft().result(with_marginals=with_marginals)
        while under_way:
            yield from under_way.popleft().result(with_marginals=with_marginals)

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        # Threads start on first use, so that an annotator may be made before a process forks.
        return ThreadPoolExecutor(self.n_threads, thread_name_prefix="bioweave")

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_executor", None)
        return state


def _chosen_labels(known: Sequence[str], wanted: Sequence[str] | None) -> tuple[str, ...]:
    if wanted is None:
        return tuple(known)
    unknown = [label for label in wanted if label not in known]
    if unknown or not wanted:
        raise ConfigurationError(
            f"this bundle does not find {', '.join(unknown) or 'nothing at all'}: its labels are "
            f"{', '.join(known)}"
        )
    return tuple(dict.fromkeys(wanted))


def _as_documents(documents: Iterable[str | Document]) -> Iterator[Document]:
    if isinstance(documents, str):
        raise TypeError("pipe takes texts or documents, not one text: put it in a list")
    for position, one in enumerate(documents, start=1):
        if not isinstance(one, str | Document):
            raise TypeError(
                f"item {position} is of type {type(one).__name__}; expected a str or a Document"
            )
        yield Document(str(position), one) if isinstance(one, str) else one
