"""CoNLL sentences as documents: the text is made of the tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from bioweave.document import Document, Mention, Passage
from bioweave.errors import FormatError, InputError
from bioweave.formats.conll.sentences import ConllSentence, parse_sentences
from bioweave.formats.lines import Lines
from bioweave.formats.source import Source

_ENDS = "ELSU"  # BIOES, and BILOU's letters for the same
_PREFIXES = "BIM" + _ENDS


def read_conll(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The documents: tokens joined by a space, sentences by a line break, each a passage.

    BIO, IOB1 and BIOES (also as BILOU or BMES) are read by one rule, for each reads the others'
    tags as they are meant: B or S starts a mention, so does any tag whose label differs from
    the tag before or that follows O, and E or S ends it.
    Where the file does not begin with a document's start, each sentence is a document.
    """
    lines = Lines(source)
    seen: list[FormatError] = []

    def sentences() -> Iterator[tuple[int, ConllSentence]]:
        number, has_starts = 0, False
        for sentence in parse_sentences(lines):
            failure = lines.take_failure()
            if failure is not None:
                seen.append(failure)
            has_starts = has_starts or _has_start(sentence)
            number += sentence.starts_document or not has_starts
            yield number, sentence

    for number, group in groupby(sentences(), key=lambda pair: pair[0]):
        members = [sentence for _, sentence in group]
        id_ = members[0].document or f"{source.stem}-{number}"
        if seen:
            error = seen.pop(0)
            yield FormatError(error.message, source.place(line=error.place.line, document=id_))
            seen.clear()
            continue
        try:
            yield members[0].line, _document(id_, members, source)
        except FormatError as error:
            yield error


def _has_start(sentence: ConllSentence) -> bool:
    return sentence.starts_document and sentence.line > 1


def _document(id_: str, sentences: Iterable[ConllSentence], source: Source) -> Document:
    parts: list[str] = []
    passages: list[Passage] = []
    spans: list[tuple[int, int, str]] = []
    offset = 0
    for sentence in sentences:
        words: list[tuple[int, int]] = []
        for token in sentence.tokens:
            words.append((offset, offset + len(token.text)))
            offset += len(token.text) + 1
        passages.append(Passage(words[0][0], words[-1][1], "sentence"))
        parts.append(" ".join(token.text for token in sentence.tokens))
        spans += _spans(sentence, words, source, id_)
    text = "\n".join(parts)
    mentions = tuple(Mention(start, end, text[start:end], label) for start, end, label in spans)
    return Document(id_, text, mentions, (), tuple(passages))


def _spans(
    sentence: ConllSentence, words: list[tuple[int, int]], source: Source, id_: str
) -> Iterator[tuple[int, int, str]]:
    start, end, label = -1, -1, ""
    for token, (word_start, word_end) in zip(sentence.tokens, words, strict=True):
        prefix, dash, name = token.tag.partition("-")
        if token.tag != "O" and not (dash and name and len(prefix) == 1 and prefix in _PREFIXES):
            raise FormatError(
                f"the tag {token.tag!r} of {token.text!r} is none; expected O, B-label, I-label, "
                f"E-label or S-label in the last column",
                source.place(line=token.line, document=id_),
            )
        if label and (name != label or prefix in "BSU"):
            yield start, end, label
            label = ""
        if name:
            if not label:
                start, label = word_start, name
            end = word_end
        if prefix in _ENDS:
            yield start, end, label
            label = ""
    if label:
        yield start, end, label
