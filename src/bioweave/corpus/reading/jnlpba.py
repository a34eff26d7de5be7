"""JNLPBA (Kim et al., 2004): abstracts as words with IOB2 tags.

Train and dev are `train.tsv` and `valid.tsv`, which part the published 18546 sentences in 16807
and 1739. Test is `Genia4EReval2.iob2`: the same words and tags as `test.tsv`, but with the
types' own names and the abstracts' MEDLINE ids, which the three .tsv files lack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave.corpus.defects import Action, DefectSink, Reporter
from bioweave.corpus.labels import TYPE_LABELS, label_of
from bioweave.corpus.reading.words import join_words
from bioweave.document import Document, Mention, TagSet, WordSpan
from bioweave.formats.conll import ConllSentence, parse_sentences

CORPUS = "jnlpba"
_PATHS = {"train": "train.tsv", "dev": "valid.tsv", "test": "Genia4EReval2.iob2"}
_TYPES = {"PRGE": "protein", "CLTP": "cell_type", "CLLN": "cell_line"}
_TAGS = TagSet(tuple(TYPE_LABELS[CORPUS]))


@dataclass(frozen=True, slots=True)
class JnlpbaReader:
    """Reads JNLPBA: a document per abstract, words joined by spaces, a passage per sentence."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits there are."""
        return tuple(_PATHS)

    def files(self, folder: Path, split: str) -> Sequence[Path]:
        """The split's one file."""
        return (folder / _PATHS[split],)

    def read(self, folder: Path, split: str, report: DefectSink) -> Iterator[Document]:
        """The abstracts; one without an id is called by its place, such as `jnlpba-train-17`."""
        seen: Counter[str] = Counter()
        with self.files(folder, split)[0].open(encoding="utf-8", newline="\n") as lines:
            for number, abstract in enumerate(_abstracts(lines), start=1):
                name = abstract[0].document or f"{CORPUS}-{split}-{number}"
                seen[name] += 1
                repeated = f"#{seen[name]}" if seen[name] > 1 else ""
                reporter = Reporter(report, split, name + repeated)
                if repeated:
                    reporter.tell("repeated document", Action.KEPT, f"{name} stands again")
                yield _document(abstract, reporter)


def _abstracts(lines: Iterable[str]) -> Iterator[list[ConllSentence]]:
    abstract: list[ConllSentence] = []
    for sentence in parse_sentences(lines):
        if sentence.starts_document and abstract:
            yield abstract
            abstract = []
        abstract.append(sentence)
    if abstract:
        yield abstract


def _document(abstract: Sequence[ConllSentence], reporter: Reporter) -> Document:
    joined = join_words([[token.text for token in sentence.tokens] for sentence in abstract])
    metadata: dict[str, str] = {"corpus": CORPUS}
    # A MEDLINE number is not a PMID: PubMed numbered these abstracts anew.
    if abstract[0].document:
        metadata["medline"] = abstract[0].document.removeprefix("MEDLINE:")
    mentions = [
        Mention(
            words[span.word_start].start,
            words[span.word_end - 1].end,
            joined.text[words[span.word_start].start : words[span.word_end - 1].end],
            label_of(CORPUS, span.label),
            metadata={"type": span.label},
        )
        for sentence, words in zip(abstract, joined.words, strict=True)
        for span in _spans(sentence, reporter)
    ]
    document = Document(
        reporter.document, joined.text, passages=joined.sentences, metadata=metadata
    )
    return document.with_mentions(mentions)


def _spans(sentence: ConllSentence, reporter: Reporter) -> list[WordSpan]:
    """The spans that the tags spell; an unknown tag counts as O, and is reported."""
    tags = []
    for token in sentence.tokens:
        prefix, _, type_ = token.tag.partition("-")
        tag = f"{prefix}-{_TYPES.get(type_, type_)}" if type_ else prefix
        if tag not in _TAGS.index:
            detail = f"line {token.line}: tag {token.tag!r} of {token.text!r}"
            reporter.tell("unknown tag", Action.DROPPED, detail)
        tags.append(_TAGS.index.get(tag, 0))
    return _TAGS.decode(tags)
