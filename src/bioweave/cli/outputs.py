"""Where annotated documents go: a terminal, a stream, one file, or a folder of shards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

from rich.console import Console

from bioweave.cli.document_view import show
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.formats import (
    FORMAT_TABLE,
    FORMATS,
    DocumentWriter,
    Loss,
    format_for_output,
    open_writer,
    suffix_of,
)
from bioweave.graph import GRAPH_FORMATS, GraphWriter

TERMINAL = "terminal"
DEFAULT_FORMAT = "jsonl"
# Formats with files for each document: a folder of these needs no shards.
ONE_DOCUMENT_FORMATS = ("brat", "text")


class Output(Protocol):
    """Takes documents in order. Close it: some formats are only complete then."""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the format could not hold."""

    def write(self, document: Document) -> None:
        """Append the document. Raises FormatError if it has no form in this format."""

    def close(self) -> None:
        """Complete what was written."""


def choose_format(to: str | None, out: Path | None) -> str:
    """What `--to` says, else OUT's suffix; else the terminal view for a person, and JSONL.

    Raises ConfigurationError for an unknown format, and for the terminal view of a file.
    """
    known = (*FORMATS, *GRAPH_FORMATS, TERMINAL)
    if to is not None and to not in known:
        raise ConfigurationError(f"unknown format {to!r}; expected one of {', '.join(known)}")
    if to == TERMINAL and out is not None:
        raise ConfigurationError("--to terminal is for looking at: leave out -o, or write html")
    if to is not None:
        return to
    if out is not None:
        return file_format(out) or DEFAULT_FORMAT
    return TERMINAL if sys.stdout.isatty() else DEFAULT_FORMAT


def file_format(out: Path) -> str | None:
    """The format of documents or of a graph that OUT's suffix asks for, if any."""
    for format in GRAPH_FORMATS.values():
        if suffix_of(out) in format.suffixes:
            return format.name
    return format_for_output(out)


def check_output(out: Path | None) -> None:
    """Raise ConfigurationError where `-o OUT` can be neither a file nor a folder of shards."""
    if out is None:
        return
    _refuse_file_above(out)
    if out.is_file() and file_format(out) is None:
        raise ConfigurationError(
            f"{out} is a file whose suffix belongs to no format, and a folder of shards cannot "
            f"take its place; give a folder, or a file such as {out.with_suffix('.jsonl')}"
        )


def refuse_folder(out: Path, example: str) -> None:
    """Raise ConfigurationError where a file is to be written and OUT is a folder."""
    _refuse_file_above(out)
    if out.is_dir():
        raise ConfigurationError(
            f"{out} is a folder; give the file to write, such as {out / example}"
        )


def _refuse_file_above(out: Path) -> None:
    above = next(parent for parent in out.parents if parent.exists())
    if not above.is_dir():
        raise ConfigurationError(f"{above} is a file: {out} cannot be written into it")


def open_output(out: Path | None, format: str, shard_size: int) -> Output:
    """The output for `-o OUT` in a format; standard output where `out` is None.

    A path with the suffix of any format is one file, any other a folder. Raises
    ConfigurationError if that folder already holds shards.
    """
    if format == TERMINAL:
        return TerminalOutput(Console(highlight=False))
    is_folder = out is not None and (format_for_output(out) is None or out.is_dir())
    if out is None or not is_folder or format in (*GRAPH_FORMATS, *ONE_DOCUMENT_FORMATS):
        return open_one(out, format)
    return ShardedOutput(out, format, shard_size)


def open_one(out: Path | None, format: str) -> Output:
    """One file of documents, or one graph; standard output where `out` is None."""
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
    target = sys.stdout.buffer if out is None else out
    return GraphWriter(target, format) if format in GRAPH_FORMATS else open_writer(target, format)


class TerminalOutput:
    """Shows documents to a person."""

    losses: tuple[Loss, ...] = ()

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, document: Document) -> None:
        """Print the document with its mentions marked."""
        show(document, self._console)

    def close(self) -> None:
        """Nothing is left to do."""


class ShardedOutput:
    """A folder with `part-00000.jsonl`, `part-00001.jsonl` ... of `shard_size` documents each.

    Raises ConfigurationError if such files are there already: the two outputs would mix.
    """

    def __init__(self, folder: Path, format: str, shard_size: int) -> None:
        if any(folder.glob("part-*")):
            raise ConfigurationError(
                f"{folder} holds parts of an earlier run; remove them or choose another folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._format = format
        self._shard_size = shard_size
        self._n_documents = 0
        self._writer: DocumentWriter | None = None
        self._earlier_losses: dict[str, Loss] = {}

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the format could not hold, over all parts; counts are added up."""
        merged = dict(self._earlier_losses)
        for loss in self._writer.losses if self._writer else ():
            merged[loss.part] = _added(merged.get(loss.part), loss)
        return tuple(merged.values())

    def write(self, document: Document) -> None:
        """Append the document to the open part, or begin the next one."""
        if self._writer is None or self._n_documents % self._shard_size == 0:
            self.close()
            number = self._n_documents // self._shard_size
            suffix = FORMAT_TABLE[self._format].suffixes[0]
            self._writer = open_writer(self._folder / f"part-{number:05d}{suffix}", self._format)
        self._writer.write(document)
        self._n_documents += 1

    def close(self) -> None:
        """Complete the open part."""
        self._earlier_losses = {loss.part: loss for loss in self.losses}
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _added(earlier: Loss | None, later: Loss) -> Loss:
    if earlier is None:
        return later
    return Loss(
        earlier.format, earlier.part, earlier.document, earlier.n_documents + later.n_documents
    )
