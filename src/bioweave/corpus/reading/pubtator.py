"""Corpora in PubTator format, as they are: each with its own id column and its own defects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.corpus.concepts import ConceptReader, column_oddities
from bioweave.corpus.defects import Action, DefectSink, Reporter
from bioweave.corpus.labels import label_of
from bioweave.corpus.offsets import place_mention
from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation
from bioweave.formats.pubtator import (
    PubTatorMention,
    PubTatorRecord,
    PubTatorRelation,
    parse_records,
)

_ENTITY = re.compile(r"&(?:[a-z]+|#\d+);")


@dataclass(frozen=True, slots=True)
class PubTatorReader:
    """Reads a corpus that has one PubTator file a split.

    `concepts` reads the id column, by the corpus's own type; a type that is not in it has no
    ids. `id_prefix` says what a record's number is: `PMID:`, or `PMC` for full articles.
    `roles` names the types of the two concepts that a relation joins.
    """

    corpus: str
    paths: Mapping[str, str]
    concepts: Mapping[str, ConceptReader]
    id_prefix: str = "PMID:"
    roles: tuple[str, str] = ("Chemical", "Disease")

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have a file."""
        return tuple(self.paths)

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """The split's one file."""
        return (folder / self.paths[split],)

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """The records as documents; a second record of the same number gets `#2` to its id."""
        seen: Counter[str] = Counter()
        with self.files(folder, split)[0].open(encoding="utf-8", newline="\n") as lines:
            for record in parse_records(lines):
                seen[record.pmid] += 1
                repeated = f"#{seen[record.pmid]}" if seen[record.pmid] > 1 else ""
                reporter = Reporter(report, split, f"{self.id_prefix}{record.pmid}{repeated}")
                if repeated:
                    reporter.tell("repeated document", Action.KEPT, f"{record.pmid} stands again")
                yield self._document(record, reporter)

    def _document(self, record: PubTatorRecord, reporter: Reporter) -> Document:
        title, abstract = record.title or "", record.abstract or ""
        text = f"{title} {abstract}"
        for line in record.unreadable:
            reporter.tell("unreadable line", Action.DROPPED, f"line {line.line}: {line.reason}")
        if entities := _ENTITY.findall(text):
            reporter.tell("HTML entities in the text", Action.KEPT, " ".join(entities))
        mentions: dict[tuple[int, int, str], Mention] = {}
        for number, row in enumerate(record.mentions, start=1):
            mention = self._mention(text, row, f"T{number}", reporter)
            if mention is None:
                continue
            key = (*mention.span, row.label)
            if key in mentions:
                detail = f"{mention.text!r} at {mention.start}:{mention.end} stands again"
                reporter.tell("repeated mention", Action.DROPPED, detail)
                continue
            mentions[key] = mention
        number_is = "pmid" if self.id_prefix == "PMID:" else "pmcid"
        document = Document(
            id=reporter.document,
            text=text,
            relations=tuple(self._relation(row) for row in record.relations),
            passages=(
                Passage(0, len(title), "title"),
                Passage(len(title) + 1, len(text), "abstract"),
            ),
            metadata={"corpus": self.corpus, number_is: record.pmid},
        )
        return document.with_mentions(mentions.values())

    def _mention(
        self, text: str, row: PubTatorMention, id_: str, reporter: Reporter
    ) -> Mention | None:
        metadata: dict[str, Any] = {"type": row.label}
        span, problem = place_mention(text, row.start, row.end, row.text)
        if problem is not None:
            action = Action.REPAIRED if span is not None else Action.DROPPED
            reporter.tell("offset mismatch", action, problem)
            metadata["claimed"] = [row.start, row.end, row.text]
        if span is None:
            return None
        concepts = self._concepts(row.ids, row.label)
        if row.label in self.concepts:
            for oddity in column_oddities(row.ids, concepts):
                reporter.tell(*oddity)
        if row.ids:
            metadata["source_ids"] = row.ids
        if "+" in row.ids and len(concepts) > 1:
            # Ids that say the same together: scoring takes any of a group for the whole of it.
            metadata["concept_groups"] = [
                [concept.id for concept in self._concepts(part, row.label)]
                for part in row.ids.split("|")
            ]
        if row.extra and row.extra[0]:
            metadata["parts"] = row.extra[0].split("|")
            reporter.tell("composite mention", Action.KEPT, f"{row.text!r}: {row.extra[0]}")
        label = label_of(self.corpus, row.label)
        found = text[span.start : span.end]
        return Mention(*span, found, label, concepts=concepts, id=id_, metadata=metadata)

    def _concepts(self, column: str, type_: str) -> tuple[Concept, ...]:
        return self.concepts[type_](column) if type_ in self.concepts else ()

    def _relation(self, row: PubTatorRelation) -> Relation:
        """A relation between concepts, which are of the types that `roles` names."""
        arguments = [
            Argument(role, concept.id, "concept")
            for role, column in zip(self.roles, (row.first, row.second), strict=True)
            for concept in self._concepts(column, role)
        ]
        return Relation(row.label, tuple(arguments))
