"""The annotator: text or documents in, documents with mentions out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.annotator.fused_inference import FusedInference, start_inference
from bioweave.annotator.inference import Annotation, Inference
from bioweave.annotator.known_names import KnownNames
from bioweave.annotator.modes import make_mode, named_labels
from bioweave.annotator.preparation import cut_chunks
from bioweave.annotator.processors import available_processors
from bioweave.annotator.rule_files import RuleSet, load_rules, shipped_rules
from bioweave.annotator.rules import RulesOfMode
from bioweave.annotator.selection import Selection
from bioweave.annotator.word_scores import word_scores
from bioweave.bundle import Bundle, FusedBundle
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.lexicon import Lexicon
from bioweave.lexicon.finding import find_lexicon
from bioweave.lexicon.labels import ANY_LABEL
from bioweave.scoring import TokenScores

if TYPE_CHECKING:
    from bioweave.linking import Linker

# One chunk in the graph while the next is prepared and the one before is decoded.
_CHUNKS_UNDER_WAY = 2


class Annotator:
    """Finds mentions with the tagger of a bundle.

    Made once and used from as many threads as you like; picklable. `n_threads` is how many batches
    run through the graph side by side, by default as many as there are processors. `mode` is
    balanced, precision (fewer and surer mentions) or recall (also mentions that are less probable,
    which may overlap). A `lexicon`, or the path of one, speaks for mentions whose names it has, of
    the labels for which the bundle has thresholds for known names. `rules`, or a file of them, say
    what no mention may look like; by default those of the package. With a `linker` mentions get
    their concepts. A document's mentions are the same whatever stands before, behind or beside it.

    >>> import bioweave
    >>> annotator = bioweave.load()
    >>> for document in annotator.pipe(["Aspirin helps.", "She had gout."]):
    ...     print([mention.text for mention in document.mentions])
    ['Aspirin']
    ['gout']
    """

    def __init__(
        self,
        bundle: Bundle | FusedBundle,
        *,
        n_threads: int | None = None,
        labels: Sequence[str] | None = None,
        mode: str = "balanced",
        linker: Linker | None = None,
        lexicon: Lexicon | str | Path | None = None,
        rules: RuleSet | str | Path | None = None,
    ) -> None:
        if n_threads is not None and n_threads < 1:
            raise ConfigurationError(f"an annotator needs at least 1 thread, not {n_threads}")
        self.bundle = bundle
        self.linker = linker
        self.labels = _chosen_labels(bundle.manifest.labels, labels)
        self.n_threads = n_threads or available_processors()
        if isinstance(lexicon, str | Path):
            lexicon = Lexicon.open(find_lexicon(lexicon))
        named = named_labels(bundle.manifest, self.labels)
        if lexicon is not None and linker is None:
            _check_labels(lexicon, named)
        names = KnownNames(bundle.own_names, lexicon, named)
        chosen = make_mode(mode, bundle.manifest, self.labels, names.labels)
        if rules is None:
            rules = shipped_rules()
        elif not isinstance(rules, RuleSet):
            rules = load_rules(rules)
        self.rules = rules
        self.selection = Selection(
            labels=self.labels,
            mode=chosen,
            short_forms=bundle.manifest.short_forms,
            rules=RulesOfMode(rules.rules, chosen.name, self.labels),
            names=names if names.labels or lexicon is not None else None,
        )

    @property
    def mode(self) -> str:
        """Which mode it annotates in."""
        return self.selection.mode.name

    @property
    def thresholds(self) -> dict[str, float]:
        """By label, the least confidence of a mention that no lexicon speaks for."""
        mode = self.selection.mode
        return {label: least.unknown for label, least in (mode.others or mode.found).items()}

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
        for document, _ in self.observe(documents):
            yield document

    def observe(self, documents: Iterable[str | Document]) -> Iterator[tuple[Document, Annotation]]:
        """As `pipe`, with what the tagger read and said: for whoever watches it at work."""
        floor = self.selection.mode.floor
        for annotation in self.annotations(documents, floor=floor):
            yield self._annotated(annotation), annotation

    def score(self, documents: Iterable[str | Document]) -> Iterator[tuple[Document, TokenScores]]:
        """As `pipe`, with the probabilities of each word's tags, which no threshold touches."""
        heads, floor = self.bundle.manifest.heads, self.selection.mode.floor
        for annotation in self.annotations(documents, with_marginals=True, floor=floor):
            document = self._annotated(annotation)
            yield document, word_scores(annotation, heads, self.labels)

    def _annotated(self, annotation: Annotation) -> Document:
        found = self.selection(annotation)
        return self.linker(found) if self.linker is not None else found

    def annotations(
        self,
        documents: Iterable[str | Document],
        *,
        floor: float | None = None,
        with_marginals: bool = False,
        with_chains: bool = False,
    ) -> Iterator[Annotation]:
        """What the tagger says of each document, before a mode's thresholds and rules.

        Spans whose probability is at least `floor` are there as candidates; None asks for none.
        """
        asked: dict[str, Any] = {
            "with_marginals": with_marginals,
            "with_chains": with_chains,
            "floor": floor,
        }
        under_way: deque[Inference | FusedInference] = deque()
        for chunk in cut_chunks(_as_documents(documents)):
            under_way.append(
                start_inference(chunk, self.bundle, self._executor, n_threads=self.n_threads)
            )
            if len(under_way) > _CHUNKS_UNDER_WAY:
                yield from under_way.popleft().result(**asked)
        while under_way:
            yield from under_way.popleft().result(**asked)

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


def _check_labels(lexicon: Lexicon, labels: Sequence[str]) -> None:
    # Names of no known label speak for none, and are none the worse for it.
    if ANY_LABEL not in lexicon.labels and not set(labels) & set(lexicon.labels):
        raise ConfigurationError(
            f"{lexicon.path}: a lexicon of {', '.join(lexicon.labels)} says nothing of "
            f"{', '.join(labels)}; `bioweave lexicon build` makes one that does"
        )


def _as_documents(documents: Iterable[str | Document]) -> Iterator[Document]:
    if isinstance(documents, str):
        raise TypeError("pipe takes texts or documents, not one text: put it in a list")
    for position, one in enumerate(documents, start=1):
        if not isinstance(one, str | Document):
            raise TypeError(
                f"item {position} is of type {type(one).__name__}; expected a str or a Document"
            )
        yield Document(str(position), one) if isinstance(one, str) else one
