"""Word embeddings in word2vec's two formats, as BioWordVec and others publish them.

Files of many gigabytes are read in a stream and only the wanted words are kept. Nothing but numpy
is needed.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from bioweave.errors import FormatError, Place
from bioweave.features.vectors import WordVectors

_BLOCK = 1 << 22
_LONGEST_WORD = 1 << 16  # bytes, and of the first line; beyond, the file is something else

Entry = tuple[str, npt.NDArray[np.float32]]


def read_word2vec(
    path: Path,
    *,
    is_wanted: Callable[[str], bool] | None = None,
    max_words: int | None = None,
) -> WordVectors:
    """The embeddings in a word2vec file, binary or text, compressed by gzip or not.

    `is_wanted` is asked for each word of the file; None keeps all. After `max_words` kept ones
    reading stops: these files begin with the commonest words. A word that comes twice keeps
    its first vector. Text without the line of counts (as GloVe writes it) is read as well. Raises
    FormatError, naming the place, where the file is cut off or is not in this format.
    """
    words: list[str] = []
    vectors: list[npt.NDArray[np.float32]] = []
    seen: set[str] = set()
    n_dimensions = 0
    with _opened(path) as stream:
        for word, vector in _entries(stream, path):
            n_dimensions = len(vector)
            if word not in seen and (is_wanted is None or is_wanted(word)):
                seen.add(word)
                words.append(word)
                vectors.append(vector)
                if len(words) == max_words:
                    break
    if not n_dimensions:
        raise FormatError("holds no word embeddings", Place(str(path)))
    matrix = np.array(vectors, dtype=np.float32).reshape(len(words), n_dimensions)
    return WordVectors.of(words, matrix)


def write_word2vec(vectors: WordVectors, path: Path) -> None:
    """Write embeddings in word2vec's binary format, in the order of their rows."""
    words, matrix = vectors.vocabulary.words, vectors.matrix[1:]
    with path.open("wb") as stream:
        stream.write(f"{len(words)} {matrix.shape[1]}\n".encode())
        for word, row in zip(words, matrix, strict=True):
            stream.write(word.encode() + b" " + row.astype("<f4").tobytes() + b"\n")


def _opened(path: Path) -> BinaryIO:
    try:
        with path.open("rb") as stream:
            is_gzip = stream.read(2) == b"\x1f\x8b"
        return cast(BinaryIO, gzip.open(path, "rb")) if is_gzip else path.open("rb")
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror}", Place(str(path))) from error


def _entries(stream: BinaryIO, path: Path) -> Iterator[Entry]:
    first = stream.readline(_LONGEST_WORD)
    counts = first.split()
    if len(counts) != 2:
        yield from _text_entries(stream, path, first_line=first)
        return
    try:
        n_words, n_dimensions = int(counts[0]), int(counts[1])
    except ValueError:
        message = "expected the numbers of words and dimensions in the first line"
        raise FormatError(message, Place(str(path), 1)) from None
    start = stream.read(_BLOCK)
    if _looks_like_text(start, n_dimensions):
        yield from _text_entries(_rejoined(start, stream), path, n_dimensions=n_dimensions)
    else:
        yield from _binary_entries(start, stream, path, n_words=n_words, n_dimensions=n_dimensions)


def _looks_like_text(start: bytes, n_dimensions: int) -> bool:
    fields = start.partition(b"\n")[0].split()[-n_dimensions:]
    try:
        return len(fields) == n_dimensions and all(np.isfinite(float(field)) for field in fields)
    except ValueError:
        return False


def _rejoined(start: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The lines of `start` and then of the stream."""
    *lines, rest = start.split(b"\n")
    yield from lines
    yield rest + stream.readline()
    yield from stream


def _text_entries(
    lines: Iterator[bytes] | BinaryIO,
    path: Path,
    *,
    first_line: bytes = b"",
    n_dimensions: int | None = None,
) -> Iterator[Entry]:
    def numbered() -> Iterator[tuple[int, bytes]]:
        yield 1, first_line
        yield from enumerate(lines, start=2)

    for line, content in numbered():
        if not content.strip():
            continue
        # Some words hold spaces; numbers never do.
        fields = content.rstrip().split(b" ")
        n_dimensions = n_dimensions or len(fields) - 1
        try:
            vector = np.array(fields[-n_dimensions:], dtype=np.float32)
        except ValueError:
            vector = np.empty(0, dtype=np.float32)
        if not 0 < len(vector) == n_dimensions < len(fields):
            message = f"expected a word and {n_dimensions} numbers, found {len(fields)} fields"
            raise FormatError(message, Place(str(path), line))
        yield b" ".join(fields[:-n_dimensions]).decode("utf-8", errors="replace"), vector


def _binary_entries(
    buffer: bytes, stream: BinaryIO, path: Path, *, n_words: int, n_dimensions: int
) -> Iterator[Entry]:
    n_bytes = 4 * n_dimensions
    position = 0
    for number in range(n_words):
        space = buffer.find(b" ", position)
        if space < 0 or len(buffer) < space + 1 + n_bytes:
            buffer = buffer[position:] + stream.read(_BLOCK + n_bytes)
            position = 0
            space = buffer.find(b" ")
        end = space + 1 + n_bytes
        if not 0 <= space - position < _LONGEST_WORD or end > len(buffer):
            message = f"ends or goes wrong at word {number + 1} of the {n_words} that it announces"
            raise FormatError(message, Place(str(path)))
        # The original tool puts a line's end after each vector, others do not.
        word = buffer[position:space].lstrip(b"\n").decode("utf-8", errors="replace")
        yield word, np.frombuffer(buffer, "<f4", n_dimensions, space + 1).astype(np.float32)
        position = end
