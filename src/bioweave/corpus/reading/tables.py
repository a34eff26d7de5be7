"""ChemProt and DrugProt (Krallinger et al., 2017; Miranda et al., 2021): three tables a split.

    abstracts   PMID <tab> TITLE <tab> ABSTRACT
    entities    PMID <tab> T1 <tab> TYPE <tab> START <tab> END <tab> TEXT
    relations   PMID <tab> [GROUP <tab> Y|N <tab>] RELATION <tab> Arg1:T1 <tab> Arg2:T2

The columns in brackets are ChemProt's alone. Its gold_standard tables hold nothing more than the
relations marked Y, and are not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave.corpus.defects import Action, DefectSink, Reporter
from bioweave.corpus.labels import label_of
from bioweave.corpus.offsets import place_mention
from bioweave.document import Argument, Document, Mention, Passage, Relation


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads a corpus whose `paths` name, by split, abstracts, entities and relations."""

    corpus: str
    paths: Mapping[str, tuple[str, str, str]]

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have tables."""
        return tuple(self.paths)

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """Abstracts, entities, relations."""
        return tuple(folder / name for name in self.paths[split])

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """The abstracts in the order of their table; one without text cannot be a document."""
        abstracts, entities, relations = map(_by_pmid, self.files(folder, split))
        for pmid, rows in abstracts.items():
            reporter = Reporter(report, split, f"PMID:{pmid}")
            if len(rows) > 1:
                reporter.tell("repeated document", Action.DROPPED, f"{len(rows)} abstracts")
            yield self._document(rows[0], entities.pop(pmid, []), relations.pop(pmid, []), reporter)
        for pmid, rows in entities.items():
            detail = f"{len(rows)} mentions, {len(relations.get(pmid, ()))} relations"
            reporter = Reporter(report, split, f"PMID:{pmid}")
            reporter.tell("document without text", Action.DROPPED, detail)

    def _document(
        self,
        abstract: Sequence[str],
        entities: Sequence[Sequence[str]],
        relations: Sequence[Sequence[str]],
        reporter: Reporter,
    ) -> Document:
        pmid, title, body = abstract
        text = f"{title} {body}"
        mentions: dict[str, Mention] = {}
        for row in entities:
            mention = self._mention(text, row, reporter)
            if mention is not None:
                mentions[row[1]] = mention
        document = Document(
            reporter.document,
            text,
            relations=tuple(
                relation
                for row in relations
                if (relation := _relation(row, mentions, reporter)) is not None
            ),
            passages=(
                Passage(0, len(title), "title"),
                Passage(len(title) + 1, len(text), "abstract"),
            ),
            metadata={"corpus": self.corpus, "pmid": pmid},
        )
        return document.with_mentions(mentions.values())

    def _mention(self, text: str, row: Sequence[str], reporter: Reporter) -> Mention | None:
        _, id_, type_, start, end, claimed = row
        span, problem = place_mention(text, int(start), int(end), claimed)
        if problem is not None:
            action = Action.DROPPED if span is None else Action.REPAIRED
            reporter.tell("offset mismatch", action, problem)
        if span is None:
            return None
        label = label_of(self.corpus, type_)
        found = text[span.start : span.end]
        return Mention(*span, found, label, id=id_, metadata={"type": type_})


def _by_pmid(path: Path) -> dict[str, list[list[str]]]:
    rows: dict[str, list[list[str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            columns = line.rstrip("\r\n").split("\t")
            rows[columns[0]].append(columns)
    return dict(rows)


def _relation(
    row: Sequence[str], mentions: Mapping[str, Mention], reporter: Reporter
) -> Relation | None:
    """A relation; ChemProt's is called by its group, such as `CPR:4`, DrugProt's by its name."""
    *names, first, second = row[1:]
    targets = [argument.partition(":")[2] for argument in (first, second)]
    missing = [target for target in targets if target not in mentions]
    if missing:
        detail = f"{names[0]} of {', '.join(targets)}; no mention {', '.join(missing)}"
        reporter.tell("argument that is nowhere", Action.DROPPED, detail)
        return None
    metadata = {}
    if len(names) > 1:
        # "Y" marks the groups that the shared task evaluated (CPR:3, 4, 5, 6 and 9).
        metadata = {"type": names[2], "evaluated": names[1].strip() == "Y"}
    arguments = (Argument("Arg1", targets[0]), Argument("Arg2", targets[1]))
    return Relation(names[0], arguments, metadata=metadata)
