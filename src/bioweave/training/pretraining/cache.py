"""A text as pieces, made once and then read from disk: it need never fit into memory."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from tokenizers import Tokenizer

from bioweave.training.lines import read_lines
from bioweave.training.pretraining.cutting import MarkedPieces, PassageCutter

_PARTS = ("train", "held_out")
# What is tokenised in one call: enough to keep all processors busy, little to hold in memory.
_LINES_AT_ONCE = 2048
_CHARACTERS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CachedText:
    """A text's pieces in one row for each part, `n_passages` of them in each."""

    train: MarkedPieces
    held_out: MarkedPieces
    n_passages: dict[str, int]


@dataclass(slots=True)
class _Progress:
    """How far the text has been read: up to here the files are whole."""

    of: dict[str, Any]
    n_lines: int = 0
    n_pieces: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_PARTS, 0))
    n_passages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_PARTS, 0))
    is_done: bool = False


def cache_pieces(
    text: Path,
    text_sha256: str,
    tokenizer: Tokenizer,
    folder: Path,
    *,
    separator: tuple[int, ...],
    held_out: float,
    report: Callable[[int], None] = lambda n_passages: None,
) -> CachedText:
    """The pieces of a text with one passage a line, in `folder`; what is there already is kept.

    Whether a passage is held out, as a share `held_out` of them is, depends on its words alone: one
    that comes twice is never on both sides. `report` gets the number of passages so far. Raises
    FormatError where the text cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cut = PassageCutter(tokenizer, separator)
    identity = {
        "text": text_sha256,
        "tokenizer": hashlib.sha256(tokenizer.to_str().encode()).hexdigest(),
        "held_out": held_out,
    }
    progress = _read_progress(folder, identity)
    if not progress.is_done:
        _fill(folder, progress, text, cut, report)
    train, held_out_pieces = (
        _opened(_file(folder, part), progress.n_pieces[part], cut) for part in _PARTS
    )
    return CachedText(train, held_out_pieces, progress.n_passages)


def _fill(
    folder: Path,
    progress: _Progress,
    text: Path,
    cut: PassageCutter,
    report: Callable[[int], None],
) -> None:
    with ExitStack() as stack:
        files = {part: stack.enter_context(_file(folder, part).open("ab")) for part in _PARTS}
        for part, file in files.items():
            # What was written after the last note of progress may be half a passage.
            file.truncate(progress.n_pieces[part] * cut.kind.itemsize)
        for lines in _chunks(islice(read_lines(text), progress.n_lines, None)):
            progress.n_lines += len(lines)
            _append(files, progress, lines, cut)
            _write_progress(folder, progress)
            report(sum(progress.n_passages.values()))
    progress.is_done = True
    _write_progress(folder, progress)


def _append(
    files: Mapping[str, IO[bytes]], progress: _Progress, lines: list[str], cut: PassageCutter
) -> None:
    passages = [passage for line in lines if (passage := line.strip())]
    for passage, pieces in zip(passages, cut(passages), strict=True):
        share = zlib.crc32(passage.encode()) / 2**32
        part = "held_out" if share < progress.of["held_out"] else "train"
        files[part].write(pieces.tobytes())
        progress.n_pieces[part] += len(pieces)
        progress.n_passages[part] += 1
    for file in files.values():
        file.flush()


def _chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    n_characters = 0
    for line in lines:
        chunk.append(line)
        n_characters += len(line)
        if len(chunk) >= _LINES_AT_ONCE or n_characters >= _CHARACTERS_AT_ONCE:
            yield chunk
            chunk, n_characters = [], 0
    if chunk:
        yield chunk


def _file(folder: Path, part: str) -> Path:
    return folder / f"{part}.bin"


def _opened(path: Path, n_pieces: int, cut: PassageCutter) -> MarkedPieces:
    # An empty file cannot be mapped.
    if not n_pieces:
        return np.empty(0, cut.kind)
    return np.memmap(path, cut.kind, "r", shape=(n_pieces,))


def _read_progress(folder: Path, identity: dict[str, Any]) -> _Progress:
    path = folder / "progress.json"
    if path.is_file():
        found = _Progress(**json.loads(path.read_text(encoding="utf-8")))
        if found.of == identity:
            return found
    return _Progress(identity)


def _write_progress(folder: Path, progress: _Progress) -> None:
    # Renamed into place: a kill leaves the old note or the new one, never half of it.
    fresh = folder / "progress.json.new"
    fresh.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    fresh.replace(folder / "progress.json")
