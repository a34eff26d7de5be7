"""Several corpora as one: each text is learned from once, and none that is measured on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bioweave.corpus.letters import N_LETTERS, Letters, letters_of
from bioweave.corpus.origin import origin_of
from bioweave.corpus.overlap import SplitName
from bioweave.document import Document

Reason = Literal["same id", "same text", "inside", "contains"]


class Part(NamedTuple):
    """A split, or what is used of it."""

    name: SplitName
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Drop:
    """A document that was left out, because of what it shares with `other`.

    Same id: PMID, PMC or MEDLINE number. Same text: letters and digits agree, case aside. Inside:
    all of it, 30 letters or more, stands in a document of the other's; contains: the reverse.
    `is_held_out` is True where the other is measured on, False where it is learned from as well.
    """

    split: SplitName
    document: str
    reason: Reason
    other: SplitName
    is_held_out: bool


def merge(
    parts: Sequence[Part], held_out: Sequence[Part] = ()
) -> tuple[list[list[Document]], list[Drop]]:
    """The documents of each part that may be learned from, in their order, and those dropped.

    What shares an id or its text with a document of `held_out` goes, and so does what an earlier
    part has already (within a part only the same text counts: its sentences may share an
    abstract's id). Sentences are sought inside whole documents, and the other way round.
    """
    fence = _Texts(held_out, {letters.text[:N_LETTERS] for letters in _all_letters(parts)})
    kept: list[list[Document]] = []
    drops: list[Drop] = []
    used: list[Part] = []
    for part in parts:
        before = _Texts(used, {letters.text[:N_LETTERS] for letters in _all_letters([part])})
        own: set[str] = set()
        kept.append([])
        for document in part.documents:
            letters = letters_of(document.text)
            shared = fence.shared_with(document, letters)
            is_held_out = shared is not None
            shared = shared or before.shared_with(document, letters)
            if shared is None and letters.text and letters.text in own:
                shared = _Shared("same text", part.name)
            if shared is None:
                own.add(letters.text)
                kept[-1].append(document)
            else:
                drops.append(Drop(part.name, document.id, *shared, is_held_out))
        used.append(Part(part.name, kept[-1]))
    return kept, drops


def count_drops(drops: Iterable[Drop]) -> list[dict[str, object]]:
    """The drops for a record: one row for each split, reason and other split, with the ids."""
    rows: dict[tuple[SplitName, Reason, SplitName, bool], list[str]] = defaultdict(list)
    for drop in drops:
        rows[drop.split, drop.reason, drop.other, drop.is_held_out].append(drop.document)
    return [
        {
            "corpus": split.corpus,
            "split": split.split,
            "n": len(documents),
            "reason": reason,
            "other": str(other),
            "is_held_out": is_held_out,
            "documents": documents,
        }
        for (split, reason, other, is_held_out), documents in rows.items()
    ]


class _Shared(NamedTuple):
    reason: Reason
    other: SplitName


class _Texts:
    """What documents are known by, to be held against others.

    `wanted` are the first letters of those that will be sought inside these.
    """

    def __init__(self, parts: Sequence[Part], wanted: set[str]) -> None:
        self._ids: dict[str, SplitName] = {}
        self._texts: dict[str, SplitName] = {}
        # Short documents, by their first letters, to be found in longer ones; and stretches of
        # these documents that begin like one of those that will be sought.
        self._starts: dict[str, list[tuple[str, SplitName]]] = defaultdict(list)
        self._stretches: dict[str, list[tuple[str, SplitName]]] = defaultdict(list)
        for name, documents in parts:
            for document in documents:
                origin = origin_of(document)
                if origin:
                    self._ids.setdefault(origin, name)
                letters = letters_of(document.text)
                self._texts.setdefault(letters.text, name)
                if len(letters.text) >= N_LETTERS:
                    self._starts[letters.text[:N_LETTERS]].append((letters.text, name))
                for start, first in _stretches(letters):
                    if first in wanted:
                        self._stretches[first].append((letters.text[start:], name))

    def shared_with(self, document: Document, letters: Letters) -> _Shared | None:
        """The first thing that the document shares with these, in the order of `Reason`."""
        origin = origin_of(document)
        if origin in self._ids:
            return _Shared("same id", self._ids[origin])
        text = letters.text
        if not text:
            return None
        if text in self._texts:
            return _Shared("same text", self._texts[text])
        if len(text) < N_LETTERS:
            return None
        for stretch, name in self._stretches.get(text[:N_LETTERS], ()):
            if stretch.startswith(text):
                return _Shared("inside", name)
        for start, first in _stretches(letters):
            for other, name in self._starts.get(first, ()):
                if text.startswith(other, start):
                    return _Shared("contains", name)
        return None


def _stretches(letters: Letters) -> Iterator[tuple[int, str]]:
    """Where each word starts, and the letters from there on that it may be found by."""
    for start in letters.starts:
        first = letters.text[start : start + N_LETTERS]
        if len(first) < N_LETTERS:
            return
        yield start, first


def _all_letters(parts: Iterable[Part]) -> Iterator[Letters]:
    return (letters_of(document.text) for part in parts for document in part.documents)
