"""Corpora in standoff format: AnatEM (brat's `.ann`) and BioNLP 2013 CG (`.a1` and `.a2`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.corpus.defects import Action, DefectSink, Reporter
from bioweave.corpus.labels import TYPE_LABELS, label_of
from bioweave.corpus.offsets import place_mention
from bioweave.document import Argument, Document, Mention, Passage, Relation
from bioweave.formats.brat import (
    BratAnnotation,
    BratAttribute,
    BratEquivalence,
    BratEvent,
    BratMention,
    parse_annotations,
)
from bioweave.formats.lines import Unreadable

_NAME = re.compile(r"(PMID|PMC)-(\d+)(.*)")


@dataclass(frozen=True, slots=True)
class StandoffReader:
    """Reads a corpus with a folder per split: a `.txt` per document, its annotations beside it.

    `required` and `optional` are the suffixes of the annotations; the second may lack, as `.a2`
    does in a test set. What a type outside the label table annotates (an event's trigger, an
    entity that only events refer to) is no mention: it stays in the relations' metadata.
    """

    corpus: str
    folders: Mapping[str, str]
    required: str
    optional: str | None = None

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have a folder."""
        return tuple(self.folders)

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """Texts and annotations, by name."""
        found = []
        for text in sorted((folder / self.folders[split]).glob("*.txt")):
            found += [text, text.with_suffix(self.required)]
            if self.optional and text.with_suffix(self.optional).exists():
                found.append(text.with_suffix(self.optional))
        return found

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """A document per text, by name."""
        for path in sorted((folder / self.folders[split]).glob("*.txt")):
            annotations: list[BratAnnotation] = []
            document_id, metadata = _identity(path.stem, self.corpus)
            reporter = Reporter(report, split, document_id)
            for suffix in (self.required, self.optional):
                if suffix and path.with_suffix(suffix).exists():
                    annotations += _annotations(path.with_suffix(suffix), reporter)
            # newline="": offsets count the characters that the file holds.
            with path.open(encoding="utf-8", newline="") as file:
                yield self._document(file.read(), annotations, metadata, reporter)

    def _document(
        self,
        text: str,
        annotations: Sequence[BratAnnotation],
        metadata: dict[str, Any],
        reporter: Reporter,
    ) -> Document:
        mentions: dict[str, Mention] = {}
        others: dict[str, BratMention] = {}
        for row in annotations:
            if isinstance(row, BratMention) and row.label in TYPE_LABELS[self.corpus]:
                mention = self._mention(text, row, reporter)
                if mention is not None:
                    mentions[row.id] = mention
            elif isinstance(row, BratMention):
                others[row.id] = row
        if equivalent := [row.members for row in annotations if isinstance(row, BratEquivalence)]:
            metadata["equivalent"] = [list(members) for members in equivalent]
        document = Document(
            reporter.document,
            text,
            relations=_relations(annotations, mentions, others, reporter),
            passages=_lines(text),
            metadata=metadata,
        )
        return document.with_mentions(mentions.values())

    def _mention(self, text: str, row: BratMention, reporter: Reporter) -> Mention | None:
        start, end = row.spans[0].start, row.spans[-1].end
        if len(row.spans) > 1:
            found = text[start:end]
            fragments = row.spans
        else:
            fragments = ()
            span, problem = place_mention(text, start, end, row.text)
            if problem is not None:
                action = Action.DROPPED if span is None else Action.REPAIRED
                reporter.tell("offset mismatch", action, problem)
            if span is None:
                return None
            start, end = span
            found = text[start:end]
        label = label_of(self.corpus, row.label)
        metadata = {"type": row.label}
        return Mention(start, end, found, label, id=row.id, fragments=fragments, metadata=metadata)


def _lines(text: str) -> tuple[Passage, ...]:
    """A passage a line; the first of several is a title or a heading."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    kinds = ["title" if len(lines) > 1 else "paragraph", *["paragraph"] * (len(lines) - 1)]
    return tuple(Passage(*line, kind) for line, kind in zip(lines, kinds, strict=False))


def _identity(stem: str, corpus: str) -> tuple[str, dict[str, Any]]:
    """The document's id, and what is known of where it is from."""
    match = _NAME.fullmatch(stem)
    if match is None:
        return stem, {"corpus": corpus}
    if match[1] == "PMID":
        return f"PMID:{match[2]}{match[3]}", {"corpus": corpus, "pmid": match[2]}
    return stem, {"corpus": corpus, "pmcid": match[2]}


def _annotations(path: Path, reporter: Reporter) -> Iterator[BratAnnotation]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for row in parse_annotations(lines):
            if isinstance(row, Unreadable):
                detail = f"{path.name} line {row.line}: {row.reason}"
                reporter.tell("unreadable line", Action.DROPPED, detail)
            else:
                yield row


def _relations(
    annotations: Sequence[BratAnnotation],
    mentions: Mapping[str, Mention],
    others: Mapping[str, BratMention],
    reporter: Reporter,
) -> tuple[Relation, ...]:
    """Events as relations. Their triggers, and arguments that are no mention, are metadata."""
    events = [row for row in annotations if isinstance(row, BratEvent)]
    names = {event.id for event in events}
    attributes: dict[str, dict[str, str | bool]] = {}
    for row in annotations:
        if isinstance(row, BratAttribute):
            attributes.setdefault(row.target, {})[row.name] = row.value or True
    relations = []
    for event in events:
        metadata: dict[str, Any] = dict(attributes.get(event.id, {}))
        if event.trigger in others:
            metadata["trigger"] = _span_of(others[event.trigger])
        arguments = []
        for role, target in event.arguments:
            if target in names:
                arguments.append(Argument(role, target, "relation"))
            elif target in mentions:
                arguments.append(Argument(role, target))
            elif target in others:
                metadata.setdefault("others", []).append([role, *_span_of(others[target])])
            else:
                detail = f"{event.id} {role}:{target}"
                reporter.tell("argument that is nowhere", Action.DROPPED, detail)
        relations.append(Relation(event.label, tuple(arguments), event.id, None, metadata))
    return tuple(relations)


def _span_of(row: BratMention) -> list[int | str]:
    return [row.spans[0].start, row.spans[-1].end, row.text, row.label]
