"""Documents -> windows: the stretches of pieces that a tagger's graph sees at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.document import Sentence
from bioweave.errors import ConfigurationError
from bioweave.features.second_pieces import SecondPieces, second_pieces, special_pieces
from bioweave.text import align_pieces

Int32Array: TypeAlias = npt.NDArray[np.int32]

_SENTENCES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How a document is cut into windows; training and annotation have to agree on it.

    `max_pieces` counts special pieces. `packed` puts as many whole consecutive sentences into a
    window as fit, which gives the encoder context and spares the machine many tiny windows.
    `overlap_words` is how many words two windows of one long sentence share at most.
    `second_max_pieces` is the room for the same words in the vocabulary of a second encoder.
    """

    max_pieces: int = 128
    packed: bool = True
    overlap_words: int = 16
    second_max_pieces: int = 256


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One row of a batch.

    `piece_ids` [P] includes special pieces. `word_pieces` [W, 2] is the half-open range of pieces
    of each word, counted from the window's first piece; an empty range is a word without pieces.
    `word_chars` [W, 2] is where each word stands in the document's text. `word_start:word_end`
    are the window's words in the document's flat list of words, `keep_start:keep_end` those
    whose scores this window supplies: each word of a document is kept by exactly one window.
    Consecutive windows of one `segment` hold one long sentence and are decoded together.
    `second` holds the pieces for a second encoder, if there is one.
    """

    piece_ids: Int32Array
    word_pieces: Int32Array
    word_chars: Int32Array
    word_start: int
    word_end: int
    keep_start: int
    keep_end: int
    segment: int
    second: SecondPieces | None = None


def make_windows(
    text: str, sentences: Sequence[Sentence], tokenizer: Tokenizer, settings: WindowSettings
) -> list[Window]:
    """The windows of one document, in the order of its words; none where it has no words."""
    return make_windows_of_many([(text, sentences)], tokenizer, settings)[0]


def make_windows_of_many(
    documents: Sequence[tuple[str, Sequence[Sentence]]],
    tokenizer: Tokenizer,
    settings: WindowSettings,
    second: Tokenizer | None = None,
) -> list[list[Window]]:
    """The windows of each document; all sentences are tokenised in one call, which is faster.

    With a `second` tokenizer each window has its words' pieces in that vocabulary as well.
    A tokenizer that truncates or pads is told not to, for good. Raises ConfigurationError where
    the settings leave no room for a piece beside the special ones.
    """
    if tokenizer.truncation is not None:
        tokenizer.no_truncation()
    if tokenizer.padding is not None:
        tokenizer.no_padding()
    before, after = special_pieces(tokenizer)
    budget = settings.max_pieces - len(before) - len(after)
    if budget < 1 or settings.overlap_words < 0:
        raise ConfigurationError(
            f"windows of max_pieces = {settings.max_pieces} with overlap_words = "
            f"{settings.overlap_words} cannot be made: at least {len(before) + len(after) + 1} "
            "pieces and 0 words are needed"
        )
    pieces = _tokenise(
        [text[start:end] for text, sentences in documents for start, end, _ in sentences],
        tokenizer,
    )
    windows, n_seen = [], 0
    for _, sentences in documents:
        flat = _flatten(sentences, pieces.of_sentences(n_seen, n_seen + len(sentences)))
        stretches = list(_stretches(flat, budget, settings))
        windows.append([_window(flat, stretch, budget, before, after) for stretch in stretches])
        n_seen += len(sentences)
    if second is None:
        return windows
    texts_with_words = [
        (text, window.word_chars)
        for (text, _), own in zip(documents, windows, strict=True)
        for window in own
    ]
    others = second_pieces(texts_with_words, second, settings.second_max_pieces)
    return [[replace(window, second=next(others)) for window in own] for own in windows]


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Pieces of many sentences in a row: `offsets` [P, 2] count from each sentence's start."""

    ids: Int32Array
    offsets: Int32Array
    ends: Int32Array

    def of_sentences(self, first: int, last: int) -> _Pieces:
        """Those of the sentences from `first` up to `last`."""
        start = int(self.ends[first - 1]) if first else 0
        ends = self.ends[first:last]
        inside = slice(start, int(ends[-1]) if len(ends) else start)
        return _Pieces(self.ids[inside], self.offsets[inside], ends - np.int32(start))


@dataclass(frozen=True, slots=True, eq=False)
class _Flat:
    """A document's words and pieces in one row each; `*_ends` [sentences] say where each ends."""

    piece_ids: Int32Array
    word_chars: Int32Array
    word_pieces: Int32Array
    word_ends: Int32Array
    piece_ends: Int32Array


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The words of one window and those of them that it keeps."""

    start: int
    end: int
    keep_start: int
    keep_end: int
    segment: int


def _tokenise(sentence_texts: Sequence[str], tokenizer: Tokenizer) -> _Pieces:
    ids, offsets, counts = [], [], []
    # What the library returns of a piece is hundreds of bytes: a long document must not hold all.
    for start in range(0, len(sentence_texts), _SENTENCES_AT_ONCE):
        block = sentence_texts[start : start + _SENTENCES_AT_ONCE]
        encodings = tokenizer.encode_batch(block, add_special_tokens=False)
        block_ids = [encoding.ids for encoding in encodings]
        block_counts = [len(sentence_ids) for sentence_ids in block_ids]
        n_pieces = sum(block_counts)
        counts += block_counts
        ids.append(np.fromiter(chain.from_iterable(block_ids), np.int32, n_pieces))
        offsets.append(_pairs([encoding.offsets for encoding in encodings], n_pieces))
    none = np.zeros(0, dtype=np.int32)
    return _Pieces(
        np.concatenate([none, *ids]),
        np.concatenate([none.reshape(0, 2), *offsets]),
        np.cumsum(counts, dtype=np.int32),
    )


def _flatten(sentences: Sequence[Sentence], pieces: _Pieces) -> _Flat:
    n_words = np.array([len(words) for _, _, words in sentences], dtype=np.int32)
    starts = np.array([start for start, _, _ in sentences], dtype=np.int32)
    n_pieces = np.diff(pieces.ends, prepend=np.int32(0))
    word_chars = _pairs([words for _, _, words in sentences], int(n_words.sum()))
    in_document = pieces.offsets + np.repeat(starts, n_pieces)[:, None]
    return _Flat(
        piece_ids=pieces.ids,
        word_chars=word_chars,
        word_pieces=np.asarray(align_pieces(word_chars, in_document), dtype=np.int32),
        word_ends=np.cumsum(n_words, dtype=np.int32),
        piece_ends=pieces.ends,
    )


def _pairs(rows: Sequence[Sequence[tuple[int, int]]], n_pairs: int) -> Int32Array:
    numbers = chain.from_iterable(chain.from_iterable(rows))
    return np.fromiter(numbers, np.int32, 2 * n_pairs).reshape(n_pairs, 2)


def _stretches(flat: _Flat, budget: int, settings: WindowSettings) -> Iterator[_Stretch]:
    segment = 0
    start, piece_start = 0, 0  # of the window under construction
    end, piece_end = 0, 0  # of the sentences seen so far

    for word_end, sentence_piece_end in zip(
        flat.word_ends.tolist(), flat.piece_ends.tolist(), strict=True
    ):
        is_full = not settings.packed or sentence_piece_end - piece_start > budget
        if is_full and end > start:
            yield _Stretch(start, end, start, end, segment)
            segment += 1
        if is_full:
            start, piece_start = end, piece_end
        if sentence_piece_end - piece_end > budget:
            yield from _cut_sentence(flat, (start, word_end), budget, settings, segment)
            segment += 1
            start, piece_start = word_end, sentence_piece_end
        end, piece_end = word_end, sentence_piece_end
    if end > start:
        yield _Stretch(start, end, start, end, segment)


def _cut_sentence(
    flat: _Flat, words: tuple[int, int], budget: int, settings: WindowSettings, segment: int
) -> Iterator[_Stretch]:
    """Overlapping stretches of a sentence that does not fit; one long word may exceed `budget`."""
    first, last = words
    piece_starts = np.maximum.accumulate(flat.word_pieces[first:last, 0])
    piece_ends = np.maximum.accumulate(flat.word_pieces[first:last, 1])
    n_words = last - first
    start = keep_start = 0
    while start < n_words:
        fitting = int(np.searchsorted(piece_ends, piece_starts[start] + budget, side="right"))
        end = max(fitting, start + 1)
        if end == n_words:
            following = keep_end = n_words
        else:
            # The next window has to reach the word at `end`, and a quarter of its pieces is
            # overlap enough where words are long: otherwise it might gain a word at a time.
            earliest = max(piece_ends[end] - budget, piece_ends[end - 1] - budget // 4)
            following = int(np.searchsorted(piece_starts, earliest, side="left"))
            following = min(max(following, end - settings.overlap_words, start + 1), end)
            keep_end = (following + end) // 2
        yield _Stretch(first + start, first + end, first + keep_start, first + keep_end, segment)
        start, keep_start = following, keep_end


def _window(
    flat: _Flat, stretch: _Stretch, budget: int, before: list[int], after: list[int]
) -> Window:
    words = slice(stretch.start, stretch.end)
    word_pieces = flat.word_pieces[words]
    piece_start = int(word_pieces[0, 0])
    piece_end = min(int(word_pieces[:, 1].max()), piece_start + budget)
    return Window(
        piece_ids=np.concatenate(
            (before, flat.piece_ids[piece_start:piece_end], after), dtype=np.int32, casting="unsafe"
        ),
        word_pieces=np.minimum(word_pieces, piece_end) - np.int32(piece_start - len(before)),
        word_chars=flat.word_chars[words],
        word_start=stretch.start,
        word_end=stretch.end,
        keep_start=stretch.keep_start,
        keep_end=stretch.keep_end,
        segment=stretch.segment,
    )
