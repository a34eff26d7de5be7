"""A document in pieces, tokenised once however many pairs it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.document import Mention, Sentence
from bioweave.features.second_pieces import special_pieces

Int32Array: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class DocumentPieces:
    """The pieces of all sentences in a row.

    `ids` [P]; `starts` and `ends` [P] are code points of the document; sentence s has the pieces
    from `edges[s]` up to `edges[s + 1]`. `before` and `after` are what the encoder wants around
    its input.
    """

    ids: Int32Array
    starts: Int32Array
    ends: Int32Array
    edges: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def size(self, sentence: int) -> int:
        """How many pieces a sentence has."""
        return self.edges[sentence + 1] - self.edges[sentence]

    def of_mention(self, mention: Mention, sentence: int) -> tuple[int, int]:
        """The pieces that share a character with a mention, within its sentence: start, end."""
        first, last = self.edges[sentence], self.edges[sentence + 1]
        start = first + int(np.searchsorted(self.ends[first:last], mention.start, side="right"))
        end = first + int(np.searchsorted(self.starts[first:last], mention.end, side="left"))
        start = min(start, last)
        return start, max(start, end)


def cut_into_pieces(
    text: str, sentences: Sequence[Sentence], tokenizer: Tokenizer
) -> DocumentPieces:
    """The pieces of a document; each sentence is tokenised by itself."""
    before, after = special_pieces(tokenizer)
    encodings = tokenizer.encode_batch(
        [text[start:end] for start, end, _ in sentences], add_special_tokens=False
    )
    offsets = np.array(
        [
            (start + sentence.start, end + sentence.start)
            for sentence, encoding in zip(sentences, encodings, strict=True)
            for start, end in encoding.offsets
        ],
        dtype=np.int32,
    ).reshape(-1, 2)
    # A normaliser that reorders marks can make offsets step back, and they are searched.
    return DocumentPieces(
        ids=np.array([one for encoding in encodings for one in encoding.ids], dtype=np.int32),
        starts=np.maximum.accumulate(offsets[:, 0]) if len(offsets) else offsets[:, 0],
        ends=np.maximum.accumulate(offsets[:, 1]) if len(offsets) else offsets[:, 1],
        edges=tuple(accumulate((len(one.ids) for one in encodings), initial=0)),
        before=tuple(before),
        after=tuple(after),
    )
