"""What the part-of-speech tagger learns from and is measured on: genia-pos, in two views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bioweave import corpus
from bioweave.formats.conll import parse_sentences
from bioweave.text import split_words

TaggedSentence = Sequence[tuple[str, str]]

# Inside a GENIA token these keep the tag they have alone; all other parts take the token's.
_JOINTS = {"-": ":", "/": ":", "(": "(", "[": "(", ")": ")", "]": ")"}


def genia_tokens(split: str, folder: Path | None = None) -> list[TaggedSentence]:
    """The split's sentences as they stand in the file, MEDLINE's field marks among the words.

    Published figures count the marks (2.9% of the test split, and easy), so the tagger learns
    them, too; `corpus.load_pos` gives the same sentences without.
    """
    (path,) = corpus.files("genia-pos", split, folder)
    with path.open(encoding="utf-8", newline="\n") as lines:
        return [
            [(token.text, token.tag) for token in sentence.tokens]
            for sentence in parse_sentences(lines)
        ]


def as_words(sentences: Iterable[TaggedSentence]) -> Iterator[TaggedSentence]:
    """The sentences in bioweave's words, which are finer than GENIA's tokens.

    >>> [list(sentence) for sentence in as_words([[("IL-2", "NN"), ("binds", "VBZ")]])]
    [[('IL', 'NN'), ('-', ':'), ('2', 'NN'), ('binds', 'VBZ')]]
    """
    for sentence in sentences:
        words: list[tuple[str, str]] = []
        for token, tag in sentence:
            parts = [token[start:end] for start, end in split_words(token)]
            if len(parts) == 1:
                words.append((token, tag))
            else:
                words += [(part, _JOINTS.get(part, tag)) for part in parts]
        yield words
