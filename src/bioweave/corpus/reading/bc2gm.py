"""BioCreative II gene mentions (Smith et al., 2008): sentences, offsets that skip spaces.

    train/train.in      ID TEXT
    train/GENE.eval     ID|FIRST LAST|TEXT
    train/ALTGENE.eval  the same

FIRST and LAST count characters without spaces, both inclusive. ALTGENE.eval has the boundaries
that the task's scorer accepts in place of those in GENE.eval.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bioweave.corpus.defects import Action, DefectSink, Reporter
from bioweave.corpus.labels import label_of
from bioweave.corpus.offsets import place_mention
from bioweave.document import Document, Mention, Passage, Span

CORPUS = "bc2gm"
_PUBMED = re.compile(r"P0*(\d+)[ATX]")


class _Row(NamedTuple):
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Bc2gmReader:
    """Reads bc2gm: a document per sentence.

    `metadata["alternatives"]` lists `[start, end]`, in characters as everywhere, for each row of
    ALTGENE.eval; a sentence without any has an empty list.
    """

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits there are: no dev."""
        return ("train", "test")

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """Sentences, genes, alternatives."""
        home = folder / split
        return (home / f"{split}.in", home / "GENE.eval", home / "ALTGENE.eval")

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """The sentences in the order of the `.in` file."""
        sentences, genes, alternatives = self.files(folder, split)
        gene_rows = _rows(genes, Reporter(report, split, genes.name))
        alternative_rows = _rows(alternatives, Reporter(report, split, alternatives.name))
        for line in _lines(sentences):
            id_, _, text = line.partition(" ")
            reporter = Reporter(report, split, id_)
            yield _document(text, gene_rows.pop(id_, ()), alternative_rows.pop(id_, ()), reporter)
        for id_ in (*gene_rows, *alternative_rows):
            Reporter(report, split, id_).tell(
                "mention without a sentence", Action.DROPPED, f"{id_} is in no line of the .in file"
            )


def _lines(path: Path) -> list[str]:
    # splitlines() would also split at characters that a sentence may hold.
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]


def _rows(path: Path, reporter: Reporter) -> dict[str, Sequence[_Row]]:
    rows: dict[str, list[_Row]] = defaultdict(list)
    for number, line in enumerate(_lines(path), start=1):
        match = re.fullmatch(r"([^|]+)\|(\d+) (\d+)\|(.*)", line)
        if match is None:
            reporter.tell("unreadable line", Action.DROPPED, f"line {number}: {line!r}")
            continue
        rows[match[1]].append(_Row(int(match[2]), int(match[3]), match[4]))
    return dict(rows)


def _document(
    text: str, genes: Sequence[_Row], alternatives: Sequence[_Row], reporter: Reporter
) -> Document:
    places = [place for place, character in enumerate(text) if not character.isspace()]
    mentions = []
    for row in genes:
        span = _place(text, places, row, "mention", reporter)
        if span is not None:
            label = label_of(CORPUS, "GENE")
            found = text[span.start : span.end]
            mentions.append(Mention(*span, found, label, metadata={"type": "GENE"}))
    spans = [_place(text, places, row, "alternative", reporter) for row in alternatives]
    accepted = sorted({span for span in spans if span is not None})
    _report_oddities(mentions, accepted, len(spans), reporter)
    metadata: dict[str, Any] = {"corpus": CORPUS, "alternatives": [list(s) for s in accepted]}
    if match := _PUBMED.match(reporter.document):
        metadata["pmid"] = match[1]
    passages = (Passage(0, len(text), "sentence"),)
    document = Document(reporter.document, text, passages=passages, metadata=metadata)
    return document.with_mentions(mentions)


def _place(
    text: str, places: Sequence[int], row: _Row, what: str, reporter: Reporter
) -> Span | None:
    if row.last >= len(places) or row.first > row.last:
        detail = f"{row.text!r} at {row.first} {row.last} of {len(places)} characters"
        reporter.tell(f"{what} outside its sentence", Action.DROPPED, detail)
        return None
    span, problem = place_mention(text, places[row.first], places[row.last] + 1, row.text)
    if problem is not None:
        action = Action.DROPPED if span is None else Action.REPAIRED
        reporter.tell(f"offset mismatch of {what}", action, problem)
    return span


def _report_oddities(
    mentions: Sequence[Mention], accepted: Sequence[Span], n_rows: int, reporter: Reporter
) -> None:
    gold = {mention.span for mention in mentions}
    if n_rows > len(accepted):
        detail = f"{n_rows} rows name {len(accepted)} spans"
        reporter.tell("repeated alternative", Action.DROPPED, detail)
    for span in accepted:
        if span in gold:
            reporter.tell("alternative equal to a mention", Action.KEPT, str(tuple(span)))
        elif not any(span.overlaps(other) for other in gold):
            reporter.tell("alternative without a mention", Action.KEPT, str(tuple(span)))
    if len(gold) < len(mentions):
        reporter.tell("repeated mention", Action.KEPT, f"{len(mentions) - len(gold)} times")
