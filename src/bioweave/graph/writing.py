"""Documents into a graph: an output like that of a format, complete once it is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from bioweave.document import Document
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.formats import Loss, LossTally
from bioweave.formats.sink import Sink
from bioweave.graph.elements import Graph
from bioweave.graph.summing import GraphSum


@dataclass(frozen=True, slots=True)
class GraphFormat:
    """A format of graphs, the suffixes of its files, and the extra that its library is in."""

    name: str
    suffixes: tuple[str, ...]
    extra: str | None


GRAPH_FORMATS: dict[str, GraphFormat] = {
    one.name: one
    for one in (
        GraphFormat("graphml", (".graphml",), "graph"),
        GraphFormat("turtle", (".ttl",), "graph"),
        GraphFormat("edges", (), "scale"),
        GraphFormat("biocypher", (), None),
    )
}


class LeftOut(StrEnum):
    """What a graph does not hold; the value is its name in messages."""

    OTHER_SHAPES = "relations that do not join two mentions or concepts"
    DANGLING = "relations to mentions that the document does not have"


class GraphWriter:
    """Sums the relations of documents, and writes their graph when it is closed.

    `losses` has what a graph does not hold. Raises, before any document, FormatError where the
    file cannot be opened, ConfigurationError where a folder is in the way or is needed and
    missing, and MissingExtraError where the format's library is not installed.
    """

    def __init__(self, target: Path | BinaryIO, format: str) -> None:
        self._format = GRAPH_FORMATS[format]
        self._sum = GraphSum()
        self._tally = LossTally(format)
        self._write, self._finish = _opened(target, self._format)
        self._is_closed = False

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What is not in the graph so far, in the order of first happening."""
        return self._tally.losses

    def write(self, document: Document) -> None:
        """Sum the document's relations. Raises OffsetError where its mentions do not fit it."""
        document.checked()
        of_other_shapes, dangling = self._sum.add(document)
        if of_other_shapes:
            self._tally.add(LeftOut.OTHER_SHAPES, document.id)
        if dangling:
            self._tally.add(LeftOut.DANGLING, document.id)

    def close(self) -> None:
        """Write the graph; closing again does nothing."""
        if not self._is_closed:
            self._is_closed = True
            self._write(self._sum.graph())
            self._finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _opened(
    target: Path | BinaryIO, format: GraphFormat
) -> tuple[Callable[[Graph], None], Callable[[], None]]:
    """What writes a graph, and what completes the file."""
    if format.name == "biocypher":
        from bioweave.graph.property_csv import refuse_graph_in, write_property_csv

        folder = target
        if not isinstance(folder, Path) or folder.is_file():
            raise ConfigurationError("biocypher is a folder of files; give one with -o")
        refuse_graph_in(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return lambda graph: write_property_csv(graph, folder), lambda: None
    write = _stream_writer(format)
    if isinstance(target, Path) and target.is_dir():
        raise ConfigurationError(f"{target} is a folder; {format.name} is one file")
    sink = Sink(target)
    return lambda graph: write(graph, sink.stream), sink.close


def _stream_writer(format: GraphFormat) -> Callable[[Graph, BinaryIO], None]:
    # Imported here, so that a format's library loads only once it is written.
    try:
        match format.name:
            case "graphml":
                from bioweave.graph.graphml import write_graphml

                return write_graphml
            case "turtle":
                from bioweave.graph.rdf import write_turtle

                return write_turtle
            case _:
                from bioweave.graph.edge_list import write_edge_list

                return write_edge_list
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("", "bioweave") or format.extra is None:
            raise
        raise MissingExtraError(library, extra=format.extra, needed_for=format.name) from error
