"""A brat pair as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bioweave.document import Argument, Concept, Document, Mention, Relation, Span
from bioweave.errors import FormatError, InputError, OffsetError
from bioweave.formats.brat.annotations import (
    BratAnnotation,
    BratAttribute,
    BratEquivalence,
    BratEvent,
    BratMention,
    BratNormalisation,
    BratNote,
    BratRelation,
    parse_annotations,
)
from bioweave.formats.folder import document_id
from bioweave.formats.lines import Lines, Unreadable
from bioweave.formats.plain_text import whole_text
from bioweave.formats.source import Source, open_source

TRIGGER = "Trigger"
MEMBER = "Member"


def read_brat(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The one document of a pair, given either file; BioNLP's .a1 and .a2 are read as one.

    An event becomes a relation whose first argument, of role Trigger, is its trigger; an
    equivalence one of label Equiv with arguments of role Member. Normalisations become concepts;
    attributes and notes stand in the `metadata` of what they are about.
    """
    if source.path is None:
        raise FormatError("brat is a pair of files; give a path, not a stream", source.place())
    text_path = source.path.with_suffix(".txt")
    if not text_path.exists():
        raise FormatError(
            f"the text is missing; expected it beside the annotations, in {text_path.name}",
            source.place(),
        )
    id_ = document_id(text_path.stem)
    annotation_paths = [
        path
        for path in (text_path.with_suffix(suffix) for suffix in (".ann", ".a1", ".a2"))
        if path.exists()
    ]
    if source.path == text_path:
        text = whole_text(source)
    else:
        with open_source(text_path) as text_source:
            text = whole_text(text_source)
    builder = _Builder(id_, text)
    for path in annotation_paths:
        if path.stat().st_size:  # an empty one says that nothing was found
            with open_source(path) as annotations:
                _collect(annotations, builder)
    yield None, builder.document()


def _collect(source: Source, builder: _Builder) -> None:
    lines = Lines(source)
    for annotation in parse_annotations(lines):
        failure = lines.take_failure()
        if failure is not None:
            raise failure
        place = source.place(line=annotation.line, document=builder.id)
        if isinstance(annotation, Unreadable):
            raise FormatError(annotation.reason, place)
        try:
            builder.add(annotation)
        except OffsetError as error:
            raise OffsetError(error.message, place) from error


class _Builder:
    """Gathers a document's annotations, which may refer to later ones."""

    def __init__(self, id: str, text: str) -> None:
        self.id = id
        self._text = text
        self._mentions: list[tuple[BratMention, tuple[Span, ...]]] = []
        self._relations: list[BratRelation | BratEvent | BratEquivalence] = []
        self._concepts: dict[str, list[Concept]] = {}
        self._metadata: dict[str, dict[str, Any]] = {}

    def add(self, annotation: BratAnnotation) -> None:
        match annotation:
            case BratMention():
                self._mentions.append((annotation, self._fragments(annotation)))
            case BratRelation() | BratEvent() | BratEquivalence():
                self._relations.append(annotation)
            case BratNormalisation():
                concept = Concept(annotation.concept, annotation.name or None)
                self._concepts.setdefault(annotation.target, []).append(concept)
            case BratAttribute():
                attributes = self._about(annotation.target).setdefault("attributes", {})
                value = annotation.value
                attributes[annotation.name] = True if value is None else value
            case BratNote():
                notes = self._about(annotation.target).setdefault("notes", [])
                notes.append(annotation.text)

    def document(self) -> Document:
        known = {
            relation.id for relation in self._relations if not isinstance(relation, BratEquivalence)
        }
        return Document(
            self.id,
            self._text,
            tuple(self._mention(*mention) for mention in self._mentions),
            tuple(self._relation(relation, known) for relation in self._relations),
        )

    def _about(self, target: str) -> dict[str, Any]:
        return self._metadata.setdefault(target, {})

    def _fragments(self, mention: BratMention) -> tuple[Span, ...]:
        fragments = tuple(sorted(mention.spans))
        where = f"{mention.id} at {fragments[0].start}:{fragments[-1].end}"
        if fragments[-1].end > len(self._text):
            raise OffsetError(f"{where} lies outside the text of {len(self._text)} characters")
        covered = " ".join(self._text[start:end] for start, end in mention.spans)
        # brat writes a mention's line breaks as spaces.
        if mention.text and mention.text.split() != covered.split():
            raise OffsetError(
                f"{where} reads {mention.text!r}, but the text has {covered!r} there; offsets must "
                f"count Unicode code points, line ends included"
            )
        return fragments

    def _mention(self, mention: BratMention, fragments: tuple[Span, ...]) -> Mention:
        start, end = fragments[0].start, fragments[-1].end
        return Mention(
            start,
            end,
            self._text[start:end],
            mention.label,
            concepts=tuple(self._concepts.get(mention.id, ())),
            id=mention.id,
            fragments=fragments if len(fragments) > 1 else (),
            metadata=self._metadata.get(mention.id, {}),
        )

    def _relation(
        self, relation: BratRelation | BratEvent | BratEquivalence, known: set[str]
    ) -> Relation:
        if isinstance(relation, BratEquivalence):
            members = tuple(Argument(MEMBER, target) for target in relation.members)
            return Relation(relation.label, members)
        arguments = [
            Argument(role, target, "relation" if target in known else "mention")
            for role, target in relation.arguments
        ]
        if isinstance(relation, BratEvent):
            arguments.insert(0, Argument(TRIGGER, relation.trigger))
        return Relation(
            relation.label,
            tuple(arguments),
            relation.id,
            metadata=self._metadata.get(relation.id, {}),
        )
