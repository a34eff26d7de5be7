"""A text in the codes of a lexicon's vocabulary, and the way back to its characters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple

from bioweave.lexicon.chunks import EDGES, HYPHENS, Token, chunk_tokens, closed_tokens, split_chunks
from bioweave.lexicon.coding import BREAK, UNKNOWN, Vocabulary, n_leads
from bioweave.lexicon.normalisation import normalise_word

_MOST_KEPT = 1 << 18  # chunks; beyond that everything kept is forgotten with the next text
# Chunks on either side of hyphened words that are looked at once more with these closed up.
_WINDOW = 8
_HYPHENS = frozenset(HYPHENS)


class EncodedText(NamedTuple):
    """A text's chunks and their codes.

    The first `n_chunks` are the text. The others, if there are any, repeat some of it: each is the
    chunk `origins` says, and those in `closed` have no hyphens.
    """

    chunks: list[str]
    codes: list[str]
    n_chunks: int
    origins: list[int]
    closed: frozenset[int]

    @property
    def has_repeats(self) -> bool:
        """Whether a place of the text may be found twice."""
        return len(self.codes) > self.n_chunks


class Places:
    """The way back from codes to characters, for one encoded text."""

    def __init__(self, encoded: EncodedText) -> None:
        self._encoded = encoded
        # How many codes, and how many characters, stand in a chunk and all before it.
        self._codes_until = list(accumulate(map(len, encoded.codes)))
        self._characters_until = list(accumulate(map(len, encoded.chunks)))

    def start(self, code: int) -> int:
        """Where the word starts whose first token this is; -1 if it is not the first of one."""
        chunk = bisect_right(self._codes_until, code)
        codes = self._encoded.codes[chunk]
        if len(codes) == 1:
            return self._chunk_start(chunk)  # it is a word and nothing else
        offset = self._token(chunk, code).start
        return offset if offset < 0 else self._chunk_start(chunk) + offset

    def end(self, code: int) -> int:
        """Where the word ends whose last token this is; -1 if it is not the last of one."""
        chunk = bisect_right(self._codes_until, code)
        if len(self._encoded.codes[chunk]) == 1:
            origin = self._origin(chunk)
            return self._chunk_start(chunk) + len(self._encoded.chunks[origin])
        offset = self._token(chunk, code).end
        return offset if offset < 0 else self._chunk_start(chunk) + offset

    def _origin(self, chunk: int) -> int:
        n_chunks = self._encoded.n_chunks
        return chunk if chunk < n_chunks else self._encoded.origins[chunk - n_chunks]

    def _chunk_start(self, chunk: int) -> int:
        origin = self._origin(chunk)
        # One character stands between each two chunks.
        return self._characters_until[origin] - len(self._encoded.chunks[origin]) + origin

    def _token(self, chunk: int, code: int) -> Token:
        """The token of a chunk that this code, counted from the text's first, belongs to."""
        codes = self._encoded.codes[chunk]
        text = self._encoded.chunks[self._origin(chunk)]
        tokens = closed_tokens(text) if chunk in self._encoded.closed else chunk_tokens(text)
        place = code - self._codes_until[chunk] + len(codes)
        if len(tokens) != len(codes):
            place -= n_leads(codes[:place])
        return tokens[place]


class TextEncoder:
    """Encodes text, and keeps the codes of chunks that it has seen."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._codes = _ChunkCodes(vocabulary)

    def encode(self, text: str) -> EncodedText:
        """The text, and behind it the places where closing hyphened words up makes words of names.

        `anti-inflammatory` is two words, and where a name writes `antiinflammatory` it is one, too.
        """
        chunks = split_chunks(text)
        if len(self._codes) > _MOST_KEPT:
            # Another thread may still be reading the old ones.
            self._codes = _ChunkCodes(self._vocabulary)
        known = self._codes
        codes = list(map(known.__getitem__, chunks))
        if known.closed.keys().isdisjoint(chunks):
            return EncodedText(chunks, codes, len(chunks), [], frozenset())
        return self._with_closed(chunks, codes, known.closed)

    def _with_closed(
        self, chunks: list[str], codes: list[str], known: Mapping[str, str]
    ) -> EncodedText:
        """Append the codes of what stands around hyphened words, with these closed up."""
        n_chunks = len(chunks)
        origins: list[int] = []
        closed: set[int] = set()
        for place in [place for place in range(n_chunks) if chunks[place] in known]:
            first, last = max(place - _WINDOW, 0), min(place + 1 + _WINDOW, n_chunks)
            codes += [BREAK, *codes[first:place], known[chunks[place]], *codes[place + 1 : last]]
            closed.add(n_chunks + len(origins) + 1 + place - first)
            origins += [place, *range(first, last)]
        return EncodedText(chunks, codes, n_chunks, origins, frozenset(closed))


class _ChunkCodes(dict[str, str]):
    """The codes of chunks, kept once made.

    `closed` has the codes of chunks with their hyphens closed, where names have such words.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.closed: dict[str, str] = {}
        self._vocabulary = vocabulary

    def __missing__(self, chunk: str) -> str:
        core = chunk.strip(EDGES)
        if core.isalnum():
            before, behind = chunk.split(core, 1)
            # Most words are in the vocabulary as they stand: its tokens are normalised already.
            code = self._vocabulary.code(core.lower()) or self._vocabulary.encode(
                normalise_word(core)
            )
            code = f"{BREAK if before else ''}{code}{BREAK if behind else ''}"
        else:
            code = self._encoded(chunk_tokens(chunk))
            if not _HYPHENS.isdisjoint(chunk):
                closed = self._encoded(closed_tokens(chunk))
                if closed and UNKNOWN not in closed and closed != code:
                    self.closed[chunk] = closed
        self[chunk] = code
        return code

    def _encoded(self, tokens: Iterable[Token]) -> str:
        return self._vocabulary.encode(token.text for token in tokens)
