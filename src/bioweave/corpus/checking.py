"""What is wrong in a corpus, as its reader met it and as its documents show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bioweave.corpus.defects import Action, Defect
from bioweave.corpus.loading import load_with_defects
from bioweave.corpus.lookup import info
from bioweave.corpus.relation_oddities import relation_oddities
from bioweave.document import Document, offset_problem
from bioweave.text import AlignmentReport, measure_alignment

OFF_TEXT = "mention off its text"
"""The one kind that must never occur: what `load` gives agrees with its text."""


@dataclass(frozen=True, slots=True)
class SplitCheck:
    """One split: what it holds after reading, and how words and sentences fit its mentions."""

    split: str
    n_documents: int
    n_mentions: int
    alignment: AlignmentReport


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A corpus's splits and its defects, in the order of the files."""

    corpus: str
    splits: tuple[SplitCheck, ...]
    defects: tuple[Defect, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every mention that `load` gives agrees with its text."""
        return all(defect.kind != OFF_TEXT for defect in self.defects)

    def counts(self) -> dict[tuple[str, Action], Counter[str]]:
        """By kind of defect and what became of it: how many in each split."""
        found: dict[tuple[str, Action], Counter[str]] = {}
        for defect in self.defects:
            found.setdefault((defect.kind, defect.action), Counter())[defect.split] += 1
        return found


def check(name: str, folder: Path | None = None) -> CheckReport:
    """Read every split of a corpus and report what is wrong in it."""
    splits = []
    defects: list[Defect] = []
    for split in info(name, folder).splits:
        documents, found = load_with_defects(name, split, folder)
        defects += found
        defects += document_defects(split, documents)
        splits.append(
            SplitCheck(
                split,
                len(documents),
                sum(len(document.mentions) for document in documents),
                measure_alignment(documents),
            )
        )
    return CheckReport(name, tuple(splits), tuple(defects))


def document_defects(split: str, documents: Sequence[Document]) -> Iterator[Defect]:
    """What the documents show: repetitions, mentions in one another, offsets, loose relations."""
    ids: set[str] = set()
    texts: dict[str, Document] = {}
    for document in documents:
        if document.id in ids:
            yield Defect("id used twice", Action.KEPT, split, document.id, "")
        ids.add(document.id)
        if not document.text.strip():
            yield Defect("empty document", Action.KEPT, split, document.id, "")
        first = texts.setdefault(document.text, document)
        if first is not document:
            kind = "repeated text" if _agree(first, document) else "repeated text, other mentions"
            yield Defect(kind, Action.KEPT, split, document.id, f"as in {first.id}")
        for mention in document.mentions:
            problem = offset_problem(document.text, mention)
            if problem is not None:
                yield Defect(OFF_TEXT, Action.KEPT, split, document.id, problem)
        for kind, detail in (*_overlaps(document), *relation_oddities(document)):
            yield Defect(kind, Action.KEPT, split, document.id, detail)


def _agree(left: Document, right: Document) -> bool:
    return {(m.span, m.label) for m in left.mentions} == {(m.span, m.label) for m in right.mentions}


def _overlaps(document: Document) -> Iterator[tuple[str, str]]:
    """Pairs of mentions with a character in common; mentions stand by start, longest first."""
    mentions = document.mentions
    for place, left in enumerate(mentions):
        for right in mentions[place + 1 :]:
            if right.start >= left.end:
                break
            if left.span == right.span:
                kind = "two mentions on one span"
            elif right.end <= left.end:
                kind = "mention inside another"
            else:
                kind = "mentions that cross"
            yield kind, f"{right.text!r} ({right.label}) and {left.text!r} ({left.label})"


def check_json(report: CheckReport) -> dict[str, Any]:
    """What `corpus check --json` prints."""
    return {
        "corpus": report.corpus,
        "sound": report.is_sound,
        "splits": {
            split.split: {
                "documents": split.n_documents,
                "mentions": split.n_mentions,
                "alignment": {
                    "share": split.alignment.share,
                    "words_per_token": split.alignment.words_per_token,
                    **asdict(split.alignment),
                },
            }
            for split in report.splits
        },
        "counts": [
            {"kind": kind, "action": action.value, "splits": dict(by_split)}
            for (kind, action), by_split in report.counts().items()
        ],
        "defects": [{**asdict(defect), "action": defect.action.value} for defect in report.defects],
    }
