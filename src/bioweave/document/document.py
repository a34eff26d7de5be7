"""A document: text, its passages, and what was found in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from bioweave.document.mention import Mention, Span
from bioweave.errors import OffsetError, Place


class Word(NamedTuple):
    """A pre-token, in code points of the document's text."""

    start: int
    end: int


class Sentence(NamedTuple):
    """A stretch of text and its words, all in code points of the document's text."""

    start: int
    end: int
    words: tuple[Word, ...]


class Passage(NamedTuple):
    """A part of a document that its source marked: `kind` is title, abstract, paragraph ..."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Argument:
    """One end of a relation: `target` is the id of a mention, of a concept, or of a relation."""

    role: str
    target: str
    kind: Literal["mention", "concept", "relation"] = "mention"


@dataclass(frozen=True, slots=True)
class Relation:
    """What holds between mentions, between concepts, or (for events) between relations."""

    label: str
    arguments: tuple[Argument, ...]
    id: str | None = None
    confidence: float | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)


def is_binary(relation: Relation) -> bool:
    """Whether it joins two things, mentions or concepts, which no event does.

    >>> is_binary(Relation("CID", (Argument("head", "D1", "concept"),)))
    False
    """
    arguments = relation.arguments
    return len(arguments) == 2 and all(argument.kind != "relation" for argument in arguments)


@dataclass(frozen=True, slots=True)
class Document:
    """Text and what is known of it. Stages return a new document and never change one.

    Offsets everywhere are Unicode code points into `text`, half-open. Passages are in order and
    disjoint; no sentence runs across the edge of one. Nobody may change `metadata`.

    >>> document = Document("d1", "Aspirin helps.", (Mention(0, 7, "Aspirin", "Chemical"),))
    >>> document.checked().mentions[0].text
    'Aspirin'
    """

    id: str
    text: str
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    passages: tuple[Passage, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def with_mentions(self, mentions: Iterable[Mention]) -> Document:
        """The same document with these mentions instead, ordered by start, then longest first."""
        ordered = sorted(mentions, key=lambda mention: (mention.start, -mention.end, mention.label))
        return replace(self, mentions=tuple(ordered))

    def checked(self, source: str | None = None) -> Document:
        """This document, once every offset has been held against the text.

        Raises OffsetError, naming `source`, the document and the offset, at the first mention
        or passage that lies outside the text or does not cover the text it claims.
        """
        for mention in self.mentions:
            problem = offset_problem(self.text, mention)
            if problem is not None:
                raise OffsetError(problem, Place(source, None, self.id, mention.start))
        for passage in self.passages:
            if not 0 <= passage.start <= passage.end <= len(self.text):
                raise OffsetError(
                    f"passage {passage.kind!r} at {passage.start}:{passage.end} lies outside "
                    f"the text of {len(self.text)} characters",
                    Place(source, None, self.id, passage.start),
                )
        return self


def offset_problem(text: str, mention: Mention) -> str | None:
    """What is wrong with a mention's offsets against the text, or None."""
    if not 0 <= mention.start < mention.end <= len(text):
        what = f"lies outside the text of {len(text)} characters or is empty"
    elif (found := text[mention.start : mention.end]) != mention.text:
        what = f"does not match the text, which reads {found!r} there"
    elif mention.fragments and not _fragments_fit(mention.fragments, mention.span):
        what = "has fragments out of order, overlapping, or not spanning it"
    else:
        return None
    return f"mention {mention.text!r} at {mention.start}:{mention.end} {what}"


def _fragments_fit(fragments: tuple[Span, ...], span: Span) -> bool:
    ordered = all(left.end <= right.start for left, right in itertools.pairwise(fragments))
    return (
        ordered
        and all(fragment.start < fragment.end for fragment in fragments)
        and fragments[0].start == span.start
        and fragments[-1].end == span.end
    )
