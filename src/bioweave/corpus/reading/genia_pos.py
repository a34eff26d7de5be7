"""GENIA's parts of speech (Tateisi and Tsujii, 2004): words with tags, and no mentions.

The files carry MEDLINE's field marks: a sentence `UI - 95369245` opens each abstract, and `TI -`
and `AB -` stand before the title's and the abstract's first sentence. They are bookkeeping, not
language, and would flatter any tagger's score: they are taken out, and reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave.corpus.defects import Action, DefectSink, Reporter
from bioweave.corpus.reading.words import join_words
from bioweave.document import Document
from bioweave.formats.conll import parse_sentences

CORPUS = "genia-pos"
_PATHS = {"train": "train.tsv", "dev": "devel.tsv", "test": "test.tsv"}

TaggedSentence = list[tuple[str, str]]
"""Words with their parts of speech, in the Penn Treebank's tags as GENIA uses them."""


@dataclass(frozen=True, slots=True)
class GeniaPosReader:
    """Reads genia-pos: a document per abstract, words joined by spaces.

    A passage is a sentence; `metadata["pos"]` lists the sentences' tags, one for each word.
    """

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits there are."""
        return tuple(_PATHS)

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """The split's one file."""
        return (folder / _PATHS[split],)

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """The abstracts, without field marks."""
        seen: Counter[str] = Counter()
        for medline, sentences in read_abstracts(self.files(folder, split)[0]):
            seen[medline] += 1
            repeated = f"#{seen[medline]}" if seen[medline] > 1 else ""
            reporter = Reporter(report, split, f"MEDLINE:{medline}{repeated}")
            reporter.tell("field marks (UI, TI, AB)", Action.DROPPED, "among the words")
            if repeated:
                reporter.tell("repeated document", Action.KEPT, f"{medline} stands again")
            joined = join_words([[word for word, _ in sentence] for sentence in sentences])
            yield Document(
                reporter.document,
                joined.text,
                passages=joined.sentences,
                metadata={
                    "corpus": CORPUS,
                    "medline": medline,
                    "pos": [[tag for _, tag in sentence] for sentence in sentences],
                },
            )


def read_abstracts(path: Path) -> Iterator[tuple[str, list[TaggedSentence]]]:
    """Each abstract's MEDLINE number and its sentences, without field marks."""
    medline = ""
    abstract: list[TaggedSentence] = []
    with path.open(encoding="utf-8", newline="\n") as lines:
        for sentence in parse_sentences(lines):
            words = [(token.text, token.tag) for token in sentence.tokens]
            head = tuple(word for word, _ in words[:2])
            if head == ("UI", "-"):
                if abstract:
                    yield medline, abstract
                medline, abstract = words[2][0], []
                continue
            if head in {("TI", "-"), ("AB", "-")}:
                words = words[2:]
            if words:
                abstract.append(words)
    if abstract:
        yield medline, abstract
