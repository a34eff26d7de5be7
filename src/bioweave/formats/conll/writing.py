"""Documents as CoNLL in BIO, in the project's own words and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bioweave.document import Document, Sentence, WordSpan
from bioweave.errors import FormatError, Place
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink
from bioweave.text import segment, word_spans


class ConllEncoder:
    """Writes `-DOCSTART- (ID)` and then the sentences of each document."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, document: Document) -> list[Part]:
        """Writes a tag for each word; FormatError if the document has no word."""
        sentences = segment(document.text, document.passages)
        if not sentences:
            raise FormatError(
                "a document without words has no form in CoNLL; write jsonl",
                Place(document=document.id),
            )
        lost: list[Part] = []
        tags = _tags(document, sentences, lost)
        id_ = re.sub(r"[\t\r\n]", " ", document.id)
        if id_ != document.id:
            lost.append(Part.DOCUMENT_IDS)
        named = f" ({id_})" if id_ else ""
        blocks = [f"-DOCSTART-{named}\tO\n"]
        texts = []
        remaining = iter(tags)
        for sentence in sentences:
            words = [document.text[start:end] for start, end in sentence.words]
            texts.append(" ".join(words))
            blocks.append("".join(f"{word}\t{next(remaining)}\n" for word in words))
        if "\n".join(texts) != document.text:
            lost.append(Part.WHITE_SPACE)
        spelled = [(sentence.start, sentence.end, "sentence") for sentence in sentences]
        if document.passages and spelled != list(document.passages):
            lost.append(Part.PASSAGES)
        self._sink.write("\n".join(blocks) + "\n")
        return lost

    def close(self) -> None:
        """Closes the sink."""
        self._sink.close()


def _tags(document: Document, sentences: Sequence[Sentence], lost: list[Part]) -> list[str]:
    """A tag for each word of the document; of spans that overlap the longest, then the first."""
    words = [word for sentence in sentences for word in sentence.words]
    spans, changed = word_spans(document.mentions, words)
    if changed:
        lost.append(Part.EXACT_BOUNDARIES)
    tags = ["O"] * len(words)
    for start, end, label in sorted(spans, key=_longest_first):
        if tags[start:end] != ["O"] * (end - start):
            lost.append(Part.OVERLAPS)
            continue
        tags[start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
    position = 0
    for sentence in sentences:
        # A mention cannot go on in the next sentence: it begins again there.
        if tags[position].startswith("I-"):
            tags[position] = f"B-{tags[position][2:]}"
            lost.append(Part.EXACT_BOUNDARIES)
        position += len(sentence.words)
    return tags


def _longest_first(span: WordSpan) -> tuple[int, int]:
    return span.word_start - span.word_end, span.word_start
